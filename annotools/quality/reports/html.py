"""One page with everything in it: numbers, the confusion matrix, what to look at, the worst frames with both sides.

The page forbids itself to load anything (Content-Security-Policy), and all names of strangers are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import numpy as np

from annotools._version import __version__
from annotools.errors import one_line
from annotools.geometry.ragged import Ints
from annotools.quality.projects import ProjectReport
from annotools.quality.reports import summary
from annotools.quality.reports.drawing import sides
from annotools.quality.reports.html_page import FOOT, HEAD, LEGEND
from annotools.quality.reports.judged import Goal, Judged
from annotools.quality.task_report import Report

SHOWN = 12  # frames that are drawn
_ROWS = 30


def html(judged: Sequence[Judged], project: ProjectReport | None, goal: Goal) -> Iterator[str]:
    """The page."""
    yield HEAD
    if project is not None:
        metrics = project.project["comparison_summary"]["annotations"]
        yield f"<h1>{len(judged)} tasks</h1>\n{_cards(metrics, goal)}"
    for task in judged:
        yield f"<h1>{_safe(task.name)}</h1>\n"
        yield from (
            _report(task, task.report, goal) if task.report is not None else ("<p>No accepted ground truth.</p>",)
        )
    yield f"<footer>annotools {escape(__version__)}</footer>{FOOT}"


def _safe(text: object) -> str:
    return escape(one_line(str(text)))


def _cards(metrics: dict[str, float], goal: Goal) -> str:
    cards = []
    for name in ("accuracy", "precision", "recall"):
        kind = "" if name != goal.metric else " good" if metrics[name] >= goal.least else " bad"
        cards.append(f'<div class="card{kind}"><b>{metrics[name]:.3f}</b>{name}</div>')
    return f"<div class=cards>{''.join(cards)}</div>\n"


def _report(task: Judged, report: Report, goal: Goal) -> Iterator[str]:
    yield _cards(report.task["comparison_summary"]["annotations"], goal)
    yield f"<p class=about>{_safe(summary.headline(report).partition('; ')[2])}</p>\n"
    yield from _table("Jobs", summary.JOB_HEAD, summary.job_rows(report))
    yield from _table("Labels", summary.LABEL_HEAD, summary.label_rows(report))
    yield from _confusion(report)
    yield from _table("What to look at", summary.CONFLICT_HEAD, summary.conflict_rows(report, _ROWS))
    yield from _frames(task, report)


def _table(title: str, head: Sequence[str], rows: Iterable[summary.Row]) -> Iterator[str]:
    rows = list(rows)
    if not rows:
        return
    numbers = [all(_is_number(row[column]) for row in rows) for column in range(len(head))]
    marks = [" class=n" if number else "" for number in numbers]
    yield f"<h2>{title}</h2>\n<table><thead><tr>"
    yield "".join(f"<th{mark}>{_safe(name)}" for name, mark in zip(head, marks, strict=True))
    yield "</thead><tbody>\n"
    for row in rows:
        yield "<tr>" + "".join(f"<td{mark}>{_safe(cell)}" for cell, mark in zip(row, marks, strict=True)) + "\n"
    yield "</tbody></table>\n"


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) or str(cell).replace(".", "", 1).isdigit() or cell == "-"


def _confusion(report: Report) -> Iterator[str]:
    """The matrix without labels that occur nowhere; the darker a cell, the more of its column is there."""
    matrix, names = report.totals.matrix, report.labels
    used = np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
    if not len(used):
        return
    yield "<h2>Confusion matrix</h2>\n<div class=wide><table class=matrix><thead><tr><th>job \\ ground truth"
    yield "".join(f"<th class=n>{_safe(names[label])}" for label in used) + "</thead><tbody>\n"
    for row in used.tolist():
        yield f"<tr><th>{_safe(names[row])}" + "".join(_cell(matrix, row, column) for column in used.tolist()) + "\n"
    yield "</tbody></table></div>\n"


def _cell(matrix: Ints, row: int, column: int) -> str:
    count, whole = int(matrix[row, column]), int(matrix[:, column].sum())
    if not count:
        return "<td class=n>·"
    kind = "right" if row == column else "off"
    return f'<td class="n {kind}" style="--share:{count / whole:.2f}">{count}'


def _frames(task: Judged, report: Report) -> Iterator[str]:
    frames = summary.worst_frames(report, SHOWN)
    if not frames:
        yield "<p class=about>No conflict on any frame.</p>\n"
        return
    yield f"<h2>Worst frames</h2>\n{LEGEND}"
    for frame in frames:
        file = task.media.get(frame.frame) if task.media else None
        truth, job = sides(report, frame.row, file)
        kinds = ", ".join(f"{count} {kind}" for kind, count in frame.kinds.items())
        yield (
            f"<article><h3>frame {frame.frame} {_safe(frame.name)}, job {frame.job}</h3>"
            f"<p class=about>accuracy {frame.accuracy:.3f}; {_safe(kinds)}</p>"
            f"<div class=sides><figure><figcaption>ground truth</figcaption>{truth}</figure>"
            f"<figure><figcaption>job {frame.job}</figcaption>{job}</figure></div></article>\n"
        )
