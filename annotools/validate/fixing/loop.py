"""Fix, read again, judge again, until nothing changes: what fixes make of a source, member by member.

Nothing is taken in after which less of the input can be read than before.

    outcome = fixed(source, options, settings, unsafe=False)
    outcome.members        # the members that changed, as bytes
    outcome.diff()         # as text
    outcome.report         # what is left
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from annotools.errors import AnnotoolsError
from annotools.model import Owner
from annotools.storage import Source
from annotools.validate.context import Subject
from annotools.validate.edits import Edit, grouped
from annotools.validate.engine import judge
from annotools.validate.fixing.changes import CannotError, ClashError
from annotools.validate.fixing.dialects import Edits, dialect_of
from annotools.validate.fixing.json_text import NoPlaceError
from annotools.validate.fixing.outcome import Outcome
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject
from annotools.validate.report import Batch, Report
from annotools.validate.settings import ValidateSettings

PASSES = 10
TRIALS, LEAST = 64, 8  # readings to find out which fixes make an input worse, and as many of a large one
_READ = 20_000  # rows and members that are read for it, where that is more than the least number of readings
_REFUSED = (CannotError, ClashError, NoPlaceError)


class _Fix(msgspec.Struct, frozen=True):
    """The fix of one finding."""

    batch: Batch
    place: int

    @property
    def code(self) -> str:
        """The code of its rule."""
        return self.batch.rule.code

    def edits(self) -> list[Edit]:
        """What it changes."""
        remedy = self.batch.found.remedy
        return grouped(remedy.edits(self.place)) if remedy else []


class _Pass(msgspec.Struct):
    """One round of fixes."""

    edits: Edits
    applied: Counter[str] = msgspec.field(default_factory=Counter)
    unmade: dict[str, tuple[int, str]] = msgspec.field(default_factory=dict)

    def take(self, fixes: Iterable[_Fix]) -> None:
        """Apply what can be applied together; what clashes comes again in the next round."""
        apply = self.edits.apply  # which is looked up once: that takes longer than most edits
        for fix in fixes:
            self.applied[fix.code] += self._one(fix, apply)

    def _one(self, fix: _Fix, apply: Callable[[Edit], None]) -> bool:
        marks, edits = self.edits.marks(), fix.edits()
        try:
            for edit in edits:
                apply(edit)
        except _REFUSED as error:
            self.edits.back(marks)
            count, why = self.unmade.get(fix.code, (0, str(error)))
            self.unmade[fix.code] = count + 1, why
            return False
        return bool(edits)


class _State:
    """A source with what fixes changed of it so far, as it was read last."""

    def __init__(self, source: Source, options: SubjectOptions) -> None:
        self._source = self.overlay = source
        self.subject = read_subject(source, options)
        self.changed: dict[str, bytes | None] = {}
        self.refused: Counter[str] = Counter()
        self.unmade: Mapping[str, tuple[int, str]] = {}  # of the last round
        # a fix changes no format
        self._options = msgspec.structs.replace(options, slug=self.subject.slug or options.slug)
        rows = sum(len(self.subject.dataset.table(owner)) for owner in Owner)
        self._trials = min(max(_READ // (rows + len(source.members()) + 1), LEAST), TRIALS)

    def fresh(self, fixes: Sequence[_Fix]) -> tuple[_Pass, dict[str, bytes | None]]:
        """Fixes applied, and the members that change by them."""
        done = _Pass(dialect_of(self.subject.slug, self.subject.dataset, self.overlay))
        done.take(fixes)
        now = done.edits.results()
        return done, {name: data for name, data in now.items() if data != _data(self.overlay, name)}

    def take(self, fixes: Sequence[_Fix]) -> Counter[str]:
        """Take in what can be applied and still be read as well as before; how many fixes by rule, none for none."""
        done, fresh = self.fresh(fixes)
        self.unmade = done.unmade
        subject = self._read(fresh) if fresh else None
        if fresh and subject is None:
            good = self._halved(fixes)
            self.refused = Counter(fix.code for fix in fixes) - Counter(fix.code for fix in good)
            done, fresh = self.fresh(good)
            subject = self._read(fresh) if fresh else None
        if subject is None:
            return Counter()
        self.subject = subject
        self.changed |= fresh
        self.overlay = Overlay(self._source.name, self.changed, self._source)
        return done.applied

    def _read(self, fresh: dict[str, bytes | None]) -> Subject | None:
        """What it would be with these members; None where less of it can be read than now."""
        try:
            subject = read_subject(Overlay(self._source.name, self.changed | fresh, self._source), self._options)
        except AnnotoolsError:
            return None
        return subject if len(subject.problems) <= len(self.subject.problems) else None

    def _bearable(self, fixes: Sequence[_Fix]) -> Sequence[_Fix]:
        """Those fixes after which the input can be read as well as before."""
        if self._trials <= 0 or not fixes:
            return []
        self._trials -= 1
        return fixes if self._read(self.fresh(fixes)[1]) is not None else self._halved(fixes)

    def _halved(self, fixes: Sequence[_Fix]) -> Sequence[_Fix]:
        """The same of fixes that make it worse together."""
        if len(fixes) == 1:
            return []
        middle = len(fixes) // 2
        first, second = self._bearable(fixes[:middle]), self._bearable(fixes[middle:])
        both = [*first, *second]
        return both if self._read(self.fresh(both)[1]) is not None else first


def fixed(source: Source, options: SubjectOptions, settings: ValidateSettings, *, unsafe: bool = False) -> Outcome:
    """What the fixes of the selected rules make of a source; nothing is written.

    unsafe: also those that change what was meant or drop something.  Fixes after which less of the input could be read
    than before are refused.
    """
    state = _State(source, options)
    applied: Counter[str] = Counter()
    report = first = judge(state.subject, settings)
    for passes in range(PASSES):
        taken = state.take(_fixes(report, unsafe))
        if not taken:
            report = replace(report, tried=frozenset((True, not unsafe)))
            return _outcome(source, state, Outcome({}, {}, applied, report, first, passes))
        applied += taken
        report = judge(state.subject, settings)
    return _outcome(source, state, Outcome({}, {}, applied, report, first, PASSES, False))


def _outcome(source: Source, state: _State, done: Outcome) -> Outcome:
    """An outcome with the members that changed."""
    members = {name: data for name, data in state.changed.items() if data is not None}
    gone = frozenset(name for name in state.changed.keys() - members.keys() if source.has(name))
    before = {name: _data(source, name) or b"" for name in (*members, *gone)}
    return replace(done, members=members, before=before, gone=gone, refused=state.refused, unmade=state.unmade)


def _fixes(report: Report, unsafe: bool) -> list[_Fix]:
    batches = [batch for batch in report.batches if batch.found.remedy and (batch.found.remedy.safe or unsafe)]
    return [_Fix(batch, index) for batch in batches for index in range(len(batch))]


def _data(source: Source, name: str) -> bytes | None:
    return source.read(name) if source.has(name) else None
