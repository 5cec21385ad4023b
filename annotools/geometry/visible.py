"""What is to be seen of masks that lie over one another, without painting a pixel.

    line 4 of a frame    a: 2 .. 9    b: 5 .. 7, above a       borders 2 5 7 9    owners a b a    a: 2 .. 5, 7 .. 9

The borders of all spans of a line cut it into stretches, and each is of the highest mask that covers it: work grows
with the outlines, and not with frames, of which a canvas has millions of pixels.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Bools, Ints, Ragged, expand_ranges
from annotools.geometry.spans import Spans, clip_spans, cvat_rle_to_spans, spans_to_cvat_rle

_MOST = 64  # boxes of a frame that are held against one another


def seen_parts(masks: Ragged, frame: Ints, sizes: Array) -> Ragged:
    """What later masks leave of each, as tight cvat_rles; [1, 0, 0, 0, 0] for nothing.

    masks: checked cvat_rles as they are painted, the lowest first.  frame: (n,) of each; masks of several may mix.
    sizes: (n, 2) width, height of its frame.
    """
    spans = clip_spans(cvat_rle_to_spans(*masks), sizes)
    width, height = int(spans.stop.max(initial=0)) + 1, int(spans.y.max(initial=0)) + 1
    line = (np.unique(frame, return_inverse=True)[1].reshape(-1)[spans.row] * height + spans.y) * width
    which, start, stop = _owned(line + spans.start, line + spans.stop, spans.row)
    order = np.argsort(which, kind="stable")
    which, start, stop = which[order], start[order], stop[order]
    line, left = np.divmod(start, width)
    return spans_to_cvat_rle(Spans(which, line % height, left, left + stop - start), len(frame))


def _owned(start: Ints, stop: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """The row, start and stop of stretches of which the greatest of the rows that cover them is the same."""
    borders = np.sort(np.concatenate([start, stop]))  # `np.unique` hashes them, which takes five times as long
    borders = borders[np.diff(borders, prepend=-1) > 0]
    first = np.searchsorted(borders, start)
    count = np.searchsorted(borders, stop) - first
    owner = np.full(len(borders), -1)
    np.maximum.at(owner, expand_ranges(first, count), np.repeat(row, count))
    seen = np.flatnonzero(owner >= 0)
    new = np.ones(len(seen), np.bool_)
    new[1:] = (owner[seen[1:]] != owner[seen[:-1]]) | (np.diff(seen) != 1)
    begins = np.flatnonzero(new)
    ends = np.append(begins[1:], len(seen)) - 1 if len(seen) else begins
    return owner[seen[begins]], borders[seen[begins]], borders[seen[ends] + 1]


def are_alone(boxes: Ints, frame: Ints) -> Bools:
    """Whether no other box meets a box; boxes of crowded frames are taken for met.

    boxes: (n, 4) left, top, right, bottom, inclusive.  frame: (n,) ascending.
    """
    alone = np.ones(len(frame), np.bool_)
    counts = np.unique(frame, return_counts=True)[1]
    alone[np.repeat(counts > _MOST, counts)] = False
    for step in range(1, min(int(counts.max(initial=0)), _MOST)):
        meet = frame[step:] == frame[:-step]
        meet &= (boxes[step:, :2] <= boxes[:-step, 2:]).all(axis=1) & (boxes[:-step, :2] <= boxes[step:, 2:]).all(
            axis=1
        )
        alone[step:] &= ~meet
        alone[:-step] &= ~meet
    return alone
