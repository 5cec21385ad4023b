"""Frames as images and labels as categories, as JSON.

    {"id": 7, "width": 640, "height": 480, "file_name": "a/b.jpg", "license": 3}
    {"id": 1, "name": "car", "supercategory": "", "type": "rectangle", "color": "#ff0000", "attributes": [...]}
    {"id": 2, "name": "person", "supercategory": "", "keypoints": ["head", "foot"], "skeleton": [[1, 2]]}

Other keys are extras; a key that an image had not when it was read is not written.  `keypoints` name the points of a
skeleton in the order of an annotation's keypoints, `skeleton` its edges by the points' numbers, from 1.  `type`,
`color` and `attributes` (as in CVAT's API) are ours: readers of COCO skip them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.formats.coco.beside import key_of, others, written
from annotools.formats.coco.images import FILE_NAME, IMAGE_KEYS
from annotools.formats.kernel.ids import distinct_ids
from annotools.formats.kernel.json_rows import JsonRows, column_texts, number_texts, value_texts
from annotools.formats.kernel.jsonfile import dumped
from annotools.model import AttributeSpec, Dataset, Frames, Label
from annotools.model.skeleton import edges, nodes
from annotools.model.tables import Ints
from annotools.transform.skeleton_points import points_of

_KNOWN = ("width", "height", "file_name")


def plain_images(table: Frames, frames: Ints, ids: list[bytes]) -> JsonRows:
    """Images as COCO has them.  ids: as JSON."""
    rows, sizes = JsonRows(len(frames)), table.sizes(frames)
    rows.put("id", ids)
    rows.put("width", number_texts(sizes[:, 0]))
    rows.put("height", number_texts(sizes[:, 1]))
    rows.put("file_name", value_texts([table.names[frame] for frame in frames.tolist()]))
    return rows


def put_image_keys(rows: JsonRows, table: Frames, frames: Ints) -> None:
    """Put in what frames say beside, and take out the keys that their images had not when they were read."""
    for key, extra in others(table.extras, ("image_id",)).items():
        there = np.flatnonzero(extra.present[frames])
        rows.put_at(key, there.tolist(), column_texts(extra.values[frames[there]]))
    _put_names(rows, table, frames)
    if IMAGE_KEYS not in table.extras:
        return
    extra = table.extras[IMAGE_KEYS]
    there = np.flatnonzero(extra.present[frames])
    had = extra.values[frames[there]].tolist()
    for key in _KNOWN:
        rows.drop(key, [row for row, keys in zip(there.tolist(), had, strict=True) if key not in keys])


def _put_names(rows: JsonRows, table: Frames, frames: Ints) -> None:
    """Names as they were, where they had backslashes."""
    if FILE_NAME not in table.extras:
        return
    extra = table.extras[FILE_NAME]
    there = np.flatnonzero(extra.present[frames])
    pairs = zip(there.tolist(), extra.values[frames[there]].tolist(), strict=True)
    same = [(row, name) for row, name in pairs if name.replace("\\", "/") == table.names[frames[row]]]
    rows.put_at("file_name", [row for row, _ in same], [dumped(name) for _, name in same])


Category = dict[str, Any]


def ids_of_labels(dataset: Dataset) -> dict[int, Any]:
    """Label id -> category id: as it was read, else its place among the labels, from 1."""
    given = [dict(label.extras).get("category_id") for label in dataset.labels.top]
    return dict(zip((label.id for label in dataset.labels.top), distinct_ids(given), strict=True))


def flat_places(dataset: Dataset) -> dict[int, int]:
    """The same as the server has it: in the order of ids, sublabels counted."""
    return {number: index for index, number in enumerate(sorted(dataset.labels.by_id), 1)}


def of_instances(dataset: Dataset, numbers: dict[int, Any]) -> list[Category]:
    """The categories of `coco`."""
    labels = [dataset.labels.by_id[number] for number in numbers]
    named = zip(flat(dataset, numbers), labels, strict=True)
    return [category | definition(label) | _beside(label) for category, label in named]


def _beside(label: Label) -> Category:
    """What a label says beside."""
    return {key_of(name): written(value) for name, value in label.extras if name != "category_id"}


def flat(dataset: Dataset, numbers: dict[int, Any]) -> list[Category]:
    """Bare categories; a sublabel has its skeleton above it."""
    by_id = dataset.labels.by_id
    above = {number: by_id[number].parent for number in numbers}
    return [
        {"id": category, "name": by_id[number].name, "supercategory": _name(by_id, above[number])}
        for number, category in numbers.items()
    ]


def _name(by_id: dict[int, Label], number: int | None) -> str:
    return by_id[number].name if number in by_id else ""


def of_keypoints(dataset: Dataset, numbers: dict[int, Any]) -> list[Category]:
    """The categories of `coco-keypoints`."""
    categories = []
    for number, category_id in numbers.items():
        label = dataset.labels.by_id[number]
        points = points_of(dataset.labels, label)
        category = (
            _skeleton(label, points, category_id) | {"skeleton": _edges(label)} | definition(label) | _beside(label)
        )
        if label.svg:
            category["svg"] = label.svg
        if points:
            category["sublabels"] = [{"name": sub.name, **definition(sub)} for sub in points]
        categories.append(category)
    return categories


def flat_keypoints(dataset: Dataset, numbers: dict[int, int]) -> list[Category]:
    """The same as the server has it: with the numbers of nodes, in the order of a set."""
    labels = [(dataset.labels.by_id[number], category_id) for number, category_id in numbers.items()]
    return [
        _skeleton(label, points_of(dataset.labels, label), category_id)
        | {"skeleton": [list(edge) for edge in set(edges(label.svg))]}
        for label, category_id in labels
        if label.parent is None
    ]


def _skeleton(label: Label, points: list[Label], category_id: int) -> Category:
    return {"id": category_id, "name": label.name, "supercategory": "", "keypoints": [sub.name for sub in points]}


def _edges(label: Label) -> list[list[int]]:
    """Edges by the points' numbers."""
    numbers = {node: index for index, (node, _) in enumerate(nodes(label.svg), 1)}
    return [[numbers[a], numbers[b]] for a, b in edges(label.svg) if a in numbers and b in numbers]


def definition(label: Label) -> dict[str, Any]:
    """What COCO has no field for, as far as there is something to say."""
    values: dict[str, Any] = {
        "type": label.type,
        "color": label.color,
        "attributes": list(map(_spec, label.attributes)),
    }
    return {key: value for key, value in values.items() if value and value != "any"}


def _spec(spec: AttributeSpec) -> dict[str, Any]:
    return {
        "name": spec.name, "mutable": spec.mutable, "input_type": spec.input_type,
        "default_value": spec.default_value, "values": list(spec.values),
    }  # fmt: skip
