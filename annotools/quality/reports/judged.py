"""What a report is written of: a task by the name of its source, its pictures, and what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass

from annotools.quality.task_report import Report
from annotools.storage import Media


@dataclass(frozen=True, eq=False)
class Judged:
    """name: of the source, as the user wrote it.  report: None where the task has no accepted ground truth."""

    name: str
    report: Report | None
    media: Media | None = None


@dataclass(frozen=True)
class Goal:
    """The least that is good enough.  metric: accuracy, precision or recall."""

    metric: str = "accuracy"
    least: float = 0.7

    def value(self, report: Report) -> float:
        """The metric of a task."""
        return float(report.task["comparison_summary"]["annotations"][self.metric])
