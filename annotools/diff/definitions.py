"""Differences of what annotations refer to: labels with their attributes, frames, and the tracks' own fields."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.diff.fields import partners
from annotools.diff.items import Numbering, attribute_hashes
from annotools.diff.pairing import Pairs
from annotools.diff.result import Change, Side
from annotools.model import AttributeSpec, Dataset, Label, Owner, Source
from annotools.model.columns import without
from annotools.model.tables import Ints

_LABEL = ("type", "color", "svg")
_SPEC = ("mutable", "input_type", "default_value", "values")


def labels(first: Side, second: Side) -> Iterator[Change]:
    """Labels that only one has, and those whose definition differs."""
    a, b = ({side.label(label.id): label for label in side.dataset.labels} for side in (first, second))
    yield from (Change("removed", "label", name) for name in a if name not in b)
    yield from (Change("added", "label", name) for name in b if name not in a)
    for name in a:
        if name in b and (fields := _label_fields(a[name], b[name])):
            yield Change("changed", "label", name, fields=fields)


def _label_fields(a: Label, b: Label) -> dict[str, tuple[object, object]]:
    fields: dict[str, tuple[object, object]] = {
        name: (getattr(a, name), getattr(b, name)) for name in _LABEL if getattr(a, name) != getattr(b, name)
    }
    specs = [{spec.name: _spec_row(spec) for spec in label.attributes} for label in (a, b)]
    for name in dict.fromkeys([*specs[0], *specs[1]]):
        before, after = specs[0].get(name), specs[1].get(name)
        if before != after:
            fields[f"attribute {name}"] = (before, after)
    return fields


def _spec_row(spec: AttributeSpec) -> dict[str, object]:
    row = {name: getattr(spec, name) for name in _SPEC}
    return row | {"values": [value for value in spec.values if value]}


def frames(first: Dataset, second: Dataset, numbers: Ints) -> Iterator[Change]:
    """Frames that only one has, and those of other size, subset or fate.  numbers: the second's as the first's."""
    a, b = first.frames, second.frames
    if not len(a) or not len(b):
        return
    for frame in without(np.arange(len(a)), numbers).tolist():
        yield Change("removed", "frame", frame=frame, frame_name=a.names[frame])
    for number, frame in enumerate(numbers.tolist()):
        if frame >= len(a):
            yield Change("added", "frame", frame=number, frame_name=b.names[number])
        elif fields := _frame_fields(_frame(first, frame), _frame(second, number)):
            yield Change("changed", "frame", frame=frame, frame_name=a.names[frame], fields=fields)


def _frame(dataset: Dataset, row: int) -> dict[str, object]:
    frames = dataset.frames
    size = (int(frames.width[row]), int(frames.height[row]))
    return {"size": size, "deleted": bool(frames.deleted[row]), "subset": frames.subsets[row]}


def _frame_fields(a: dict[str, object], b: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (a[name], b[name]) for name in a if a[name] != b[name]}


def tracks(first: Side, second: Side, pairs: Pairs, attributes: Numbering) -> Iterator[Change]:
    """Tracks that hold the same rows and differ in source or in the attributes of the track itself."""
    sides = (first, second)
    words = [attribute_hashes(side.dataset, Owner.TRACK, attributes) for side in sides]
    sources = [side.dataset.tracks.source for side in sides]
    known = partners(first.items.track[pairs[0]], second.items.track[pairs[1]], -1)
    for one, other in sorted(known.items()):
        fields: dict[str, tuple[object, object]] = {}
        if sources[0][one] != sources[1][other]:
            fields["source"] = (Source(int(sources[0][one])).word, Source(int(sources[1][other])).word)
        if words[0][one] != words[1][other]:
            fields["attributes"] = (first.attributes(Owner.TRACK, one), second.attributes(Owner.TRACK, other))
        if fields:
            table = first.dataset.tracks
            yield Change("changed", "track", first.label(int(table.label[one])), int(table.frame[one]), fields=fields)
