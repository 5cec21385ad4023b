"""The nearest share by sorting is that of all distances, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.tracks import nearest as module
from annotools.tracks.nearest import nearest

SHARES = st.one_of(st.sampled_from([0.0, 0.1, 0.2, 0.3, 1 / 3, 0.5, 1.0, 1e-17, 3e-17, np.nan]), st.floats(0, 1))


@given(st.lists(SHARES, min_size=1, max_size=12), st.lists(SHARES, min_size=1, max_size=12))
def test_the_first_of_the_least_distances(asked: list[float], given_: list[float]) -> None:
    one, other = np.sort(asked)[None], np.sort(given_)[None]
    one, other = np.repeat(one, 2, axis=0), np.concatenate([other, other / 2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW", 0)
        indexes = nearest(one, other)
    assert indexes.tolist() == np.abs(one[:, :, None] - other[:, None, :]).argmin(axis=2).tolist()


def test_long_rows_hold_no_table_of_distances() -> None:
    shares = np.linspace(0, 1, 200_000)[None]
    assert np.array_equal(nearest(shares, shares)[0], np.arange(200_000))
