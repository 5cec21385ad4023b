"""Annotations as typed records, in the order of the write answers, and their fast decoding.

A record that is part of the state is never changed again. `points` keep the JSON type of their numbers (1 stays 1), and
are left out when the client left them out, because a write answer repeats its input. `decode` takes what needs no
second look; everything else (a wrong type, "3" for 3, a bad enum) is None and goes through `grammar`, which
accepts or words the error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from annotools import cvat_limits
from annotools.cvat_limits import MAX_INT
from annotools.labeled_data import LISTS, Attribute, Element, Interval, LabeledData, Shape, Tag, Track, TrackedShape

KINDS = tuple(LISTS)
_DECODER = msgspec.json.Decoder(LabeledData)
_LENGTHS = {
    name: range(rule.least, (MAX_INT if rule.most is None else rule.most) + 1, rule.step)
    for name, rule in cvat_limits.POINT_COUNTS.items()
}


def fits(shape_type: str, count: int) -> bool:
    """Whether a shape of this type may have this many coordinates."""
    return count in _LENGTHS[shape_type]


def decode(body: bytes, action: str) -> LabeledData | None:
    """The records of a plainly valid body for `create`, `update` or `delete`; None when in doubt."""
    try:
        data = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not (_shapes_fit(data.shapes) and _tracks_fit(data.tracks) and _ids_fit(data, action)):
        return None
    plain: list[Tag | Interval] = [*data.tags, *data.intervals]
    if not all(_values_fit(item.attributes) for item in plain):
        return None
    data.version = 0
    if b"null" in body:  # 7 % of a PATCH of a thousand shapes
        dissolve_null_groups(data)
    return data


def from_document(document: Any) -> LabeledData:
    """Records of a checked document (plain dicts and lists)."""
    data = msgspec.convert(document, LabeledData)
    dissolve_null_groups(data)
    return data


def _shapes_fit(shapes: list[Shape]) -> bool:
    lengths = _LENGTHS
    for shape in shapes:
        points, elements = shape.points, shape.elements
        if (0 if points is UNSET else len(points)) not in lengths[shape.type]:
            return False
        if (elements is not UNSET and bool(elements)) != (shape.type == "skeleton"):
            return False
        if shape.attributes and not _values_fit(shape.attributes):
            return False
        if elements and not all(map(_element_fits, elements)):
            return False
    return True


def _element_fits(element: Element | TrackedShape) -> bool:
    points = element.points
    return fits(element.type, 0 if isinstance(points, UnsetType) else len(points)) and _values_fit(element.attributes)


def _tracks_fit(tracks: list[Track]) -> bool:
    return all(
        _values_fit(part.attributes) and all(map(_element_fits, part.shapes))
        for track in tracks
        for part in (track, *(track.elements or ()))
    )


def _values_fit(attributes: list[Attribute]) -> bool:
    return all(item.value == item.value.strip() and "\0" not in item.value for item in attributes)


def _ids_fit(data: LabeledData, action: str) -> bool:
    if action == "update":
        return True
    absent = action == "create"
    parts: list[Any] = [*data.tags, *data.shapes, *data.tracks, *data.intervals]
    wholes: list[Shape | Track] = [*data.shapes, *data.tracks]
    parts += [element for item in wholes if item.elements for element in item.elements]
    return all((part.id is None) == absent for part in parts)


def list_elements(items: Iterable[Shape | Track]) -> None:
    """Make the elements of what has none an empty list, as answers have it; a second time costs little."""
    for item in items:
        if not isinstance(item.elements, list):
            item.elements = []


def dissolve_null_groups(data: LabeledData) -> None:
    """Make group None 0 everywhere."""
    items: list[Any] = [*data.tags, *data.shapes, *data.tracks, *data.intervals]
    for item in items:
        if item.group is None:
            item.group = 0
        for element in getattr(item, "elements", None) or ():
            if element.group is None:
                element.group = 0
