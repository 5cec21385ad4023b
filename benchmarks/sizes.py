"""How much an input holds: the sizes by which figures are told."""

from __future__ import annotations

from typing import NamedTuple

STEP = 15


class Size(NamedTuple):
    """How much an input holds.

    frames, annotations: pictures, and objects drawn on them; no objects for a size of tracks alone.
    tracks, keyframes: objects over frames, and the keyframes of each, `STEP` frames apart; no tracks for stills alone.
    """

    name: str
    frames: int
    annotations: int
    tracks: int = 0
    keyframes: int = 0

    @classmethod
    def of(cls, annotations: int) -> Size:
        """A size of stills: one that has a name, or as many annotations on a picture as these have."""
        named = (size for size in SIZES.values() if size.annotations == annotations)
        return next(named, cls(str(annotations), max(annotations * 5 // 36, 1), annotations))

    @classmethod
    def called(cls, name: str) -> Size:
        """The size of a name: its number of annotations where it is none of `SIZES`."""
        return SIZES[name] if name in SIZES else cls.of(int(name))

    @property
    def tracked_boxes(self) -> int:
        """Boxes of all tracks, frame by frame; the last keyframe ends a track and shows none."""
        return self.tracks * (self.keyframes - 1) * STEP


SIZES = {
    size.name: size
    for size in (
        Size("XS", 60, 400, tracks=8, keyframes=4),
        Size("S", 5_000, 36_000),
        Size("M", 25_000, 180_000),
        Size("L", 118_000, 860_000),
        Size("V", 50_000, 0, tracks=2_000, keyframes=30),
    )
}
USUAL = ("S", "M", "L", "V")
