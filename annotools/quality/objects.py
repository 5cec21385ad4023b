"""Annotations as comparable objects: one row a tag, shape or shape of a track on one frame of one home.

A home is a job (its row), or -1 for the task as a whole.  Rows are sorted by home and frame; on a frame tags come
first, then shapes and after them shapes of tracks, by z_order: the order of all lists of a report.  Tracks are
expanded, coordinates rounded to two decimals, cuboids left out, and what is grouped is one instance.

    home frame kind label id    box
    0    0     BOX  2     17    10 10 40 40
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np

from annotools.geometry.boxes import hull_boxes
from annotools.geometry.ragged import Array, Bools, Floats, Ints, take
from annotools.geometry.rle import cvat_rle_boxes
from annotools.model import Dataset, ShapeType
from annotools.model.tables import Codes
from annotools.quality.attribute_values import AttributeValues, Owners, attribute_values
from annotools.quality.elements import with_elements
from annotools.quality.input_checks import check
from annotools.tracks import interpolate

DECIMALS = 2


class Kind(IntEnum):
    """What is compared with what, in the order of a report's lists."""

    BOX = 0
    POINTS = 1
    REGION = 2
    POLYLINE = 3
    SKELETON = 4
    TAG = 5
    ELLIPSE = 6


_KINDS = {
    ShapeType.RECTANGLE: Kind.BOX, ShapeType.POINTS: Kind.POINTS, ShapeType.POLYGON: Kind.REGION,
    ShapeType.MASK: Kind.REGION, ShapeType.POLYLINE: Kind.POLYLINE, ShapeType.SKELETON: Kind.SKELETON,
    ShapeType.ELLIPSE: Kind.ELLIPSE,
}  # fmt: skip
_KIND_OF_TYPE = np.array([_KINDS.get(kind, -1) for kind in ShapeType])
NO_TYPE = -1  # of a tag


