"""From frame pairs to a job, from jobs to a task: sums, as the server adds them up.

task = sum of its jobs: a frame that two of them share counts twice
mean_iou of a job is the mean of its frames; that of a task is always 0, which is a slip of the server
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotools.geometry.ragged import Array, Ints
from annotools.quality.documents import (
    Document,
    annotation_counts,
    annotations_item,
    components_item,
    conflict_counts,
)
from annotools.quality.numbers import LABEL, SHAPE, Numbers, share


@dataclass(frozen=True)
class Totals:
    """What is known of a job or task.  counts: of annotations; shape, label: of their components.

    frames, total_frames, frame_count: which frames were compared, how many there are and how many comparisons.
    """

    frames: tuple[int, ...]
    total_frames: int
    frame_count: int
    counts: dict[str, int]
    matrix: Ints
    shape: Ints
    label: Ints
    mean_iou: float | None
    conflicts: Counter[str] = field(default_factory=Counter)

    def summary(self, labels: list[str]) -> Document:
        """The `comparison_summary` of a report, without its jobs and tasks."""
        counted = conflict_counts(self.conflicts.elements())
        return {
            "frames": list(self.frames), "total_frames": self.total_frames, "frame_count": self.frame_count,
            "frame_share": self.frame_count / (self.total_frames or 1), **counted,
            "mean_conflict_count": share(counted["conflict_count"], self.frame_count),
            "annotations": annotations_item(self.matrix, labels, self.counts),
            "annotation_components": components_item(self.shape, self.label, self.mean_iou),
            "tasks": None, "jobs": None,
        }  # fmt: skip


def of_job(numbers: Numbers, frames: Ints, total_frames: int, kinds: Sequence[str], *, empty: bool) -> Totals:
    """The totals of a job.  frames: of its frame pairs.  kinds: words of conflicts.  empty: `empty_is_annotated`."""
    matrix = numbers.matrix.sum(axis=0)
    counts = annotation_counts(matrix)
    if empty:
        counts = _with_empty(counts, numbers.matrix)
    mean = float(numbers.mean_iou.mean()) if len(frames) else None
    return Totals(
        tuple(frames.tolist()), total_frames, len(frames), counts, matrix, numbers.shape.sum(axis=0),
        numbers.label.sum(axis=0), mean, Counter(kinds),
    )  # fmt: skip


def _with_empty(counts: dict[str, int], matrices: Ints) -> dict[str, int]:
    """Counts with frames on which a side has nothing.

    The server looks at one half of the matrix for each side, so a frame with mismatches in only one of the halves
    counts as empty as well.
    """
    return _added(counts, _empty(np.triu(matrices)), _empty(np.tril(matrices)))


def _added(counts: dict[str, int], ds: Array, gt: Array) -> dict[str, int]:
    more = {"valid_count": ds & gt, "total_count": ds | gt, "ds_count": ds, "gt_count": gt}
    return {name: count + int(more[name].sum()) if name in more else count for name, count in counts.items()}


def truly_empty(counts: dict[str, int], matrices: Ints) -> dict[str, int]:
    """Counts with the frames on which a side really has nothing."""
    return _added(counts, _empty(matrices[:, :-1]), _empty(matrices[:, :, :-1]))


def _empty(matrices: Ints) -> Array:
    """Which matrices have nothing."""
    return np.asarray(~matrices.any(axis=(1, 2)))


def of_jobs(jobs: Sequence[Totals], labels: int) -> Totals:
    """The totals of a task; its mean similarity is 0, of no job at all None.  labels: how many it has."""
    names = [f"{name}_count" for name in SHAPE]
    return Totals(
        frames=tuple(sorted({frame for job in jobs for frame in job.frames})),
        total_frames=sum(job.total_frames for job in jobs),
        frame_count=sum(job.frame_count for job in jobs),
        counts={name: sum(job.counts[name] for job in jobs) for name in names},
        matrix=_sum([job.matrix for job in jobs], (labels + 1, labels + 1)),
        shape=_sum([job.shape for job in jobs], (len(SHAPE),)),
        label=_sum([job.label for job in jobs], (len(LABEL),)),
        mean_iou=0 if jobs else None,
        conflicts=sum((job.conflicts for job in jobs), Counter()),
    )


def _sum(arrays: Sequence[Array], shape: tuple[int, ...]) -> Ints:
    return np.asarray(sum(arrays, np.zeros(shape, np.int64)))


def frame_items(
    numbers: Numbers, frames: Ints, items: list[Document], labels: list[str], *, empty: bool
) -> dict[str, Document]:
    """The `frame_results`: of each frame all its frame pairs.  items: conflicts, in any order."""
    by_frame: dict[int, list[Document]] = {frame: [] for frame in frames.tolist()}
    for conflict in items:
        by_frame[conflict["frame_id"]].append(conflict)
    order = np.argsort(frames, kind="stable")
    starts = np.searchsorted(frames[order], list(by_frame)).tolist()
    stops = np.searchsorted(frames[order], list(by_frame), "right").tolist()
    return {
        str(frame): _frame_item(numbers.only(order[start:stop]), conflicts, labels, empty=empty)
        for (frame, conflicts), start, stop in zip(by_frame.items(), starts, stops, strict=True)
    }


def _frame_item(numbers: Numbers, conflicts: list[Document], labels: list[str], *, empty: bool) -> Document:
    matrix = numbers.matrix.sum(axis=0)
    counts = annotation_counts(matrix)
    if empty:
        least = ("total", "ds", "gt")
        each = [annotation_counts(matrix) for matrix in numbers.matrix]
        counts = {name: sum(counted[name] for counted in each) for name in counts}
        counts["valid_count"] += sum(counted["total_count"] == 0 for counted in each)
        counts |= {f"{name}_count": sum(max(counted[f"{name}_count"], 1) for counted in each) for name in least}
    kinds: Any = (conflict["type"] for conflict in conflicts)
    return {
        "conflicts": conflicts, **conflict_counts(kinds), "annotations": annotations_item(matrix, labels, counts),
        "annotation_components": components_item(
            numbers.shape.sum(axis=0), numbers.label.sum(axis=0), float(numbers.mean_iou.mean())
        ),
    }  # fmt: skip
