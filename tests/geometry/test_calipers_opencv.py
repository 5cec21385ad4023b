"""Turned boxes round corners against those that OpenCV finds."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.geometry.boxes import rotated_corners
from annotools.geometry.calipers_opencv import min_area_boxes


def test_boxes_are_those_of_opencv() -> None:
    cv2 = pytest.importorskip("cv2", reason="the oracle is in the extra `test` only")
    rng = np.random.default_rng(5)
    boxes = np.sort(rng.uniform(-20, 800, (400, 2, 2)), axis=1).reshape(-1, 4)
    turns = np.where(np.arange(400) % 5, rng.uniform(0, 360, 400), 90.0 * (np.arange(400) % 4))
    corners = np.around(rotated_corners(boxes, turns) / 900, 6) * 900
    least, angles = min_area_boxes(corners)
    for mine, angle, points in zip(least.tolist(), angles.tolist(), corners.astype(np.float32), strict=True):
        centre, size, expected = cv2.minAreaRect(points)
        assert (mine[:2], angle % 90) == ([*centre], expected % 90)
        assert sorted(mine[2:]) == sorted(size)


def test_a_box_that_a_server_stored() -> None:
    """150, 30, 250.75, 90.33 turned by 30.5 degrees, on 320 x 240, in shares of six decimals."""
    shares = [0.538376, 0.035861, 0.809655, 0.248922, 0.713968, 0.465514, 0.442689, 0.252453]
    boxes, angles = min_area_boxes(np.array(shares).reshape(1, 4, 2) * [320, 240])
    assert (angles + 90).tolist() == [30.500030517578125]
    assert boxes.round(2).tolist() == [[200.38, 60.17, 60.33, 100.75]]
