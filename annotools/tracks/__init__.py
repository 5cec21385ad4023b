"""Tracks: from keyframes to every frame, and back.

    interpolate(dataset)        a row on every frame on which a track shows
    to_keyframes(dataset)       keyframes only, and outside ones where a track leaves
    element_owners(dataset)     the skeleton of every element
"""

from annotools.tracks.closing import to_keyframes
from annotools.tracks.elements import element_owners
from annotools.tracks.interpolate import interpolate

__all__ = ["element_owners", "interpolate", "to_keyframes"]
