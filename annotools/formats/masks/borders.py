"""What is told of 255 in pictures of classes: the border of Pascal VOC, a class, or nobody knows.

    0 1 2 255    with a list of fewer classes      a border, told as a change: the list has no such class
    0 1 2 255    without a list                    a border, told as a loss: it may be a class
    0 255        with a list of one class          that class
    0 255        with a list of several            a border, told as a loss: it may be any of them
    0 255        without a list                    a class

A palette that gives 255 the colour of VOC's border, or black, says itself that it is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from annotools.formats.kernel.rows import Rows

ALIEN = "its value 255 is no class of the list, and is taken for a border as in Pascal VOC"
ALONE = "its value 255 may be any class of the list, but is taken for a border as in Pascal VOC"
UNLISTED = "its value 255 may be a class, but is taken for a border as in Pascal VOC: no list of classes says more"
SINGLE = "its value 255 is no class of the list, and is taken for the only one"


class Borders:
    """The pictures of which something is told, by what that is."""

    def __init__(self) -> None:
        self._members: dict[str, list[str]] = {}

    def note(self, why: str, member: str) -> None:
        """Note one picture."""
        self._members.setdefault(why, []).append(member)

    def tell(self, rows: Rows, members: Sequence[str], frames: Sequence[int]) -> None:
        """Tell of all of them.  members, frames: the picture of each entry, and its frame."""
        frame_of: Mapping[str, int] = dict(zip(members, frames, strict=True))
        for why, noted in self._members.items():
            there = np.array([frame_of.get(member, -1) for member in noted], np.int64)
            if why in (ALIEN, SINGLE):
                rows.repaired("mask", f"{why}, as in {noted[0]}", len(noted), there[there >= 0])
            else:
                rows.left_out("mask", len(noted), there[there >= 0], f"{why}, as in {noted[0]}")
