"""How a shape gets from one keyframe to the next.

    rectangle, ellipse, 2D cuboid, skeleton    straight, rotation the short way round
    points                                     straight if it is one point, else held
    polygon, polyline                          by arc length (see `polyshapes`), rotation held
    mask, or anything that does not fit        held, and said
    3D                                         straight, its three angles the short way round

Source: CVAT 2.73 dataset_manager/annotation.py, TrackManager.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from annotools.geometry.ragged import Array, Bools, Floats, Ints, segment_all
from annotools.model.codes import CUBOID, ELLIPSE, MASK, POINTS, POLYGON, POLYLINE, RECTANGLE, SKELETON
from annotools.model.tables import Shapes
from annotools.tracks.keyframes import Keyframes

_LINEAR = (RECTANGLE, ELLIPSE, CUBOID, SKELETON)
_POLY = (POLYGON, POLYLINE)
_ANGLES = (3, 6)  # of the numbers of a 3D cuboid
_FAR = 1e100  # where squares of distances still are numbers


class InterpolationMode(IntEnum):
    """How the frames after a keyframe are made."""

    HOLD = 0
    STRAIGHT = 1
    TURN = 2  # straight, with rotation
    POLY = 3
    SPACE = 4


class Why(IntEnum):
    """Why a shape is held although the server would interpolate, and fails."""

    FINE = 0
    MASK = 1
    TYPE = 2
    COUNT = 3
    CLASH = 4
    FAR = 5

    @property
    def text(self) -> str:
        """For the ledger."""
        return _TEXTS[self]


_TEXTS = {
    Why.FINE: "",
    Why.MASK: "masks cannot be interpolated, so the one before is held",
    Why.TYPE: "the next keyframe is of another type, so the shape before is held",
    Why.COUNT: "the next keyframe has another number of coordinates, so the shape before is held",
    Why.FAR: "there is nothing between numbers that are infinite, huge or none, so the shape before is held",
    Why.CLASH: "two different keyframes stand on one frame, so the first is held",
}


def modes_of(keyframes: Keyframes, three_d: bool) -> tuple[Array, Array]:
    """How each keyframe becomes the next of its track, and why it is held where the server fails."""
    kind, counts = keyframes.shapes.type, keyframes.shapes.counts
    after = np.minimum(np.arange(1, len(kind) + 1), len(kind) - 1)
    same_type, same_count = kind == kind[after], counts == counts[after]
    linear = np.isin(kind, _LINEAR) | three_d
    poly = np.isin(kind, _POLY) & (not three_d)
    drawn = (counts > 0) & (counts[after] > 0) & (counts % 2 == 0) & (counts[after] % 2 == 0)
    modes = np.full(len(kind), InterpolationMode.HOLD, np.int8)
    modes[linear & same_count] = InterpolationMode.SPACE if three_d else InterpolationMode.TURN
    modes[(kind == POINTS) & (counts == 2) & same_count & (not three_d)] = InterpolationMode.STRAIGHT
    modes[poly & drawn] = InterpolationMode.POLY
    why = np.full(len(kind), Why.FINE, np.int8)
    far = _are_far(keyframes.shapes)
    why[far | far[after]] = Why.FAR
    why[(linear & ~same_count) | (poly & ~drawn)] = Why.COUNT
    why[(kind == MASK) & (not three_d)] = Why.MASK
    why[~same_type] = Why.TYPE
    why[keyframes.clash] = Why.CLASH
    why[keyframes.last & (why != Why.CLASH)] = Why.FINE
    modes[(why != Why.FINE) | keyframes.last] = InterpolationMode.HOLD
    return modes, why


def _are_far(shapes: Shapes) -> Bools:
    """The rows with a number between which and others there is nothing that could be computed."""
    near = segment_all(np.abs(shapes.values) < _FAR, shapes.offsets) & (np.abs(shapes.rotation) < _FAR)
    return np.asarray(~near)


def turned(one: Floats, other: Floats, share: Floats, half_turn: bool) -> Floats:
    """Degrees at `share` of the short way from `one` to `other`, in [0, 360).

    half_turn: whether opposite angles are one degree apart, as on the server, instead of half a turn clockwise.
    """
    arc = np.mod(other - one + 180, 360) - 180
    arc = np.where(arc == -180, 1.0 if half_turn else 180.0, arc)
    return np.asarray(np.mod(one + arc * share + 360, 360))


def turned_space(one: Floats, other: Floats, share: Floats, half_turn: bool) -> Floats:
    """Radians at `share` of the short way, in (-pi, pi]."""
    degrees = turned(np.mod(np.degrees(one), 360), np.mod(np.degrees(other), 360), share, half_turn)
    return np.radians(np.where(degrees > 180, degrees - 360, degrees))


def is_angle(position: Ints) -> Bools:
    """Which numbers of a 3D cuboid are angles, by their position."""
    return np.asarray((position >= _ANGLES[0]) & (position < _ANGLES[1]))
