"""COCO as the CVAT server's export writes it (quirk `coco-export`), bugs included.

    {"licenses": [{"name": "", "id": 0, "url": ""}], "info": {..., "year": ""}, "categories": [...],
     "images": [{"id": 1, ..., "license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}], "annotations": ...}

Masks are crowds with uncompressed run lengths, pictures of one stem share an id, sublabels take category numbers,
absent keypoints keep their place, every attribute of a label is there.
Source: CVAT 2.73 dataset_manager/formats/coco.py and bindings.py, its fork of Datumaro: coco_format/converter.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from posixpath import splitext
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.formats.base import Options
from annotools.formats.coco import attributes, definitions_out
from annotools.formats.coco.beside import INFO
from annotools.formats.coco.objects import Members, Objects, object_corners, parts_of
from annotools.formats.coco.writing import Item, Subset, Writer, frames_of_subsets
from annotools.formats.kernel.attribute_objects import Objects as Attributes
from annotools.formats.kernel.attribute_objects import Value, objects_of, with_beside, with_tracks
from annotools.formats.kernel.json_rows import JsonRows, shared_texts
from annotools.formats.kernel.jsonfile import dumped
from annotools.geometry.boxes import hull_boxes, xyxy_to_xywh
from annotools.geometry.contours_opencv import cvat_rle_to_contours
from annotools.geometry.masks import polygons_to_cvat_rle, union_cvat_rle
from annotools.geometry.ragged import Ragged, concat, lengths, row_of_value, segment_max, take
from annotools.geometry.raster import polygon_pixel_areas
from annotools.geometry.rle import cvat_rle_areas
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, AttributeSpec, Dataset, Owner, Shapes
from annotools.model.tables import Array, Floats, Ints
from annotools.transform.ellipse_masks import PAINTED

_INFO = INFO | {"year": ""}
_IMAGE = {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}
_NAMES = ("score", "is_crowd")


def attributes_of(dataset: Dataset) -> Attributes:
    """The attributes of each shape, with the defaults of those that nobody has set."""
    shapes, labels = dataset.shapes, list(dataset.labels)
    own, theirs = (objects_of(dataset, owner, dataset.attributes, _value) for owner in (Owner.SHAPE, Owner.TRACK))
    places = {label.id: index for index, label in enumerate(labels)}
    unset = [{spec.name: _value(spec, spec.default_value) for spec in label.attributes} for label in labels]
    label = np.array([places.get(number, -1) for number in shapes.label.tolist()], np.int64)
    painted = shapes.extras[PAINTED].present if PAINTED in shapes.extras else np.zeros(len(shapes), np.bool_)
    turns = np.isin(shapes.type, (RECTANGLE, ELLIPSE)) | painted
    values = with_tracks(with_tracks(own, theirs, shapes.track), Attributes(np.arange(len(labels)), unset), label)
    return with_beside(values, attributes.look(shapes, turns, dataset.tracks.id.tolist()))


def _value(spec: AttributeSpec, text: str) -> Value:
    if spec.input_type == "checkbox":
        return text.lower() == "true"
    if spec.input_type == "number":
        number = attributes.number_of(text)
        return text if number is None else float(number)
    return text


class ServerWriter(Writer):
    """The documents of the export of object instances."""

    def __init__(self, dataset: Dataset, options: Options) -> None:
        super().__init__(dataset, options)
        self.category_ids = definitions_out.flat_places(dataset)
        self.crowd, self.compressed = True, False
        self._scored = any(spec.name in _NAMES for _, spec in dataset.labels.specs.values())

    def members(self) -> Members:
        shapes = self.dataset.shapes
        return in_order(shapes, np.flatnonzero(~shapes.outside))

    def described(self, members: Members) -> Objects:
        return described(self.dataset, members)

    def subsets(self) -> Iterator[Subset]:
        ids: dict[str, int] = {}
        for name, frames in frames_of_subsets(self.dataset):
            stems = [splitext(self.dataset.frames.names[frame])[0] for frame in frames]
            numbers = [ids.setdefault(stem, len(ids) + 1) for stem in stems]
            yield Subset(name, np.array(frames, np.int64), np.array(numbers, np.int64))

    def head(self, subset: Subset) -> Item:
        return {"licenses": [{"name": "", "id": 0, "url": ""}], "info": _INFO, "categories": self.categories()}

    def numbers(self, given: list[Any]) -> list[int]:
        return list(range(1, len(given) + 1))

    def numbers_of(self, members: Members) -> Array:
        return np.arange(1, len(members) + 1)

    def categories(self) -> list[Item]:
        return definitions_out.flat(self.dataset, self.category_ids)

    def images(self, subset: Subset, frames: Ints) -> JsonRows:
        rows = definitions_out.plain_images(self.dataset.frames, frames, subset.image_ids(frames))
        for key, value in _IMAGE.items():
            rows.put_alike(key, dumped(value))
        return rows

    def attributes_of(self, dataset: Dataset) -> Attributes:
        return attributes_of(dataset)

    def beside(self, rows: JsonRows, members: Members, leader: Ints) -> None:
        """An attribute of this name is taken for the score, and another for the server itself."""
        if not self._scored:
            return
        values = self.attribute_values(leader)
        scores = {id(one): _score_text(one) for one in values}
        others = {id(one): {name: one[name] for name in one if name not in _NAMES} for one in values}
        rows.without("attributes")
        rows.put_at("score", range(len(values)), [scores[id(one)] for one in values])
        rows.put("attributes", shared_texts([others[id(one)] for one in values]))


def _score_text(values: Item) -> bytes:
    """The score that attributes say, empty where they say none."""
    with suppress(KeyError, TypeError, ValueError):
        return dumped(float(values["score"]))
    return b""


_NONE: Ragged = (np.zeros(0), np.zeros(1, np.int64))


class Joint(msgspec.Struct, frozen=True):
    """polygons: objects and their parts.  mask_owner: the objects that became masks; masks: cvat_rles, one each."""

    polygons: tuple[Ints, Ragged]
    mask_owner: Ints
    masks: Ragged


def in_order(shapes: Shapes, rows: Ints) -> Members:
    """Rows put together to objects, in the order of the server's export."""
    frame, group = shapes.frame[rows], shapes.group[rows]
    order = np.lexsort((shapes.z_order[rows], group, frame))
    first = np.where(group[order] > 0, group[order], -1 - np.arange(len(order)))
    frame = frame[order]
    starts = np.flatnonzero((np.diff(first, prepend=-1) != 0) | (np.diff(frame, prepend=-1) != 0))
    return Members(rows[order], np.append(starts, len(order)))


