"""Annotations of one chunk -> shapes: boxes, outlines, masks and skeletons.

    segmentation [[..], [..]]  two polygons      {"size": .., "counts": ..}  a mask      none  the box
    keypoints                  a skeleton; the box only where it is not the one round its points or outline

What cannot be a shape is a problem with its place; the other parts of the annotation stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.coco.cells import Annotation
from annotools.formats.coco.document import Document
from annotools.formats.coco.runs import Place, masks_of
from annotools.geometry.boxes import hull_boxes, xywh_to_xyxy
from annotools.geometry.ragged import Ragged, concat, lengths, offsets_of, segment_max, segment_min, take
from annotools.geometry.raster import are_drawable
from annotools.geometry.widths import edges
from annotools.model import MASK, POLYGON, RECTANGLE
from annotools.model.tables import Array, Floats, Ints

BOX, OUTLINE, RUNS, NOTHING = range(4)
_NO_ROWS: Ragged = (np.zeros(0), np.zeros(1, np.int64))
_NO_PARTS: list[list[float]] = [[]]
_NEAR = 0.011  # both corners are rounded to 2 decimals


@dataclass(slots=True)
class Built:
    """Rows of one chunk.  owner: the annotation within the chunk."""

    size: int
    owner: Ints
    type: Array
    points: Ragged
    skeletons: Ints
    keypoints: Ragged


@dataclass(slots=True)
class ChunkShapes:
    """The shapes of one chunk of annotations."""

    rows: Sequence[Annotation]
    places: Ints
    document: Document
    problems: Problems

    def build(self, sizes: Ints, keypoints: bool, server: bool) -> Built:
        """sizes: (n, 2) of the frames."""
        skeletons, triples = self._keypoints(server) if keypoints else (np.zeros(0, np.int64), _NO_ROWS)
        kinds = _kinds([row.segmentation for row in self.rows])
        kinds[self._without_box(kinds, skeletons)] = NOTHING
        if keypoints:
            kinds[self._implied(kinds, skeletons, triples, server)] = NOTHING
        pieces = [self._boxes(kinds, server), self._outlines(kinds, server), self._masks(kinds, sizes)]
        if keypoints:
            pieces.append(self._drawn_boxes(kinds, skeletons, server))
        owner = np.concatenate([owner for owner, _, _ in pieces])
        order = np.argsort(owner, kind="stable")
        types = np.repeat([kind for _, kind, _ in pieces], [len(owner) for owner, _, _ in pieces])
        points = take(*concat([points for _, _, points in pieces]), order)
        return Built(len(self.rows), owner[order], types[order], points, skeletons, triples)

    def _without_box(self, kinds: Ints, skeletons: Ints) -> Ints:
        """Annotations without a segmentation that have no box either."""
        boxes: list[Any] = [self.rows[n].bbox for n in np.flatnonzero(kinds == BOX).tolist()]
        if all(boxes) and set(map(len, boxes)) <= {4}:
            return np.zeros(0, np.int64)
        boxed = np.zeros(len(kinds), np.bool_)
        boxed[skeletons] = True
        found = [n for n in np.flatnonzero(kinds == BOX).tolist() if len(self.rows[n].bbox or ()) != 4]
        for n in found:
            box = self.rows[n].bbox
            if not boxed[n] or box is not None:
                said = "has neither segmentation nor bbox" if box is None else f"bbox has {len(box)} numbers"
                self._say(n, said, "" if box is None else "/bbox", "left, top, width, height")
        return np.array(found, np.int64)

    def _say(self, n: int, message: str, below: str, expected: str = "") -> None:
        pointer = f"{self.document.where}/{self.places[n]}{below}"
        self.problems.append(Problem(message, self.document.member, pointer=pointer, expected=expected))

    def _boxes(self, kinds: Ints, server: bool) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == BOX)
        return rows, int(RECTANGLE), self._box_points(rows, server)

    def _box_points(self, rows: Ints, server: bool) -> Ragged:
        boxes = self._bboxes(rows)
        both = np.concatenate([boxes[:, :2], edges(boxes[:, :2], boxes[:, 2:])], axis=1)
        return (tidied(both, 2) if server else both).reshape(-1), 4 * np.arange(len(rows) + 1)

    def _outlines(self, kinds: Ints, server: bool) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == OUTLINE)
        outlines: list[Any] = [self.rows[n].segmentation for n in rows.tolist()]
        parts = list(chain.from_iterable(outlines))
        values = np.fromiter(chain.from_iterable(parts), np.float64)
        offsets = offsets_of(list(map(len, parts)))
        counts = np.array(list(map(len, outlines)), np.int64)
        owner, number = np.repeat(rows, counts), np.arange(len(parts)) - np.repeat(np.cumsum(counts) - counts, counts)
        fine = (lengths(offsets) >= 6) & (lengths(offsets) % 2 == 0) & are_drawable(values, offsets)
        for part in np.flatnonzero(~fine).tolist():
            self._refuse(int(owner[part]), int(number[part]), int(offsets[part + 1] - offsets[part]))
        if not fine.all():
            owner, (values, offsets) = owner[fine], take(values, offsets, fine)
        return owner, int(POLYGON), (np.around(values, 2) if server else values, offsets)

    def _refuse(self, n: int, part: int, count: int) -> None:
        if count < 6 or count % 2:
            self._say(n, f"polygon has {count} numbers", f"/segmentation/{part}", "x and y of 3 points or more")
        else:
            self._say(n, "polygon has a coordinate of 1e9 px or more", f"/segmentation/{part}", "pixels of the image")

    def _masks(self, kinds: Ints, sizes: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == RUNS)
        runs: list[Any] = [self.rows[n].segmentation for n in rows.tolist()]

        def where(n: int) -> Place:
            return Place(self.document.member, f"{self.document.where}/{self.places[rows[n]]}/segmentation")

        kept, points = masks_of(runs, sizes[rows], where, self.problems)
        return rows[kept], int(MASK), points

    def _keypoints(self, server: bool) -> tuple[Ints, Ragged]:
        """The annotations that are skeletons, and x0 y0 v0 x1 ... of each."""
        rows, found = [], []
        for n, row in enumerate(self.rows):
            points = row.keypoints
            if points is None or not points:
                continue
            if len(points) % 3:
                self._say(n, f"keypoints has {len(points)} numbers", "/keypoints", "x, y and v of each point")
            elif server or any(points[2::3]):
                rows.append(n)
                found.append(points)
        values = np.fromiter(chain.from_iterable(found), np.float64)
        return np.array(rows, np.int64), (values, offsets_of(list(map(len, found))))

    def _implied(self, kinds: Ints, skeletons: Ints, triples: Ragged, server: bool) -> Ints:
        """Annotations whose box is the one round the points of their skeleton; to the server, any box is."""
        boxed = kinds == BOX
        if server:
            return np.flatnonzero(boxed)
        mine = np.flatnonzero(boxed[skeletons])
        if not len(mine):
            return mine
        values, ends = take(*triples, mine)
        seen = (values[2::3] > 0)[:, None]
        points = np.column_stack([values[::3], values[1::3]])
        low = segment_min(np.where(seen, points, np.inf), ends // 3)
        high = segment_max(np.where(seen, points, -np.inf), ends // 3)
        rows = skeletons[mine]
        return rows[_alike(self._corners(rows), np.concatenate([low, high], axis=1))]

    def _corners(self, rows: Ints) -> Floats:
        return xywh_to_xyxy(self._bboxes(rows))

    def _bboxes(self, rows: Ints) -> Floats:
        boxes: list[Any] = [self.rows[n].bbox for n in rows.tolist()]
        return np.fromiter(chain.from_iterable(boxes), np.float64, 4 * len(rows)).reshape(-1, 4)

    def _drawn_boxes(self, kinds: Ints, skeletons: Ints, server: bool) -> tuple[Ints, int, Ragged]:
        """Boxes beside an outline, where they are not the one round it."""
        rows = skeletons[kinds[skeletons] == OUTLINE]
        rows = (
            rows[[len(self.rows[n].bbox or ()) == 4 for n in rows.tolist()]] if len(rows) and not server else rows[:0]
        )
        whole = [list(chain.from_iterable(self._outline(n))) for n in rows.tolist()]
        even = [points if len(points) % 2 == 0 else [] for points in whole]
        values = np.fromiter(chain.from_iterable(even), np.float64)
        hulls = hull_boxes(values, offsets_of(list(map(len, even))))
        rows = rows[~_alike(self._corners(rows), hulls)]
        return rows, int(RECTANGLE), self._box_points(rows, server)

    def _outline(self, n: int) -> list[list[float]]:
        parts = self.rows[n].segmentation
        return parts if isinstance(parts, list) else []


def tidied(values: Floats, decimals: int) -> Floats:
    """Values rounded as numpy does it, but for those so large that they would overflow."""
    small = np.abs(values) < 1e15
    rounded = values.copy()
    rounded[small] = np.around(values[small], decimals)
    return rounded


def _kinds(segmentations: list[Any]) -> Ints:
    kinds = [
        BOX if not one or one == _NO_PARTS else OUTLINE if type(one) is list else RUNS for one in segmentations
    ]
    return np.array(kinds, np.int64)


def _alike(first: Floats, second: Floats) -> Array:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(first - second) <= _NEAR).all(axis=1))
