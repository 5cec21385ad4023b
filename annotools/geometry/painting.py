"""Masks painted into one picture of numbers, and cut out of it again.

masks  [.11., ....]  [..1., ..1.]      values 3 5       paint     [.35., ..5.]     later ones cover earlier ones
                                                        masks_of  3: [.1.., ....]  5: [..1., ..1.]
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Ints, Ragged, from_arrays
from annotools.geometry.rle import mask_to_cvat_rle
from annotools.geometry.spans import clip_spans, cvat_rle_to_spans


def paint(masks: Ragged, values: Array, size: tuple[int, int]) -> Ints:
    """The number at each pixel, 0 where no mask is.

    masks: checked cvat_rles in the order in which they are painted, cut at the border of the frame.  values: one
    number each, above 0.  size: width, height.  Returns (h, w) int64.
    """
    width, height = size
    spans = clip_spans(cvat_rle_to_spans(*masks), np.array(size))
    canvas = np.zeros(height * width, np.int64)
    runs = np.stack([spans.start, spans.stop], axis=1) + spans.y[:, None] * width
    colors = np.asarray(values, np.int64)[spans.row]
    for (start, stop), color in zip(runs.tolist(), colors.tolist(), strict=True):
        canvas[start:stop] = color
    return canvas.reshape(height, width)


def masks_of(numbers: Ints, values: Array) -> Ragged:
    """The pixels of each value as a tight cvat_rle."""
    return from_arrays([mask_to_cvat_rle(numbers == value) for value in np.asarray(values).tolist()])
