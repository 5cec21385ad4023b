"""Tracks of a job and of those before it: joined where they agree, closed where they do not go on.

job 0-9    box 0 .. 7          job 5-14   box 5 .. 12        one track 0 .. 12, if they agree on 5..9
job 0-9    line 4, 7           job 5-14   nothing like it    line 4, 7, outside on 10
"""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.codes import POLYGON, RECTANGLE, Owner
from annotools.model.columns import without
from annotools.model.dataset import Dataset
from annotools.model.definitions import Job
from annotools.model.frames import Frames
from annotools.model.losses import Ledger
from annotools.model.tables import Attributes, Shapes
from annotools.tracks.agreement import TRACKS_AGREE, Pairs, pairs_by_key, twins
from annotools.tracks.small_jobs import joined_small
from annotools.tracks.track_agreement import track_pairs
from annotools.tracks.windows import State, Windows, copies


def join_tracks(
    dataset: Dataset, jobs: list[int], ends: list[int], quirks: frozenset[str], ledger: Ledger
) -> Dataset:  # fmt: skip
    """The tracks of some jobs put together.

    jobs: their rows in `dataset.jobs`.  ends: for each the frame after those that it shares with the one before.
    """
    shapes, tracks = dataset.shapes, dataset.tracks
    rows = np.flatnonzero(shapes.track >= 0)
    state = State(
        dataset, rows, shapes.frame[rows].copy(), shapes.outside[rows].copy(), shapes.track[rows].astype(np.int64),
        tracks.frame.copy(), np.ones(len(tracks), np.bool_), quirks,
    )  # fmt: skip
    state = joined_small(state, jobs, ends) or _one_by_one(state, jobs, ends)
    _say(state, ledger)
    return _together(dataset, state)


def _one_by_one(state: State, jobs: list[int], ends: list[int]) -> State:
    windows = Windows(state, jobs)
    for position, part, new in windows.each():
        _join_job(part, new, state.dataset.jobs[jobs[position]], ends[position])
    return windows.end()


def _say(state: State, ledger: Ledger) -> None:
    gone, closed = ~state.alive, copies(state.source)
    why = "it goes on one of the job before, and became one with it"
    ledger.changed("track", why, state.dataset, "tracks", gone)
    why = "it does not go on in the next job, so it was closed by an outside keyframe"
    ledger.noted("track", why, int(closed.sum()), state.frame[closed])


def _join_job(state: State, new: Bools, job: Job, end: int) -> None:
    last = state.last()
    frame, outside = state.frame[last], state.outside[last]
    open_ = (last >= 0) & ((frame >= job.start_frame) | ~outside) & (state.dataset.tracks.parent < 0) & state.alive
    ours = np.flatnonzero(open_ & ~new)
    theirs = np.flatnonzero(open_ & new & (state.start < end))
    i, j = twins(_agreements(state, theirs, ours, (job.start_frame, end)), TRACKS_AGREE)
    unmatched = ours[~np.isin(ours, j)]
    # those of a skeleton that has left by itself stay as they are
    elements = np.flatnonzero(np.isin(state.dataset.tracks.parent, unmatched[~outside[unmatched]]))
    state.close(np.concatenate([unmatched, elements]), end, last)
    state.unite(i, j)


def _agreements(state: State, one: Ints, other: Ints, span: tuple[int, int]) -> Pairs:
    """Pairs of tracks of one label that agree at all over the frames span[0] <= frame < span[1]."""
    one, other = (tracks[_comparable(state, tracks)] for tracks in (one, other))
    if not len(one) or not len(other):
        none = np.zeros(0, np.int64)
        return Pairs(none, none, np.zeros(0))
    rows = np.flatnonzero(np.isin(state.track, np.concatenate([one, other])))
    job = Job(start_frame=span[0], stop_frame=span[1] - 1)
    tracks = state.dataset.tracks.replace(frame=state.start)
    part = Dataset(task=state.dataset.task, frames=Frames(), jobs=(job,), tracks=tracks, shapes=state.shapes(rows))
    return track_pairs(part, one, other, np.zeros(len(tracks), np.int64), state.quirks)


def _comparable(state: State, tracks: Ints) -> Bools:
    """Tracks of rectangles or polygons; of all others the server says that they never agree."""
    kind = state.dataset.shapes.type[state.source]
    able = np.zeros(len(state.alive), np.bool_)
    able[state.track[(kind == RECTANGLE) | (kind == POLYGON)]] = True
    parent = state.dataset.tracks.parent
    able[parent[parent >= 0]] = False
    return able[tracks]


def _together(dataset: Dataset, state: State) -> Dataset:
    """The dataset with the rows of tracks as they stand in the end."""
    shapes, tracks, attributes = dataset.shapes, dataset.tracks, dataset.attributes
    added = np.flatnonzero(copies(state.source))
    own = without(np.arange(len(state.source)), added)
    columns: dict[str, Any] = {name: getattr(shapes, name).copy() for name in ("frame", "track", "group", "source")}
    columns["track"][state.source[own]] = state.track[own]
    moved = np.flatnonzero(columns["track"] != shapes.track)
    for name in ("group", "source"):
        columns[name][moved] = getattr(tracks, name)[columns["track"][moved]]
    closing = state.shapes(added).replace(id=np.full(len(added), -1), keyframe=np.ones(len(added), np.bool_), extras={})
    stays = shapes.track < 0
    stays[state.source] = True
    owner, row = pairs_by_key(state.source[added], np.where(attributes.kind == Owner.SHAPE, attributes.owner, -1))
    copied = attributes.take(row).replace(owner=owner + len(shapes))
    return dataset.replace(
        shapes=Shapes.concat([shapes.replace(**columns), closing]), tracks=tracks.replace(frame=state.start),
        attributes=Attributes.concat([attributes, copied]),
    ).select(shapes=np.append(stays, np.ones(len(added), np.bool_)), tracks=state.alive)  # fmt: skip
