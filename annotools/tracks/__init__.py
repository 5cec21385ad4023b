"""Tracks: from keyframes to every frame, and back.

    interpolate(dataset)        a row on every frame on which a track shows
    to_keyframes(dataset)       keyframes only, and outside ones where a track leaves
"""

from annotools.tracks.closing import to_keyframes
from annotools.tracks.interpolate import interpolate

__all__ = ["interpolate", "to_keyframes"]
