"""What is to be seen of masks: the same as where they are painted over one another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotools.geometry.painting import masks_of, paint
from annotools.geometry.ragged import concat, from_arrays, take, to_arrays
from annotools.geometry.rle import mask_to_cvat_rle
from annotools.geometry.visible import are_alone, seen_parts

SIZE = (9, 7)


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[np.ndarray], np.ndarray]:
    """Masks of some frames, the lowest first, and the frame of each."""
    count = draw(st.integers(1, 6))
    bits = [draw(st.integers(0, (1 << 63) - 1)) & draw(st.integers(0, (1 << 63) - 1)) for _ in range(count)]
    masks = [np.array([number >> index & 1 for index in range(63)], np.bool_).reshape(7, 9) for number in bits]
    frame = sorted(draw(st.integers(0, 2)) for _ in range(count))
    return masks, np.array(frame)


@given(stacks())
def test_it_is_what_a_painting_shows(stack: tuple[list[np.ndarray], np.ndarray]) -> None:
    masks, frame = stack
    given_masks = from_arrays([mask_to_cvat_rle(mask) for mask in masks])
    parts = []
    for number in np.unique(frame).tolist():
        mine = np.flatnonzero(frame == number)
        values = np.arange(1, len(mine) + 1)
        parts.append(masks_of(paint(take(*given_masks, mine), values, SIZE), values))
    expected = concat(parts)
    seen = seen_parts(given_masks, frame, np.full((len(frame), 2), SIZE))
    assert [each.tolist() for each in to_arrays(*seen)] == [each.tolist() for each in to_arrays(*expected)]


def test_boxes_that_meet_are_not_alone() -> None:
    boxes = np.array([[0, 0, 4, 4], [5, 0, 9, 4], [4, 4, 6, 6], [0, 0, 9, 9], [20, 20, 21, 21]])
    assert are_alone(boxes, np.array([0, 0, 0, 1, 1])).tolist() == [False, False, False, True, True]
    assert are_alone(boxes[:2], np.array([0, 0])).tolist() == [True, True]
    crowd = np.repeat(np.arange(100)[:, None] * 10, 4, axis=1)
    assert not are_alone(crowd, np.zeros(100, np.int64)).any()
    assert len(are_alone(boxes[:0], np.zeros(0, np.int64))) == 0
