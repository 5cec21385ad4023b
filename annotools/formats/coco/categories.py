"""Categories -> labels: those of the file, or those of the task that they are names of.

An id may be a number, a whole float or a text.  A label keeps its category's id where that is a positive number that
no other has.  Category 0 is one like any other, but for Roboflow's: it is called as the supercategory of the others,
and is not a label when nothing uses it.  Keys that are not known go along with their labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import msgspec
from msgspec.structs import replace

from annotools.errors import Problem, Problems
from annotools.formats.coco.beside import name_of
from annotools.formats.coco.document import Document
from annotools.formats.coco.ids import Numbers, keys_of, numbered, report
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped
from annotools.formats.kernel.label_names import UNKNOWN_LABEL, expected_name
from annotools.formats.kernel.rows import Rows
from annotools.model import AttributeSpec, Dataset, Label, Labels
from annotools.model.definitions import INPUT_TYPES
from annotools.model.skeleton import drawing
from annotools.row_problems import RowProblems, below_each

Counts = dict[Any, int]

_MISSING = -3  # and below: the place among `missing`
_TYPES = frozenset(
    {"any", "rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag", "interval"}
)
OURS = ("type", "color", "attributes", "svg", "sublabels")
POINTS = ("keypoints", "skeleton")


class Categories(msgspec.Struct):
    """numbers: for each document, category id -> label id, or a number below -2 for one that is missing from the task.

    points: for each document, label id -> ids of its points in the order of keypoints, -1 for one that the task lacks.
    placeholders: label ids that go when unused, and their categories.
    """

    labels: Labels
    numbers: list[Numbers] = msgspec.field(default_factory=list)
    points: list[dict[int, list[int]]] = msgspec.field(default_factory=list)
    missing: list[Problem] = msgspec.field(default_factory=list)
    placeholders: dict[int, Any] = msgspec.field(default_factory=dict)

    def problem(self, number: int) -> Problem:
        """Why a category is not a label."""
        return self.missing[_MISSING - number]


class Item(msgspec.Struct, frozen=True):
    """One category.  points: names of its keypoints, as many as the annotations need."""

    keys: tuple[Any, ...]
    name: str
    above: str
    place: int
    raw: dict[str, Any]
    points: tuple[str, ...] = ()


def categories_of(
    documents: Sequence[Document], context: Dataset | None, counts: Sequence[Counts | None], rows: Rows,
    problems: Problems,
) -> Categories:  # fmt: skip
    """The labels of a source and what category ids mean.

    counts: how many points each category needs, None where categories have none.
    """
    pairs = zip(documents, counts, strict=True)
    listed = [list(_listed(document, points, rows, problems)) for document, points in pairs]
    if context is not None and len(context.labels):
        categories = _known(documents, listed, context)
    else:
        categories = _own(listed, any(points is not None for points in counts))
    everyone = {key: number for numbers in categories.numbers for key, number in numbers.items()}
    if not everyone and context is not None:
        everyone = {index: label.id for index, label in enumerate(context.labels.top, 1)}
        count = sum(not document.categories for document in documents)
        rows.repairs.note("file without categories", "category ids count the labels of the task", count=count)
    for index, document in enumerate(documents):
        for item in (*document.categories, *document.refused.get("categories", ())):
            if item:
                report(categories.numbers[index], item.get("id"))
        if not document.categories:
            categories.numbers[index] = everyone
            categories.points[index] = {label: ids for points in categories.points for label, ids in points.items()}
    return categories


def _listed(document: Document, counts: Counts | None, rows: Rows, problems: Problems) -> Iterator[Item]:
    seen: set[Any] = set()
    names = [item.get("name") for item in document.categories if item is not None]
    twice = len(names) - len(set(map(str, names)))
    rows.repairs.note("second category of one name", "both are one label", count=twice)
    wrong = RowProblems(below_each("/categories"))
    for index, item in enumerate(document.categories):
        if item is None:
            continue
        key, name = item.get("id"), item.get("name")
        fault = _fault(key, name, seen)
        if fault is not None:
            wrong.add(index, fault[0], document.member, fault[2], fault[1])
            continue
        if not isinstance(name, str):
            rows.repairs.note("name of category", "a number is taken for its text", str(name))
        seen.add(keys_of(key)[0])
        above = item.get("supercategory")
        points = () if counts is None else _points(item.get("keypoints"))
        needed = max((counts.get(key, 0) for key in keys_of(key)), default=0) if counts else 0
        if needed > len(points):
            rows.repairs.note("keypoint without a name", "it is called by its place", count=needed - len(points))
            points += tuple(map(str, range(len(points) + 1, needed + 1)))
        yield Item(keys_of(key), str(name), above if isinstance(above, str) else "", index, item, points)
    problems.extend(wrong.all())


def _fault(key: Any, name: Any, seen: set[Any]) -> tuple[str, str, str] | None:
    """What is wrong with a category, where in it, and what was expected."""
    if isinstance(key, bool) or not isinstance(key, int | float | str):
        return "category has no usable id", "/id", "a number"
    if isinstance(name, bool) or not isinstance(name, str | int | float):
        return "category has no name", "/name", "text"
    if keys_of(key)[0] in seen:
        return f"category id {key!r} is used twice", "/id", "an id of its own"
    return None


def _points(names: Any) -> tuple[str, ...]:
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _known(documents: Sequence[Document], listed: list[list[Item]], context: Dataset) -> Categories:
    """Categories are names of the context's labels."""
    labels = context.labels
    categories = Categories(labels)
    for document, items in zip(documents, listed, strict=True):
        ids, points = [], {}
        for item in items:
            label = _resolved(labels, item)
            if label is None:
                message, pointer = f"label {item.name!r} is not one of the task", f"/categories/{item.place}"
                wanted = expected_name(item.name, (label.name for label in labels.top))
                problem = Problem(message, document.member, pointer=pointer, expected=wanted, kind=UNKNOWN_LABEL)
                categories.missing.append(problem)
                ids.append(_MISSING - len(categories.missing) + 1)
                continue
            ids.append(label.id)
            subs = [labels.find(name, label.id) for name in item.points]
            points[label.id] = [-1 if sub is None else sub.id for sub in subs]
        categories.numbers.append(numbered([item.keys for item in items], ids))
        categories.points.append(points)
    return categories


