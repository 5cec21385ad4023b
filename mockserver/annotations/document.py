"""The answer of GET annotations: floats, default attributes, everything in its order, keys as from the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
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
_NO_SPECS = Specs((), (), ())
_by_frame, _by_id, _by_start = attrgetter("frame"), attrgetter("id"), attrgetter("start")


class ElementOut(Struct, gc=False):
    """A part of a skeleton as GET shows it. Structs, not dicts: this is where GET of a large job spends its time."""

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
    """A shape as GET shows it."""

    elements: list[ElementOut]


class Filler(dict[int, Raw]):
    """label id -> the JSON of its attributes where a shape has none of its own."""

    def __init__(self, labels: LabelSpecs) -> None:
        super().__init__()
        self.labels = labels

    def __missing__(self, label_id: int) -> Raw:
        self[label_id] = found = _raw(_attributes((), self.labels.get(label_id, _NO_SPECS).all))
        return found

    def fill(self, shape: Element) -> Raw:
        """The JSON of a shape's attributes."""
        if not shape.attributes:
            return self[shape.label_id]
        return _raw(_attributes(shape.attributes, self.labels.get(shape.label_id, _NO_SPECS).all))


def _raw(value: Any) -> Raw:
    return Raw(msgspec.json.encode(value))


def encode(data: LabeledData, labels: LabelSpecs) -> bytes:
    """The JSON of `data`."""
    filler = Filler(labels)
    return msgspec.json.encode({
        "version": 0,
        "tags": [_tag(tag, labels) for tag in sorted(data.tags, key=_by_frame)],
        "shapes": [_shape(shape, filler) for shape in sorted(data.shapes, key=_by_frame)],
        "tracks": [_track(track, labels) for track in sorted(data.tracks, key=_by_id)],
        "intervals": [_interval(interval, labels) for interval in sorted(data.intervals, key=_by_start)],
    })  # fmt: skip


def _attributes(given: Sequence[Attribute], defaults: Defaults) -> list[Document]:
    if not given:
        return [{"spec_id": spec, "value": value} for spec, value in defaults]
    found = [{"spec_id": item.spec_id, "value": item.value} for item in given]
    known = {item["spec_id"] for item in found}
    found += [{"spec_id": spec, "value": value} for spec, value in defaults if spec not in known]
    return found


def _tag(tag: Tag, labels: LabelSpecs) -> Document:
    return {
        "id": tag.id, "label_id": tag.label_id, "frame": tag.frame, "group": tag.group, "source": tag.source,
        "attributes": _attributes(tag.attributes, labels.get(tag.label_id, _NO_SPECS).all),
    }  # fmt: skip


def _geometry(shape: TrackedShape) -> Document:
    return {
        "occluded": shape.occluded, "outside": shape.outside, "z_order": shape.z_order,
        "rotation": float(shape.rotation), "points": list(map(float, shape.points or ())),
    }  # fmt: skip


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


def _track(track: Track, labels: LabelSpecs) -> Document:
    elements = [_track_element(element, labels) for element in track.elements or ()]
    return {**_track_element(track, labels), "elements": elements}


def _track_element(track: TrackElement, labels: LabelSpecs) -> Document:
    specs = labels.get(track.label_id, _NO_SPECS)
    return {
        "id": track.id, "label_id": track.label_id, "frame": track.frame, "group": track.group,
        "source": track.source, "shapes": _keyframes(track.shapes, specs.mutable),
        "attributes": _attributes(track.attributes, specs.immutable),
    }  # fmt: skip


def _keyframes(shapes: Iterable[TrackedShape], defaults: Defaults) -> list[Document]:
    """Keyframes by frame; an attribute that one lacks is as on the keyframe before."""
    found = []
    for shape in sorted(shapes, key=_by_frame):
        attributes = _attributes(shape.attributes, defaults)
        defaults = tuple((item["spec_id"], item["value"]) for item in attributes)
        head = {"id": shape.id, "type": shape.type, "frame": shape.frame}
        found.append({**head, **_geometry(shape), "attributes": attributes})
    return found


def _interval(interval: Interval, labels: LabelSpecs) -> Document:
    return {
        "id": interval.id, "label_id": interval.label_id, "start": interval.start, "stop": interval.stop,
        "group": interval.group, "source": interval.source, "score": float(interval.score),
        "attributes": _attributes(interval.attributes, labels.get(interval.label_id, _NO_SPECS).all),
    }  # fmt: skip
