"""COCO Keypoints: persons and their points, of programs, of people and of the server."""

from __future__ import annotations

from typing import Any

import pytest

from annotools import quirks
from annotools.formats.base import ReadOptions
from annotools.model import DatasetBuilder
from annotools.model.skeleton import edges, nodes
from tests.formats.coco_files import KEYPOINTS, Doc, box, doc, read, write
from tests.formats.files import problems_of

PERSON = {"id": 1, "name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}


def person(**fields: Any) -> Doc:
    return {"id": 1, "image_id": 1, "category_id": 1, "keypoints": [3, 4, 2, 5, 7, 1], "num_keypoints": 2} | fields


def test_keypoints_become_a_skeleton() -> None:
    outline = [[1, 1, 9, 1, 9, 9]]
    rows = [person(bbox=[3, 4, 2, 3]), person(bbox=[0, 0, 9, 9]), person(bbox=[0, 0, 12, 12], segmentation=outline)]
    result = read({KEYPOINTS: doc(*rows, categories=[PERSON])}, slug="coco-keypoints")
    assert problems_of(result) == []
    label = result.dataset.labels[0]
    assert label.type == "skeleton"
    assert [name for _, name in nodes(label.svg)] == ["nose", "eye"]
    assert edges(label.svg) == [(1, 2)]
    top = [shape for shape in result.dataset.shapes if shape.parent is None]
    words = sorted((shape.group, shape.type) for shape in top)
    assert words == [
        (0, "skeleton"), (1, "rectangle"), (1, "skeleton"), (2, "polygon"), (2, "skeleton"),
    ]  # fmt: skip
    parts = [shape for shape in result.dataset.shapes if shape.parent is not None][:2]
    assert [(part.label.name, part.points.tolist(), part.occluded) for part in parts] == [
        ("nose", [3, 4], False), ("eye", [5, 7], True),
    ]  # fmt: skip


def skeleton_task() -> Any:
    build = DatasetBuilder()
    whole = build.add_label("person", type="skeleton")
    for name in ("nose", "eye"):
        build.add_label(name, parent=whole, type="points")
    build.add_frame("a.jpg", 20, 10)
    build.add_frame("sub/b.jpg", 30, 40)
    return build.dataset()


@pytest.mark.parametrize(("names", "lost"), [(["head", "foot"], 2), ([], 2), (["nose"], 1), (["nose", "eye"], 0)])
def test_keypoints_that_the_task_lacks_are_counted_and_refused_by_the_server(names: list[str], lost: int) -> None:
    row = person(bbox=[3, 4, 2, 3], segmentation=[])
    document = {KEYPOINTS: doc(row, categories=[PERSON | {"keypoints": names}])}
    result = read(document, skeleton_task(), "coco-keypoints")
    assert problems_of(result) == []
    assert sum(loss.count for loss in result.losses.of("lost", "annotations")) == lost
    assert len(result.dataset.shapes) == 3 - lost
    strict = read(document, skeleton_task(), "coco-keypoints", ReadOptions(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/0/keypoints"] * bool(lost)


def test_the_server_needs_keypoints_of_every_annotation() -> None:
    rows = person(bbox=[3, 4, 2, 3], segmentation=[]), box(id=2, segmentation=[])
    document = {KEYPOINTS: doc(*rows, categories=[PERSON])}
    assert problems_of(read(document, skeleton_task(), "coco-keypoints")) == []
    strict = read(document, skeleton_task(), "coco-keypoints", ReadOptions(quirks=quirks.CVAT))
    assert [problem.pointer for problem in strict.problems] == ["/annotations/1"]


def test_points_without_names_get_some() -> None:
    result = read({KEYPOINTS: doc(person(), categories=[{"id": 1, "name": "person"}])}, slug="coco-keypoints")
    assert [label.name for label in result.dataset.labels] == ["person", "1", "2"]
    assert [str(loss) for loss in result.losses] == [
        "changed: 2 x keypoint without a name: it is called by its place"
    ]  # fmt: skip


def test_a_visibility_that_is_none_is_a_change_and_comes_back() -> None:
    document = doc(person(keypoints=[3, 4, 0.87, 5, 7, 1], segmentation=[]), categories=[PERSON])
    result = read({KEYPOINTS: document}, slug="coco-keypoints")
    assert [str(loss) for loss in result.losses] == [
        "changed: 1 x visibility of keypoint: above 0 it is taken for 2, which is seen, as in 0.87"
    ]  # fmt: skip
    (again,) = write(result.dataset, "coco-keypoints").values()
    assert again["annotations"][0]["keypoints"] == [3, 4, 0.87, 5, 7, 1]
    strict = read({KEYPOINTS: document}, slug="coco-keypoints", options=ReadOptions(quirks=quirks.CVAT))
    assert problems_of(strict) == [f"{KEYPOINTS}:/annotations/0/keypoints: visibility is 0.87, expected 0, 1 or 2"]


def test_a_person_without_keypoints_is_a_box() -> None:
    nothing = person(keypoints=[0] * 6, num_keypoints=0, bbox=[1, 2, 3, 4])
    odd = person(keypoints=[1, 2, 3, 4], bbox=[1, 2, 3, 4])
    result = read({KEYPOINTS: doc(nothing, odd, categories=[PERSON])}, slug="coco-keypoints")
    assert [shape.type for shape in result.dataset.shapes] == ["rectangle", "rectangle"]
    assert [problem.pointer for problem in result.problems] == ["/annotations/1/keypoints"]
