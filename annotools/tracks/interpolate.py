"""Tracks frame by frame: from keyframes to a row on every frame on which a track shows.

    keyframes 0: 10 10 20 30, 4: 30 20 50 50, task of 7 frames
    rows      0  1: 15 12.5 27.5 35  2: 20 15 35 40  3: 25 17.5 42.5 45  4  5 and 6: 30 20 50 50

All tracks at once: every keyframe is followed by the frames up to the next one, each of which knows its keyframe
(`left`) and its share of the way.  A track ends at the last frame of its job or task.  Outside keyframes stay, the
frames after them do not.  Elements of a skeleton show where their skeleton does, outside or not; where all are
outside, the skeleton does not show.

Source: CVAT 2.73 dataset_manager/annotation.py, TrackManager.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from annotools.errors import LimitError
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
)  # fmt: skip
from annotools.model.codes import POLYGON, Owner
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Attributes, Shapes
from annotools.quirks import NONE
from annotools.tracks import polyshapes
from annotools.tracks.carried import carry
from annotools.tracks.keyframes import Keyframes, gather
from annotools.tracks.limits import Limits, limits_of
from annotools.tracks.ways import Way, Why, is_angle, turned, turned_space, ways_of

_MOST_ROWS = 500_000_000


@dataclass(frozen=True)
class Steps:
    """Frames of tracks by track and frame.  left: the keyframe at or before each; given: whether it is that one."""

    left: Ints
    frame: Ints
    given: Bools

    def only(self, mask: Bools) -> Self:
        """Some of them."""
        return type(self)(self.left[mask], self.frame[mask], self.given[mask])


def interpolate(dataset: Dataset, quirks: frozenset[str] = NONE, *, apart: bool = False) -> tuple[Dataset, Losses]:
    """The same dataset with a row of `shapes` on every frame on which a track shows.

    Inserted rows copy the keyframe before them but for points and rotation; keyframe is False, id is -1.  Keyframes
    on deleted frames, outside the job or before the start of their track are left out.  Rows of tracks come last, by
    track and frame; a track that shows nowhere stays without rows.
    quirks: `half-turn`.  apart: elements of skeletons are tracks like any other, not bound to their skeleton.
    Where the server fails (masks, changing types, ...) the shape before is held, which is noted as a change.
    Raises: LimitError if that would be half a billion rows.
    """
    ledger = Ledger()
    limits = limits_of(dataset)
    if not limits.known:
        _say_unknown_end(dataset, ledger)
    keyframes = gather(dataset, ledger)
    steps = _bound(dataset, keyframes, _steps(dataset, keyframes, limits, apart, ledger), apart)
    shapes = _fill(dataset, keyframes, steps, "half-turn" in quirks, ledger)
    return _together(dataset, keyframes, steps, shapes), ledger.losses()


def _say_unknown_end(dataset: Dataset, ledger: Ledger) -> None:
    count = int((dataset.tracks.parent < 0).sum())
    ledger.changed("track", "the number of frames is unknown, so tracks end with the last annotated frame", count)


def _steps(dataset: Dataset, keyframes: Keyframes, limits: Limits, apart: bool, ledger: Ledger) -> Steps:
    """Every frame on which a track shows by itself."""
    frame, track = keyframes.shapes.frame, keyframes.shapes.track
    first = np.maximum(frame + 1, np.maximum(limits.first, dataset.tracks.frame)[track])
    stop = limits.stop[track]
    stop = np.where(keyframes.last, stop, np.minimum(np.append(frame[1:], 0), stop))
    shown = ~keyframes.shapes.outside
    if not apart:
        shown |= dataset.tracks.parent[track] >= 0
    counts = np.maximum(stop - first, 0) * shown
    total = float(counts.sum(dtype=np.float64))
    if total > _MOST_ROWS:
        raise LimitError(f"tracks show on {total:,.0f} frames, expected at most {_MOST_ROWS:,}")
    ends = offsets_of(counts + 1)
    left = np.repeat(np.arange(len(frame)), counts + 1)
    place = place_in_row(ends)
    steps = Steps(left, np.where(place == 0, frame[left], first[left] + place - 1), place == 0)
    return steps.only(_allowed(dataset, keyframes, steps, limits, ledger))


def _allowed(dataset: Dataset, keyframes: Keyframes, steps: Steps, limits: Limits, ledger: Ledger) -> Bools:
    track = keyframes.shapes.track[steps.left].astype(np.int64)
    allowed = limits.allow(track, steps.frame) & (steps.frame >= dataset.tracks.frame[track])
    gone = steps.given & ~allowed
    why = "it lies outside the frames of the job or task, or before the start of its track"
    ledger.lost("keyframe of track", why, int(gone.sum()), steps.frame[gone])
    return allowed


def _bound(dataset: Dataset, keyframes: Keyframes, steps: Steps, apart: bool) -> Steps:
    """Elements where their skeleton is, and skeletons only where an element is to be seen."""
    parent = dataset.tracks.parent
    if apart or not (parent >= 0).any():
        return steps
    track = keyframes.shapes.track[steps.left].astype(np.int64)
    above = parent[track].astype(np.int64)
    element = above >= 0
    family = np.where(element, above, track)
    base = int(steps.frame.min(initial=0))
    place = family * (int(steps.frame.max(initial=0)) - base + 1) + steps.frame - base
    stays = ~element | np.isin(place, place[~element])
    dark = keyframes.shapes.outside[steps.left]
    has_element, has_light = place[element & stays], place[element & stays & ~dark]
    return steps.only(stays & (np.isin(place, has_light) | ~np.isin(place, has_element)))


def _fill(dataset: Dataset, keyframes: Keyframes, steps: Steps, half_turn: bool, ledger: Ledger) -> Shapes:
    """The rows of `shapes` for all steps."""
    left, source = steps.left, keyframes.shapes
    ways, why = ways_of(keyframes, dataset.task.dimension == "3d")
    _say_held(why, keyframes, steps, ledger)
    way = np.where(steps.given, Way.HOLD, ways[left])
    share = _shares(source.frame, steps, way)
    values, offsets = _points(source, left, way, share)
    _straighten((values, offsets), source, left, way, share)
    if (way == Way.SPACE).any():
        _turn_space((values, offsets), source, left, way, share, half_turn)
    rotation = source.rotation[left]
    turning = np.flatnonzero((way == Way.TURN) | (way == Way.SPACE))
    moving = turning[source.rotation[left[turning]] != source.rotation[left[turning] + 1]]
    rotation[moving] = turned(rotation[moving], source.rotation[left[moving] + 1], share[moving], half_turn)
    columns = {name: getattr(source, name)[left] for name in source.COLUMNS}
    columns |= {
        "id": np.where(steps.given, columns["id"], -1), "frame": steps.frame, "rotation": rotation,
        "keyframe": columns["keyframe"] & steps.given, "parent": np.full(len(left), -1),
    }  # fmt: skip
    return Shapes.of(len(left), **columns, values=values, offsets=offsets)


def _say_held(why: Array, keyframes: Keyframes, steps: Steps, ledger: Ledger) -> None:
    for reason in Why:
        if reason is not Why.FINE and (why == reason).any():
            held = (why[steps.left] == reason) & ~steps.given & ~keyframes.shapes.outside[steps.left]
            ledger.changed("frame of track", reason.text, int(held.sum()), steps.frame[held])


def _shares(frame: Ints, steps: Steps, way: Array) -> Floats:
    """How far each step is on its way, 0..1; 0 where it goes nowhere."""
    share = np.zeros(len(way))
    rows = np.flatnonzero(way != Way.HOLD)
    start = frame[steps.left[rows]]
    share[rows] = (steps.frame[rows] - start) / (frame[steps.left[rows] + 1] - start)
    return share


def _points(source: Shapes, left: Ints, way: Array, share: Floats) -> Ragged:
    """The points of the keyframe before each step; those of polygons and polylines already on their way."""
    rows = np.flatnonzero(way == Way.POLY)
    starts, counts = source.offsets[:-1][left], source.counts[left]
    if not len(rows):
        return source.values[expand_ranges(starts, counts)], offsets_of(counts)
    pairs, pair = np.unique(left[rows], return_inverse=True)
    ends = [take(source.values, source.offsets, pairs + step) for step in (0, 1)]
    values, offsets = polyshapes.between(ends[0], ends[1], source.type[pairs] == POLYGON, pair, share[rows])
    starts[rows], counts[rows] = len(source.values) + offsets[:-1], lengths(offsets)
    return np.concatenate([source.values, values])[expand_ranges(starts, counts)], offsets_of(counts)


def _straighten(points: Ragged, source: Shapes, left: Ints, way: Array, share: Floats) -> None:
    """Move the points that go straight, in place."""
    rows = np.flatnonzero((way == Way.STRAIGHT) | (way == Way.TURN) | (way == Way.SPACE))
    here, there, times = _places(points, source, left, rows)
    start = points[0][here]
    points[0][here] = start + (source.values[there] - start) * np.repeat(share[rows], times)


def _turn_space(points: Ragged, source: Shapes, left: Ints, way: Array, share: Floats, half_turn: bool) -> None:
    """Turn the angles of 3D shapes, in place."""
    rows = np.flatnonzero(way == Way.SPACE)
    here, there, times = _places(points, source, left, rows)
    angle = is_angle(place_in_row(offsets_of(times)))
    before = expand_ranges(source.offsets[:-1][left[rows]], times)[angle]
    ends = source.values[before], source.values[there[angle]]
    points[0][here[angle]] = turned_space(*ends, np.repeat(share[rows], times)[angle], half_turn)


def _places(points: Ragged, source: Shapes, left: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """For each number of some steps: where it is, where its end is, and how many numbers each step has."""
    times = lengths(points[1])[rows]
    return expand_ranges(points[1][rows], times), expand_ranges(source.offsets[left[rows] + 1], times), times


def _together(dataset: Dataset, keyframes: Keyframes, steps: Steps, tracked: Shapes) -> Dataset:
    """Plain shapes as they were, then the rows of tracks, with their attributes."""
    shapes = dataset.shapes
    plain = np.flatnonzero(shapes.track < 0)
    new = np.full(len(shapes) + 1, -1, np.int32)
    new[plain] = np.arange(len(plain))
    rest = shapes.take(plain)
    rest = rest.replace(parent=new[rest.parent])
    return dataset.replace(
        shapes=Shapes.concat([rest, tracked]), attributes=_attributes(dataset, keyframes, steps, new),
        origin=None, extras=None,
    )  # fmt: skip


def _attributes(dataset: Dataset, keyframes: Keyframes, steps: Steps, new: Array) -> Attributes:
    given = dataset.attributes
    of_shape = given.kind == Owner.SHAPE
    owner = np.where(of_shape, new[np.where(of_shape, given.owner, -1)], given.owner)
    rest = given.replace(owner=owner).take(owner >= 0)
    carried = carry(given, keyframes, len(dataset.shapes)).take(steps.left)
    return Attributes.concat([rest, carried.table(int((new >= 0).sum()), given.pool)])
