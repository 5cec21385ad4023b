"""A conversion of many sources to an output each: the same conversion for every one of them, shared out to workers.

convert(["a.json", "b.json"], "out/{stem}.zip", "coco", workers=2)
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from annotools.convert.choices import Where
from annotools.convert.report import Conversion
from annotools.errors import UsageError, exact_keywords
from annotools.storage.outputs import is_pattern

C = TypeVar("C", bound=Callable[..., Conversion])


def shared_out(conversion: C) -> C:
    """A conversion that gives each source an output of its own where the place is one for each."""

    @wraps(conversion)
    def convert(
        sources: Where | Sequence[Where], where: Where, to: str, *, jobs: int | None = None, **choices: Any
    ) -> Conversion:  # fmt: skip
        if jobs is not None:
            warnings.warn("jobs is called workers, and goes in 0.3", DeprecationWarning, stacklevel=3)
            choices["workers"] = jobs
        if not is_pattern(where):
            _check(where, **choices)
            return conversion(sources, where, to, **choices)
        from annotools.convert.many_sources import convert_each  # most conversions have one source

        many = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
        return convert_each(public, many, os.fspath(where), to, **choices)

    public = exact_keywords(convert)
    return cast("C", public)


def _check(where: Where, resume: bool = False, **choices: Any) -> None:
    if resume:
        what = "is there as a whole or not at all, so there is nothing to resume"
        raise UsageError(f"{os.fspath(where)}: {what}, expected an output for each source, as out/{{stem}}.zip")
