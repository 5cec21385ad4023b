"""COCO's compressed run lengths: each count as a few characters.

    counts [6,1,4,2,4,2,11]  ->  b"6141007"

From the fourth count on, the difference to the count two before is written.  A number is cut into groups of five
bits, low group first; 32 is added where another group follows, then 48.  The top bit of the last group is the sign.
Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleToString, rleFrString)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import (
    Array,
    Ints,
    Ragged,
    expand_ranges,
    lengths,
    offsets_of,
    place_in_row,
    row_of_value,
    segment_max,
    take,
)
from annotools.geometry.rle_faults import Fault, demand
from annotools.geometry.runs import running_sums

_GROUPS = 12  # 60 bits: more is no count


def compress_counts(counts: Array, offsets: Ints) -> list[bytes]:
    """Ragged counts -> one compressed string a row, the bytes that pycocotools writes."""
    counts = np.asarray(counts, np.int64)
    deltas = counts.copy()
    late = np.flatnonzero(place_in_row(offsets) > 2)
    deltas[late] -= counts[late - 2]
    groups = _group_counts(deltas)
    number = np.repeat(np.arange(len(deltas)), groups)
    digit = expand_ranges(np.zeros(len(groups)), groups)
    codes = (deltas[number] >> (5 * digit)) & 31
    codes[digit < groups[number] - 1] += 32
    text = (codes + 48).astype(np.uint8).tobytes()
    ends = offsets_of(groups)[offsets].tolist()
    return [text[ends[i] : ends[i + 1]] for i in range(len(ends) - 1)]


def decompress_counts(texts: Sequence[bytes | str]) -> Ragged:
    """Compressed strings -> ragged counts, int64; whether they fit a frame is `check_coco_rles`' question.

    Raises: ValueError naming the row for what `check_compressed` finds.
    """
    faults, counts = decompressed(texts)
    demand(faults)
    return counts


def decompressed(texts: Sequence[bytes | str]) -> tuple[list[Fault], Ragged]:
    """What `check_compressed` finds, and the counts of the strings; a faulty one has none."""
    codes, offsets = _codes(texts)
    faults = _faults(codes, offsets)
    if faults:
        fine = np.delete(np.arange(len(texts)), [row for row, _ in faults])
        sizes = np.zeros(len(texts), np.int64)
        values, ends = _numbers(*take(codes, offsets, fine))
        sizes[fine] = lengths(ends)
        return faults, (values, offsets_of(sizes))
    return faults, _numbers(codes, offsets)


def _numbers(codes: Ints, offsets: Ints) -> Ragged:
    last = codes < 32
    starts = np.flatnonzero(np.concatenate([[True], last[:-1]])) if len(codes) else np.zeros(0, np.int64)
    groups = np.diff(starts, append=len(codes))
    parts = (codes & 31) << (5 * expand_ranges(np.zeros(len(groups)), groups))
    numbers = np.add.reduceat(parts, starts) if len(starts) else parts
    numbers -= np.where(codes[last] & 16, np.int64(1) << (5 * groups), 0)
    rows = np.concatenate([[0], np.cumsum(last)])[offsets]
    return _undo_differences(numbers, rows), rows


def check_compressed(texts: Sequence[bytes | str]) -> list[Fault]:
    """What is wrong with each string as such: a sign that is none of the 64, an unfinished or endless number."""
    return _faults(*_codes(texts))


def _faults(codes: Ints, offsets: Ints) -> list[Fault]:
    rows = row_of_value(offsets)
    alien = np.unique(rows[(codes < 0) | (codes > 63)]).tolist()
    faults: dict[int, str] = dict.fromkeys(alien, "counts hold a character outside '0' to 'o'")
    filled = np.flatnonzero(lengths(offsets))
    unfinished = filled[codes[offsets[1:][filled] - 1] >= 32].tolist()
    faults |= {row: "counts end within a number" for row in unfinished if row not in faults}
    # the distance of each character to the last one that ended a number
    spots = np.arange(len(codes))
    ends = codes < 32
    ends[offsets[1:][filled] - 1] = True
    ended = np.maximum.accumulate(np.where(ends, spots, -1))
    reach = segment_max(spots - np.concatenate([[-1], ended[:-1]]), offsets, 0) if len(codes) else np.zeros(0)
    endless = np.flatnonzero(reach > _GROUPS).tolist()
    faults |= {row: "counts hold a number of more than 60 bits" for row in endless if row not in faults}
    return sorted(faults.items())


def _codes(texts: Sequence[bytes | str]) -> Ragged:
    raw = [text.encode("latin-1", "replace") if isinstance(text, str) else bytes(text) for text in texts]
    codes = np.frombuffer(b"".join(raw), np.uint8).astype(np.int64) - 48
    return codes, offsets_of([len(text) for text in raw])


def _group_counts(numbers: Ints) -> Ints:
    size = np.where(numbers < 0, ~numbers, numbers)
    groups = np.ones(len(numbers), np.int64)
    limit, most = 16, int(size.max(initial=0))
    while limit <= most:
        groups += size >= limit
        limit <<= 5
    return groups


def _undo_differences(numbers: Ints, offsets: Ints) -> Ints:
    position = place_in_row(offsets)
    counts = numbers.copy()
    for chain in (position & 1 == 1, (position & 1 == 0) & (position > 0)):
        spots = np.flatnonzero(chain)
        ends = np.searchsorted(spots, offsets).astype(np.int64)
        counts[spots] = running_sums(numbers[spots], ends)
    return counts
