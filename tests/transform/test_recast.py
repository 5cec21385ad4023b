"""Other points for some rows of a table, in any order, of more rows than are copied at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotools.geometry.ragged import from_arrays
from annotools.model import POLYGON, Shapes
from annotools.transform.rows import recast

LISTS = st.lists(st.lists(st.floats(-9, 9), max_size=3), min_size=1, max_size=8)


def table(rows: list[list[float]]) -> Shapes:
    values, offsets = from_arrays(rows)
    return Shapes.of(len(rows), type=[int(POLYGON)] * len(rows), values=values, offsets=offsets)


@given(LISTS, st.data())
def test_chosen_rows_have_their_new_points_and_the_others_theirs(rows: list[list[float]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), unique=True))
    new = data.draw(st.lists(st.lists(st.floats(-9, 9), max_size=3), min_size=len(chosen), max_size=len(chosen)))
    made = recast(table(rows), np.array(chosen, np.int64), from_arrays(new))
    wanted = dict(zip(chosen, new, strict=True))
    assert [made.points(row).tolist() for row in range(len(rows))] == [wanted.get(n, row) for n, row in enumerate(rows)]


def test_far_rows_of_a_long_table() -> None:
    rows = [[float(n)] * (n % 4) for n in range(20_000)]
    chosen = [19_999, 3, 8_191, 8_192]
    made = recast(table(rows), np.array(chosen), from_arrays([[n, n, n, n, -1.0] for n in chosen]), label=[9, 8, 7, 6])
    assert [made.points(row).tolist()[4:] for row in chosen] == [[-1.0]] * 4
    assert made.label[chosen].tolist() == [9, 8, 7, 6]
    others = np.setdiff1d(np.arange(20_000), chosen)
    assert all(made.points(row).tolist() == rows[row] for row in others.tolist())
