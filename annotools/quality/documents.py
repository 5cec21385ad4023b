"""Numbers and conflicts as the server's own JSON: what a stored report of CVAT 2.56 to 2.73 holds.

{"parameters": .., "comparison_summary": .., "frame_results": {"0": ..}, "conflicts": [..]}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from annotools.geometry.ragged import Array
from annotools.model import ShapeType
from annotools.quality.conflicts import ERRORS, Conflict, Conflicts
from annotools.quality.numbers import share
from annotools.quality.objects import Objects

Document = dict[str, Any]
UNMATCHED = "unmatched"
_ERRORS = {kind.word for kind in ERRORS}


def conflict_items(objects: Objects, conflicts: Conflicts, frame: Array, job: Array, truth: int) -> list[Document]:
    """Conflicts.  frame, job: number and id of those of each.  truth: the id of the ground truth job."""
    rows = zip(*(column.tolist() for column in (frame, job, conflicts.type, conflicts.ds, conflicts.gt)), strict=True)
    words = [(kind.word, kind.severity) for kind in Conflict]
    return [
        {
            "frame_id": number, "type": words[kind][0], "severity": words[kind][1],
            "annotation_ids": [
                _annotation_id(objects, row, home) for row, home in ((ds, owner), (gt, truth)) if row >= 0
            ],
        }
        for number, owner, kind, ds, gt in rows
    ]  # fmt: skip


def _annotation_id(objects: Objects, row: int, job: int) -> Document:
    kind = int(objects.type[row])
    track = int(objects.track[row]) >= 0
    return {
        "obj_id": int(objects.id[row]), "job_id": job, "type": "tag" if kind < 0 else "track" if track else "shape",
        "shape_type": None if kind < 0 else ShapeType(kind).word,
    }  # fmt: skip


def confusion_item(matrix: Array, labels: list[str]) -> Document:
    """A confusion matrix with its numbers by label; a share of nothing is 0."""
    diagonal, row, column, total = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0), matrix.sum()
    vectors = {
        "precision": (diagonal, row),
        "recall": (diagonal, column),
        "jaccard_index": (diagonal, row + column - diagonal),
        "accuracy": (total - (row - diagonal) - (column - diagonal), total),
    }
    shares = {name: (part / np.where(whole == 0, 1, whole)).tolist() for name, (part, whole) in vectors.items()}
    return {"labels": labels, "rows": matrix.tolist(), "axes": {"cols": "gt", "rows": "ds"}, **shares}


def annotation_counts(matrix: Array) -> dict[str, int]:
    """Counts of a matrix."""
    missing, extra, total = int(matrix[-1].sum()), int(matrix[:, -1].sum()), int(matrix.sum())
    return {
        "valid_count": int(np.trace(matrix)), "missing_count": missing, "extra_count": extra, "total_count": total,
        "ds_count": total - missing, "gt_count": total - extra,
    }  # fmt: skip


def annotations_item(matrix: Array, labels: list[str], counts: dict[str, int]) -> Document:
    """The `annotations` of a report.

    labels: along the matrix; where nothing was added up there are none, and no matrix.  counts: those of the matrix, as
    far as they are not said otherwise.
    """
    valid = counts["valid_count"]
    shares = {
        name: share(valid, counts[f"{whole}_count"])
        for name, whole in (("accuracy", "total"), ("precision", "ds"), ("recall", "gt"))
    }
    return {**counts, **shares, "confusion_matrix": confusion_item(matrix, labels) if labels else None}


def components_item(shape: Array, label: Array, mean_iou: float | None) -> Document:
    """The `annotation_components` of a report.  shape, label: counts as in `numbers`."""
    valid, missing, extra, total, ds, gt = shape.tolist()
    right, wrong, both = label.tolist()
    return {
        "shape": {
            "valid_count": valid, "missing_count": missing, "extra_count": extra, "total_count": total,
            "ds_count": ds, "gt_count": gt, "mean_iou": mean_iou, "accuracy": share(valid, total),
        },
        "label": {"valid_count": right, "invalid_count": wrong, "total_count": both, "accuracy": share(right, both)},
    }  # fmt: skip


def conflict_counts(kinds: Iterable[str]) -> Document:
    """How many conflicts there are, by type and severity."""
    by_type = Counter(kinds)
    errors = sum(count for kind, count in by_type.items() if kind in _ERRORS)
    total = by_type.total()
    return {
        "conflict_count": total, "warning_count": total - errors, "error_count": errors,
        "conflicts_by_type": dict(by_type),
    }  # fmt: skip


def summary_item(document: Document) -> Document:
    """What the API shows of a report."""
    whole = document["comparison_summary"]
    names = ("total_frames", "frame_count", "frame_share", "conflict_count", "warning_count", "error_count")
    counts = ("valid_count", "ds_count", "gt_count", "total_count", "accuracy", "precision", "recall")
    summary = {name: whole[name] for name in (*names, "conflicts_by_type")}
    summary |= {"validation_frames": whole["frame_count"], "validation_frame_share": whole["frame_share"]}
    summary |= {name: whole["annotations"][name] for name in counts}
    for name, kinds in (("tasks", ("custom", "not_configured", "excluded")), ("jobs", ("excluded", "not_checkable"))):
        if whole[name] is not None:
            summary[name] = {kind: whole[name][f"{kind}_count"] for kind in ("total", *kinds, "included")}
    return summary


def conflict_rows(document: Document) -> list[Document]:
    """Conflicts as the API lists them; ids are the server's to give."""
    return [
        {
            "frame": item["frame_id"], "type": item["type"], "severity": item["severity"],
            "annotation_ids": item["annotation_ids"],
        }
        for item in document["conflicts"]
    ]  # fmt: skip
