"""Annotations of one chunk -> shapes: boxes, outlines, masks and skeletons.

    segmentation [[..], [..]]  two polygons      {"size": .., "counts": ..}  a mask      none  the box
    keypoints                  a skeleton; the box only where it is not the one round its points
    nothing of all this        a tag

What cannot be a shape is a problem with its place; the other parts of the annotation stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain

import msgspec
import numpy as np

from annotools.formats.coco.decoding import Chunk, Lists
from annotools.formats.coco.number_lists import NumberLists, Outlines
from annotools.formats.coco.odd_fields import Rle
from annotools.geometry.boxes import hull_boxes, xywh_to_xyxy
from annotools.geometry.ragged import (
    Ragged,
    concat,
    lengths,
    offsets_of,
    place_in_row,
    row_of_value,
    segment_all,
    segment_max,
    segment_min,
    take,
)  # fmt: skip
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle import coco_rle_boxes, coco_rle_to_cvat_rle
from annotools.geometry.rle_faults import Fault, check_coco_rles
from annotools.geometry.rle_strings import decompressed
from annotools.geometry.widths import edges
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON
from annotools.model.columns import without
from annotools.model.tables import Array, Bools, Floats, Ints
from annotools.row_problems import RowProblems

BOX, OUTLINE, RUNS, NOTHING = range(4)
NO_ROWS: Ragged = (np.zeros(0), np.zeros(1, np.int64))
_NEAR = 0.011  # both corners are rounded to 2 decimals
_MOST = (1 << 31) - 1


class Built(msgspec.Struct):
    """Rows of one chunk.  owner: the annotation within the chunk.  keypoints: x0 y0 v0 x1 ... of each skeleton.

    tags: the annotations that are no shape.  skeletons come before what is drawn beside them.
    """

    owner: Ints
    type: Ints
    points: Ragged
    skeletons: Ints
    keypoints: Ragged
    tags: Ints


class ChunkShapes(msgspec.Struct):
    """The shapes of one chunk of annotations.

    any_box: whether any box beside keypoints is the one round them.  boxed: annotations of whose outlines only the
    boxes are wanted, None for none.
    """

    chunk: Chunk
    wrong: RowProblems
    any_box: bool = False
    boxed: Bools | None = None

    def build(self, sizes: Ints, turned: Bools, keypoints: bool) -> Built:
        """sizes: (n, 2) of the frames of masks.  turned: annotations whose rectangle does not stand upright."""
        skeletons, triples = self._keypoints() if keypoints else (np.zeros(0, np.int64), NO_ROWS)
        kinds = _kinds(self._lists.outlines)
        rectangles = self._rectangles()
        kinds[rectangles[turned[rectangles]]] = NOTHING  # the outline is that of the rectangle
        boxless = self._without_box(kinds)
        kinds[boxless] = NOTHING
        if keypoints:
            kinds[self._implied(kinds, skeletons, triples)] = NOTHING
        nothing: Ragged = (np.zeros(0), np.zeros(len(skeletons) + 1, np.int64))
        pieces = [(skeletons, int(SKELETON), nothing), self._boxes(kinds), self._outlines(kinds)]
        pieces += [self._drawn_rectangles(rectangles[(kinds[rectangles] != BOX)]), self._masks(kinds, sizes)]
        owner = np.concatenate([owner for owner, _, _ in pieces])
        order = np.argsort(owner, kind="stable")
        types = np.repeat([kind for _, kind, _ in pieces], [len(owner) for owner, _, _ in pieces])
        points = take(*concat([points for _, _, points in pieces]), order)
        tags = without(boxless[self._lists.boxes.counts[boxless] == 0], skeletons)
        return Built(owner[order], types[order], points, skeletons, triples, tags)

    @property
    def _lists(self) -> Lists:
        return self.chunk.lists

    def _without_box(self, kinds: Ints) -> Ints:
        """Annotations without a segmentation that have no box either."""
        counts = self._lists.boxes.counts
        bare = np.flatnonzero((kinds == BOX) & (counts != 4))
        for n in bare[counts[bare] > 0].tolist():
            self._say(n, f"bbox has {counts[n]} numbers", "/bbox", "left, top, width, height")
        return bare

    def _say(self, n: int, message: str, below: str, expected: str = "") -> None:
        self.wrong.add(int(self.chunk.places[n]), message, self.chunk.document.member, expected, below)

    def _rectangles(self) -> Ints:
        """Annotations that say themselves which rectangle they are."""
        return np.flatnonzero(self._lists.rectangles.counts == 4)

    def _drawn_rectangles(self, rows: Ints) -> tuple[Ints, int, Ragged]:
        return _corners(rows, self._lists.rectangles)

    def _boxes(self, kinds: Ints) -> tuple[Ints, int, Ragged]:
        return _corners(np.flatnonzero(kinds == BOX), self._lists.boxes)

    def _outlines(self, kinds: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == OUTLINE)
        outlines = self._lists.outlines
        parts, ends = take(np.arange(len(outlines.parts[1]) - 1), outlines.ends, rows)
        values, offsets = outlines.parts
        if len(parts) < len(offsets) - 1:
            values, offsets = take(values, offsets, parts)
        owner, number = rows[row_of_value(ends)], place_in_row(ends)
        fine = (lengths(offsets) >= 6) & (lengths(offsets) % 2 == 0) & are_drawable(values, offsets)
        for part in np.flatnonzero(~fine).tolist():
            self._refuse(int(owner[part]), int(number[part]), int(offsets[part + 1] - offsets[part]))
        if not fine.all():
            owner, (values, offsets) = owner[fine], take(values, offsets, fine)
        points = values, offsets
        return owner, int(POLYGON), points if self.boxed is None else _as_triangles(points, self.boxed[owner])

    def _refuse(self, n: int, part: int, count: int) -> None:
        if count < 6 or count % 2:
            self._say(n, f"polygon has {count} numbers", f"/segmentation/{part}", "x and y of 3 points or more")
        else:
            self._say(n, "polygon has a coordinate of 1e9 px or more", f"/segmentation/{part}", "pixels of the image")

    def _masks(self, kinds: Ints, sizes: Ints) -> tuple[Ints, int, Ragged]:
        rows = np.flatnonzero(kinds == RUNS)
        if not len(rows):  # half a millisecond of each chunk, a thirtieth of a conversion of boxes
            return rows, int(MASK), NO_ROWS
        runs = self._lists.outlines.runs
        boxed = self.boxed is not None and bool(self.boxed[rows].all())
        form = _filled_boxes if boxed else coco_rle_to_cvat_rle
        kept, points, faults = masks_of([runs[n] for n in rows.tolist()], sizes[rows], form)
        for n, text in sorted(faults.items()):
            self._say(int(rows[n]), text, "/segmentation")
        return rows[kept], int(MASK), points

    def _keypoints(self) -> tuple[Ints, Ragged]:
        """The annotations that are skeletons, and x0 y0 v0 x1 ... of each."""
        points = self._lists.points
        assert points is not None  # they are read
        counts = points.counts
        for n in np.flatnonzero(counts % 3).tolist():
            self._say(n, f"keypoints has {counts[n]} numbers", "/keypoints", "x, y and v of each point")
        rows = np.flatnonzero((counts > 0) & (counts % 3 == 0))
        triples = take(*points.ragged, rows)
        seen = ~segment_all(triples[0][2::3] == 0, triples[1] // 3)
        if self.any_box or seen.all():
            return rows, triples
        return rows[seen], take(*triples, seen)

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
        boxes = _four(self._lists.boxes, rows)
        return rows[_near(xywh_to_xyxy(boxes), np.concatenate([low, high], axis=1))]


def _four(lists: NumberLists, rows: Ints) -> Floats:
    """(n, 4) of rows that have 4 numbers each."""
    return take(*lists.ragged, rows)[0].reshape(-1, 4)


def _corners(rows: Ints, lists: NumberLists) -> tuple[Ints, int, Ragged]:
    boxes = _four(lists, rows)
    both = np.concatenate([boxes[:, :2], edges(boxes[:, :2], boxes[:, 2:])], axis=1)
    return rows, int(RECTANGLE), (both.reshape(-1), 4 * np.arange(len(rows) + 1))


def _as_triangles(outlines: Ragged, boxed: Bools) -> Ragged:
    """Outlines of which some have no more points than their box needs: two of its corners, the first once more."""
    every = bool(boxed.all())
    corners = hull_boxes(*(outlines if every else take(*outlines, boxed)))[:, [0, 1, 2, 3, 0, 1]]
    triangles = corners.reshape(-1), 6 * np.arange(len(corners) + 1)
    if every:
        return triangles
    order = np.argsort(np.concatenate([np.flatnonzero(boxed), np.flatnonzero(~boxed)]))
    return take(*concat([triangles, take(*outlines, ~boxed)]), order)


def _kinds(outlines: Outlines) -> Ints:
    kinds = np.full(len(outlines.state), BOX)
    kinds[outlines.drawn] = OUTLINE
    kinds[list(outlines.runs)] = RUNS
    return kinds


def _near(first: Floats, second: Floats) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(first - second) <= _NEAR).all(axis=1))


def _filled_boxes(counts: Array, offsets: Ints, sizes: Array) -> Ragged:
    """Uncompressed coco_rles -> the boxes round them as cvat_rles: a fifth of the time of their own runs."""
    boxes = coco_rle_boxes(counts, offsets, sizes)
    filled = boxes[:, 0] >= 0
    areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    values = np.concatenate([~filled[:, None], areas[:, None], np.maximum(boxes, 0)], axis=1).astype(np.float64)
    there = np.ones(values.shape, np.bool_)
    there[:, 1] = filled  # of one without pixels there is one run, of background
    return values[there], offsets_of(there.sum(axis=1))


def masks_of(
    runs: Sequence[Rle], sizes: Ints, form: Callable[[Array, Ints, Array], Ragged] = coco_rle_to_cvat_rle
) -> tuple[Ints, Ragged, dict[int, str]]:
    """The runs that are masks of their frames, these as cvat_rles, and what is wrong with the others.

    sizes: (n, 2) width, height of the frames, 0 where unknown.  form: what makes cvat_rles of uncompressed coco_rles.
    """
    given = _given(runs)
    faults: dict[int, str] = {}
    unlike = (sizes > 0).all(axis=1) & (given != sizes).any(axis=1)
    for n in np.flatnonzero(unlike).tolist():
        faults[n] = f"mask of {given[n, 0]} x {given[n, 1]}, expected {sizes[n, 0]} x {sizes[n, 1]} as its image"
    texts = {n: rle.counts for n, rle in enumerate(runs) if isinstance(rle.counts, str)}
    lists = {n: rle.counts for n, rle in enumerate(runs) if not isinstance(rle.counts, str)}
    unreadable, numbers = decompressed(list(texts.values())) if texts else ([], NO_ROWS)
    _note(faults, list(texts), unreadable)
    order = np.array([*texts, *lists], np.int64)
    counts = concat([numbers, counts_of(list(lists.values()))])
    _note(faults, order.tolist(), check_coco_rles(*counts, given[order]))
    kept = np.flatnonzero(~np.isin(order, list(faults)))
    kept = kept[np.argsort(order[kept])]
    return order[kept], form(*take(*counts, kept), given[order[kept]]), faults


def _given(runs: Sequence[Rle]) -> Ints:
    """Width and height that each says, 0 for what is no size.  (n, 2)"""
    given = [rle.size for rle in runs]
    if set(map(len, given)) == {2}:
        with suppress(OverflowError):
            sizes = np.fromiter(chain.from_iterable(given), np.int64, 2 * len(given)).reshape(-1, 2)[:, ::-1]
            return np.where((sizes > 0) & (sizes <= _MOST), sizes, 0)
    return np.array([size_of(rle) for rle in runs], np.int64).reshape(-1, 2)


def size_of(rle: Rle) -> tuple[int, int]:
    """Width, height; 0 for what is no size."""
    size = rle.size if len(rle.size) == 2 else [0, 0]
    height, width = (n if 0 < n <= _MOST else 0 for n in size)
    return width, height


def counts_of(counts: Sequence[list[int]]) -> Ragged:
    """The numbers of lists, -1 for those that no mask has."""
    with suppress(OverflowError):
        numbers = np.fromiter(chain.from_iterable(counts), np.int64)
        return np.where((numbers >= -_MOST) & (numbers <= _MOST), numbers, -1), offsets_of(list(map(len, counts)))
    return counts_of([[n if abs(n) <= _MOST else -1 for n in row] for row in counts])


def _note(faults: dict[int, str], numbers: Sequence[int], problems: list[Fault]) -> None:
    for index, text in problems:
        faults.setdefault(numbers[index], text)
