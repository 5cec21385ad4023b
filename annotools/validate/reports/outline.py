"""The lines to draw of a finding: its shape as strokes in px, and the window of the frame that shows it.

A stroke is an (n, 2) array of corners; a closed one repeats its first.  A single corner is a dot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np

from annotools.geometry.boxes import rotated_corners
from annotools.geometry.cuboids import cuboid_faces
from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import Ragged, segment_max, take, to_arrays
from annotools.model import Dataset, ShapeType
from annotools.model.tables import Array, Floats, Ints, Shapes
from annotools.validate.findings import Where
from annotools.validate.reports.ellipse_outlines import EllipseOutlines
from annotools.validate.reports.mask_outlines import MaskOutlines
from annotools.validate.wheres import Wheres

Strokes = list[Floats]
MOST = 400  # corners of a stroke that are drawn
LIMIT = 1e7  # px, beyond which a number is no place in a picture
_AROUND = [0, 1, 2, 1, 2, 3, 0, 3, 0, 1]  # the corners of x1 y1 x2 y2, the first again at the end
_NEAR = 8.0  # a shape at least this part of its frame is shown in the whole frame


class Window(msgspec.Struct, frozen=True):
    """A part of the picture plane, px."""

    left: float
    top: float
    width: float
    height: float


class Outlines:
    """Looks up the shapes of a dataset that findings are about, and what to draw of them."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self._shapes = dataset, dataset.shapes

    def row(self, where: Where | None) -> int | None:
        """The shape that a finding is about: itself, or the first keyframe of a track."""
        if where is None or where.row is None or where.kind not in ("shape", "track"):
            return None
        return where.row if where.kind == "shape" else self._first_keyframes.get(where.row)

    def rows(self, wheres: Wheres) -> list[int | None]:
        """The same of many."""
        parts = zip(wheres.kind, wheres.row, strict=True)
        return [
            row if kind == "shape" else self._first_keyframes.get(row) if kind == "track" and row is not None else None
            for kind, row in parts
        ]

    def strokes(self, row: int) -> Strokes:
        """What to draw of a shape; nothing where its numbers say no shape."""
        shapes = self._shapes
        kind = ShapeType(int(shapes.type[row]))
        if kind == ShapeType.SKELETON:
            inner = self._of(self._by_parent, shapes.parent, row, MOST)
            return [stroke for element in inner.tolist() for stroke in self.strokes(element)]
        points = np.asarray(shapes.points(row), np.float64)
        paired = len(points) % 2 == 0 or kind == ShapeType.MASK
        if not len(points) or not paired or not (np.abs(points) < LIMIT).all():
            return []
        outlines = self._masks.of(row) if kind == ShapeType.MASK else None
        if kind == ShapeType.ELLIPSE and (outline := self._ellipses.of(row)) is not None:
            outlines = [outline]
        if outlines is not None:
            drawn = [_closed(ring.reshape(-1, 2)) for ring in outlines[:MOST]]
        else:
            drawn = _DRAWN.get(kind, _dots)(points, float(shapes.rotation[row]))
        return [thinned(stroke) for stroke in drawn]

    def many(self, rows: Sequence[int]) -> list[Strokes]:
        """What to draw of each of some shapes: of boxes and outlines, which most are, all at once."""
        numbers, shapes = np.asarray(rows, np.int64), self._shapes
        kinds, sizes = shapes.type[numbers], shapes.offsets[numbers + 1] - shapes.offsets[numbers]
        upright = (kinds == ShapeType.RECTANGLE) & (sizes == 4) & (shapes.rotation[numbers] == 0)
        even = (sizes % 2 == 0) & (sizes > 0)
        drawn = dict(self._boxes(numbers[upright]))
        for kind in (ShapeType.POLYGON, ShapeType.POLYLINE, ShapeType.POINTS):
            some = numbers[even & (kinds == kind)]
            values, ends = take(shapes.values, shapes.offsets, some)
            if kind == ShapeType.POLYGON:
                values, ends = _closed_rings(values, ends)
            drawn |= _outlines(some, values, ends, _dots if kind == ShapeType.POINTS else _polyline)
        for some, values, ends in self._ellipses.many(numbers[kinds == ShapeType.ELLIPSE]):
            drawn |= _outlines(some, *_closed_rings(values, ends), _polyline)
        return [drawn[row] if row in drawn else self.strokes(row) for row in numbers.tolist()]

    def _boxes(self, rows: Ints) -> Iterator[tuple[int, Strokes]]:
        """What to draw of upright boxes."""
        points = np.asarray(self._shapes.values[self._shapes.offsets[rows, None] + np.arange(4)], np.float64)
        near = np.asarray((np.abs(points) < LIMIT).all(axis=1))  # NaN is not
        drawn = points[:, _AROUND].reshape(-1, 5, 2)
        for row, is_near, corners in zip(rows.tolist(), near.tolist(), drawn, strict=True):
            yield row, [corners] if is_near else []

    @cached_property
    def _masks(self) -> MaskOutlines:
        return MaskOutlines(self._shapes, LIMIT)

    @cached_property
    def _ellipses(self) -> EllipseOutlines:
        return EllipseOutlines(self._shapes, LIMIT)

    @cached_property
    def _first_keyframes(self) -> dict[int, int]:
        """The row of the first keyframe of each track that has one."""
        track = self._shapes.track
        rows = np.flatnonzero(track >= 0)[::-1]  # of several the last one that is put there, which is the first
        return dict(zip(track[rows].tolist(), rows.tolist(), strict=True))

    @cached_property
    def _by_parent(self) -> Ints:
        return np.argsort(self._shapes.parent, kind="stable")

    @staticmethod
    def _of(order: Ints, column: Array, number: int, most: int) -> Ints:
        """The first rows with a number in a column, of which the order is known."""
        start, stop = (int(np.searchsorted(column, number, side, sorter=order)) for side in ("left", "right"))
        rows: Ints = order[start : min(stop, start + most)]
        return rows


