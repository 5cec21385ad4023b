"""One page with everything in it: counts, a table of rules with a filter, findings with drawings.  No network.

The page forbids itself to load anything (Content-Security-Policy), and all names of strangers are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice

import msgspec

from annotools._version import __version__
from annotools.validate.findings import Finding
from annotools.validate.report import Report
from annotools.validate.reports.base import (
    SEVERITIES,
    Group,
    RenderOptions,
    counted,
    groups,
    position_of,
    summary_lines,
    title_of,
)
from annotools.validate.reports.html_page import FOOT, HEAD
from annotools.validate.reports.statistics import mended
from annotools.validate.reports.svg import Drawings
from annotools.validate.reports.texts import Texts

_TOGETHER = 512  # findings that are drawn at once


class _Views(msgspec.Struct, frozen=True):
    """What the findings of a report are shown with."""

    texts: Texts
    drawings: Drawings


def html(reports: Sequence[Report], options: RenderOptions) -> Iterator[str]:
    """The page."""
    yield HEAD
    for number, report in enumerate(reports):
        yield from _report(report, f"r{number}", options)
    yield f"<footer>annotools {escape(__version__)}</footer>{FOOT}"


def _report(report: Report, mark: str, options: RenderOptions) -> Iterator[str]:
    sections = groups(report)
    yield f"<h1>{escape(title_of(report))}</h1>\n<div class=cards>"
    yield "".join(
        f'<div class="card {severity.word}"><b>{report.counts[severity]:,}</b> '
        f"{counted(report.counts[severity], severity.word).partition(' ')[2]}</div>"
        for severity in SEVERITIES
    )
    yield "</div>\n<ul class=summary>" + "".join(f"<li>{escape(line)}" for line in summary_lines(report)) + "</ul>\n"
    yield from _table(sections, mark)
    if not options.statistics:
        views = _Views(Texts(report), Drawings(report.dataset))
        for group in sections:
            yield from _section(group, views, mark, options)


def _table(sections: Sequence[Group], mark: str) -> Iterator[str]:
    if not sections:
        yield "<p class=clean>Nothing was found.</p>\n"
        return
    yield "<table><thead><tr><th>severity<th>rule<th class=n>findings<th>what<th>mended by</thead><tbody>\n"
    for group in sections:
        rule = group.rule
        yield (
            f'<tr class=rule data-of="{_mark(group, mark)}" data-severity={group.severity.word}>'
            f'<td><span class="tag {group.severity.word}">{group.severity.word}</span>'
            f'<td><a href="#{_mark(group, mark)}">{escape(rule.code)} {escape(rule.name)}</a>'
            f"<td class=n>{len(group):,}<td>{escape(rule.summary)}<td>{escape(mended(group))}</tr>\n"
        )
    yield "</tbody></table>\n"


def _mark(group: Group, mark: str) -> str:
    return escape(f"{mark}-{group.rule.code}")


def _section(group: Group, views: _Views, mark: str, options: RenderOptions) -> Iterator[str]:
    rule, severity = group.rule, group.severity.word
    yield (
        f'<details open class=group id="{_mark(group, mark)}" data-severity={severity}><summary>'
        f'<span class="tag {severity}">{severity}</span> <b>{escape(rule.code)} {escape(rule.name)}</b> '
        f"{counted(len(group), 'finding')}</summary>\n<p>{escape(rule.summary)}</p>\n"
    )
    for name in ("Why", "Fix"):
        if text := rule.manual.sections.get(name):
            yield f"<p class=about><b>{name}</b> {escape(text)}</p>\n"
    findings = group.findings(options.shown)
    while some := list(islice(findings, _TOGETHER)):
        drawings = views.drawings.many((finding.where, finding.related) for finding in some)
        yield from (_finding(group.report, *pair, views) for pair in zip(some, drawings, strict=True))
    if hidden := group.hidden(options.shown):
        yield f"<p class=more>… {hidden:,} more</p>\n"
    yield "</details>\n"


def _finding(report: Report, finding: Finding, drawn: str, views: _Views) -> str:
    where, other = finding.where, finding.related
    lines = [f"<p class=message>{escape(finding.message)}</p>"]
    address = where.address
    lines += [f"<p class=address>{escape(address)}</p>"] if address else []
    lines += [f"<p class=place>{escape(where.link)}</p>"] if where.link else []
    lines += [f"<p class=place>{escape(position_of(report, where, views.texts.line(where)))}</p>"]
    lines += [f"<p class=place>with {escape(other.address)} {escape(position_of(report, other))}</p>"] if other else []
    return f"<article><div class=drawing>{drawn}</div><div>{''.join(lines)}</div></article>\n"