@dataclass(frozen=True, eq=False)
class Objects:
    """Comparable objects, as columns.

    label: position among the top labels.  type: shape type, -1 for tags.  row: of `dataset.shapes` or `.tags`.
    values, offsets: points, of masks none, of skeletons one for each sublabel.  states: of each point, 0 absent,
    1 hidden, 2 visible.  box: (n, 4) xyxy.  size: (n, 2) of the frame.
    """

    dataset: Dataset
    home: Ints
    frame: Ints
    kind: Codes
    label: Ints
    type: Codes
    z_order: Ints
    group: Ints
    rotation: Floats
    occluded: Bools
    row: Ints
    id: Ints
    track: Ints
    values: Floats
    offsets: Ints
    states: Codes
    box: Floats
    attributes: AttributeValues

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def size(self) -> Ints:
        """Width and height of each object's frame."""
        return self.dataset.frames.sizes(self.frame)

    @cached_property
    def key(self) -> Ints:
        """One number for home and frame, ascending."""
        return keys(self.home, self.frame)

    @cached_property
    def block(self) -> Ints:
        """The same, counted from 0 without gaps."""
        return np.cumsum(np.diff(self.key, prepend=self.key[:1]) != 0)

    @cached_property
    def drawn(self) -> dict[Kind, Any]:
        """The pixels of all objects of a kind, as far as `drawings` has drawn them: two questions need them."""
        return {}

    @property
    def comparable(self) -> Bools:
        """A skeleton of which nothing is to be seen is neither missing nor extra."""
        absent = np.zeros(len(self), np.bool_)
        skeletons = np.flatnonzero(self.kind == Kind.SKELETON)
        point = np.repeat(np.arange(len(self)), np.diff(self.offsets) // 2)
        absent[skeletons] = np.bincount(point[self.states > 0], minlength=len(self))[skeletons] == 0
        return ~absent

    @cached_property
    def instance(self) -> Ints:
        """The instance of each object: those of one group on one frame are one.  Tags are none (-1).

        Numbers ascend by frame, then ungrouped objects in their order, then groups in that of their numbers.
        """
        rows = np.flatnonzero(self.kind != Kind.TAG)
        block, group = self.block[rows], self.group[rows]
        alone = np.where(group == 0, np.arange(len(rows)), -1)
        order = np.lexsort((alone, group, block))
        columns = [column[order] for column in (block, group, alone)]
        fresh = np.any([np.diff(column, prepend=column[:1]) != 0 for column in columns], axis=0)
        numbers = np.full(len(self), -1)
        numbers[rows[order]] = np.cumsum(fresh)
        return numbers

    @cached_property
    def hull(self) -> Floats:
        """The box round each object's instance."""
        rows = np.flatnonzero(self.instance >= 0)
        instance = self.instance[rows]
        hulls = np.zeros((int(instance.max(initial=-1)) + 1, 4))
        hulls[:, :2], hulls[:, 2:] = np.inf, -np.inf
        np.minimum.at(hulls[:, :2], instance, self.box[rows, :2])
        np.maximum.at(hulls[:, 2:], instance, self.box[rows, 2:])
        return np.where(self.instance[:, None] >= 0, hulls[self.instance] if len(hulls) else self.box, self.box)


def keys(home: Array, frame: Array) -> Ints:
    """One number for home and frame."""
    return np.asarray((home.astype(np.int64) + 1) << 40 | frame.astype(np.int64))


def objects_of(dataset: Dataset, wanted: Ints) -> Objects:
    """The objects of some homes on some frames.  wanted: `keys` of these.

    Raises: InputError for what `input_checks` finds.
    """
    dense = interpolate(dataset)[0] if len(dataset.tracks) else dataset
    tags, shapes = dense.tags, dense.shapes
    tag_rows = np.flatnonzero(np.isin(keys(tags.job, tags.frame), wanted))
    shape_rows = np.flatnonzero(_shown(dense) & np.isin(keys(shapes.job, shapes.frame), wanted))
    check(dense, tag_rows, shape_rows)
    columns = _columns(dense, tag_rows, shape_rows)
    order = np.lexsort((columns["z_order"], columns["kind"] != Kind.TAG, columns["frame"], columns["home"]))
    columns = {name: column[order] for name, column in columns.items()}
    return _with_points(dense, columns)


def _shown(dense: Dataset) -> Bools:
    """Rows of shapes that are objects of their own, to be seen, and no cuboids."""
    shapes = dense.shapes
    element = (shapes.parent >= 0) | (np.append(dense.tracks.parent, -1)[shapes.track] >= 0)
    return np.asarray(~element & ~((shapes.track >= 0) & shapes.outside) & (_KIND_OF_TYPE[shapes.type] >= 0))


def _columns(dense: Dataset, tag_rows: Ints, shape_rows: Ints) -> dict[str, Any]:
    tags, shapes = dense.tags.take(tag_rows), dense.shapes.take(shape_rows)
    nothing = np.zeros(len(tags), np.int64)
    ids = np.where(shapes.track >= 0, np.append(dense.tracks.id, -1)[shapes.track], shapes.id)
    pairs: dict[str, tuple[Array, Array]] = {
        "home": (tags.job, shapes.job), "frame": (tags.frame, shapes.frame), "label": (tags.label, shapes.label),
        "kind": (np.full(len(tags), Kind.TAG), _KIND_OF_TYPE[shapes.type]), "id": (tags.id, ids),
        "type": (np.full(len(tags), NO_TYPE), shapes.type), "z_order": (nothing, shapes.z_order),
        "group": (tags.group, shapes.group), "rotation": (nothing, shapes.rotation),
        "occluded": (nothing > 0, shapes.occluded), "row": (tag_rows, shape_rows),
        "track": (np.full(len(tags), -1), shapes.track),
    }  # fmt: skip
    return {name: np.concatenate(pair) for name, pair in pairs.items()}


def _with_points(dense: Dataset, columns: dict[str, Any]) -> Objects:
    """The objects with points, boxes and attributes."""
    kind, row = columns["kind"], columns["row"]
    shape = np.where(kind == Kind.TAG, -1, row)
    owners = Owners(np.where(kind == Kind.TAG, row, -1), shape, columns["track"])
    attributes = attribute_values(dense, columns["label"], owners)
    labels = {label.id: position for position, label in enumerate(dense.labels.top)}
    numbers = columns["label"]
    columns["label"] = np.array([labels[number] for number in numbers.tolist()], np.int64)
    counts = np.where(shape >= 0, np.append(dense.shapes.counts, 0)[shape], 0)
    counts[(columns["type"] == ShapeType.MASK) | (kind == Kind.SKELETON)] = 0
    starts = np.where(shape >= 0, dense.shapes.offsets[shape], 0)
    points = with_elements(dense, starts, counts, numbers, np.where(kind == Kind.SKELETON, row, -1))
    columns |= {"values": np.around(points.values, DECIMALS), "offsets": points.offsets, "states": points.states}
    objects = Objects(dataset=dense, box=np.zeros((len(kind), 4)), attributes=attributes, **columns)
    return replace(objects, **_boxes(objects))


def _boxes(objects: Objects) -> dict[str, Any]:
    """The boxes of all objects, and ellipses by theirs instead of CVAT's four numbers."""
    values, box = objects.values.copy(), np.zeros((len(objects), 4))
    ellipses = np.flatnonzero(objects.kind == Kind.ELLIPSE)
    positions = objects.offsets[ellipses, None] + np.arange(4)
    cx, cy, right, top = values[positions].T if len(ellipses) else np.zeros((4, 0))
    values[positions] = np.around(np.stack([cx - (right - cx), top, right, cy + (cy - top)], axis=1), DECIMALS)
    present = objects.states > 0
    row = np.repeat(np.arange(len(objects)), np.diff(objects.offsets) // 2)[present]
    seen = values.reshape(-1, 2)[present]
    ends = 2 * np.searchsorted(row, np.arange(len(objects) + 1))
    hulls = hull_boxes(seen.reshape(-1), ends)
    box = np.where(np.isnan(hulls), 0.0, hulls)
    masks = np.flatnonzero(objects.type == ShapeType.MASK)
    tight = cvat_rle_boxes(*take(objects.dataset.shapes.values, objects.dataset.shapes.offsets, objects.row[masks]))
    box[masks] = np.where(tight[:, :1] >= 0, tight + np.array([0, 0, 1, 1]), 0)
    return {"values": values, "box": box}
