"""Skeletons as keypoints: x, y, v of each point in the order of the drawing.

    v = 2 seen   1 occluded   0 outside or missing

An absent point is 0, 0, 0.  A box is that of the points with v > 0.  What is drawn without a skeleton is a person of
whom no point is labelled, as in COCO's own files.
Source: https://cocodataset.org/#format-data (keypoint detection), CVAT's fork of Datumaro, coco_format/converter.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotools.formats.base import Options
from annotools.formats.coco import categories_out
from annotools.formats.coco.annotation_forms import in_reading_order
from annotools.formats.coco.objects import Members, in_order
from annotools.formats.coco.writing import Item, Writer
from annotools.formats.kernel.json_rows import JsonRows, list_texts, number_texts
from annotools.geometry.ragged import Ragged, offsets_of, row_of_value, take
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Dataset, Shapes
from annotools.model.tables import Floats, Ints
from annotools.transform.skeleton_points import placed_points, point_order

ABSENT, HIDDEN, SEEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Keypoints:
    """values: (points of all rows, 3) x, y, v.  ends: (shapes + 1,) the points of each row of `shapes`."""

    values: Floats
    ends: Ints

    def texts(self, rows: Ints) -> list[bytes]:
        """x0 y0 v0 x1 ... of some rows, as JSON; v is whole."""
        values, ends = take(self.values, self.ends, rows)
        points = [text[1:-1] for text in list_texts(values[:, :2])]
        marks = number_texts(values[:, 2].astype(np.int64))
        triples = [b"%b,%b" % pair for pair in zip(points, marks, strict=True)]
        for place in np.flatnonzero((values == 0).all(axis=1)).tolist():
            triples[place] = b"0,0,0"
        return [b"[%b]" % b",".join(triples[start:stop]) for start, stop in pairwise(ends.tolist())]

    def counts(self, rows: Ints) -> Ints:
        """How many points of some rows are labelled."""
        seen = np.concatenate(([0], np.cumsum(self.values[:, 2] > ABSENT)))
        return np.asarray(seen[self.ends[rows + 1]] - seen[self.ends[rows]])

    def hulls(self, shapes: Shapes) -> Shapes:
        """Shapes in which the points of a skeleton are those that are labelled."""
        labelled = self.values[:, 2] > ABSENT
        counts = np.bincount(row_of_value(self.ends)[labelled], minlength=len(shapes))
        own: Ragged = (self.values[labelled, :2].reshape(-1), offsets_of(2 * counts))
        source = np.where(shapes.type == SKELETON, len(shapes) + np.arange(len(shapes)), np.arange(len(shapes)))
        values = np.concatenate([shapes.values, own[0]])
        offsets = np.concatenate([shapes.offsets, own[1][1:] + len(shapes.values)])
        return shapes.with_points(*take(values, offsets, source)).replace(extras=shapes.extras)


def keypoints(dataset: Dataset) -> Keypoints:
    """The keypoints of every row; of what is not a skeleton absent ones."""
    found = all_keypoints(dataset)
    found.values[found.values[:, 2] == ABSENT] = 0
    return found


def all_keypoints(dataset: Dataset) -> Keypoints:
    """The same, where a point that is outside keeps its place."""
    shapes, order = dataset.shapes, point_order(dataset.labels)
    sizes = {label: len(places) for label, places in order.items()}
    labels, which = np.unique(shapes.label, return_inverse=True)
    counts = np.array([sizes.get(label, 0) for label in labels.tolist()], np.int64)[which.reshape(-1)]
    ends = offsets_of(np.where(shapes.parent < 0, counts, 0)) if len(shapes) else np.zeros(1, np.int64)
    elements, owners, places = placed_points(dataset)
    values = np.zeros((ends[-1], 3))
    at = ends[owners] + places
    values[at, 0] = shapes.values[shapes.offsets[elements]]
    values[at, 1] = shapes.values[shapes.offsets[elements] + 1]
    outside, occluded = shapes.outside[elements], shapes.occluded[elements]
    values[at, 2] = np.where(outside, ABSENT, np.where(occluded, HIDDEN, SEEN))
    return Keypoints(values, ends)


class KeypointWriter(Writer):
    """Annotations with keypoints: those of their own row, or of the skeleton in their group."""

    prefix = "person_keypoints"
    inferred = frozenset({"type", "svg", "sublabels"})

    def __init__(self, dataset: Dataset, options: Options) -> None:
        self._keypoints = self.points(dataset)
        super().__init__(dataset.replace(shapes=self._keypoints.hulls(dataset.shapes)), options)
        self._skeleton = _skeletons(dataset)

    def points(self, dataset: Dataset) -> Keypoints:
        """The keypoints of every row."""
        return keypoints(dataset)

    def members(self) -> Members:
        """Skeletons with what is drawn in their group, and what is drawn alone."""
        shapes = self.dataset.shapes
        whole = np.flatnonzero((shapes.type == SKELETON) & ~shapes.outside)
        drawn = np.flatnonzero(np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)) & ~shapes.outside)
        found = in_order(shapes, np.concatenate([whole, drawn]))
        return found.of(in_reading_order(shapes.extras, found.first))

    def categories(self) -> list[Item]:
        return categories_out.of_keypoints(self.dataset, self.category_ids)

    def beside(self, rows: JsonRows, members: Members, leader: Ints) -> None:
        skeletons = self._skeleton[members.first]
        rows.put("keypoints", self._keypoints.texts(skeletons))
        rows.put("num_keypoints", number_texts(self._keypoints.counts(skeletons)))
        super().beside(rows, members, leader)


def _skeletons(dataset: Dataset) -> Ints:
    """The row itself, but for what stands in the group of a skeleton on its frame: the row of the first such."""
    shapes = dataset.shapes
    found = np.arange(len(shapes))
    rows = np.flatnonzero((shapes.type == SKELETON) & ~shapes.outside & (shapes.group > 0))
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    known, first = np.unique(keys[rows], return_index=True)
    others = np.flatnonzero((shapes.group > 0) & (shapes.type != SKELETON) & np.isin(keys, known))
    found[others] = rows[first[np.searchsorted(known, keys[others])]]
    return found
