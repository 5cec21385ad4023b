"""Which problems are where something is said already, whatever form they have."""

from __future__ import annotations

import numpy as np

from annotools.errors import Problem
from annotools.formats.kernel.places import At, WrongRows
from annotools.row_problems import RowProblems, below_each
from annotools.validate.spots import elsewhere


def test_rows_of_lists_in_lists_are_told_apart_by_both_numbers() -> None:
    """The number of the inner list is not that of the outer, also where the first of both is 0."""
    inner = RowProblems(below_each("/items/0/annotations"))
    inner.add_all(range(20), "x", "a.json")
    wrong = WrongRows(At("a.json", np.array([[n // 10, n % 10] for n in range(20)]), "/items/{0}/annotations/{1}"))
    for row in range(20):
        wrong.add(row, "y", "z")
    known = [Problem("k", "a.json", pointer="/items/0/annotations/3"), Problem("k", "a.json", pointer="/items/1")]
    left = elsewhere(inner.all(), known)
    assert [one.pointer for one in left] == [f"/items/0/annotations/{n}" for n in range(20) if n != 3]
    assert len(elsewhere(wrong.all(), known)) == 19
    assert [one.pointer for one in elsewhere(wrong.all(), known)][3:5] == [f"/items/0/annotations/{n}" for n in (4, 5)]


def test_items_of_a_list_and_lines_are_known_by_their_numbers() -> None:
    items = RowProblems(below_each("/items"))
    items.add_all(range(20), "x", "a.json")
    left = elsewhere(items.all(), [Problem("k", "a.json", pointer="/items/7")])
    assert [one.pointer for one in left] == [f"/items/{n}" for n in range(20) if n != 7]
    wrong = WrongRows(At("a.txt", np.arange(1, 21)))
    for row in range(20):
        wrong.add(row, "x", "y")
    assert [str(one) for one in elsewhere(wrong.all(), [Problem("k", "a.txt", 3)])][1:3] == [
        "a.txt:2: x, expected y", "a.txt:4: x, expected y",
    ]  # fmt: skip
