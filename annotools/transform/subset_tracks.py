"""split-tracks: tracks that go through several subsets as one track in each.

    track on frames 0 1 2 3, of which 0 and 1 are for training   ->   a track on 0 and 1, another on 2 and 3

Documents of subsets know nothing of each other.  Tracks must have a row on every frame on which they show.
"""

from __future__ import annotations

import numpy as np

from annotools.model import Attributes, Dataset, Losses, Owner, Tracks
from annotools.model.columns import distinct
from annotools.model.losses import Ledger
from annotools.model.tables import Ints
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def split_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks that have the frames of one subset."""
    no_argument("split-tracks", argument)
    shapes, ledger = dataset.shapes, Ledger()
    rows = np.flatnonzero(shapes.track >= 0)
    if not len(rows) or len(set(dataset.frames.subsets)) < 2:
        return dataset, Losses()
    family, part = _parts(dataset, rows)
    later = part > 0
    why = "documents of subsets know nothing of each other"
    ledger.changed("track through several subsets", why, dataset, "shapes", rows[later], column="track")
    return (cut_apart(dataset, rows, family, part) if later.any() else dataset), ledger.losses()


def cut_apart(dataset: Dataset, rows: Ints, family: Ints, part: Ints) -> Dataset:
    """Some rows of tracks in tracks of their own.  family: the track of each; part: which of its parts, 0 stays."""
    shapes, later = dataset.shapes, part > 0
    tracks, source, track_of = _copies(
        dataset, distinct(family[later] * (part.max() + 1) + part[later]), part.max() + 1
    )
    track = shapes.track.astype(np.int64)
    pairs = zip(track[rows[later]].tolist(), part[later].tolist(), strict=True)
    track[rows[later]] = [track_of[pair] for pair in pairs]
    attributes = _copied(dataset.attributes, source, len(dataset.tracks))
    return dataset.replace(shapes=shapes.replace(track=track), tracks=tracks, attributes=attributes)


def _parts(dataset: Dataset, rows: Ints) -> tuple[Ints, Ints]:
    """For some rows of tracks the track, of elements that of the skeleton, and which of its subsets they are in."""
    tracks, track = dataset.tracks, dataset.shapes.track[rows]
    family = np.where(tracks.parent[track] >= 0, tracks.parent[track], track).astype(np.int64)
    numbers = {subset: number for number, subset in enumerate(dict.fromkeys(dataset.frames.subsets))}
    subset = np.array([numbers[name] for name in dataset.frames.subsets], np.int64)[dataset.shapes.frame[rows]]
    keys, which = np.unique(family * len(numbers) + subset, return_inverse=True)
    owner = keys // len(numbers)
    rank = np.arange(len(keys)) - np.searchsorted(owner, owner)
    return family, rank[which.reshape(-1)]


def _copies(dataset: Dataset, keys: Ints, parts: int) -> tuple[Tracks, Ints, dict[tuple[int, int], int]]:
    """All tracks and those made, which track each of these is a copy of, and where track and part are."""
    tracks = dataset.tracks
    source: list[int] = []
    parent: list[int] = []
    track_of: dict[tuple[int, int], int] = {}
    for key in keys.tolist():
        family, part = divmod(key, int(parts))
        for row in [family, *np.flatnonzero(tracks.parent == family).tolist()]:
            track_of[row, part] = len(tracks) + len(source)
            parent.append(-1 if row == family else track_of[family, part])
            source.append(row)
    rows = np.array(source, np.int64)
    copies = tracks.take(rows)
    extras = {name: extra.without(np.ones(len(rows), np.bool_)) for name, extra in copies.extras.items()}
    copies = copies.replace(parent=parent, id=np.full(len(rows), -1), extras=extras)
    return Tracks.concat([tracks, copies]), rows, track_of


def _copied(attributes: Attributes, source: Ints, first: int) -> Attributes:
    """With the attributes of some tracks for copies of them, which count from `first`."""
    mine = attributes.of_kind(Owner.TRACK)
    pairs = [(row, first + n) for n, track in enumerate(source.tolist()) for row in np.flatnonzero(mine.owner == track)]
    if not pairs:
        return attributes
    rows, owner = np.array(pairs, np.int64).T
    return Attributes.concat([attributes, mine.take(rows).replace(owner=owner)])
