"""Run lengths of a file -> masks, each fault named.

{"size": [h, w], "counts": [6, 1, 4, ..]}     {"size": [h, w], "counts": "6141007"}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.coco.cells import Rle
from annotools.geometry.ragged import Ragged, concat, from_arrays, take
from annotools.geometry.rle import coco_rle_to_cvat_rle
from annotools.geometry.rle_faults import Fault, check_coco_rles
from annotools.geometry.rle_strings import decompressed
from annotools.model.tables import Ints

_MOST = (1 << 31) - 1


class Place(NamedTuple):
    """Where run lengths stand."""

    member: str
    pointer: str


def masks_of(
    runs: Sequence[Rle], sizes: Ints, where: Callable[[int], Place], problems: Problems
) -> tuple[Ints, Ragged]:
    """The runs that are masks of their frames, and these masks as cvat_rles.

    sizes: (n, 2) width, height of the frames, 0 where unknown.  where: the place of each.
    """
    given = _given(runs)
    faults: dict[int, str] = {}
    unlike = (sizes > 0).all(axis=1) & (given != sizes).any(axis=1)
    for n in np.flatnonzero(unlike).tolist():
        faults[n] = f"mask of {given[n, 0]} x {given[n, 1]}, expected {sizes[n, 0]} x {sizes[n, 1]} as its image"
    said = [rle.counts for rle in runs]
    texts = [n for n, counts in enumerate(said) if type(counts) is str]
    lists = [n for n, counts in enumerate(said) if type(counts) is not str]
    found, numbers = decompressed([str(said[n]) for n in texts])
    _note(faults, texts, found)
    order = np.array(texts + lists, np.int64)
    counts = concat([numbers, _plain([said[n] for n in lists])])
    _note(faults, order.tolist(), check_coco_rles(*counts, given[order]))
    for n, text in sorted(faults.items()):
        place = where(n)
        problems.append(Problem(text, place.member, pointer=place.pointer))
    kept = np.flatnonzero(~np.isin(order, list(faults)))
    kept = kept[np.argsort(order[kept])]
    return order[kept], coco_rle_to_cvat_rle(*take(*counts, kept), given[order[kept]])


def _given(runs: Sequence[Rle]) -> Ints:
    """Width and height that each says, 0 for what is no size.  (n, 2)"""
    said = [rle.size for rle in runs]
    if set(map(len, said)) == {2}:
        with suppress(OverflowError):
            sizes = np.fromiter(chain.from_iterable(said), np.int64, 2 * len(said)).reshape(-1, 2)[:, ::-1]
            return np.where((sizes > 0) & (sizes <= _MOST), sizes, 0)
    return np.array([size_of(rle) for rle in runs], np.int64).reshape(-1, 2)


def size_of(rle: Rle) -> tuple[int, int]:
    """Width, height; 0 for what is no size."""
    size = rle.size if len(rle.size) == 2 else [0, 0]
    height, width = (n if 0 < n <= _MOST else 0 for n in size)
    return width, height


def _plain(counts: Sequence[list[int] | str]) -> Ragged:
    rows = [[n if abs(n) <= _MOST else -1 for n in row] for row in counts if not isinstance(row, str)]
    return from_arrays(rows, np.int64)


def _note(faults: dict[int, str], numbers: Sequence[int], found: list[Fault]) -> None:
    for place, text in found:
        faults.setdefault(numbers[place], text)
