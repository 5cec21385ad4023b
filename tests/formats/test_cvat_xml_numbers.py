"""Columns of numbers as text: like formatting them one by one, whatever they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.formats.cvat_xml.texts import decimals, pairs

ANY = st.floats(allow_nan=True, allow_infinity=True)
PIXELS = st.floats(-99_999, 99_999)
HALVES = st.integers(-10_000_000, 10_000_000).map(lambda number: number / 1000)  # many end in 5
KNOWN = {
    2.675: "2.67", 1234.565: "1234.57", 0.005: "0.01", 0.015: "0.01", 8.345: "8.35", -0.001: "-0.00", 9.995: "9.99",
    99_999.0: "99999.00", 100_000.0: "100000.00", 0.0: "0.00", 999.999: "1000.00", 1e22: "10000000000000000000000.00",
}  # fmt: skip


def test_numbers_that_are_known_to_be_hard() -> None:
    assert decimals(np.array(list(KNOWN))) == list(KNOWN.values())
    assert [decimals(np.array([number]))[0] for number in KNOWN] == list(KNOWN.values())


@settings(deadline=None)
@given(st.lists(st.one_of(PIXELS, HALVES), max_size=60) | st.lists(ANY, max_size=20))
def test_a_column_is_what_its_numbers_are(values: list[float]) -> None:
    assert decimals(np.array(values, np.float64)) == [f"{value:.2f}" for value in values]


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(PIXELS, HALVES), max_size=7), max_size=12), st.booleans())
def test_points_are_pairs(rows: list[list[float]], large: bool) -> None:
    rows = [*rows, [1e6, 2.0]] if large else rows
    values = np.array([value for row in rows for value in row], np.float64)
    offsets = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64)))
    expected = []
    for row in rows:
        texts = [f"{value:.2f}" for value in row]
        expected.append(";".join(",".join(texts[index : index + 2]) for index in range(0, len(texts), 2)))
    assert pairs(values, offsets) == expected


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_every_length_of_number(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(-(10**9), 10**9, 2000) / 10.0 ** random.integers(2, 10, 2000)
    assert decimals(values) == [f"{value:.2f}" for value in values.tolist()]
