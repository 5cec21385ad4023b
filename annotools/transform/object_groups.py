"""groups-to-objects: only groups that make one annotation stay, and what belongs to one says the same.

    polygons of one label and frame                     the parts of one object
    a skeleton with a rectangle, polygons or a mask     a person, their box and their outline

    groups-to-objects=apart     polygons stay alone

All of an object say what its skeleton says, or else what the largest part does.  Tracks must have no part in it.
"""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.errors import UsageError
from annotools.geometry.polygons import polygon_areas
from annotools.geometry.ragged import take
from annotools.model import MASK, POLYGON, RECTANGLE, SKELETON, Attributes, Dataset, Losses, Owner, Shapes
from annotools.model.columns import without
from annotools.model.extras import Extra, codes
from annotools.model.losses import Ledger
from annotools.model.row_groups import row_groups
from annotools.model.row_numbers import is_number
from annotools.model.tables import Bools, Ints
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.track_gaps import copied_attributes

_APART = "apart"
_WHY = "all parts of an object say the same"
_SHARED = ("label", "occluded", "z_order", "rotation", "source", "score", "job")


class _Objects(msgspec.Struct, frozen=True):
    """Rows of objects that have several.  leader: for each, the row that speaks for its object."""

    rows: Ints
    leader: Ints

    def __add__(self, other: _Objects) -> _Objects:
        return _Objects(np.concatenate([self.rows, other.rows]), np.concatenate([self.leader, other.leader]))


