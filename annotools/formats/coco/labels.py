"""Categories, there and back.

    {"id": 1, "name": "car", "supercategory": "", "type": "rectangle", "color": "#ff0000", "attributes": [...]}
    {"id": 2, "name": "person", "supercategory": "", "keypoints": ["head", "foot"], "skeleton": [[1, 2]]}

`keypoints` name the points of a skeleton in the order of an annotation's keypoints, `skeleton` its edges by the
points' numbers, from 1.  `type`, `color` and `attributes` (as in CVAT's API) are ours: readers of COCO skip them.
Under the quirk `flat-categories` sublabels take numbers too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from annotools.formats.coco.categories import drawing
from annotools.model import AttributeSpec, Dataset, Label, Labels
from annotools.model.skeleton import edges, nodes

Category = dict[str, Any]


def points_of(dataset: Dataset, label: Label) -> list[Label]:
    """The sublabels of a skeleton in the order of its drawing; those that are not drawn follow."""
    defined = {sub.name: sub for sub in dataset.labels.sublabels(label.id)}
    drawn = [defined.pop(name) for _, name in nodes(label.svg) if name in defined]
    return [*drawn, *defined.values()]


def as_drawn(dataset: Dataset) -> Dataset:
    """Skeletons as they are read back: each with a drawing, its points in the order of the keypoints."""
    families = [(label, points_of(dataset, label)) for label in dataset.labels.top]
    rows = tuple(row for label, points in families for row in (_drawn(label, points), *points))
    return dataset if len(rows) < len(dataset.labels) else dataset.replace(labels=Labels(rows))


def _drawn(label: Label, points: list[Label]) -> Label:
    bare = bool(points) and not label.svg
    return replace(label, svg=drawing([point.name for point in points], [])) if bare else label


def numbers(dataset: Dataset, server: bool) -> dict[int, int]:
    """Label id -> category id: its place among the labels, from 1.  server: in the order of ids, sublabels counted."""
    if server:
        return {number: place for place, number in enumerate(sorted(dataset.labels.by_id), 1)}
    return {label.id: place for place, label in enumerate(dataset.labels.top, 1)}


def instance_categories(dataset: Dataset, server: bool) -> list[Category]:
    """The categories of `coco`."""
    by_id = dataset.labels.by_id
    found = []
    for number, place in numbers(dataset, server).items():
        label = by_id[number]
        above = by_id[label.parent].name if label.parent in by_id else ""
        category = {"id": place, "name": label.name, "supercategory": above}
        found.append(category if server else category | definition(label))
    return found


def keypoint_categories(dataset: Dataset, server: bool) -> list[Category]:
    """The categories of `coco-keypoints`."""
    by_id = dataset.labels.by_id
    found = []
    for number, place in numbers(dataset, server).items():
        label = by_id[number]
        if label.parent is None:
            points = points_of(dataset, label)
            category: Category = {"id": place, "name": label.name, "supercategory": ""}
            category |= {"keypoints": [sub.name for sub in points], "skeleton": _skeleton(label, server)}
            if not server:
                category |= definition(label)
                if label.svg:
                    category["svg"] = label.svg
                if points:
                    category["sublabels"] = [{"name": sub.name, **definition(sub)} for sub in points]
            found.append(category)
    return found


def _skeleton(label: Label, server: bool) -> list[list[int]]:
    """Edges by the points' numbers; the server writes the numbers of nodes, in the order of a set."""
    if server:
        return [list(edge) for edge in set(edges(label.svg))]
    places = {node: place for place, (node, _) in enumerate(nodes(label.svg), 1)}
    return [[places[a], places[b]] for a, b in edges(label.svg) if a in places and b in places]


def definition(label: Label) -> dict[str, Any]:
    """What COCO has no field for, as far as there is something to say."""
    said: dict[str, Any] = {"type": label.type, "color": label.color, "attributes": list(map(_spec, label.attributes))}
    return {key: value for key, value in said.items() if value and value != "any"}


def _spec(spec: AttributeSpec) -> dict[str, Any]:
    return {
        "name": spec.name, "mutable": spec.mutable, "input_type": spec.input_type,
        "default_value": spec.default_value, "values": list(spec.values),
    }  # fmt: skip
