"""Annotations of one chunk -> shapes: points as the hub has them, by type.

    bbox [left, top, width, height]              a rectangle, turned by the attribute `rotation`
    ellipse [left, top, right, bottom]           centre, right and top
    mask {"counts": "06", "size": [2, 3]}        run lengths in the box that touches it
    skeleton [x, y, v, ...]                      points that are seen (2), hidden (1) or outside (0)
    cuboid_3d position, rotation, scale          and 7 zeros
    cuboid_2d [[x, y] x 8]                       corners in CVAT's order
    rotated_bbox [x, y, width, height, degrees]  a rectangle that says its centre

What cannot be a shape is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problem
from annotools.formats.datumaro.items import Annotation, Chunk
from annotools.formats.kernel.places import WrongRows
from annotools.formats.kernel.rle_masks import masks_of, size_of
from annotools.geometry.boxes import cxcywh_to_xyxy
from annotools.geometry.ragged import Ragged, concat, from_arrays, offsets_of, take
from annotools.geometry.widths import edges, middles
from annotools.model import CUBOID, ELLIPSE, MASK, POINTS, POLYGON, POLYLINE, RECTANGLE, SKELETON, ShapeType
from annotools.model.columns import Floats, Ints, united, without
from annotools.transform.point_clouds import SOLID

# Which of CVAT's corners of a cuboid on a picture each of Datumaro's is, and the other way round.
_CORNERS = np.array([0, 6, 4, 2, 7, 5, 3, 1])
_PLACES = np.argsort(_CORNERS)
TAG = "label"
_DIGITS = 9


class Built(msgspec.Struct):
    """Rows of one chunk.

    owner: the annotation.  turn: rotations that geometry says.  tags, skeletons: annotations.  keypoints: x, y, v of
    each skeleton.  wrong: what cannot be a shape.  unknown: how many there are of types that nobody knows.
    """

    owner: Ints
    type: Ints
    points: Ragged
    turn: Floats
    tags: Ints
    skeletons: Ints
    keypoints: Ragged
    wrong: Sequence[Problem]
    unknown: dict[str, int] = msgspec.field(default_factory=dict)


class ShapesIn:
    """The shapes of a chunk.  sizes: (n, 2) width, height of the frames of its annotations, 0 where unknown.

    boned: annotations of type points that are keypoints of a skeleton.
    """

    def __init__(self, chunk: Chunk, sizes: Ints, boned: Ints) -> None:
        self._chunk, self._sizes, self._wrong = chunk, sizes, WrongRows(chunk.at)
        types = [row.type for row in chunk.annotations]
        self._words = {word: index for index, word in enumerate(dict.fromkeys(types))}
        self._codes = np.fromiter(map(self._words.__getitem__, types), np.int64, len(types))
        self._boned = boned

    def build(self) -> Built:
        """All of them, in the order of the annotations."""
        turns = np.zeros(len(self._codes))
        skeletons, keypoints = self._skeletons()
        pieces = [(skeletons, SKELETON, _empty(len(skeletons)))]
        for word, (kind, reader) in _READERS.items():
            rows = without(self._rows(word), self._boned)
            if len(rows):
                kept, points = reader(self, rows)
                pieces.append((kept, kind, points))
        rotated, boxes, turn = self._rotated()
        turns[rotated] = turn
        pieces.append((rotated, RECTANGLE, boxes))
        owner = np.concatenate([rows for rows, _, _ in pieces])
        order = np.argsort(owner, kind="stable")
        types = np.repeat([int(kind) for _, kind, _ in pieces], [len(rows) for rows, _, _ in pieces])
        points = take(*concat([points for _, _, points in pieces]), order)
        known = {TAG, "skeleton", "rotated_bbox", *_READERS}
        counts = np.bincount(self._codes, minlength=len(self._words)).tolist()
        unknown = {word: counts[code] for word, code in self._words.items() if word not in known}
        return Built(
            owner[order], types[order], points, turns[owner[order]], self._rows(TAG), skeletons, keypoints,
            self._wrong.all(), unknown,
        )  # fmt: skip

    def _rows(self, word: str) -> Ints:
        return np.flatnonzero(self._codes == self._words.get(word, -1))

    def _of(self, rows: Ints) -> list[Annotation]:
        return [self._chunk.annotations[row] for row in rows.tolist()]

    def _say(self, row: int, message: str, below: str, expected: str) -> None:
        self._wrong.add(row, message, expected, below)

    def _numbers(self, rows: Ints, given: Sequence[Sequence[Any] | None], key: str, count: int, expected: str) -> Any:
        """(n, count) numbers of the rows that have as many, and these rows; of the others it is a problem."""
        if set(map(_length, given)) - {count}:
            fine = [row for row, values in enumerate(given) if _length(values) == count]
            for row in without(np.arange(len(rows)), fine).tolist():
                self._say(int(rows[row]), f"{key} has {_length(given[row])} numbers", f"/{key}", expected)
            rows, given = rows[fine], [given[row] for row in fine]
        flat: Any = chain.from_iterable(given)  # type: ignore[arg-type]  # None has no length
        return rows, np.fromiter(flat, np.float64, count * len(rows)).reshape(-1, count)

    def boxes(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Rectangles."""
        given = [row.bbox for row in self._of(rows)]
        rows, boxes = self._numbers(rows, given, "bbox", 4, "left, top, width, height")
        corners = np.concatenate([boxes[:, :2], edges(boxes[:, :2], boxes[:, 2:])], axis=1)
        return rows, _table(corners)

    def ellipses(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Ellipses, of which the box round them is said."""
        flat = [_flat(row.points) for row in self._of(rows)]
        rows, boxes = self._numbers(rows, flat, "points", 4, "left, top, right, bottom")
        x, y = middles(boxes[:, 2], boxes[:, 0]), middles(boxes[:, 1], boxes[:, 3])
        return rows, _table(np.stack([x, y, boxes[:, 2], boxes[:, 1]], axis=1))

    def outlines(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Polygons, polylines and points."""
        given: list[Any] = [row.points or () for row in self._of(rows)]
        try:
            counts, values = _counted(given)
        except (TypeError, ValueError):  # pairs, or some numbers and some pairs
            counts, values = _counted(list(map(_flat, given)))
        odd = (counts == 0) | (counts % 2 == 1)
        for index in np.flatnonzero(odd).tolist():
            self._say(int(rows[index]), f"points has {counts[index]} numbers", "/points", "x and y of each point")
        return rows[~odd], take(values, offsets_of(counts), ~odd)

    def masks(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Masks."""
        given = [row.rle for row in self._of(rows)]
        for index in [n for n, rle in enumerate(given) if rle is None]:
            self._say(int(rows[index]), "mask has no rle", "/rle", "counts and size")
        rows = rows[[rle is not None for rle in given]]
        rles = [rle for rle in given if rle is not None]
        sizes = np.array([size_of(rle.size) for rle in rles], np.int64).reshape(-1, 2)
        kept, points, faults = masks_of([rle.counts for rle in rles], sizes, self._sizes[rows])
        for index, text in sorted(faults.items()):
            self._say(int(rows[index]), text, "/rle", "")
        return rows[kept], points

    def solids(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Cuboids in space: numbers that may be missing are 0, sizes 1."""
        parts = [[row.position, row.rotation or (0, 0, 0), row.scale or (1, 1, 1)] for row in self._of(rows)]
        flat = [[*chain.from_iterable(part or () for part in each)] for each in parts]
        rows, values = self._numbers(rows, flat, "position", SOLID, "3 numbers each of position, rotation and scale")
        return rows, _table(np.concatenate([values, np.zeros((len(values), 16 - SOLID))], axis=1))

    def corners(self, rows: Ints) -> tuple[Ints, Ragged]:
        """Cuboids on pictures."""
        flat = [_flat(row.points) for row in self._of(rows)]
        rows, values = self._numbers(rows, flat, "points", 16, "x and y of 8 corners")
        return rows, _table(values.reshape(-1, 8, 2)[:, _PLACES].reshape(-1, 16))

    def _rotated(self) -> tuple[Ints, Ragged, Floats]:
        rows = self._rows("rotated_bbox")
        given = [row.bbox or _flat(row.points) for row in self._of(rows)]
        rows, boxes = self._numbers(rows, given, "bbox", 5, "x, y, width, height and degrees")
        return rows, _table(np.around(cxcywh_to_xyxy(boxes[:, :4]), _DIGITS)), boxes[:, 4] % 360

    def _skeletons(self) -> tuple[Ints, Ragged]:
        rows = united(self._rows("skeleton"), self._boned).astype(np.int64)
        given = [_keypoints(row) for row in self._of(rows)]
        odd = [index for index, values in enumerate(given) if not values or len(values) % 3]
        for index in odd:
            expected = "x, y and visibility of each point"
            self._say(int(rows[index]), f"points has {len(given[index])} numbers", "/points", expected)
        fine = without(np.arange(len(rows)), odd)
        return rows[fine], from_arrays([np.array(given[index], np.float64) for index in fine.tolist()])


def _length(values: Any) -> int:
    return len(values) if values is not None else 0


def _counted(given: list[Any]) -> tuple[Ints, Floats]:
    """How many numbers each has, and all of them.  Raises: TypeError or ValueError where one is a list."""
    counts = np.array(list(map(len, given)), np.int64)
    return counts, np.fromiter(chain.from_iterable(given), np.float64, int(counts.sum()))


def _flat(points: Sequence[Any] | None) -> list[float]:
    """Points as numbers, also where they are pairs."""
    return [n for each in points or () for n in (each if isinstance(each, list) else (each,))]


def _keypoints(row: Annotation) -> list[float]:
    """x, y and visibility of each point."""
    flat = _flat(row.points)
    if row.type == "skeleton" or len(flat) % 2:
        return flat
    seen = row.visibility or [2] * (len(flat) // 2)
    return [n for x, y, v in zip(flat[::2], flat[1::2], seen, strict=False) for n in (x, y, v)]


def _table(values: Floats) -> Ragged:
    return values.reshape(-1), values.shape[1] * np.arange(len(values) + 1)


def _empty(rows: int) -> Ragged:
    return np.zeros(0), np.zeros(rows + 1, np.int64)


_READERS: dict[str, tuple[ShapeType, Callable[[ShapesIn, Ints], tuple[Ints, Ragged]]]] = {
    "bbox": (RECTANGLE, ShapesIn.boxes),
    "ellipse": (ELLIPSE, ShapesIn.ellipses),
    "polygon": (POLYGON, ShapesIn.outlines),
    "polyline": (POLYLINE, ShapesIn.outlines),
    "points": (POINTS, ShapesIn.outlines),
    "mask": (MASK, ShapesIn.masks),
    "cuboid_3d": (CUBOID, ShapesIn.solids),
    "cuboid_2d": (CUBOID, ShapesIn.corners),
}
