"""How well the jobs of a task agree with its ground truth: the whole way from a dataset to a report.

result = report(dataset)                      # ground truth is one of the dataset's jobs
result.task["comparison_summary"]["annotations"]["accuracy"]
result.as_dict()                              # {"task": .., "jobs": {"1": ..}}, the server's own documents
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from annotools.geometry.ragged import Ints
from annotools.model import Dataset
from annotools.quality import aggregation
from annotools.quality.aggregation import Totals
from annotools.quality.conflicts import Conflict, Conflicts, conflicts
from annotools.quality.documents import UNMATCHED, Document, annotation_counts, conflict_items
from annotools.quality.job_numbers import with_job_numbers
from annotools.quality.numbers import Numbers, numbers, share
from annotools.quality.objects import Objects, objects_of
from annotools.quality.pairing import Pairing, pair
from annotools.quality.settings import QualitySettings
from annotools.quality.validation_frames import Plan, frame_pairs, plan, wanted

_DEFAULT = QualitySettings()


@dataclass(frozen=True, eq=False)
class Report:
    """The quality of a task and its jobs.  Rows of `conflicts` and `numbers` are of frame pairs, as in `plan`."""

    dataset: Dataset
    settings: QualitySettings
    plan: Plan
    objects: Objects
    pairing: Pairing
    conflicts: Conflicts
    numbers: Numbers
    inherited: bool = False

    @cached_property
    def labels(self) -> list[str]:
        """The names along the sides of a confusion matrix."""
        return [*(label.name for label in self.dataset.labels.top), UNMATCHED]

    @cached_property
    def job_totals(self) -> dict[int, Totals]:
        """Totals by row of the job, of those that the filter leaves."""
        return {row: self._totals(row) for row in self.plan.included}

    @cached_property
    def totals(self) -> Totals:
        """Totals of the task."""
        return aggregation.of_jobs(list(self.job_totals.values()), len(self.labels) - 1)

    def _totals(self, row: int) -> Totals:
        own = self.plan.job == row
        job = self.dataset.jobs[row]
        kinds = [Conflict(code).word for code in self.conflicts.type[own[self.conflicts.frame_pair]].tolist()]
        return aggregation.of_job(
            self.numbers.only(own), self.plan.frame[own], job.stop_frame - job.start_frame + 1, kinds,
            empty=self.settings.empty_is_annotated,
        )  # fmt: skip

    @cached_property
    def task(self) -> Document:
        """The report of the task, as the server stores it."""
        document = self._document(self.totals, np.arange(len(self.plan.job)))
        document["comparison_summary"]["jobs"] = self._jobs_item()
        return document

    def _jobs_item(self) -> Document:
        plan = self.plan
        excluded = [row for row in plan.jobs if row not in plan.included]
        idle = [row for row, totals in self.job_totals.items() if not totals.frame_count]
        lists = {"all": plan.jobs, "excluded": excluded, "not_checkable": idle}
        counts = {"total_count": len(plan.jobs), "excluded_count": len(excluded), "not_checkable_count": len(idle)}
        ids = {name: [self.dataset.jobs[row].id for row in rows] for name, rows in lists.items()}
        return {**ids, **counts, "included_count": len(plan.included)}

    @cached_property
    def jobs(self) -> dict[int, Document]:
        """The reports of the jobs by id, as the server stores them."""
        return {
            self.dataset.jobs[row].id: self._document(totals, np.flatnonzero(self.plan.job == row))
            for row, totals in self.job_totals.items()
        }

    def _document(self, totals: Totals, rows: Ints) -> Document:
        """The document of some frame pairs."""
        own_conflicts = self.conflicts.only(np.isin(self.conflicts.frame_pair, rows))
        ids = np.array([job.id for job in self.dataset.jobs])
        frame, job = self.plan.frame[own_conflicts.frame_pair], ids[self.plan.job[own_conflicts.frame_pair]]
        items = conflict_items(self.objects, own_conflicts, frame, job, self.dataset.jobs[self.plan.truth].id)
        empty = self.settings.empty_is_annotated
        return {
            "parameters": self.settings.parameters(inherited=self.inherited),
            "comparison_summary": totals.summary(self.labels if self.job_totals else []),
            "frame_results": aggregation.frame_items(
                self.numbers.only(rows), self.plan.frame[rows], items, self.labels, empty=empty
            ),
            "conflicts": items,
        }

    @cached_property
    def corrected(self) -> Document:
        """What the server's numbers of the task say wrong, put right.

        mean_iou: the mean over all comparisons, where the server always says 0.  frame_count, total_frames,
        frame_share: a frame that two jobs share counts once.  accuracy, precision, recall: under `empty_is_annotated`
        only frames on which a side has nothing count as empty.
        """
        jobs = [self.dataset.jobs[row] for row in self.plan.included]
        frames = {frame for job in jobs for frame in range(job.start_frame, job.stop_frame + 1)}
        counts = {name: sum(totals.counts[name] for totals in self.job_totals.values()) for name in self.totals.counts}
        if self.settings.empty_is_annotated:
            plain = annotation_counts(self.totals.matrix)
            counts = aggregation.truly_empty(plain, self.numbers.matrix)
        valid, wholes = counts["valid_count"], {"accuracy": "total", "precision": "ds", "recall": "gt"}
        return {
            "mean_iou": float(self.numbers.mean_iou.mean()) if len(self.plan.job) else None,
            "frame_count": len(self.totals.frames), "total_frames": len(frames),
            "frame_share": share(len(self.totals.frames), len(frames)),
            **{name: share(valid, counts[f"{whole}_count"]) for name, whole in wholes.items()},
        }  # fmt: skip

    def as_dict(self) -> Document:
        """The server's documents, and beside them what they say wrong."""
        jobs = {str(number): document for number, document in self.jobs.items()}
        return {"task": self.task, "jobs": jobs, "corrected": self.corrected}


def report(dataset: Dataset, settings: QualitySettings = _DEFAULT, *, inherited: bool = False) -> Report:
    """The quality of a task whose ground truth is one of its jobs.  Jobs without a number of their own are counted.

    inherited: whether the settings are those of the task's project, which the report says and nothing else.
    Raises: InputError where there is no accepted ground truth, the task is none of pictures, a label or the size of a
    frame is not known; UsageError for a filter of jobs that is none.
    """
    (dataset,) = with_job_numbers([dataset])
    chosen = plan(dataset, settings.job_filter)
    objects = objects_of(dataset, wanted(dataset, chosen))
    blocks = frame_pairs(objects, dataset, chosen)
    pairing = pair(objects, blocks, settings)
    conflict_table = conflicts(objects, blocks, pairing, settings)
    counted = numbers(objects, blocks, pairing, empty_is_annotated=settings.empty_is_annotated)
    return Report(dataset, settings, chosen, objects, pairing, conflict_table, counted, inherited)
