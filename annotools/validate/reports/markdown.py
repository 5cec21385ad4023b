"""Markdown for comments on pull requests: counts, a table of rules, and the first findings of each, folded.

Names of strangers stand in code spans only: there they make no links, no mentions and no other markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotools.validate.findings import ERROR, INFO, WARNING
from annotools.validate.report import Report
from annotools.validate.reports.base import Group, RenderOptions, counted, groups, position_of, summary_lines, title_of
from annotools.validate.reports.texts import Texts

_MARKS = {ERROR: "❌ error", WARNING: "⚠️ warning", INFO: "ℹ️ info"}
_TICKS = re.compile(r"`+")


def markdown(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The reports, one after the other."""
    for report in reports:
        yield f"### annotools validate {code(title_of(report))}\n\n"
        yield from (f"{'**' if not index else ''}{line}{'**' if not index else ''}  \n"
                    for index, line in enumerate(summary_lines(report)))  # fmt: skip
        yield "\n"
        sections = groups(report)
        if sections:
            yield "| | rule | findings | what |\n|---|---|--:|---|\n"
            yield from (_row(group) for group in sections)
            yield "\n"
        if not options.statistics:
            texts = Texts(report)
            for group in sections:
                yield from _details(group, texts, options)


def _row(group: Group) -> str:
    summary = group.rule.summary.replace("|", "\\|")
    return f"| {_MARKS[group.severity]} | {group.rule.code} {group.rule.name} | {len(group):,} | {summary} |\n"


def _details(group: Group, texts: Texts, options: RenderOptions) -> Iterator[str]:
    rule = group.rule
    yield f"<details><summary>{rule.code} {rule.name}: {counted(len(group), 'finding')}</summary>\n\n"
    for finding in group.findings(options.shown):
        position = position_of(group.report, finding.where, texts.line(finding.where))
        address = f" {code(finding.where.address)}" if finding.where.address else ""
        yield f"- {code(position)}{address}  \n  {code(finding.message)}\n"
    if hidden := group.hidden(options.shown):
        yield f"- … {hidden:,} more\n"
    yield "\n</details>\n\n"


def code(text: str) -> str:
    """Text as a code span, whatever is in it."""
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if longest or not text.strip() else ""
    return f"{fence}{edge}{text}{edge}{fence}"
