"""Problems of runs of pieces and of single ones, in the order of the pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from annotools.errors import Problem
from annotools.sequences import Run
from annotools.validate.pieces import _in_order

Given = list[tuple[str, int]]


def _placed(problem: Problem, number: int) -> Problem:
    return replace(problem, line=number)


@pytest.mark.parametrize(
    ("runs", "single", "expected"),
    [
        ([], [], []),
        ([], [3, 1], [("one", 1), ("one", 3)]),
        ([range(2, 4)], [], [("run", 2), ("run", 3)]),
        ([range(2, 4)], [0, 1], [("one", 0), ("one", 1), ("run", 2), ("run", 3)]),
        ([range(2, 4)], [4], [("run", 2), ("run", 3), ("one", 4)]),
        ([range(2, 4)], [2], [("run", 2), ("one", 2), ("run", 3)]),
        ([range(2, 4)], [3], [("run", 2), ("run", 3), ("one", 3)]),
        ([range(8, 10), range(2, 5)], [12, 0, 3, 6],
         [("one", 0), ("run", 2), ("run", 3), ("one", 3), ("run", 4), ("one", 6), ("run", 8), ("run", 9), ("one", 12)]),
        ([range(2, 3), range(6, 7)], [2, 4, 5, 6],
         [("run", 2), ("one", 2), ("one", 4), ("one", 5), ("run", 6), ("one", 6)]),
    ],
)  # fmt: skip
def test_single_pieces_stand_between_runs_and_in_them(
    runs: list[Sequence[int]], single: list[int], expected: Given
) -> None:
    of_runs = [Run([(Problem("run"),)], places, _placed) for places in runs]
    alone = {number: [Problem("one", line=number)] for number in single}
    assert [(one.message, one.line) for run in _in_order(of_runs, alone) for one in run] == expected
