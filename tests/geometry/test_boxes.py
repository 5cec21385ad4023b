"""Boxes: orders of numbers, overlaps, rotation there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.geometry import boxes
from annotools.geometry.ragged import from_arrays

BOX = np.array([[10.0, 20.0, 50.0, 40.0]])
NUMBERS = st.floats(-1e4, 1e4)
SIDES = st.floats(0.01, 1e4)


def rotated(degrees: float) -> np.ndarray:
    return boxes.rotated_corners(BOX, np.array([degrees]))


@pytest.mark.parametrize(
    ("degrees", "corners"),
    [
        (0, [[10, 20], [50, 20], [50, 40], [10, 40]]),
        (30, [[17.68, 11.34], [52.32, 31.34], [42.32, 48.66], [7.68, 28.66]]),
        (90, [[40, 10], [40, 50], [20, 50], [20, 10]]),
        (180, [[50, 40], [10, 40], [10, 20], [50, 20]]),
        (270, [[20, 50], [20, 10], [40, 10], [40, 50]]),
        (360, [[10, 20], [50, 20], [50, 40], [10, 40]]),
    ],
)
def test_corners_turn_clockwise_on_screen(degrees: float, corners: list[list[float]]) -> None:
    assert rotated(degrees)[0].round(2).tolist() == corners


def test_quarter_turns_are_exact() -> None:
    assert rotated(90)[0].tolist() == [[40, 10], [40, 50], [20, 50], [20, 10]]


def test_normalised_corners_of_a_rotated_box() -> None:
    corners = rotated(30)[0] / [120, 100]
    expected = [0.147329, 0.113397, 0.436004, 0.313397, 0.352671, 0.486603, 0.063996, 0.286603]
    assert corners.reshape(-1).round(6).tolist() == expected


@given(NUMBERS, NUMBERS, SIDES, SIDES, st.floats(0, 359.99))
def test_corners_give_back_box_and_rotation(x: float, y: float, w: float, h: float, rotation: float) -> None:
    box = np.array([[x, y, x + w, y + h]])
    upright, turned = boxes.corners_to_boxes(boxes.rotated_corners(box, np.array([rotation])))
    assert np.allclose(upright, box, atol=1e-7)
    # the rotation of a small box far out is known no better than its corners
    assert abs((turned[0] - rotation + 180) % 360 - 180) * max(w, h) < 1e-6 * (1 + abs(x) + abs(y) + w + h)
    assert 0 <= turned[0] < 360


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135, 180, 270, 359])
def test_a_whole_number_of_degrees_comes_back(degrees: float) -> None:
    box, rotation = boxes.corners_to_boxes(rotated(degrees))
    assert box.round(9).tolist() == BOX.tolist()
    assert rotation.round(9).tolist() == [degrees]


def test_the_corners_of_an_upright_box_come_back_bit_by_bit() -> None:
    box = np.array([[0.1, 0.2, 0.7, 1e9 / 3]])
    upright, rotation = boxes.corners_to_boxes(boxes.rotated_corners(box, np.zeros(1)))
    assert upright.tolist() == box.tolist()
    assert rotation.tolist() == [0]


@pytest.mark.parametrize("tilt", [sign * 10.0**-power for sign in (-1, 1) for power in (1, 9, 12, 15, 18, 300)])
@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize(("width", "height"), [(4e4, 1), (40, 0), (1, 4e4), (40, 10)])
def test_however_little_corners_are_turned_it_is_less_than_once_round(
    tilt: float, quarters: int, width: float, height: float
) -> None:
    corners = np.array([[[0.0, 0], [width, tilt], [width, height], [0, height]]])
    if height > width:  # the longer sides give the angle
        corners = np.array([[[0.0, 0], [width, 0], [width, height], [tilt, height]]])
    for _ in range(quarters):
        corners = np.stack([-corners[..., 1], corners[..., 0]], axis=-1)
    _, rotation = boxes.corners_to_boxes(corners)
    assert 0 <= rotation[0] < 360
    away = (rotation[0] - 90 * quarters + 180) % 360 - 180
    expected = np.degrees(np.arctan2(tilt / 2, width) if width > height else np.arctan2(-tilt / 2, height))
    assert away == pytest.approx(expected, abs=1e-9)


def test_corners_the_other_way_round_are_the_same_box() -> None:
    upright, rotation = boxes.corners_to_boxes(rotated(30)[:, [0, 3, 2, 1]])
    assert upright.round(9).tolist() == BOX.tolist()
    assert rotation.round(9).tolist() == [30]


def test_a_box_without_width_keeps_its_rotation() -> None:
    corners = boxes.rotated_corners(np.array([[10.0, 20, 10, 40]]), np.array([30.0]))
    upright, rotation = boxes.corners_to_boxes(corners)
    assert upright.round(9).tolist() == [[10, 20, 10, 40]]
    assert rotation.round(9).tolist() == [30]


def test_yolo_numbers_are_not_clipped() -> None:
    box, size = np.array([[-5.0, 10, 130, 60]]), np.array([[120, 100]])
    centred = boxes.xyxy_to_cxcywhn(box, size)
    assert centred.tolist() == [[62.5 / 120, 0.35, 1.125, 0.5]]
    assert np.allclose(boxes.cxcywhn_to_xyxy(centred, size), box, atol=1e-12)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=5))
def test_orders_convert_both_ways(rows: list[tuple[float, ...]]) -> None:
    xyxy, size = np.array(rows).reshape(-1, 4), np.array([640, 480])
    assert np.allclose(boxes.xywh_to_xyxy(boxes.xyxy_to_xywh(xyxy)), xyxy)
    assert np.allclose(boxes.cxcywh_to_xyxy(boxes.xyxy_to_cxcywh(xyxy)), xyxy)
    assert np.allclose(boxes.xyxyn_to_xyxy(boxes.xyxy_to_xyxyn(xyxy, size), size), xyxy)


def test_clip_leaves_a_line_of_what_is_outside() -> None:
    given_boxes = np.array([[-5.0, 10, 130, 60], [200, -9, 210, -3]])
    assert boxes.clip_boxes(given_boxes, np.array([120, 100])).tolist() == [[0, 10, 120, 60], [120, 0, 120, 0]]


def test_overlaps() -> None:
    first, second = np.array([[0.0, 0, 10, 10]]), np.array([[5.0, 5, 15, 15], [0, 0, 10, 10], [20, 20, 20, 20]])
    assert boxes.iou_matrix(first, second).tolist() == [[25 / 175, 1, 0]]
    assert boxes.pair_ious(second, second).tolist() == [1, 1, 0]


def test_swapped_corners_have_no_area_until_ordered() -> None:
    swapped = np.array([[50.0, 40, 10, 20]])
    assert boxes.box_areas(swapped).tolist() == [0]
    assert boxes.order_corners(swapped).tolist() == BOX.tolist()


def test_hulls_of_points() -> None:
    values, offsets = from_arrays([[10.12, 11, 20, 21.56], [], [3, 4]])
    hulls = boxes.hull_boxes(values, offsets)
    assert np.array_equal(hulls, [[10.12, 11, 20, 21.56], [np.nan] * 4, [3, 4, 3, 4]], equal_nan=True)


def test_an_odd_row_is_named() -> None:
    with pytest.raises(ValueError, match="row 1: an odd number"):
        boxes.hull_boxes(*from_arrays([[1, 2], [1, 2, 3]]))


def test_bounds_of_a_turned_box() -> None:
    assert boxes.rotated_bounds(BOX, np.array([90.0])).tolist() == [[20, 10, 40, 50]]
