"""The file's own numbers of tracks -> rows of the table of tracks."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from annotools.model.columns import Array, Ints

NEVER = np.iinfo(np.int64).max


class TrackKeys:
    """Numbers of tracks, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def numbers(self, keys: Any) -> tuple[Ints, Ints]:
        """The number of each key, -1 for none; and the rows of the first of each that is new.

        keys: (n,) whole numbers below 0 for none, (n, k) several numbers, the first of which says so, or a sequence of
        anything, None for none.
        """
        codes, first, distinct = _distinct(keys)
        before = len(self._numbers)
        known = [self._numbers.setdefault(key, len(self._numbers)) if key is not None else -1 for key in distinct]
        numbers = np.array(known, np.int64)
        fresh = np.flatnonzero(numbers >= before)
        return (numbers[codes] if len(codes) else np.zeros(0, np.int64)), first[fresh]


def _distinct(keys: Any) -> tuple[Ints, Ints, list[Hashable]]:
    """Codes of keys, the first row of each code, and the keys, in the order in which they come."""
    if not isinstance(keys, np.ndarray):
        places: dict[Hashable, int] = {}
        codes = np.array([places.setdefault(key, len(places)) for key in keys], np.int64)
        return codes, np.unique(codes, return_index=True)[1], list(places)
    table = keys[:, None] if keys.ndim == 1 else keys
    _, first, inverse = np.unique(_mixed(table), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    rows = table[first[order]].tolist()
    return rank[inverse.reshape(-1)], first[order], [tuple(row) if row[0] >= 0 else None for row in rows]


def _mixed(table: Array) -> Ints:
    """One number for each row of several, equal for equal ones."""
    mixed = np.zeros(len(table), np.int64)
    for column in table.T:
        values, code = np.unique(column, return_inverse=True)
        _, mixed = np.unique(mixed * len(values) + code.reshape(-1), return_inverse=True)
    return mixed.reshape(-1)


def first_frames(track: Array, frame: Array, parent: Array, count: int) -> Ints:
    """The first frame of each track, of a skeleton's also that of its elements; NEVER for one without rows."""
    first = np.full(count, NEVER)
    tracked = track >= 0
    np.minimum.at(first, track[tracked], frame[tracked])
    inner = np.flatnonzero(parent >= 0)
    np.minimum.at(first, parent[inner], first[inner])
    return first


def repeats(track: Array, frame: Array) -> Ints:
    """The rows that are not the first of their track on their frame."""
    rows = np.flatnonzero(track >= 0)
    rows = rows[np.lexsort((rows, frame[rows], track[rows]))]
    again = (np.diff(track[rows]) == 0) & (np.diff(frame[rows]) == 0)
    return np.sort(rows[1:][again])
