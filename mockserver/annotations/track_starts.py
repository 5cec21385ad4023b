"""Where tracks begin: the server moves starts and adds keyframes before it stores tracks.

A track that starts before its first keyframe gets a copy of it there, outside; a track that starts after its first
keyframe starts there. Elements start where their skeleton does; when one starts earlier, the skeleton follows, which
the write answer does not show yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from annotools.labeled_data import Track, TrackedShape, TrackElement


@dataclass(slots=True, frozen=True)
class Move:
    """A skeleton track and the frame that it and its first keyframe move to."""

    track: Track
    frame: int

    def apply(self) -> None:
        """Move it."""
        self.track.frame = self.frame
        first_keyframe(self.track).frame = self.frame


def first_keyframe(track: TrackElement) -> TrackedShape:
    """The earliest keyframe. Raises: ValueError for a track without any."""
    return min(track.shapes, key=lambda shape: shape.frame)


def sync(tracks: Sequence[Track]) -> list[Move]:
    """Adjust new tracks in place; gives the moves to make once the answer is written.

    Raises: ValueError for a track without keyframes, at which the real server fails.
    """
    moves = []
    for track in tracks:
        _begin(track)
    for track in tracks:
        elements = track.elements or []
        _sync_elements(elements, track.frame)
        first = min((element.frame for element in elements), default=track.frame)
        if first < track.frame:
            moves.append(Move(track, first))
            _sync_elements(elements, first)
    return moves


def _sync_elements(elements: Sequence[TrackElement], frame: int) -> None:
    for element in elements:
        element.frame = min(element.frame, frame)
        if element.shapes:
            _begin(element)


def _begin(track: TrackElement) -> None:
    if not track.shapes:
        raise ValueError("a track needs at least one shape")
    first = first_keyframe(track)
    if first.frame < track.frame:
        track.frame = first.frame
    elif track.frame < first.frame and first.type == "skeleton":
        first.frame = track.frame
    elif track.frame < first.frame:
        track.shapes.append(msgspec.structs.replace(first, frame=track.frame, outside=True, id=None))
