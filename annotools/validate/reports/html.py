"""One page with everything in it: counts, a table of rules with a filter, findings with drawings.  No network.

The page forbids itself to load anything (Content-Security-Policy), and all names of strangers are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice

import msgspec

from annotools._version import __version__
from annotools.validate.findings import Finding, chunks
from annotools.validate.report import Batch, Report
from annotools.validate.reports.base import (
    SEVERITIES,
    Group,
    RenderOptions,
    counted,
    groups,
    position_of,
    positions_of,
    summary_lines,
    title_of,
)
from annotools.validate.reports.html_page import FOOT, HEAD
from annotools.validate.reports.statistics import mended
from annotools.validate.reports.svg import Drawings
from annotools.validate.reports.texts import Texts
from annotools.validate.reports.written import Written, joined, spread

_TOGETHER = 512  # findings that are written at once
_BEGUN, _TEXT, _ENDED = "<article><div class=drawing>", "</div><div>", "</div></article>\n"


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
    yield from _table(sections, mark, report.tried)
    if not options.statistics:
        views = _Views(Texts(report), Drawings(report.dataset))
        for group in sections:
            yield from _section(group, views, mark, options)


def _table(sections: Sequence[Group], mark: str, tried: frozenset[bool]) -> Iterator[str]:
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
            f"<td class=n>{len(group):,}<td>{escape(rule.summary)}<td>{escape(mended(group, tried))}</tr>\n"
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
    yield from _articles(group, views, options.shown)
    if hidden := group.hidden(options.shown):
        yield f"<p class=more>… {hidden:,} more</p>\n"
    yield "</details>\n"


def _articles(group: Group, views: _Views, shown: int | None) -> Iterator[str]:
    left = len(group) if shown is None else shown
    for batch in group.batches:
        count, left = min(left, len(batch)), max(left - len(batch), 0)
        if batch.found.kind != "document":
            for rows in chunks(count):
                yield "".join(_written(group.report, batch, rows, views))
            continue
        findings = islice(group.report.of(batch, whole=False), count)
        while some := list(islice(findings, _TOGETHER)):
            yield "".join(_finding(group.report, finding, views) for finding in some)


def _finding(report: Report, finding: Finding, views: _Views) -> str:
    where, position = finding.where, position_of(report, finding.where, views.texts.line(finding.where))
    lines = [f"<p class=message>{escape(finding.message)}</p>"]
    lines += [f"<p class=address>{escape(where.address)}</p>"] if where.address else []
    return f"{_BEGUN}{_TEXT}{''.join(lines)}<p class=place>{escape(position)}</p>{_ENDED}"


def _written(report: Report, batch: Batch, rows: range, views: _Views) -> list[str]:
    """Some findings that are about rows of a table."""
    columns, size = report.columns(batch, rows, whole=False), len(rows)
    wheres, others = columns.wheres, columns.others
    positions = positions_of(report, views.texts.many_located(wheres))
    parts: list[Written] = [_BEGUN, views.drawings.of_columns(columns), _TEXT]
    parts += ["<p class=message>", _escaped(columns.texts), "</p>", _lines("address", wheres.addresses())]
    parts += [_lines("place", wheres.link), "<p class=place>", _escaped(positions), "</p>"]
    if any(columns.paired):
        pairs = zip(_escaped(others.addresses()), _escaped(positions_of(report, others)), strict=True)
        parts.append(spread([f"<p class=place>with {one} {other}</p>" for one, other in pairs], columns.paired))
    return joined([*parts, _ENDED], size)


def _lines(name: str, texts: Sequence[str]) -> list[str]:
    return [text and f"<p class={name}>{text}</p>" for text in _escaped(texts)]


def _escaped(texts: Sequence[str]) -> list[str]:
    """Texts of which most have nothing to be escaped."""
    return list(texts) if "".join(texts) == escape("".join(texts)) else list(map(escape, texts))
