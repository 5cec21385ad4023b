"""The outcome of a validation, as a value: counts that are exact, findings that are made when looked at.

report = validate(...)
report.counts[ERROR], report.by_rule(), report.exit_code()
for finding in report.findings(per_rule=10): print(finding)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice, repeat

import msgspec

from annotools.model import Dataset, ShapeType
from annotools.storage import Source
from annotools.validate.address import Addresses
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Finding, Fix, Found, Severity, chunks
from annotools.validate.fingerprints import Fingerprints
from annotools.validate.needs import Needs
from annotools.validate.registry import Rule
from annotools.validate.wheres import Wheres

ALIKE = 100  # items of a list of which the same is listed once


class Batch(msgspec.Struct, frozen=True, eq=False, dict=True):
    """The findings of one rule of one severity."""

    rule: Rule
    severity: Severity
    found: Found

    def __len__(self) -> int:
        return len(self.found)

    @cached_property
    def mended(self) -> bool | None:
        """Whether what mends some of the findings is lossless; None where nothing mends any."""
        remedy = self.found.remedy
        some = remedy is not None and any(self.found.edits(index) for index in range(len(self)))
        return remedy.safe if remedy is not None and some else None


class Columns(msgspec.Struct, frozen=True, eq=False):
    """What some findings say, as columns; text for a report is made of them many at once.

    texts: messages.  wheres: addresses.  paired: which are about a pair; others: the addresses of the other ones of
    these.  marks: fingerprints.
    """

    texts: list[str]
    wheres: Wheres
    paired: list[bool]
    others: Wheres
    marks: list[str]


class Silenced(msgspec.Struct, frozen=True, eq=False):
    """Findings that were kept quiet, and why: `baseline`, `label`, `file`."""

    batch: Batch
    why: str


@dataclass(frozen=True)
class Skipped:
    """A rule that could not be asked, and what it lacked."""

    rule: Rule
    missing: Needs


@dataclass(frozen=True, eq=False)
class Report:
    """What `validate` returns.

    batches: worst first, then by code.  rules: all that were selected (asked or skipped).  ignored: how many findings
    were kept quiet, by reason (`baseline`, `label`, `file`).  checked: how many rows of each table were judged.
    dataset: what was judged, for drawings and statistics.  source: the place of the input; member: of the annotations.
    silenced: what was kept quiet, with the reason.  input: what was read, for places in its text.
    tried: kinds of fixes, whether they are lossless, of which those that are left have been tried in vain.
    """

    batches: tuple[Batch, ...]
    rules: tuple[Rule, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    dataset: Dataset = field(default_factory=Dataset)
    source: str = ""
    member: str = ""
    slug: str = ""
    preset: str = "upload"
    action: str = ""
    silenced: tuple[Silenced, ...] = ()
    input: Source | None = None
    tried: frozenset[bool] = frozenset()

    def __len__(self) -> int:
        return sum(map(len, self.batches))

    @cached_property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity; exact."""
        counts = dict.fromkeys((ERROR, WARNING, INFO), 0)
        for batch in self.batches:
            counts[batch.severity] += len(batch)
        return counts

    @property
    def worst(self) -> Severity:
        """The worst severity met, OFF where there is no finding."""
        return max((batch.severity for batch in self.batches if len(batch)), default=OFF)

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self.counts[ERROR]

    def by_rule(self) -> Counter[str]:
        """How many findings each rule has, by code; exact."""
        counts: Counter[str] = Counter()
        for batch in self.batches:
            counts[batch.rule.code] += len(batch)
        return counts

    @property
    def checked(self) -> dict[str, int]:
        """How many rows of each table were judged."""
        return {name: len(getattr(self.dataset, name)) for name in ("shapes", "tracks", "tags", "intervals")}

    def exit_code(self, fail_on: Severity = ERROR) -> int:
        """1 where a finding is at least as bad, else 0."""
        return int(self.worst >= fail_on)

    def findings(self, per_rule: int | None = None) -> Iterator[Finding]:
        """The findings, worst first, then by rule; of each rule the first `per_rule`."""
        for batch, shown in self.listed(per_rule):
            yield from islice(self.of(batch), shown)

    def listed(self, per_rule: int | None = None) -> Iterator[tuple[Batch, int | None]]:
        """The batches, and how many entries of each are listed where a rule has so many at most; None: all."""
        before: Counter[str] = Counter()
        for batch in self.batches:
            yield batch, None if per_rule is None else max(per_rule - before[batch.rule.code], 0)
            before[batch.rule.code] += len(batch)

    def entries(self, per_rule: int | None = None) -> Iterator[tuple[Finding, Sequence[int]]]:
        """The findings as they are listed: what is the same of many items of a list is one entry.

        With the numbers of all these items, the first of which the finding is of; none for a finding of its own.
        """
        for batch, shown in self.listed(per_rule):
            yield from islice(self.entries_of(batch), shown)

    def entries_of(self, batch: Batch) -> Iterator[tuple[Finding, Sequence[int]]]:
        """The same of one batch."""
        if batch.found.kind != "document":
            return zip(self.of(batch), repeat(()), strict=False)
        return ((self.finding(batch, index), items) for index, items in batch.found.alike(ALIKE))

    def of(self, batch: Batch, whole: bool = True) -> Iterator[Finding]:
        """The findings of one batch.  whole: with their fixes and with what they are recognised by."""
        if batch.found.kind == "document":
            return (self.finding(batch, index, whole) for index in range(len(batch)))
        return chain.from_iterable(self.some(batch, rows, whole) for rows in chunks(len(batch)))

    def finding(self, batch: Batch, index: int, whole: bool = True) -> Finding:
        """One finding with its text, address and fix.  whole: as of `of`."""
        answer, known = batch.found, batch.rule
        if answer.kind != "document":
            return next(self.some(batch, range(index, index + 1), whole))
        numbers = answer.numbers(index)
        return Finding(
            known.code, known.name, batch.severity, answer.filled(numbers), known.manual.sections.get("Fix", ""),
            self.addresses.where(answer, index), numbers, self._fix(answer, index) if whole else None, None,
            self.fingerprints.of(known.code, answer, index) if whole else "",
        )  # fmt: skip

    def some(self, batch: Batch, rows: range, whole: bool = True) -> Iterator[Finding]:
        """Some findings of a batch that are about rows of a table.  whole: as of `of`."""
        answer, known = batch.found, batch.rule
        hint, columns = known.manual.sections.get("Fix", ""), self.columns(batch, rows, whole)
        others = iter(columns.others.each())
        parts = zip(rows, columns.texts, columns.wheres.each(), columns.paired, columns.marks, strict=True)
        for index, text, where, paired, mark in parts:
            fix, other = self._fix(answer, index) if whole else None, next(others) if paired else None
            numbers = answer.numbers(index)
            yield Finding(known.code, known.name, batch.severity, text, hint, where, numbers, fix, other, mark)

    def columns(self, batch: Batch, rows: range, whole: bool = True) -> Columns:
        """Some findings of a batch that are about rows of a table, as columns.  whole: with fingerprints."""
        answer = batch.found
        wheres = self.addresses.columns(answer.kind, answer.rows[rows.start : rows.stop])
        paired, others = self.addresses.related(answer, rows)
        marks = self.fingerprints.many(batch.rule.code, answer, rows) if whole else [""] * len(rows)
        return Columns(answer.texts(rows), wheres, paired, others, marks)

    @staticmethod
    def _fix(answer: Found, index: int) -> Fix | None:
        edits = answer.edits(index)
        return Fix(answer.remedy.title, answer.remedy.safe, edits) if answer.remedy and edits else None

    @cached_property
    def addresses(self) -> Addresses:
        """Looks up addresses of rows."""
        return Addresses(self.dataset, self.member)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """Looks up what findings are recognised by."""
        return Fingerprints(self.dataset)

    def points(self, finding: Finding) -> tuple[str, list[float]] | None:
        """Shape type and points of what a finding is about, for drawings; None where it is not a shape."""
        where = finding.where
        return self.shape_points(where.row) if where.kind == "shape" and where.row is not None else None

    def shape_points(self, row: int) -> tuple[str, list[float]]:
        """Shape type and points of a row of `dataset.shapes`."""
        shapes = self.dataset.shapes
        return ShapeType(int(shapes.type[row])).word, shapes.points(row).tolist()
