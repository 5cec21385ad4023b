"""Keys of a project of Supervisely and their numbers; and its objects, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Object = dict[str, Any]


class Keys:
    """Keys by kind, with the number of each.  make: the key of a kind and a number that only it has."""

    def __init__(self, make: Callable[[str, int], str]) -> None:
        self.numbers: dict[str, dict[str, int]] = {"tags": {}, "objects": {}, "figures": {}, "videos": {}}
        self._make, self._apart = make, 0

    def new(self, kind: str) -> str:
        """A key, numbered from 1."""
        known = self.numbers[kind]
        return self.of(kind, len(known) + 1, len(known) + 1)

    def apart(self) -> str:
        """A key of a tag of an object: those have no numbers."""
        self._apart += 1
        return self._make("object tags", self._apart)

    def of(self, kind: str, index: int, number: int) -> str:
        """The key of a index, with a number."""
        key = self._make(kind, index)
        self.numbers[kind][key] = number
        return key

    def given(self, kind: str, key: Any, number: int | None) -> str:
        """A key that was read, if no other has it; else one that is made.  number: that of it, else the next."""
        known = self.numbers[kind]
        new = key if isinstance(key, str) and key and key not in known else self._make(kind, len(known) + 1)
        known[new] = len(known) + 1 if number is None else number
        return new


def tag(key: str, name: str, value: Any) -> Object:
    """A tag; truth values are texts."""
    stated = ("true" if value else "false") if isinstance(value, bool) else value
    return {"key": key, "name": name, "value": stated, **_BESIDE}


def object_of(key: str, title: str, tags: Sequence[Object]) -> Object:
    """An object."""
    return {"key": key, "classTitle": title, "tags": list(tags), "objects": [], "figures": [], **_BESIDE}


def figure(key: str, owner: str, points: Sequence[float]) -> Object:
    """A figure.  points: as the hub has cuboids in space."""
    parts = [dict(zip("xyz", points[start : start + 3], strict=True)) for start in (0, 3, 6)]
    geometry = dict(zip(("position", "rotation", "dimensions"), parts, strict=True))
    return {"key": key, "objectKey": owner, "geometryType": "cuboid_3d", "geometry": geometry, **_BESIDE}


def document(key: str, tags: list[Object], objects: list[Object], figures: list[Object]) -> Object:
    """The file of a cloud."""
    return {"description": "", "key": key, "tags": tags, "objects": objects, "figures": figures}


_BESIDE = {"labelerLogin": "", "createdAt": "", "updatedAt": ""}
