"""What a caller may choose, by name; the command line has the same choices under the same names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from annotools import quirks
from annotools.errors import UsageError, suggest
from annotools.formats.base import Format, Options

Chosen = TypeVar("Chosen", bound=Options)

Where = str | os.PathLike[str]
Steps = Callable[[str], None]
Strict = bool | Literal["all"]
Compat = bool | Literal["cvat"]


def quirks_of(compat: Compat) -> frozenset[str]:
    """The quirks that `compat` stands for.  Raises UsageError for another server than CVAT's."""
    if compat not in (True, False, "cvat"):
        raise UsageError(f"compat is {compat!r}, expected True, False or 'cvat'")
    return quirks.CVAT if compat else quirks.NONE


def options_of(
    kind: type[Chosen],
    compat: Compat = False,
    settings: Mapping[str, str] | None = None,
    job: int | None = None,
    **flags: Any,
) -> Chosen:
    """What a reader or writer is told.  flags: as of that kind.  Raises TypeError for values of other types."""
    if settings is not None and not isinstance(settings, Mapping):
        raise TypeError(f"settings are {settings!r}, expected names and texts as a dict")
    if job is not None and (isinstance(job, bool) or not hasattr(job, "__index__")):
        raise TypeError(f"job is {job!r}, expected the number that is its id")
    return kind(quirks=quirks_of(compat), settings=settings or {}, job=job, **flags)


def renames_of(renames: Mapping[str, str] | None) -> Mapping[str, str]:
    """Other names of labels.  Raises TypeError for anything but texts, UsageError for an empty one."""
    if renames is None:
        return {}
    if not isinstance(renames, Mapping) or not all(isinstance(name, str) for pair in renames.items() for name in pair):
        raise TypeError(f"map is {renames!r}, expected old and new names of labels as a dict")
    for old, new in renames.items():
        if not old or not new:
            raise UsageError(f"map has {old!r} for {new!r}, expected two names of labels")
    return renames


def check_settings(settings: Mapping[str, str], *forms: Format) -> None:
    """Raises UsageError for a setting that none of the formats knows."""
    known = sorted({name for form in forms for name in form.settings})
    for name in settings:
        if name not in known:
            slugs = " and ".join(dict.fromkeys(form.slug for form in forms))
            raise UsageError(f"no setting of {slugs} is called {name!r}, expected {suggest(name, known)}")
