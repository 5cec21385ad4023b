"""Hashes of ragged rows: of each row alone, wherever it stands among how many others."""

from __future__ import annotations

import numpy as np

from annotools.model.canonical import ragged_hashes
from annotools.model.tables import Array


def _ragged(rows: list[Array]) -> tuple[Array, Array]:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return np.concatenate(rows), offsets


def test_a_row_has_its_hash_among_many() -> None:
    chance = np.random.default_rng(5)
    rows = [chance.normal(size=size) for size in chance.integers(0, 60, 5000)]
    rows[17], rows[4000], rows[4001] = rows[3], np.zeros(0), chance.normal(size=200_000)
    rows[4999] = rows[4001]
    hashes = ragged_hashes(*_ragged(rows))
    assert hashes[17] == hashes[3]
    assert hashes[4999] == hashes[4001]
    assert hashes[4000] == 0
    alone = [ragged_hashes(row, np.array([0, len(row)]))[0] for row in rows]
    assert hashes.tolist() == [int(value) for value in alone]
    different = {row.tobytes() for row in rows}
    assert len(set(hashes.tolist())) == len(different)


def test_the_order_of_values_counts() -> None:
    one, other = ragged_hashes(np.array([1.0, 2.0, 2.0, 1.0]), np.array([0, 2, 4])).tolist()
    assert one != other


def test_no_rows() -> None:
    assert len(ragged_hashes(np.zeros(0), np.zeros(1, np.int64))) == 0
