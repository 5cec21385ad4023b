"""Tracks given frame by frame -> keyframes: the inverse of interpolation, for formats that store keyframes.

    frames   0k 1 2 3k   7 8k 9            k: was a keyframe; on 4, 5 and 6 the track does not show
    becomes  0  3  4 outside  7  8  9  10 outside

Rows that follow from keyframes go, others become keyframes.  Where frames are missing, the last row before becomes
a keyframe, followed by an outside one on the next frame; so at the end, unless the job or task ends there.

Source: what CVAT 2.73 does with tracks that it imports, dataset_manager/bindings.py.
"""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.dataset import Dataset
from annotools.model.extras import of_given
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes
from annotools.quirks import NONE
from annotools.tracks.keyframe_attributes import keyframe_attributes
from annotools.tracks.keyframes import Keyframes, gather
from annotools.tracks.limits import Limits, limits_of
from annotools.tracks.reproduction import strays
from annotools.tracks.timeline import Steps, assemble


class _Borders(msgspec.Struct, frozen=True):
    """enters: rows after a gap, and first ones.  leaves: rows before a gap, and last ones.  next: the frame after.

    open: rows, no keyframes, with which a track reaches the end of its job or task without leaving.
    """

    enters: Bools
    leaves: Bools
    next: Ints
    open: Bools


def to_keyframes(dataset: Dataset, quirks: frozenset[str] = NONE) -> tuple[Dataset, Losses]:
    """The same dataset with keyframes only.

    dataset: tracks have a row on every frame on which they show, as after `interpolate`.  Rows of tracks come last,
    by track and frame.  A row that was no keyframe becomes one where the track enters or leaves the view, and where
    keyframes do not give it, which is noted as a change.
    quirks: `closed-by-deleted-frame`, `only-keyframes-read`.
    """
    ledger = Ledger()
    rows = gather(dataset, ledger)
    limits = limits_of(dataset)
    borders = _borders(rows, limits, "closed-by-deleted-frame" in quirks)
    kept = _kept(rows, borders)
    new = kept & ~rows.shapes.keyframe
    why = "a keyframe was made where the track enters or leaves the view"
    ledger.changed("frame of track", why, dataset, "shapes", rows.rows[new], "keyframe")
    if "only-keyframes-read" not in quirks:
        kept = _with_strays(dataset, rows, (kept, borders.open), ledger)
    why = "it lies between keyframes, from which it follows"
    ledger.changed("frame of track", why, dataset, "shapes", rows.rows[~kept])
    steps = _closed(rows, kept, borders, limits)
    tracked_attributes = keyframe_attributes(
        dataset.attributes, rows, len(dataset.shapes), np.zeros(len(rows), np.bool_)
    ).take(steps.left)
    return assemble(dataset, _rows(rows, steps), tracked_attributes), ledger.losses()


def _borders(rows: Keyframes, limits: Limits, blind: bool) -> _Borders:
    """blind: whether a deleted frame on which the track is not is a gap like any other."""
    shapes = rows.shapes
    track = shapes.track.astype(np.int64)
    after = shapes.frame + 1 if blind else limits.after(track, shapes.frame)
    leaves = rows.last.copy()
    leaves[:-1] |= shapes.frame[1:] > after[:-1]
    enters = np.append(True, leaves[:-1])[: len(rows)]
    at_end = rows.last & ~shapes.outside & (after >= limits.stop[track])
    return _Borders(enters, leaves, after, at_end & ~shapes.keyframe & ~enters)


def _kept(rows: Keyframes, borders: _Borders) -> Bools:
    """Keyframes, and rows at which the track enters, leaves, or changes between outside and not."""
    outside, keyframe = rows.shapes.outside, rows.shapes.keyframe
    flips = np.zeros(len(rows), np.bool_)
    flips[1:] = (outside[1:] != outside[:-1]) & ~rows.last[:-1] & ~keyframe[1:]
    before = np.append(flips[1:], False)[: len(rows)]
    leaves = borders.leaves & ~borders.open
    return np.asarray(keyframe | flips | (~outside & (before | borders.enters | leaves)))


def _with_strays(dataset: Dataset, rows: Keyframes, chosen: tuple[Bools, Bools], ledger: Ledger) -> Bools:
    """The kept rows, and those that do not follow from them; each of these changes what lies beside it.

    chosen: the kept rows, and those at the end of tracks that go on, which come first where something moves up to it.
    """
    kept, at_end = chosen
    first, three_d = kept.copy(), dataset.task.dimension == "3d"
    while len(more := strays(rows, kept, dataset.attributes, len(dataset.shapes), three_d)):
        ends = _ends_of(rows, kept, more) & at_end & ~kept
        kept[ends if ends.any() else more] = True
    why = "a keyframe was made of what does not follow from those before and after it"
    ledger.changed("frame of track", why, dataset, "shapes", rows.rows[kept & ~first], "keyframe")
    return kept


def _ends_of(rows: Keyframes, kept: Bools, strays: Ints) -> Bools:
    """The last rows of tracks of which a stray lies behind the last row that is kept."""
    track, kept_rows = rows.shapes.track, np.flatnonzero(kept)
    following = np.append(kept_rows, -1)[np.searchsorted(kept_rows, strays)]
    behind = (following < 0) | (track[following] != track[strays])
    return np.asarray(rows.last & np.isin(track, track[strays[behind]]))


def _closed(rows: Keyframes, kept: Bools, borders: _Borders, limits: Limits) -> Steps:
    """The kept rows, and an outside one after each visible one at which the track leaves."""
    stop = limits.stop[rows.shapes.track]
    closing = np.flatnonzero(borders.leaves & ~rows.shapes.outside & (borders.next < stop))
    kept_rows = np.flatnonzero(kept)
    left = np.concatenate([kept_rows, closing])
    order = np.argsort(left, kind="stable")
    frame = np.concatenate([rows.shapes.frame[kept_rows], borders.next[closing]])
    return Steps(left, frame, np.arange(len(left)) < len(kept_rows)).only(order)


def _rows(rows: Keyframes, steps: Steps) -> Shapes:
    shapes = rows.shapes.take(steps.left)
    return shapes.replace(
        id=np.where(steps.given, shapes.id, -1), frame=steps.frame, outside=shapes.outside | ~steps.given,
        keyframe=np.ones(len(steps.left), np.bool_), extras=of_given(shapes.extras, steps.given),
    )  # fmt: skip