def groups_to_objects(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Groups of what makes one annotation; whatever else was in a group is alone."""
    if argument not in ("", _APART):
        raise UsageError(f"transform groups-to-objects={argument}, expected {_APART} or nothing")
    ledger, shapes = Ledger(), dataset.shapes
    persons = _persons(shapes)
    parts = _parts(shapes, without(np.flatnonzero(_plain(shapes)), persons.rows)) if not argument else _NOTHING
    objects = persons + parts
    group = np.zeros(len(shapes), np.int64)
    group[objects.rows] = 1 + np.unique(objects.leader, return_inverse=True)[1].reshape(-1)
    why = "only polygons of one label, or a skeleton with its box or outline, are one annotation"
    ledger.lost("group of shape", why, dataset, "shapes", _plain(shapes) & (group == 0), column="group")
    _say_parted(dataset, objects, group, ledger)
    dataset = _without_other_groups(dataset, ledger)
    return _evened(dataset.replace(shapes=shapes.replace(group=group)), objects, ledger), ledger.losses()


def _say_parted(dataset: Dataset, objects: _Objects, group: Ints, ledger: Ledger) -> None:
    """Name the rows that stay in a group which others leave."""
    tables = (dataset.shapes, dataset.tags, dataset.tracks, dataset.intervals)
    everyone = np.concatenate([table.group for table in tables])
    numbers, members = np.unique(everyone, return_counts=True)
    before = members[np.searchsorted(numbers, dataset.shapes.group[objects.rows])]
    after = np.bincount(group)[group[objects.rows]]
    rows = objects.rows[before != after]
    ledger.changed("group of shape", "others of it are no part of the object", dataset, "shapes", rows, column="group")


def whole_objects(shapes: Shapes) -> tuple[Ints, Ints]:
    """The rows of objects that have several, and for each the row that speaks for its object."""
    persons = _persons(shapes)
    parts = _parts(shapes, without(np.flatnonzero(_plain(shapes)), persons.rows))
    return (persons + parts).rows, (persons + parts).leader


def _without_other_groups(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Tags and tracks in no group."""
    why = "only shapes are put together"
    of_track = (dataset.shapes.track >= 0) & (dataset.shapes.group != 0)
    ledger.lost("group of shape of a track", why, dataset, "shapes", of_track, column="group")
    free = {}
    for name in ("tags", "tracks", "intervals"):
        table = getattr(dataset, name)
        ledger.lost(f"group of {name[:-1]}", why, dataset, name, table.group != 0, column="group")
        free[name] = table.replace(group=np.zeros(len(table), np.int64))
    return dataset.replace(**free)


_NOTHING = _Objects(np.zeros(0, np.int64), np.zeros(0, np.int64))


def _plain(shapes: Shapes) -> Bools:
    """Rows of groups that are in no track and no elements."""
    return np.asarray((shapes.track < 0) & (shapes.parent < 0) & (shapes.group > 0))


def _parts(shapes: Shapes, rows: Ints) -> _Objects:
    """Polygons of one frame, group and label, two at least; the largest speaks."""
    rows = rows[shapes.type[rows] == POLYGON]
    if not len(rows):
        return _NOTHING
    key = row_groups([shapes.frame[rows], shapes.group[rows], shapes.label[rows]], len(rows))
    _, which = np.unique(key, return_inverse=True)
    which = which.reshape(-1)
    several = np.bincount(which)[which] > 1
    rows, which = rows[several], which[several]
    areas = polygon_areas(*take(shapes.values, shapes.offsets, rows))
    order = np.lexsort((rows, -areas, which))
    _, first = np.unique(which[order], return_index=True)
    return _Objects(rows, rows[order[first]][np.unique(which, return_inverse=True)[1].reshape(-1)])


def _persons(shapes: Shapes) -> _Objects:
    """Skeletons that are the only one of their group on their frame, with what is drawn of them."""
    plain = _plain(shapes)
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    whole = np.flatnonzero(plain & (shapes.type == SKELETON))
    unique, counts = np.unique(keys[whole], return_counts=True)
    whole = whole[np.isin(keys[whole], unique[counts == 1])]
    drawn = np.flatnonzero(plain & np.isin(shapes.type, (RECTANGLE, POLYGON, MASK)) & np.isin(keys, keys[whole]))
    drawn = drawn[np.argsort(keys[drawn], kind="stable")]
    starts, stops = (np.searchsorted(keys[drawn], keys[whole], side) for side in ("left", "right"))
    rows: list[int] = []
    leaders: list[int] = []
    for row, start, stop in zip(whole.tolist(), starts.tolist(), stops.tolist(), strict=True):
        chosen = _chosen(shapes, drawn[start:stop]).tolist()
        rows += [row, *chosen] if chosen else []
        leaders += [row] * (len(chosen) + 1) if chosen else []
    return _Objects(np.array(rows, np.int64), np.array(leaders, np.int64))


def _chosen(shapes: Shapes, rows: Ints) -> Ints:
    """The first rectangle, and the polygons or else the first mask."""
    kinds = shapes.type[rows]
    outline = rows[kinds == POLYGON] if (kinds == POLYGON).any() else rows[kinds == MASK][:1]
    return np.concatenate([rows[kinds == RECTANGLE][:1], outline])


def _evened(dataset: Dataset, objects: _Objects, ledger: Ledger) -> Dataset:
    """What belongs to one object says what its leader says."""
    rows, leader = objects.rows, objects.leader
    if not len(rows):
        return dataset
    shapes = dataset.shapes
    columns = {name: getattr(shapes, name).copy() for name in _SHARED}
    for name, column in columns.items():
        unlike = rows[column[rows] != column[leader]]
        ledger.changed(f"{name} of part of an object", _WHY, dataset, "shapes", unlike, column=name)
        column[rows] = column[leader]
    source = np.arange(len(shapes))
    source[rows] = leader
    dataset = _with_extras(dataset, rows, leader, ledger)
    return _attributes_from(dataset.replace(shapes=dataset.shapes.replace(**columns)), source, ledger)


def _with_extras(dataset: Dataset, rows: Ints, leader: Ints, ledger: Ledger) -> Dataset:
    """Rows whose extras are those of their leaders; what follows from geometry stays."""
    extras = dict(dataset.shapes.extras)
    for name, extra in dataset.shapes.extras.items():
        if not extra.derived and not is_number(name):
            unlike = rows[_differ(extra, rows, leader)]
            ledger.changed(f"{name} of part of an object", _WHY, dataset, "shapes", unlike, column=f"extras.{name}")
            values, present = extra.values.copy(), extra.present.copy()
            values[rows], present[rows] = extra.values[leader], extra.present[leader]
            extras[name] = Extra(values, present)
    return dataset.replace(shapes=dataset.shapes.replace(extras=extras))


def _differ(extra: Extra, rows: Ints, leader: Ints) -> Bools:
    """Whether an extra of rows is another than that of their leaders."""
    if extra.values.dtype.kind in "biu":
        either = extra.present[rows] | extra.present[leader]
        unlike = (extra.present[rows] != extra.present[leader]) | (extra.values[rows] != extra.values[leader])
        return np.asarray(either & unlike)
    pairs = np.concatenate([rows, leader])
    code = codes(Extra(extra.values[pairs], extra.present[pairs]))
    return np.asarray(code[: len(rows)] != code[len(rows) :])


def _attributes_from(dataset: Dataset, source: Ints, ledger: Ledger) -> Dataset:
    """Rows whose attributes are those of another row."""
    attributes = dataset.attributes
    if not len(attributes):
        return dataset
    follower = np.flatnonzero(source != np.arange(len(source)))
    mine = np.flatnonzero((attributes.kind == Owner.SHAPE) & np.isin(attributes.owner, follower))
    pairs = zip(attributes.spec.tolist(), attributes.value.tolist(), strict=True)
    triples = set(zip(attributes.owner.tolist(), pairs, strict=True)) if len(mine) else set()
    unlike = [n for n in mine.tolist() if _moved(attributes, n, source) not in triples]
    ledger.changed("attribute of part of an object", _WHY, dataset, "attributes", unlike)
    others = attributes.take(attributes.kind != Owner.SHAPE)
    copied = copied_attributes(attributes, source, np.arange(len(source)))
    return dataset.replace(attributes=Attributes.concat([others, copied]))


def _moved(attributes: Attributes, row: int, source: Ints) -> tuple[int, tuple[int, int]]:
    owner = int(source[attributes.owner[row]])
    return owner, (int(attributes.spec[row]), int(attributes.value[row]))


def is_of_person(dataset: Dataset) -> Bools:
    """Whether what is no part of a skeleton stands in the group of one or more, on their frame, as the server asks."""
    shapes = dataset.shapes
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    whole = (shapes.type == SKELETON) & ~shapes.outside & (shapes.group > 0)
    inner = (element_owners(dataset) >= 0) | (shapes.type == SKELETON)
    return np.asarray(inner | ((shapes.group > 0) & np.isin(keys, keys[whole])))
