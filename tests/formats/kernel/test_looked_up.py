"""Keys are looked up once each, in the order in which they first come, however far apart they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotools.formats.kernel.label_names import looked_up

KEYS = st.one_of(st.integers(-3, 3), st.sampled_from([-(1 << 32), (1 << 32) + 1, 1 << 40]))


@given(st.lists(KEYS, max_size=20))
def test_each_key_once_in_its_order(keys: list[int]) -> None:
    asked: list[int] = []

    def look(key: int) -> int:
        asked.append(key)
        return key * 2

    assert looked_up(np.array(keys, np.int64), look).tolist() == [key * 2 for key in keys]
    assert asked == list(dict.fromkeys(keys))
