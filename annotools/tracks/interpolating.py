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

from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE
from annotools.tracks.filling import fill
from annotools.tracks.keyframe_attributes import keyframe_attributes
from annotools.tracks.keyframes import Keyframes, gather
from annotools.tracks.limits import limits_of
from annotools.tracks.timeline import Steps, assemble, expand_frames


def interpolate(
    dataset: Dataset, quirks: frozenset[str] = NONE, *, apart: bool = False, between: bool = True
) -> tuple[Dataset, Losses]:
    """The same dataset with a row of `shapes` on every frame on which a track shows.

    Inserted rows copy the keyframe before them but for points and rotation; keyframe is False, id is -1.  Keyframes
    on deleted frames, outside the job or before the start of their track are left out.  Rows of tracks come last, by
    track and frame; a track that shows nowhere stays without rows.
    quirks: `half-turn`.  apart: elements of skeletons are tracks like any other, not bound to their skeleton.
    between: False for the keyframes alone of tracks that are apart.
    Where the server fails (masks, changing types, ...) the shape before is held, which is noted as a change.
    Raises: LimitError if that would be half a billion rows.
    """
    ledger = Ledger()
    limits = limits_of(dataset)
    if not limits.known:
        _say_unknown_end(dataset, ledger)
    keyframes = gather(dataset, ledger)
    hidden_too = np.zeros(len(dataset.tracks), np.bool_) if apart else dataset.tracks.parent >= 0
    steps = expand_frames(dataset, keyframes, limits, hidden_too, between)
    _say_left_out(dataset, keyframes, steps, ledger)
    bound = steps if apart else _bound(dataset, keyframes, steps)
    _say_unbound(dataset, keyframes, steps, bound, ledger)
    steps = bound
    three_d = dataset.task.dimension == "3d"
    shapes = fill(keyframes, steps, three_d=three_d, half_turn="half-turn" in quirks, ledger=ledger)
    tracked_attributes = keyframe_attributes(dataset.attributes, keyframes, len(dataset.shapes)).take(steps.left)
    return assemble(dataset, shapes, tracked_attributes), ledger.losses()


def _say_unknown_end(dataset: Dataset, ledger: Ledger) -> None:
    count = int((dataset.tracks.parent < 0).sum())
    ledger.noted("track", "the number of frames is unknown, so tracks end with the last annotated frame", count)


def _say_left_out(dataset: Dataset, keyframes: Keyframes, steps: Steps, ledger: Ledger) -> None:
    gone = np.ones(len(keyframes), np.bool_)
    gone[steps.left[steps.given]] = False
    why = "it lies outside the frames of the job or task, or before the start of its track"
    ledger.lost("keyframe of track", why, dataset, "shapes", keyframes.rows[gone])


def _say_unbound(dataset: Dataset, keyframes: Keyframes, steps: Steps, bound: Steps, ledger: Ledger) -> None:
    """Keyframes of skeletons and their points that go because the others do not show there."""
    gone = np.zeros(len(keyframes), np.bool_)
    gone[steps.left[steps.given]] = True
    gone[bound.left[bound.given]] = False
    hidden, rows = gone & keyframes.shapes.outside, keyframes.rows
    ledger.changed("keyframe outside", "nothing of its skeleton is to be seen there", dataset, "shapes", rows[hidden])
    ledger.lost("keyframe of track", "its skeleton does not show there", dataset, "shapes", rows[gone & ~hidden])


def _bound(dataset: Dataset, keyframes: Keyframes, steps: Steps) -> Steps:
    """Elements where their skeleton is, and skeletons only where an element is to be seen."""
    parent = dataset.tracks.parent
    if not (parent >= 0).any():
        return steps
    track = keyframes.shapes.track[steps.left].astype(np.int64)
    above = parent[track].astype(np.int64)
    element = above >= 0
    family = np.where(element, above, track)
    base = int(steps.frame.min(initial=0))
    key = family * (int(steps.frame.max(initial=0)) - base + 1) + steps.frame - base
    stays = ~element | np.isin(key, key[~element])
    dark = keyframes.shapes.outside[steps.left]
    has_element, has_light = key[element & stays], key[element & stays & ~dark]
    return steps.only(stays & (np.isin(key, has_light) | ~np.isin(key, has_element)))
