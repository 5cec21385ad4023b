"""Columns that are taken, numbered and grown in pieces are what they are when done row by row."""

from __future__ import annotations

import gc
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.memory import collector_at_rest, give_back
from annotools.model import column_buffer
from annotools.model.column_buffer import ColumnBuffer, RowBuffer
from annotools.model.columns import (
    at,
    condensed,
    is_uniform,
    joined_runs,
    row_keys,
    row_order,
    runs,
    stacked,
    tally,
    uniform,
)
from annotools.model.row_groups import list_groups, row_groups
from annotools.model.tables import Attributes, Shapes

SIZE = 200
TABLE = Shapes.of(id=np.arange(SIZE), values=np.arange(3 * SIZE // 2), offsets=np.cumsum([0, *([1, 2] * (SIZE // 2))]))


@pytest.mark.parametrize(
    "rows",
    [
        range(SIZE), range(50, 150), [*range(70), *range(90, SIZE)], [*range(100, SIZE), *range(100)], range(-3, 0),
        [-1, 0], [], [5], range(SIZE, 0, -1),
    ],
    ids=["all", "one run", "two runs", "turned round", "from the end", "round the end", "none", "one", "backwards"],
)  # fmt: skip
def test_rows_in_runs_are_the_rows(rows: range | list[int]) -> None:
    rows = [row for row in rows if row < SIZE]
    taken = TABLE.take(rows)
    assert taken.id.tolist() == [range(SIZE)[row] for row in rows]
    assert [taken.points(n).tolist() for n in range(len(rows))] == [TABLE.points(row % SIZE).tolist() for row in rows]


def test_rows_that_are_not_there_are_refused() -> None:
    with pytest.raises(IndexError):
        TABLE.take(range(100, SIZE + 1))


COLUMNS = st.lists(
    st.tuples(st.integers(-3, 3), st.sampled_from([0.0, -0.0, 1.5, np.nan]), st.integers(-(2**62), 2**62)), min_size=1
)


@given(COLUMNS)
def test_rows_are_alike_where_all_columns_are(rows: list[tuple[int, float, int]]) -> None:
    numbers = row_groups([np.array(column) for column in zip(*rows, strict=True)], len(rows)).tolist()
    texts = [repr(row) for row in rows]
    assert len(set(numbers)) == len(set(texts)) == len(set(zip(numbers, texts, strict=True)))


@given(st.lists(st.lists(st.integers(-(2**61), 2**61) | st.integers(0, 2), max_size=4), min_size=1))
def test_lists_are_alike_where_all_items_are(lists: list[list[int]]) -> None:
    ends = np.cumsum([0, *map(len, lists)])
    numbers = list_groups(ends, [np.array([item for one in lists for item in one], np.int64)]).tolist()
    assert len(set(numbers)) == len(set(map(tuple, lists))) == len(set(zip(numbers, map(tuple, lists), strict=True)))
    assert all(number == 0 for number, one in zip(numbers, lists, strict=True) if not one)


def test_long_lists_are_alike_where_all_items_are() -> None:
    long = list(range(300))
    lists = [long, long[:-1], [*long[:-1], 7], [9], long, [*long[:70], 9, *long[71:]], []]
    ends = np.cumsum([0, *map(len, lists)])
    numbers = list_groups(ends, [np.array([item for one in lists for item in one], np.int64)]).tolist()
    assert [numbers.index(number) for number in numbers] == [0, 1, 2, 3, 0, 5, 6]
    assert numbers[6] == 0


@given(st.lists(st.lists(st.integers(0, 9))))
def test_what_grows_is_all_that_was_added(pieces: list[list[int]]) -> None:
    column, rows = ColumnBuffer(), RowBuffer()
    for piece in pieces:
        column.add(np.array(piece, np.int64))
        rows.add(np.array(piece, np.float64), np.array([0, len(piece)]))
    assert column.column().tolist() == [item for piece in pieces for item in piece]
    values, offsets = rows.ragged()
    assert [values[start:stop].tolist() for start, stop in pairwise(offsets.tolist())] == pieces


def test_what_grows_large_is_all_that_was_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pages of its own, which are there for more than 4 MB and grow where they are."""
    monkeypatch.setattr(column_buffer, "_LARGE", 16)
    column = ColumnBuffer()
    for number in range(5000):
        column.add(np.full(number % 7, number))
    assert column.column().tolist() == [number for number in range(5000) for _ in range(number % 7)]


def test_the_collector_is_on_again() -> None:
    assert gc.isenabled()
    with collector_at_rest():
        give_back()
        assert not gc.isenabled()
    assert gc.isenabled()
    with suppress(ValueError), collector_at_rest():
        raise ValueError
    assert gc.isenabled()


@pytest.mark.parametrize("value", [5, 0.5, True, None, b"x", ("a",)])
def test_attribute_values_are_text(value: Any) -> None:
    """What is none is refused where the table is made, not by whoever reads it first."""
    with pytest.raises(TypeError, match=r"attribute value .* \(pool\[1\]\), expected text"):
        Attributes.of(kind=[0, 0], owner=[0, 0], spec=[1, 2], value=[0, 1], pool=("fine é 日", value))


WHOLE = st.one_of(st.integers(-3, 3), st.integers(-(1 << 63), (1 << 63) - 1))


@given(st.lists(st.tuples(WHOLE, WHOLE, WHOLE), max_size=20))
def test_row_keys_are_equal_and_in_order_as_rows_are(rows: list[tuple[int, int, int]]) -> None:
    keys = row_keys(*(np.array([row[index] for row in rows], np.int64) for index in range(3))).tolist()
    places = range(len(rows))
    assert all((keys[i] < keys[j]) == (rows[i] < rows[j]) for i in places for j in places)
    assert all((keys[i] == keys[j]) == (rows[i] == rows[j]) for i in places for j in places)


@pytest.mark.parametrize("most", [3, 1 << 15, 1 << 16, 1 << 31, 1 << 33])  # by one digit, two, and as they are
@given(st.data())
def test_rows_are_in_the_order_of_columns(most: int, data: st.DataObject) -> None:
    number = st.integers(-most, most)
    first = data.draw(st.lists(number | st.sampled_from([-most, most, 0]), max_size=30))
    second = data.draw(st.lists(st.integers(0, 2), min_size=len(first), max_size=len(first)))
    assert row_order(first).tolist() == sorted(range(len(first)), key=first.__getitem__)
    both = list(zip(first, second, strict=True))
    assert row_order(first, second).tolist() == sorted(range(len(both)), key=both.__getitem__)


@given(st.lists(st.one_of(st.integers(0, 5), st.integers(-2, 1 << 40)), max_size=30))
def test_numbers_are_counted(numbers: list[int]) -> None:
    used, first, which, times = tally(np.array(numbers, np.int64))
    assert used.tolist() == sorted(set(numbers))
    assert first.tolist() == [numbers.index(number) for number in sorted(set(numbers))]
    assert times.tolist() == [numbers.count(number) for number in sorted(set(numbers))]
    assert used[which].tolist() == numbers


@given(st.lists(st.integers(-1, 3), max_size=30))
def test_the_first_row_of_each_value(numbers: list[int]) -> None:
    values, first = runs(np.array(numbers, np.int64))
    assert values.tolist() == sorted(set(numbers))
    assert first.tolist() == [numbers.index(number) for number in sorted(set(numbers))]


ALIKE = uniform(np.int64(7), 5)


def test_one_value_for_all_rows_is_a_column_of_no_size() -> None:
    assert ALIKE.tolist() == [7] * 5
    assert (ALIKE.dtype, ALIKE.strides, ALIKE.flags.writeable) == (np.int64, (0,), False)
    assert is_uniform(ALIKE)
    assert not is_uniform(ALIKE[:0])
    assert not is_uniform(np.full(5, 7))


SIGNS = [([np.nan] * 2, True), ([-0.0] * 3, True), ([0.0, -0.0, 0.0], False), ([-0.0, 0.0], False)]


@pytest.mark.parametrize(
    ("values", "alike"),
    [
        ([7, 7, 7], True),
        ([7, 8, 7], False),
        ([7, 7, 8], False),
        ([np.nan] * 2, True),
        ([-0.0] * 3, True),
        ([0.0, -0.0, 0.0], False),
        ([-0.0, 0.0], False),
        ([], False),
    ],
)
def test_a_column_is_one_value_where_all_rows_are_equal(values: list[float], alike: bool) -> None:
    column = np.array(values, np.float64)
    made = condensed(column)
    assert is_uniform(made) == alike
    np.testing.assert_array_equal(made, column)
    np.testing.assert_array_equal(np.signbit(made), np.signbit(column))


@pytest.mark.parametrize("rows", [[4, 0, -5], [], [2], [1] * 9, range(5), range(1, 4)])
def test_rows_of_one_value_are_one_value(rows: list[int]) -> None:
    chosen = np.array(list(rows), np.int64)
    assert at(ALIKE, chosen).tolist() == [7] * len(chosen)
    assert at(ALIKE, chosen).strides == (0,)
    assert at(ALIKE, [slice(1, 3), slice(4, 5)]).tolist() == [7] * 3
    other = np.arange(5)
    assert at(other, uniform(np.int64(3), 4)).tolist() == [3] * 4
    assert is_uniform(at(other, uniform(np.int64(3), 4)))


@pytest.mark.parametrize("row", [5, -6])
def test_a_row_that_one_value_does_not_have_is_refused(row: int) -> None:
    with pytest.raises(IndexError):
        at(ALIKE, np.array([0, row]))
    with pytest.raises(IndexError):
        at(np.arange(5), uniform(np.int64(row), 3))


@pytest.mark.parametrize(
    ("pieces", "alike"),
    [
        ([ALIKE, ALIKE[:2]], True), ([ALIKE, np.zeros(0, np.int64), ALIKE], True),
        ([ALIKE, uniform(np.int64(8), 1)], False), ([uniform(0.0, 2), uniform(-0.0, 2)], False),
        ([uniform(np.nan, 2), uniform(np.nan, 1)], True), ([ALIKE, np.array([7])], False),
        ([np.zeros(0, np.int64)], False),
    ],
)  # fmt: skip
def test_columns_behind_each_other_stay_one_value_where_they_are_equal(pieces: list[Any], alike: bool) -> None:
    whole = [value for piece in pieces for value in piece.tolist()]
    grown = ColumnBuffer()
    for piece in pieces:
        grown.add(piece)
    for made in (stacked(pieces), grown.column()):
        assert list(map(repr, made.tolist())) == list(map(repr, whole))
        assert made.dtype == pieces[0].dtype
        assert is_uniform(made) == alike


def test_columns_of_tables_that_say_one_thing_take_no_memory() -> None:
    many = 5_000
    table = Shapes.of(frame=np.arange(many), label=np.full(many, 3), score=np.ones(many))
    alike = {name for name, column in table.columns().items() if is_uniform(column)}
    assert alike == {*Shapes.COLUMNS} - {"frame"}
    half = Shapes.concat([table, table]).take(np.arange(0, 2 * many, 2))
    assert {name for name, column in half.columns().items() if is_uniform(column)} == alike
    assert half.replace(label=np.arange(many)).label.tolist() == list(range(many))
    with pytest.raises(IndexError):
        table.take([many])


@pytest.mark.parametrize(
    ("pieces", "joined"),
    [
        ([], []),
        ([(2, 5)], [slice(2, 5)]),
        ([(0, 1), (1, 3), (3, 4)], [slice(0, 4)]),
        ([(0, 1), (3, 4), (4, 6), (6, 7)], [slice(0, 1), slice(3, 7)]),
        ([(0, 2), (2, 3), (5, 6), (7, 8), (8, 9)], [slice(0, 3), slice(5, 6), slice(7, 9)]),
        ([(4, 6), (2, 4)], [slice(4, 6), slice(2, 4)]),
        ([(0, 3), (2, 5)], [slice(0, 3), slice(2, 5)]),
    ],
)
def test_runs_that_follow_each_other_are_one(pieces: list[tuple[int, int]], joined: list[slice]) -> None:
    assert joined_runs(pieces) == joined
