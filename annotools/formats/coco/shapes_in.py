"""Annotations of one chunk -> shapes: boxes, outlines, masks and skeletons.

    segmentation [[..], [..]]  two polygons      {"size": .., "counts": ..}  a mask      none  the box
    keypoints                  a skeleton; the box only where it is not the one round its points
    nothing of all this        a tag

What cannot be a shape is a problem with its place; the other parts of the annotation stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from msgspec import UNSET

from annotools.errors import Problem, Problems
from annotools.formats.coco.decoding import Chunk
from annotools.formats.coco.odd_fields import Rle
from annotools.geometry.boxes import xywh_to_xyxy
from annotools.geometry.ragged import Ragged, concat, from_arrays, lengths, offsets_of, segment_max, segment_min, take
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle import coco_rle_to_cvat_rle
from annotools.geometry.rle_faults import Fault, check_coco_rles
from annotools.geometry.rle_strings import decompressed
from annotools.geometry.widths import edges
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON
from annotools.model.tables import Array, Bools, Floats, Ints

BOX, OUTLINE, RUNS, NOTHING = range(4)
NO_ROWS: Ragged = (np.zeros(0), np.zeros(1, np.int64))
_NO_PARTS: list[list[float]] = [[]]
_NEAR = 0.011  # both corners are rounded to 2 decimals
_MOST = (1 << 31) - 1


@dataclass(slots=True)
class Built:
    """Rows of one chunk.  owner: the annotation within the chunk.  keypoints: x0 y0 v0 x1 ... of each skeleton.

    tags: the annotations that are no shape.  skeletons come before what is drawn beside them.
    """

    owner: Ints
    type: Ints
    points: Ragged
    skeletons: Ints
    keypoints: Ragged
    tags: Ints


@dataclass(slots=True)
class ChunkShapes:
    """The shapes of one chunk of annotations.  any_box: whether any box beside keypoints is the one round them."""

    chunk: Chunk
    problems: Problems
    any_box: bool = False

    def build(self, sizes: Ints, turned: Bools, keypoints: bool) -> Built:
        """sizes: (n, 2) of the frames.  turned: annotations whose rectangle does not stand upright."""
        skeletons, triples = self._keypoints() if keypoints else (np.zeros(0, np.int64), NO_ROWS)
        kinds = _kinds([row.segmentation for row in self.chunk.rows])
        said = self._rectangles()
        kinds[said[turned[said]]] = NOTHING  # the outline is that of the rectangle
        boxless = self._without_box(kinds)
        kinds[boxless] = NOTHING
        if keypoints:
            kinds[self._implied(kinds, skeletons, triples)] = NOTHING
        nothing: Ragged = (np.zeros(0), np.zeros(len(skeletons) + 1, np.int64))
        pieces = [(skeletons, int(SKELETON), nothing), self._boxes(kinds), self._outlines(kinds)]
        pieces += [self._drawn_rectangles(said[(kinds[said] != BOX)]), self._masks(kinds, sizes)]
        owner = np.concatenate([owner for owner, _, _ in pieces])
        order = np.argsort(owner, kind="stable")
        types = np.repeat([kind for _, kind, _ in pieces], [len(owner) for owner, _, _ in pieces])
        points = take(*concat([points for _, _, points in pieces]), order)
        tags = np.array([n for n in boxless.tolist() if self._is_tag(n)], np.int64)
        tags = np.setdiff1d(tags, skeletons)
        return Built(owner[order], types[order], points, skeletons, triples, tags)

    def _is_tag(self, n: int) -> bool:
        return not self.chunk.rows[n].bbox

    def _without_box(self, kinds: Ints) -> Ints:
        """Annotations without a segmentation that have no box either."""
        rows = np.flatnonzero(kinds == BOX)
        boxes: list[Any] = [self.chunk.rows[n].bbox for n in rows.tolist()]
        if all(boxes) and set(map(len, boxes)) <= {4}:
            return np.zeros(0, np.int64)
        bare = [n for n, box in zip(rows.tolist(), boxes, strict=True) if not box or len(box) != 4]
        for n in bare:
            box = self.chunk.rows[n].bbox
            if box:
                self._say(n, f"bbox has {len(box)} numbers", "/bbox", "left, top, width, height")
        return np.array(bare, np.int64)

    def _say(self, n: int, message: str, below: str, expected: str = "") -> None:
        document = self.chunk.document
        pointer = f"{document.where}/{self.chunk.places[n]}{below}"
        self.problems.append(Problem(message, document.member, pointer=pointer, expected=expected))

    def _rectangles(self) -> Ints:
        """Annotations that say themselves which rectangle they are."""
        given = [row.rectangle for row in self.chunk.rows]
        return np.array([n for n, box in enumerate(given) if box is not UNSET and box and len(box) == 4], np.int64)

    def _drawn_rectangles(self, rows: Ints) -> tuple[Ints, int, Ragged]:
        return self._corners(rows, [self.chunk.rows[n].rectangle for n in rows.tolist()])

    def _boxes(self, kinds: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == BOX)
        return self._corners(rows, [self.chunk.rows[n].bbox for n in rows.tolist()])

    def _corners(self, rows: Ints, given: list[Any]) -> tuple[Ints, int, Ragged]:
        boxes = _four(given)
        both = np.concatenate([boxes[:, :2], edges(boxes[:, :2], boxes[:, 2:])], axis=1)
        return rows, int(RECTANGLE), (both.reshape(-1), 4 * np.arange(len(rows) + 1))

    def _outlines(self, kinds: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == OUTLINE)
        outlines: list[Any] = [self.chunk.rows[n].segmentation for n in rows.tolist()]
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
        return owner, int(POLYGON), (values, offsets)

    def _refuse(self, n: int, part: int, count: int) -> None:
        if count < 6 or count % 2:
            self._say(n, f"polygon has {count} numbers", f"/segmentation/{part}", "x and y of 3 points or more")
        else:
            self._say(n, "polygon has a coordinate of 1e9 px or more", f"/segmentation/{part}", "pixels of the image")

    def _masks(self, kinds: Ints, sizes: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == RUNS)
        kept, points, faults = masks_of([self.chunk.rows[n].segmentation for n in rows.tolist()], sizes[rows])
        for n, text in sorted(faults.items()):
            self._say(int(rows[n]), text, "/segmentation")
        return rows[kept], int(MASK), points

    def _keypoints(self) -> tuple[Ints, Ragged]:
        """The annotations that are skeletons, and x0 y0 v0 x1 ... of each."""
        rows, found = [], []
        for n, row in enumerate(self.chunk.rows):
            points = row.keypoints
            if points is UNSET or not points:
                continue
            if len(points) % 3:
                self._say(n, f"keypoints has {len(points)} numbers", "/keypoints", "x, y and v of each point")
            elif self.any_box or any(points[2::3]):
                rows.append(n)
                found.append(points)
        values = np.fromiter(chain.from_iterable(found), np.float64)
        return np.array(rows, np.int64), (values, offsets_of(list(map(len, found))))

    def _implied(self, kinds: Ints, skeletons: Ints, triples: Ragged) -> Ints:
        """Annotations whose box is the one round the points of their skeleton."""
        boxed = kinds == BOX
        if self.any_box:
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
        boxes = _four([self.chunk.rows[n].bbox for n in rows.tolist()])
        return rows[_near(xywh_to_xyxy(boxes), np.concatenate([low, high], axis=1))]


def _four(boxes: list[Any]) -> Floats:
    return np.fromiter(chain.from_iterable(boxes), np.float64, 4 * len(boxes)).reshape(-1, 4)


def _kinds(segmentations: list[Any]) -> Ints:
    kinds = [
        BOX if one is UNSET or not one or one == _NO_PARTS else OUTLINE if type(one) is list else RUNS
        for one in segmentations
    ]
    return np.array(kinds, np.int64)


def _near(first: Floats, second: Floats) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(first - second) <= _NEAR).all(axis=1))


def masks_of(runs: Sequence[Rle], sizes: Ints) -> tuple[Ints, Ragged, dict[int, str]]:
    """The runs that are masks of their frames, these as cvat_rles, and what is wrong with the others.

    sizes: (n, 2) width, height of the frames, 0 where unknown.
    """
    given = _given(runs)
    faults: dict[int, str] = {}
    unlike = (sizes > 0).all(axis=1) & (given != sizes).any(axis=1)
    for n in np.flatnonzero(unlike).tolist():
        faults[n] = f"mask of {given[n, 0]} x {given[n, 1]}, expected {sizes[n, 0]} x {sizes[n, 1]} as its image"
    counts_of = [rle.counts for rle in runs]
    texts = [n for n, counts in enumerate(counts_of) if type(counts) is str]
    lists = [n for n, counts in enumerate(counts_of) if type(counts) is not str]
    found, numbers = decompressed([str(counts_of[n]) for n in texts])
    _note(faults, texts, found)
    order = np.array(texts + lists, np.int64)
    counts = concat([numbers, _plain([counts_of[n] for n in lists])])
    _note(faults, order.tolist(), check_coco_rles(*counts, given[order]))
    kept = np.flatnonzero(~np.isin(order, list(faults)))
    kept = kept[np.argsort(order[kept])]
    return order[kept], coco_rle_to_cvat_rle(*take(*counts, kept), given[order[kept]]), faults


def _given(runs: Sequence[Rle]) -> Ints:
    """Width and height that each says, 0 for what is no size.  (n, 2)"""
    said = [rle.size for rle in runs]
    if set(map(len, said)) == {2}:
        with suppress(OverflowError):
            sizes = np.fromiter(chain.from_iterable(said), np.int64, 2 * len(said)).reshape(-1, 2)[:, ::-1]
            return np.where((sizes > 0) & (sizes <= _MOST), sizes, 0)
    return np.array([size_of(rle) for rle in runs], np.int64).reshape(-1, 2)


def size_of(rle: Rle) -> tuple[int, int]:
    """Width, height; 0 for what is no size."""
    size = rle.size if len(rle.size) == 2 else [0, 0]
    height, width = (n if 0 < n <= _MOST else 0 for n in size)
    return width, height


def _plain(counts: Sequence[list[int] | str]) -> Ragged:
    rows: list[Array] = [
        np.array([n if abs(n) <= _MOST else -1 for n in row], np.int64) for row in counts if not isinstance(row, str)
    ]
    return from_arrays(rows, np.int64)


def _note(faults: dict[int, str], numbers: Sequence[int], found: list[Fault]) -> None:
    for place, text in found:
        faults.setdefault(numbers[place], text)
