"""clip-to-frame: upright boxes, polygons and masks cut at the border of the frame.  clip-masks: only masks.

    box 10 10 700 50 on a frame of 640 x 480  ->  10 10 640 50

A polygon that falls into several parts becomes a group of polygons.  What lies outside as a whole is lost.  Rotated
boxes, ellipses, cuboids, polylines, points and skeletons are not cut.  Shapes of tracks are cut too, with a keyframe
on every frame, but for polygons and masks: a track has one shape a frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.geometry.boxes import are_turned, clip_boxes, order_corners
from annotools.geometry.masks import clip_cvat_rle
from annotools.geometry.polygons import are_valid
from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    from_arrays,
    offsets_of,
    row_pieces,
    segment_sum,
    take,
)
from annotools.geometry.rle import cvat_rle_areas
from annotools.model.codes import MASK, POLYGON, RECTANGLE, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes
from annotools.quirks import NONE, Quirks
from annotools.transform.mask_faults import faulty_masks
from annotools.transform.rows import every_frame, in_groups, no_argument, of_type, recast, repeat, say_stays

_PIECE = 1 << 17  # runs at a time


def clip_to_frame(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes cut at the border of the frame, where its size is known."""
    no_argument("clip-to-frame", argument)
    ledger = Ledger()
    dataset = every_frame(dataset, _crossing_boxes(dataset), ledger, quirks)
    dataset = _clip_boxes(dataset, ledger)
    dataset = _clip_masks(dataset, ledger, _plain(dataset, MASK))
    return _clip_polygons(dataset, ledger), ledger.losses()


