"""Annotations cut to a range of frames.

    keyframes 0 and 19, jobs 0-6, 5-11, 10-16, 15-19   ->   0 and 6 | 5 and 11 | 10 and 16 | 15 and 19
    keyframes 3, 8, outside 9                          ->   3 and 6 | 5, 8, outside 9 | none | none

A track that goes on beyond a border gets a keyframe there, made by interpolation; one that is nowhere to be seen in
the range goes.  Skeletons are where their elements are.

Source: CVAT 2.73 dataset_manager/annotation.py, slicing of tracks (behind task PUT, PATCH and import).
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from annotools.geometry.ragged import Bools, Ints, expand_ranges, offsets_of, segment_all
from annotools.model.dataset import Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes
from annotools.quirks import NONE
from annotools.tracks.filling import fill
from annotools.tracks.keyframe_attributes import keyframe_attributes
from annotools.tracks.keyframes import Keyframes, gather
from annotools.tracks.limits import of_one_job
from annotools.tracks.timeline import Steps, assemble, expand_frames

_NEVER = np.iinfo(np.int64).max


class _Range(msgspec.Struct, frozen=True):
    """Tracks on the frames first..last.

    keyframes: all of them.  steps: their frames in the range, skeletons only where an element is to be seen.
    met: (tracks,) whether a track is to be seen in the range, of an element whether its skeleton is.
    """

    dataset: Dataset
    keyframes: Keyframes
    first: int
    last: int
    steps: Steps
    met: Bools
    quirks: frozenset[str]

    @property
    def track(self) -> Ints:
        """The track of each step."""
        return np.asarray(self.keyframes.shapes.track[self.steps.left].astype(np.int64))

    def fill(self, steps: Steps) -> Shapes:
        """Rows of `shapes`."""
        three_d, half_turn = self.dataset.task.dimension == "3d", "half-turn" in self.quirks
        return fill(self.keyframes, steps, three_d=three_d, half_turn=half_turn, ledger=Ledger())


def cut(dataset: Dataset, first: int, last: int, quirks: frozenset[str] = NONE) -> tuple[Dataset, Losses]:
    """What of a dataset lies on the frames first..last; frames are not renumbered.

    quirks: `half-turn`, `cut-drops-outside`, `cut-forgets-rotation`.  Deleted frames count like any other.
    """
    ledger = Ledger()
    part, kept = cut_to_job(dataset, Job(start_frame=first, stop_frame=last), quirks, ledger)
    for name, word in (("tags", "tag"), ("shapes", "shape")):
        table = getattr(dataset, name)
        gone = (table.frame < first) | (table.frame > last)
        if name == "shapes":
            gone &= (table.track < 0) & (table.parent < 0)
        ledger.lost(word, f"it lies outside frames {first} to {last}", dataset, name, gone)
    gone = ~kept & (dataset.tracks.parent < 0)
    why = f"it is not to be seen on frames {first} to {last}"
    ledger.lost("track", why, dataset, "tracks", gone)
    return part, ledger.losses()


def cut_to_job(dataset: Dataset, job: Job, quirks: frozenset[str], ledger: Ledger) -> tuple[Dataset, Bools]:
    """Tags, plain shapes and tracks on the frames of a job, and which tracks were kept; intervals stay.

    What is cut off is not noted.
    """
    frames = job.frames()
    tags, shapes = np.isin(dataset.tags.frame, frames), np.isin(dataset.shapes.frame, frames)
    if not len(dataset.tracks):
        return dataset.select(tags=tags, shapes=shapes), np.zeros(0, np.bool_)
    inside = _range(dataset, job, quirks, ledger)
    own, borders, changed = _rows(inside)
    steps = own + borders
    steps = steps.only(np.lexsort((steps.frame, steps.left)))
    rows = inside.fill(steps)
    rows = rows.replace(keyframe=np.ones(len(rows), np.bool_))
    keyframes = inside.keyframes
    tracked_attributes = keyframe_attributes(
        dataset.attributes, keyframes, len(dataset.shapes), changed[keyframes.shapes.track]
    )
    result = _start(assemble(dataset, rows, tracked_attributes.take(steps.left)), changed)
    kept = np.zeros(len(dataset.tracks), np.bool_)
    kept[rows.track] = True
    kept &= inside.met
    shapes = (result.shapes.track >= 0) | np.isin(result.shapes.frame, frames)
    return result.select(tags=tags, shapes=shapes, tracks=kept), kept


def _range(dataset: Dataset, job: Job, quirks: frozenset[str], ledger: Ledger) -> _Range:
    bare = dataset.replace(frames=replace(dataset.frames, deleted=np.zeros(len(dataset.frames), np.bool_)))
    keyframes = gather(bare, ledger)
    size, parent = len(dataset.tracks), dataset.tracks.parent
    steps = expand_frames(bare, keyframes, of_one_job(bare, job), np.zeros(size, np.bool_))
    track = keyframes.shapes.track[steps.left].astype(np.int64)
    seen = ~keyframes.shapes.outside[steps.left]
    # a skeleton is where its elements are
    above = parent[track].astype(np.int64)
    keys = np.where(above >= 0, above, track) * (job.stop_frame + 2) + steps.frame
    owns = np.isin(track, parent[parent >= 0])
    stays = ~owns | np.isin(keys, keys[(above >= 0) & seen])
    # and only where it is not outside itself
    shown = seen & ((above < 0) | np.isin(keys, keys[owns & seen]))
    in_view = np.zeros(size, np.bool_)
    in_view[np.where(above >= 0, above, track)[shown & ~(owns & (above < 0))]] = True
    in_view[parent >= 0] = in_view[parent[parent >= 0]]
    return _Range(dataset, keyframes, job.start_frame, job.stop_frame, steps.only(stays), in_view, quirks)


def _rows(part: _Range) -> tuple[Steps, Steps, Bools]:
    """Keyframes of the range, those to be made at its borders, and the tracks that are not as they were."""
    keyframes, size = part.keyframes, len(part.dataset.tracks)
    frame, track = keyframes.shapes.frame, keyframes.shapes.track
    head, tail = _ends(part)
    own = (frame >= part.first) & (frame <= part.last)
    own &= frame >= _starts(part, own, head)[track]
    count = np.bincount(track[own], minlength=size)
    changed = count < np.bincount(track, minlength=size)
    head, tail = (rows[changed[part.track[rows]]] for rows in (head, tail))
    head = head[~part.steps.given[head]]
    kept = Steps(np.flatnonzero(own), frame[own], np.ones(int(own.sum()), np.bool_))
    heads = part.steps.only(head)
    return kept, _with_tails(part, kept, heads, part.steps.only(tail)), changed


def _ends(part: _Range) -> tuple[Ints, Ints]:
    """The first step on which each track is to be seen (its last one if it never is), and its last step."""
    track, seen = part.track, np.flatnonzero(~part.keyframes.shapes.outside[part.steps.left])
    tracks, first = np.unique(track[seen], return_index=True)
    every, backward = np.unique(track[::-1], return_index=True)
    tail = len(track) - 1 - backward
    head = tail.copy()
    head[np.searchsorted(every, tracks)] = seen[first]
    return head, tail


def _starts(part: _Range, own: Bools, head: Ints) -> Ints:
    """The first frame of each track's keyframes in the range: leading outside ones are of no use.

    own: (keyframes,) whether they are in the range.  The last of only outside ones stays.
    """
    shapes = part.keyframes.shapes
    starts = np.full(len(part.dataset.tracks), -1, np.int64)
    starts[shapes.track[own]] = shapes.frame[own]  # the last one counts
    if "cut-drops-outside" in part.quirks:
        seen = np.flatnonzero(own & ~shapes.outside)[::-1]
        starts[shapes.track[seen]] = shapes.frame[seen]
        return starts
    visible = head[~shapes.outside[part.steps.left[head]]]
    starts[part.track[visible]] = part.steps.frame[visible]
    return starts


def _with_tails(part: _Range, kept: Steps, heads: Steps, tails: Steps) -> Steps:
    """Borders at the start, and those at the end where the shape differs from the last keyframe before it."""
    shapes, size = part.keyframes.shapes, len(part.dataset.tracks)
    before = heads + kept
    latest = np.full(size, -1, np.int64)
    latest[shapes.track[before.left]] = np.arange(len(before.left))  # kept ones come after heads
    track = shapes.track[tails.left]
    tails = tails.only(latest[track] >= 0)
    track = shapes.track[tails.left]
    compared = before.only(latest[track])
    final = np.zeros(size, np.int64)
    final[shapes.track] = shapes.frame
    moved = ~_same_geometry(part.fill(tails), part.fill(compared), "cut-forgets-rotation" in part.quirks)
    gone = tails.given & shapes.outside[tails.left]
    needed = ((final[track] >= part.last) & moved) | gone
    tails = tails.only(needed & (compared.frame != tails.frame))
    return heads + tails


def _same_geometry(one: Shapes, other: Shapes, points_only: bool) -> Bools:
    """Whether rows have the same points and rotation."""
    same = (one.counts == other.counts) & (points_only | (one.rotation == other.rotation))
    rows = np.flatnonzero(same)
    counts = one.counts[rows]
    pair = (table.values[expand_ranges(table.offsets[rows], counts)] for table in (one, other))
    same[rows] = segment_all(np.equal(*pair), offsets_of(counts))
    return np.asarray(same)


def _start(dataset: Dataset, changed: Bools) -> Dataset:
    """Tracks that were cut start with their first row."""
    shapes = dataset.shapes
    first = np.full(len(dataset.tracks), _NEVER)
    rows = np.flatnonzero(shapes.track >= 0)
    np.minimum.at(first, shapes.track[rows], shapes.frame[rows])
    frame = np.where(changed & (first != _NEVER), first, dataset.tracks.frame)
    return dataset.replace(tracks=dataset.tracks.replace(frame=frame))
