"""On which frames jobs disagree, and which two are named: of all lengths, and in any order."""

from __future__ import annotations

from collections import Counter

import pytest

from annotools.model import Job
from annotools.validate.rules.job.agreement import Side, _disagreements

Given = tuple[int, int, dict[int, str]]  # first and last frame, and what is on the frames


def sides(jobs: list[Given]) -> list[Side]:
    """Jobs with the ids 1, 2 and so on."""
    return [
        (Job(id=n, start_frame=start, stop_frame=stop), {frame: Counter([(word,)]) for frame, word in on.items()})
        for n, (start, stop, on) in enumerate(jobs, 1)
    ]


@pytest.mark.parametrize(
    ("jobs", "apart"),
    [
        ([], {}),
        ([(0, 5, {2: "a"})], {}),
        ([(0, 5, {2: "a"}), (2, 8, {2: "a"})], {}),
        ([(0, 5, {2: "a"}), (2, 8, {2: "b"})], {2: (1, 2)}),
        ([(0, 5, {2: "a"}), (2, 8, {})], {2: (1, 2)}),
        ([(0, 5, {}), (2, 8, {2: "a"})], {2: (1, 2)}),
        ([(0, 5, {1: "a"}), (2, 8, {8: "b"})], {}),  # frames that one of them has alone
        ([(0, 5, {5: "a"}), (5, 8, {5: "b"})], {5: (1, 2)}),  # the last of one is the first of the other
        ([(0, 5, {5: "a"}), (6, 8, {6: "b"})], {}),
        ([(3, 3, {3: "a"}), (0, 5, {3: "b", 4: "c"})], {3: (1, 2)}),  # a job of one frame
        ([(0, 5, {3: "b"}), (3, 3, {3: "a"})], {3: (1, 2)}),
        ([(3, 3, {3: "a"}), (3, 3, {3: "b"})], {3: (1, 2)}),
        ([(3, 3, {3: "a"}), (3, 3, {3: "a"}), (4, 4, {4: "b"}), (4, 4, {})], {4: (3, 4)}),
        ([(5, 3, {4: "a"}), (0, 9, {4: "b", 5: "c"})], {}),  # a job of no frames
        ([(0, 9, {4: "b"}), (5, 3, {4: "a"}), (0, 9, {4: "c", 6: "d"})], {4: (1, 3), 6: (1, 3)}),
        ([(0, 9, {4: "a"}), (0, 9, {4: "a"}), (0, 9, {4: "b"}), (0, 9, {4: "c"})], {4: (1, 3)}),
        ([(4, 9, {4: "a", 9: "a"}), (0, 6, {4: "b"}), (8, 9, {9: "b"})], {4: (1, 2), 9: (1, 3)}),
    ],
)
def test_the_first_two_that_differ_are_named(jobs: list[Given], apart: dict[int, tuple[int, int]]) -> None:
    assert _disagreements(sides(jobs)) == apart
