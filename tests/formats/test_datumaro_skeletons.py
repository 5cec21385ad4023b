"""Datumaro: points of skeletons and clouds of points, of its own files and of CVAT's fork."""

from __future__ import annotations

from pathlib import Path

import orjson

import annotools as at
from annotools import formats
from annotools.model import DatasetBuilder, Label
from tests.formats.datumaro_files import CAR, document, kind, read, read_all, written
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped

SKELETON = {
    "label": {
        "labels": [{"name": "person"}, {"name": "head", "parent": "person"}, {"name": "foot", "parent": "person"}],
    },
    "points": {"items": [{"label_id": 0, "labels": ["foot", "head"], "joints": [[1, 2]]}]},
}  # fmt: skip


def test_points_of_a_skeleton_are_those_that_its_label_names() -> None:
    attributes = [{}, {"hat": True}]
    skeleton = kind("skeleton", points=[1, 2, 1, 3, 4, 0], points_attributes=attributes)
    dataset = read(skeleton, categories=SKELETON).dataset
    names = [dataset.labels.by_id[number].name for number in dataset.shapes.label.tolist()]
    assert names == ["person", "foot", "head"]
    assert dataset.shapes.occluded.tolist() == [False, True, False]
    assert dataset.shapes.outside.tolist() == [False, False, True]
    assert dataset.shapes.parent.tolist() == [-1, 0, 0]
    assert dict(dataset.shapes[2].attributes) == {"hat": "true"}
    assert dataset.labels[0].type == "skeleton"


def test_points_of_a_label_that_names_them_are_a_skeleton_where_skeletons_are_not_known() -> None:
    categories = {
        "label": {"labels": [{"name": "person"}]},
        "points": {"items": [{"label_id": 0, "labels": ["head", "foot"], "joints": [[0, 1]]}]},
    }
    one, other = kind("points", points=[1, 2, 3, 4], visibility=[2, 0]), kind("points", points=[1, 2], visibility=[1])
    dataset = read(one, other, categories=categories).dataset
    assert [shape.type for shape in dataset.shapes] == ["skeleton", "points", "points", "points"]
    assert dataset.shapes.outside.tolist() == [False, False, False, True]
    assert dataset.labels[0].svg.count("data-node-from") == 1


def test_more_points_than_names_are_a_problem() -> None:
    result = read(kind("skeleton", points=[1, 2, 2] * 3), categories=SKELETON)
    assert problems_of(result) == [
        (
            "annotations/default.json:/items/0/annotations/0/points: has a point without a name, "
            "expected as many points as the label names"
        )
    ]
    assert len(result.dataset.shapes) == 3


def test_visibility_and_infos_come_back(tmp_path: Path) -> None:
    whole = orjson.loads(document(kind("points", points=[1, 2, 3, 4], visibility=[2, 0])))
    dataset = read_all({"annotations/default.json": orjson.dumps(whole | {"infos": {"author": "anna"}})}).dataset
    again = written(dataset, tmp_path)
    assert again["infos"] == {"author": "anna"}
    assert again["items"][0]["annotations"][0]["visibility"] == [2, 0]


CLOUD = {
    "id": "1", "annotations": [kind("cuboid_3d", position=[1, 2, 3], rotation=[0, 0, 0.5], scale=[4, 5, 6])],
    "attr": {"frame": 0}, "point_cloud": {"path": "1.pcd"}, "related_images": [{"path": "1/front.jpg"}],
}  # fmt: skip


def test_points_of_a_skeleton_are_seen_hidden_or_not_there(tmp_path: Path) -> None:
    """COCO's visibility: 2 seen, 1 hidden, 0 not in the picture."""
    build = DatasetBuilder()
    pose = build.add_label("pose", type="skeleton")
    for name in ("head", "left", "right"):
        build.add_label(name, parent=pose, type="points")
    build.add_frame("a.jpg", 50, 40)
    row = build.add_shape("skeleton", 0, "pose")
    for name, x, more in (("head", 1, {}), ("left", 2, {"occluded": True}), ("right", 3, {"outside": True})):
        build.add_shape("points", 0, name, [x, 9], parent=row, **more)
    item = written(build.dataset(), tmp_path)["items"][0]["annotations"][0]
    assert item["points"] == [1, 9, 2, 2, 9, 1, 3, 9, 0]
    shapes = at.read(tmp_path / "out", "datumaro").dataset.shapes
    points = shapes.type == at.ShapeType.POINTS
    assert shapes.occluded[points].tolist() == [False, True, False]
    assert shapes.outside[points].tolist() == [False, False, True]


def test_clouds_are_told_from_pictures_and_come_back(tmp_path: Path) -> None:
    members = {"annotations/default.json": orjson.dumps({"info": {}, "categories": CAR, "items": [CLOUD]})}
    assert formats.sniff(zipped(members)) == "datumaro-3d"
    dataset = read_all(members, "datumaro-3d").dataset
    assert dataset.task.dimension == "3d"
    at.write(dataset, tmp_path / "out", "datumaro-3d")
    again = orjson.loads((tmp_path / "out/annotations/default.json").read_bytes())
    assert again["media_type"] == 6
    assert again["items"][0]["related_images"] == CLOUD["related_images"]
    annotation = again["items"][0]["annotations"][0]
    assert [annotation[key] for key in ("position", "rotation", "scale")] == [[1, 2, 3], [0, 0, 0.5], [4, 5, 6]]
    assert at.read(tmp_path / "out").dataset == dataset


def test_a_cuboid_on_a_picture_is_none_in_space(tmp_path: Path) -> None:
    builder = DatasetBuilder(labels=[Label(1, "car")])
    builder.add_frame("a.jpg", 50, 40)
    builder.add_shape("cuboid", 0, "car", [float(n) for n in range(16)])
    losses = at.write(builder.dataset(), tmp_path / "out", "datumaro-3d")
    assert any("not a cuboid in space" in str(loss) for loss in losses.of("lost", "annotations"))
    assert orjson.loads((tmp_path / "out/annotations/default.json").read_bytes())["items"][0]["annotations"] == []
    server = at.write(builder.dataset(), tmp_path / "server", "datumaro-3d", compat="cvat")
    assert not any("cuboid" in str(loss) for loss in server)
    item = orjson.loads((tmp_path / "server/annotations/default.json").read_bytes())["items"][0]
    assert item["annotations"][0]["position"] == [0, 1, 2]
