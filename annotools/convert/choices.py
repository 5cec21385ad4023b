"""What a caller may choose, by name; the command line has the same choices under the same names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypedDict

from annotools import quirks
from annotools.errors import OnError, UsageError, meant
from annotools.formats.base import Format
from annotools.model import Dataset

Where = str | os.PathLike[str]
Steps = Callable[[str], None]
Strict = bool | Literal["all"]


class ReadChoices(TypedDict, total=False):
    """How to read.

    context: what says labels, frames and sizes of the task: a dataset, or where one is read from.  job: the id of the
    one job to read.  compat: take in what the CVAT server's importer would store.  on_error: stop at what cannot be
    read, or leave it out.  settings: options of single formats.  origin, extras: fill these companions.
    """

    context: Dataset | Where | None
    job: int | None
    compat: bool
    on_error: OnError
    settings: Mapping[str, str]
    origin: bool
    extras: bool


class WriteChoices(TypedDict, total=False):
    """How to write.

    compat: what the CVAT server would export, bugs included.  settings: options of single formats.
    strict: write nothing, and raise, when annotations or definitions would be lost; "all": for every loss and change.
    force: replace a folder with an earlier output.
    """

    compat: bool
    settings: Mapping[str, str]
    strict: Strict
    force: bool


class ConvertChoices(TypedDict, total=False):
    """How to convert: as for reading and writing, and

    source_format: the slug that all sources are of, guessed when it is certain.  transforms: `name` or
    `name=argument`, in order.  images: a folder or zip of pictures to match to the frames; False leaves out also those
    that came with the source.  jobs: how many sources are read at the same time.  on_step: told in words what is
    going on.
    """

    source_format: str | None
    context: Dataset | Where | None
    job: int | None
    compat: bool
    on_error: OnError
    settings: Mapping[str, str]
    strict: Strict
    force: bool
    transforms: Iterable[str]
    images: Where | bool | None
    jobs: int
    on_step: Steps


def quirks_of(compat: bool) -> frozenset[str]:
    """The quirks that `compat` stands for."""
    return quirks.CVAT if compat else quirks.NONE


def check_settings(settings: Mapping[str, str], *forms: Format) -> None:
    """Raises UsageError for a setting that none of the formats knows."""
    known = sorted({name for form in forms for name in form.settings})
    for name in settings:
        if name not in known:
            slugs = " and ".join(dict.fromkeys(form.slug for form in forms))
            raise UsageError(f"no setting of {slugs} is called {name!r}, expected {meant(name, known)}")
