"""Datumaro as the CVAT server writes and reads it, of pictures and of point clouds.

    "id": 0      coordinates of two decimals      all attributes of the label, typed: true, 3.0
    shapes by z_order      tracks counted from 0, keyframes of points of skeletons      labels in the order of ids

Of point clouds a cuboid on a picture is one in space: the first nine of its numbers are position, rotation and scale.
An item is called as its cloud without folders, and a cuboid has the number of its track or of its place for an id.
Source: CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: datumaro_format/exporter.py
"""

from __future__ import annotations

from posixpath import basename, splitext
from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.formats.base import Members, WriteOptions
from annotools.formats.datumaro.objects import Item, Objects
from annotools.formats.datumaro.writing import Writer
from annotools.formats.kernel import attribute_objects as attributes
from annotools.formats.kernel.attribute_objects import Beside
from annotools.formats.kernel.by_frame import ByFrame
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.model import CUBOID, MASK, RECTANGLE, SKELETON, Dataset, Owner
from annotools.model.columns import Ints
from annotools.model.rounding import around
from annotools.model.skeleton import edges
from annotools.tracks import element_owners
from annotools.transform.skeleton_points import points_of

if TYPE_CHECKING:
    from annotools.storage import Media

_BARE = (SKELETON, CUBOID)  # nothing is said of their z_order


class ServerObjects(Objects):
    """Annotations as the server says them."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.label = {number: index for index, number in enumerate(sorted(self.label))}

    def attributes(self) -> tuple[attributes.Objects, attributes.Objects]:
        dataset = self.dataset
        own = attributes.server_attributes(dataset, Owner.SHAPE)
        return attributes.with_beside(own, self._look()), attributes.server_attributes(dataset, Owner.TAG)

    def _look(self) -> list[Beside]:
        """What is said of shapes; of points of skeletons only which keyframe of which of the tracks there they are."""
        owners = element_owners(self.dataset)
        whole, part = owners < 0, np.zeros(len(owners), np.bool_)
        look = {one.name: one for one in attributes.server_look(self.dataset)}
        for name in ("occluded", "rotation"):
            look[name] = Beside(name, look[name].values, look[name].there & whole)
        extras = self.dataset.shapes.extras
        if "track_id" in extras and len(owners):
            part[self.elements] = extras["track_id"].present[owners[self.elements]]
            number, flag = extras["track_id"].values.copy(), extras["keyframe"].values.astype(np.bool_)
            number[self.elements] = self.slots
            there = look["keyframe"].there
            look["track_id"] = Beside("track_id", number, look["track_id"].there | part)
            look["keyframe"] = Beside("keyframe", flag & (part | extras["track_id"].present), there | part)
        return list(look.values())

    def shapes(self, rows: Ints) -> list[Item]:
        items = super().shapes(rows)
        for item, kind in zip(items, self.dataset.shapes.type[rows].tolist(), strict=True):
            if kind in _BARE:
                del item["z_order"]
        return items

    def boxes(self, rows: Ints, items: list[Item]) -> None:
        corners = around(xywh_to_xyxy(xyxy_to_xywh(around(self._four(rows)))))
        for item, box in zip(items, xyxy_to_xywh(corners).tolist(), strict=True):
            item["bbox"] = box


class ServerWriter(Writer):
    """Documents as the server writes them."""

    def annotations(self) -> Objects:
        return ServerObjects(self.dataset)

    def order(self, rows: Ints) -> ByFrame:
        return ByFrame.shapes(self.dataset, rows)

    def head(self) -> Item:
        return super().head() | {"infos": {}}

    def numbers(self, frames: list[int]) -> list[int]:
        """Of all but cuboids 0."""
        frame_numbers: list[int] = []
        shapes = self.dataset.shapes
        track = shapes.extras.get("track_id")
        for frame in frames:
            rows = self.shapes.rows(frame)
            numbers = np.arange(len(rows))
            if track is not None:
                numbers = np.where(track.present[rows], track.values[rows], numbers)
            frame_numbers += [0] * len(self.tags.rows(frame)) + np.where(
                shapes.type[rows] == CUBOID, numbers, 0
            ).tolist()
        return frame_numbers

    def categories(self) -> Item:
        labels = self.dataset.labels
        rows = [labels.by_id[number] for number in sorted(labels.by_id)]
        named = [{"name": lb.name, "parent": self._above(lb.parent), "attributes": []} for lb in rows]
        names = {spec.name for label in rows for spec in label.attributes} | {"occluded"}
        items: list[Any] = [
            {
                "label_id": index, "labels": [point.name for point in points_of(labels, label)],
                "joints": [list(edge) for edge in set(edges(label.svg))], "positions": [],
            }
            for index, label in enumerate(rows) if label.parent is None and points_of(labels, label)
        ]  # fmt: skip
        defined = {"labels": named, "label_groups": [], "attributes": sorted(names)}
        return {"label": defined, "points": {"items": items}}

    def _above(self, number: int | None) -> str:
        label = self.dataset.labels.by_id.get(-1 if number is None else number)
        return label.name if label is not None else ""

    def key(self, frame: int) -> str:
        key = super().key(frame)
        return basename(key) if self.clouds else key


def write(dataset: Dataset, media: Media | None, options: WriteOptions, clouds: bool = False) -> Members:
    """The documents, and the pictures or point clouds, which lie in no folders of their own."""
    names = list(dataset.frames.names)
    yield from ServerWriter(_rounded(dataset), names, clouds).documents()
    folder = "point_clouds" if clouds else "images"
    for frame, name in enumerate(names):
        if options.images and media is not None and frame in media:
            stem, end = splitext(name)
            subset = dataset.frames.subsets[frame] or "default"
            yield f"{folder}/{subset}/{stem.replace('/', '_')}{end}", media[frame].pieces()


def _rounded(dataset: Dataset) -> Dataset:
    """Two decimals of what is not a mask and no rectangle, whose sides follow each other."""
    shapes = dataset.shapes
    drawn = np.repeat(~np.isin(shapes.type, (MASK, RECTANGLE)), shapes.counts)
    return dataset.replace(shapes=shapes.with_points(np.where(drawn, around(shapes.values), shapes.values)))
