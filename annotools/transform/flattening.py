"""tracks-to-shapes: every frame of a track on which it is to be seen becomes a plain shape.

    track 4 of car, keyframes 0 and 10, outside from 11 on  ->  11 shapes of car, on frames 0..10

Attributes of the track go to every shape; elements of a skeleton's track become elements of its shapes, also those
that are outside.  What is lost is that the shapes were one object.
"""

from __future__ import annotations

import numpy as np

from annotools import tracks
from annotools.geometry.ragged import Bools, Ints, expand_ranges
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import is_numbered
from annotools.model.tables import Attributes, Tracks
from annotools.quirks import NONE, Quirks
from annotools.tracks.elements import element_owners
from annotools.tracks.timeline import followed
from annotools.transform.rows import no_argument


def tracks_to_shapes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every frame of a track on which it is to be seen as a plain shape; plain shapes first, then track by track."""
    no_argument("tracks-to-shapes", argument)
    if not len(dataset.tracks):
        return dataset, Losses()
    moving = _moving(dataset)
    full, losses = tracks.interpolate(moving, quirks)
    shown, hidden = _shown(full)
    del full  # there are two of all columns by now
    flat, losses = _flattened(dataset, shown, losses + hidden)
    return (flat if moving is dataset else _behind_plain(dataset, flat)), losses


def _moving(dataset: Dataset) -> Dataset:
    """Only the rows of tracks, so that no other is held three times: as given, frame by frame, and shown.

    The whole where plain shapes say how many frames there are, or losses would not know which rows these were.
    """
    shapes = dataset.shapes
    tracked, ends_known = shapes.track >= 0, len(dataset.frames) > 0 or len(dataset.jobs) > 0
    if tracked.all() or (shapes.parent[tracked] >= 0).any() or not ends_known or not is_numbered(dataset):
        return dataset
    return dataset.select(shapes=tracked)


def _behind_plain(dataset: Dataset, flat: Dataset) -> Dataset:
    """The plain shapes of a dataset, then those that its tracks became."""
    shapes, moved, attributes = dataset.shapes, flat.shapes, dataset.attributes
    plain = np.flatnonzero(shapes.track < 0)
    new = np.full(len(shapes) + 1, -1, np.int32)  # the last is that of the row -1
    new[plain] = np.arange(len(plain))
    of_shape = attributes.kind == Owner.SHAPE
    owner = np.where(of_shape, new[np.where(of_shape, attributes.owner, -1)], attributes.owner)
    untracked = attributes.replace(owner=owner).take((owner >= 0) & (attributes.kind != Owner.TRACK))
    own = flat.attributes.of_kind(Owner.SHAPE)
    parents = np.where(moved.parent >= 0, moved.parent + len(plain), -1)
    return dataset.replace(
        shapes=followed(shapes.replace(parent=new[shapes.parent]), plain, moved.replace(parent=parents)),
        attributes=Attributes.concat([untracked, own.replace(owner=own.owner + len(plain))]),
        tracks=Tracks.of(0), origin=None,
    )  # fmt: skip


def tracks_to_numbered_shapes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The same, and as extras `track_id`, which counts the tracks, and `keyframe`: what the server writes of tracks."""
    no_argument("tracks-to-numbered-shapes", argument)
    if not len(dataset.tracks):
        return dataset, Losses()
    table = dataset.tracks
    top = table.parent < 0
    number = Extra(np.where(top, np.cumsum(top) - 1, -1), top)
    counted = table.replace(extras={**table.extras, "track_id": number})
    full, losses = tracks.interpolate(dataset.replace(tracks=counted), quirks)
    column = full.tracks.extras["track_id"].values if len(full.tracks) else np.zeros(0, np.int64)
    numbers = np.append(column, -1)[full.shapes.track]
    extras = {"track_id": Extra(numbers, numbers >= 0), "keyframe": Extra(full.shapes.keyframe, numbers >= 0)}
    full = full.replace(shapes=full.shapes.replace(extras={**full.shapes.extras, **extras}))
    shown, hidden = _shown(full)
    return _flattened(dataset, shown, losses + hidden)


def _shown(full: Dataset) -> tuple[Dataset, Losses]:
    """Without what is not to be seen of tracks that are given frame by frame."""
    ledger, seen = Ledger(), _seen(full)
    ledger.changed("keyframe outside", "a shape is always seen", full, "shapes", ~seen)
    return full.select(shapes=seen), ledger.losses()


def _flattened(dataset: Dataset, shown: Dataset, losses: Losses) -> tuple[Dataset, Losses]:
    """Tracks frame by frame as plain shapes.  dataset: with keyframes only."""
    ledger = Ledger()
    ledger.extend(losses)
    ledger.changed("keyframe", "it became a shape", shown, "shapes", shown.shapes.track >= 0, "track")
    of_track = dataset.attributes.kind == Owner.TRACK
    ledger.changed("attribute of track", "every shape has it", dataset, "attributes", of_track)
    why = "every frame on which it is to be seen became a shape"
    ledger.changed("track", why, dataset, "tracks", dataset.tracks.parent < 0)
    return _flat(shown), ledger.losses()


def _seen(dataset: Dataset) -> Bools:
    """Plain shapes, shapes of tracks that are not outside, and the elements of those."""
    shapes = dataset.shapes
    element = _in_skeleton(dataset)
    seen = (shapes.track < 0) | element | ~shapes.outside
    owners = element_owners(dataset)[element]
    seen[element] = (owners >= 0) & seen[owners]
    return seen


def _in_skeleton(dataset: Dataset) -> Bools:
    """Rows of the tracks of elements."""
    return np.asarray(np.append(dataset.tracks.parent, -1)[dataset.shapes.track] >= 0)


def _flat(dataset: Dataset) -> Dataset:
    """Rows of tracks as plain shapes."""
    shapes = dataset.shapes
    tracked = shapes.track >= 0
    plain = shapes.replace(
        track=np.full(len(shapes), -1), parent=element_owners(dataset), id=np.where(tracked, -1, shapes.id),
        keyframe=shapes.keyframe | tracked, outside=shapes.outside & (~tracked | _in_skeleton(dataset)),
    )  # fmt: skip
    return dataset.replace(shapes=plain, tracks=Tracks.of(0), attributes=_attributes(dataset))


def _attributes(dataset: Dataset) -> Attributes:
    """Attributes of tracks on every shape of theirs that does not say that one itself."""
    attributes, track = dataset.attributes, dataset.shapes.track
    of_track = attributes.of_kind(Owner.TRACK)
    order = np.argsort(track, kind="stable")
    starts = np.searchsorted(track[order], of_track.owner)
    counts = np.searchsorted(track[order], of_track.owner, side="right") - starts
    owner = order[expand_ranges(starts, counts)]
    spread = of_track.take(np.repeat(np.arange(len(of_track)), counts))
    spread = spread.replace(owner=owner, kind=np.full(len(owner), Owner.SHAPE))
    untracked = attributes.take(attributes.kind != Owner.TRACK)
    own = untracked.of_kind(Owner.SHAPE)
    has_own = np.isin(_keys(spread), _keys(own))
    return Attributes.concat([untracked, spread.take(~has_own)])


def _keys(attributes: Attributes) -> Ints:
    """One number for owner and specification."""
    return np.asarray(attributes.owner.astype(np.int64) << 32 ^ attributes.spec)