def clip_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Masks cut at the border of the frame, those of tracks row by row: pixels beyond it are in no picture."""
    no_argument("clip-masks", argument)
    ledger = Ledger()
    drawn = of_type(dataset, MASK) & ~((dataset.shapes.track >= 0) & dataset.shapes.outside)
    rows = np.flatnonzero(drawn)
    dataset = _filled(dataset, ledger, rows)
    dataset = _clip_masks(dataset, ledger, rows[(_sizes(dataset, rows) > 0).all(axis=1)])
    return dataset, ledger.losses()


def _filled(dataset: Dataset, ledger: Ledger, rows: Ints) -> Dataset:
    """Masks whose runs are fewer than their box has pixels, with the rest as the background that it is."""
    rows = np.delete(rows, faulty_masks(dataset.shapes, rows))
    missing = _missing(dataset.shapes, rows)
    short = np.flatnonzero(missing > 0)
    if not len(short):
        return dataset
    why = "they do not fill its box, so the rest is background"
    ledger.changed("runs of mask", why, dataset, "shapes", rows[short], column="points")
    runs = [_with_rest(dataset.shapes.points(rows[row]), int(missing[row])) for row in short.tolist()]
    return dataset.replace(shapes=recast(dataset.shapes, rows[short], from_arrays(runs)))


def _missing(shapes: Shapes, rows: Ints) -> Ints:
    """By how many pixels the runs of masks fall short of their boxes."""
    tails = _tails(shapes, rows)
    pixels, sums = (tails[:, 2:] - tails[:, :2] + 1).prod(axis=1), np.empty(len(rows))
    for start, stop in row_pieces(offsets_of(shapes.counts_of(rows)), _PIECE):
        sums[start:stop] = segment_sum(*shapes.points_of(rows[start:stop]))
    missing: Ints = (pixels - (sums - tails.sum(axis=1))).astype(np.int64)
    return missing


def _tails(shapes: Shapes, rows: Ints) -> Floats:
    """The last four numbers of some rows: the boxes of masks."""
    ends = shapes.offsets[rows + 1]
    return shapes.numbers.ranges(ends - 4, np.full(len(rows), 4)).reshape(-1, 4)


def _with_rest(points: Floats, missing: int) -> Floats:
    """Runs and box with a last run of background, or more of it."""
    runs, box = points[:-4], points[-4:]
    if len(runs) % 2:  # the last one is of background already
        return np.concatenate([runs[:-1], [runs[-1] + missing], box])
    return np.concatenate([runs, [missing], box])


def _sizes(dataset: Dataset, rows: Ints) -> Ints:
    return dataset.frames.sizes(dataset.shapes.frame[rows])


def _upright(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    return np.asarray(of_type(dataset, RECTANGLE) & ~are_turned(shapes.rotation) & shapes.have(4))


def _crossing_boxes(dataset: Dataset) -> Bools:
    """Upright boxes that are not inside their frame, and all of their tracks."""
    rows = np.flatnonzero(_upright(dataset))
    boxes, sizes = order_corners(dataset.shapes.boxes(rows)), _sizes(dataset, rows)
    known = (sizes > 0).all(axis=1)
    crossing = np.zeros(len(dataset.shapes), np.bool_)
    crossing[rows[known & (clip_boxes(boxes, sizes) != boxes).any(axis=1)]] = True
    return crossing


def _clip_boxes(dataset: Dataset, ledger: Ledger) -> Dataset:
    rows = np.flatnonzero(_crossing_boxes(dataset))
    shapes, sizes = dataset.shapes, _sizes(dataset, rows)
    boxes = order_corners(shapes.boxes(rows))
    away = np.asarray(((boxes[:, 2:] <= 0) | (boxes[:, :2] >= sizes)).any(axis=1))
    tracked = shapes.track[rows] >= 0
    _say(ledger, dataset, rows, RECTANGLE, away)
    cut: Floats = clip_boxes(boxes, sizes)
    points = cut.reshape(-1), 4 * np.arange(len(cut) + 1)
    # in a track, a box that is not on the frame has left the view
    outside = shapes.outside[rows] | (away & tracked)
    clipped = dataset.replace(shapes=recast(shapes, rows, points, outside=outside))
    return _without(clipped, rows[away & ~tracked])


def _clip_masks(dataset: Dataset, ledger: Ledger, rows: Ints) -> Dataset:
    shapes = dataset.shapes
    rows = np.delete(rows, faulty_masks(shapes, rows))
    boxes = _tails(shapes, rows)
    beyond = (boxes[:, :2] < 0).any(axis=1) | (boxes[:, 2:] >= _sizes(dataset, rows)).any(axis=1)
    rows = rows[beyond]
    cut = clip_cvat_rle(*shapes.points_of(rows), _sizes(dataset, rows))
    away = cvat_rle_areas(*cut) == 0
    _say(ledger, dataset, rows, MASK, away)
    return _without(dataset.replace(shapes=recast(shapes, rows, cut)), rows[away])


def _clip_polygons(dataset: Dataset, ledger: Ledger) -> Dataset:
    rows = _plain(dataset, POLYGON)
    points = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    rows = rows[_leaves(points, _sizes(dataset, rows))]
    valid = are_valid(*take(dataset.shapes.values, dataset.shapes.offsets, rows))
    say_stays(ledger, dataset, rows[~valid], "it crosses itself, so there is no telling what is inside")
    rows = rows[valid]
    parts, owner = _parts(take(dataset.shapes.values, dataset.shapes.offsets, rows), _sizes(dataset, rows))
    counts = np.ones(len(dataset.shapes), np.int64)
    counts[rows] = np.bincount(owner, minlength=len(rows))
    _say(ledger, dataset, rows, POLYGON, counts[rows] == 0)
    spread, source = repeat(in_groups(dataset, rows[counts[rows] > 1]), counts)
    new = np.flatnonzero(np.isin(source, rows))
    return spread.replace(shapes=recast(spread.shapes, new, parts))


def _leaves(points: Ragged, sizes: Ints) -> Bools:
    """Whether any corner of each polygon lies beyond the border."""
    values, offsets = points
    bound = np.repeat(sizes, np.diff(offsets) // 2 + np.diff(offsets) % 2, axis=0).reshape(-1)[: len(values)]
    beyond = (values < 0) | (values > bound)
    return np.bincount(np.repeat(np.arange(len(sizes)), np.diff(offsets)), beyond, minlength=len(sizes)) > 0


def _parts(points: Ragged, sizes: Ints) -> tuple[Ragged, Ints]:
    """What of simple polygons lies in their frames, and the row that each part is of."""
    import shapely

    values, offsets = points
    ring = np.repeat(np.arange(len(sizes)), np.diff(offsets) // 2)
    polygons = shapely.polygons(shapely.linearrings(values.reshape(-1, 2), indices=ring)) if len(sizes) else []
    frames = shapely.box(0.0, 0.0, sizes[:, 0].astype(np.float64), sizes[:, 1].astype(np.float64))
    parts, owner = shapely.get_parts(shapely.intersection(polygons, frames), return_index=True)
    solid = shapely.area(parts) > 0
    rings: list[Any] = [shapely.get_coordinates(part)[:-1].reshape(-1) for part in parts[solid]]
    return from_arrays(rings), np.asarray(owner[solid], np.int64)


def _plain(dataset: Dataset, kind: ShapeType) -> Ints:
    """Shapes of a type that are in no track, on frames of known size."""
    rows = np.flatnonzero(of_type(dataset, kind) & (dataset.shapes.track < 0))
    return np.asarray(rows[(_sizes(dataset, rows) > 0).all(axis=1)])


def _say(ledger: Ledger, dataset: Dataset, rows: Ints, kind: ShapeType, away: Array) -> None:
    ledger.changed(kind.word, "it was cut at the border of the frame", dataset, "shapes", rows[~away])
    ledger.lost(kind.word, "it lies outside the frame", dataset, "shapes", rows[away])


def _without(dataset: Dataset, rows: Ints) -> Dataset:
    gone = np.zeros(len(dataset.shapes), np.bool_)
    gone[rows] = True
    return dataset.select(shapes=~gone) if len(rows) else dataset
