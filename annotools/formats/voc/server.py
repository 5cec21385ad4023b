"""What the CVAT server says in VOC's files, and what its importer makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from annotools.formats.base import Members, Read, ReadOptions
from annotools.formats.kernel.attribute_objects import server_attributes, server_look, with_beside
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.painting import late_png
from annotools.formats.kernel.server_masks import with_outlines
from annotools.formats.kernel.xmlfile import text
from annotools.formats.voc import writing
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.geometry.ragged import take
from annotools.model import RECTANGLE, Dataset, Owner
from annotools.model.columns import Ints
from annotools.model.rounding import around
from annotools.scale import Late

_OBJECT = """  <object>
    <name>%s</name>
    <truncated>0</truncated>
    <occluded>%d</occluded>
    <difficult>0</difficult>
    <bndbox>
      <xmin>%r</xmin>
      <ymin>%r</ymin>
      <xmax>%r</xmax>
      <ymax>%r</ymax>
    </bndbox>
%s  </object>
"""
_HEAD = """<annotation>
  <folder>%s</folder>
  <filename>%s</filename>
  <source>
    <database>Unknown</database>
    <annotation>Unknown</annotation>
    <image>Unknown</image>
  </source>
  <size>
    <width>%d</width>
    <height>%d</height>
    <depth></depth>
  </size>
  <segmented>%d</segmented>
"""


def head(name: str, key: str, size: tuple[int, int], segmented: bool) -> str:
    """All that stands before the objects.  The folder is what stands before the first `_` of the path."""
    folder = key[: key.find("_")] if "_" in key else ""
    return _HEAD % (text(folder), text(name), *size, segmented)


def objects(dataset: Dataset) -> list[str]:
    """The element of each rectangle, by its row; nothing for what is none."""
    shapes, labels = dataset.shapes, dataset.labels
    boxes = around(xywh_to_xyxy(xyxy_to_xywh(around(shapes.boxes()))))
    rows = np.flatnonzero(shapes.type == RECTANGLE)
    look = [beside for beside in server_look(dataset) if beside.name != "occluded"]
    values_of = with_beside(server_attributes(dataset, Owner.SHAPE), look).of(rows)
    texts = [""] * len(shapes)
    for row, values in zip(rows.tolist(), values_of, strict=True):
        name = labels.by_id[int(shapes.label[row])].name
        attributes = writing.attribute_elements([(key, str(value)) for key, value in values.items()], "    ")
        texts[row] = _OBJECT % (text(name), shapes.occluded[row], *boxes[row].tolist(), attributes)
    return texts


def lists(dataset: Dataset, classes: Classes, masks: ByFrame) -> Members:
    """The lists of each subset."""
    keys, tags = writing.keys_of(dataset), dataset.tags
    filled = set(np.flatnonzero(dataset.frames.extras["annotated"].values).tolist())
    tagged = set(tags.frame.tolist())
    pairs = set(zip(tags.frame.tolist(), tags.label.tolist(), strict=True))
    for subset, frames in writing.subsets_of(dataset).items():
        yield f"ImageSets/Main/{subset}.txt", writing.list_of([keys[frame] for frame in frames])
        mine = [frame for frame in frames if frame in tagged]
        for label, name in zip(classes.ids.tolist(), classes.names, strict=True) if mine else ():
            lines = [f"{keys[frame]} {1 if (frame, label) in pairs else -1:2d}" for frame in mine]
            yield f"ImageSets/Main/{name}_{subset}.txt", writing.list_of(lines)
        empty = [frame for frame in frames if frame not in filled]
        drawn = [frame for frame in frames if frame not in filled or len(masks.rows(frame))]
        for folder, some in (("Action", empty), ("Layout", empty), ("Segmentation", drawn)):
            if some:
                yield f"ImageSets/{folder}/{subset}.txt", writing.list_of([keys[frame] for frame in some])


def pictures(dataset: Dataset, rows: Ints, kinds: Ints, size: tuple[int, int], palette: Ints) -> tuple[Late, Late]:
    """The RGB pictures of classes and instances.  rows: masks of a frame, the lowest first."""
    masks = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    numbers = np.arange(1, len(rows) + 1)
    colors = palette if len(rows) < len(palette) else np.resize(palette, (len(rows) + 1, 3))
    return late_png(masks, kinds[rows], size, palette, "RGB"), late_png(masks, numbers, size, colors, "RGB")


def stored(read: Read, options: ReadOptions) -> Read:
    """What was read as the importer has it: masks as polygons, numbers of instances as groups, `None` for no text."""
    read = with_outlines(read, options)
    return replace(read, dataset=_typed(read.dataset))


def _typed(dataset: Dataset) -> Dataset:
    """Values of checkboxes in small letters; an empty text is read as `None`."""
    attributes, specs = dataset.attributes, dataset.labels.specs
    texts = list(_values(dataset))
    pool = {text: index for index, text in enumerate(dict.fromkeys(texts))}
    value = [pool[text] for text in texts]
    assert len(specs) or not len(attributes)
    return dataset.replace(attributes=attributes.replace(value=np.array(value, np.int32), pool=tuple(pool)))


def _values(dataset: Dataset) -> Iterator[str]:
    attributes, specs = dataset.attributes, dataset.labels.specs
    for kind, spec, value in zip(attributes.kind.tolist(), attributes.spec.tolist(), attributes.texts(), strict=True):
        if specs[spec][1].input_type == "checkbox":
            yield value.lower()
        else:
            yield value if value or kind == Owner.TAG else "None"
