"""Points: how near each point is to its partner, measured by the size of what they belong to.

The size is the box round the instance (all that is grouped with the points), or the picture.  Single points on both
sides have no size; then the picture counts, and points are partners in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotools.geometry.boxes import box_areas
from annotools.geometry.ragged import Bools, Floats, Ints, expand_ranges, segment_sum
from annotools.quality.assignment import assign
from annotools.quality.objects import Objects


class Scale(NamedTuple):
    """sigma: twice of it is one standard deviation, in shares of the size.  threshold: for two points to be partners.

    by_picture: the picture is the size.  boxes: (n, 4) those of the instances of all objects.
    """

    sigma: float
    threshold: float
    by_picture: bool
    boxes: Floats


def similarity(objects: Objects, i: Ints, j: Ints, scale: Scale) -> Floats:
    """Pair by pair.  (n,)"""
    shares = np.zeros(len(i))
    first, second = scale.boxes[i], scale.boxes[j]
    flat = (box_areas(first) == 0) & (box_areas(second) == 0)
    counts = np.diff(objects.offsets) // 2
    in_order = np.flatnonzero(flat & (counts[i] == counts[j]))
    picture = objects.size[i].prod(axis=1).astype(np.float64)
    shares[in_order] = _in_order(objects, i[in_order], j[in_order], picture[in_order] * (2 * scale.sigma) ** 2)
    size = picture if scale.by_picture else mean_areas(first, second)
    free = np.flatnonzero(~flat & (size > 0))
    for pair, near in zip(free.tolist(), _nearness(objects, i[free], j[free], _spread(size[free], scale)), strict=True):
        rows, columns = assign(near, scale.threshold)
        shares[pair] = near[rows, columns].sum() / (sum(near.shape) - len(rows))
    return shares


def sifted(objects: Objects, i: Ints, j: Ints, scale: Scale) -> tuple[Floats, Bools | None]:
    """Rows by columns: the similarity of single points, else 0, and where there is another, None for nowhere."""
    counts, flat = zip(*(_counts_and_flats(objects, rows, scale) for rows in (i, j)), strict=True)
    shares = np.zeros((len(i), len(j)))
    single = [np.flatnonzero(level & (count == 1)) for level, count in zip(flat, counts, strict=True)]
    shares[np.ix_(*single)] = _singles(objects, i[single[0]], j[single[1]], scale)
    if len(single[0]) == len(i) and len(single[1]) == len(j):
        return shares, None
    both = flat[0][:, None] & flat[1]
    left = both & (counts[0][:, None] == counts[1]) & (counts[1] != 1)
    if scale.by_picture:
        return shares, left | ~both
    return shares, left | (mean_areas(scale.boxes[i, None], scale.boxes[None, j]) > 0)


def _counts_and_flats(objects: Objects, rows: Ints, scale: Scale) -> tuple[Ints, Bools]:
    """How many points there are, and whether what they belong to has no area."""
    return (objects.offsets[rows + 1] - objects.offsets[rows]) // 2, box_areas(scale.boxes[rows]) == 0


def _singles(objects: Objects, i: Ints, j: Ints, scale: Scale) -> Floats:
    """How near each single point is to each other, by the picture."""
    first, second = (objects.values[objects.offsets[rows, None] + np.arange(2)].T for rows in (i, j))
    distance = (first[0, :, None] - second[0]) ** 2
    distance += (first[1, :, None] - second[1]) ** 2
    spread = _spread(objects.size[i].prod(axis=1).astype(np.float64), scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance /= -(2 * spread[:, None])
        return np.asarray(np.exp(distance, out=distance))


def mean_areas(first: Floats, second: Floats) -> Floats:
    """The area of the mean of two boxes (.., 4); 0 where they do not overlap."""
    (x1, y1, r1, b1), (x2, y2, r2, b2) = (np.ascontiguousarray(np.moveaxis(boxes, -1, 0)) for boxes in (first, second))
    overlap = (np.minimum(r1, r2) > np.maximum(x1, x2)) & (np.minimum(b1, b2) > np.maximum(y1, y2))
    width = np.maximum((r1 + r2) / 2 - (x1 + x2) / 2, 0.0)
    height = np.maximum((b1 + b2) / 2 - (y1 + y2) / 2, 0.0)
    return np.where(overlap, width * height, 0.0)


def _spread(size: Floats, scale: Scale) -> Floats:
    return size * (2 * scale.sigma) ** 2


def _in_order(objects: Objects, i: Ints, j: Ints, spread: Floats) -> Floats:
    """The mean nearness of points of equal number."""
    counts = np.diff(objects.offsets)[i]
    first, second = (objects.values[expand_ranges(objects.offsets[rows], counts)] for rows in (i, j))
    distance = ((first - second).reshape(-1, 2) ** 2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.exp(-distance / np.repeat(2 * spread, counts // 2))
        mean: Floats = segment_sum(near, np.concatenate(([0], np.cumsum(counts // 2)))) / (counts // 2)
    return mean


def _nearness(objects: Objects, i: Ints, j: Ints, spread: Floats) -> Iterator[Floats]:
    """For each pair how near each point of the one is to each of the other: (points of i, points of j)."""
    for a, b, size in zip(i.tolist(), j.tolist(), spread.tolist(), strict=True):
        first, second = (objects.values[objects.offsets[n] : objects.offsets[n + 1]].reshape(-1, 2) for n in (a, b))
        distance = ((first[:, None] - second[None]) ** 2).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            yield np.exp(-distance / (2 * size))
