"""What annotations must be to be compared: of labels of the task, on frames of known size, with points that are points.

Everything that is wrong is collected, by frame.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.errors import InputError, Problem
from annotools.geometry.ragged import Ints, take
from annotools.geometry.raster import check_polygons
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import Dataset, ShapeType
from annotools.model.columns import distinct

_FEWEST = {ShapeType.RECTANGLE: 4, ShapeType.ELLIPSE: 4}  # and exactly as many
_LEAST = {ShapeType.POLYGON: 6, ShapeType.POLYLINE: 4, ShapeType.POINTS: 2}


def check(dense: Dataset, tags: Ints, shapes: Ints) -> None:
    """Raises InputError with everything that is wrong with these rows of `tags` and `shapes`."""
    problems = [*_labels(dense, tags, shapes), *_sizes(dense, shapes), *_points(dense, shapes)]
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.frame or 0))


def _labels(dense: Dataset, tags: Ints, shapes: Ints) -> Iterator[Problem]:
    known = [label.id for label in dense.labels.top]
    for table, rows in ((dense.tags, tags), (dense.shapes, shapes)):
        for row in rows[~np.isin(table.label[rows], known)].tolist():
            message = f"an annotation has label {table.label[row]}"
            yield Problem(message, frame=int(table.frame[row]), expected="a label of the task")


def _sizes(dense: Dataset, shapes: Ints) -> Iterator[Problem]:
    frames = distinct(dense.shapes.frame[shapes])
    sizes = dense.frames.sizes(frames)
    for frame in frames[(sizes <= 0).any(axis=1)].tolist():
        yield Problem("its size is not known", frame=frame, expected="width and height of every frame")


def _points(dense: Dataset, rows: Ints) -> Iterator[Problem]:
    shapes = dense.shapes
    counts, kind = shapes.counts_of(rows), shapes.type[rows]
    faults: list[tuple[int, str]] = []
    for wanted in ShapeType:
        mine = rows[kind == wanted]
        if wanted == ShapeType.MASK:
            kind_faults = check_cvat_rles(*take(shapes.values, shapes.offsets, mine))
        else:
            kind_faults = check_polygons(*take(shapes.values, shapes.offsets, mine))
            exact, least = _FEWEST.get(wanted), _LEAST.get(wanted, 0)
            sizes = counts[kind == wanted]
            wrong = sizes != exact if exact else sizes < least
            kind_faults += [
                (row, f"{sizes[row]} coordinates are too few or too many") for row in np.flatnonzero(wrong).tolist()
            ]
        faults += [(int(mine[row]), text) for row, text in kind_faults]
    faults += [(row, "its rotation is not a number") for row in rows[~np.isfinite(shapes.rotation[rows])].tolist()]
    for row, text in faults:
        word = ShapeType(int(shapes.type[row])).word
        yield Problem(
            f"{word} {shapes.id[row]}: {text}", frame=int(shapes.frame[row]), expected="points as CVAT has them"
        )
