"""Cuboids: the order of the corners and the outline."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.geometry import cuboids, polygons
from annotools.geometry.ragged import to_arrays

#                    flt     flb     frt     frb     brt    brb     blt    blb
CUBOID = np.array([[10, 10, 10, 30, 30, 10, 30, 30, 40, 5, 40, 25, 20, 5, 20, 25]], float)


def test_the_outline_leaves_out_the_hidden_corners() -> None:
    values, offsets = cuboids.cuboids_to_polygons(CUBOID)
    assert values.tolist() == [10, 10, 20, 5, 40, 5, 40, 25, 30, 30, 10, 30]
    assert polygons.signed_areas(values, offsets)[0] > 0
    assert cuboids.cuboids_to_boxes(CUBOID).tolist() == [[10, 5, 40, 30]]


@pytest.mark.parametrize(
    ("points", "outline"),
    [
        ([3, 4] * 8, [3, 4]),
        ([0, 0, 1, 1, 2, 2, 3, 3] * 2, [0, 0, 3, 3]),
        ([0, 0, 4, 0, 4, 4, 0, 4, 2, 0, 4, 2, 2, 4, 2, 2], [0, 0, 4, 0, 4, 4, 0, 4]),
    ],
    ids=["a place", "a line", "corners within sides"],
)
def test_flat_cuboids(points: list[float], outline: list[float]) -> None:
    assert cuboids.cuboids_to_polygons(np.array([points]))[0].tolist() == outline


def test_no_cuboids_have_no_outline() -> None:
    assert to_arrays(*cuboids.cuboids_to_polygons(np.zeros((0, 16)))) == []


def test_the_second_top_left_of_the_xml_is_the_back_right() -> None:
    index = cuboids.XML_NAMES.index("xtl2")
    assert index % 2 == 0
    assert cuboids.CORNERS[index // 2] == "back-right-top"
    assert cuboids.XML_NAMES[::2] == tuple(name.replace("y", "x", 1) for name in cuboids.XML_NAMES[1::2])


def test_faces_run_clockwise_seen_from_outside() -> None:
    front, right, top = (cuboids.cuboid_faces(CUBOID, face)[0].tolist() for face in ("front", "right", "top"))
    assert front == [[10, 10], [30, 10], [30, 30], [10, 30]]
    assert right == [[30, 10], [40, 5], [40, 25], [30, 30]]
    assert top == [[20, 5], [40, 5], [30, 10], [10, 10]]


def test_every_corner_is_on_three_faces() -> None:
    assert np.bincount(np.concatenate(list(cuboids.FACES.values()))).tolist() == [3] * 8


def test_datumaro_order_both_ways() -> None:
    numbers = np.arange(32.0).reshape(2, 16)
    swapped = cuboids.cvat_to_datumaro(numbers)
    assert swapped[0].tolist() == [0, 1, 12, 13, 8, 9, 4, 5, 14, 15, 10, 11, 6, 7, 2, 3]
    assert cuboids.datumaro_to_cvat(swapped).tolist() == numbers.tolist()


def test_3d_cuboids_split_and_join() -> None:
    numbers = np.concatenate([np.arange(1.0, 10), np.zeros(7)])[None]
    position, rotation, scale = cuboids.split_3d(numbers)
    assert (position.tolist(), rotation.tolist(), scale.tolist()) == ([[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]])
    assert cuboids.join_3d(position, rotation, scale).tolist() == numbers.tolist()
