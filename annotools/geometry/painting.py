"""Masks painted into one picture of numbers, and cut out of it again.

masks  [.11., ....]  [..1., ..1.]      values 3 5       paint     [.35., ..5.]     later ones cover earlier ones
                                                        masks_of  3: [.1.., ....]  5: [..1., ..1.]

A picture is read as runs, stretches of one number on a line: what is asked of its pixels is asked of these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.errors import UsageError
from annotools.geometry.ragged import Array, Ints, Ragged
from annotools.geometry.spans import Spans, clip_spans, cvat_rle_to_spans, spans_to_cvat_rle

__all__ = ["MOST_PIXELS", "Runs", "check_paintable", "masks_of", "masks_of_runs", "paint", "picture_runs"]


MOST_PIXELS = 89_000_000  # of a picture: some hundred bytes can say a billion, and Pillow warns of more


class Runs(NamedTuple):
    """The stretches of a picture, line by line: number, line, first pixel, the one past the last."""

    value: Ints
    y: Ints
    start: Ints
    stop: Ints


def paint(masks: Ragged, values: Array, size: tuple[int, int]) -> Array:
    """The number at each pixel, 0 where no mask is.

    masks: checked cvat_rles in the order in which they are painted, cut at the border of the frame.  values: one
    number each, above 0.  size: width, height.  Returns (h, w) of their type.
    Raises: UsageError for a picture that is too large to be read again.
    """
    width, height = size
    check_paintable(width, height)
    spans = clip_spans(cvat_rle_to_spans(*masks), np.array(size))
    canvas = np.zeros(height * width, values.dtype)
    starts, stops = (spans.start + spans.y * width).tolist(), (spans.stop + spans.y * width).tolist()
    for start, stop, number in zip(starts, stops, values[spans.row].tolist(), strict=True):
        canvas[start:stop] = number
    return canvas.reshape(height, width)


def check_paintable(width: int, height: int) -> None:
    """Raises: UsageError for a picture that is too large to be read again."""
    if width * height > MOST_PIXELS:
        raise UsageError(
            f"a picture to be painted is of {width:,} x {height:,} pixels, expected at most {MOST_PIXELS:,}"
        )


def picture_runs(numbers: Array, *more: Array) -> Runs:
    """The runs of a picture (h, w).  more: pictures of the same size; runs are of one number in each of them.

    The value of a run is the number of its first pixel, in `numbers` alone.
    """
    first = np.zeros(numbers.shape, np.bool_)
    first[:, :1] = True
    for picture in (numbers, *more):
        first[:, 1:] |= picture[:, 1:] != picture[:, :-1]
    y, start = np.nonzero(first)
    stop = np.append(start[1:], 0)
    stop[stop == 0] = numbers.shape[1]  # the next run begins a line
    return Runs(numbers[y, start].astype(np.int64), y, start, stop)


def masks_of_runs(runs: Runs, which: Array, count: int) -> Ragged:
    """The pixels of each of `count` masks as a tight cvat_rle.  which: the mask of each run, -1 for none."""
    which = np.asarray(which, np.int64)
    joined = np.zeros(len(which), np.bool_)
    joined[1:] = (which[1:] == which[:-1]) & (runs.y[1:] == runs.y[:-1])
    first = np.flatnonzero(~joined)
    stop = runs.stop[np.append(first[1:], len(which)) - 1] if len(first) else first
    order = np.argsort(which[first], kind="stable")
    order = order[which[first][order] >= 0]
    rows = first[order]
    return spans_to_cvat_rle(Spans(which[rows], runs.y[rows], runs.start[rows], stop[order]), count)


def masks_of(numbers: Array, values: Array) -> Ragged:
    """The pixels of each value as a tight cvat_rle.  values: no two alike."""
    runs, values = picture_runs(numbers), np.asarray(values, np.int64)
    if not len(values):
        return np.zeros(0), np.zeros(1, np.int64)
    order = np.argsort(values, kind="stable")
    row = order[np.minimum(np.searchsorted(values, runs.value, sorter=order), len(values) - 1)]
    return masks_of_runs(runs, np.where(values[row] == runs.value, row, -1), len(values))
