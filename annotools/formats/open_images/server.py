"""What the CVAT server says of pictures in the tables of Open Images: only where there is something to say.

Source: CVAT 2.73, its fork of Datumaro: open_images_format.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from annotools.formats.base import Members
from annotools.formats.kernel.attribute_objects import server_attributes
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.csvfile import table_text
from annotools.formats.open_images import tables, writing
from annotools.formats.open_images.mask_pictures import mask_png
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.matching import stem
from annotools.model import MASK, RECTANGLE, Dataset, Owner
from annotools.model.columns import Floats
from annotools.model.rounding import around
from annotools.scale import Late

_ATTRIBUTES = ("truncated", "is_group_of", "is_depiction", "is_inside")
_INK = 1


def hierarchy(dataset: Dataset) -> bytes:
    """Labels with points of skeletons below them."""
    parts: dict[int, list[dict[str, str]]] = {}
    for label in dataset.labels:
        if label.parent is not None:
            parts.setdefault(label.parent, []).append({"LabelName": label.name})
    whole: Any = {"LabelName": "/m/0"}
    tops = [{"LabelName": dataset.labels.by_id[top].name, "Subcategory": inner} for top, inner in parts.items()]
    return orjson.dumps(whole | {"Subcategory": tops}, option=orjson.OPT_INDENT_2)


class ServerTables:
    """What the server says of each picture."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.ids = [stem(name) for name in dataset.frames.names]
        self._names = {label.id: label.name for label in dataset.labels}
        shapes, count = dataset.shapes, len(dataset.frames)
        self._boxes = ByFrame(shapes.frame, count, np.flatnonzero(shapes.type == RECTANGLE))
        self._masks = ByFrame(shapes.frame, count, np.flatnonzero(shapes.type == MASK))
        self._tags = ByFrame(dataset.tags.frame, count)
        sizes = np.tile(dataset.frames.sizes(shapes.frame), 2)
        corners = around(xywh_to_xyxy(xyxy_to_xywh(around(shapes.boxes()))))
        with np.errstate(divide="ignore", invalid="ignore"):
            self._shares: Floats = (corners / sizes)[:, [0, 2, 1, 3]]
        self._attributes = server_attributes(dataset, Owner.SHAPE).of(np.arange(len(shapes)))
        self._tag_attributes = server_attributes(dataset, Owner.TAG).of(np.arange(len(dataset.tags)))

    def sized(self) -> Iterator[tuple[str, int, int]]:
        """Pictures with boxes, and their sizes."""
        frames = self._dataset.frames
        for frame in range(len(frames)):
            if len(self._boxes.rows(frame)):
                yield self.ids[frame], int(frames.width[frame]), int(frames.height[frame])

    def tables(self, subset: str, frames: list[int]) -> Members:
        """The tables of a subset that have rows, and its masks."""
        labelled = [row for frame in frames for row in self._label_rows(frame)]
        if labelled:
            yield writing.table_name(subset, "annotations-human-imagelabels"), [table_text(tables.LABELS, labelled)]
        boxes = [row for frame in frames for row in self._box_rows(frame)]
        if boxes:
            yield writing.table_name(subset, "annotations-bbox"), [table_text(tables.BOXES, boxes)]
        masks = [row for frame in frames for row in self._mask_rows(frame)]
        if masks:
            rows = [row for _, _, row in masks]
            yield writing.table_name(subset, "annotations-object-segmentation"), [table_text(tables.MASKS, rows)]
        for frame, number, row in masks:
            size = self._dataset.frames.sizes(np.array([frame]))[0].tolist()
            picture = Late(mask_png, (self._dataset.shapes.points(number), (size[0], size[1]), _INK))
            yield f"masks/{subset}/{row[0]}", picture

    def _label_rows(self, frame: int) -> Iterator[tuple[Any, ...]]:
        for row in self._tags.rows(frame).tolist():
            label = self._names[int(self._dataset.tags.label[row])]
            yield self.ids[frame], "", label, _number(self._tag_attributes[row].get("score", 1))

    def _box_rows(self, frame: int) -> Iterator[tuple[Any, ...]]:
        shapes = self._dataset.shapes
        for row in self._boxes.rows(frame).tolist():
            attributes = self._attributes[row]
            flags = (int(bool(attributes[name])) if name in attributes else -1 for name in _ATTRIBUTES)
            label, score = self._names[int(shapes.label[row])], _number(attributes.get("score", 1))
            yield self.ids[frame], "", label, score, *self._shares[row].tolist(), int(shapes.occluded[row]), *flags

    def _mask_rows(self, frame: int) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
        shapes, boxes = self._dataset.shapes, self._boxes.rows(frame)
        by_group = {int(shapes.group[row]): row for row in boxes.tolist() if shapes.group[row]}
        for number, row in enumerate(self._masks.rows(frame).tolist()):
            label, box = self._names[int(shapes.label[row])], f"{number:08x}"
            path = f"{writing.slug(self.ids[frame])}_{writing.slug(label)}_{box}.png"
            beside = by_group.get(int(shapes.group[row])) if shapes.group[row] else None
            sides = [""] * 4 if beside is None else self._shares[beside].tolist()
            yield (
                frame,
                row,
                (path, self.ids[frame], label, box, *sides, self._attributes[row].get("predicted_iou", ""), ""),
            )


def _number(value: Any) -> Any:
    """As the server writes a confidence: whole ones without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
