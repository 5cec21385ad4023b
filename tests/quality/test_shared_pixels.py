"""How many pixels sets share, and what of them is in any, against pictures of all and pycocotools."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask

from annotools.geometry import tiles
from annotools.geometry.tiles import Tiles
from annotools.quality import pixels
from annotools.quality.near import Near, Table
from annotools.quality.pixels import Pixels

HEIGHT, WIDTH = 9, 2 * tiles.WIDTH + 5
spot = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT), st.integers(0, WIDTH), st.integers(0, HEIGHT))
picture = st.lists(spot, max_size=4)
pictures = st.lists(picture, min_size=2, max_size=6)


def painted(spots: list[tuple[int, int, int, int]]) -> np.ndarray:
    """Boxes that lie over each other: where an odd number does there is a pixel."""
    inside = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left, top, width, height in spots:
        inside[top : top + height, left : left + width] ^= 1
    return inside


def sets_of(some: list[np.ndarray]) -> Pixels:
    edges = [np.flatnonzero(np.diff(inside.T.ravel(), prepend=0, append=0)) for inside in some]
    ends = np.append(0, np.cumsum([len(part) for part in edges], dtype=np.int64))
    height, width = some[0].shape
    return Pixels(np.concatenate(edges), ends, np.tile([width, height], (len(some), 1)))


@settings(max_examples=150, deadline=None)
@given(pictures, st.sampled_from([8, 16, 1000]), st.sampled_from([1, 2, 8]))
def test_the_pixels_that_two_sets_share(
    spots: list[list[tuple[int, int, int, int]]], at_once: int, deepest: int
) -> None:
    some = [painted(one) for one in spots]
    sets = sets_of(some)
    i, j = (side.ravel() for side in np.indices((len(some), len(some))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "_AT_ONCE", at_once)
        patch.setattr(tiles, "_DEEPEST", deepest)
        whole = Tiles.of(sets.edges, sets.offsets, sets.sizes[:, 1])
        fine = ~(whole.deep[i] | whole.deep[j])
        pairs, grid = whole.shared(i, j), whole.shared_by_all(np.arange(len(some)), np.arange(len(some)))
        with pytest.MonkeyPatch.context() as dense:
            dense.setattr(pixels, "_DENSE", 1)
            shares = pixels.ious(sets, i, j, np.zeros(len(i), np.int64))
        apart = pixels.ious(sets, i, j, np.zeros(len(i), np.int64))
    shared = np.array([[int((one & other).sum()) for other in some] for one in some])
    assert pairs[fine].tolist() == shared.ravel()[fine].tolist()
    assert grid.ravel()[fine].tolist() == shared.ravel()[fine].tolist()
    rles = [mask.encode(np.asfortranarray(one)) for one in some]
    expected = np.asarray(mask.iou(rles, rles, [0] * len(rles))).ravel().tolist()
    assert shares.tolist() == expected
    assert apart.tolist() == expected


@settings(max_examples=100, deadline=None)
@given(pictures, st.lists(st.integers(1, 3), min_size=6, max_size=6))
def test_the_pixels_of_any_of_some_sets(spots: list[list[tuple[int, int, int, int]]], sizes: list[int]) -> None:
    some = [painted(one) for one in spots]
    ends = np.unique(np.append(0, np.minimum(np.cumsum(sizes), len(some))))
    merged = pixels.unions(sets_of(some), ends)
    expected = sets_of([np.any(some[a:b], axis=0).astype(np.int8) for a, b in pairwise(ends)])
    assert merged.edges.tolist() == expected.edges.tolist()
    assert merged.offsets.tolist() == expected.offsets.tolist()
    assert merged.areas.tolist() == expected.areas.tolist()


def test_the_pixels_of_a_frame_that_takes_numbers_of_32_bits() -> None:
    height = (1 << 15) + 40
    tall, low = np.array([10, height - 5, height + 7, 2 * height]), np.array([height - 30, height + 9])
    sets = Pixels(np.concatenate([tall, low]), np.array([0, 4, 6]), np.tile([3, height], (2, 1)))
    both = Tiles.of(sets.edges, sets.offsets, sets.sizes[:, 1])
    assert both.shared(np.array([0]), np.array([1])).tolist() == [25 + 2]
    assert sets.areas.tolist() == [height - 15 + height - 7, 39]


@given(st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_near_pairs_are_the_same_from_a_list_and_from_a_table(tenths: list[int]) -> None:
    """Rows 0 and 1 of one replica, 2 to 4 of another; what is below 0.2 is not near."""
    shares = np.array(tenths).reshape(2, 3) / 10
    where = np.nonzero(shares >= 0.2)
    listed = Near((where[0], where[1] + 2, shares[where]), (), 0.2)
    nothing = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    whole = Near(nothing, (Table(np.array([0, 1]), np.array([2, 3, 4]), shares),), 0.2)
    for one in range(2):
        for other in range(2, 5):
            share = shares[one, other - 2]
            expected = share if share >= 0.2 else None
            assert listed.get(other, one) == whole.get(one, other) == whole.get(other, one) == expected
    assert whole.get(0, 1) is None
