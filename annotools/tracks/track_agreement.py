"""How much tracks of two jobs agree on the frames that both show."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Floats, Ints, expand_ranges
from annotools.model.dataset import Dataset
from annotools.model.tables import Shapes
from annotools.tracks.agreement import Pairs, near_pairs, pairs_by_key, shapes_agree
from annotools.tracks.interpolating import interpolate


def track_pairs(part: Dataset, one: Ints, other: Ints, group: Ints, quirks: frozenset[str]) -> Pairs:
    """Pairs of tracks of one label and group that agree at all on the frames of their jobs.

    part: nothing but tracks, with their rows as they stand.  one, other: its tracks.  group: (tracks,).
    """
    shown = interpolate(part, quirks)[0].shapes
    if "merge-counts-outside" not in quirks:
        shown = shown.take(~shown.outside)
    pairs = _meeting(shown, one, other, group)
    return Pairs(*pairs, _mean_agreement(shown, *pairs))


def _meeting(shown: Shapes, one: Ints, other: Ints, group: Ints) -> tuple[Ints, Ints]:
    """Pairs of tracks of one label that meet on some frame."""
    labels, label = np.unique(shown.label, return_inverse=True)
    width = int(shown.frame.max(initial=0)) + 1
    key = (group[shown.track] * width + shown.frame) * max(len(labels), 1) + label
    rows = [np.flatnonzero(np.isin(shown.track, tracks)) for tracks in (one, other)]
    i, j = near_pairs(*((key[side], shown.take(side)) for side in rows))
    pairs = np.unique(np.stack([shown.track[rows[0][i]], shown.track[rows[1][j]]]).astype(np.int64), axis=1)
    return pairs[0], pairs[1]


def _mean_agreement(shown: Shapes, one: Ints, other: Ints) -> Floats:
    """The mean over the frames on which either track of a pair is; rows of `shown` are by track and frame."""
    pairs, width = np.arange(len(one)), int(shown.frame.max(initial=0)) + 1
    sides = []
    for tracks in (one, other):
        first, stop = (np.searchsorted(shown.track, tracks, side=side) for side in ("left", "right"))
        rows = expand_ranges(first, stop - first)
        sides.append((rows, np.repeat(pairs, stop - first) * width + shown.frame[rows], stop - first))
    i, j = pairs_by_key(sides[0][1], sides[1][1])
    pair = sides[0][1][i] // width
    a, b = shown.take(sides[0][0][i]), shown.take(sides[1][0][j])
    agree = shapes_agree(a, b) * (a.outside == b.outside)
    either = sides[0][2] + sides[1][2] - np.bincount(pair, minlength=len(one))
    return np.asarray(np.bincount(pair, agree, minlength=len(one)) / np.maximum(either, 1))
