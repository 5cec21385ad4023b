"""Categories -> labels: those of the file, or those of the task that they are names of.

An id may be a number, a whole float or a text.  A label keeps its category's id where that is a positive number that
no other has.  Category 0 is one like any other, but for Roboflow's: it is called as the supercategory of the others,
and goes when nothing uses it.  The server knows no category 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from annotools.errors import Problem, Problems
from annotools.formats.coco.document import Document
from annotools.formats.coco.images import keys_of
from annotools.model import AttributeSpec, Dataset, Label, Labels
from annotools.model.definitions import INPUT_TYPES
from annotools.model.skeleton import drawing

_MISSING = -3  # and below: the place among `missing`
_TYPES = frozenset(
    {"any", "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag", "interval"}
)


@dataclass(slots=True)
class Categories:
    """numbers: for each document, category id -> label id, or a number below -2 for one that is missing from the task.

    points: for each document, label id -> ids of its points in the order of keypoints.  placeholders: label ids that
    go when unused.
    """

    labels: Labels
    numbers: list[dict[Any, int]] = field(default_factory=list)
    points: list[dict[int, list[int]]] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    placeholders: set[int] = field(default_factory=set)

    def problem(self, number: int) -> Problem:
        """Why a category is no label."""
        return self.missing[_MISSING - number]


@dataclass(frozen=True, slots=True)
class _Item:
    keys: tuple[Any, ...]
    name: str
    above: str
    pointer: str
    raw: dict[str, Any]

    @property
    def points(self) -> list[str]:
        names = self.raw.get("keypoints")
        return [str(name) for name in names] if isinstance(names, list) else []


def categories_of(
    documents: Sequence[Document], context: Dataset | None, server: bool, problems: Problems
) -> Categories:
    """The labels of a source and what category ids mean."""
    listed = [list(_listed(document, problems)) for document in documents]
    if context is None:
        found = _own(listed)
    else:
        found = _known(documents, listed, context)
    everyone = {key: number for numbers in found.numbers for key, number in numbers.items()}
    if not everyone and context is not None:
        everyone = {place: label.id for place, label in enumerate(context.labels.top, 1)}
    for place, document in enumerate(documents):
        if not document.categories:
            found.numbers[place] = everyone
            found.points[place] = {label: ids for points in found.points for label, ids in points.items()}
        if server:
            found.numbers[place].pop(0, None)
    return found


def _listed(document: Document, problems: Problems) -> Iterator[_Item]:
    seen: set[Any] = set()
    for place, item in enumerate(document.categories):
        pointer = f"/categories/{place}"
        if item is None:
            continue
        key, name = item.get("id"), item.get("name")
        if isinstance(key, bool) or not isinstance(key, int | float | str):
            problems.append(
                Problem("category has no usable id", document.member, pointer=f"{pointer}/id", expected="a number")
            )
        elif not isinstance(name, str):
            problems.append(
                Problem("category has no name", document.member, pointer=f"{pointer}/name", expected="text")
            )
        elif keys_of(key)[0] in seen:
            said = f"category id {key!r} is used twice"
            problems.append(Problem(said, document.member, pointer=f"{pointer}/id", expected="an id of its own"))
        else:
            seen.add(keys_of(key)[0])
            above = item.get("supercategory")
            yield _Item(keys_of(key), name, above if isinstance(above, str) else "", pointer, item)


def _numbered(items: Sequence[_Item], ids: Sequence[int]) -> dict[Any, int]:
    numbers: dict[Any, int] = {}
    for item, number in zip(items, ids, strict=True):
        for key in item.keys[1:]:
            numbers.setdefault(key, number)
    return numbers | {item.keys[0]: number for item, number in zip(items, ids, strict=True)}


def _known(documents: Sequence[Document], listed: list[list[_Item]], context: Dataset) -> Categories:
    """Categories are names of the context's labels."""
    labels = context.labels
    found = Categories(labels)
    for document, items in zip(documents, listed, strict=True):
        ids, points = [], {}
        for item in items:
            label = labels.find(item.name)
            above = labels.find(item.above)
            if label is None and above is not None:
                label = labels.find(item.name, above.id)
            if label is None:
                said = f"label {item.name!r} is not one of the task"
                found.missing.append(
                    Problem(said, document.member, pointer=item.pointer, expected="a label of the task")
                )
                ids.append(_MISSING - len(found.missing) + 1)
                continue
            ids.append(label.id)
            subs = [labels.find(name, label.id) for name in item.points]
            if item.points and None not in subs:
                points[label.id] = [sub.id for sub in subs if sub is not None]
        found.numbers.append(_numbered(items, ids))
        found.points.append(points)
    return found


