"""Whether rows are in the group that they were in: numbers may be others, who is together may not."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.transform.accounting import _same_groups


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ([], [], []),
        ([0, 1, 2], [0, 1, 2], [True, True, True]),
        ([1, 1, 2], [7, 7, 8], [True, True, True]),
        ([1, 2], [2, 1], [True, True]),
        ([1, 2], [3, 3], [False, False]),  # two groups are one
        ([1, 1], [2, 3], [False, False]),  # one group is two
        ([1, 1, 2], [2, 3, 4], [False, False, True]),
        ([1, 1, 2], [3, 4, 3], [False, False, False]),
        ([0, 0, 5], [0, 6, 5], [True, False, True]),  # one that was in none is in one
        ([0, 5], [6, 5], [False, True]),
        ([5, 6], [0, 6], [False, True]),  # and the other way round
        ([0, 0], [6, 6], [False, False]),
        ([6, 6], [0, 0], [False, False]),
        ([0, -1], [-1, 0], [True, True]),  # none by any name
        ([1, 0], [2, 0], [True, True]),
    ],
)
def test_rows_stay_in_their_group(old: list[int], new: list[int], same: list[bool]) -> None:
    assert _same_groups(np.array(old, np.int64), np.array(new, np.int64)).tolist() == same
