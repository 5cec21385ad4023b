"""Packed numbers come back bit by bit, from wherever they are asked for, and take the memory that they are to take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.geometry.ragged import offsets_of
from annotools.model import MASK, Shapes, column_buffer, packed_numbers
from annotools.model.columns import Array, Floats
from annotools.model.packed_numbers import Numbers, NumbersBuffer
from annotools.transform.rows import recast

BLOCK = 4
KINDS = (
    st.integers(0, 65535).map(float),
    st.integers(-(2**31), 2**31 - 1).map(float),
    st.integers(-700, 65535).map(lambda hundredths: hundredths / 100),
    st.floats(),
    st.sampled_from([-0.0, np.nan, np.inf, -np.inf, 2.0**31, -(2.0**31) - 1, 1e300, 5e-324, 655.36]),
)
VALUES = st.lists(st.one_of(*(st.lists(kind, min_size=1, max_size=2 * BLOCK) for kind in KINDS)), max_size=8)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Blocks of a few numbers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_numbers, "_BLOCK", BLOCK)
        patch.setattr(packed_numbers, "_HEAD", 2)
        patch.setattr(column_buffer, "_LARGE", 16)
        yield


def bits(values: Array) -> list[int]:
    return [*np.asarray(values, np.float64).view(np.int64).tolist()]


def packed(pieces: list[list[float]]) -> tuple[Numbers, Floats]:
    buffer = NumbersBuffer()
    for piece in pieces:
        buffer.add(np.array(piece))
    return buffer.numbers(), np.array([value for piece in pieces for value in piece], np.float64)


@settings(deadline=None)
@given(VALUES, st.data())
def test_what_is_packed_comes_back_from_everywhere(pieces: list[list[float]], data: st.DataObject) -> None:
    numbers, values = packed(pieces)
    ends = st.lists(st.integers(0, len(values)), min_size=2, max_size=2).map(sorted)
    ranges = data.draw(st.lists(ends, max_size=6))
    starts, stops = np.array(ranges, np.int64).reshape(-1, 2).T
    wanted = bits(np.concatenate([values[:0], *(values[start:stop] for start, stop in ranges)]))
    assert len(numbers) == len(values)
    assert bits(numbers.ranges(starts, stops - starts)) == wanted
    chosen = numbers.chosen(starts, stops - starts)
    assert bits(np.concatenate([values[:0], *chosen.pieces(0, len(chosen))])) == wanted
    assert bits(numbers.runs([slice(start, stop) for start, stop in ranges] or [slice(0, 0)]).wide) == wanted
    for start, stop in ranges:
        assert bits(numbers.between(start, stop)) == bits(values[start:stop])
    assert bits(numbers.wide) == bits(values)
    assert not numbers.is_packed
    assert bits(numbers.ranges(starts, stops - starts)) == wanted


@pytest.mark.parametrize(
    ("values", "is_packed"),
    [
        ([0.0, 65535.0, 7.0, 8.0], True),
        ([-1.0, 2.0**31 - 1, 7.0, 8.0], True),
        ([0.01, 655.35, 12.5, 8.0], True),
        ([-0.01, 2.0**24, 12.25, 8.0], True),
        ([0.001, 1.0, 2.0, 3.0], False),
        ([0.0, 1.0, 2.0, -0.0], False),
        ([0.0, 1.0, 2.0, np.nan], False),
        ([0.0, 1.0, 2.0, 2.0**40], False),
        ([0.0, 1.0, 2.0], False),
    ],
)
def test_whole_numbers_and_hundredths_are_packed(values: list[float], is_packed: bool) -> None:
    assert packed([values])[0].is_packed == is_packed


def test_a_large_number_widens_no_other_block() -> None:
    numbers, values = packed([[1.0] * BLOCK, [1e5] * BLOCK, [2.0] * BLOCK, [0.3 + 0.6] * BLOCK])
    kept: Any = numbers._kept
    assert [column.dtype.itemsize * len(column) // BLOCK for column in kept.columns] == [4, 4, 0, 0, 8]
    assert bits(numbers.wide) == bits(values)


def test_rows_of_packed_points_are_taken_packed() -> None:
    for rows in ([*range(10)], [1, 5, 2, 2], [], [*range(3, 7)]):
        numbers, values = packed([[float(n) for n in range(40)]])
        shapes = Shapes.of(10, values=numbers, offsets=4 * np.arange(11))
        taken = shapes.take(rows)
        assert taken.numbers.is_packed == (len(rows) > 0)
        assert taken.values.tolist() == values.reshape(10, 4)[rows].reshape(-1).tolist()


@given(st.sets(st.integers(0, 29)), st.randoms(use_true_random=False), st.booleans())
def test_points_are_exchanged_as_they_would_be_one_by_one(chosen: set[int], random: Any, one_by_one: bool) -> None:
    rows = sorted(chosen) if one_by_one else random.sample(sorted(chosen), len(chosen))
    before = [[float(random.choice([row, -row, row / 8, row / 100])) for _ in range(row % 5)] for row in range(30)]
    points = [[float(random.choice([row, row / 7])) for _ in range(random.randint(0, 9))] for row in rows]
    shapes = Shapes.of(30, values=np.array([*chain(*before)]), offsets=offsets_of([*map(len, before)]))
    new = np.array([*chain(*points)], np.float64), offsets_of([*map(len, points)])
    parts = iter([(np.array(one, np.float64), np.array([0, len(one)])) for one in points])
    result = recast(shapes, np.array(rows, np.int64), parts if one_by_one else new, type=MASK)
    wanted = [dict(zip(rows, points, strict=True)).get(row, before[row]) for row in range(30)]
    assert [result.points(row).tolist() for row in range(30)] == wanted
    assert result.type.tolist() == [MASK if row in chosen else 0 for row in range(30)]
