"""Tracks: from keyframes to every frame, and back.

    interpolate(dataset)        a row on every frame on which a track shows
"""

from annotools.tracks.interpolate import interpolate

__all__ = ["interpolate"]
