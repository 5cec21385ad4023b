"""What a rule must know besides the annotations."""

from __future__ import annotations

from enum import Flag, auto


class Needs(Flag):
    """What a rule must know besides the annotations; it is skipped, and counted, where that is missing."""

    LABELS = auto()
    FRAMES = auto()
    SIZES = auto()
    JOB = auto()
    TASK = auto()
    ACTION = auto()
    SOURCE = auto()
    PIXELS = auto()

    @property
    def words(self) -> str:
        """`labels and frames`."""
        return " and ".join((flag.name or "").lower() for flag in self)


DOCUMENT = Needs(0)
LABELS, FRAMES, SIZES, JOB, TASK, ACTION, SOURCE, PIXELS = Needs
