"""For people: findings by rule, the first few of each with place, address, numbers and a small picture.

error GEO007 inverted-rectangle  3 findings
  Corners of a rectangle are swapped.
  street/annotations.json:1:/shapes/3  job 2 · frame 3 (a.jpg) · rectangle #991 car
    corners are swapped: x 60 to 10
    points 60 40 10 10
  … 2 more
  fix: lossless: the corners are put in order (annotools rule GEO007 says more)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotools.errors import one_line
from annotools.validate.findings import ERROR, INFO, WARNING, Finding, Severity, Where
from annotools.validate.report import Report
from annotools.validate.reports.base import Group, RenderOptions, counted, groups, position_of, summary_lines, title_of
from annotools.validate.reports.braille import picture
from annotools.validate.reports.outline import Outlines
from annotools.validate.reports.statistics import table
from annotools.validate.reports.texts import Texts

_COLOURS = {ERROR: "31;1", WARNING: "33;1", INFO: "36;1"}
_DIM, _BOLD = "2", "1"
_NUMBERS = 8  # of a shape that are shown


def full(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The reports, one after the other."""
    for report in reports:
        lines = table(report) if options.statistics else _Full(report, options).findings()
        yield from lines
        yield from _summary(report, options)


def _summary(report: Report, options: RenderOptions) -> Iterator[str]:
    first, *rest = summary_lines(report)
    colour = _COLOURS.get(report.worst, "32;1")
    yield _styled(first, colour, options) + "\n"
    yield from (f"{line}\n" for line in rest)


def _styled(text: str, code: str, options: RenderOptions) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if options.colour else text


class _Full:
    """One report."""

    def __init__(self, report: Report, options: RenderOptions) -> None:
        self._report, self._options, self._texts = report, options, Texts(report)
        self._outlines = Outlines(report.dataset)

    def findings(self) -> Iterator[str]:
        """The findings as lines."""
        if len(self._report):
            yield _styled(title_of(self._report), _BOLD, self._options) + "\n\n"
        for group in groups(self._report):
            yield from (f"{line}\n" for line in self._group(group))
            yield "\n"

    def _group(self, group: Group) -> Iterator[str]:
        yield f"{self._severity(group.severity)} {self._bold(f'{group.rule.code} {group.rule.name}')}  " + self._dim(
            counted(len(group), "finding")
        )
        yield f"  {group.rule.summary}"
        for index, finding in enumerate(group.findings(self._options.shown)):
            yield from (f"  {line}" for line in self._finding(finding, group.severity))
            if self._options.pictures and not index:  # one drawing a rule: more would push the text off the screen
                yield from (f"      {self._dim(line)}" for line in picture(self._outlines, finding.where))
        if hidden := group.hidden(self._options.shown):
            yield f"  … {hidden:,} more"
        yield from self._hint(group)

    def _finding(self, finding: Finding, usual: Severity) -> Iterator[str]:
        where = finding.where
        position = position_of(self._report, where, self._texts.line(where))
        yield f"{self._dim(position)}  {where.address}".rstrip()
        mark = "" if finding.severity == usual else f"{self._severity(finding.severity)}: "
        yield f"  {mark}{finding.message}"
        if points := self._points(where):
            yield f"  {self._dim(points)}"
        if finding.related:
            other = position_of(self._report, finding.related, self._texts.line(finding.related))
            yield f"  with {self._dim(other)}  {finding.related.address}"

    def _points(self, where: Where) -> str:
        row = self._outlines.row(where)
        if row is None:
            return ""
        numbers = self._report.dataset.shapes.points(row)
        more = f" … {len(numbers) - _NUMBERS:,} more" if len(numbers) > _NUMBERS else ""
        first = numbers[:_NUMBERS].tolist()
        return f"points {' '.join(f'{number:.10g}' for number in first)}{more}" if first else ""

    def _hint(self, group: Group) -> Iterator[str]:
        mended = any(batch.mended is not None for batch in group.batches)
        fix = group.rule.manual.sections.get("Fix", "") if mended else ""
        more = f"annotools rule {group.rule.code}"
        yield self._dim(one_line(f"  fix: {fix.rstrip('.')} ({more} says more)" if fix else f"  more: {more}"))

    def _severity(self, severity: Severity) -> str:
        return _styled(severity.word, _COLOURS.get(severity, _BOLD), self._options)

    def _bold(self, text: str) -> str:
        return _styled(text, _BOLD, self._options)

    def _dim(self, text: str) -> str:
        return _styled(text, _DIM, self._options) if text else text
