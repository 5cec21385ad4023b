"""COCO as the CVAT server's export writes it (quirk `coco-export`), bugs included.

    {"licenses": [{"name": "", "id": 0, "url": ""}], "info": {..., "year": ""}, "categories": [...],
     "images": [{"id": 1, ..., "license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}], "annotations": ...}

Masks are crowds with uncompressed run lengths, pictures of one stem share an id, sublabels take category numbers,
absent keypoints keep their place, every attribute of a label is there.
Source: CVAT 2.73 dataset_manager/formats/coco.py and bindings.py, its fork of Datumaro: coco_format/converter.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from posixpath import splitext
from typing import Any

import numpy as np

from annotools.formats.base import Options
from annotools.formats.coco import categories_out, keypoints_out, server_groups
from annotools.formats.coco.attributes_out import AttributesOut, Value, number_of
from annotools.formats.coco.heads import INFO
from annotools.formats.coco.keypoints_out import KeypointWriter
from annotools.formats.coco.objects import Members, Objects
from annotools.formats.coco.writing import Item, Subset, Writer, frames_of_subsets
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON, AttributeSpec, Dataset
from annotools.model.tables import Array, Bools, Ints
from annotools.transform.ellipse_masks import PAINTED

_INFO = INFO | {"year": ""}
_IMAGE = {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}
_NAMES = ("score", "is_crowd")


class ServerAttributes(AttributesOut):
    """Attributes with the defaults of those that nobody has set."""

    def described(self, rows: Ints) -> list[Item]:
        found = self.values(rows)
        self.look(found, rows)
        return found

    def values(self, rows: Ints) -> list[Item]:
        defaults = {
            label.id: {spec.name: self.value(spec, spec.default_value) for spec in label.attributes}
            for label in self.dataset.labels
        }
        labels = self.dataset.shapes.label[rows].tolist()
        return [defaults.get(label, {}) | own for label, own in zip(labels, super().values(rows), strict=True)]

    def value(self, spec: AttributeSpec, text: str) -> Value:
        if spec.input_type == "checkbox":
            return text.lower() == "true"
        if spec.input_type == "number":
            number = number_of(text)
            return text if number is None else float(number)
        return text

    def turnable(self, rows: Ints) -> Bools:
        shapes = self.dataset.shapes
        painted = shapes.extras[PAINTED].present[rows] if PAINTED in shapes.extras else np.zeros(len(rows), np.bool_)
        return np.asarray(np.isin(shapes.type[rows], (RECTANGLE, ELLIPSE)) | painted)

    def track_ids(self) -> Array:
        return self.dataset.tracks.id

    def columns(self) -> list[Array]:
        extras = self.dataset.shapes.extras
        return [*super().columns(), *([extras[PAINTED].present] if PAINTED in extras else [])]


class ServerWriter(Writer):
    """The documents of the export of object instances."""

    def __init__(self, dataset: Dataset, options: Options) -> None:
        super().__init__(dataset, options)
        self.category_ids = categories_out.flat_places(dataset)
        self.crowd, self.compressed = True, False
        self.attributes = ServerAttributes(dataset)
        self._scored = any(spec.name in _NAMES for _, spec in dataset.labels.specs.values())

    def members(self) -> Members:
        shapes = self.dataset.shapes
        return server_groups.in_order(shapes, np.flatnonzero(~shapes.outside))

    def described(self, members: Members) -> Objects:
        return server_groups.described(self.dataset, members)

    def subsets(self) -> Iterator[Subset]:
        ids: dict[str, int] = {}
        for name, frames in frames_of_subsets(self.dataset):
            stems = [splitext(self.dataset.frames.names[frame])[0] for frame in frames]
            numbers = [ids.setdefault(stem, len(ids) + 1) for stem in stems]
            yield Subset(name, np.array(frames, np.int64), dict(zip(frames, numbers, strict=True)))

    def head(self, subset: Subset) -> Item:
        return {"licenses": [{"name": "", "id": 0, "url": ""}], "info": _INFO, "categories": self.categories()}

    def numbers(self, given: list[Any]) -> list[int]:
        return list(range(1, len(given) + 1))

    def categories(self) -> list[Item]:
        return categories_out.flat(self.dataset, self.category_ids)

    def images(self, subset: Subset, frames: list[int]) -> list[Item]:
        sizes = self.dataset.frames.sizes(np.array(frames, np.int64)).tolist()
        names = self.dataset.frames.names
        return [
            {"id": subset.ids[frame], "width": width, "height": height, "file_name": names[frame], **_IMAGE}
            for frame, (width, height) in zip(frames, sizes, strict=True)
        ]

    def beside(self, rows: list[Item], members: Members, leader: Ints) -> None:
        """An attribute of this name is taken for the score, and another for the server itself."""
        for row in rows if self._scored else ():
            values = row.pop("attributes")
            with suppress(KeyError, TypeError, ValueError):
                row["score"] = float(values["score"])
            row["attributes"] = {name: value for name, value in values.items() if name not in _NAMES}


class ServerKeypointWriter(KeypointWriter, ServerWriter):
    """The documents of the export of keypoints: skeletons by themselves, then groups, by frame."""

    def points(self, dataset: Dataset) -> keypoints_out.Keypoints:
        return keypoints_out.all_keypoints(dataset)

    def members(self) -> Members:
        shapes = self.dataset.shapes
        whole = (shapes.type == SKELETON) & ~shapes.outside
        drawn = np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)) & ~shapes.outside
        grouped = shapes.group > 0
        keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
        alone = np.flatnonzero(whole & ~(grouped & np.isin(keys, keys[drawn & grouped])))
        alone = alone[np.lexsort((shapes.z_order[alone], shapes.group[alone], shapes.frame[alone]))]
        joint = server_groups.in_order(shapes, np.flatnonzero(drawn & grouped & np.isin(keys, keys[whole & grouped])))
        rows = np.concatenate([alone, joint.rows])
        everyone = Members(rows, np.concatenate([np.arange(len(alone)), joint.ends + len(alone)]))
        return everyone.of(np.argsort(shapes.frame[everyone.first], kind="stable"))

    def categories(self) -> list[Item]:
        return categories_out.flat_keypoints(self.dataset, self.category_ids)

    def annotations(self, members: Members, subset: Subset, numbers: Sequence[Any]) -> list[Item]:
        found = super().annotations(members, subset, numbers)
        shapes, rows = self.dataset.shapes, self.described(members).leader
        for place in np.flatnonzero((shapes.type[rows] == SKELETON) & (shapes.track[rows] < 0)).tolist():
            found[place]["attributes"] = found[place]["attributes"] | {"keyframe": False}
        return found
