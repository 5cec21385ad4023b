"""What a conversion of many sources to an output each does: the same conversion for every one of them, on workers.

Everything that can be said before anything is read is said once and for all; what fails later stops no other source.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from annotools import transform
from annotools.convert.choices import Steps, Where, options_of, renames_of
from annotools.convert.reading import context_of
from annotools.convert.records import Record, records_of
from annotools.convert.report import Conversion, Conversions, SourceReport
from annotools.convert.writing import Target, writable
from annotools.errors import SourcesError, UsageError, texts
from annotools.formats.base import WriteOptions
from annotools.progress import Listener, heard_by
from annotools.scale import Call, Crew, Outcome
from annotools.scale.running import run
from annotools.storage import Permit
from annotools.storage.outputs import absolute, outputs_of
from annotools.storage.places import inputs
from annotools.storage.writing import check_place

if TYPE_CHECKING:
    from concurrent.futures import Executor

Done = tuple[Conversion, bool]


def convert_each(
    convert: Callable[..., Conversion],
    sources: Sequence[Where],
    pattern: str,
    to: str,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    resume: bool = False,
    on_step: Steps | None = None,
    **choices: Any,
) -> Conversion:
    """Convert each source to an output of its own.  convert: a function that other processes know by its name."""
    crew, seen = Crew(workers, executor), absolute if executor else _as_given
    outputs = outputs_of(seen(pattern), sources)
    choices["transforms"] = texts(choices.get("transforms", ()))
    records = records_of(seen(pattern), outputs, to, choices) if resume else [None] * len(outputs)
    _check(sources, outputs, records, to, **choices)
    shared = choices | {
        "context": context_of(choices.get("context")), "images": _seen(choices.get("images"), seen),
        "force": True,  # each output was free or may be replaced: what is there is of a worker that was lost afterwards
    }  # fmt: skip
    alike = partial(convert, to=to, **shared)
    tasks = zip(sources, outputs, records, strict=True)
    calls = [Call(_one_output, (alike, seen(source), output, record)) for source, output, record in tasks]
    each = [
        _report(os.fspath(source), outcome)
        for source, outcome in zip(sources, _outcomes(calls, crew, on_step), strict=True)
    ]
    return _whole(Conversions.of(pattern, to, each))


def _report(source: str, outcome: Outcome[Done]) -> SourceReport:
    done, unchanged = outcome.value or (None, False)
    return SourceReport(source, done, unchanged, outcome.error)


def _as_given(where: Where) -> str:
    return os.fspath(where)


def _seen(images: Any, seen: Callable[[Where], str]) -> Any:
    return seen(images) if isinstance(images, str | os.PathLike) else images


def _outcomes(calls: Sequence[Call[Done]], crew: Crew, say: Steps | None) -> list[Outcome[Done]]:
    with heard_by(None) as listener:  # of several sources it is told which are done, and not how much of each
        teller = _Teller(say, listener, len(calls))
        teller.tell()
        try:
            return run(calls, crew, teller)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"interrupted: {teller.state}, and nothing half of another is left") from None


def _whole(done: Conversions) -> Conversions:
    """Raises SourcesError where a source failed; the error of one that is alone."""
    failures = {outcome.source: outcome.error for outcome in done.each if outcome.error is not None}
    if failures:
        raise SourcesError(failures, done) if len(done.each) > 1 else next(iter(failures.values()))
    return done


def _one_output(
    convert: Callable[..., Conversion], source: Where, output: str, record: Record | None
) -> Done:  # fmt: skip
    """What a worker does: the report, and whether it is of an earlier run."""
    key = record.key(source) if record else ""  # before it is read: what is changed meanwhile is made again
    known = record.report(key, output) if record else None
    if known is not None:
        return known, True
    done = convert(source, output)
    done = replace(done, losses=done.losses.without_rows())  # they are of no use to who has no dataset
    if record:
        record.write(key, output, done)
    return done, False


def _check(
    sources: Sequence[Where],
    outputs: Sequence[str],
    records: Sequence[Record | None],
    to: str,
    *,
    context: Any = None,
    images: Any = None,
    force: bool = False,
    transforms: Iterable[str] = (),
    map: Mapping[str, str] | None = None,  # noqa: A002  # as the option is called
    **choices: Any,
) -> None:
    """Raises UsageError for what is wrong with the call, whatever is in the sources."""
    if not sources:
        raise UsageError("nothing to read, expected at least one source")
    form = writable(to)
    options = options_of(
        WriteOptions, choices.get("compat", False), choices.get("settings"), choices.get("job"), images=True
    )
    for name in transforms:
        transform.checked(name)
    renames_of(map)
    protected = inputs(*sources, context, images)
    for output, record in zip(outputs, records, strict=True):
        Target(form, output, options)
        ours = force or (record is not None and record.exists)
        check_place(output, Permit(ours, form.members, protected, form.mark))


class _Teller:
    """Says how many of the sources are done."""

    def __init__(self, say: Steps | None, listener: Listener | None, total: int) -> None:
        self._say, self._listener, self._total, self._done = say, listener, total, 0

    def __call__(self, number: int) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        """Also before the first: what is shown starts with it, and so does the clock of how long the rest takes."""
        if self._say:
            self._say(self.state)
        if self._listener:
            self._listener(self._done, self._total, "")

    @property
    def state(self) -> str:
        """In words."""
        return f"{self._done} of {self._total} sources are converted"
