"""What hypothesis draws for the geometry's laws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from annotools.geometry.ragged import Array, Bools, Ints, Ragged, from_arrays
from annotools.geometry.rle import mask_to_coco_counts

FRAME = (23, 17)  # width, height; the two differ, so that a swap shows


@st.composite
def pictures(draw: st.DrawFn) -> Bools:
    """A small mask, from empty over noise to full."""
    width, height = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    share = draw(st.sampled_from([0.0, 0.1, 0.5, 0.8, 0.95, 1.0]))
    picture = np.random.default_rng(draw(st.integers(0, 2**32))).random((height, width)) < share
    return picture[np.sort(np.arange(height) % draw(st.sampled_from([height, 1, 2, 3])))]  # lines that are alike, too


def in_frame(picture: Bools, left: int = 3, top: int = 2, size: tuple[int, int] = FRAME) -> Bools:
    """The picture laid on an empty frame."""
    frame = np.zeros((size[1], size[0]), np.bool_)
    frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


def coco_column(frames: Sequence[Array]) -> tuple[Ragged, Ints]:
    """Masks of whole frames -> ragged counts and sizes (width, height)."""
    counts = from_arrays([mask_to_coco_counts(frame) for frame in frames], np.int64)
    return counts, np.array([frame.shape[::-1] for frame in frames], np.int64).reshape(-1, 2)
