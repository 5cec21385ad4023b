"""Steps of formats that paint masks, and that say no more of attributes than their names."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.ragged import to_arrays
from annotools.geometry.rle import mask_to_cvat_rle
from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.transform import run

SQUARE = [0, 4, 0, 0, 1, 1]  # pixels 0..1 of lines 0..1


def masked(*masks: tuple[list[int], int]) -> Dataset:
    build = DatasetBuilder()
    label = build.add_label("car")
    build.add_frame("a.jpg", 4, 3)
    for points, height in masks:
        build.add_shape("mask", 0, label, points, z_order=height)
    return build.dataset()


def with_losses(dataset: Dataset, step: str) -> tuple[Dataset, list[tuple[str, str, list[int], str]]]:
    result, losses = run(dataset, [step])
    return result, [(loss.kind, loss.what, loss.rows.tolist(), loss.column) for loss in losses]


def test_a_mask_loses_what_others_cover() -> None:
    right = [0, 2, 1, 0, 1, 1]  # pixel 1 of both lines
    result, losses = with_losses(masked((SQUARE, 0), (right, 0)), "visible-masks")
    assert [result.shapes.points(row).tolist() for row in (0, 1)] == [[0, 2, 0, 0, 0, 1], right]
    assert losses == [("changed", "mask", [0], "points")]
    result, losses = with_losses(masked((SQUARE, 5), (right, 0)), "visible-masks")
    assert result.shapes.points(0).tolist() == SQUARE
    assert losses == [("lost", "mask", [1], "")]


def test_a_loose_box_becomes_tight_and_a_faulty_mask_stays() -> None:
    loose, outside = [5, 1, 3, 0, 0, 2, 2], [0, 1, 9, 9, 9, 9]
    result, losses = with_losses(masked((loose, 0), (outside, 0)), "visible-masks")
    assert [result.shapes.points(row).tolist() for row in (0, 1)] == [[0, 1, 2, 1, 2, 1], outside]
    assert losses == [("changed", "mask", [0], "points")]
    assert with_losses(masked((SQUARE, 0)), "visible-masks")[1] == []


def test_a_mask_without_pixels_is_not_to_be_seen() -> None:
    result, losses = with_losses(masked(([1, 0, 0, 0, 0], 0), (SQUARE, 0), ([9, 0, 0, 2, 2], 0)), "visible-masks")
    assert [result.shapes.points(row).tolist() for row in range(len(result.shapes))] == [SQUARE]
    assert losses == [("lost", "mask", [0, 2], "")]


def test_definitions_of_attributes_become_names() -> None:
    build = DatasetBuilder()
    specs = [AttributeSpec(0, "unused"), AttributeSpec(0, "late", True, "number", "3"), AttributeSpec(0, "early")]
    label = build.add_label("car", attributes=specs)
    build.add_frame("a.jpg", 9, 9)
    build.add_frame("b.jpg", 9, 9)
    build.add_shape("rectangle", 1, label, [0, 0, 1, 1], attributes={"late": "5"})
    build.add_shape("rectangle", 0, label, [0, 0, 1, 1], attributes={"early": "x"})
    build.add_shape("rectangle", 0, label, [0, 0, 1, 1], attributes={"unused": "x"}, outside=True)
    result, losses = with_losses(build.dataset(), "plain-attributes=rectangle")
    assert [(s.name, s.mutable, s.input_type, s.default_value) for s in result.labels[0].attributes] == [
        ("early", False, "text", ""), ("late", False, "text", ""),
    ]  # fmt: skip
    assert losses == [("lost", "attribute", [2], ""), ("changed", "attributes of label", [0], "attributes")]


def test_shapes_of_tracks_know_their_track_and_whether_they_were_keyframes() -> None:
    build = DatasetBuilder()
    label = build.add_label("car")
    for name in "abc":
        build.add_frame(name, 9, 9)
    build.add_shape("rectangle", 0, label, [0, 0, 1, 1])
    for start in (0, 1):
        track = build.add_track(label, start)
        build.add_shape("rectangle", start, track=track, points=[0, 0, 1, 1])
    shapes = with_losses(build.dataset(), "tracks-to-numbered-shapes")[0].shapes
    assert shapes.frame.tolist() == [0, 0, 1, 2, 1, 2]
    assert shapes.extras["track_id"].plain() == [None, 0, 0, 0, 1, 1]
    assert shapes.extras["keyframe"].plain() == [None, True, False, False, True, False]


@pytest.mark.parametrize(
    ("drawn", "polygons"),
    [
        (["####", "####", "####"], [[0, 0, 0, 2, 3, 2, 3, 0, 0, 0]]),
        (["###.###"] * 3, [[4, 0, 4, 2, 6, 2, 6, 0, 4, 0], [0, 0, 0, 2, 2, 2, 2, 0, 0, 0]]),
        (["#.."], []),
    ],
)  # fmt: skip
def test_outlines_are_those_of_opencv(drawn: list[str], polygons: list[list[int]]) -> None:
    mask = np.array([[sign == "#" for sign in line] for line in drawn])
    values, offsets = cvat_rle_to_outlines(mask_to_cvat_rle(mask), (9, 9))
    assert [part.tolist() for part in to_arrays(values, offsets)] == polygons


def test_a_hole_is_reached_by_a_cut() -> None:
    mask = np.ones((12, 14), np.bool_)
    mask[4:8, 5:11] = False
    values, offsets = cvat_rle_to_outlines(mask_to_cvat_rle(mask), (20, 20))
    # as CVAT 2.73 stored a mask of this kind: clockwise, the first of the nearest corners joined
    assert offsets.tolist() == [0, len(values)]
    ring = values.reshape(-1, 2).astype(int).tolist()
    assert ring[0] == ring[-1] == [13, 0]
    assert len(ring) == 4 + 4 + 3
