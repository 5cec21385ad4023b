"""Attributes of rows as objects of names and values, of any format that has such: as they are set, or as a server says.

    set       lamps=3 (number)         {"lamps": 3}                reads back as the very same text
    server    and broken=nothing       {"lamps": 3.0, "broken": false, "occluded": false, "rotation": 0.0, ...}

Every exporter of the CVAT server that goes through Datumaro says all attributes of the label, with defaults where none
is set, and beside them what a shape is.  A number that is none ends the export.  Equal rows share one object, which is
not to be changed: it is made once.
Source: CVAT 2.73 dataset_manager/bindings.py, attributes and shapes of dm annotations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from annotools.errors import InputError, Problem
from annotools.geometry.ragged import offsets_of
from annotools.model import ELLIPSE, RECTANGLE, SKELETON, Attributes, AttributeSpec, Dataset, Owner
from annotools.model.columns import Array, Bools, Ints, condensed, is_uniform, tally, uniform
from annotools.model.row_groups import list_groups, row_groups
from annotools.transform.attribute_defaults import default_attributes

Value = str | int | float | bool
Object = dict[str, Value]
ValueOf = Callable[[AttributeSpec, str], Value]


class Objects(msgspec.Struct, frozen=True):
    """An object for each row of a table.  codes: its place in `distinct`."""

    codes: Ints
    distinct: list[Object]

    def of(self, rows: Ints) -> list[Object]:
        """Those of some rows."""
        return [self.distinct[code] for code in self.codes[rows].tolist()]


class Beside(msgspec.Struct, frozen=True):
    """What is said of rows beside their attributes.  there: of which.  words: what values count, where they do."""

    name: str
    values: Array
    there: Bools
    words: Sequence[Any] = ()

    def of(self, rows: Ints) -> list[Any]:
        """The values of some rows."""
        values = self.values[rows].tolist()
        return [self.words[value] for value in values] if self.words else values


def text_of(value: Any) -> str:
    """A JSON value as the hub keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def set_value(spec: AttributeSpec, text: str) -> Value:
    """The JSON value that reads back as the very same text."""
    if spec.input_type == "checkbox" and text in ("true", "false"):
        return text == "true"
    if spec.input_type == "number":
        try:
            number = int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else float(text)
        except ValueError:
            return text
        return number if abs(number) < float("inf") and text_of(number) == text else text
    return text


def server_value(spec: AttributeSpec, text: str) -> Value:
    """The value that the server makes of a text.  Raises ValueError for a number that is none."""
    if spec.input_type == "checkbox":
        return text.lower() == "true"
    return float(text) if spec.input_type == "number" else text


def set_attributes(dataset: Dataset, owner: Owner) -> Objects:
    """The attributes that rows of a table have."""
    return objects_of(dataset, owner, dataset.attributes, set_value)


def server_attributes(dataset: Dataset, owner: Owner) -> Objects:
    """All attributes of the labels of rows.  Raises InputError, naming every number that is none."""
    return objects_of(dataset, owner, default_attributes(dataset)[0].attributes, server_value)


def objects_of(dataset: Dataset, owner: Owner, attributes: Attributes, value_of: ValueOf) -> Objects:
    """Attributes in the order in which labels define them, of any value.  Raises InputError for a ValueError of it."""
    table: Any = dataset.table(owner)
    if not (attributes.kind == owner).any():
        return Objects(uniform(np.int64(0), len(table)), [{}])
    mine = _of_labels(dataset, attributes.of_kind(owner), table.label)
    ends = offsets_of(np.bincount(mine.owner, minlength=len(table)))
    pairs, which = np.unique(np.stack([mine.spec, mine.value]), axis=1, return_inverse=True)
    entries = _entries(dataset, pairs.T.tolist(), attributes.pool, value_of)
    which = which.reshape(-1)
    first, codes = _places(list_groups(ends, (which,)))
    lists = ([entries[pair] for pair in which[ends[row] : ends[row + 1]].tolist()] for row in first.tolist())
    return Objects(codes, [dict(pairs) for pairs in lists])


