"""How the sides of an outline meet, told from a sample of them: what is a tangle is known before anybody unties it.

Asking GEOS whether a ring is simple costs as much as there are pairs of sides whose boxes meet, and mending it the
square of its crossings.  Outlines of pictures have few of either; 100,000 long sides beside each other have billions.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Array, Bools, Floats, Ints

SAMPLE = 64  # sides that are looked at; all where there are no more, fewer where there are many
_PAIRS = 1 << 20  # about as many pairs of sides are looked at, at most
_CROSSINGS = 1 << 16  # of those whose boxes meet, as many are looked at closely
_DENSE = 200  # sides that come near to one, from which on GEOS is not asked
_LONGEST = 8  # sides whose crossings are all counted
_MOST = 500  # crossings of the longest outline that is untangled
_FEW = 4  # points, of whose sides two pairs may cross, which is never too much
_LONG = 10_000  # points from which on what is found is kept
_AT_ONCE = 1 << 21  # pairs of boxes that are looked at at once
_PROOFS = 32  # crossings by arithmetic that are looked at with exact predicates


class Meetings(NamedTuple):
    """How the sides of a closed outline meet that are no neighbours; estimated where it has more than `SAMPLE`.

    near: sides whose box meets that of a side, on average.  crossings: all crossings and touches.  point: of one that
    is certain, None where the sample has none.
    """

    near: float
    crossings: float
    point: tuple[float, float] | None

    @property
    def dense(self) -> bool:
        """Whether asking GEOS costs more than is good."""
        return self.near > _DENSE


def meetings(points: Floats, least: int = SAMPLE // 8) -> Meetings:
    """How the sides of one closed outline, (n, 2) px, meet.  least: sides to look at, however many there are."""
    return _known_meetings(_Long(points), least) if len(points) > _LONG else _meetings(points, least)


class _Long:
    """A long outline, of which several rules ask the same."""

    def __init__(self, points: Floats) -> None:
        from hashlib import blake2b

        self.points = points
        self._digest = blake2b(np.ascontiguousarray(points).data.cast("B"), digest_size=16).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Long) and self._digest == other._digest


@lru_cache(4)
def _known_meetings(outline: _Long, least: int) -> Meetings:
    return _meetings(outline.points, least)


def _meetings(points: Floats, least: int) -> Meetings:
    points = points[(points != np.roll(points, -1, axis=0)).any(axis=1)]
    ends = np.roll(points, -1, axis=0)
    chosen = _sample(len(points), least)
    near, crossings, proofs = 0, 0, np.zeros((2, 0), np.int64)
    parts = _parts(len(points), chosen)
    for part in parts:
        one, other = _near(points, ends, part)
        near += len(one)
        step = len(one) * len(parts) // _CROSSINGS + 1
        pairs = np.stack([one, other])[:, ::step]
        crossed = pairs[:, _cross(points, ends, *pairs)]
        crossings += step * crossed.shape[1]
        proofs = np.concatenate([proofs, crossed], axis=1)[:, :_PROOFS]
    share = len(points) / max(len(chosen), 1)
    return Meetings(near / max(len(chosen), 1), share * crossings / 2, _proof(points, ends, *proofs))


def many_crossings(points: Floats) -> bool:
    """Whether an outline crosses itself so often that untangling it takes more than its points are worth."""
    if len(points) <= _FEW:
        return False
    most = _most(len(points))
    return meetings(points, SAMPLE).crossings > most or _crossings_of_the_longest(points) > most


def _most(points: int) -> float:
    """Crossings that an outline of so many points may have."""
    return 8 + min(points / 8, _MOST)


def surely_few_crossings(outlines: Floats) -> Bools:
    """Which of some outlines of equally many points, (n, points, 2), surely have not `many_crossings`.

    Of 28 outlines of 9 points it takes 12 us each, `many_crossings` 750.  points: not many: all pairs of sides are
    looked at.
    """
    count = outlines.shape[1]
    one, other = np.triu_indices(count, 2)
    apart = other - one < count - 1
    one, other = one[apart], other[apart]
    starts, ends = outlines, np.roll(outlines, -1, axis=1)
    pairs = np.arange(len(outlines))[:, None] * count + np.stack([one, other])[:, None]
    crossed = _cross(starts.reshape(-1, 2), ends.reshape(-1, 2), *pairs.reshape(2, -1))
    crossings = crossed.reshape(len(outlines), -1).sum(axis=1)
    return np.asarray(2 * crossings <= _most(count))  # both sides of a crossing may be among the longest


def _crossings_of_the_longest(points: Floats) -> int:
    """Crossings with the longest sides, of which one may cross all others and be in no sample."""
    points = points[(points != np.roll(points, -1, axis=0)).any(axis=1)]
    ends = np.roll(points, -1, axis=0)
    longest = np.argsort(-((ends - points) ** 2).sum(axis=1), kind="stable")[:_LONGEST]
    parts = _parts(len(points), np.sort(longest))
    return int(sum(_cross(points, ends, *_near(points, ends, part)).sum() for part in parts))


def _sample(sides: int, least: int) -> Ints:
    """Sides to look at, the same ones each time; at random, as the sides of a comb alternate."""
    if sides <= SAMPLE:
        return np.arange(sides)
    wanted = min(max(_PAIRS // sides, least), SAMPLE)
    return np.sort(np.random.default_rng(sides).choice(sides, wanted, replace=False))


def _parts(sides: int, chosen: Ints) -> list[Ints]:
    """The chosen sides, so many at once that what they have to do with all sides is not too much."""
    few = max(_AT_ONCE // max(sides, 1), 1)
    return [chosen[first : first + few] for first in range(0, len(chosen), few)]


def _near(starts: Floats, ends: Floats, chosen: Ints) -> tuple[Ints, Ints]:
    """Pairs of a chosen side and another one, no neighbours, whose boxes meet."""
    one, other = _meeting_boxes(np.minimum(starts, ends), np.maximum(starts, ends), chosen)
    apart = (other - one) % len(starts)
    kept = (apart > 1) & (apart < len(starts) - 1)
    return one[kept], other[kept]


def _meeting_boxes(low: Floats, high: Floats, chosen: Ints) -> Ints:
    """(2, n) a chosen side and any side whose box meets its box."""
    meet = np.ones((len(chosen), len(low)), np.bool_)
    for axis in (0, 1):
        meet &= low[chosen, axis, None] <= high[:, axis]
        meet &= high[chosen, axis, None] >= low[:, axis]
    row, other = np.nonzero(meet)
    return np.stack([chosen[row], other])


def _cross(starts: Floats, ends: Floats, one: Ints, other: Ints) -> Array:
    """Which pairs of sides cross or touch, as far as floats tell."""
    a, b, c, d = starts[one], ends[one], starts[other], ends[other]
    apart = _side(a, b, c) * _side(a, b, d) > 0
    return np.asarray(~(apart | (_side(c, d, a) * _side(c, d, b) > 0)))


def _side(start: Floats, end: Floats, point: Floats) -> Floats:
    along, across = end - start, point - start
    return np.sign(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])


def _proof(starts: Floats, ends: Floats, one: Ints, other: Ints) -> tuple[float, float] | None:
    import shapely

    first, second = (shapely.linestrings(np.stack([starts[rows], ends[rows]], axis=1)) for rows in (one, other))
    crossing = np.flatnonzero(shapely.intersects(first, second))
    if not len(crossing):
        return None
    x, y = shapely.get_coordinates(shapely.intersection(first[crossing[0]], second[crossing[0]]))[0].tolist()
    return x, y
