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

import numpy as np

from annotools.errors import LimitError
from annotools.geometry.ragged import Bools, offsets_of, place_in_row
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE
from annotools.tracks.carried import carry
from annotools.tracks.filling import fill
from annotools.tracks.keyframes import Keyframes, gather
from annotools.tracks.limits import Limits, limits_of
from annotools.tracks.steps import Steps, together

_MOST_ROWS = 500_000_000


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
    three_d = dataset.task.dimension == "3d"
    shapes = fill(keyframes, steps, three_d=three_d, half_turn="half-turn" in quirks, ledger=ledger)
    carried = carry(dataset.attributes, keyframes, len(dataset.shapes)).take(steps.left)
    return together(dataset, shapes, carried), ledger.losses()


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
