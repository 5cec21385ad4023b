"""Plain shapes -> tracks of one keyframe, as CVAT's XML for video has nothing else.

    shape on frame 3  ->  track: keyframe 3, outside keyframe 4

A skeleton's elements become tracks below its track.  The server puts the outside keyframe on the next frame, also
where that is deleted, so that it does not count, and leaves it out where it would be the last one.
"""

from __future__ import annotations

import numpy as np

from annotools.model import Dataset, Owner, Shapes, Tracks
from annotools.model.losses import Ledger
from annotools.model.tables import Attributes, Ints


def as_tracks(dataset: Dataset, ledger: Ledger, *, blind: bool) -> Dataset:
    """The dataset with all plain shapes as tracks, after those it has.

    blind: closed as the server does.
    """
    plain = np.flatnonzero(dataset.shapes.track < 0)
    if not len(plain):
        return dataset
    tops = plain[dataset.shapes.parent[plain] < 0]
    why = "the format has only tracks: it became one of a single keyframe"
    ledger.changed("shape", why, len(tops), dataset.shapes.frame[tops])
    tops = tops[np.argsort(dataset.shapes.frame[tops], kind="stable")]
    # The rows of tracks that the shapes become: frame by frame, all skeletons before their elements.
    order = np.concatenate([tops, plain[dataset.shapes.parent[plain] >= 0]])
    track = np.full(len(dataset.shapes), -1, np.int64)
    track[order] = len(dataset.tracks) + np.arange(len(order))
    after = _next(dataset, dataset.shapes.frame[plain], blind)
    closed = plain[after >= 0]
    dataset = dataset.replace(tracks=Tracks.concat([dataset.tracks, _tracks(dataset, order, track)]))
    shapes = dataset.shapes
    element = shapes.parent >= 0
    opened = shapes.replace(
        track=np.where(track >= 0, track, shapes.track), parent=np.full(len(shapes), -1),
        outside=np.where((track >= 0) & ~element, False, shapes.outside),
        keyframe=shapes.keyframe | (track >= 0),
    )  # fmt: skip
    closing = opened.take(closed).replace(
        id=np.full(len(closed), -1), frame=after[after >= 0], outside=np.ones(len(closed), np.bool_),
        score=np.ones(len(closed)),
    )  # fmt: skip
    attributes = _doubled(dataset.attributes, closed, len(shapes))
    return dataset.replace(shapes=Shapes.concat([opened, closing]), attributes=attributes, origin=None)


def _tracks(dataset: Dataset, rows: Ints, track: Ints) -> Tracks:
    """The tracks that these shapes become."""
    shapes = dataset.shapes
    element = shapes.parent[rows] >= 0
    parent = np.where(element, track[shapes.parent[rows]], -1)
    columns = {name: getattr(shapes, name)[rows] for name in ("id", "job", "frame", "label", "group", "source")}
    columns["id"] = np.full(len(rows), -1)
    return Tracks.of(len(rows), **columns, parent=parent)


def _next(dataset: Dataset, frame: Ints, blind: bool) -> Ints:
    """The frame on which each is closed, -1 for none."""
    if blind:
        task, last = dataset.task, dataset.jobs[0].stop_frame if len(dataset.jobs) == 1 else len(dataset.frames) - 1
        stop = task.start_frame + task.step * last
        stop = stop if task.stop_frame is None else min(stop, task.stop_frame) if _partial(dataset) else task.stop_frame
        return np.where(task.start_frame + task.step * (frame + 1) < stop, frame + 1, -1)
    shown = np.append(dataset.shown_frames, -1)
    return np.asarray(shown[np.searchsorted(shown[:-1], frame, "right")])


def _partial(dataset: Dataset) -> bool:
    return len(dataset.jobs) == 1 and dataset.jobs[0].stop_frame < len(dataset.frames) - 1


def _doubled(attributes: Attributes, rows: Ints, first: int) -> Attributes:
    """With those of `rows` once more, for rows that count from `first`."""
    mine = np.flatnonzero((attributes.kind == Owner.SHAPE) & np.isin(attributes.owner, rows))
    again = attributes.take(mine)
    moved = first + np.searchsorted(rows, again.owner)
    return Attributes.concat([attributes, again.replace(owner=moved)])