def _of_labels(dataset: Dataset, attributes: Attributes, label: Ints) -> Attributes:
    """Attributes that the labels of their rows have, row after row, in the order of definition."""
    specs = {spec.id: (lb.id, position) for lb in dataset.labels for position, spec in enumerate(lb.attributes)}
    numbers, which = np.unique(attributes.spec, return_inverse=True)
    homes = np.array([specs.get(number, (-1, 0)) for number in numbers.tolist()], np.int64).reshape(-1, 2)
    home = homes[which.reshape(-1)]
    order = np.lexsort((home[:, 1], attributes.owner))
    return attributes.take(order[home[order, 0] == label[attributes.owner[order]]])


def _entries(
    dataset: Dataset, pairs: Sequence[tuple[int, int]], pool: Sequence[str], value_of: ValueOf
) -> list[tuple[str, Value]]:
    """The name and value of each pair of a definition and a text."""
    entries: list[tuple[str, Value]] = []
    faults = []
    for number, code in pairs:
        spec, text = dataset.labels.specs[number][1], pool[code]
        try:
            entries.append((spec.name, value_of(spec, text)))
        except ValueError:
            faults.append(Problem(f"failed to convert attribute {spec.name!r}={text!r}", expected="a number"))
    if faults:
        raise InputError(faults)
    return entries


def _places(numbers: Ints) -> tuple[Ints, Ints]:
    """The first row of each number, and for each row the place of its number."""
    _, first, codes, _ = tally(numbers)
    return first, codes


def with_beside(objects: Objects, beside: Sequence[Beside]) -> Objects:
    """Objects with what else is said of their rows."""
    columns: list[Array] = [objects.codes]
    for one in beside:
        there = condensed(one.there)
        columns += [there] if is_uniform(there) else [there, np.where(there, one.values, 0)]
        columns += [one.values] if is_uniform(there) and there[0] else []
    first, codes = _places(row_groups(columns, len(objects.codes)))
    distinct = [dict(objects.distinct[code]) for code in objects.codes[first].tolist()]
    for one in beside:
        places = np.flatnonzero(one.there[first])
        for index, value in zip(places.tolist(), one.of(first[places]), strict=True):
            distinct[index][one.name] = value
    return Objects(codes, distinct)


def with_tracks(objects: Objects, tracks: Objects, track: Array) -> Objects:
    """Objects with those of the tracks of their rows, which are said first.  track: of each row, -1 for none."""
    if not (track >= 0).any():
        return objects
    above = np.append(tracks.codes, -1)[track]
    first, codes = _places(row_groups([objects.codes, above], len(objects.codes)))
    pairs = zip(objects.codes[first].tolist(), above[first].tolist(), strict=True)
    return Objects(codes, [({} if over < 0 else tracks.distinct[over]) | objects.distinct[own] for own, over in pairs])


def server_look(dataset: Dataset) -> list[Beside]:
    """What the server says of shapes that were numbered as tracks: whether they turn, and are keyframes of which."""
    shapes = dataset.shapes
    nowhere = np.zeros(len(shapes), np.bool_)
    track, keyframe = (shapes.extras.get(name) for name in ("track_id", "keyframe"))
    turns, boned = np.isin(shapes.type, (RECTANGLE, ELLIPSE)), (shapes.type == SKELETON) & (shapes.parent < 0)
    beside = [
        Beside("occluded", shapes.occluded, ~nowhere),
        Beside("rotation", shapes.rotation, turns),
    ]
    if track is not None and keyframe is not None:
        beside.append(Beside("track_id", track.values, track.present))
        flags = keyframe.values.astype(np.bool_) & keyframe.present
        return [*beside, Beside("keyframe", flags, track.present | boned)]
    return [*beside, Beside("keyframe", nowhere, boned)]
