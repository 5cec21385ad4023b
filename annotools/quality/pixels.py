"""Outlines and masks as pixels, and how much of two sets of pixels is shared.

Sets of pixels are where a scan column by column enters and leaves them, as in `geometry.runs`: of a frame of height 5
2 5 7 10 are rows 2 to 4 of the columns 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pycocotools import mask

from annotools.geometry.masks import clip_cvat_rle
from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    concat,
    expand_ranges,
    lengths,
    offsets_of,
    row_of_value,
    row_pieces,
    segment_sum,
    take,
)
from annotools.geometry.raster import polygon_edges
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.geometry.runs import counts_to_edges, edges_to_counts
from annotools.geometry.tiles import Tiles
from annotools.model.columns import united

_APART = 2  # pixels from the end of one box to the next that has nothing in common with it
_MANY = 300  # boxes, of which each with each is more than the answer is worth
_DENSE = 1 << 14  # pairs, from which on it may pay to compare all with all
_OFTEN = 8  # pairs of a set, up to which it is made anew for some pairs after others:
_EDGES = 1 << 20  # edges of both sides that are compared at a time then


@dataclass(frozen=True, eq=False)
class Pixels:
    """Sets of pixels.  edges: ragged by `offsets`, int32 or int64.  sizes: (n, 2) width, height of the frames."""

    edges: Array
    offsets: Ints
    sizes: Ints

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: Ints) -> Pixels:
        """Some of them."""
        return Pixels(*take(self.edges, self.offsets, rows), self.sizes[rows])

    @cached_property
    def areas(self) -> Ints:
        """The numbers of pixels."""
        return np.asarray(segment_sum(self.edges[1::2] - self.edges[::2], self.offsets // 2))


def joined(parts: Sequence[Pixels]) -> Pixels:
    """The sets of some parts, one after the other."""
    sizes = np.concatenate([np.zeros((0, 2), np.int64), *(part.sizes for part in parts)])
    nothing = np.zeros(0, np.int32), np.zeros(1, np.int64)
    edges, offsets = concat([nothing, *((part.edges, part.offsets) for part in parts)])
    return Pixels(edges, offsets, sizes)


def scattered(rows: Sequence[Ints], parts: Sequence[Pixels]) -> Pixels:
    """The sets of some parts, each at its row of `rows`, which are all rows in any order."""
    return joined(parts).take(np.argsort(np.concatenate([np.zeros(0, np.int64), *rows])))


def outlines(values: Floats, offsets: Ints, sizes: Ints) -> Pixels:
    """The pixels of outlines in the frame.  values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) width, height."""
    return Pixels(*polygon_edges(values, offsets, sizes), sizes)


def masks(values: Floats, offsets: Ints, sizes: Ints) -> Pixels:
    """What of CVAT's masks lies in the frame."""
    counts = cvat_rle_to_coco_rle(*clip_cvat_rle(values, offsets, sizes), sizes)
    return Pixels(*_without_empty(*counts_to_edges(*counts)), sizes)


def _without_empty(edges: Ints, offsets: Ints) -> tuple[Ints, Ints]:
    """The edges of runs that have a length."""
    filled = edges[1::2] > edges[::2]
    if filled.all():
        return edges, offsets
    return edges[np.repeat(filled, 2)], 2 * np.append(0, np.cumsum(filled))[offsets // 2]


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


def ious(pixels: Pixels, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """Shared pixels by pixels of either, pair by pair.  frame_pair: ascending."""
    if not len(i):
        return np.zeros(0)
    if 2 * len(i) > _OFTEN * len(united(i, j)):
        return _ious(pixels, i, j, frame_pair)
    work = offsets_of(lengths(pixels.offsets)[i] + lengths(pixels.offsets)[j])
    pieces = [slice(first, last) for first, last in row_pieces(work, _EDGES)]
    return np.concatenate([_ious(pixels, i[part], j[part], frame_pair[part]) for part in pieces])


def _ious(pixels: Pixels, i: Ints, j: Ints, frame_pair: Ints) -> Floats:
    """The same, all at once."""
    rows, columns = united(i), united(j)
    known = united(rows, columns)
    some = pixels.take(known)
    tiles = Tiles.of(some.edges, some.offsets, some.sizes[:, 1])
    one, other = np.searchsorted(known, i), np.searchsorted(known, j)
    alone = len(i) > _DENSE and frame_pair[0] == frame_pair[-1]
    if alone and 2 * len(i) > len(rows) * len(columns):
        grid = tiles.shared_by_all(np.searchsorted(known, rows), np.searchsorted(known, columns))
        shared = grid[np.searchsorted(rows, i), np.searchsorted(columns, j)]
    else:
        shared = tiles.shared(one, other)
    whole = some.areas[one] + some.areas[other] - shared
    shares: Floats = np.divide(shared, whole, out=np.zeros(len(i)), where=shared > 0)
    deep = np.flatnonzero(tiles.deep[one] | tiles.deep[other])
    for pairs in runs(frame_pair[deep]):
        shares[deep[pairs]] = _by_runs(some, one[deep[pairs]], other[deep[pairs]])
    return shares


def _by_runs(pixels: Pixels, i: Ints, j: Ints) -> Floats:
    """The same, of sets with very many runs in a column."""
    (rows, row), (columns, column) = (np.unique(side, return_inverse=True) for side in (i, j))
    first, second = (_compressed(pixels.take(part)) for part in (rows, columns))
    shares: Floats = np.asarray(mask.iou(first, second, [0] * len(second)))[row, column]
    return shares


def _compressed(pixels: Pixels) -> list[dict[str, object]]:
    """The sets as pycocotools takes them."""
    texts = compress_counts(*edges_to_counts(pixels.edges, pixels.offsets, pixels.sizes.prod(axis=1)))
    sizes = pixels.sizes[:, ::-1].tolist()
    return [{"size": size, "counts": text} for size, text in zip(sizes, texts, strict=True)]


def runs(key: Ints) -> Iterator[slice]:
    """The stretches of one key."""
    if len(key):
        starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1)).tolist()
        yield from map(slice, starts, [*starts[1:], len(key)])


def unions(pixels: Pixels, ends: Ints) -> Pixels:
    """The pixels of any of some sets that follow each other.  ends: (m + 1,) offsets, those of each union."""
    several = np.flatnonzero(lengths(ends) > 1)
    if not len(several):
        return pixels
    rows = expand_ranges(ends[several], lengths(ends)[several])
    parts, union = pixels.take(rows), np.repeat(np.arange(len(several)), lengths(ends)[several])
    sizes = pixels.sizes[ends[several]]
    bases = offsets_of(sizes.prod(axis=1) + 1)
    spots = parts.edges + bases[union][row_of_value(parts.offsets)]
    leaves = np.arange(len(spots)) & 1
    order = np.lexsort((leaves, spots))
    inside = np.cumsum(1 - 2 * leaves[order])
    border = np.flatnonzero((inside == 0) | (np.append(0, inside[:-1]) == 0))
    edges = spots[order[border]]
    offsets = np.searchsorted(edges, bases)
    merged = Pixels(edges - np.repeat(bases[:-1], lengths(offsets)), offsets, sizes)
    sources = ends[:-1].copy()
    sources[several] = len(pixels) + np.arange(len(several))
    return joined([pixels, merged]).take(sources)