def described(dataset: Dataset, members: Members) -> Objects:
    """What the server says of each object."""
    shapes = dataset.shapes.take(members.rows)
    sizes = _sizes(dataset, shapes)
    leader, owner = leaders(shapes, members.ends), row_of_value(members.ends)
    polygon, mask = shapes.type == POLYGON, shapes.type == MASK
    mixed = np.zeros(len(members), np.bool_)
    mixed[owner[mask]] = True
    mixed &= lengths(members.ends) > 1
    plain = polygon & ~mixed[owner]
    joint = segmentations(shapes, sizes, members.ends, leader, np.flatnonzero(mixed))
    polygons, parts = parts_of([(owner[plain], take(shapes.values, shapes.offsets, plain)), joint.polygons], len(mixed))
    single = np.flatnonzero(mask & ~mixed[owner])
    which = np.full(len(mixed), -1)
    which[np.concatenate([owner[single], joint.mask_owner])] = np.arange(len(single) + len(joint.mask_owner))
    masks = concat([take(shapes.values, shapes.offsets, single), joint.masks])
    boxes = xyxy_to_xywh(object_corners(shapes, members.ends))  # differences of floats
    areas = np.abs(boxes[:, 2] * boxes[:, 3])
    objects = Objects(members.rows[leader], np.around(boxes, 2), areas, polygons, parts, masks, which)
    return _with_pixels(objects, sizes[leader])


