"""A conversion of many sources to an output each: the same conversion for every one of them, shared out to workers.

    convert(["a.json", "b.json"], "out/{stem}.zip", "coco", workers=2)

Everything that can be said before anything is read is said once and for all; what fails later stops no other source.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from annotools import transform
from annotools.convert.choices import Steps, Where, options_of, renames_of
from annotools.convert.reading import context_of
from annotools.convert.report import Conversion, Conversions, SourceReport
from annotools.convert.writing import Target, writable
from annotools.errors import SourcesError, UsageError, exact_keywords, texts
from annotools.scale import Call, Crew, run
from annotools.storage import Permit
from annotools.storage.outputs import absolute, is_pattern, places_of
from annotools.storage.places import inputs
from annotools.storage.writing import check_place

if TYPE_CHECKING:
    from concurrent.futures import Executor

C = TypeVar("C", bound=Callable[..., Conversion])


def shared_out(one: C) -> C:
    """A conversion that gives each source an output of its own where the place is one for each."""

    @wraps(one)
    def convert(
        sources: Where | Sequence[Where], where: Where, to: str, *, jobs: int | None = None, **choices: Any
    ) -> Conversion:  # fmt: skip
        if jobs is not None:
            warnings.warn("jobs is called workers, and goes in 0.3", DeprecationWarning, stacklevel=4)
            choices["workers"] = jobs
        if not is_pattern(where):
            return one(sources, where, to, **choices)
        many = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
        return _convert_each(public, many, os.fspath(where), to, **choices)

    public = exact_keywords(convert)
    return cast("C", public)


def _convert_each(
    convert: Callable[..., Conversion],
    sources: Sequence[Where],
    pattern: str,
    to: str,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    on_step: Steps | None = None,
    **choices: Any,
) -> Conversion:
    """convert: a function that other processes know by its name."""
    crew, places = Crew(workers, executor), places_of(pattern, sources)
    _check(sources, places, to, **choices)
    seen = absolute if executor else _as_said
    shared = choices | {
        "context": context_of(choices.get("context")), "images": _seen(choices.get("images"), seen),
        "force": True,  # each place was free, or free to replace: what is there is of a worker that was lost afterwards
    }  # fmt: skip
    calls = [
        Call(_one_output, (convert, seen(source), seen(place), to, shared))
        for source, place in zip(sources, places, strict=True)
    ]
    teller = _Teller(on_step, len(calls))
    try:
        outcomes = run(calls, crew, teller)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {teller.state}, and nothing half of another is left") from None
    each = [
        SourceReport(os.fspath(source), outcome.value, outcome.error)
        for source, outcome in zip(sources, outcomes, strict=True)
    ]
    return _whole(Conversions.of(pattern, to, each))


def _as_said(place: Where) -> str:
    return os.fspath(place)


def _seen(images: Any, seen: Callable[[Where], str]) -> Any:
    return seen(images) if isinstance(images, str | os.PathLike) else images


def _whole(done: Conversions) -> Conversions:
    """Raises SourcesError where a source failed; the error of one that is alone."""
    failures = {one.source: one.error for one in done.each if one.error is not None}
    if failures:
        raise SourcesError(failures, done) if len(done.each) > 1 else next(iter(failures.values()))
    return done


def _one_output(
    convert: Callable[..., Conversion], source: Where, place: str, to: str, choices: Mapping[str, Any]
) -> Conversion:
    """What a worker does; rows are of no use to who has no dataset that they are of."""
    done = convert(source, place, to, **choices)
    return replace(done, losses=done.losses.without_rows())


def _check(
    sources: Sequence[Where],
    places: Iterable[str],
    to: str,
    *,
    context: Any = None,
    images: Any = None,
    force: bool = False,
    transforms: str | Iterable[str] = (),
    map: Mapping[str, str] | None = None,  # noqa: A002  # as the option is called
    **choices: Any,
) -> None:
    """Raises UsageError for what is wrong with the call, whatever is in the sources."""
    if not sources:
        raise UsageError("nothing to read, expected at least one source")
    form = writable(to)
    options = options_of(choices.get("compat", False), choices.get("settings"), choices.get("job"), images=True)
    for name in texts(transforms):
        transform.checked(name)
    renames_of(map)
    permit = Permit(force, form.members, inputs(*sources, context, images), form.mark)
    for place in places:
        Target(form, place, options)
        check_place(place, permit)


class _Teller:
    """Says how many of the sources are done."""

    def __init__(self, say: Steps | None, total: int) -> None:
        self._say, self._total, self._done = say, total, 0

    def __call__(self, number: int) -> None:
        self._done += 1
        if self._say:
            self._say(self.state)

    @property
    def state(self) -> str:
        """In words."""
        return f"{self._done} of {self._total} sources are converted"
