"""Boxes, ellipses, cuboids and skeletons as polygons and boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.geometry.polygons import polygon_areas
from annotools.model import POLYGON, RECTANGLE, Dataset, Task
from annotools.quirks import CVAT, NONE
from annotools.transform import TRANSFORMS, run, tracks_to_shapes
from annotools.transform.outlines import (
    boxes_to_polygons,
    cuboids_to_boxes,
    cuboids_to_polygons,
    ellipses_to_polygons,
    rotated_boxes_to_polygons,
)
from annotools.transform.skeletons import skeletons_to_boxes, skeletons_to_points
from tests.tracks.documents import texts_of
from tests.transform.build import builder, counts_of, one, same_but_points

CUBOID = [10, 10, 10, 30, 30, 10, 30, 30, 40, 5, 40, 25, 20, 5, 20, 25]


def test_boxes_become_their_corners() -> None:
    given = one("rectangle", [10, 20, 50, 40], rotation=90)
    for transform in (boxes_to_polygons, rotated_boxes_to_polygons):
        result, losses = transform(given)
        assert result.shapes.type.tolist() == [POLYGON]
        assert result.shapes.values.tolist() == [40, 10, 40, 50, 20, 50, 20, 10]
        assert result.shapes.rotation.tolist() == [0]
        assert same_but_points(result.shapes, given.shapes)
        assert texts_of(result) == texts_of(given)
        assert counts_of(losses) == [("changed", "rectangle", 1)]


def test_upright_boxes_stay_boxes() -> None:
    given = one("rectangle", [10, 20, 50, 40])
    result, losses = rotated_boxes_to_polygons(given)
    assert result == given
    assert not losses


def test_a_box_of_a_track_turns_on_every_frame() -> None:
    build = builder(5)
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, points=[0, 0, 40, 20], track=track)
    build.add_shape("rectangle", 4, points=[0, 0, 40, 20], track=track, rotation=40)
    plain, _ = tracks_to_shapes(build.dataset())
    expected, _ = boxes_to_polygons(plain)
    for transform in (boxes_to_polygons, rotated_boxes_to_polygons):
        result, losses = transform(build.dataset())
        assert result.shapes.keyframe.all()
        assert counts_of(losses) == [("changed", "frame of track", 3), ("changed", "rectangle", 5)]
        np.testing.assert_allclose(tracks_to_shapes(result)[0].shapes.values, expected.shapes.values)


def test_half_a_turn_is_that_or_the_server_s() -> None:
    build = builder(5)
    track = build.add_track("car", 0)
    for frame, rotation in ((0, 0), (4, 180)):
        build.add_shape("rectangle", frame, points=[0, 0, 40, 20], track=track, rotation=rotation)
    for quirks, expected in ((NONE, [0, 45, 90, 135, 180]), (CVAT, [0, 0.25, 0.5, 0.75, 180])):
        result, _ = TRANSFORMS["tracks-to-shapes"](build.dataset(), "", quirks)
        assert result.shapes.rotation.tolist() == expected


def test_an_ellipse_keeps_its_area() -> None:
    given = one("ellipse", [30, 20, 50, 10], rotation=30)
    result, losses = ellipses_to_polygons(given)
    area = polygon_areas(result.shapes.values, result.shapes.offsets)[0]
    assert area == pytest.approx(math.pi * 20 * 10, rel=0.03)
    assert same_but_points(result.shapes, given.shapes)
    assert counts_of(losses) == [("changed", "ellipse", 1)]
    fine, _ = ellipses_to_polygons(given, "0.01")
    assert len(fine.shapes.values) > len(result.shapes.values)
    for argument in ("0", "-1", "wide", "nan", "inf"):
        with pytest.raises(UsageError):
            ellipses_to_polygons(given, argument)


def test_cuboids_become_what_is_round_them() -> None:
    given = one("cuboid", CUBOID)
    box, _ = cuboids_to_boxes(given)
    assert box.shapes.type.tolist() == [RECTANGLE]
    assert box.shapes.values.tolist() == [10, 5, 40, 30]
    polygon, _ = cuboids_to_polygons(given)
    assert polygon.shapes.values.tolist() == [10, 10, 20, 5, 40, 5, 40, 25, 30, 30, 10, 30]
    space = given.replace(task=Task(dimension="3d"))
    assert cuboids_to_boxes(space)[0] == space


def test_odd_points_stay_and_are_said() -> None:
    given = one("rectangle", [1, 2, 3])
    result, losses = boxes_to_polygons(given)
    assert result == given
    assert "stays as it is" in losses.rows[0].why
    endless = one("rectangle", [1, 2, 3, math.inf])
    assert boxes_to_polygons(endless)[0] == endless


def _skeleton(tracked: bool) -> Dataset:
    build = builder()
    body = build.add_label("body", type="skeleton")
    parts = [build.add_label(name, parent=body, type="points") for name in ("head", "hand", "foot")]
    places = [[30, 5], [10, 20], [50, 40]]
    if tracked:
        track = build.add_track(body, 0, group=4)
        for frame in (0, 3):
            build.add_shape("skeleton", frame, track=track)
        for part, point in zip(parts, places, strict=True):
            element = build.add_track(part, 0, parent=track)
            build.add_shape("points", 0, points=point, track=element, outside=part.name == "foot")
    else:
        row = build.add_shape("skeleton", 2, body, group=4)
        for part, point in zip(parts[::-1], places[::-1], strict=True):
            build.add_shape("points", 2, part, point, parent=row, outside=part.name == "foot")
    return build.dataset()


def test_a_skeleton_becomes_one_shape() -> None:
    box, losses = skeletons_to_boxes(_skeleton(False))
    assert box.shapes.values.tolist() == [10, 5, 30, 20]
    assert box.shapes.group.tolist() == [4]
    assert counts_of(losses) == [("changed", "skeleton", 1), ("lost", "skeleton element", 3)]
    points, _ = skeletons_to_points(_skeleton(False))
    assert points.shapes.values.tolist() == [30, 5, 10, 20]


def test_a_skeleton_track_becomes_one_track() -> None:
    box, _ = skeletons_to_boxes(_skeleton(True))
    assert len(box.tracks) == 1
    assert box.shapes.frame.tolist() == [0, 1, 2, 3]
    assert box.shapes.values.tolist() == [10, 5, 30, 20] * 4


def test_a_skeleton_of_which_nothing_is_seen_is_lost() -> None:
    given = _skeleton(False)
    dark = given.replace(shapes=given.shapes.replace(outside=given.shapes.parent >= 0))
    result, losses = skeletons_to_boxes(dark)
    assert len(result.shapes) == 0
    assert ("lost", "skeleton", 1) in counts_of(losses)


def test_all_transforms_take_an_empty_dataset_and_refuse_nonsense() -> None:
    empty = Dataset()
    for name, transform in TRANSFORMS.items():
        if name != "remap-labels":
            result, losses = transform(empty, "", NONE)
            assert result == empty, name
            assert not losses, name
        with pytest.raises(UsageError, match=name):
            transform(empty, "no such argument", NONE)


def test_steps_in_a_row_sum_their_losses() -> None:
    given = one("rectangle", [10, 20, 50, 40])
    result, losses = run(given, ("boxes-to-polygons", "polygons-to-masks"))
    assert [loss.step for loss in losses] == ["boxes-to-polygons", "polygons-to-masks"]
    assert result.shapes.type.tolist() == [6]
    assert counts_of(losses) == [("changed", "rectangle", 1), ("changed", "polygon", 1)]