def _sizes(dataset: Dataset, shapes: Shapes) -> Ints:
    """Width and height of each row's frame; of one that nobody knows, as much as the shape needs."""
    sizes = dataset.frames.sizes(shapes.frame)
    unknown = (sizes == 0).any(axis=1)
    if unknown.any():
        reach = segment_max(shapes.values, shapes.offsets, 0)
        sizes[unknown] = np.clip(np.ceil(reach), 1, 1 << 15).astype(np.int64)[unknown, None]
    return sizes


def _with_pixels(objects: Objects, sizes: Ints) -> Objects:
    """Areas: of a mask or single part its pixels, of several parts what they cover together."""
    counts = lengths(objects.parts)
    areas = objects.areas.copy()
    masked = objects.mask >= 0
    areas[masked] = cvat_rle_areas(*objects.masks)[objects.mask[masked]]
    single = objects.parts[:-1][counts == 1]
    areas[counts == 1] = polygon_pixel_areas(*take(*objects.polygons, single), sizes[counts == 1])
    several = np.flatnonzero(counts > 1)
    if len(several):
        owner = row_of_value(objects.parts)
        picked = np.flatnonzero(counts[owner] > 1)
        masks = polygons_to_cvat_rle(*take(*objects.polygons, picked), sizes[owner[picked]])
        places = np.searchsorted(several, owner[picked])
        areas[several] = cvat_rle_areas(*union_cvat_rle(*masks, places, len(several)))
    return replace(objects, areas=areas)


def leaders(shapes: Shapes, ends: Ints) -> Ints:
    """The largest row of each object, the first of equals."""
    leader = ends[:-1].copy()
    several = np.flatnonzero(lengths(ends) > 1)
    if len(several):
        owner = row_of_value(ends)
        rows = np.flatnonzero(lengths(ends)[owner] > 1)
        order = np.lexsort((rows, -_own_areas(shapes.take(rows)), owner[rows]))
        first = np.searchsorted(owner[rows][order], several)
        leader[several] = rows[order][first]
    return leader


def _own_areas(shapes: Shapes) -> Floats:
    """The area of each row by itself; a polygon is painted on a frame that ends where it does."""
    areas = np.zeros(len(shapes))
    box, polygon, mask = (shapes.type == kind for kind in (RECTANGLE, POLYGON, MASK))
    corners = shapes.boxes(box)
    areas[box] = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    if polygon.any():
        points = take(shapes.values, shapes.offsets, polygon)
        areas[polygon] = polygon_pixel_areas(*points, np.maximum(hull_boxes(*points)[:, 2:].astype(np.int64), 0))
    if mask.any():
        areas[mask] = cvat_rle_areas(*take(shapes.values, shapes.offsets, mask))
    return areas


def segmentations(shapes: Shapes, sizes: Ints, ends: Ints, leader: Ints, mixed: Ints) -> Joint:
    """The segmentations of the objects `mixed`, which have masks beside other rows."""
    owners: list[int] = []
    polygons, masks, mask_owner = [_NONE], [_NONE], []
    for number in mixed.tolist():
        rows = np.arange(ends[number], ends[number + 1])
        mask, drawn = rows[shapes.type[rows] == MASK], rows[shapes.type[rows] == POLYGON]
        pixels, parts = take(shapes.values, shapes.offsets, mask), take(shapes.values, shapes.offsets, drawn)
        if shapes.label[leader[number]] in shapes.label[mask]:
            pixels = concat([pixels, polygons_to_cvat_rle(*parts, sizes[drawn])])
            masks.append(_united(pixels))
            mask_owner.append(number)
        else:
            traced = cvat_rle_to_contours(_united(pixels)[0], (int(sizes[mask[0], 0]), int(sizes[mask[0], 1])))
            polygons += [parts, traced]
            owners += [number] * (len(drawn) + len(traced[1]) - 1)
    return Joint((np.array(owners, np.int64), concat(polygons)), np.array(mask_owner, np.int64), concat(masks))


def _united(masks: Ragged) -> Ragged:
    return union_cvat_rle(*masks, np.zeros(len(masks[1]) - 1, np.int64), 1)
