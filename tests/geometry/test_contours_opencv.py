"""Contours against OpenCV's own, point by point and in its order."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from annotools.geometry.contours_opencv import borders, cvat_rle_to_contours, thinned
from annotools.geometry.ragged import Array
from annotools.geometry.rle import mask_to_cvat_rle

pictures = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=24), fill=st.just(True))


def of_opencv(mask: Array) -> list[list[list[int]]]:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_TREE, cv2.CHAIN_APPROX_TC89_KCOS)
    return [contour.reshape(-1, 2).tolist() for contour in contours]


def ours(mask: Array) -> list[list[list[int]]]:
    return [[list(point) for point in thinned(start, codes)] for start, codes in borders(mask)]


@settings(max_examples=60, deadline=None)
@given(pictures)
def test_any_mask(mask: Array) -> None:
    assert ours(mask) == of_opencv(mask)


def test_noise_and_round_shapes() -> None:
    random = np.random.default_rng(7)
    for share in (0.3, 0.5, 0.8, 0.95):
        noise = random.random((40, 50)) < share
        assert ours(noise) == of_opencv(noise)
    for angle in range(0, 180, 17):
        mask = np.zeros((60, 80), np.uint8)
        cv2.ellipse(mask, (40, 30), (30, 14), angle, 0, 360, 1, -1)
        cv2.ellipse(mask, (40, 30), (9, 4), angle, 0, 360, 0, -1)
        assert ours(mask) == of_opencv(mask)


def test_polygons_are_closed_and_specks_vanish() -> None:
    mask = np.zeros((8, 9), np.bool_)
    mask[1:4, 2:6] = mask[6, 0:8] = True
    values, offsets = cvat_rle_to_contours(mask_to_cvat_rle(mask, 10, 20), (100, 100))
    assert offsets.tolist() == [0, 10]
    assert values.tolist() == [12, 21, 12, 23, 15, 23, 15, 21, 12, 21]
