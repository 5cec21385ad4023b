"""One object a row: the shapes that make one annotation of COCO, its box, its area, its segmentation.

    polygon, polygon of one group     segmentation [[...], [...]], box round both, the sum of their areas
    rectangle                         segmentation [], area width x height; a turned one has its corners as outline
    mask                              segmentation {"size": [h, w], "counts": ...}, area its pixels; column-major runs,
                                      as compressed text or as a list

Source: https://cocodataset.org/#format-data; for what the server makes of groups see `server`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.formats.kernel.json_rows import part_texts
from annotools.formats.kernel.jsonfile import dumped
from annotools.geometry.boxes import are_turned, hull_boxes, rotated_corners
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.ragged import Ragged, concat, lengths, offsets_of, row_of_value, segment_min, segment_sum, take
from annotools.geometry.rle import cvat_rle_areas, cvat_rle_boxes, cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.geometry.widths import widths
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Dataset, Shapes
from annotools.model.tables import Bools, Floats, Ints
from annotools.transform.rows import recast


class Members(msgspec.Struct, frozen=True):
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

    @property
    def first(self) -> Ints:
        """The first row of each object."""
        return np.asarray(self.rows[self.ends[:-1]])


class Objects(msgspec.Struct, frozen=True):
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


def in_order(shapes: Shapes, rows: Ints) -> Members:
    """Rows put together to objects: those of one group on one frame are one, which stands where its first row does.

    An object's own rows stay in the order in which they are given.
    """
    frame, group = shapes.frame[rows], shapes.group[rows]
    places = rows.astype(np.int64)
    grouped = np.flatnonzero((group > 0) & (shapes.track[rows] < 0))
    if len(grouped):
        keys = frame[grouped] * (int(group.max()) + 1) + group[grouped]
        _, which = np.unique(keys, return_inverse=True)
        first = np.full(len(rows), np.iinfo(np.int64).max)
        np.minimum.at(first, which.reshape(-1), places[grouped])
        places[grouped] = first[which.reshape(-1)]
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1) != 0)
    return Members(rows[order], np.append(starts, len(order)))


def described(dataset: Dataset, members: Members) -> Objects:
    """What COCO says of each object.

    The points of a skeleton are those it shows; a turned rectangle is the polygon that is seen.
    """
    shapes = _outlined(dataset.shapes.take(members.rows))
    corners = object_corners(shapes, members.ends)
    boxes = np.concatenate([corners[:, :2], widths(corners[:, :2], corners[:, 2:])], axis=1)
    objects = replace(_drawn(shapes, members), boxes=boxes, areas=np.abs(boxes[:, 2] * boxes[:, 3]))
    return _with_turned(_with_areas(objects), dataset.shapes, members)


def drawn(dataset: Dataset, members: Members) -> Objects:
    """The same without boxes and areas, which are known."""
    return _drawn(_outlined(dataset.shapes.take(members.rows)), members)


def _drawn(shapes: Shapes, members: Members) -> Objects:
    polygon, mask = shapes.type == POLYGON, np.flatnonzero(shapes.type == MASK)
    owner = row_of_value(members.ends)
    polygons, parts = parts_of([(owner[polygon], take(shapes.values, shapes.offsets, polygon))], len(members))
    which = np.full(len(members), -1)
    which[owner[mask]] = np.arange(len(mask))
    masks = take(shapes.values, shapes.offsets, mask)
    none = np.zeros((0, 4)), np.zeros(0)
    return Objects(members.first, *none, polygons, parts, masks, which)


def _with_turned(objects: Objects, shapes: Shapes, members: Members) -> Objects:
    """Areas of turned rectangles: those of their sides, without the digits that turning adds."""
    alone = np.flatnonzero(_are_turned(shapes, objects.leader) & (lengths(members.ends) == 1))
    if not len(alone):
        return objects
    corners, areas = shapes.take(objects.leader[alone]).boxes(), objects.areas.copy()
    areas[alone] = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    return replace(objects, areas=areas)


def _are_turned(shapes: Shapes, rows: Ints) -> Bools:
    """Whether some rows are rectangles that do not stand upright."""
    turned = are_turned(shapes.rotation[rows])
    return turned & (shapes.type[rows] == RECTANGLE) if turned.any() else turned


def rectangles(shapes: Shapes, members: Members) -> tuple[Ints, Floats]:
    """The objects whose rectangle neither `bbox` nor `segmentation` alone tells, and left, top, width, height of it."""
    types = shapes.type[members.rows]
    unclear = _are_turned(shapes, members.rows)
    if len(members.rows) > len(members):
        outlined = segment_sum(np.isin(types, (POLYGON, MASK)).astype(np.int64), members.ends) > 0
        unclear |= outlined[row_of_value(members.ends)]
    rows = np.flatnonzero(unclear & (types == RECTANGLE))
    corners = shapes.take(members.rows[rows]).boxes()
    sizes = widths(corners[:, :2], corners[:, 2:])
    return row_of_value(members.ends)[rows], np.concatenate([corners[:, :2], sizes], axis=1)


def _outlined(shapes: Shapes) -> Shapes:
    """Turned rectangles as the polygons that are seen."""
    rows = np.flatnonzero(_are_turned(shapes, np.arange(len(shapes))))
    if not len(rows):
        return shapes
    corners = rotated_corners(shapes.boxes(rows), shapes.rotation[rows]).reshape(-1)
    return recast(shapes, rows, (corners, 8 * np.arange(len(rows) + 1)), type=POLYGON)


def object_corners(shapes: Shapes, ends: Ints) -> Floats:
    """The box round the rectangles of an object, or else round what it covers, or else round its skeleton."""
    corners = _row_corners(shapes)
    if len(shapes) == len(ends) - 1:  # each by itself
        return corners
    rank = np.select([shapes.type == RECTANGLE, shapes.type == SKELETON], [0, 2], 1)
    counted: Bools = rank == segment_min(rank, ends, 0)[row_of_value(ends)]
    low = segment_min(np.where(counted[:, None], corners[:, :2], np.inf), ends)
    high = -segment_min(np.where(counted[:, None], -corners[:, 2:], np.inf), ends)
    return np.concatenate([low, high], axis=1)


def _row_corners(shapes: Shapes) -> Floats:
    """Left, top, right, bottom of each row."""
    corners = np.zeros((len(shapes), 4))
    box, polygon, mask = (shapes.type == kind for kind in (RECTANGLE, POLYGON, MASK))
    corners[box] = shapes.boxes(box)
    hulled = polygon | ((shapes.type == SKELETON) & (shapes.counts > 0))
    if hulled.any():
        corners[hulled] = hull_boxes(*take(shapes.values, shapes.offsets, hulled))
    if mask.any():
        edges = cvat_rle_boxes(*take(shapes.values, shapes.offsets, mask))
        edges[:, 2:] += 1
        corners[mask] = np.where(edges[:, :1] < 0, 0, edges)
    return corners


def parts_of(pieces: list[tuple[Ints, Ragged]], count: int) -> tuple[Ragged, Ints]:
    """Polygons of several sources, object by object."""
    owner = np.concatenate([owner for owner, _ in pieces])
    polygons = concat([ragged for _, ragged in pieces])
    if (owner[1:] < owner[:-1]).any():
        polygons = take(*polygons, np.argsort(owner, kind="stable"))
    return polygons, offsets_of(np.bincount(owner, minlength=count))


def _with_areas(objects: Objects) -> Objects:
    """Areas: of a box its sides, of a mask its pixels, of outlines the sum of what is inside each."""
    areas = objects.areas.copy()
    masked = objects.mask >= 0
    areas[masked] = cvat_rle_areas(*objects.masks)[objects.mask[masked]]
    outlined = lengths(objects.parts) > 0
    if outlined.any():
        areas[outlined] = segment_sum(polygon_areas(*objects.polygons), objects.parts)[outlined]
    return replace(objects, areas=areas)


Item = dict[str, Any]


def segmentations(dataset: Dataset, objects: Objects, compressed: Bools) -> list[bytes]:
    """What is drawn of each object.  compressed: whose runs are."""
    texts = _polygons(objects)
    places = np.flatnonzero(objects.mask >= 0)
    if len(places):
        sizes = dataset.frames.sizes(dataset.shapes.frame[objects.leader[places]])
        for row, rle in zip(places.tolist(), _rles(objects, places, sizes, compressed[places]), strict=True):
            texts[row] = dumped(rle)
    return texts


def _polygons(objects: Objects) -> list[bytes]:
    parts, counts, first = part_texts(*objects.polygons), lengths(objects.parts), objects.parts[:-1]
    pairs = zip(counts.tolist(), first.tolist(), strict=True)
    texts = [b"[[%b]]" % parts[start] if count == 1 else b"[]" for count, start in pairs]
    for row in np.flatnonzero(counts > 1).tolist():
        texts[row] = b"[[%b]]" % b"],[".join(parts[first[row] : first[row] + counts[row]])
    return texts


def _rles(objects: Objects, places: Ints, sizes: Ints, compressed: Bools) -> list[Item]:
    counts, ends = cvat_rle_to_coco_rle(*take(*objects.masks, objects.mask[places]), sizes)
    packed = (text.decode("ascii") for text in compress_counts(*take(counts, ends, compressed)))
    cuts = zip(compressed.tolist(), pairwise(ends.tolist()), strict=True)
    texts = [next(packed) if small else counts[start:stop].tolist() for small, (start, stop) in cuts]
    return [{"size": size[::-1], "counts": text} for size, text in zip(sizes.tolist(), texts, strict=True)]
