"""Shapes as the boxes round them, each object as one, as readers of formats of boxes expect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

import annotools as at
from annotools.errors import UsageError
from annotools.model import RECTANGLE, Dataset, Task
from annotools.transform.shape_boxes import shapes_to_boxes
from tests.transform.build import builder, counts_of, one, same_but_points

CUBOID = [10, 10, 10, 30, 30, 10, 30, 30, 40, 5, 40, 25, 20, 5, 20, 25]
BOX_FORMATS = (
    "yolo", "yolo-ultralytics-detection", "yolo-ultralytics-detection-track", "yolo-ultralytics-obb", "mot",
    "wider-face",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "points", "rotation", "box"),
    [
        ("polygon", [3, 4, 30, 5, 20, 40.5], 0, [3, 4, 30, 40.5]),
        ("mask", [0, 2, 1, 3, 5, 6, 7, 8], 0, [5, 6, 8, 8]),  # of its three rows of pixels the last is bare
        ("ellipse", [20, 20, 30, 15], 90, [15, 10, 25, 30]),
        ("cuboid", CUBOID, 0, [10, 5, 40, 30]),
        ("rectangle", [10, 20, 50, 40], 90, [20, 10, 40, 50]),
    ],
)
def test_a_shape_becomes_the_box_round_it(kind: str, points: list[float], rotation: float, box: list[float]) -> None:
    given = one(kind, points, rotation=rotation)
    result, losses = shapes_to_boxes(given)
    assert result.shapes.type.tolist() == [RECTANGLE]
    assert result.shapes.values.tolist() == pytest.approx(box)
    assert result.shapes.rotation.tolist() == [0]
    assert same_but_points(result.shapes, given.shapes)
    assert counts_of(losses) == [("changed", "rotated rectangle" if kind == "rectangle" else kind, 1)]


def test_turned_boxes_may_stay_and_ellipses_become_such() -> None:
    box, losses = shapes_to_boxes(one("rectangle", [10, 20, 50, 40], rotation=90), "turned")
    assert (box.shapes.rotation.tolist(), counts_of(losses)) == ([90], [])
    result, _ = shapes_to_boxes(one("ellipse", [20, 20, 30, 15], rotation=30), "turned")
    assert (result.shapes.values.tolist(), result.shapes.rotation.tolist()) == ([10, 15, 30, 25], [30])
    with pytest.raises(UsageError, match="shapes-to-boxes=up, expected turned"):
        shapes_to_boxes(Dataset(), "up")


@pytest.mark.parametrize("kind", ["polyline", "points"])
def test_what_has_no_extent_stays(kind: str) -> None:
    given = one(kind, [3, 4, 30, 5])
    assert shapes_to_boxes(given)[0] == given


def test_what_is_malformed_stays() -> None:
    for kind, points in (("polygon", [3, 4, np.nan, 5, 6, 7]), ("ellipse", [1, 2, 3]), ("mask", [4, 0, 0, 1, 1])):
        assert shapes_to_boxes(one(kind, points))[0] == one(kind, points)


def test_cuboids_in_space_stay() -> None:
    given = one("cuboid", CUBOID).replace(task=Task(dimension="3d"))
    assert shapes_to_boxes(given)[0] == given


def test_parts_of_an_object_are_one_box_and_the_group_is_gone_with_them() -> None:
    build = builder()
    for points in ([10, 10, 20, 10, 20, 30], [30, 10, 40, 10, 40, 30.5]):
        build.add_shape("polygon", 1, "car", points, group=5)
    build.add_shape("polygon", 1, "bus", [1, 1, 2, 1, 2, 2], group=6)
    build.add_shape("polyline", 1, "bus", [1, 1, 2, 1], group=6)
    result, losses = shapes_to_boxes(build.dataset())
    assert result.shapes.boxes()[:2].tolist() == [[10, 10, 40, 30.5], [1, 1, 2, 2]]
    assert result.shapes.group.tolist() == [0, 6, 6]
    assert counts_of(losses) == [("changed", "polygon", 3)]


def test_polygons_of_a_track_are_boxes_on_every_frame() -> None:
    build = builder()
    track = build.add_track("car", 0)
    build.add_shape("polygon", 0, points=[0, 0, 10, 0, 10, 10], track=track)
    build.add_shape("polygon", 2, points=[10, 0, 20, 0, 20, 10], track=track)
    shapes = shapes_to_boxes(build.dataset())[0].shapes
    assert set(shapes.type.tolist()) == {RECTANGLE}
    assert shapes.keyframe.all()


def person(**box: object) -> dict[str, object]:
    """A COCO document of one person and one car of two parts."""
    parts = [[10, 10, 20, 10, 20, 30], [30, 10, 40, 10, 40, 30]]
    keypoints = {"keypoints": [50, 20, 2, 60, 40, 2], "num_keypoints": 2, **box}
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "person", "keypoints": ["head", "foot"]}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 20], "segmentation": parts, "iscrowd": 0},
            {"id": 2, "image_id": 1, "category_id": 2, "iscrowd": 0, **keypoints},
        ],
    }


@pytest.mark.parametrize("slug", BOX_FORMATS)
def test_formats_of_boxes_have_as_many_boxes_as_the_source_has_annotations(slug: str, tmp_path: Path) -> None:
    given = tmp_path / "a.json"
    outline = {"bbox": [45, 15, 20, 30], "segmentation": [[45, 15, 65, 15, 65, 45]]}
    given.write_bytes(orjson.dumps(person(**outline)))
    at.convert(given, tmp_path / "out", slug)
    context = at.read(given).dataset
    result = at.read(tmp_path / "out", slug, context=context.replace(shapes=context.shapes.take(np.zeros(0, np.int64))))
    shapes = result.dataset.shapes
    assert shapes.type.tolist() == [RECTANGLE] * 2
    assert sorted(shapes.boxes().tolist()) == pytest.approx(np.array([[10, 10, 40, 30], [45, 15, 65, 45]]))


def test_as_the_server_does_it_outlines_are_left_out(tmp_path: Path) -> None:
    at.write(one("polygon", [3, 4, 30, 5, 20, 40]), tmp_path / "out", "yolo-ultralytics-detection", compat="cvat")
    assert not list((tmp_path / "out").rglob("labels/**/*.txt"))