def _resolved(labels: Labels, item: Item) -> Label | None:
    label, above = labels.find(item.name), labels.find(item.above)
    return labels.find(item.name, above.id) if label is None and above is not None else label


def _own(listed: list[list[Item]], keypoints: bool) -> Categories:
    """Every name is a label, in the order of the files; of several files' points of one name all are its."""
    first: dict[str, Item] = {}
    for item in (item for items in listed for item in items):
        known = first.setdefault(item.name, item)
        if len(item.points) > len(known.points):
            first[item.name] = replace(known, points=item.points, raw=item.raw | known.raw)
    ids = _label_ids(list(first.values()))
    fresh, specs = count(max(ids.values(), default=0) + 1), count(1)
    labels = [row for name, item in first.items() for row in _defined(item, ids[name], keypoints, fresh, specs)]
    categories = Categories(Labels(tuple(labels)))
    for items in listed:
        above = {item.above for item in items}
        categories.numbers.append(numbered([item.keys for item in items], [ids[item.name] for item in items]))
        categories.points.append(
            {ids[item.name]: _point_ids(categories.labels, ids[item.name], item.points) for item in items}
        )
        unused = {ids[item.name]: item for item in items if item.keys[0] == 0 and item.name in above}
        categories.placeholders |= {number: [item.place, item.raw] for number, item in unused.items()}
    return categories


def _point_ids(labels: Labels, label: int, names: Sequence[str]) -> list[int]:
    subs = (labels.find(name, label) for name in names)
    return [-1 if sub is None else sub.id for sub in subs]


def _label_ids(items: Sequence[Item]) -> dict[str, int]:
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for item in items:
        number = next((key for key in item.keys if isinstance(key, int)), 0)
        if 0 < number < 1 << 40 and number not in taken:
            ids[item.name] = number
            taken.add(number)
    fresh = count(max(taken, default=0) + 1)
    return {item.name: ids[item.name] if item.name in ids else next(fresh) for item in items}


