"""Several tasks as a project: each task counts as if all of its frames had been validated.

    task 1: 1 of 3 frames validated, 2 objects right      counts as 6
    task 2: 2 of 4 frames validated, 3 objects right      counts as 6

Counts are multiplied and rounded up one by one, as the server does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from annotools.geometry.ragged import Array
from annotools.model import Dataset
from annotools.quality.aggregation import Totals
from annotools.quality.documents import Document
from annotools.quality.job_numbers import with_job_numbers
from annotools.quality.numbers import LABEL, SHAPE, share
from annotools.quality.settings import QualitySettings
from annotools.quality.task_report import Report, report
from annotools.quality.validation_frames import accepted_truth

_LISTS = ("all", "excluded", "not_checkable")


@dataclass(frozen=True, eq=False)
class ProjectReport:
    """Reports by id of the task, None where there is no accepted ground truth.  custom: not the project's settings."""

    settings: QualitySettings
    reports: dict[int, Report | None]
    custom: tuple[int, ...] = ()

    @cached_property
    def included(self) -> dict[int, Report]:
        """The reports that are added up."""
        return {
            number: result for number, result in self.reports.items()
            if result is not None and number not in self.custom and result.plan.included
        }  # fmt: skip

    @cached_property
    def totals(self) -> Totals:
        """The weighted sums of the included tasks."""
        parts = [_weighted(result.totals, self._weight(result)) for result in self.included.values()]
        matrix: Any = sum((part.matrix for part in parts), 0)
        return Totals(
            (), sum(part.total_frames for part in parts), sum(part.frame_count for part in parts),
            {f"{name}_count": sum(part.counts[f"{name}_count"] for part in parts) for name in SHAPE}, matrix,
            sum((part.shape for part in parts), np.zeros(len(SHAPE), np.int64)),
            sum((part.label for part in parts), np.zeros(len(LABEL), np.int64)), 0,
            sum((part.conflicts for part in parts), Counter()),
        )  # fmt: skip

    @staticmethod
    def _weight(result: Report) -> float:
        totals = result.totals
        frame_share = totals.frame_count / (totals.total_frames or 1)
        return 1 / frame_share if frame_share else 1.0

    @cached_property
    def project(self) -> Document:
        """The report of the project, as the server stores it."""
        totals = self.totals
        labels = next((result.labels for result in self.included.values()), [])
        summary = totals.summary(labels) | {"frames": None, "jobs": self._jobs_item(), "tasks": self._tasks_item()}
        return {
            "parameters": self.settings.parameters(inherited=False), "comparison_summary": summary,
            "frame_results": None, "conflicts": [],
        }  # fmt: skip

    def _jobs_item(self) -> Document:
        items = [result.task["comparison_summary"]["jobs"] for result in self.included.values()]
        names = (*(f"{name}_count" for name in ("total", "excluded", "not_checkable", "included")),)
        lists = {name: [number for item in items for number in item[name]] for name in _LISTS}
        return lists | {name: sum(item[name] for item in items) for name in names}

    def _tasks_item(self) -> Document:
        idle = [number for number, result in self.reports.items() if result is None and number not in self.custom]
        excluded = [n for n in self.reports if n not in (*self.included, *self.custom, *idle)]
        lists = {"all": list(self.reports), "custom": list(self.custom), "not_configured": idle, "excluded": excluded}
        counts = {f"{name}_count": len(numbers) for name, numbers in lists.items() if name != "all"}
        return lists | counts | {"total_count": len(self.reports), "included_count": len(self.included)}

    @cached_property
    def corrected(self) -> Document:
        """Accuracies of counts that are not rounded up, and the mean similarity, where the server always says 0."""
        parts = [(result, self._weight(result)) for result in self.included.values()]
        counts = {
            name: sum(result.totals.counts[f"{name}_count"] * weight for result, weight in parts)
            for name in ("valid", "total", "ds", "gt")
        }
        wholes = {"accuracy": "total", "precision": "ds", "recall": "gt"}
        means = np.concatenate([np.zeros(0), *(result.numbers.mean_iou for result, _ in parts)])
        return {
            "mean_iou": float(means.mean()) if len(means) else None,
            **{name: share(counts["valid"], counts[whole]) for name, whole in wholes.items()},
        }

    def as_dict(self) -> Document:
        """The server's documents, and beside them what they say wrong."""
        known = {number: result for number, result in self.reports.items() if result is not None}
        return {
            "project": self.project, "tasks": {str(number): result.task for number, result in known.items()},
            "jobs": {str(n): document for result in known.values() for n, document in result.jobs.items()},
            "corrected": {
                "project": self.corrected, "tasks": {str(n): result.corrected for n, result in known.items()},
            },
        }  # fmt: skip


def _weighted(totals: Totals, weight: float) -> Totals:
    """Totals as if all frames had been validated; conflicts and frames stay."""

    def times(values: Array) -> Array:
        return np.ceil(values * weight).astype(np.int64)

    counts = {name: int(times(np.array(count))) for name, count in totals.counts.items()}
    return replace(
        totals, counts=counts, matrix=times(totals.matrix), shape=times(totals.shape), label=times(totals.label)
    )


def project_report(
    tasks: Sequence[tuple[int, Dataset]], settings: QualitySettings, own: dict[int, QualitySettings] | None = None
) -> ProjectReport:
    """The quality of several tasks, with their ids, as one project.  own: settings of tasks that may not inherit.

    A task without an accepted ground truth is none that is configured.  Jobs whose number another has, of whatever
    task, get a free one.  Raises: as `report` for all else.
    """
    mine = {number: task_settings for number, task_settings in (own or {}).items() if not task_settings.inherit}
    reports: dict[int, Report | None] = {}
    numbered = with_job_numbers([dataset for _, dataset in tasks])
    for (number, _), dataset in zip(tasks, numbered, strict=True):
        used = mine.get(number, settings)
        judged = accepted_truth(dataset) is not None
        reports[number] = report(dataset, used, inherited=number not in mine) if judged else None
    custom = tuple(number for number in reports if number in mine and reports[number] is not None)
    return ProjectReport(settings, reports, custom)
