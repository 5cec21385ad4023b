"""Several outlines as one: from part to part there and back on the same way, which has no width and paints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from annotools.geometry.ragged import Array, Bools, Floats

_MOST_PAIRS = 1 << 22  # of points that are compared; of longer outlines the first points are joined


def bridged(parts: Sequence[Array]) -> Floats:
    """Outlines (k, 2) as one (m, 2): each hangs on the one before it, where the two are nearest."""
    whole = np.asarray(parts[0], np.float64)
    for part in parts[1:]:
        a, b = _nearest(whole, part)
        whole = np.concatenate([whole[: a + 1], part[b:], part[: b + 1], whole[a:]])
    return whole


def _nearest(one: Array, other: Array) -> tuple[int, int]:
    if len(one) * len(other) > _MOST_PAIRS:
        return 0, 0
    apart = np.square(one[:, None] - other[None]).sum(axis=2)
    a, b = np.unravel_index(int(apart.argmin()), apart.shape)
    return int(a), int(b)


def overlap(parts: Sequence[Array]) -> bool:
    """Whether any two of some outlines cover a point both; what has no finite point counts as covering."""
    if not all(np.isfinite(part).all() for part in parts):
        return True
    boxes = np.array([[*part.min(axis=0), *part.max(axis=0)] for part in parts])
    near = [pair for pair in combinations(range(len(parts)), 2) if _meet(boxes[pair[0]], boxes[pair[1]])]
    return bool(near) and _cover([(parts[a], parts[b]) for a, b in near])


def _meet(a: Array, b: Array) -> Bools:
    return np.asarray((a[:2] < b[2:]).all() & (b[:2] < a[2:]).all())


def _cover(pairs: Sequence[tuple[Array, Array]]) -> bool:
    import shapely  # 60 ms, and few outlines lie near others of their group

    shared = (
        shapely.intersection(*(shapely.make_valid(shapely.Polygon(part)) for part in pair), grid_size=None)
        for pair in pairs
    )
    return any(shapely.area(common) > 0 for common in shared)
