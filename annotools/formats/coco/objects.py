"""One object a row: the shapes that make one annotation of COCO, its box, its area, its segmentation.

    polygon, polygon of one group     segmentation [[...], [...]], box round both, area of what they cover together
    rectangle                         segmentation [], area width x height
    mask                              segmentation {"size": ..., "counts": ...}

Source: https://cocodataset.org/#format-data; for what the server makes of mixed groups see `joined`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from annotools.formats.coco import joined
from annotools.geometry.boxes import hull_boxes, xyxy_to_xywh
from annotools.geometry.masks import polygons_to_cvat_rle, union_cvat_rle
from annotools.geometry.ragged import Ragged, concat, lengths, offsets_of, row_of_value, segment_max, segment_min, take
from annotools.geometry.raster import polygon_pixel_areas
from annotools.geometry.rle import cvat_rle_areas, cvat_rle_boxes
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Dataset, Shapes
from annotools.model.tables import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Members:
    """Rows of `shapes`, object by object.  ends: (objects + 1,) offsets into rows."""

    rows: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.ends) - 1

    def part(self, start: int, stop: int) -> Members:
        """Some objects."""
        ends = self.ends[start : stop + 1]
        return Members(self.rows[ends[0] : ends[-1]], ends - ends[0])

    def of(self, objects: Ints) -> Members:
        """The objects of these numbers."""
        return Members(*take(self.rows, self.ends, objects))


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects, a column each.

    leader: the row of `shapes` that gives label and attributes.  boxes: (n, 4) left, top, width, height.
    polygons: ragged points of all parts; parts: (n + 1,) the parts of each object.
    masks: ragged cvat_rles; mask: (n,) which of them each object has, -1 for none.
    """

    leader: Ints
    boxes: Floats
    areas: Floats
    polygons: Ragged
    parts: Ints
    masks: Ragged
    mask: Ints


def members_of(shapes: Shapes, rows: Ints, server: bool) -> Members:
    """Rows put together to objects: those of one group on one frame are one.

    server: in the order of the server's export: by frame, the ungrouped by z_order, then group by group; else an
    object stands where its first row does.
    """
    frame, group = shapes.frame[rows], shapes.group[rows]
    if server:
        order = np.lexsort((shapes.z_order[rows], group, frame))
        first = np.where(group[order] > 0, group[order], -1 - np.arange(len(order)))
    else:
        places = _first_places(frame, group)
        order = np.lexsort((places, frame))
        first = places[order]
    frame = frame[order]
    starts = np.flatnonzero((np.diff(first, prepend=-1) != 0) | (np.diff(frame, prepend=-1) != 0))
    return Members(rows[order], np.append(starts, len(order)))


def _first_places(frame: Ints, group: Ints) -> Ints:
    places = np.arange(len(frame))
    grouped = np.flatnonzero(group > 0)
    if len(grouped):
        pairs = np.stack([frame[grouped], group[grouped]], axis=1)
        _, first, which = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
        places[grouped] = grouped[first][which.reshape(-1)]
    return places


def describe(dataset: Dataset, members: Members, server: bool) -> Objects:
    """What COCO says of each object.

    server: groups are mixed, and joined as the server joins them.  The points of a skeleton are those it shows.
    """
    shapes = dataset.shapes.take(members.rows)
    sizes = _sizes(dataset, shapes)
    if server:
        shapes = joined.painted(shapes, sizes)
    leader = joined.leaders(shapes, members.ends) if server else members.ends[:-1]
    polygon, mask = shapes.type == POLYGON, shapes.type == MASK
    owner = row_of_value(members.ends)
    mixed = np.zeros(len(members), np.bool_)
    if server:
        mixed[owner[mask]] = True
        mixed &= lengths(members.ends) > 1
    plain = polygon & ~mixed[owner]
    joint = joined.segmentations(shapes, sizes, members.ends, leader, np.flatnonzero(mixed))
    polygons, parts = _parts([(owner[plain], take(shapes.values, shapes.offsets, plain)), joint.polygons], len(mixed))
    single = np.flatnonzero(mask & ~mixed[owner])
    which = np.full(len(mixed), -1)
    which[np.concatenate([owner[single], joint.mask_owner])] = np.arange(len(single) + len(joint.mask_owner))
    masks = concat([take(shapes.values, shapes.offsets, single), joint.masks])
    boxes = _object_boxes(shapes, _row_boxes(shapes), members.ends)
    found = Objects(members.rows[leader], boxes, np.zeros(0), polygons, parts, masks, which)
    return _with_areas(found, sizes[leader])


