"""shapes-to-tracks: plain shapes become tracks of one keyframe, for formats that have nothing else.

    shape on frame 3  ->  track: keyframe 3, outside keyframe 4

A skeleton's elements become tracks below its track.  Under `xml-closing-frames` the outside keyframe is on the next
frame also where that is deleted, so that it does not count, and is left out where it would be the last one.
"""

from __future__ import annotations

import numpy as np

from annotools.model.codes import Owner
from annotools.model.columns import Array, Ints, row_order
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Attributes, Shapes, Tracks
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def shapes_to_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with all plain shapes as tracks, after those it has."""
    no_argument("shapes-to-tracks", argument)
    plain = np.flatnonzero(dataset.shapes.track < 0)
    if not len(plain):
        return dataset, Losses()
    ledger = Ledger()
    tops = plain[dataset.shapes.parent[plain] < 0]
    why = "the format has only tracks: it became one of a single keyframe"
    ledger.changed("shape", why, dataset, "shapes", tops)
    tops = tops[row_order(dataset.shapes.frame[tops])]
    # The rows of tracks that the shapes become: frame by frame, all skeletons before their elements.
    order = np.concatenate([tops, plain[dataset.shapes.parent[plain] >= 0]])
    after = (_server_ends if "xml-closing-frames" in quirks else _ends)(dataset, dataset.shapes.frame[plain])
    return _closed(_opened(dataset, order), plain[after >= 0], after[after >= 0]), ledger.losses()


def _opened(dataset: Dataset, order: Ints) -> Dataset:
    """Plain shapes as the only keyframes of tracks.  order: their rows as the tracks follow each other."""
    shapes = dataset.shapes
    track = np.full(len(shapes), -1, np.int64)
    track[order] = len(dataset.tracks) + np.arange(len(order))
    plain = track >= 0
    opened = shapes.replace(
        track=np.where(plain, track, shapes.track), parent=np.full(len(shapes), -1),
        outside=np.where(plain & (shapes.parent < 0), False, shapes.outside), keyframe=shapes.keyframe | plain,
    )  # fmt: skip
    tracks = Tracks.concat([dataset.tracks, _tracks(shapes, order, track)])
    return dataset.replace(shapes=opened, tracks=tracks, origin=None)


def _tracks(shapes: Shapes, rows: Ints, track: Ints) -> Tracks:
    """The tracks that these shapes become."""
    parent = np.where(shapes.parent[rows] >= 0, track[shapes.parent[rows]], -1)
    columns = {name: getattr(shapes, name)[rows] for name in ("job", "frame", "label", "group", "source")}
    return Tracks.of(len(rows), **columns, parent=parent)


def _closed(dataset: Dataset, rows: Ints, frames: Ints) -> Dataset:
    """With an outside keyframe after each of these rows.  frames: on which."""
    shapes = dataset.shapes
    closing = shapes.take(rows).replace(
        id=np.full(len(rows), -1), frame=frames, outside=np.ones(len(rows), np.bool_), score=np.ones(len(rows)),
        extras={},
    )  # fmt: skip
    attributes = _doubled(dataset.attributes, rows, len(shapes))
    return dataset.replace(shapes=Shapes.concat([shapes, closing]), attributes=attributes)


def _ends(dataset: Dataset, frame: Array) -> Ints:
    """The next frame that is shown, -1 for none."""
    shown = np.append(dataset.shown_frames, -1)
    return np.asarray(shown[np.searchsorted(shown[:-1], frame, "right")])


def _server_ends(dataset: Dataset, frame: Array) -> Ints:
    """The next frame, shown or not, -1 where it is the last one."""
    task, last = dataset.task, len(dataset.frames) - 1
    partial = len(dataset.jobs) == 1 and dataset.jobs[0].stop_frame < last
    last = dataset.jobs[0].stop_frame if len(dataset.jobs) == 1 else last
    stop = task.start_frame + task.step * last
    stop = stop if task.stop_frame is None else min(stop, task.stop_frame) if partial else task.stop_frame
    return np.where(task.start_frame + task.step * (frame + 1) < stop, frame + 1, -1)


def _doubled(attributes: Attributes, rows: Ints, first: int) -> Attributes:
    """With those of `rows` once more, for rows that count from `first`."""
    mine = np.flatnonzero((attributes.kind == Owner.SHAPE) & np.isin(attributes.owner, rows))
    again = attributes.take(mine)
    moved = first + np.searchsorted(rows, again.owner)
    return Attributes.concat([attributes, again.replace(owner=moved)])
