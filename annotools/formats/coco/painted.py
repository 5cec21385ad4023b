"""Ellipses as masks, and masks in boxes that touch them: COCO's run lengths have no box."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

import numpy as np

from annotools.geometry.ellipses import check_ellipses, ellipses_to_cvat_rle
from annotools.geometry.ragged import concat, lengths, offsets_of, segment_sum, take
from annotools.geometry.rle import are_tight, tighten_cvat_rles
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.geometry.rle_layout import cvat_rle_counts, cvat_rle_tails
from annotools.model import ELLIPSE, MASK, Dataset, Shapes
from annotools.model.losses import Ledger
from annotools.model.tables import Array, Bools, Ints

_LINES = 1 << 14  # of ellipses that are painted at a time


def ellipses(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Ellipses on frames of known size become masks."""
    shapes = dataset.shapes
    sizes = dataset.frames.sizes(shapes.frame)
    rows = np.flatnonzero((shapes.type == ELLIPSE) & (shapes.counts == 4) & (sizes > 0).all(axis=1))
    points = shapes.boxes()[rows]
    faulty = [row for row, _ in check_ellipses(points, shapes.rotation[rows])]
    rows, points = np.delete(rows, faulty), np.delete(points, faulty, axis=0)
    if not len(rows):
        return dataset
    ledger.changed("ellipse", "painted as a mask", len(rows), shapes.frame[rows])
    masks = concat(  # some at a time: what is painted at once is many times larger than the masks
        ellipses_to_cvat_rle(points[part], shapes.rotation[rows[part]], sizes[rows[part]])
        for part in _some_lines(points, sizes[rows])
    )
    rotation = shapes.rotation.copy()
    rotation[rows] = 0
    return dataset.replace(shapes=retyped(shapes, rows, masks, int(MASK)).replace(rotation=rotation))


def _some_lines(points: Array, sizes: Ints) -> Iterator[slice]:
    """Ellipses that have at most some thousand lines of pixels together, or a single one."""
    tall = 2 * np.abs(points[:, 2:] - points[:, :2]).max(axis=1) + 2
    lines = offsets_of(np.minimum(tall, sizes[:, 1]).astype(np.int64))
    cuts = np.searchsorted(lines, np.arange(0, lines[-1], _LINES))
    return (slice(*cut) for cut in pairwise(np.unique(np.append(cuts, len(points))).tolist()))


def tight(dataset: Dataset) -> Dataset:
    """The same masks in boxes that touch them: COCO's run lengths have no box."""
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.type == MASK)
    rows = np.delete(rows, [row for row, _ in check_cvat_rles(*take(shapes.values, shapes.offsets, rows))])
    rows = rows[~_are_exact(*take(shapes.values, shapes.offsets, rows))]
    if not len(rows):
        return dataset
    masks = tighten_cvat_rles(*take(shapes.values, shapes.offsets, rows))
    return dataset.replace(shapes=retyped(shapes, rows, masks, int(MASK)))


def _are_exact(values: Array, offsets: Ints) -> Bools:
    """Whether masks fill their boxes, touch all their sides, and have no empty run but a leading one."""
    if not len(values):
        return np.ones(len(offsets) - 1, np.bool_)
    runs, ends = cvat_rle_counts(values, offsets)
    tails = cvat_rle_tails(values, offsets)
    sides = np.maximum(tails[:, 2:] - tails[:, :2] + 1, 1)
    empty = runs == 0
    empty[ends[:-1][lengths(ends) > 0]] = False
    whole = (segment_sum(runs, ends) == sides[:, 0] * sides[:, 1]) & (segment_sum(empty, ends) == 0)
    exact = whole & (segment_sum(values != np.trunc(values), offsets) == 0)
    rows = np.flatnonzero(exact)
    exact[rows] = are_tight(*take(values, offsets, rows))
    return np.asarray(exact)


def retyped(shapes: Shapes, rows: Ints, points: tuple[Array, Ints], kind: int) -> Shapes:
    """Other points and another type for some rows, ascending."""
    if not len(rows):
        return shapes
    counts, types = shapes.counts.copy(), shapes.type.copy()
    counts[rows], types[rows] = lengths(points[1]), kind
    last = np.append(np.diff(rows) != 1, True)  # of the rows that stand one behind the other
    ends = rows[last] + 1
    starts = rows[np.append(True, last[:-1])]
    between = np.stack([shapes.offsets[np.append(0, ends)], shapes.offsets[np.append(starts, len(shapes))]], 1)
    new = np.append(0, points[1][1:][last]).tolist()
    pieces = chain.from_iterable(
        (shapes.values[start:stop], points[0][first:behind])
        for (start, stop), (first, behind) in zip(between.tolist(), pairwise([*new, new[-1]]), strict=True)
    )
    return shapes.with_points(np.concatenate(list(pieces)), offsets_of(counts)).replace(type=types)