def _outlines(
    rows: Ints, values: Floats, offsets: Ints, made: Callable[[Floats, float], Strokes]
) -> Iterator[tuple[int, Strokes]]:
    """What to draw of lines and points, whose numbers are given.  made: of one."""
    near: Array = segment_max(np.abs(values), offsets) < LIMIT  # NaN is not
    drawn = to_arrays(np.asarray(values, np.float64), offsets)
    for row, is_near, points in zip(rows.tolist(), near.tolist(), drawn, strict=True):
        yield row, [thinned(stroke) for stroke in made(points, 0.0)] if is_near else []


def _closed_rings(values: Floats, offsets: Ints) -> Ragged:
    """Rings, ragged x y and none of them empty, with the first corner of each again at its end."""
    corners, ends = values.reshape(-1, 2), offsets // 2
    closed = np.insert(corners, ends[1:], corners[ends[:-1]], axis=0)
    return closed.reshape(-1), offsets + 2 * np.arange(len(offsets))


def thinned(stroke: Floats, most: int = MOST) -> Floats:
    """A stroke with at most so many corners, first and last among them."""
    if len(stroke) <= most:
        return stroke
    return stroke[np.linspace(0, len(stroke) - 1, most).astype(np.int64)]


def _closed(corners: Floats) -> Floats:
    return np.concatenate([corners, corners[:1]])


def _rectangle(points: Floats, rotation: float) -> Strokes:
    if len(points) != 4 or not np.isfinite(rotation):
        return _polygon(points, rotation)
    if not rotation:
        return [points[_AROUND].reshape(-1, 2)]
    return [_closed(rotated_corners(points[None], np.array([rotation]))[0])]


def _cuboid(points: Floats, rotation: float) -> Strokes:
    if len(points) != 16:
        return _polygon(points, rotation)
    return [_closed(cuboid_faces(points[None], face)[0]) for face in ("front", "right", "left", "back")]


def _polygon(points: Floats, rotation: float) -> Strokes:
    return [_closed(points.reshape(-1, 2))]


def _polyline(points: Floats, rotation: float) -> Strokes:
    return [points.reshape(-1, 2)]


def _dots(points: Floats, rotation: float) -> Strokes:
    return list(points.reshape(-1, 1, 2))[:MOST]


def _mask(points: Floats, rotation: float) -> Strokes:
    """The edges of the pixels; of a mask whose runs are wrong its box."""
    if len(points) < 4:
        return []
    try:
        values, offsets, _ = cvat_rle_to_polygons(points, np.array([0, len(points)]))
    except (ValueError, OverflowError, MemoryError):
        return _rectangle(points[-4:] + np.array([0, 0, 1, 1]), 0.0)
    return [_closed(ring.reshape(-1, 2)) for ring in to_arrays(values, offsets)[:MOST]]


_DRAWN: dict[ShapeType, Callable[[Floats, float], Strokes]] = {
    ShapeType.RECTANGLE: _rectangle, ShapeType.POLYGON: _polygon, ShapeType.POLYLINE: _polyline,
    ShapeType.ELLIPSE: _polygon, ShapeType.CUBOID: _cuboid, ShapeType.MASK: _mask,
}  # fmt: skip


def frame_size(dataset: Dataset, frame: int | None) -> tuple[int, int]:
    """Width and height of a frame, 0 where unknown."""
    if frame is None or not 0 <= frame < len(dataset.frames):
        return 0, 0
    return int(dataset.frames.width[frame]), int(dataset.frames.height[frame])


def window_of(drawn: Strokes, size: tuple[int, int]) -> Window:
    """What of the plane to show: the frame with all of the shape, or the shape's surroundings where it is small."""
    return windows_of([drawn], [size])[0]


def windows_of(drawn: Sequence[Strokes], sizes: Sequence[tuple[int, int]]) -> list[Window]:
    """The same of many shapes, each with some stroke."""
    corners = np.concatenate([stroke for each in drawn for stroke in each])
    counts = np.fromiter((sum(map(len, each)) for each in drawn), np.int64, len(drawn))
    starts = np.cumsum(counts) - counts
    low, high = np.minimum.reduceat(corners, starts), np.maximum.reduceat(corners, starts)
    frames, sides = np.asarray(sizes, np.float64), np.maximum(high - low, 1.0)
    whole = ((frames != 0).all(axis=1) & (sides * _NEAR >= frames).any(axis=1))[:, None]
    low, high = np.where(whole, np.minimum(low, 0.0), low), np.where(whole, np.maximum(high, frames), high)
    margin = np.where(whole, (high - low) * 0.03, sides.max(axis=1, keepdims=True) * 0.6)
    return [Window(*row) for row in np.concatenate([low - margin, high - low + 2 * margin], axis=1).tolist()]


def frame_stroke(size: tuple[int, int]) -> Floats:
    """The border of a frame."""
    width, height = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height), (0, 0)], np.float64)


class Neighbours:
    """Shapes by their frame, without elements and those that have left."""

    def __init__(self, shapes: Shapes) -> None:
        rows = np.flatnonzero((shapes.parent < 0) & (shapes.outside == 0))
        self._rows = rows[np.argsort(shapes.frame[rows], kind="stable")]
        self._frames = shapes.frame[self._rows]

    def first(self, frame: int, most: int) -> list[int]:
        """The first shapes of a frame."""
        start, stop = (int(np.searchsorted(self._frames, frame, side)) for side in ("left", "right"))
        rows: list[int] = self._rows[start : min(stop, start + most)].tolist()
        return rows
