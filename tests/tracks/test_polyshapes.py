"""Outlines between two others, with as much at a time as there is room for."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.geometry.ragged import from_arrays, to_arrays
from annotools.tracks import polyshapes

LEFT = [[0.0, 0, 8, 0, 8, 8, 0, 8], [0.0, 0, 10, 0], [0.0, 0, 4, 0, 4, 4], [0.0, 20, 8, 20, 8, 28, 0, 28]]
RIGHT = [[2.0, 2, 10, 2, 10, 10, 2, 10], [0.0, 4, 10, 4], [8.0, 0, 12, 0, 12, 4], [4.0, 20, 12, 20, 12, 28, 4, 28]]
CLOSED = np.array([True, False, True, True])


def halfway(at_once: int, monkeypatch: pytest.MonkeyPatch) -> list[list[float]]:
    monkeypatch.setattr(polyshapes, "_CHUNK", at_once)
    pair, share = np.array([0, 1, 2, 0, 0, 3]), np.array([0.5, 0.25, 0.75, 0.0, 1.0, 0.5])
    return [row.tolist() for row in to_arrays(*polyshapes.between(
        from_arrays(LEFT), from_arrays(RIGHT), CLOSED, pair, share
    ))]  # fmt: skip


@pytest.mark.parametrize("at_once", [1, 3, 20, 40, 1 << 21])
def test_outlines_that_move_are_on_their_way_however_many_at_a_time(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert halfway(at_once, monkeypatch) == [
        [1, 1, 9, 1, 9, 9, 1, 9], [0, 1, 10, 1], [6, 0, 10, 0, 10, 4], LEFT[0], RIGHT[0],
        [2, 20, 10, 20, 10, 28, 2, 28],
    ]  # fmt: skip
