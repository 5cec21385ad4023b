"""Lines of digits against those that Python's own formatting makes."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.formats.kernel.decimal_lines import decimal_cells, decimal_lines

PATTERN = "%d %.7f %.6f\n"


def lines(numbers: list[int], sevens: list[float], sixes: list[float]) -> list[bytes] | None:
    columns = [(np.array(sevens), 7), (np.array(sixes), 6)]
    made = decimal_lines(np.array(numbers, np.int64), columns)
    return None if made is None else [made[0][a:b] for a, b in zip(made[1], made[1][1:], strict=False)]


@pytest.mark.parametrize("most", [1, 10, 11, 100, 12_345_678])
def test_lines_are_those_of_a_pattern(most: int) -> None:
    rng = np.random.default_rng(most)
    numbers = rng.integers(0, most, 500)
    sevens, sixes = rng.integers(0, 5 * 10**7, 500) / 10**7, rng.integers(0, 9 * 10**6, 500) / 10**6
    expected = [PATTERN % row for row in zip(numbers, sevens, sixes, strict=True)]
    assert lines(numbers.tolist(), sevens.tolist(), sixes.tolist()) == [line.encode() for line in expected]


@pytest.mark.parametrize(
    ("numbers", "sevens", "sixes"),
    [([-1], [0.5], [0.5]), ([10**8], [0.5], [0.5]), ([0], [-0.5], [0.5]), ([0], [10.0], [0.5]), ([0], [0.5], [np.nan])],
)
def test_what_has_no_eight_digits_is_left_to_others(
    numbers: list[int], sevens: list[float], sixes: list[float]
) -> None:
    assert lines(numbers, sevens, sixes) is None


def test_nothing_is_no_lines() -> None:
    made = decimal_lines(np.zeros(0, np.int64), [(np.zeros(0), 6)])
    assert made is not None
    assert (made[0], made[1].tolist()) == (b"", [0])


def test_cells_are_those_of_a_pattern() -> None:
    shares = np.random.default_rng(3).integers(0, 10**7, 2_000) / 10**6
    assert decimal_cells(shares, 6) == "".join(f" {share:.6f}" for share in shares.tolist()).encode()
    assert decimal_cells(np.array([0.0, 1.0, 9.99]), 2) == b" 0.00 1.00 9.99"
    assert decimal_cells(np.zeros(0), 6) == b""


@pytest.mark.parametrize("share", [-0.1, 10.0, 9.9999996, np.nan, np.inf])
def test_cells_of_what_has_more_digits_are_left_to_others(share: float) -> None:
    assert decimal_cells(np.array([0.5, share]), 6) is None
