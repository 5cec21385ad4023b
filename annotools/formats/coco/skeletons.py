"""Skeletons as keypoints: x, y, v of each point in the order of the drawing.

    v = 2 seen   1 occluded   0 outside or missing

An absent point is 0, 0, 0; the server keeps the place of one that is outside.  A box is that of the points with v > 0.
Source: https://cocodataset.org/#format-data (keypoint detection), CVAT's fork of Datumaro, coco_format/converter.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotools.formats.coco.labels import points_of
from annotools.geometry.ragged import Ragged, offsets_of, row_of_value, segment_max, take
from annotools.model import SKELETON, Dataset, Label, Shapes
from annotools.model.tables import Bools, Floats, Ints
from annotools.tracks import element_owners

ABSENT, HIDDEN, SEEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Keypoints:
    """values: (points of all skeletons, 3) x, y, v.  ends: (shapes + 1,) the points of each row of `shapes`."""

    values: Floats
    ends: Ints

    def flat(self, rows: Ints) -> list[list[float]]:
        """x0 y0 v0 x1 ... of some rows; v is whole."""
        values, ends = take(self.values, self.ends, rows)
        triples = [[x, y, int(v)] if x or y or v else [0, 0, 0] for x, y, v in values.tolist()]
        cuts = ends.tolist()
        return [
            [n for triple in triples[start:stop] for n in triple] for start, stop in pairwise(cuts)
        ]

    def counts(self, rows: Ints) -> list[int]:
        """How many points of some rows are labelled."""
        seen = np.concatenate(([0], np.cumsum(self.values[:, 2] > ABSENT)))
        counts: list[int] = (seen[self.ends[rows + 1]] - seen[self.ends[rows]]).tolist()
        return counts

    def hulls(self, shapes: Shapes) -> Shapes:
        """Shapes in which the points of a skeleton are those that are labelled."""
        labelled = self.values[:, 2] > ABSENT
        counts = np.bincount(row_of_value(self.ends)[labelled], minlength=len(shapes))
        own: Ragged = (self.values[labelled, :2].reshape(-1), offsets_of(2 * counts))
        source = np.where(shapes.type == SKELETON, len(shapes) + np.arange(len(shapes)), np.arange(len(shapes)))
        values = np.concatenate([shapes.values, own[0]])
        offsets = np.concatenate([shapes.offsets, own[1][1:] + len(shapes.values)])
        return shapes.with_points(*take(values, offsets, source))


def keypoints_of(dataset: Dataset, server: bool) -> Keypoints:
    """The keypoints of every skeleton."""
    shapes = dataset.shapes
    order = point_order(dataset)
    sizes = {label: len(places) for label, places in order.items()}
    counts = np.zeros(len(shapes), np.int64)
    rows = np.flatnonzero(shapes.type == SKELETON)
    counts[rows] = [sizes.get(label, 0) for label in shapes.label[rows].tolist()]
    ends = offsets_of(counts)
    elements, owners, places = placed(dataset, order)
    values = np.zeros((ends[-1], 3))
    at = ends[owners] + places
    values[at, 0] = shapes.values[shapes.offsets[elements]]
    values[at, 1] = shapes.values[shapes.offsets[elements] + 1]
    outside, occluded = shapes.outside[elements], shapes.occluded[elements]
    values[at, 2] = np.where(outside, ABSENT, np.where(occluded, HIDDEN, SEEN))
    if not server:
        values[values[:, 2] == ABSENT] = 0
    return Keypoints(values, ends)


def point_order(dataset: Dataset) -> dict[int, dict[int, int]]:
    """Skeleton label -> sublabel -> its place."""
    skeletons = [label for label in dataset.labels if label.parent is None]
    return {label.id: _places(points_of(dataset, label)) for label in skeletons}


def _places(points: list[Label]) -> dict[int, int]:
    return {sub.id: place for place, sub in enumerate(points)}


def placed(dataset: Dataset, order: dict[int, dict[int, int]]) -> tuple[Ints, Ints, Ints]:
    """The elements that are points of their skeleton: rows, the rows of their skeletons, places among the points."""
    shapes = dataset.shapes
    owners = element_owners(dataset)
    elements = np.flatnonzero((owners >= 0) & (shapes.counts >= 2))
    pairs = zip(shapes.label[owners[elements]].tolist(), shapes.label[elements].tolist(), strict=True)
    places = np.array([order.get(whole, {}).get(part, -1) for whole, part in pairs], np.int64)
    known = places >= 0
    return elements[known], owners[elements[known]], places[known]


def has_points(dataset: Dataset) -> Bools:
    """Whether a row is none of a skeleton that shows but of which no point is labelled."""
    shapes = dataset.shapes
    found = keypoints_of(dataset, server=True)
    seen = segment_max(found.values[:, 2], found.ends, 0) > ABSENT
    fine = seen | shapes.outside | (shapes.type != SKELETON)
    owners = element_owners(dataset)
    return np.asarray(np.where(owners >= 0, fine[owners], fine))


def is_shown(dataset: Dataset) -> Bools:
    """Rows that COCO has: those that are not outside, and the elements of skeletons that are not."""
    shapes = dataset.shapes
    owners = element_owners(dataset)
    return np.asarray(np.where(owners >= 0, ~shapes.outside[owners], ~shapes.outside))
