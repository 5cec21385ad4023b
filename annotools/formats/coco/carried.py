"""What COCO carries, and which rows it cannot."""

from __future__ import annotations

import numpy as np

from annotools.formats.coco.skeletons import has_points
from annotools.geometry.ragged import take
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON, Condition, Dataset, Keeps, Px
from annotools.model.tables import Bools
from annotools.tracks import element_owners

_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "score", "z_order", "source"})
_SERVER_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "z_order", "group"})
_MOST_PIXELS = 1 << 29
USES = frozenset({"tracks.id", "task.name", "task.mode", "task.media_type"})
DEFINITIONS = frozenset({"name", "type", "color", "attributes"})


def is_defined(dataset: Dataset) -> Bools:
    """Whether a row's label is defined."""
    return np.isin(dataset.shapes.label, list(dataset.labels.by_id))


def is_seen(dataset: Dataset) -> Bools:
    """Whether a row is a part of something, or not outside."""
    shapes = dataset.shapes
    return (shapes.track >= 0) | (shapes.parent >= 0) | ~shapes.outside


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four numbers that leave room for decimals, and a finite rotation."""
    shapes = dataset.shapes
    whole = (shapes.counts == 4) & are_drawable(shapes.values, shapes.offsets)
    whole &= np.isfinite(shapes.rotation)
    return np.asarray(whole | (shapes.type != RECTANGLE))


def is_polygon(dataset: Dataset) -> Bools:
    """Whether a polygon has three points or more that can be painted."""
    shapes = dataset.shapes
    fine = (shapes.counts >= 6) & (shapes.counts % 2 == 0) & are_drawable(shapes.values, shapes.offsets)
    return np.asarray(fine | (shapes.type != POLYGON))


def is_mask(dataset: Dataset) -> Bools:
    """Whether a mask's run lengths fill its box, and the box lies in its frame."""
    shapes = dataset.shapes
    fine = np.ones(len(shapes), np.bool_)
    rows = np.flatnonzero(shapes.type == MASK)
    values, offsets = take(shapes.values, shapes.offsets, rows)
    sizes = dataset.frames.sizes(shapes.frame[rows])
    fine[[rows[place] for place, _ in check_cvat_rles(values, offsets, sizes)]] = False
    return fine | (shapes.outside & (shapes.track >= 0))  # those are not drawn


def is_ellipse(dataset: Dataset) -> Bools:
    """Whether an ellipse has four numbers that can be painted, on a frame of known size."""
    shapes = dataset.shapes
    sized = (dataset.frames.sizes(shapes.frame) > 0).all(axis=1)
    fine = sized & (shapes.counts == 4) & are_drawable(shapes.values, shapes.offsets)
    fine &= np.abs(shapes.rotation) < 1e9
    return np.asarray(fine | (shapes.type != ELLIPSE))


