"""Annotations of a GitHub workflow, which its log shows beside the files.

    ::error file=body.json,line=1,title=GEO007 inverted-rectangle::corners are swapped: x 60 to 10

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotools.errors import one_line
from annotools.validate.findings import ERROR, INFO, WARNING, Finding
from annotools.validate.report import Report
from annotools.validate.reports.base import Group, RenderOptions, groups, path_of, summary_lines, title_of
from annotools.validate.reports.texts import Texts

LEVELS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def github(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """A command for each finding, one for those of a rule that are not shown, and the summary as text."""
    for report in reports:
        texts = Texts(report)
        for group in groups(report):
            yield from _group(group, texts, options)
        yield from (f"{line}\n" for line in (title_of(report), *summary_lines(report)))


def _group(group: Group, texts: Texts, options: RenderOptions) -> Iterator[str]:
    for finding in group.findings(options.shown):
        yield _command(group.report, finding, texts.line(finding.where))
    if hidden := group.hidden(options.shown):
        title = _property(f"{group.rule.code} {group.rule.name}")
        yield f"::{LEVELS[group.severity]} title={title}::{_data(f'and {hidden:,} more')}\n"


def _command(report: Report, finding: Finding, line: int | None) -> str:
    where = finding.where
    names = {
        "file": path_of(report, where), "line": "" if line is None else str(line),
        "title": f"{finding.rule} {finding.name}",
    }  # fmt: skip
    properties = ",".join(f"{name}={_property(value)}" for name, value in names.items() if value)
    about = one_line(" ".join(filter(None, (where.pointer, where.address and f"[{where.address}]"))))
    return f"::{LEVELS[finding.severity]} {properties}::{_data(f'{finding.message} {about}'.rstrip())}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
