"""Points of objects in one column; those of a skeleton are its elements, in the order of the sublabels.

A sublabel without an element, or whose element is outside, has the point 0, 0 and is absent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Floats, Ints, expand_ranges, offsets_of
from annotools.model import Dataset
from annotools.model.tables import Codes
from annotools.tracks.elements import element_owners

ABSENT, HIDDEN, VISIBLE = range(3)


class Points(NamedTuple):
    """values, offsets: ragged x0 y0 x1 y1 ...  states: of each point, absent, hidden or visible."""

    values: Floats
    offsets: Ints
    states: Codes


def with_elements(dataset: Dataset, starts: Ints, counts: Ints, label: Ints, skeleton: Ints) -> Points:
    """The points of objects.

    starts, counts: where in `shapes.values` an object has its own.  label: ids.  skeleton: the row of `shapes` of an
    object that is one, else -1.
    """
    slots = _slots(dataset)
    sizes = {row.id: len(dataset.labels.sublabels(row.id)) for row in dataset.labels.top}
    of_skeletons = np.array([sizes[number] for number in label.tolist()], np.int64)
    offsets = offsets_of(np.where(skeleton >= 0, 2 * of_skeletons, counts))
    values = np.zeros(offsets[-1])
    own = np.flatnonzero(skeleton < 0)
    values[expand_ranges(offsets[own], counts[own])] = dataset.shapes.values[expand_ranges(starts[own], counts[own])]
    states = np.full(len(values) // 2, VISIBLE, np.int8)
    whole = np.flatnonzero(skeleton >= 0)
    states[expand_ranges(offsets[whole] // 2, of_skeletons[whole])] = ABSENT
    if len(whole):
        _place_elements(dataset, slots, skeleton, Points(values, offsets, states))
    return Points(values, offsets, states)


def _slots(dataset: Dataset) -> dict[int, int]:
    """The position of each sublabel in its skeleton, by id."""
    return {
        part.id: slot for top in dataset.labels.top for slot, part in enumerate(dataset.labels.sublabels(top.id))
    }  # fmt: skip


def _place_elements(dataset: Dataset, slots: dict[int, int], skeleton: Ints, points: Points) -> None:
    """Put the elements of skeletons at the positions of their sublabels."""
    shapes, owner = dataset.shapes, element_owners(dataset)
    home = np.full(len(shapes) + 1, -1)
    home[skeleton] = np.arange(len(skeleton))
    home[-1] = -1
    rows = np.flatnonzero((owner >= 0) & (shapes.counts >= 2) & ~shapes.outside)
    rows = rows[home[owner[rows]] >= 0]
    slot = np.array([slots.get(number, -1) for number in shapes.label[rows].tolist()], np.int64)
    thing = home[owner[rows]]
    fits = (slot >= 0) & (2 * slot < np.diff(points.offsets)[thing])
    rows, vertex = rows[fits], points.offsets[thing[fits]] // 2 + slot[fits]
    points.states[vertex] = np.where(shapes.occluded[rows], HIDDEN, VISIBLE)
    for axis in (0, 1):
        points.values[2 * vertex + axis] = shapes.values[shapes.offsets[rows] + axis]
