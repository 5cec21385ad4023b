"""Annotations by content, to be compared across jobs and requests: what, of which label, where, to 1/100 px."""

from __future__ import annotations

import numpy as np

from annotools.model import Dataset
from annotools.model.tables import Array, Bools

Content = tuple[int, ...] | tuple[int, int, int, bytes]


def plain_rows(dataset: Dataset, keep: Bools | None = None) -> Array:
    """Shapes that are neither keyframes nor elements, of those to keep."""
    rows = dataset.plain_shapes
    return rows if keep is None else rows[keep[rows]]


def shape_contents(dataset: Dataset, rows: Array) -> list[Content]:
    """The content of some shapes."""
    shapes = dataset.shapes
    columns = (shapes.frame[rows].tolist(), shapes.label[rows].tolist(), shapes.type[rows].tolist())
    points = [(np.round(shapes.points(row), 2) + 0.0).tobytes() for row in rows.tolist()]
    return list(zip(*columns, points, strict=True))


def tag_contents(dataset: Dataset, rows: Array) -> list[Content]:
    """The content of some tags."""
    tags = dataset.tags
    return list(zip(tags.frame[rows].tolist(), tags.label[rows].tolist(), strict=True))
