"""Which frames of a validation pool the honeypots of a job show: the least used ones, by chance among equals.

    choice = LeastUsed({23: 0, 24: 0, 25: 1}, shuffled)      frame -> how often it is shown already
    choice.take(2)                                           [24, 23], or the other way round

So all frames are shown about as often, and none twice in a job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class LeastUsed:
    """Frames and how often they are shown. `order`: all of them, in an order made by chance."""

    def __init__(self, used: Mapping[int, int], order: Sequence[int]) -> None:
        self._rank = {frame: (used[frame], index) for index, frame in enumerate(order)}
        self._turn = len(order)

    def take(self, count: int) -> list[int]:
        """The next `count` frames; there must be as many."""
        chosen = sorted(self._rank, key=self._rank.__getitem__)[:count]
        for frame in chosen:
            self._rank[frame] = (self._rank[frame][0] + 1, self._turn)
            self._turn += 1
        return chosen
