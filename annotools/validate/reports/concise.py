"""One line a finding, for editors and `grep`.

body.json:1:/shapes/3: error GEO007 inverted-rectangle: message [job 12 · frame 345 (img.jpg) · rectangle #991 car]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotools.validate.findings import Finding
from annotools.validate.report import Report
from annotools.validate.reports.base import Group, RenderOptions, groups, position_of, summary_lines
from annotools.validate.reports.statistics import table
from annotools.validate.reports.texts import Texts


def concise(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The reports, one line a finding, a line for those of a rule that are not shown, and the summary."""
    for report in reports:
        texts = Texts(report)
        if options.statistics:
            yield from table(report)
        else:
            for group in groups(report):
                yield from _group(group, texts, options)
        yield from (f"{line}\n" for line in summary_lines(report))


def _group(group: Group, texts: Texts, options: RenderOptions) -> Iterator[str]:
    for finding in group.findings(options.shown):
        yield line_of(group.report, finding, texts.line(finding.where))
    if hidden := group.hidden(options.shown):
        yield f"… {hidden:,} more {group.rule.code} {group.rule.name}\n"


def line_of(report: Report, finding: Finding, line: int | None) -> str:
    """A finding on one line."""
    position, address = position_of(report, finding.where, line), finding.where.address
    message = f"{finding.severity.word} {finding.rule} {finding.name}: {finding.message}"
    return f"{position}: {message}{f' [{address}]' if address else ''}\n"
