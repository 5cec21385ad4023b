"""The tables of a report that people read: jobs, labels, conflicts by what they are about, and frames, worst first."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from annotools.model.columns import distinct
from annotools.model.losses import ranges
from annotools.quality.conflicts import ERRORS, Conflict
from annotools.quality.documents import annotation_counts
from annotools.quality.numbers import share
from annotools.quality.task_report import Report

Row = tuple[Any, ...]
JOB_HEAD = ("job", "frames", "accuracy", "precision", "recall", "similarity", "errors", "warnings")
LABEL_HEAD = ("label", "in ground truth", "in jobs", "right", "precision", "recall", "taken for")
CONFLICT_HEAD = ("severity", "conflict", "label", "count", "frames")
FRAME_HEAD = ("frame", "name", "job", "accuracy", "errors", "warnings", "conflicts")


class FrameSummary(NamedTuple):
    """One frame of a comparison.  row: of the report's plan."""

    row: int
    frame: int
    name: str
    job: int
    accuracy: float
    errors: int
    warnings: int
    kinds: dict[str, int]


def job_rows(report: Report) -> list[Row]:
    """Each job, and the task as a whole."""
    jobs = {report.dataset.jobs[row].id: row for row in report.plan.included}
    rows = [_job_row(f"{number}", report.jobs[number]) for number in jobs]
    task = _job_row("task", report.task)
    return [*rows, (*task[:5], _digits(report.corrected["mean_iou"]), *task[6:])]


def _job_row(name: str, document: dict[str, Any]) -> Row:
    whole = document["comparison_summary"]
    annotations = whole["annotations"]
    mean = whole["annotation_components"]["shape"]["mean_iou"]
    return (
        name, f"{whole['frame_count']} of {whole['total_frames']}",
        *(_digits(annotations[metric]) for metric in ("accuracy", "precision", "recall")), _digits(mean),
        whole["error_count"], whole["warning_count"],
    )  # fmt: skip


def _digits(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def label_rows(report: Report) -> list[Row]:
    """Each label that occurs, in the task's order; the most frequent label that it is taken for."""
    matrix, names = report.totals.matrix, report.labels
    rows = []
    for label, name in enumerate(names[:-1]):
        ds, gt, right = int(matrix[label].sum()), int(matrix[:, label].sum()), int(matrix[label, label])
        if not ds and not gt:
            continue
        wrong = matrix[:, label].copy()
        wrong[[label, -1]] = 0
        taken = f"{names[int(wrong.argmax())]} ({wrong.max()})" if wrong.max() else ""
        rows.append((name, gt, ds, right, _digits(share(right, ds)), _digits(share(right, gt)), taken))
    return rows


def conflict_rows(report: Report, most: int | None = None) -> list[Row]:
    """What to look at: conflicts of one type and label together, errors first, the most frequent first."""
    conflicts, objects = report.conflicts, report.objects
    row = np.where(conflicts.gt >= 0, conflicts.gt, conflicts.ds)
    groups: dict[tuple[int, int], list[int]] = {}
    for number, key in enumerate(zip(conflicts.type.tolist(), objects.label[row].tolist(), strict=True)):
        groups.setdefault(key, []).append(number)
    order = sorted(groups, key=lambda key: (key[0] not in ERRORS, -len(groups[key]), key))
    return [
        (
            Conflict(kind).severity, Conflict(kind).word.replace("_", " "), report.labels[label],
            len(groups[kind, label]), ranges(distinct(report.plan.frame[conflicts.frame_pair[groups[kind, label]]]), 6),
        )
        for kind, label in order[:most]
    ]  # fmt: skip


def worst_frames(report: Report, most: int | None = None) -> list[FrameSummary]:
    """Frames that have conflicts, those with most errors first."""
    conflicts = report.conflicts
    error = np.isin(conflicts.type, ERRORS)
    size = len(report.plan.job)
    errors = np.bincount(conflicts.frame_pair[error], minlength=size)
    all_of_them = np.bincount(conflicts.frame_pair, minlength=size)
    order = np.lexsort((np.arange(size), -all_of_them, -errors))
    return [_frame_summary(report, row, int(errors[row])) for row in order[:most].tolist() if all_of_them[row]]


def _frame_summary(report: Report, row: int, errors: int) -> FrameSummary:
    counts = annotation_counts(report.numbers.matrix[row])
    frame = int(report.plan.frame[row])
    kinds = Counter(
        Conflict(code).word.replace("_", " ") for code in report.conflicts.type[report.conflicts.frame_pair == row]
    )
    name = report.dataset.frames.names[frame] if frame < len(report.dataset.frames) else ""
    job = report.dataset.jobs[int(report.plan.job[row])].id
    accuracy = share(counts["valid_count"], counts["total_count"])
    return FrameSummary(row, frame, name, job, accuracy, errors, kinds.total() - errors, dict(kinds))


def frame_rows(report: Report, most: int | None = None) -> list[Row]:
    """The worst frames as cells."""
    return [
        (
            frame.frame, frame.name, f"{frame.job}", _digits(frame.accuracy), frame.errors, frame.warnings,
            ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in frame.kinds.items()),
        )
        for frame in worst_frames(report, most)
    ]  # fmt: skip


def headline(report: Report) -> str:
    """`accuracy 0.639, precision 0.793, recall 0.676; 11 errors, 9 warnings on 3 of 8 frames`."""
    whole = report.task["comparison_summary"]
    shares = ", ".join(f"{name} {whole['annotations'][name]:.3f}" for name in ("accuracy", "precision", "recall"))
    counts = f"{whole['error_count']:,} errors, {whole['warning_count']:,} warnings"
    return f"{shares}; {counts} on {report.corrected['frame_count']} of {report.corrected['total_frames']} frames"
