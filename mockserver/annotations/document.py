"""What GET of annotations shows: floats, default attributes, everything in its order, keys as from the database.

    shown(data, label_specs.of(labels)).encode()

The JSON of every object is made when it is written, so that a GET has only to sort and join; by way of structs, which
are faster than dicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct

from mockserver.annotations.label_specs import Defaults, LabelSpecs, Specs
from mockserver.annotations.records import (
    Attribute,
    Element,
    Interval,
    LabeledData,
    Shape,
    Tag,
    Track,
    TrackedShape,
    TrackElement,
)

Document = dict[str, Any]
KINDS = ("tags", "shapes", "tracks", "intervals")
_NO_SPECS = Specs((), (), ())


class TagOut(Struct, gc=False):
    """A label of a whole frame."""

    id: int | None
    label_id: int
    frame: int
    group: int | None
    source: str
    attributes: Raw


class ElementOut(Struct, gc=False):
    """A part of a skeleton."""

    id: int | None
    label_id: int
    type: str
    frame: int
    group: int | None
    source: str
    score: float
    occluded: bool
    outside: bool
    z_order: int
    rotation: float
    points: list[float]
    attributes: Raw


class ShapeOut(ElementOut, gc=False):
    """One object on one frame."""

    elements: list[ElementOut]


class KeyframeOut(Struct, gc=False):
    """A keyframe of a track."""

    id: int | None
    type: str
    frame: int
    occluded: bool
    outside: bool
    z_order: int
    rotation: float
    points: list[float]
    attributes: Raw


class TrackElementOut(Struct, gc=False):
    """A part of a skeleton track."""

    id: int | None
    label_id: int
    frame: int
    group: int | None
    source: str
    shapes: list[KeyframeOut]
    attributes: Raw


class TrackOut(TrackElementOut, gc=False):
    """One object over frames."""

    elements: list[TrackElementOut]


class IntervalOut(Struct, gc=False):
    """A stretch of audio."""

    id: int | None
    label_id: int
    start: int
    stop: int | None
    group: int | None
    source: str
    score: float
    attributes: Raw


Row = tuple[int, int | None, Raw]
"""(place in the order of its kind, id, JSON) of one object."""


@dataclass(slots=True)
class Shown:
    """What GET shows: the rows of each kind, in the order of writing."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def after(self, kept: LabeledData, more: Shown) -> Shown:
        """The rows of the records that are left, and some more."""
        return Shown({kind: _of(self.rows[kind], getattr(kept, kind)) + more.rows[kind] for kind in KINDS})

    def encode(self) -> bytes:
        """The JSON of the document."""
        in_order = {kind: sorted(self.rows[kind], key=itemgetter(0)) for kind in KINDS}
        parts = {kind: [json for _, _, json in rows] for kind, rows in in_order.items()}
        return msgspec.json.encode({"version": 0, **parts})


def _of(rows: list[Row], records: Sequence[Any]) -> list[Row]:
    if len(rows) == len(records):
        return rows
    ids = {record.id for record in records}
    return [row for row in rows if row[1] in ids]


def shown(data: LabeledData, labels: LabelSpecs) -> Shown:
    """The rows of records."""
    filler = Filler(labels)
    return Shown({
        "tags": [(tag.frame, tag.id, _raw(_tag(tag, filler))) for tag in data.tags],
        "shapes": [(shape.frame, shape.id, _raw(_shape(shape, filler))) for shape in data.shapes],
        "tracks": [(track.id or 0, track.id, _raw(_track(track, labels))) for track in data.tracks],
        "intervals": [(item.start, item.id, _raw(_interval(item, filler))) for item in data.intervals],
    })  # fmt: skip


class Filler(dict[int, Raw]):
    """label id -> the JSON of its attributes where an object has none of its own."""

    def __init__(self, labels: LabelSpecs) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, label_id: int) -> Raw:
        self[label_id] = found = _raw(_attributes((), self.labels.get(label_id, _NO_SPECS).all))
        return found

    def fill(self, item: Tag | Element | Interval) -> Raw:
        """The JSON of an object's attributes."""
        if not item.attributes:
            return self[item.label_id]
        return _raw(_attributes(item.attributes, self.labels.get(item.label_id, _NO_SPECS).all))


def _raw(value: Any) -> Raw:
    return Raw(msgspec.json.encode(value))


def _attributes(given: Sequence[Attribute], defaults: Defaults) -> list[Attribute]:
    known = {item.spec_id for item in given}
    return [*given, *(Attribute(spec, value) for spec, value in defaults if spec not in known)]


def _tag(tag: Tag, filler: Filler) -> TagOut:
    return TagOut(tag.id, tag.label_id, tag.frame, tag.group, tag.source, filler.fill(tag))


def _element(shape: Element, filler: Filler) -> ElementOut:
    return ElementOut(
        shape.id, shape.label_id, shape.type, shape.frame, shape.group, shape.source, float(shape.score),
        shape.occluded, shape.outside, shape.z_order, float(shape.rotation),
        list(map(float, shape.points or ())), filler.fill(shape),
    )  # fmt: skip


def _shape(shape: Shape, filler: Filler) -> ShapeOut:
    return ShapeOut(
        shape.id, shape.label_id, shape.type, shape.frame, shape.group, shape.source, float(shape.score),
        shape.occluded, shape.outside, shape.z_order, float(shape.rotation),
        list(map(float, shape.points or ())), filler.fill(shape),
        [_element(element, filler) for element in shape.elements] if shape.elements else [],
    )  # fmt: skip


def _track(track: Track, labels: LabelSpecs) -> TrackOut:
    elements = [TrackElementOut(*_whole(element, labels)) for element in track.elements or ()]
    return TrackOut(*(*_whole(track, labels), elements))


def _whole(track: TrackElement, labels: LabelSpecs) -> tuple[Any, ...]:
    specs = labels.get(track.label_id, _NO_SPECS)
    return (
        track.id, track.label_id, track.frame, track.group, track.source, _keyframes(track.shapes, specs.mutable),
        _raw(_attributes(track.attributes, specs.immutable)),
    )  # fmt: skip


def _keyframes(shapes: Iterable[TrackedShape], defaults: Defaults) -> list[KeyframeOut]:
    """Keyframes by frame; an attribute that one lacks is as on the keyframe before."""
    rows, last = [], _raw(_attributes((), defaults))
    for shape in sorted(shapes, key=attrgetter("frame")):
        if shape.attributes:
            attributes = _attributes(shape.attributes, defaults)
            defaults = tuple((item.spec_id, item.value) for item in attributes)
            last = _raw(attributes)
        rows.append(_keyframe(shape, last))
    return rows


def _keyframe(shape: TrackedShape, attributes: Raw) -> KeyframeOut:
    return KeyframeOut(
        shape.id, shape.type, shape.frame, shape.occluded, shape.outside, shape.z_order, float(shape.rotation),
        list(map(float, shape.points or ())), attributes,
    )  # fmt: skip


def _interval(interval: Interval, filler: Filler) -> IntervalOut:
    return IntervalOut(
        interval.id, interval.label_id, interval.start, interval.stop, interval.group, interval.source,
        float(interval.score), filler.fill(interval),
    )  # fmt: skip
