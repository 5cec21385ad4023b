"""What the CVAT server says in VOC's files, and what its importer makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.formats.base import Members
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.painting import paint, png
from annotools.formats.kernel.xmlfile import text
from annotools.formats.voc import writing
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.geometry.ellipses import ellipses_to_cvat_rle
from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.ragged import Ragged, concat, take
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, AttributeSpec, Dataset, Owner
from annotools.model.columns import Ints
from annotools.model.rounding import around
from annotools.transform.rows import recast, repeat

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
    said = writing.attributes_by_row(dataset)
    track, keyframe = (writing.plain_extra(shapes, name) for name in ("track_id", "keyframe"))
    texts = [""] * len(shapes)
    for row in np.flatnonzero(shapes.type == RECTANGLE).tolist():
        label = labels.by_id[int(shapes.label[row])]
        own = dict(said.get(row, ()))
        pairs = [(spec.name, server_value(spec, own.get(spec.name, spec.default_value))) for spec in label.attributes]
        pairs.append(("rotation", repr(float(shapes.rotation[row]))))
        if track[row] is not None:
            pairs += [("track_id", str(track[row])), ("keyframe", str(bool(keyframe[row])))]
        attributes = writing.attribute_elements(pairs, "    ")
        texts[row] = _OBJECT % (text(label.name), shapes.occluded[row], *boxes[row].tolist(), attributes)
    return texts


def server_value(spec: AttributeSpec, value: str) -> str:
    """The text that the server makes of a typed value."""
    if spec.input_type == "checkbox":
        return str(value.lower() == "true")
    if spec.input_type == "number":
        try:
            return repr(float(value))
        except ValueError:
            return value
    return value


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


def pictures(dataset: Dataset, rows: Ints, kinds: Ints, size: tuple[int, int], palette: Ints) -> tuple[bytes, bytes]:
    """The RGB pictures of classes and instances.  rows: masks and ellipses of a frame, the lowest first."""
    masks = _masks(dataset, rows, size)
    numbers = np.arange(1, len(rows) + 1)
    colors = palette if len(rows) < len(palette) else np.resize(palette, (len(rows) + 1, 3))
    return png(paint(masks, kinds[rows], size), palette, "RGB"), png(paint(masks, numbers, size), colors, "RGB")


def _masks(dataset: Dataset, rows: Ints, size: tuple[int, int]) -> Ragged:
    """Masks as they are, ellipses as OpenCV paints them."""
    shapes = dataset.shapes
    round_ones = np.flatnonzero(shapes.type[rows] == ELLIPSE)
    own = take(shapes.values, shapes.offsets, rows)
    ellipses = rows[round_ones]
    painted = ellipses_to_cvat_rle(shapes.boxes()[ellipses], shapes.rotation[ellipses], np.array(size), "opencv")
    place = np.arange(len(rows))
    place[round_ones] = len(rows) + np.arange(len(round_ones))
    return take(*concat([own, painted]), place)


def stored(dataset: Dataset) -> Dataset:
    """What was read as the importer has it: masks as polygons, numbers of instances as groups, `None` for no text."""
    shapes = dataset.shapes
    instance = shapes.extras.get("instance_id")
    group = np.where(instance.present, instance.values, 0).astype(np.int64) if instance else shapes.group
    dataset = dataset.replace(shapes=shapes.replace(group=group, extras={}))
    return _typed(_outlined(dataset))


def _outlined(dataset: Dataset) -> Dataset:
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.type == MASK)
    found = [_outlines(dataset, row) for row in rows.tolist()]
    counts = np.ones(len(shapes), np.int64)
    counts[rows] = [len(offsets) - 1 for _, offsets in found]
    spread, source = repeat(dataset, counts)
    drawn = np.flatnonzero(np.isin(source, rows))
    return spread.replace(shapes=recast(spread.shapes, drawn, concat(found), type=POLYGON)) if len(rows) else dataset


def _outlines(dataset: Dataset, row: int) -> Ragged:
    width, height = dataset.frames.sizes(dataset.shapes.frame[[row]])[0].tolist()
    return cvat_rle_to_outlines(dataset.shapes.points(row), (width, height))


def _typed(dataset: Dataset) -> Dataset:
    """Values of checkboxes in small letters; an empty text is read as `None`."""
    attributes, specs = dataset.attributes, dataset.labels.specs
    texts = list(_values(dataset))
    pool = {text: place for place, text in enumerate(dict.fromkeys(texts))}
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
