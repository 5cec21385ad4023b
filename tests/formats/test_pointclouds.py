"""Formats of clouds of points: what other programs write of projects and tracklets, and what ours say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import annotools as at
from annotools import formats
from annotools.errors import InputError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Label, Task
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped
from tests.formats.law_runs import judged, pipeline
from tests.formats.pointcloud_files import CUBOID, META, car, episode, figure, read_all, rows
from tests.law import invented, unnamed

CLOUDS = ("datumaro-3d", "kitti-raw", "sly-pointcloud")


def cloud(key: str, *figures: Any, objects: Any = (), tags: Any = ()) -> dict[str, Any]:
    return {"key": key, "tags": list(tags), "objects": list(objects), "figures": list(figures)}


def street(*, dimension: str = "3d") -> DatasetBuilder:
    """Two clouds; a cuboid by itself, and a track that grows and is away for a while."""
    build = DatasetBuilder(Task(dimension=dimension), labels=[Label(1, "car", color="#fa3253"), Label(2, "bus")])
    for frame in range(5):
        build.add_frame(f"a/{frame}.pcd", 0, 0)
    build.add_shape("cuboid", 1, "bus", (*CUBOID, *[0.0] * 7), occluded=True)
    return build


def test_a_project_says_classes_cuboids_and_attributes() -> None:
    one = cloud("v1", figure("k"), objects=[car("k", make="ford", lamps=3, lit=None), car("unused")])
    other = cloud("v0", tags=[{"name": "night"}, {"name": "weather", "value": "rain"}])
    result = read_all(
        {
            "p/meta.json": META, "p/key_id_map.json": {"videos": {"v0": 0, "v1": 1}},
            "p/ds0/ann/a.pcd.json": one, "p/ds0/ann/b.pcd.json": other,
        },
        "sly-pointcloud",
    )  # fmt: skip
    assert problems_of(result) == []
    dataset = result.dataset
    assert dataset.frames.names == ("b.pcd", "a.pcd")  # by their numbers
    assert dataset.shapes.points(0).tolist() == [*CUBOID, *[0] * 7]
    assert dict(dataset.shapes[0].attributes) == {"make": "ford", "lamps": "3", "lit": "true"}
    assert {spec.name: spec.input_type for spec in dataset.labels[0].attributes} == {
        "make": "text", "lamps": "number", "lit": "checkbox",
    }  # fmt: skip
    assert (dataset.labels[0].color, dataset.task.dimension) == ("#fa3253", "3d")
    assert [(tag.frame.number, tag.label.name) for tag in dataset.tags] == [(0, "night")]
    assert [(loss.what, loss.count) for loss in result.losses] == [("value of a cloud's tag", 1)]


def test_pictures_of_clouds_are_told() -> None:
    members: dict[str, Any] = {
        "meta.json": META, "ds0/ann/a.pcd.json": cloud("v1"), "ds0/pointcloud/a.pcd": b"cloud",
        "ds0/related_images/a_pcd/front.png": b"png", "ds0/related_images/a_pcd/front.png.json": {"name": "front.png"},
    }  # fmt: skip
    result = read_all(members, "sly-pointcloud")
    assert [file.name for file in (result.media or {}).values()] == ["ds0/pointcloud/a.pcd"]
    assert [str(loss) for loss in result.losses] == [
        "lost: 1 x related picture: clouds are read without the pictures of them"
    ]


def test_an_object_of_several_clouds_is_a_track_and_so_is_one_that_says_so() -> None:
    members = {
        "meta.json": META,
        "ds0/ann/0.json": cloud("0", figure("k"), figure("one"), objects=[car("k"), car("one", keyframe="true")]),
        "ds0/ann/1.json": cloud("1", figure("k"), figure("plain"), objects=[car("k"), car("plain")]),
    }
    dataset = read_all(members, "sly-pointcloud").dataset
    assert dataset.tracks.extras["track_id"].values.tolist() == ["k", "one"]
    assert int((dataset.shapes.track < 0).sum()) == 1


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (figure("nobody"), ":/figures/1/objectKey: objectKey is 'nobody', expected the key of an object of the file"),
        (figure("k", geometry={"position": 3}), ":/figures/1: cannot be read: "),
        ({"key": 3}, ":/figures/1: cannot be read: "),
        (figure("nameless"), ":/figures/1: its object 'nameless' has no classTitle, expected the name of a class"),
    ],
)
def test_a_bad_figure_is_one_problem(bad: Any, text: str) -> None:
    objects = [car("k"), {"key": "nameless"}]
    members = {"meta.json": META, "ds0/ann/0.json": cloud("0", figure("k"), bad, figure("k"), objects=objects)}
    result = read_all(members, "sly-pointcloud")
    assert len(result.problems) == 1
    assert problems_of(result)[0].startswith(f"ds0/ann/0.json{text}")
    assert len(result.dataset.shapes) == 2


def test_values_of_tags_beyond_64_bits_are_attributes() -> None:
    objects = [{"key": "k", "classTitle": "car", "tags": [{"name": "n", "value": 10**30}]}]
    text = json.dumps(cloud("0", figure("k"), objects=objects))
    result = read_all({"meta.json": META, "ds0/ann/0.json": text}, "sly-pointcloud")
    assert [value for _, value in next(iter(result.dataset.shapes)).attributes.items()] == [str(10**30)]


def test_other_figures_are_lost_and_other_projects_are_none() -> None:
    members = {
        "meta.json": META,
        "ds0/ann/0.json": cloud("0", figure("k", geometryType="point_3d"), objects=[car("k")]),
    }
    result = read_all(members, "sly-pointcloud")
    assert [(loss.what, loss.count) for loss in result.losses] == [("figure of type point_3d", 1)]
    with pytest.raises(InputError, match="holds no project of point clouds"):
        read_all({"meta.json": META}, "sly-pointcloud")
    images = {
        "meta.json": orjson.dumps(META | {"projectType": "images"}),
        "ds0/ann/a.jpg.json": orjson.dumps(cloud("")),
    }
    recognises = formats.get("sly-pointcloud").sniff
    assert recognises is not None
    assert not recognises(zipped(images))


def test_keys_are_the_same_every_time_and_those_that_were_read_stay(tmp_path: Path) -> None:
    dataset = street().dataset()
    for name in ("one", "other"):
        at.write(dataset, tmp_path / name, "sly-pointcloud")
    files = [(tmp_path / name / "key_id_map.json").read_bytes() for name in ("one", "other")]
    assert files[0] == files[1]
    members = {"meta.json": META, "ds0/ann/0.json": cloud("0", figure("k", "mine"), objects=[car("k")])}
    at.write(read_all(members, "sly-pointcloud").dataset, tmp_path / "read", "sly-pointcloud")
    again = orjson.loads((tmp_path / "read/ds0/ann/0.json").read_bytes())
    assert [(each["key"], each["objectKey"]) for each in again["figures"]] == [("mine", "k")]


@pytest.mark.parametrize("slug", CLOUDS)
def test_a_task_of_clouds_comes_back(slug: str, tmp_path: Path) -> None:
    build = street()
    track = build.add_track("car", 0)
    for frame, x in ((0, 0.0), (2, 4.0)):
        build.add_shape("cuboid", frame, points=(x, *CUBOID[1:], *[0.0] * 7), track=track)
    build.add_shape("cuboid", 3, points=(x, *CUBOID[1:], *[0.0] * 7), track=track, outside=True)
    build.add_tag(4, "bus")
    dataset = build.dataset()
    losses = at.write(dataset, tmp_path / "out", slug)
    assert {loss.what for loss in losses.of("lost", "annotations")} <= {"tags"}
    result = at.read(tmp_path / "out").dataset
    assert result.frames.names == dataset.frames.names
    seen = result.shapes.take(~result.shapes.outside)
    x = {int(frame): points[0] for frame, track, points in rows(seen) if track >= 0}
    assert x == {0: 0, 1: 2, 2: 4}


@pytest.mark.parametrize("slug", CLOUDS)
def test_what_is_drawn_on_pictures_has_no_place_in_space(slug: str, tmp_path: Path) -> None:
    build = street(dimension="2d")
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
    losses = at.write(build.dataset(), tmp_path / "out", slug)
    assert sum(loss.count for loss in losses if "no place in space" in str(loss)) == 2
    assert len(at.read(tmp_path / "out").dataset.shapes) == 0
    at.write(build.dataset(), tmp_path / "server", slug, compat="cvat")
    shapes = at.read(tmp_path / "server").dataset.shapes
    row = int(np.flatnonzero(shapes.counts == 16)[0])
    assert np.array_equal(shapes.points(row)[:9], CUBOID)


@st.composite
def clouds(draw: st.DrawFn) -> Dataset:
    """Tasks of clouds with cuboids and tracks that grow, hide, leave and come back."""
    specs = (AttributeSpec(11, "make"), AttributeSpec(12, "parked", True, "checkbox", "false"))
    labels = [Label(1, "car", None, "cuboid", "#fa3253", specs), Label(2, "bus & <b>")]
    build = DatasetBuilder(Task(dimension="3d", start_frame=draw(st.sampled_from([0, 4]))), labels=labels)
    for frame in range(6):
        build.add_frame(f"a b/{frame}.pcd", 0, 0, deleted=frame == draw(st.sampled_from([-1, -1, 1, 5])))
    number = st.integers(1, 3999).map(lambda n: n / 7)
    for index in range(draw(st.integers(0, 2))):
        build.add_shape("cuboid", draw(st.integers(0, 5)), "bus & <b>", _cuboid(draw, number, index), **_look(draw))
        build.add_tag(draw(st.integers(0, 5)), "car") if not index and draw(st.booleans()) else None
    for index in range(draw(st.integers(0, 2))):
        track = build.add_track("car", 0, source=draw(st.sampled_from(["manual", "auto"])), attributes={"make": "x"})
        for frame in sorted(draw(st.sets(st.integers(0, 5), min_size=1))):
            look = _look(draw) | {"keyframe": draw(st.sampled_from([True, True, False]))}
            points = _cuboid(draw, number, 10 + 10 * index)
            gone = draw(st.sampled_from([False, False, True]))
            build.add_shape("cuboid", frame, points=points, track=track, outside=gone, **look)
    return build.dataset()


def _cuboid(draw: st.DrawFn, number: st.SearchStrategy[float], shift: float) -> list[float]:
    size = draw(st.sampled_from([(1.0, 2.0, 3.0), (1.0, 2.0, 3.0), (1.5, 2.0, 3.0)]))
    places = draw(st.lists(number, min_size=6, max_size=6))
    return [places[0] + 1000 * shift, *places[1:], *size, *[0.0] * 7]


def _look(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "occluded": draw(st.booleans()), "z_order": draw(st.integers(0, 1)), "score": draw(st.sampled_from([1.0, 0.5])),
        "attributes": {},
    }  # fmt: skip


@pytest.mark.parametrize("slug", CLOUDS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(dataset=clouds())
def test_the_law_of_losses_holds_of_clouds_too(slug: str, dataset: Dataset) -> None:
    form = formats.get(slug)
    ready = pipeline(form, dataset)
    result, losses = judged(form, ready)
    assert problems_of(result) == []
    assert unnamed(ready, result.dataset, losses) == set()
    assert invented(ready, result.dataset, losses) == set()


def test_an_episode_is_read_cloud_by_cloud() -> None:
    moving = {"name": "moving", "value": "yes", "frameRange": [1, 2]}
    first = {"key": "o1", "classTitle": "car", "tags": [{"name": "colour", "value": "red"}, moving]}
    single = {"key": "o2", "classTitle": "bus", "tags": []}
    members = {
        "p/meta.json": {**META, "projectType": "point_cloud_episodes"},
        "p/ep/annotation.json": episode(
            [figure("o1", "a"), figure("o2", "b")], [], [figure("o1", "c")], [], objects=[first, single],
            tags=[{"name": "rain", "frameRange": [2, 3]}],
        ),
        "p/ep/frame_pointcloud_map.json": {"0": "one.pcd", "1": "two.pcd", "2": "three.pcd"},
        "p/ep/pointcloud/two.pcd": b"cloud",
    }  # fmt: skip
    assert formats.sniff(zipped({name: orjson.dumps(data) if isinstance(data, dict) else data
                                 for name, data in members.items()})) == "sly-pointcloud"  # fmt: skip
    result = read_all(members, "sly-pointcloud")
    assert problems_of(result) == []
    dataset = result.dataset
    assert dataset.frames.names == ("one.pcd", "two.pcd", "three.pcd", "000003.pcd")
    assert set(dataset.frames.subsets) == {"ep"}
    rows = [(s.frame.name, s.label.name, s.track is not None, s.outside) for s in dataset.shapes]
    assert [row for row in rows if not row[3]] == [
        ("one.pcd", "bus", False, False), ("one.pcd", "car", True, False), ("three.pcd", "car", True, False),
    ]  # fmt: skip
    assert [(tag.frame.name, tag.label.name) for tag in dataset.tags] == [
        ("three.pcd", "rain"), ("000003.pcd", "rain"),
    ]  # fmt: skip
    assert list(result.media or ()) == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frames": [{"index": 1, "figures": [figure("o9")]}]}, "/frames/0/figures/0/objectKey: objectKey is 'o9'"),
        ({"frames": [{"index": -1, "figures": []}]}, "/frames/0/index: index is -1, expected a number of a frame"),
        ({"frames": [{"index": 1, "figures": [{"key": 3}]}]}, "/frames/0/figures/0: cannot be read"),
        ({"objects": [{"classTitle": "car"}]}, "/objects/0: cannot be read"),
        ({"frames": 3}, "is not JSON"),
    ],
)
def test_a_bad_part_of_an_episode_is_told_once(change: dict[str, Any], message: str) -> None:
    members = {"meta.json": META, "ep/annotation.json": {**episode([], [], [], objects=[car("o1")]), **change},
               "ds0/ann/a.pcd.json": cloud("k", figure("o1"), objects=[car("o1")])}  # fmt: skip
    result = read_all(members, "sly-pointcloud")
    (problem,) = problems_of(result)
    assert message in problem
    assert len(result.dataset.shapes) == 1
