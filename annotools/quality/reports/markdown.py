"""Markdown for comments on pull requests: the numbers, jobs, labels, and the worst frames, folded.

Names of strangers stand in code spans only: there they make no links, no mentions and no other markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from annotools.errors import one_line
from annotools.quality.projects import ProjectReport
from annotools.quality.reports import summary
from annotools.quality.reports.judged import Goal, Judged
from annotools.quality.task_report import Report

_SHOWN = 20
_TICKS = re.compile(r"`+")


def markdown(judged: Sequence[Judged], project: ProjectReport | None, goal: Goal) -> Iterator[str]:
    """The reports, one after the other."""
    if project is not None:
        metrics = project.project["comparison_summary"]["annotations"]
        shares = ", ".join(f"{name} {metrics[name]:.3f}" for name in ("accuracy", "precision", "recall"))
        yield f"### annotools quality: {len(judged)} tasks\n\n**{shares}**\n\n"
    for task in judged:
        yield f"### annotools quality {code(task.name)}\n\n"
        yield from _report(task.report, goal) if task.report is not None else ("no accepted ground truth\n\n",)


def _report(report: Report, goal: Goal) -> Iterator[str]:
    mark = "✅" if goal.value(report) >= goal.least else "❌"
    yield f"{mark} **{summary.headline(report)}**\n\n"
    yield from _table(summary.JOB_HEAD, summary.job_rows(report), ())
    yield from _table(summary.LABEL_HEAD, summary.label_rows(report), (0, 6))
    yield from _folded("What to look at", summary.CONFLICT_HEAD, summary.conflict_rows(report, _SHOWN), (2,))
    yield from _folded("Worst frames", summary.FRAME_HEAD, summary.frame_rows(report, _SHOWN), (1,))


def _folded(title: str, head: Sequence[str], rows: list[summary.Row], named: tuple[int, ...]) -> Iterator[str]:
    if rows:
        yield f"<details><summary>{title}</summary>\n\n"
        yield from _table(head, rows, named)
        yield "</details>\n\n"


def _table(head: Sequence[str], rows: Iterable[summary.Row], named: tuple[int, ...]) -> Iterator[str]:
    """named: columns with names of strangers."""
    yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    for row in rows:
        cells = (code(str(cell)) if column in named and cell else str(cell) for column, cell in enumerate(row))
        yield f"| {' | '.join(cells)} |\n"
    yield "\n"


def code(text: str) -> str:
    """Text as a code span, whatever is in it; a pipe would end the cell."""
    text = one_line(text).replace("|", "\\|")
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if longest or not text.strip() else ""
    return f"{fence}{edge}{text}{edge}{fence}"
