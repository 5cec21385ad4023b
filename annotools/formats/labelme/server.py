"""What the CVAT server says of objects in LabelMe's files, and what its importer makes of masks.

Source: CVAT 2.73 dataset_manager/formats/labelme.py, its fork of Datumaro: labelme_format.py
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np

from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.attribute_objects import Beside, server_attributes, server_look, with_beside
from annotools.formats.kernel.painting import paint
from annotools.formats.labelme import writing
from annotools.formats.labelme.attribute_text import text_of
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.geometry.ragged import Ragged, take
from annotools.model import MASK, RECTANGLE, Dataset, Owner
from annotools.model.columns import Array, Ints
from annotools.model.extras import Extra
from annotools.model.rounding import around
from annotools.scale import Late
from annotools.transform.server_outlines import read_outlines

_INK = np.array([[0, 0, 0, 0], [0, 203, 255, 153]], np.uint8)


def attribute_texts(dataset: Dataset) -> list[str]:
    """The attributes of each shape."""
    turns = dataset.shapes.extras["rotation"]
    look = [beside for beside in server_look(dataset) if beside.name in ("track_id", "keyframe")]
    look = [Beside("rotation", turns.values, turns.present), *look]
    objects = with_beside(server_attributes(dataset, Owner.SHAPE), look)
    pairs = (attributes.items() for attributes in objects.of(np.arange(len(objects.codes))))
    return [text_of((name, str(value)) for name, value in of_one) for of_one in pairs]


def drawn(dataset: Dataset, row: int, name: str) -> str:
    """The element of a shape.  name: that of its mask, if it is one."""
    points = dataset.shapes.points(row)
    if dataset.shapes.type[row] == MASK:
        left, top, right, bottom = points[-4:].tolist()
        return writing.mask(name, [f"{value:.2f}" for value in (left, top, right + 1, bottom + 1)])
    boxed = dataset.shapes.type[row] == RECTANGLE
    pairs = writing.corners(_box(points)) if boxed else around(points).reshape(-1, 2)
    return writing.polygon([(f"{x:.2f}", f"{y:.2f}") for x, y in pairs.tolist()], boxed=boxed)


def _box(points: Array) -> Array:
    box: Array = around(xywh_to_xyxy(xyxy_to_xywh(around(points[None]))))[0]
    return box


def mask_picture(dataset: Dataset, rows: Ints, size: tuple[int, int]) -> Late:
    """A mask as PNG.  rows: its row alone."""
    return Late(_painted, (take(dataset.shapes.values, dataset.shapes.offsets, rows), size))


def _painted(masks: Ragged, size: tuple[int, int]) -> bytes:
    from PIL import Image  # 100 ms, and few datasets have masks

    stream = io.BytesIO()
    Image.fromarray(_INK[paint(masks, np.array([1]), size)]).save(stream, "PNG")
    return stream.getvalue()


def outlined(read: Read, options: ReadOptions) -> Read:
    """Masks as polygons that are said to be turned as they were, unless masks are kept."""
    if options.keep_masks:
        return read
    shapes = read.dataset.shapes
    turns = Extra(shapes.rotation, shapes.type == MASK)
    dataset, losses = read_outlines(
        read.dataset.replace(shapes=shapes.replace(extras={**shapes.extras, "turn": turns}))
    )
    shapes = dataset.shapes
    extras = {name: extra for name, extra in shapes.extras.items() if name != "turn"}
    turn = shapes.extras["turn"]
    rotation = np.where(turn.present, turn.values, shapes.rotation)
    return replace(
        read, dataset=dataset.replace(shapes=shapes.replace(rotation=rotation, extras=extras)),
        losses=read.losses + losses,
    )  # fmt: skip
