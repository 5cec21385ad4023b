"""What CVAT's XML can carry, and the rows that it cannot say."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np

from annotools.formats.cvat_xml.naming import resolved
from annotools.model import Condition, Dataset, Keeps
from annotools.model.codes import CUBOID, ELLIPSE, MASK, POINTS, POLYGON, POLYLINE, RECTANGLE, SKELETON, ShapeType
from annotools.model.tables import Bools, Ints

BARE = "xml-bare-skeletons"
CLOSING = "xml-closing-frames"
FILLED = "xml-default-attributes"
_UNTOLD = "labels are said by name"

TASK_FIELDS = frozenset(
    {
        "name", "mode", "subset", "start_frame", "stop_frame", "step", "overlap", "bug_tracker", "owner", "owner_email",
        "assignee", "assignee_email", "created", "updated", "source_name",
    }
)  # fmt: skip
_NUMBERS = {RECTANGLE: 4, ELLIPSE: 4, CUBOID: 16, SKELETON: 0}


def kept_shapes(columns: Set[str]) -> dict[ShapeType, Set[str]]:
    """The columns of every shape type; rotation only where it can be said."""
    return {kind: columns | {"rotation"} if kind in (RECTANGLE, ELLIPSE) else columns for kind in ShapeType}


def compat_keeps(keeps: Keeps) -> Keeps:
    """What the server's own writer carries: numbers are rounded when they are written, not before."""
    bare = kept_shapes(keeps.shapes[RECTANGLE]) | {SKELETON: keeps.shapes[SKELETON] - {"occluded", "outside"}}
    return replace(
        keeps, shapes=bare, elements=(keeps.elements or frozenset()) - {"group"}, rounding=None,
        frames=keeps.frames | {"deleted"}, conditions=COMPAT_CONDITIONS,
    )  # fmt: skip


def _well_formed(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    counts = shapes.counts
    good = np.isin(shapes.type, (POLYGON, POLYLINE, POINTS)) & (counts % 2 == 0) & (counts > 0)
    for kind, count in _NUMBERS.items():
        good |= (shapes.type == kind) & (counts == count)
    return np.asarray(good | ((shapes.type == MASK) & (counts >= 4)))


def _finite(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    good = np.isfinite(shapes.rotation)
    odd = np.flatnonzero(~np.isfinite(shapes.values))
    good[np.searchsorted(shapes.offsets, odd, "right") - 1] = False
    return good


def _whole_masks(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    masks = np.flatnonzero(shapes.type == MASK)
    good = np.ones(len(shapes), np.bool_)
    if len(masks):
        table = shapes.take(masks)
        with np.errstate(invalid="ignore"):
            odd = ~((table.values == np.rint(table.values)) & (np.abs(table.values) < 2**53))
        bad = np.unique(np.repeat(np.arange(len(masks)), table.counts)[odd])
        good[masks[bad]] = False
    return good


def _below_skeletons(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    good = shapes.parent < 0
    good[~good] = shapes.type[shapes.parent[~good]] == SKELETON
    return np.asarray(good)


def _defined(table: str) -> Condition:
    return Condition(
        f"{table[:-1]} of an unknown label", _UNTOLD,
        lambda dataset: np.isin(getattr(dataset, table).label, list(dataset.labels.by_id)), table,  # type: ignore[arg-type] # a word of Condition
    )  # fmt: skip


def _told_shapes(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    above = np.where(shapes.parent >= 0, shapes.label[shapes.parent], -1)
    over = np.append(dataset.tracks.parent, -1)[shapes.track]
    above = np.where(over >= 0, np.append(dataset.tracks.label, -1)[over], above)
    return _told(dataset, shapes.label, above)


def _told_tags(dataset: Dataset) -> Bools:
    return _told(dataset, dataset.tags.label, np.full(len(dataset.tags), -1))


def _told_tracks(dataset: Dataset) -> Bools:
    tracks = dataset.tracks
    return _told(dataset, tracks.label, np.where(tracks.parent >= 0, tracks.label[tracks.parent], -1))


def _told(dataset: Dataset, label: Ints, above: Ints) -> Bools:
    """Whether the name of a label, below that of its skeleton, leads back to it."""
    names = {known.id: known.name for known in dataset.labels}
    numbers, place = np.unique(label, return_inverse=True)
    overs, column = np.unique(above, return_inverse=True)
    table = np.zeros((len(numbers), len(overs)), np.bool_)
    for row, number in enumerate(numbers.tolist()):
        if number in names:
            table[row] = [resolved(dataset.labels, names[number], over) == number for over in overs.tolist()]
    return np.asarray(table[place, column])


COMPAT_CONDITIONS = (
    Condition("shape with a coordinate that is no number", "there is nothing between it and others", _finite),
    Condition("part of a shape that is no skeleton", "only skeletons have parts", _below_skeletons),
    Condition("shape with a wrong number of values", "its type needs another", _well_formed),
    *map(_defined, ("shapes", "tags", "tracks")),
)
CONDITIONS = (
    *COMPAT_CONDITIONS,
    Condition("mask with values that are no whole numbers", "the format has whole numbers there", _whole_masks),
    Condition("shape of a label that its name does not tell", _UNTOLD, _told_shapes),
    Condition("track of a label that its name does not tell", _UNTOLD, _told_tracks, "tracks"),
    Condition("tag of a label that its name does not tell", _UNTOLD, _told_tags, "tags"),
)