def _own(listed: list[list[_Item]]) -> Categories:
    """Every name is a label, in the order of the files."""
    first: dict[str, _Item] = {}
    for items in listed:
        for item in items:
            first.setdefault(item.name, item)
    ids = _label_ids(list(first.values()))
    fresh, specs = count(max(ids.values(), default=0) + 1), count(1)
    rows: list[Label] = []
    for name, item in first.items():
        rows.extend(_defined(item, ids[name], fresh, specs))
    found = Categories(Labels(tuple(rows)))
    for items in listed:
        above = {item.above for item in items}
        found.numbers.append(_numbered(items, [ids[item.name] for item in items]))
        found.points.append({ids[item.name]: _point_ids(found.labels, ids[item.name], item.points) for item in items})
        found.placeholders |= {ids[item.name] for item in items if item.keys[0] == 0 and item.name in above}
    return found


def _point_ids(labels: Labels, label: int, names: Sequence[str]) -> list[int]:
    return [sub.id for sub in (labels.find(name, label) for name in names) if sub is not None]


def _label_ids(items: Sequence[_Item]) -> dict[str, int]:
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for item in items:
        number = next((key for key in item.keys if isinstance(key, int)), 0)
        if 0 < number < 1 << 40 and number not in taken:
            ids[item.name] = number
            taken.add(number)
    fresh = count(max(taken, default=0) + 1)
    return {item.name: ids[item.name] if item.name in ids else next(fresh) for item in items}


def _defined(item: _Item, number: int, fresh: Iterator[int], specs: Iterator[int]) -> Iterator[Label]:
    """A label and the points of a skeleton."""
    raw = item.raw
    points = list(dict.fromkeys(item.points))
    kind = raw.get("type") if _is_type(raw) else "skeleton" if points else "any"
    yield Label(number, item.name, None, str(kind), _color(raw), _specs(raw, specs), _svg(raw, points))
    given = raw.get("sublabels") if isinstance(raw.get("sublabels"), list) else []
    said = {str(sub.get("name")): sub for sub in given or () if isinstance(sub, dict)}
    for name in points:
        sub = said.get(name, {})
        kind = sub.get("type") if _is_type(sub) else "points" if not sub else "any"
        yield Label(next(fresh), name, number, str(kind), _color(sub), _specs(sub, specs))


def _svg(raw: dict[str, Any], points: Sequence[str]) -> str:
    svg = raw.get("svg")
    if isinstance(svg, str):
        return svg
    return drawing(points, _edges(raw.get("skeleton"), len(points))) if points else ""


def _is_type(raw: dict[str, Any]) -> bool:
    return any(kind == raw.get("type") for kind in _TYPES)


def _color(raw: dict[str, Any]) -> str:
    color = raw.get("color")
    if isinstance(color, list) and len(color) == 3 and all(isinstance(n, int) and 0 <= n < 256 for n in color):
        return "#" + bytes(color).hex()  # panoptic's
    return color if isinstance(color, str) else ""


def _specs(raw: dict[str, Any], numbers: Iterator[int]) -> tuple[AttributeSpec, ...]:
    given = raw.get("attributes")
    found = (
        [item for item in given if isinstance(item, dict) and isinstance(item.get("name"), str)]
        if isinstance(given, list)
        else []
    )
    return tuple(_spec(item, next(numbers)) for item in found)


def _spec(item: dict[str, Any], number: int) -> AttributeSpec:
    kind = next((kind for kind in INPUT_TYPES if kind == item.get("input_type")), "text")
    values = item.get("values")
    return AttributeSpec(
        number, item["name"], item.get("mutable") is True, str(kind), str(item.get("default_value") or ""),
        tuple(map(str, values)) if isinstance(values, list) else (),
    )  # fmt: skip


def with_specs(labels: Labels, wanted: dict[int, dict[str, str]]) -> Labels:
    """Labels with further attributes: label id -> name -> input type."""
    numbers = count(max(labels.specs, default=0) + 1)
    rows = [
        replace(label, attributes=label.attributes + tuple(
            AttributeSpec(next(numbers), name, input_type=kind) for name, kind in wanted.get(label.id, {}).items()
        ))
        for label in labels
    ]  # fmt: skip
    return Labels(tuple(rows))


def _edges(joints: Any, points: int) -> list[tuple[int, int]]:
    pairs = joints if isinstance(joints, list) else []
    whole = [
        pair for pair in pairs if isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) for n in pair)
    ]
    return [(a, b) for a, b in whole if 1 <= a <= points and 1 <= b <= points]
