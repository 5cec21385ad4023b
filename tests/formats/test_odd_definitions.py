"""Edges of skeletons and numbers of jobs that a file does not say as it should."""

from __future__ import annotations

from typing import Any

import pytest

from annotools.formats.coco.categories import edges_of
from annotools.formats.cvat_json.bundle import job_numbers
from annotools.model import Job


@pytest.mark.parametrize(
    ("joints", "edges"),
    [
        ([[1, 2], [2, 3]], [(1, 2), (2, 3)]), ([[3, 1]], [(3, 1)]), ([], []), (None, []), ("12", []), ({}, []),
        ([[0, 1], [1, 2]], [(1, 2)]), ([[1, 4], [1, 3]], [(1, 3)]), ([[4, 1], [0, 0], [1, 0], [4, 4]], []),
        ([[1], [1, 2, 3], [], [1, 2]], [(1, 2)]), ([[1, "2"], [1.0, 2], [None, 1], "12", 1, None], []),
    ],
)  # fmt: skip
def test_edges_are_pairs_of_points_that_are_there(joints: Any, edges: list[tuple[int, int]]) -> None:
    assert edges_of(joints, 3) == edges


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        ([], []), ([0], [0]), ([7, 5], [7, 5]), ([5, 5], [1, 2]), ([-1], [1]), ([7, -1, 9], [1, 2, 3]),
        ([-1, -1], [1, 2]),
    ],
)  # fmt: skip
def test_jobs_are_written_with_their_ids_or_all_with_their_places(ids: list[int], numbers: list[int]) -> None:
    assert job_numbers(tuple(Job(number, 0, 1) for number in ids)) == numbers
