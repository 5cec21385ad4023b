"""The lines to draw of a finding: its shape as strokes in px, and the window of the frame that shows it.

A stroke is an (n, 2) array of corners; a closed one repeats its first.  A single corner is a dot.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

import msgspec
import numpy as np

from annotools.geometry.boxes import rotated_corners
from annotools.geometry.cuboids import cuboid_faces
from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import to_arrays
from annotools.model import Dataset, ShapeType
from annotools.model.tables import Array, Floats, Ints, Shapes
from annotools.validate.findings import Where
from annotools.validate.reports.ellipse_outlines import EllipseOutlines
from annotools.validate.reports.mask_outlines import MaskOutlines

Strokes = list[Floats]
MOST = 400  # corners of a stroke that are drawn
LIMIT = 1e7  # px, beyond which a number is no place in a picture
_AROUND = [0, 1, 2, 1, 2, 3, 0, 3, 0, 1]  # the corners of x1 y1 x2 y2, the first again at the end
_FRAMES = 64  # whose shapes are kept in mind: findings of a frame follow each other
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
        if where.kind == "shape":
            return where.row
        keyframes = self._of(self._by_track, self._shapes.track, where.row, 1)
        return int(keyframes[0]) if len(keyframes) else None

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

    @cached_property
    def _masks(self) -> MaskOutlines:
        return MaskOutlines(self._shapes, LIMIT)

    @cached_property
    def _ellipses(self) -> EllipseOutlines:
        return EllipseOutlines(self._shapes, LIMIT)

    @cached_property
    def _by_track(self) -> Ints:
        return np.argsort(self._shapes.track, kind="stable")

    @cached_property
    def _by_parent(self) -> Ints:
        return np.argsort(self._shapes.parent, kind="stable")

    @staticmethod
    def _of(order: Ints, column: Array, number: int, most: int) -> Ints:
        """The first rows with a number in a column, of which the order is known."""
        start, stop = (int(np.searchsorted(column, number, side, sorter=order)) for side in ("left", "right"))
        rows: Ints = order[start : min(stop, start + most)]
        return rows


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
    corners = np.concatenate(drawn) if len(drawn) > 1 else drawn[0]
    bounds = [(min(column), max(column)) for column in zip(*corners.tolist(), strict=True)]
    spans = [max(high - low, 1.0) for low, high in bounds]
    if all(size) and any(span * _NEAR >= side for span, side in zip(spans, size, strict=True)):
        bounds = [(min(low, 0.0), max(high, side)) for (low, high), side in zip(bounds, size, strict=True)]
        margins = [(high - low) * 0.03 for low, high in bounds]
    else:
        margins = [max(spans) * 0.6] * 2
    (left, width), (top, height) = (
        (low - margin, high - low + 2 * margin) for (low, high), margin in zip(bounds, margins, strict=True)
    )
    return Window(left, top, width, height)


def frame_stroke(size: tuple[int, int]) -> Floats:
    """The border of a frame."""
    width, height = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height), (0, 0)], np.float64)


class Neighbours:
    """Shapes by their frame, without elements and those that have left."""

    def __init__(self, shapes: Shapes) -> None:
        self._frame = shapes.frame
        rows = np.flatnonzero((shapes.parent < 0) & (shapes.outside == 0))
        self._rows = rows[np.argsort(shapes.frame[rows], kind="stable")]
        self._frames = shapes.frame[self._rows]
        self._first = lru_cache(_FRAMES)(self._first_of)

    def of(self, row: int, most: int) -> list[int]:
        """Some other shapes on the same frame."""
        return [other for other in self._first(int(self._frame[row]), most + 1) if other != row][:most]

    def _first_of(self, frame: int, most: int) -> list[int]:
        start, stop = (int(np.searchsorted(self._frames, frame, side)) for side in ("left", "right"))
        rows: list[int] = self._rows[start : min(stop, start + most)].tolist()
        return rows
