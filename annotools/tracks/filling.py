"""What stands in the rows between keyframes: all columns, points and rotation.

Everything is copied from the keyframe before, but points and rotation are on their way to the next one.
"""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    expand_ranges,
    lengths,
    offsets_of,
    place_in_row,
    take,
)
from annotools.model.codes import POLYGON
from annotools.model.columns import at, condensed, is_uniform, uniform, values_of
from annotools.model.extras import of_given, taken
from annotools.model.losses import Ledger
from annotools.model.tables import Shapes
from annotools.tracks import polyshapes
from annotools.tracks.interpolation_modes import InterpolationMode, Why, is_angle, modes_of, turned, turned_space
from annotools.tracks.keyframes import Keyframes
from annotools.tracks.timeline import Steps

_PIECE = 1 << 13  # rows that move at a time: the places of their numbers stay in the cache


class _Walk(msgspec.Struct, frozen=True):
    """Rows that are on their way from `source[left]` to `source[left + 1]`.  frame: where each stands by now."""

    source: Shapes
    left: Ints
    frame: Ints
    mode: Array
    half_turn: bool

    def on(self, *modes: InterpolationMode, start: int = 0, stop: int | None = None) -> Ints:
        """The rows of one of these modes, of those from one up to another."""
        wanted = np.zeros(len(InterpolationMode), np.bool_)
        wanted[list(modes)] = True
        return start + np.flatnonzero(wanted[self.mode[start:stop]])

    def share(self, rows: Ints) -> Floats:
        """How far each of some rows, none of which is held, is on its way, 0..1."""
        left, frame = self.left[rows], self.source.frame
        start = frame[left]
        return np.asarray((self.frame[rows] - start) / (frame[left + 1] - start))


def fill(keyframes: Keyframes, steps: Steps, *, three_d: bool, half_turn: bool, ledger: Ledger) -> Shapes:
    """The rows of `shapes` for all steps."""
    modes, why = modes_of(keyframes, three_d)
    _say_held(why, keyframes, steps, ledger)
    source, left = keyframes.shapes, steps.left
    mode = np.where(steps.given, np.int8(InterpolationMode.HOLD), modes[left])
    walk = _Walk(source, left, steps.frame, mode, half_turn)
    values, offsets = _points(walk)
    _straighten(values, offsets, walk)
    _turn_space(values, offsets, walk)
    columns = {name: at(getattr(source, name), left) for name in source.COLUMNS}
    columns |= {
        "id": _own(columns["id"], steps.given), "frame": steps.frame, "rotation": _rotations(walk),
        "keyframe": columns["keyframe"] & steps.given, "parent": uniform(np.int32(-1), len(left)),
    }  # fmt: skip
    extras = of_given(taken(source.extras, left), steps.given)
    return Shapes.of(len(left), **columns, values=values, offsets=offsets, extras=extras)


def _own(ids: Ints, given: Bools) -> Ints:
    """The ids of rows, of which those that were made have none."""
    nobody = is_uniform(ids) and ids[0] == -1
    return ids if nobody else np.where(given, ids, -1)


def _say_held(why: Array, keyframes: Keyframes, steps: Steps, ledger: Ledger) -> None:
    for reason in Why:
        if reason is not Why.FINE and (why == reason).any():
            held = (why[steps.left] == reason) & ~steps.given & ~keyframes.shapes.outside[steps.left]
            ledger.noted("frame of track", reason.text, int(held.sum()), steps.frame[held])


def _points(walk: _Walk) -> Ragged:
    """The points of the keyframe before each step; those of polygons and polylines already on their way."""
    source, left, rows = walk.source, walk.left, walk.on(InterpolationMode.POLY)
    starts, counts = source.offsets[left], at(condensed(source.counts), left)
    if not len(rows):
        return values_of(source.values, starts, counts), offsets_of(counts)
    pairs, pair = np.unique(left[rows], return_inverse=True)
    ends = [take(source.values, source.offsets, pairs + step) for step in (0, 1)]
    values, offsets = polyshapes.between(ends[0], ends[1], source.type[pairs] == POLYGON, pair, walk.share(rows))
    counts = counts.copy()
    starts[rows], counts[rows] = len(source.values) + offsets[:-1], lengths(offsets)
    return values_of(np.concatenate([source.values, values]), starts, counts), offsets_of(counts)


def _straighten(values: Array, offsets: Ints, walk: _Walk) -> None:
    """Move the points that go straight, in place."""
    source, modes = walk.source, (InterpolationMode.STRAIGHT, InterpolationMode.TURN, InterpolationMode.SPACE)
    for first in range(0, len(walk.left), _PIECE):
        rows = walk.on(*modes, start=first, stop=first + _PIECE)
        if not len(rows):
            continue
        starts, goals, share = offsets[rows], source.offsets[walk.left[rows] + 1], walk.share(rows)
        times = offsets[rows + 1] - starts
        if (times == times[0]).all():  # as of boxes: in half of the time
            steps = np.arange(times[0])
            here, there, share = starts[:, None] + steps, goals[:, None] + steps, share[:, None]
        else:
            here, there, share = expand_ranges(starts, times), expand_ranges(goals, times), np.repeat(share, times)
        start = values[here]
        values[here] = start + (source.values[there] - start) * share


def _turn_space(values: Array, offsets: Ints, walk: _Walk) -> None:
    """Turn the angles of 3D shapes, in place."""
    rows, source = walk.on(InterpolationMode.SPACE), walk.source
    times = lengths(offsets)[rows]
    angle = is_angle(place_in_row(offsets_of(times)))
    starts = (offsets[rows], source.offsets[walk.left[rows]], source.offsets[walk.left[rows] + 1])
    here, before, after = (expand_ranges(start, times)[angle] for start in starts)
    share = np.repeat(walk.share(rows), times)[angle]
    values[here] = turned_space(source.values[before], source.values[after], share, walk.half_turn)


def _rotations(walk: _Walk) -> Floats:
    source = walk.source
    rotation: Floats = at(source.rotation, walk.left)
    if is_uniform(source.rotation):
        return rotation
    rows = walk.on(InterpolationMode.TURN, InterpolationMode.SPACE)
    rows = rows[source.rotation[walk.left[rows]] != source.rotation[walk.left[rows] + 1]]
    rotation[rows] = turned(rotation[rows], source.rotation[walk.left[rows] + 1], walk.share(rows), walk.half_turn)
    return rotation
