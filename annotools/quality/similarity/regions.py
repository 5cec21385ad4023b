"""Polygons and masks: one pool, compared as pixels, unit by unit.

    group 4: two polygons of car, one of road      two units: car with two members, road with one
    ungrouped                                      each a unit of its own

Under the panoptic comparison a unit is what of it is not hidden by what lies above it in the same job.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints, expand_ranges, lengths, row_of_value
from annotools.model import ShapeType
from annotools.quality import pixels
from annotools.quality.drawings import drawn
from annotools.quality.layers import visible
from annotools.quality.objects import Objects
from annotools.quality.pixels import Pixels


@dataclass(frozen=True, eq=False)
class Units:
    """What is compared as one.  members: rows of the objects, ragged by `offsets`; block and label: of each unit."""

    members: Ints
    offsets: Ints
    block: Ints
    label: Ints
    pixels: Pixels
    box: Floats

    def similarity(self, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
        """Pair by pair of units.  (n,)"""
        shares = np.zeros(len(i))
        near = np.flatnonzero(self._filled[i] & self._filled[j])
        near = near[pixels.meet(self.box[i[near]], self.box[j[near]])]
        shares[near] = pixels.ious(self.pixels, i[near], j[near], frame_pair[near])
        return shares

    def near(self, i: Ints, j: Ints) -> Bools:
        """Rows by columns: whether two units may have a pixel in common."""
        apart = ~(self._filled[i, None] & self._filled[None, j])
        if not apart.all():
            apart |= ~pixels.meet(self.box[i, None], self.box[None, j])
        return ~apart

    @cached_property
    def _filled(self) -> Bools:
        """Whether there is anything to be seen of each."""
        return lengths(self.pixels.offsets) > 0


def units(objects: Objects, rows: Ints, *, panoptic: bool, grouped: bool = True) -> Units:
    """The units of polygons and masks (`rows`), by frame: ungrouped ones first, then groups, each label by itself."""
    mask, block = objects.type[rows] == ShapeType.MASK, objects.block[rows]
    group = objects.group[rows] if grouped else np.zeros(len(rows), np.int64)
    alone = np.zeros(len(rows), np.int64)
    alone[np.lexsort((np.arange(len(rows)), mask, block))] = np.arange(len(rows))
    alone = np.where(group == 0, alone, -1)
    label = np.where(group == 0, -1, objects.label[rows])
    order = np.lexsort((mask, label, alone, group, block))
    columns = [column[order] for column in (block, group, alone, label)]
    fresh = np.any([np.diff(column, prepend=column[:1] - 1) != 0 for column in columns], axis=0)
    starts, members = np.flatnonzero(fresh), rows[order]
    offsets = np.append(starts, len(members))
    parts = _drawn(objects, members, offsets, panoptic=panoptic)
    boxes = _boxes(objects.box[members], starts)
    return Units(members, offsets, objects.block[members[starts]], objects.label[members[starts]], parts, boxes)


def _boxes(boxes: Floats, starts: Ints) -> Floats:
    if not len(starts):
        return boxes
    low, high = np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)
    return np.concatenate([low, high], axis=1)


def _drawn(objects: Objects, members: Ints, offsets: Ints, *, panoptic: bool) -> Pixels:
    """The pixels of each unit."""
    whole = drawn(objects, members)
    if panoptic:
        whole = _seen(whole, objects, members, offsets)
    return pixels.unions(whole, offsets)


def _seen(whole: Pixels, objects: Objects, members: Ints, offsets: Ints) -> Pixels:
    """Each shape without what lies above it."""
    block = objects.block[members]
    crowded = [part for part in pixels.runs(block) if pixels.any_meet(objects.box[members[part]])]
    if not crowded:
        return whole
    order = np.concatenate([np.arange(part.start, part.stop) for part in crowded])
    order = order[np.lexsort((row_of_value(offsets)[order], objects.z_order[members[order]], block[order]))]
    rest = np.delete(np.arange(len(whole)), order)
    return pixels.scattered([rest, order], [whole.take(rest), visible(whole.take(order), block[order])])


def expanded(pairs: tuple[Ints, Ints], table: Units) -> tuple[Ints, Ints, Ints]:
    """Pairs of units as pairs of their members: rows of the first, of the second, and the number of the pair."""
    first, second = (np.diff(table.offsets)[side] for side in pairs)
    pair = np.repeat(np.arange(len(first)), first)
    lefts = table.members[expand_ranges(table.offsets[pairs[0]], first)]
    times = second[pair]
    rights = table.members[expand_ranges(table.offsets[pairs[1][pair]], times)]
    return np.repeat(lefts, times), rights, np.repeat(pair, times)


def spread(chosen: Ints, table: Units) -> tuple[Ints, Ints]:
    """Units as their members: rows, and the number of the unit in `chosen`."""
    counts = np.diff(table.offsets)[chosen]
    rows = table.members[expand_ranges(table.offsets[chosen], counts)]
    return rows, np.repeat(np.arange(len(chosen)), counts)
