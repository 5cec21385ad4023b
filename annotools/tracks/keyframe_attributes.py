"""Attributes of keyframes: what a keyframe does not say is as on the keyframe before.

frame 0  speed=3, lit=on        0..4  3, on
frame 5  speed=4                5..   4, on
"""

from __future__ import annotations

from typing import Self

import msgspec
import numpy as np

from annotools.geometry.ragged import Bools, Ints, expand_ranges, offsets_of
from annotools.model.codes import Owner
from annotools.model.columns import at, condensed
from annotools.model.tables import Attributes
from annotools.tracks.keyframes import Keyframes


class KeyframeAttributes(msgspec.Struct, frozen=True):
    """Attributes of one keyframe after the other: spec and position in the pool of texts, and how many each has."""

    spec: Ints
    value: Ints
    counts: Ints

    def take(self, rows: Ints) -> Self:
        """The attributes of the keyframes at `rows`, repeats allowed."""
        counts = at(condensed(self.counts), rows)
        some = np.flatnonzero(counts)
        positions = expand_ranges(offsets_of(self.counts)[rows[some]], counts[some])
        return type(self)(self.spec[positions], self.value[positions], counts)

    def table(self, first_owner: int, pool: tuple[str, ...]) -> Attributes:
        """As attributes of shapes whose rows count from `first_owner`."""
        some = np.flatnonzero(self.counts)
        owner = np.repeat(first_owner + some, self.counts[some])
        kind = np.full(len(owner), Owner.SHAPE)
        return Attributes.of(len(owner), kind=kind, owner=owner, spec=self.spec, value=self.value, pool=pool)


def keyframe_attributes(
    attributes: Attributes, keyframes: Keyframes, shapes: int, inherit: Bools | None = None
) -> KeyframeAttributes:
    """The attributes of every keyframe: its own, then those it takes over, nearest first.

    shapes: the number of rows of the table whose rows `attributes` names.  inherit: (keyframes,)
    whether its values are taken over by those after it; None for all.
    """
    keyframe_of = np.full(shapes, -1, np.int64)
    keyframe_of[keyframes.rows] = np.arange(len(keyframes))
    mine = np.flatnonzero(attributes.kind == Owner.SHAPE)
    mine = mine[keyframe_of[attributes.owner[mine]] >= 0]
    at, spec = keyframe_of[attributes.owner[mine]], attributes.spec[mine]
    target, row = _spread(at, spec, keyframes, np.ones(len(keyframes), np.bool_) if inherit is None else inherit)
    order = np.lexsort((row, -at[row], target))
    target, row = target[order], mine[row[order]]
    counts = np.bincount(target, minlength=len(keyframes))
    return KeyframeAttributes(attributes.spec[row], attributes.value[row].astype(np.int64), counts)


def _spread(at: Ints, spec: Ints, keyframes: Keyframes, inherit: Bools) -> tuple[Ints, Ints]:
    """Keyframe and row of every attribute, on all keyframes on which it holds."""
    track = keyframes.shapes.track[at]
    order = np.lexsort((at, spec, track))
    at, spec, track = at[order], spec[order], track[order]
    # entries of one specification on one keyframe hold together, until a later keyframe of the track says another
    new = np.ones(len(at), np.bool_)
    new[1:] = (np.diff(at) != 0) | (np.diff(spec) != 0)
    heads = np.flatnonzero(new)
    track_end = np.flatnonzero(keyframes.last)[np.searchsorted(np.flatnonzero(keyframes.last), at[heads])] + 1
    until = track_end.copy()
    follows = (np.diff(track[heads]) == 0) & (np.diff(spec[heads]) == 0)
    until[:-1][follows] = at[heads][1:][follows]
    span = np.where(inherit[at], np.repeat(until, np.diff(np.append(heads, len(at)))) - at, 1)
    return expand_ranges(at, span), np.repeat(order, span)
