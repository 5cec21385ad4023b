"""Fix, read again, judge again, until nothing changes: what fixes make of a source, member by member.

    outcome = fixed(source, choices, settings, unsafe=False)
    outcome.members        # the members that changed, as bytes
    outcome.diff()         # as text
    outcome.report         # what is left
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from annotools.storage import Source
from annotools.validate.edits import Edit, grouped
from annotools.validate.engine import judge
from annotools.validate.fixing.changes import CannotError, ClashError
from annotools.validate.fixing.dialects import Edits, dialect_of
from annotools.validate.fixing.json_text import NoPlaceError
from annotools.validate.fixing.text_diff import unified
from annotools.validate.overlay import Overlay
from annotools.validate.reading import Choices, read_subject
from annotools.validate.report import Report
from annotools.validate.settings import Settings

PASSES = 10
_REFUSED = (CannotError, ClashError, NoPlaceError)


@dataclass(frozen=True)
class Outcome:
    """What fixes made of a source.

    members: new bytes by member, and the old ones.  applied: how many fixes by rule code.  passes: how often it was
    judged again.  report: on what it is now; found: on what it was.  settled: False when it changed to the last.
    """

    members: Mapping[str, bytes]
    before: Mapping[str, bytes]
    applied: Mapping[str, int]
    report: Report
    found: Report
    passes: int = 0
    settled: bool = True

    def diff(self, context: int = 3) -> str:
        """A unified diff of the members that changed; of a text without line breaks by its tokens."""
        return "".join(
            line for name, data in self.members.items() for line in _diff(name, self.before[name], data, context)
        )


@dataclass
class _Pass:
    """One round of fixes."""

    edits: Edits
    applied: Counter[str] = field(default_factory=Counter)

    def take(self, report: Report, unsafe: bool) -> None:
        """Apply what can be applied together; what clashes comes again in the next round."""
        for batch in report.batches:
            remedy = batch.found.remedy
            if remedy is None or not (remedy.safe or unsafe):
                continue
            for place in range(len(batch)):
                self.applied[batch.rule.code] += self._one(list(remedy.edits(place)))

    def _one(self, edits: list[Edit]) -> bool:
        marks = self.edits.marks()
        try:
            for edit in grouped(edits):
                self.edits.apply(edit)
        except _REFUSED:
            self.edits.back(marks)
            return False
        return bool(edits)


def fixed(source: Source, choices: Choices, settings: Settings, *, unsafe: bool = False) -> Outcome:
    """What the fixes of the selected rules make of a source; nothing is written.

    unsafe: also those that change what was meant or drop something.
    """
    changed: dict[str, bytes] = {}
    applied: Counter[str] = Counter()
    overlay = Overlay(source.name, changed, source)
    report = found = judge(read_subject(overlay, choices), settings)
    for passes in range(PASSES):
        done = _round(overlay, report, unsafe)
        fresh = {name: data for name, data in done.edits.results().items() if data != overlay.read(name)}
        if not fresh:
            return Outcome(changed, _originals(source, changed), applied, report, found, passes)
        applied += done.applied
        changed |= fresh
        overlay = Overlay(source.name, changed, source)
        report = judge(read_subject(overlay, choices), settings)
    return Outcome(changed, _originals(source, changed), applied, report, found, PASSES, False)


def _round(source: Source, report: Report, unsafe: bool) -> _Pass:
    done = _Pass(dialect_of(report.slug, report.dataset, source))
    done.take(report, unsafe)
    return done


def _originals(source: Source, names: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: source.read(name) if source.has(name) else b"" for name in names}


def _diff(name: str, before: bytes, after: bytes, context: int) -> Iterator[str]:
    yield from unified(name, _lines(before), _lines(after), context)


def _lines(data: bytes) -> list[str]:
    """The lines of a text; of a JSON text in one line, its items one a line, so that a diff says something."""
    text = data.decode("utf-8", "replace")
    if text.count("\n") < 2 + len(text) // 4000:
        text = text.replace("}, {", "},\n{").replace("},{", "},\n{")
    return [line if line.endswith("\n") else f"{line}\n" for line in text.splitlines(keepends=True)]