def is_small_ellipse(dataset: Dataset) -> Bools:
    """Whether an ellipse can be painted the server's way, which has all pixels of a square round it in memory."""
    shapes = dataset.shapes
    boxes, sizes = shapes.boxes(), dataset.frames.sizes(shapes.frame)
    with np.errstate(over="ignore", invalid="ignore"):
        side = 2 * np.abs(boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        pixels = np.minimum(side, sizes[:, 0]) * np.minimum(side, sizes[:, 1])
    return np.asarray((pixels <= _MOST_PIXELS) | (shapes.type != ELLIPSE))


def has_whole(dataset: Dataset) -> Bools:
    """Whether what is no part of a skeleton stands in the group of one, on its frame and in no track."""
    shapes = dataset.shapes
    alone = (shapes.track < 0) & (shapes.parent < 0)
    whole = alone & (shapes.type == SKELETON)
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    with_group = (shapes.group > 0) & alone
    skeletons, counts = np.unique(keys[whole & with_group], return_counts=True)
    grouped = with_group & np.isin(keys, skeletons[counts == 1])
    inner = (element_owners(dataset) >= 0) | (shapes.type == SKELETON)
    return np.asarray(inner | grouped)


def is_beside_whole(dataset: Dataset) -> Bools:
    """Whether what is no part of a skeleton stands in the group of one or more, on their frame, as the server asks."""
    shapes = dataset.shapes
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    whole = (shapes.type == SKELETON) & ~shapes.outside & (shapes.group > 0)
    inner = (element_owners(dataset) >= 0) | (shapes.type == SKELETON)
    return np.asarray(inner | ((shapes.group > 0) & np.isin(keys, keys[whole])))


def is_whole(dataset: Dataset) -> Bools:
    """Whether a skeleton has a point that is seen or occluded."""
    return has_points(dataset)


def is_point(dataset: Dataset) -> Bools:
    """Whether an element is a finite point whose label is one of its skeleton's."""
    shapes = dataset.shapes
    owners = element_owners(dataset)
    fine = np.ones(len(shapes), np.bool_)
    parents = np.array([-1 if label.parent is None else label.parent for label in dataset.labels], np.int64)
    ids = np.array([label.id for label in dataset.labels], np.int64)
    order = np.argsort(ids)
    elements = np.flatnonzero(owners >= 0)
    if not len(elements) or not len(ids):
        return fine
    place = order[np.minimum(np.searchsorted(ids[order], shapes.label[elements]), len(ids) - 1)]
    right = (ids[place] == shapes.label[elements]) & (parents[place] == shapes.label[owners[elements]])
    pair = shapes.take(elements)
    fine[elements] = right & (pair.counts == 2) & are_drawable(pair.values, pair.offsets)
    return fine


CONDITIONS = (
    Condition("shape of a label that is not defined", "a category needs a name", is_defined),
    Condition("shape outside", "an annotation is always seen", is_seen),
    Condition("rectangle without 4 numbers below 1e9 px", "a box has a place and a size", is_box),
    Condition("polygon that cannot be painted", "it needs 3 points below 1e9 px, x and y each", is_polygon),
    Condition("mask that does not fit its frame", "run lengths are those of the whole frame", is_mask),
    Condition(
        "ellipse that cannot be painted", "it needs 4 numbers below 1e9 px and a frame of known size", is_ellipse
    ),
)
_SMALL = Condition("ellipse of very many pixels", f"at most {_MOST_PIXELS:,} are painted", is_small_ellipse)

KEEPS = Keeps(
    shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS | {"group"}, MASK: _COLUMNS},
    tracks=frozenset({"attributes", "source"}),
    labels=DEFINITIONS,
    frames=frozenset({"name", "size", "subsets"}),
    conditions=CONDITIONS,
    rounding=Px(2),
    uses=USES,
)
SERVER_KEEPS = Keeps(
    shapes={
        RECTANGLE: _SERVER_COLUMNS | {"rotation"}, POLYGON: _SERVER_COLUMNS, MASK: _SERVER_COLUMNS,
        ELLIPSE: _SERVER_COLUMNS | {"rotation"},
    },
    tracks=frozenset({"attributes", "group"}),
    labels=frozenset({"name", "attributes", "sublabels"}),
    frames=frozenset({"name", "size", "subsets"}),
    uses=USES,
    conditions=(*CONDITIONS, _SMALL),
)  # fmt: skip

_GROUPED = frozenset({"group"})
KEYPOINT_KEEPS = Keeps(
    shapes={SKELETON: _COLUMNS | {"group"}, RECTANGLE: _GROUPED, POLYGON: _GROUPED, MASK: _GROUPED},
    elements=frozenset({"occluded", "outside", "keyframe"}),
    tracks=frozenset({"attributes", "source"}),
    labels=DEFINITIONS | {"svg", "sublabels"},
    frames=frozenset({"name", "size", "subsets"}),
    conditions=(
        *CONDITIONS,
        Condition("element that is no point of its skeleton", "keypoints are those of the category", is_point),
        Condition("skeleton of which no point is seen", "it has no place", is_whole),
        Condition("shape without a skeleton", "it is not in the group of one, on its frame", has_whole),
    ),
    rounding=Px(2),
    uses=USES,
)
SERVER_KEYPOINT_KEEPS = Keeps(
    shapes={**SERVER_KEEPS.shapes, SKELETON: _SERVER_COLUMNS},
    elements=frozenset({"occluded", "outside", "keyframe"}),
    tracks=frozenset({"attributes", "group"}),
    labels=frozenset({"name", "attributes", "svg", "sublabels"}),
    frames=frozenset({"name", "size", "subsets"}),
    uses=USES,
    conditions=(
        *KEYPOINT_KEEPS.conditions[:-1],
        _SMALL,
        Condition("shape without a skeleton", "it is not in the group of one, on its frame", is_beside_whole),
    ),
)