def _sizes(dataset: Dataset, shapes: Shapes) -> Ints:
    """Width and height of each row's frame; of one that nobody knows, as much as the shape needs."""
    sizes = dataset.frames.sizes(shapes.frame)
    unknown = (sizes == 0).any(axis=1)
    if unknown.any():
        reach = segment_max(shapes.values, shapes.offsets, 0)
        sizes[unknown] = np.clip(np.ceil(reach), 1, 1 << 15).astype(np.int64)[unknown, None]
    return sizes


def _row_boxes(shapes: Shapes) -> Floats:
    """Left, top, width, height of each row."""
    boxes = np.zeros((len(shapes), 4))
    box, polygon, mask = (shapes.type == kind for kind in (RECTANGLE, POLYGON, MASK))
    boxes[box] = xyxy_to_xywh(shapes.boxes()[box])
    hulled = polygon | ((shapes.type == SKELETON) & (shapes.counts > 0))
    if hulled.any():
        boxes[hulled] = xyxy_to_xywh(hull_boxes(*take(shapes.values, shapes.offsets, hulled)))
    if mask.any():
        edges = cvat_rle_boxes(*take(shapes.values, shapes.offsets, mask))
        edges[:, 2:] += 1
        boxes[mask] = np.where(edges[:, :1] < 0, 0, xyxy_to_xywh(edges))
    return boxes


def row_areas(dataset: Dataset, shapes: Shapes) -> Floats:
    """The pixels of polygons and masks, 0 for other rows.  (n,)"""
    sizes = _sizes(dataset, shapes)
    areas = np.zeros(len(shapes))
    polygon, mask = shapes.type == POLYGON, shapes.type == MASK
    if polygon.any():
        areas[polygon] = polygon_pixel_areas(*take(shapes.values, shapes.offsets, polygon), sizes[polygon])
    if mask.any():
        areas[mask] = cvat_rle_areas(*take(shapes.values, shapes.offsets, mask))
    return areas


def _object_boxes(shapes: Shapes, boxes: Floats, ends: Ints) -> Floats:
    """The box round the rectangles of an object, or else round what it covers, or else round its skeleton."""
    rank = np.select([shapes.type == RECTANGLE, shapes.type == SKELETON], [0, 2], 1)
    counted: Bools = rank == segment_min(rank, ends, 0)[row_of_value(ends)]
    low = np.where(counted[:, None], boxes[:, :2], np.inf)
    high = np.where(counted[:, None], boxes[:, :2] + boxes[:, 2:], -np.inf)
    low, high = segment_min(low, ends), segment_max(high, ends)
    return np.concatenate([low, high - low], axis=1)


def _parts(pieces: list[tuple[Ints, Ragged]], count: int) -> tuple[Ragged, Ints]:
    """Polygons of several sources, object by object."""
    owner = np.concatenate([owner for owner, _ in pieces])
    order = np.argsort(owner, kind="stable")
    values, offsets = take(*concat([ragged for _, ragged in pieces]), order)
    return (values, offsets), offsets_of(np.bincount(owner, minlength=count))


def _with_areas(found: Objects, sizes: Ints) -> Objects:
    """Areas: of a box its sides, of a mask or single part its pixels, of several parts what they cover together."""
    counts = lengths(found.parts)
    areas = np.abs(found.boxes[:, 2] * found.boxes[:, 3])
    masked = found.mask >= 0
    areas[masked] = cvat_rle_areas(*found.masks)[found.mask[masked]]
    single = found.parts[:-1][counts == 1]
    areas[counts == 1] = polygon_pixel_areas(*take(*found.polygons, single), sizes[counts == 1])
    several = np.flatnonzero(counts > 1)
    if len(several):
        owner = row_of_value(found.parts)
        picked = np.flatnonzero(counts[owner] > 1)
        masks = polygons_to_cvat_rle(*take(*found.polygons, picked), sizes[owner[picked]])
        places = np.searchsorted(several, owner[picked])
        areas[several] = cvat_rle_areas(*union_cvat_rle(*masks, places, len(several)))
    return replace(found, areas=areas)
