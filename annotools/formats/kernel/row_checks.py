"""Rows as they came -> tables that fit together: what cannot be a row is left out, and references follow.

a row of no frame or label goes, with its elements and attributes
a row of a track takes its label, source and group
an element whose skeleton is in a track is in a track of its own, below that of the skeleton
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from annotools.formats.kernel.blocks import Blocks
from annotools.formats.kernel.track_rows import NEVER, first_frames, repeats
from annotools.model import Dataset, Owner, Shapes, Tracks
from annotools.model.columns import Array, Bools, Ints
from annotools.model.losses import Ledger


class Settled(msgspec.Struct, frozen=True):
    """A dataset without attributes.

    homes: which row of its table each row as it came has become, -1 for none.  sources: the other way round; -1 for a
    row that was made here.
    """

    dataset: Dataset
    homes: dict[Owner, Ints]
    sources: dict[Owner, Ints]
    given: dict[Owner, Ints]

    def lost_frames(self, owner: Owner) -> Ints:
        """The frames of rows that were left out, as far as they have one."""
        frames = self.given[owner][self.homes[owner] < 0] if owner in self.given else np.zeros(0, np.int64)
        return frames[frames >= 0]


def settled(base: Dataset, blocks: Mapping[Owner, Blocks], ledger: Ledger, *, single: bool) -> Settled:
    """The dataset of what came.  base: its definitions.  single: whether a track has one row a frame."""
    shapes, tracks = blocks[Owner.SHAPE], blocks[Owner.TRACK]
    frame, label, parent, track = (shapes.column(name) for name in ("frame", "label", "parent", "track"))
    track = track.astype(np.int64)
    there = tracks.column("label") >= 0
    track_there = there & _at(there, tracks.column("parent"), True)
    top = (parent < 0) & (frame >= 0) & _or(track >= 0, _at(track_there, track, False), label >= 0)
    keep = np.where(parent < 0, top, _at(top, parent, False) & (label >= 0) & (frame >= 0))
    again = repeats(np.where(keep & (parent < 0), track, -1), frame) if single else np.zeros(0, np.int64)
    why = "a track has one; it is a shape by itself"
    ledger.noted("second shape of a track on a frame", why, len(again), frame[again], table="shapes")
    track[again] = -1
    keep[again] &= label[again] >= 0
    made = _Tracks.of(tracks, _Drawn(frame, label, parent, np.where(keep, track, -1)))
    plain = _tables(base, blocks)
    homes = {owner: _numbers(mask) for owner, mask in plain[1].items()}
    homes[Owner.SHAPE], homes[Owner.TRACK] = _numbers(keep), made.home
    rows = shapes.table(
        track=made.of_shape, parent=np.where(made.of_shape >= 0, -1, _at(homes[Owner.SHAPE], parent, -1))
    )
    table = rows if keep.all() else rows.take(keep)
    dataset = base.replace(shapes=_as_tracks(table, made.table, ledger), tracks=made.table, **plain[0])
    sources = {owner: np.flatnonzero(home >= 0) for owner, home in homes.items()} | {Owner.TRACK: made.source}
    given = {owner: blocks[owner].column("frame") for owner in (Owner.SHAPE, Owner.TAG)}
    return Settled(dataset, homes, sources, given)


def _tables(base: Dataset, blocks: Mapping[Owner, Blocks]) -> tuple[dict[str, Any], dict[Owner, Bools]]:
    """The tables of what has no parts, and which of their rows stay."""
    tables: dict[str, Any] = {"tags": blocks[Owner.TAG].table(), "intervals": blocks[Owner.INTERVAL].table()}
    tags, intervals = tables["tags"], tables["intervals"]
    kept = {Owner.TAG: (tags.frame >= 0) & (tags.label >= 0), Owner.INTERVAL: intervals.label >= 0}
    masks = {"tags": kept[Owner.TAG], "intervals": kept[Owner.INTERVAL]}
    return {name: t if masks[name].all() else t.take(masks[name]) for name, t in tables.items()}, kept


class _Drawn(msgspec.Struct, frozen=True):
    """Rows of shapes as they came; track is -1 where a row does not stay."""

    frame: Ints
    label: Ints
    parent: Ints
    track: Ints


class _Tracks(msgspec.Struct, frozen=True):
    """Tracks that have rows.  home: where each as it came went; source: whence.  of_shape: that of each row."""

    table: Tracks
    home: Ints
    source: Ints
    of_shape: Ints

    @classmethod
    def of(cls, blocks: Blocks, drawn: _Drawn) -> _Tracks:
        """The tracks that were given, and one for each point of a skeleton whose rows are in a track."""
        given = blocks.table()
        above = _at(np.where(drawn.parent < 0, drawn.track, -1), drawn.parent, -1)
        inner = np.flatnonzero((above >= 0) & (drawn.track < 0))
        pairs = np.stack([above[inner], drawn.label[inner]], axis=1)
        elements, which = np.unique(pairs, axis=0, return_inverse=True) if len(inner) else (pairs, inner)
        track = drawn.track.copy()
        track[inner] = len(given) + which.reshape(-1)
        whole = Tracks.concat([given, _element_tracks(given, elements)])
        first = first_frames(track, drawn.frame, whole.parent, len(whole))
        filled = first < NEVER
        home = _numbers(filled)
        table = whole.replace(frame=np.where(filled, first, 0), parent=_at(home, whole.parent, -1))
        source = np.concatenate([np.arange(len(given)), np.full(len(elements), -1)])[filled]
        return cls(table if filled.all() else table.take(filled), home[: len(given)], source, _at(home, track, -1))


def _element_tracks(given: Tracks, elements: Array) -> Tracks:
    parents = elements[:, 0]
    return Tracks.of(
        len(elements), parent=parents, label=elements[:, 1], source=given.source[parents], job=given.job[parents]
    )


def _as_tracks(shapes: Shapes, tracks: Tracks, ledger: Ledger) -> Shapes:
    """Rows of tracks say what their tracks say."""
    tracked = shapes.track >= 0
    if not tracked.any():
        return shapes
    other = tracked & (shapes.label >= 0) & (shapes.label != tracks.label[shapes.track])
    why = "a track has one label, that of its first row"
    ledger.noted("label of keyframe", why, int(other.sum()), shapes.frame[other], table="shapes")
    names = ("label", "source", "group", "job")
    return shapes.replace(
        **{name: np.where(tracked, getattr(tracks, name)[shapes.track], getattr(shapes, name)) for name in names}
    )


def _at(column: Array, rows: Array, default: Any) -> Array:
    """The column at `rows`, a default where a row is -1."""
    if not len(column):
        return np.full(len(rows), default)
    return np.where(rows >= 0, column[rows], default)


def _or(condition: Bools, one: Array, other: Array) -> Bools:
    return np.asarray(np.where(condition, one, other), np.bool_)


def _numbers(mask: Bools) -> Ints:
    """The new number of each row that stays, -1 for the others."""
    return np.where(mask, np.cumsum(mask) - 1, -1)
