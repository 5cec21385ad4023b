"""Outlines and masks as pixels, and how much of two sets of pixels is shared.

Sets of pixels are pycocotools' compressed run lengths, `{"size": [h, w], "counts": b".."}`: what the server compares,
and cheap to unite and cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from pycocotools import mask

from annotools.geometry.masks import clip_cvat_rle
from annotools.geometry.ragged import Bools, Floats, Ints, Ragged, lengths, offsets_of
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts, decompress_counts

Pixels = dict[str, Any]
_LEAST = 6  # numbers of an outline
_MANY = 2000  # boxes, of which each with each is more than the answer is worth


def outlines(values: Floats, offsets: Ints, sizes: Ints) -> list[Pixels]:
    """The pixels of outlines in the frame.  values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) width, height."""
    ends = offsets.tolist()
    rows = [_three(values[start:stop]) for start, stop in pairwise(ends)]
    drawn: list[Pixels] = []
    for part in runs(sizes[:, 0] << 32 | sizes[:, 1]):
        width, height = sizes[part.start].tolist()
        drawn += mask.frPyObjects(rows[part], height, width)
    return drawn


def _three(points: Floats) -> Floats:
    """At least three points: pycocotools takes four numbers for a box."""
    return points if len(points) >= _LEAST else np.resize(points, _LEAST) if len(points) else np.zeros(_LEAST)


def masks(values: Floats, offsets: Ints, sizes: Ints) -> list[Pixels]:
    """What of CVAT's masks lies in the frame."""
    return _compressed(cvat_rle_to_coco_rle(*clip_cvat_rle(values, offsets, sizes), sizes), sizes[:, ::-1].tolist())


def _compressed(counts: Ragged, sizes: list[list[int]]) -> list[Pixels]:
    texts = compress_counts(*counts)
    return [{"size": size, "counts": text} for size, text in zip(sizes, texts, strict=True)]


def complements(parts: Sequence[Pixels]) -> list[Pixels]:
    """All the other pixels of the frame."""
    flipped = _flipped(*decompress_counts([part["counts"] for part in parts]))
    return _compressed(flipped, [part["size"] for part in parts])


def _flipped(counts: Ints, offsets: Ints) -> Ragged:
    """Runs of the opposite: those that start with an empty run lose it, all others get one."""
    sizes = lengths(offsets)
    empty = np.zeros(len(sizes), np.bool_)
    empty[sizes > 0] = counts[offsets[:-1][sizes > 0]] == 0
    ends = offsets_of(np.where(empty, sizes - 1, sizes + 1))
    flipped = np.zeros(ends[-1], np.int64)
    row = np.repeat(np.arange(len(sizes)), sizes)
    position = np.arange(len(counts)) - offsets[row] + np.where(empty, -1, 1)[row]
    flipped[ends[row][position >= 0] + position[position >= 0]] = counts[position >= 0]
    return flipped, ends


def meet(first: Floats, second: Floats) -> Bools:
    """Whether two boxes, each a pixel wider than it is, have something in common, pair by pair."""
    left_top, right_bottom = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    return np.asarray((right_bottom - left_top > -2).all(axis=1))


def any_meet(boxes: Floats) -> bool:
    """Whether any box reaches into another; of a great many it is taken for granted."""
    if len(boxes) > _MANY:
        return True
    low, high = np.maximum(boxes[:, None, :2], boxes[None, :, :2]), np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return int((high - low > -2).all(axis=2).sum()) > len(boxes)


def ious(pixels: Sequence[Pixels | None], i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Shared pixels by pixels of either, pair by pair.  frame_pair: ascending; the pairs of one are tried at once."""
    shares = np.zeros(len(i))
    for pairs in runs(frame_pair):
        rows, row = np.unique(i[pairs], return_inverse=True)
        columns, column = np.unique(j[pairs], return_inverse=True)
        first, second = ([pixels[n] for n in part.tolist()] for part in (rows, columns))
        shares[pairs] = np.asarray(mask.iou(first, second, [0] * len(second)))[row, column]
    return shares


def runs(key: Ints) -> Iterator[slice]:
    """The stretches of one key."""
    if len(key):
        starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1)).tolist()
        yield from map(slice, starts, [*starts[1:], len(key)])


def area(pixels: Pixels) -> int:
    """The number of pixels."""
    return int(mask.area(pixels))


def union(parts: Sequence[Pixels]) -> Pixels:
    """The pixels of any."""
    merged: Pixels = mask.merge(list(parts), False)
    return merged


def common(parts: Sequence[Pixels]) -> Pixels:
    """The pixels of all."""
    merged: Pixels = mask.merge(list(parts), True)
    return merged
