"""Categories of a document -> labels, and back.

    {"label": {"labels": [{"name": "person", "parent": "", "attributes": ["pose"]},
                          {"name": "head", "parent": "person", "attributes": []}], "attributes": []},
     "points": {"items": [{"label_id": 0, "labels": ["head", "foot"], "joints": [[1, 2]], "positions": []}]}}

A label's number is its place.  `points` name the points of a skeleton in the order of its keypoints, and their joints
by places from 1.  `type`, `color`, `specs` and `svg` of a label are ours: readers of Datumaro skip them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import msgspec

from annotools.errors import Problems
from annotools.formats.datumaro.documents import Document
from annotools.formats.kernel.attribute_blobs import RESERVED
from annotools.formats.kernel.label_definitions import definition, list_in, specs_of, text_in, type_of, usual_type
from annotools.model import Dataset, Label, Labels
from annotools.model.skeleton import drawing, edges, nodes
from annotools.row_problems import RowProblems, below_each
from annotools.transform.skeleton_points import points_of


class Category(msgspec.Struct):
    """A label of a document.  parent: the name above it.  points: of its keypoints."""

    name: str
    parent: str
    raw: dict[str, Any]
    points: tuple[str, ...] = ()
    joints: tuple[tuple[int, int], ...] = ()


_NAMELESS = Category("", "", {})


class LabelsIn(msgspec.Struct):
    """labels: all.  known: whether they are the context's.  bare: labels and names of attributes that are not defined.
    repeated: how many are called as another of their document.

    For each document, numbers: the label of each place, -1 for none; points: label -> its points, -1 for one that is
    not there; keypoints: labels of which keypoints are said as points, where skeletons are not known; names: of places.
    """

    labels: Labels
    known: bool
    numbers: list[list[int]] = msgspec.field(default_factory=list)
    points: list[dict[int, list[int]]] = msgspec.field(default_factory=list)
    keypoints: list[set[int]] = msgspec.field(default_factory=list)
    names: list[list[str]] = msgspec.field(default_factory=list)
    bare: list[tuple[int, str]] = msgspec.field(default_factory=list)
    repeated: int = 0


def labels_of(documents: Sequence[Document], context: Dataset | None, problems: Problems) -> LabelsIn:
    """The labels of a source: those of the context that are called as the categories, or the categories."""
    listed = [list(_categories(document, problems)) for document in documents]
    known = context is not None and len(context.labels) > 0
    labels = context.labels if context is not None and known else _defined(listed)
    result = LabelsIn(labels, known)
    for categories in listed:
        ids = [_label_of(labels, each) for each in categories]
        result.numbers.append([-1 if label is None else label.id for label in ids])
        result.names.append([each.name for each in categories])
        named = [(each.parent, each.name) for each in categories if each.name]
        result.repeated += len(named) - len(set(named))
        boned = [(each, label) for each, label in zip(categories, ids, strict=True) if label is not None]
        pairs = {label.id: _point_ids(labels, label, each.points) for each, label in boned if each.points}
        result.points.append(pairs)
        result.keypoints.append(set() if any(each.parent for each in categories) else set(pairs))
        result.bare += [
            (label.id, name)
            for each, label in boned
            for name in dict.fromkeys(map(str, list_in(each.raw, "attributes")))
            if label.spec(name) is None and name not in RESERVED
        ]
    return result


def _label_of(labels: Labels, each: Category) -> Label | None:
    """The label that a category is."""
    top = labels.find(each.parent) if each.parent else None
    return labels.resolve(each.name, -1 if top is None else top.id) if each.name else None


def _point_ids(labels: Labels, label: Label, names: Sequence[str]) -> list[int]:
    subs = (labels.find(name, label.id) for name in names)
    return [-1 if sub is None else sub.id for sub in subs]


def _categories(document: Document, problems: Problems) -> Iterator[Category]:
    rows = list_in(document.categories.get("label"), "labels")
    points, wrong = _points(document), RowProblems(below_each("/categories/label/labels"))
    for index, raw in enumerate(rows):
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
            wrong.add(index, "label has no name", document.member, "text")
            yield _NAMELESS
            continue
        parent = raw.get("parent")
        names, joints = points.get(index, ((), ()))
        yield Category(raw["name"], parent if isinstance(parent, str) else "", raw, names, joints)
    problems.extend(wrong.all())


def _points(document: Document) -> dict[int, tuple[tuple[str, ...], tuple[tuple[int, int], ...]]]:
    """Names of points and joints by the place of their label."""
    points = {}
    for item in list_in(document.categories.get("points"), "items"):
        if isinstance(item, dict) and isinstance(item.get("label_id"), int):
            names = tuple(map(str, list_in(item, "labels")))
            points[item["label_id"]] = (names, tuple(_joints(list_in(item, "joints"), len(names))))
    return points


def _joints(pairs: list[Any], points: int) -> Iterator[tuple[int, int]]:
    """Pairs of places from 1, also where the file counts from 0."""
    whole = [p for p in pairs if isinstance(p, list) and len(p) == 2 and all(isinstance(n, int) for n in p)]
    first = 1 if any(0 in pair for pair in whole) else 0
    return ((a + first, b + first) for a, b in whole if 1 <= a + first <= points and 1 <= b + first <= points)


def _defined(listed: Sequence[Sequence[Category]]) -> Labels:
    """Every name is a label, a skeleton followed by its points, also by those that only its keypoints name."""
    first: dict[tuple[str, str], Category] = {}
    for each in (each for categories in listed for each in categories if each.name):
        first.setdefault((each.parent, each.name), each)
    fresh, specs = count(1), count(1)
    tops = {name for parent, name in first if not parent}
    ids = {key: next(fresh) for key in first}
    rows: list[Label] = []
    for (parent, name), each in first.items():
        above = ids.get(("", parent)) if parent in tops else None
        rows.append(_label(each, ids[parent, name], above, specs))
        missing = [sub for sub in dict.fromkeys(each.points) if (name, sub) not in first]
        rows += [Label(next(fresh), sub, ids[parent, name], "points") for sub in missing if not parent]
    boned = {row.parent for row in rows}
    return Labels(tuple(replace(row, type=row.type or usual_type(row, row.id in boned)) for row in rows))


def _label(each: Category, number: int, above: int | None, specs: Iterator[int]) -> Label:
    raw = each.raw
    drawn = drawing(each.points, each.joints) if each.points else ""
    own_specs = tuple(specs_of(raw, specs))
    return Label(number, each.name, above, type_of(raw), text_in(raw, "color"), own_specs, text_in(raw, "svg") or drawn)


def written(dataset: Dataset) -> dict[str, Any]:
    """The categories of all documents."""
    boned = {label.parent for label in dataset.labels}
    labels = [
        {"name": label.name, "parent": _above(dataset, label), "attributes": [spec.name for spec in label.attributes]}
        | definition(label, label.id in boned)
        for label in dataset.labels
    ]
    return {"label": {"labels": labels, "label_groups": [], "attributes": []}, "points": {"items": _items(dataset)}}


def _above(dataset: Dataset, label: Label) -> str:
    parent = dataset.labels.by_id.get(label.parent) if label.parent is not None else None
    return parent.name if parent is not None else ""


def _items(dataset: Dataset) -> list[dict[str, Any]]:
    """The points of skeletons, and their joints by places."""
    entries = []
    for index, label in enumerate(dataset.labels):
        points = points_of(dataset.labels, label) if label.parent is None else []
        if points:
            numbers = {node: n for n, (node, _) in enumerate(nodes(label.svg), 1)}
            joints = [[numbers[a], numbers[b]] for a, b in edges(label.svg) if a in numbers and b in numbers]
            names = [point.name for point in points]
            entries.append({"label_id": index, "labels": names, "joints": joints, "positions": []})
    return entries
