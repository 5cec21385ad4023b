"""Run lengths of whole frames, as COCO and Datumaro have them -> masks of the hub, and what is wrong with the others.

{"size": [height, width], "counts": "06" or [0, 6]}
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import Ragged, concat, from_arrays, take
from annotools.geometry.rle import coco_rle_to_cvat_rle, cvat_rle_to_coco_rle
from annotools.geometry.rle_faults import check_coco_rles
from annotools.geometry.rle_strings import compress_counts, decompressed
from annotools.model.columns import Array, Ints

_MOST = (1 << 31) - 1


def masks_of(counts: Sequence[str | list[int]], given: Ints, sizes: Ints) -> tuple[Ints, Ragged, dict[int, str]]:
    """The rows that are masks of their frames, these as cvat_rles, and what is wrong with the others.

    counts: compressed text or numbers.  given, sizes: (n, 2) width, height that each says and of its frame, 0 unknown.
    """
    unlike = (sizes > 0).all(axis=1) & (given != sizes).any(axis=1)
    faults = {
        n: f"mask of {given[n, 0]} x {given[n, 1]}, expected {sizes[n, 0]} x {sizes[n, 1]} as its image"
        for n in np.flatnonzero(unlike).tolist()
    }
    texts = [n for n, one in enumerate(counts) if isinstance(one, str)]
    lists = [n for n, one in enumerate(counts) if not isinstance(one, str)]
    damaged, numbers = decompressed([str(counts[n]) for n in texts])
    for index, text in damaged:
        faults.setdefault(texts[index], text)
    order = np.array(texts + lists, np.int64)
    runs = concat([numbers, from_arrays([_numbers(counts[n]) for n in lists], np.int64)])
    for index, text in check_coco_rles(*runs, given[order]):
        faults.setdefault(int(order[index]), text)
    kept = np.flatnonzero(~np.isin(order, list(faults)))
    kept = kept[np.argsort(order[kept])]
    return order[kept], coco_rle_to_cvat_rle(*take(*runs, kept), given[order[kept]]), faults


def _numbers(counts: str | list[int]) -> Array:
    return np.array([n if abs(int(n)) <= _MOST else -1 for n in counts], np.int64)


def size_of(size: Sequence[float]) -> tuple[int, int]:
    """Width, height of [height, width]; 0 for what is no size."""
    if len(size) != 2:
        return 0, 0
    height, width = (int(n) if 0 < n <= _MOST else 0 for n in size)
    return width, height


def texts_of(values: Array, offsets: Ints, sizes: Ints) -> list[str]:
    """cvat_rles as compressed run lengths of their frames.  sizes: (n, 2) width, height."""
    counts, ends = cvat_rle_to_coco_rle(values, offsets, sizes)
    return [text.decode("ascii") for text in compress_counts(counts, ends)]
