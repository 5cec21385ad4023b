"""Ids of the rows of a document: each once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.formats.kernel.ids import distinct_ids, ids_of, whole_ids
from annotools.model.extras import Extra

ROWS = np.array([0, 1, 2, 3])


def _column(*given: Any) -> Extra:
    """None: a row that says none."""
    values = [0 if value is None else value for value in given]
    return Extra(Extra.of(values).values, np.array([value is not None for value in given]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((7, 3, 9, 4), [7, 3, 9, 4]),
        ((7, 3, 7, 4), [7, 3, 8, 4]),
        ((7, None, 9, 4), [7, 10, 9, 4]),
        ((None, None, None, None), [1, 2, 3, 4]),
        (("b", "a", "c", 4), ["b", "a", "c", 4]),
        ((2**70, 3, 1, 2), [2**70, 3, 1, 2]),
        ((-2, 3, 1, 2), [-2, 3, 1, 2]),
    ],
)
def test_given_ids_stay_and_others_are_made(given: tuple[Any, ...], expected: list[Any]) -> None:
    assert list(ids_of({"annotation_id": _column(*given)}, "annotation_id", ROWS)) == expected


def test_ids_are_of_the_rows_that_are_asked() -> None:
    extras = {"annotation_id": _column(7, 3, 9, 3)}
    assert list(ids_of(extras, "annotation_id", np.array([2, 1]))) == [9, 3]
    assert list(ids_of(extras, "annotation_id", np.array([3, 1]))) == [3, 4]
    assert list(ids_of({}, "annotation_id", np.array([3, 1]))) == [1, 2]
    assert list(ids_of(extras, "annotation_id", np.array([], np.int64))) == []


def test_made_ids_are_greater_than_all_given() -> None:
    assert distinct_ids([5, None, 5, "a", None], 1) == [5, 6, 7, "a", 8]
    assert distinct_ids([None, None], 4) == [4, 5]


def test_whole_ids_are_numbers_that_json_can_hold_exactly() -> None:
    assert whole_ids([3, "a", 2**53, -1, 3]) == [3, 4, 5, 6, 7]
    assert whole_ids([0, 2**53 - 1]) == [0, 2**53 - 1]
