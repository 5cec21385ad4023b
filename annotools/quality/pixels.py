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
from annotools.geometry.ragged import Bools, Floats, Ints, Ragged
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts

Pixels = dict[str, Any]
_LEAST = 6  # numbers of an outline
_APART = 2  # pixels from the end of one box to the next that has nothing in common with it
_MANY = 300  # boxes, of which each with each is more than the answer is worth


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
    return compressed(cvat_rle_to_coco_rle(*clip_cvat_rle(values, offsets, sizes), sizes), sizes[:, ::-1].tolist())


def compressed(counts: Ragged, sizes: list[list[int]]) -> list[Pixels]:
    """The pixels that runs say.  sizes: height, width of each."""
    texts = compress_counts(*counts)
    return [{"size": size, "counts": text} for size, text in zip(sizes, texts, strict=True)]


def meet(first: Floats, second: Floats) -> Bools:
    """Whether two boxes (.., 4), each a pixel wider than it is, have something in common, pair by pair."""
    apart = np.zeros(np.broadcast_shapes(first.shape, second.shape)[:-1], np.bool_)
    one, other = (np.ascontiguousarray(np.moveaxis(boxes, -1, 0)) for boxes in (first, second))
    for low, high in ((0, 2), (1, 3)):
        apart |= one[low] - other[high] >= _APART
        apart |= other[low] - one[high] >= _APART
    return ~apart


def any_meet(boxes: Floats) -> bool:
    """Whether any box reaches into another; of a great many it is taken for granted."""
    if len(boxes) > _MANY:
        return True
    return int(meet(boxes[:, None], boxes[None]).sum()) > len(boxes)


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


def areas(parts: Sequence[Pixels]) -> Ints:
    """The numbers of pixels."""
    return np.array([mask.area(part) for part in parts], np.int64)  # of a list it takes numbers of eight bits


def union(parts: Sequence[Pixels]) -> Pixels:
    """The pixels of any."""
    merged: Pixels = mask.merge(list(parts), False)
    return merged
