"""attribute-owners: attributes of tracks where CVAT keeps them.

colour (mutable=False) on keyframes 0 and 5   ->  on the track, with the value of the last one
speed  (mutable=True)  on the track           ->  on every keyframe that has none
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import expand_ranges
from annotools.model.codes import Owner
from annotools.model.columns import Array, Bools, Ints
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Attributes
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_LAST = np.iinfo(np.int64).max


def attribute_owners(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset with what cannot change on its tracks, and what can on their keyframes."""
    no_argument("attribute-owners", argument)
    if not len(dataset.attributes):
        return dataset, Losses()
    ledger = Ledger()
    table, track = dataset.attributes, _tracks_of(dataset)
    fixed = (track >= 0) & ~np.isin(table.spec, _mutable(dataset))
    spread = (table.kind == Owner.TRACK) & ~fixed
    moved = fixed & (table.kind != Owner.TRACK)
    if not moved.any() and not spread.any():
        return dataset, Losses()
    ledger.changed("attribute of keyframe", "it cannot change and went to the track", dataset, "attributes", moved)
    ledger.changed("attribute of track", "it can change and went to the keyframes", dataset, "attributes", spread)
    return at_home(dataset, Ledger()), ledger.losses()


def at_home(dataset: Dataset, ledger: Ledger) -> Dataset:
    """The dataset with the attributes of its tracks where CVAT keeps them."""
    table, track = dataset.attributes, _tracks_of(dataset)
    if not (track >= 0).any():
        return dataset
    fixed = (track >= 0) & ~np.isin(table.spec, _mutable(dataset))
    spread = (table.kind == Owner.TRACK) & ~fixed
    others = table.take(~fixed & ~spread)
    parts = [
        others,
        _lasting(dataset, np.flatnonzero(fixed), track, ledger),
        _spread(dataset, table.take(spread), others),
    ]
    return dataset.replace(attributes=Attributes.concat(parts))


def _mutable(dataset: Dataset) -> list[int]:
    return [spec for spec, (_, known) in dataset.labels.specs.items() if known.mutable]


def _tracks_of(dataset: Dataset) -> Ints:
    """The track that each attribute is of, itself or by a keyframe; -1 for none."""
    table = dataset.attributes
    track = np.where(table.kind == Owner.TRACK, table.owner, -1).astype(np.int64)
    of_shape = table.kind == Owner.SHAPE
    track[of_shape] = dataset.shapes.track[table.owner[of_shape]]
    return track


def _lasting(dataset: Dataset, rows: Ints, track: Ints, ledger: Ledger) -> Attributes:
    """Attributes that cannot change, as those of tracks: what the track says, or else its last keyframe."""
    table = dataset.attributes
    frame = np.full(len(table), _LAST)
    of_shape = table.kind == Owner.SHAPE
    frame[of_shape] = dataset.shapes.frame[table.owner[of_shape]]
    rows = rows[np.lexsort((frame[rows], table.spec[rows], track[rows]))]
    last: Bools = np.ones(len(rows), np.bool_)
    last[:-1] = (np.diff(track[rows]) != 0) | (np.diff(table.spec[rows]) != 0)
    unlike = ~last[:-1] & (np.diff(table.value[rows]) != 0)
    why = "it cannot change within a track: the last value counts"
    ledger.changed("immutable attribute of track", why, dataset, "attributes", rows[:-1][unlike])
    lasting = rows[last]
    return table.take(lasting).replace(kind=np.full(len(lasting), Owner.TRACK), owner=track[lasting])


def _spread(dataset: Dataset, of_track: Attributes, others: Attributes) -> Attributes:
    """Attributes of tracks that can change, on every keyframe that does not say them."""
    track = dataset.shapes.track
    order = np.argsort(track, kind="stable")
    starts = np.searchsorted(track[order], of_track.owner)
    counts = np.searchsorted(track[order], of_track.owner, side="right") - starts
    owner = order[expand_ranges(starts, counts)]
    spread = of_track.take(np.repeat(np.arange(len(of_track)), counts))
    spread = spread.replace(owner=owner, kind=np.full(len(owner), Owner.SHAPE))
    own = others.take(others.kind == Owner.SHAPE)
    return spread.take(~np.isin(_keys(spread.owner, spread.spec), _keys(own.owner, own.spec)))


def _keys(owner: Array, spec: Ints) -> Ints:
    return np.asarray(owner.astype(np.int64) << 32 ^ spec)