def _defined(
    item: Item, number: int, keypoints: bool, fresh: Iterator[int], specs: Iterator[int]
) -> Iterator[Label]:  # fmt: skip
    """A label and the points of a skeleton."""
    raw, points = item.raw, list(dict.fromkeys(item.points))
    kind = raw.get("type") if _is_type(raw) else "skeleton" if points else "any"
    extras = tuple(_extras(item, keypoints))
    yield Label(number, item.name, None, str(kind), _color(raw), _specs(raw, specs), _svg(raw, points), extras)
    sublabels = raw.get("sublabels") if isinstance(raw.get("sublabels"), list) else []
    given = {str(sub.get("name")): sub for sub in sublabels or () if isinstance(sub, dict)}
    for name in points:
        sub = given.get(name, {})
        kind = sub.get("type") if _is_type(sub) else "points" if not sub else "any"
        yield Label(next(fresh), name, number, str(kind), _color(sub), _specs(sub, specs))


def _extras(item: Item, keypoints: bool) -> Iterator[tuple[str, Any]]:
    """What a category says beside of its label."""
    yield "category_id", item.raw["id"]
    if item.above:
        yield "supercategory", item.above
    known = {"id", "name", *OURS, *(POINTS if keypoints else ())}
    for key, value in item.raw.items():
        if key not in known and (key != "supercategory" or not isinstance(value, str)):
            plain = isinstance(value, bool | int | float | str)
            yield name_of(key, "category_id"), value if plain else dumped(value)


def _svg(raw: dict[str, Any], points: Sequence[str]) -> str:
    svg = raw.get("svg")
    if isinstance(svg, str):
        return svg
    return drawing(points, edges_of(raw.get("skeleton"), len(points))) if points else ""


def _is_type(raw: dict[str, Any]) -> bool:
    return any(kind == raw.get("type") for kind in _TYPES)


def _color(raw: dict[str, Any]) -> str:
    color = raw.get("color")
    if isinstance(color, list) and len(color) == 3 and all(isinstance(n, int) and 0 <= n < 256 for n in color):
        return "#" + bytes(color).hex()  # panoptic's
    return color if isinstance(color, str) else ""


def _specs(raw: dict[str, Any], numbers: Iterator[int]) -> tuple[AttributeSpec, ...]:
    given = raw.get("attributes")
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return tuple(_spec(item, next(numbers)) for item in items if isinstance(item.get("name"), str))


def _spec(item: dict[str, Any], number: int) -> AttributeSpec:
    kind = next((kind for kind in INPUT_TYPES if kind == item.get("input_type")), "text")
    values = item.get("values")
    return AttributeSpec(
        number, item["name"], item.get("mutable") is True, str(kind), str(item.get("default_value") or ""),
        tuple(map(str, values)) if isinstance(values, list) else (),
    )  # fmt: skip


def edges_of(joints: Any, points: int) -> list[tuple[int, int]]:
    """The pairs of points, by their places from 1, that are edges of a skeleton."""
    pairs = joints if isinstance(joints, list) else []
    whole = [
        pair for pair in pairs if isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) for n in pair)
    ]
    return [(a, b) for a, b in whole if 1 <= a <= points and 1 <= b <= points]


class _Points(msgspec.Struct, gc=False):
    category_id: Any = None
    keypoints: Any = None


_POINTS = msgspec.json.Decoder(_Points)


def point_counts(document: Document) -> dict[Any, int]:
    """How many keypoints the annotations of each category have at most."""
    counts: dict[Any, int] = {}
    assert isinstance(document.annotations, list)  # the document was asked for as a whole
    for piece in document.annotations:
        with suppress(*UNDECODABLE):
            row = _POINTS.decode(piece)
            points = row.keypoints if isinstance(row.keypoints, list) else []
            if points and isinstance(row.category_id, int | float | str):
                nested = isinstance(points[0], list)
                number = len(points) if nested else len(points) // 3
                counts[row.category_id] = max(counts.get(row.category_id, 0), number)
    return counts
