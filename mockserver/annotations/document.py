"""What GET of annotations shows: floats, default attributes, everything in its order, keys as from the database.

    shown(data, label_specs.of(labels)).encode()

The JSON of every object is made when it is written, so that a GET has only to sort and join; by way of structs, which
are faster than dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct

from annotools.labeled_data import (
    ANSWERED,
    Attribute,
    Element,
    Interval,
    LabeledData,
    Shape,
    Tag,
    Track,
    TrackedShape,
    TrackElement,
    ordered,
)
from mockserver.annotations.label_specs import Defaults, LabelSpecs, Specs

Document = dict[str, Any]
KINDS = ("tags", "shapes", "tracks", "intervals")
_NO_SPECS = Specs((), (), ())


_VALUES = {
    "score": "float(record.score)", "rotation": "float(record.rotation)",
    "points": "list(map(float, record.points or ()))",
    "attributes": "attributes", "shapes": "shapes", "elements": "elements",
}  # fmt: skip


def _form(kind: type[Struct]) -> Callable[..., Any]:
    """What makes of a record of a kind what GET shows: its keys in the order of answers, its numbers as floats.

    Takes the record, the JSON of its attributes, and its `elements` and `shapes`.  It is made as dataclasses make
    theirs, because a loop over the keys costs half of what showing a shape does.
    """
    keys = ordered(kind, ANSWERED)
    row_type = msgspec.defstruct(kind.__name__, keys, gc=False)
    values = ", ".join(_VALUES.get(key, f"record.{key}") for key in keys)
    form: Callable[..., Any] = eval(  # of names in the grammar alone
        f"lambda record, attributes, elements=(), shapes=(): row_type({values})", {"row_type": row_type}
    )
    return form


_tag, _element, _drawn, _keyframe = _form(Tag), _form(Element), _form(Shape), _form(TrackedShape)
_part, _whole, _interval = _form(TrackElement), _form(Track), _form(Interval)

Row = tuple[int, int | None, Raw]
"""(sort key, id, JSON) of one object."""


@dataclass(slots=True)
class Shown:
    """What GET shows: the rows of each kind, in the order of writing."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def after(self, kept: LabeledData, more: Shown) -> Shown:
        """The rows of the records that stay, followed by more rows."""
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
        "tags": [(tag.frame, tag.id, _raw(_tag(tag, filler.fill(tag)))) for tag in data.tags],
        "shapes": [(shape.frame, shape.id, _raw(_shape(shape, filler))) for shape in data.shapes],
        "tracks": [(track.id or 0, track.id, _raw(_track(track, labels))) for track in data.tracks],
        "intervals": [(item.start, item.id, _raw(_interval(item, filler.fill(item)))) for item in data.intervals],
    })  # fmt: skip


class Filler(dict[int, Raw]):
    """label id -> the JSON of its attributes where an object has none of its own."""

    def __init__(self, labels: LabelSpecs) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, label_id: int) -> Raw:
        self[label_id] = row = _raw(_attributes((), self.labels.get(label_id, _NO_SPECS).all))
        return row

    def fill(self, item: Tag | Element | Interval) -> Raw:
        """The JSON of an object's attributes."""
        if not item.attributes:
            return self[item.label_id]
        return _raw(_attributes(item.attributes, self.labels.get(item.label_id, _NO_SPECS).all))


def _raw(value: Any) -> Raw:
    return Raw(msgspec.json.encode(value))


def _attributes(given: Sequence[Attribute], defaults: Defaults) -> list[Attribute]:
    spec_ids = {item.spec_id for item in given}
    return [*given, *(Attribute(spec, value) for spec, value in defaults if spec not in spec_ids)]


def _shape(shape: Shape, filler: Filler) -> Any:
    elements = [_element(part, filler.fill(part)) for part in shape.elements] if shape.elements else ()
    return _drawn(shape, filler.fill(shape), elements)


def _track(track: Track, labels: LabelSpecs) -> Any:
    elements = [_part(element, *_of_track(element, labels)) for element in track.elements or ()]
    attributes, _, shapes = _of_track(track, labels)
    return _whole(track, attributes, elements, shapes)


def _of_track(track: TrackElement, labels: LabelSpecs) -> tuple[Raw, tuple[()], list[Any]]:
    """The attributes of a track, no elements, and its keyframes."""
    specs = labels.get(track.label_id, _NO_SPECS)
    return _raw(_attributes(track.attributes, specs.immutable)), (), _keyframes(track.shapes, specs.mutable)


def _keyframes(shapes: Iterable[TrackedShape], defaults: Defaults) -> list[Any]:
    """Keyframes by frame; an attribute that one lacks is as on the keyframe before."""
    rows, last = [], _raw(_attributes((), defaults))
    for shape in sorted(shapes, key=attrgetter("frame")):
        if shape.attributes:
            attributes = _attributes(shape.attributes, defaults)
            defaults = tuple((item.spec_id, item.value) for item in attributes)
            last = _raw(attributes)
        rows.append(_keyframe(shape, last))
    return rows
