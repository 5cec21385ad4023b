"""Rows -> annotations of Datumaro, as objects of JSON: many at a time, by type.

    {"id": 1, "type": "bbox", "attributes": {..}, "group": 0, "label_id": 1, "z_order": 0, "bbox": [10, 20, 30, 40]}
    {"id": 2, "type": "skeleton", ..., "points": [x, y, 2, ...], "points_attributes": [{..}, ...]}

Beside what people set, `attributes` say of a shape whether it is occluded, how it is turned, which track it is of, and
who made it and how sure that is where there is something to say.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

import numpy as np
import orjson

from annotools.formats.kernel import attribute_objects as attributes
from annotools.formats.kernel.attribute_objects import Beside
from annotools.formats.kernel.ids import given_ids, whole_ids
from annotools.formats.kernel.json_rows import part_texts
from annotools.formats.kernel.rle_masks import texts_of
from annotools.geometry.ragged import offsets_of
from annotools.geometry.widths import opposites, widths
from annotools.model import (
    CUBOID,
    ELLIPSE,
    MASK,
    POINTS,
    POLYGON,
    POLYLINE,
    RECTANGLE,
    SKELETON,
    Dataset,
    Owner,
    ShapeType,
    Source,
)  # fmt: skip
from annotools.model.columns import Array, Floats, Ints, distinct
from annotools.tracks import element_owners
from annotools.transform.skeleton_points import placed_points, points_of

Item = dict[str, Any]
WORDS = {
    RECTANGLE: "bbox", POLYGON: "polygon", POLYLINE: "polyline", POINTS: "points", ELLIPSE: "ellipse", MASK: "mask",
    SKELETON: "skeleton", CUBOID: "cuboid_3d",
}  # fmt: skip


class Objects:
    """Annotations of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.label = {label.id: index for index, label in enumerate(dataset.labels)}
        self.elements, self.slots = self._slots()
        self.shape_attributes, self.tag_attributes = self.attributes()
        self._words = [WORDS[kind] for kind in ShapeType]

    def attributes(self) -> tuple[attributes.Objects, attributes.Objects]:
        """Attributes of shapes and of tags."""
        dataset, tags = self.dataset, self.dataset.tags
        own = attributes.set_attributes(dataset, Owner.SHAPE)
        if len(dataset.tracks):
            own = attributes.with_tracks(own, attributes.set_attributes(dataset, Owner.TRACK), dataset.shapes.track)
        of_tags = attributes.set_attributes(dataset, Owner.TAG)
        return attributes.with_beside(own, self._beside()), attributes.with_beside(of_tags, [_source(tags.source)])

    def _beside(self) -> list[Beside]:
        """What is said of shapes; of points of skeletons only what their place does not say."""
        shapes, part = self.dataset.shapes, element_owners(self.dataset) >= 0
        turns = np.isin(shapes.type, (RECTANGLE, ELLIPSE)) | (shapes.rotation != 0)
        tracked = shapes.track >= 0
        number = self._track_numbers()
        return [
            Beside("occluded", shapes.occluded, ~part | (shapes.outside & shapes.occluded)),
            Beside("rotation", shapes.rotation, turns),
            Beside("track_id", number, tracked),
            Beside("keyframe", shapes.keyframe, tracked),
            Beside("z_order", shapes.z_order, part & (shapes.z_order != 0)),
            _source(shapes.source),
            Beside("score", shapes.score, shapes.score != 1),
        ]

    def _track_numbers(self) -> Ints:
        """Which number of a track each row has; points of skeletons have that of their place."""
        tracks, track = self.dataset.tracks, self.dataset.shapes.track
        top = np.flatnonzero(tracks.parent < 0)
        ids = np.zeros(len(tracks) + 1, np.int64)
        ids[top] = whole_ids(given_ids(tracks.extras, "track_id", top), 0)
        number = ids[track]
        number[self.elements] = self.slots
        return number

    def _slots(self) -> tuple[Ints, Ints]:
        elements, _, places = placed_points(self.dataset)
        return elements, places

    def tags(self, rows: Ints) -> list[Item]:
        """Tags."""
        tags = self.dataset.tags
        columns = zip(
            self.tag_attributes.of(rows), tags.group[rows].tolist(), map(self.label.get, tags.label[rows].tolist()),
            strict=True,
        )  # fmt: skip
        return [
            {"id": 0, "type": "label", "attributes": attributes, "group": group, "label_id": label}
            for attributes, group, label in columns
        ]

    def shapes(self, rows: Ints) -> list[Item]:
        """Shapes that are not points of skeletons."""
        shapes = self.dataset.shapes
        columns = zip(
            map(self._words.__getitem__, shapes.type[rows].tolist()), self.shape_attributes.of(rows),
            shapes.group[rows].tolist(), map(self.label.get, shapes.label[rows].tolist()),
            shapes.z_order[rows].tolist(), strict=True,
        )  # fmt: skip
        items: list[Item] = [
            {"id": 0, "type": word, "attributes": attributes, "group": group, "label_id": label, "z_order": z_order}
            for word, attributes, group, label, z_order in columns
        ]
        for kind in distinct(shapes.type[rows]).tolist():
            places = np.flatnonzero(shapes.type[rows] == kind)
            getattr(self, _GEOMETRY[kind])(rows[places], [items[index] for index in places.tolist()])
        return items

    def boxes(self, rows: Ints, items: list[Item]) -> None:
        """Left, top, width, height."""
        boxes = self._four(rows)
        _put(items, "bbox", np.concatenate([boxes[:, :2], widths(boxes[:, :2], boxes[:, 2:])], axis=1))

    def _four(self, rows: Ints) -> Floats:
        """(n, 4) the numbers of rows that have as many."""
        shapes = self.dataset.shapes
        return np.asarray(shapes.values[shapes.offsets[rows, None] + np.arange(4)])

    def ellipses(self, rows: Ints, items: list[Item]) -> None:
        """Left, top, right, bottom."""
        x, y, right, top = self._four(rows).T
        _put(items, "points", np.stack([opposites(x, right), top, right, opposites(y, top)], axis=1))

    def outlines(self, rows: Ints, items: list[Item]) -> None:
        """x and y of each point."""
        texts = part_texts(*self.dataset.shapes.points_of(rows))
        for item, text in zip(items, texts, strict=True):
            item["points"] = orjson.Fragment(b"[%b]" % text)

    def points(self, rows: Ints, items: list[Item]) -> None:
        """The same, all of them to be seen, but where they were read otherwise."""
        self.outlines(rows, items)
        given, counts = self.dataset.shapes.extras.get("visibility"), self.dataset.shapes.counts_of(rows) // 2
        for row, item, count in zip(rows.tolist(), items, counts.tolist(), strict=True):
            item["visibility"] = [2] * count
            if given is not None and given.present[row]:
                item["visibility"] = orjson.Fragment(given.values[row])

    def masks(self, rows: Ints, items: list[Item]) -> None:
        """Run lengths of the frame as text."""
        shapes = self.dataset.shapes
        sizes = self.dataset.frames.sizes(shapes.frame[rows])
        texts = texts_of(*shapes.points_of(rows), sizes)
        for item, text, size in zip(items, texts, sizes.tolist(), strict=True):
            item["rle"] = {"counts": text, "size": size[::-1]}

    def cuboids(self, rows: Ints, items: list[Item]) -> None:
        """Position, rotation and scale."""
        shapes = self.dataset.shapes
        values = shapes.values[shapes.offsets[rows, None] + np.arange(9)]
        for index, key in enumerate(("position", "rotation", "scale")):
            _put(items, key, values[:, 3 * index : 3 * index + 3])

    def skeletons(self, rows: Ints, items: list[Item]) -> None:
        """x, y and visibility of each point; 0 where there is none."""
        values, owned, ends = self._points(rows)
        attributes = self.shape_attributes.of(np.maximum(owned, 0)) if len(self.shape_attributes.codes) else []
        points = [one if element >= 0 else {} for one, element in zip(attributes, owned.tolist(), strict=True)]
        columns = [values[:, 0].tolist(), values[:, 1].tolist(), values[:, 2].astype(np.int64).tolist()]
        triples = list(zip(*columns, strict=True))
        for item, (start, stop) in zip(items, pairwise(ends.tolist()), strict=True):
            item["points"] = list(chain.from_iterable(triples[start:stop]))
            item["points_attributes"] = points[start:stop]

    def _points(self, rows: Ints) -> tuple[Floats, Ints, Ints]:
        """(n, 3) of all points of skeletons, the element of each, -1 for none, and where those of each end."""
        shapes, labels = self.dataset.shapes, self.dataset.labels
        sizes = {label.id: len(points_of(labels, label)) for label in labels.top}
        ends = offsets_of([sizes.get(number, 0) for number in shapes.label[rows].tolist()])
        skeleton = np.full(len(shapes), -1)
        skeleton[rows] = np.arange(len(rows))
        mine = skeleton[self._owners()] >= 0
        elements = self.elements[mine]
        slot = ends[skeleton[self._owners()[mine]]] + self.slots[mine]
        values, owned = np.zeros((int(ends[-1]), 3)), np.full(int(ends[-1]), -1)
        values[slot, :2] = shapes.values[shapes.offsets[elements, None] + np.arange(2)]
        values[slot, 2] = np.where(shapes.outside[elements], 0, np.where(shapes.occluded[elements], 1, 2))
        owned[slot] = elements
        return values, owned, ends

    def _owners(self) -> Array:
        return element_owners(self.dataset)[self.elements]


def _source(source: Array) -> Beside:
    return Beside("source", source.astype(np.int64), source != Source.MANUAL, Source.words())


def _put(items: list[Item], key: str, values: Floats) -> None:
    for item, row in zip(items, values.tolist(), strict=True):
        item[key] = row


_GEOMETRY = {
    RECTANGLE: "boxes", ELLIPSE: "ellipses", POLYGON: "outlines", POLYLINE: "outlines", POINTS: "points",
    MASK: "masks", CUBOID: "cuboids", SKELETON: "skeletons",
}  # fmt: skip
