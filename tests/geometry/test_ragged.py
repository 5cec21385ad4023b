"""Ragged rows against plain lists."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotools.geometry import ragged

ROWS = st.lists(st.lists(st.integers(-50, 50), max_size=4), max_size=8)


def lists(pair: ragged.Ragged) -> list[list[float]]:
    return [row.tolist() for row in ragged.to_arrays(*pair)]


@given(ROWS)
def test_from_arrays_gives_back_the_rows(rows: list[list[int]]) -> None:
    assert lists(ragged.from_arrays(rows)) == rows


@given(ROWS, st.data())
def test_take_chooses_rows_in_the_order_asked_for(rows: list[list[int]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=6)) if rows else []
    assert lists(ragged.take(*ragged.from_arrays(rows), chosen)) == [rows[i] for i in chosen]


@given(ROWS)
def test_take_accepts_a_boolean_mask(rows: list[list[int]]) -> None:
    long = np.array([len(row) > 1 for row in rows], np.bool_)
    assert lists(ragged.take(*ragged.from_arrays(rows), long)) == [row for row in rows if len(row) > 1]


@given(ROWS, ROWS)
def test_concat_puts_rows_one_after_the_other(first: list[list[int]], second: list[list[int]]) -> None:
    assert lists(ragged.concat([ragged.from_arrays(first), ragged.from_arrays(second)])) == first + second


def test_concat_of_nothing_has_no_rows() -> None:
    assert lists(ragged.concat([])) == []


@given(ROWS)
def test_segment_reductions_are_defined_for_empty_rows(rows: list[list[int]]) -> None:
    values, offsets = ragged.from_arrays(rows)
    assert ragged.segment_sum(values, offsets).tolist() == [sum(row) for row in rows]
    assert ragged.segment_min(values, offsets, -99).tolist() == [min(row, default=-99) for row in rows]
    assert ragged.segment_max(values, offsets, -99).tolist() == [max(row, default=-99) for row in rows]
    assert ragged.segment_all(values > 0, offsets).tolist() == [all(v > 0 for v in row) for row in rows]


def test_segment_min_keeps_nan_in_its_row() -> None:
    values, offsets = ragged.from_arrays([[1, np.nan], [], [2, 3]])
    assert np.array_equal(ragged.segment_min(values, offsets), [np.nan, np.nan, 2], equal_nan=True)


def test_booleans_are_counted_not_or_ed() -> None:
    assert ragged.segment_sum(np.array([True, True, True]), np.array([0, 2, 3])).tolist() == [2, 1]


@given(ROWS)
def test_every_value_knows_its_row_and_place(rows: list[list[int]]) -> None:
    _, offsets = ragged.from_arrays(rows)
    pairs = zip(ragged.row_of_value(offsets).tolist(), ragged.place_in_row(offsets).tolist(), strict=True)
    assert list(pairs) == [(i, j) for i, row in enumerate(rows) for j in range(len(row))]


def test_insert_last_extends_only_the_rows_named() -> None:
    values, offsets = ragged.from_arrays([[1], [], [2, 3]])
    longer = ragged.insert_last(values, offsets, np.array([1, 2]), np.array([8, 9]))
    assert lists(longer) == [[1], [8], [2, 3, 9]]


def test_runs_of_rows_are_taken_like_single_ones() -> None:
    counts = np.arange(600) % 7 * 50
    offsets = ragged.offsets_of(counts)
    values = np.arange(offsets[-1])
    for chosen in (np.arange(600), np.delete(np.arange(600), [0, 7, 8, 599]), np.r_[500:600, 3, 0:40], np.arange(0)):
        taken, ends = ragged.take(values, offsets, chosen)
        expected = [values[offsets[row] : offsets[row + 1]].tolist() for row in chosen.tolist()]
        assert [row.tolist() for row in ragged.to_arrays(taken, ends)] == expected


@given(ROWS, st.integers(1, 6))
def test_pieces_are_all_rows_some_at_a_time(rows: list[list[int]], most: int) -> None:
    parts = list(map(lists, ragged.pieces(*ragged.from_arrays(rows), most)))
    assert [row for part in parts for row in part] == rows
    assert all(len(part) == 1 or sum(map(len, part[:-1])) < 2 * most for part in parts)


def test_a_row_of_many_values_is_a_piece_of_its_own() -> None:
    pairs = ragged.row_pieces(np.array([0, 2, 4, 104, 105, 106]), 4)
    assert list(pairs) == [(0, 2), (2, 3), (3, 5)]
