"""What is to be seen of objects that lie over each other, against a picture of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.geometry.layers import Runs, on_top
from annotools.quality import layers
from annotools.quality.pixels import Pixels

WIDTH, HEIGHT = 12, 9
run = st.tuples(st.integers(0, 5), st.integers(0, 400), st.integers(1, 70))
box = st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9), st.integers(0, 12), st.integers(0, 9))


def painted(block: int, left: int, top: int, width: int, height: int) -> np.ndarray:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    picture[top : top + height, left : left + width] = 1
    return picture


def edges_of(pictures: list[np.ndarray]) -> Pixels:
    """Pictures as sets of pixels."""
    edges = [np.flatnonzero(np.diff(picture.T.ravel(), prepend=0, append=0)) for picture in pictures]
    ends = np.append(0, np.cumsum([len(some) for some in edges], dtype=np.int64))
    sizes = np.tile([WIDTH, HEIGHT], (len(pictures), 1))
    return Pixels(np.concatenate([np.zeros(0, np.int64), *edges]), ends, sizes)


@settings(max_examples=200, deadline=None)
@given(st.lists(run, min_size=1, max_size=12), st.sampled_from([1, 1000]))
def test_the_later_set_is_on_top(runs: list[tuple[int, int, int]], apart: int) -> None:
    line = np.full(500 * apart, -1)
    for row, start, length in sorted(runs):
        line[start * apart : start * apart + length] = row
    top = on_top(_columns(runs, apart))
    seen = np.full(len(line), -1)
    for row, start, stop in zip(*top, strict=True):
        assert (seen[start:stop] == -1).all()
        seen[start:stop] = row
    assert (seen == line).all()
    assert (top.row[1:] != top.row[:-1])[top.start[1:] == top.stop[:-1]].all(), "no two that are one"


def _columns(runs: list[tuple[int, int, int]], apart: int) -> Runs:
    row, start, length = np.array(runs).T
    return Runs(row, start * apart, start * apart + length)


@settings(max_examples=200, deadline=None)
@given(st.lists(box, max_size=14), st.sampled_from([1, 20, 1 << 20]))
def test_what_no_later_object_of_the_frame_covers(boxes: list[tuple[int, int, int, int, int]], at_once: int) -> None:
    boxes.sort(key=lambda one: one[0])
    pictures = [painted(*one).astype(bool) for one in boxes]
    parts, block = edges_of([painted(*one) for one in boxes]), np.array([one[0] for one in boxes], np.int64)
    nothing = np.zeros((HEIGHT, WIDTH), bool)
    above = [
        np.any([nothing, *(pictures[j] for j in range(i + 1, len(pictures)) if block[j] == block[i])], axis=0)
        for i in range(len(pictures))
    ]
    wanted = [own & ~other for own, other in zip(pictures, above, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "_AT_ONCE", at_once)
        patch.setattr(layers, "_MOST", at_once)
        assert layers.visible_areas(parts, block).tolist() == [int(picture.sum()) for picture in wanted]
        shown = layers.visible(parts, block)
    expected = edges_of([picture.astype(np.int8) for picture in wanted])
    assert shown.edges.tolist() == expected.edges.tolist()
    assert shown.offsets.tolist() == expected.offsets.tolist()
