"""Fields of annotations that are not as COCO says, for what they can be used as.

    [0, 0, 5, 0, 5, 5] a polygon without its brackets     "12.5" a number     [[x, y, v], ...] keypoints     7.0 pixels
    [[[0, 0], [5, 0], [5, 5]]] a polygon as a list of points; without the outer brackets see `number_lists`

What cannot be used is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from math import isfinite
from typing import Any

import msgspec

Key = int | str | float | None
LIST_OF_POINTS = "polygon as a list of points"  # a repair


class Rle(msgspec.Struct, gc=False):
    """Run lengths.  size: height, width."""

    size: list[int]
    counts: str | list[int]


class At(msgspec.Struct):
    """One annotation whose fields are looked at.

    said: what is wrong with them: a message, what was expected, and where below the annotation.
    """

    said: list[tuple[str, str, str]] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)
    repairs: list[str] = msgspec.field(default_factory=list)

    def refuse(self, key: str, expected: str) -> None:
        """A field cannot be used."""
        self.faults.append(key)
        self.said.append((f"{key.split('/')[0]} cannot be used", expected, f"/{key}"))

    def cannot_be_read(self, message: str, expected: str = "") -> None:
        """There is nothing to look at."""
        self.said.append((message, expected, ""))

    def repaired(self, *what: str) -> None:
        """A field was taken for what it means."""
        self.repairs += what


def _key(value: Any, key: str, at: At) -> Key:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | str)):
        at.refuse(key, "a number or text")
        return None
    return value


def _any_key(value: Any, key: str, at: At) -> Key:
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _number(value: Any, key: str, at: At) -> float | None:
    if isinstance(value, str) and _of_text(value) is not None:
        at.repaired("number in quotes")
        return _of_text(value)
    if value is None or _is_number(value):
        return value  # type: ignore[no-any-return]  # it was looked at
    at.refuse(key, "a number")
    return None


def _of_text(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _flag(value: Any, key: str, at: At) -> int | None:
    number = _number(value, key, at) if not isinstance(value, bool) else int(value)
    return None if number is None else int(number)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 and isfinite(value)


def _numbers(value: Any, key: str, at: At) -> list[float] | None:
    if value is None or (isinstance(value, list) and all(map(_is_number, value))):
        return value
    if isinstance(value, list) and all(isinstance(n, str) and _of_text(n) is not None for n in value):
        at.repaired("number in quotes")
        return [float(n) for n in value]
    at.refuse(key, "a list of numbers")
    return None


def _keypoints(value: Any, key: str, at: At) -> list[float] | None:
    """Also lists of three."""
    if isinstance(value, list) and value and all(isinstance(point, list) for point in value):
        at.repaired("list of keypoints as lists")
        value = list(chain.from_iterable(value))
    return _numbers(value, key, at)


def _segmentation(value: Any, key: str, at: At) -> list[list[float]] | Rle | None:
    if value is None or value in ("", {}):
        at.repaired(*["outline that is empty text or an empty object"] * (value is not None))
        return None
    if isinstance(value, dict):
        return _rle(value, at)
    if isinstance(value, list) and value and all(map(_is_number, value)):
        at.repaired("polygon without its brackets")
        return [value]
    if isinstance(value, list) and all(isinstance(part, list) for part in value):
        return [_polygon(part, f"segmentation/{index}", at) or [] for index, part in enumerate(value)]
    at.refuse(key, "polygons or run lengths")
    return None


def _polygon(part: list[Any], key: str, at: At) -> list[float] | None:
    """Also a list of points, each in as many brackets as a contour of OpenCV has."""
    points = [point[0] if isinstance(point, list) and len(point) == 1 else point for point in part]
    if points and all(map(_is_point, points)):
        at.repaired(LIST_OF_POINTS)
        return list(chain.from_iterable(points))
    return _numbers(part, key, at)


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _rle(value: dict[str, Any], at: At) -> Rle | None:
    size, counts = value.get("size"), value.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(map(_is_whole, size))):
        at.refuse("segmentation/size", "height and width")
    elif isinstance(counts, str):
        return Rle([int(n) for n in size], counts)
    elif isinstance(counts, list) and all(map(_is_whole, counts)):
        return Rle([int(n) for n in size], [int(n) for n in counts])
    else:
        at.refuse("segmentation/counts", "text or a list of whole numbers")
    return None


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value) and abs(value) < 1 << 62


def _attributes(value: Any, key: str, at: At) -> msgspec.Raw:
    if value is not None and not isinstance(value, dict):
        at.refuse(key, "an object")
        return msgspec.Raw()
    return msgspec.Raw(msgspec.json.encode(value or {}))


FIELDS: Mapping[str, Callable[[Any, str, At], Any]] = {
    "image_id": _key, "category_id": _key, "id": _any_key, "bbox": _numbers, "segmentation": _segmentation,
    "attributes": _attributes, "score": _number, "area": _number, "iscrowd": _flag, "rectangle": _numbers,
    "keypoints": _keypoints, "num_keypoints": _flag,
}  # fmt: skip
