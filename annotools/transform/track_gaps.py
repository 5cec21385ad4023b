"""close-tracks: an outside keyframe where a track is not seen on the next frame.

    rows on frames 0 1 4 of 7        0  1  2 outside  4  5 outside

A document of what is seen does not say where an object leaves.  The way there and the way back end with the same
rows, so that nothing moves in between: an outside keyframe is where the track was seen last.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import expand_ranges
from annotools.model import Attributes, Dataset, Losses, Owner, Shapes
from annotools.model.columns import row_order
from annotools.model.extras import Extra, of_given
from annotools.model.losses import Ledger
from annotools.model.row_groups import row_groups
from annotools.model.row_numbers import is_number
from annotools.model.tables import Bools, Ints
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.rows import no_argument
from annotools.transform.track_ends import closed_in_place

_PIECE = 1 << 16  # rows at a time: the numbers of all of them take as much memory as some columns


def close_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks reduced to the rows that are seen, and closed.  They have a row on every frame on which they show."""
    no_argument("close-tracks", argument)
    if not len(dataset.tracks):
        return dataset, Losses()
    ledger = Ledger()
    hidden = ~is_shown(dataset) & (dataset.shapes.track >= 0)
    in_place = closed_in_place(dataset, hidden)
    seen, moved = (_started(in_place[0]), in_place[1]) if in_place else _made_anew(dataset, hidden)
    why = "it is where the track was seen last"
    ledger.changed("outside frame of track", why, dataset, "shapes", moved)
    first = _first_frames(dataset, ~hidden)
    lost = (first == _NEVER) & (dataset.tracks.parent < 0)
    ledger.lost("track", "it is nowhere to be seen", dataset, "tracks", lost)
    later = ~lost & (first != _NEVER) & (first != dataset.tracks.frame)
    ledger.changed("start of track", "it is where the track is first seen", dataset, "tracks", later, column="frame")
    return seen, ledger.losses()


def _made_anew(dataset: Dataset, hidden: Bools) -> tuple[Dataset, Ints]:
    """The rows that are seen, closed, and those of the hidden that are not there again."""
    seen = closed(dataset.select(shapes=~hidden) if hidden.any() else dataset)
    matches = _matches(dataset.shapes, np.flatnonzero(hidden), seen.shapes)
    return _known_again(dataset.shapes, matches, seen), np.setdiff1d(np.flatnonzero(hidden), list(matches))


def without_rows(dataset: Dataset, kept: Bools) -> Bools:
    """The tracks of which, their elements included, no row is kept."""
    return np.asarray((_first_frames(dataset, kept) == _NEVER) & (dataset.tracks.parent < 0))


def is_shown(dataset: Dataset) -> Bools:
    """Rows that are not outside, and the elements of skeletons that are not."""
    shown, owners = ~dataset.shapes.outside, element_owners(dataset)
    elements = np.flatnonzero(owners >= 0)
    shown[elements] = shown[owners[elements]]
    return np.asarray(shown)


def closed(dataset: Dataset) -> Dataset:
    """Tracks with an outside keyframe after each row that the next frame does not follow, in the order of frames.

    A track without rows is gone; the others start where their first row is.
    """
    dataset = _started(dataset)
    rows, frames = _ends(dataset)
    if not len(rows):
        return dataset
    size = len(dataset.shapes)
    copied = copied_attributes(dataset.attributes, rows, np.arange(size, size + len(rows)))
    return _by_frame(dataset, rows, frames, Attributes.concat([dataset.attributes, copied]))


def _by_frame(dataset: Dataset, rows: Ints, frames: Ints, attributes: Attributes) -> Dataset:
    """Plain shapes as they stand, then the rows of tracks by track and frame.

    rows, frames: which rows are there again, as outside keyframes, and where; attributes: also those of these, which
    are numbered behind all others.
    """
    shapes = dataset.shapes
    source = np.append(np.arange(len(shapes)), rows)
    frame, track = np.append(shapes.frame, frames), shapes.track[source]
    tracked = np.flatnonzero(track >= 0)
    tracked = tracked[row_order(track[tracked], frame[tracked])]
    order = np.concatenate([np.flatnonzero(track < 0), tracked])
    new = np.full(len(order) + 1, -1, np.int64)
    new[order] = np.arange(len(order))
    is_new = order >= len(shapes)
    moved = shapes.take(source[order])
    flags = {name: getattr(moved, name) | is_new for name in ("outside", "keyframe")}
    moved = moved.replace(
        frame=frame[order], id=np.where(is_new, -1, moved.id), parent=new[moved.parent], **flags,
        extras=of_given(moved.extras, ~is_new),
    )  # fmt: skip
    owner = np.where(attributes.kind == Owner.SHAPE, new[attributes.owner], attributes.owner)
    return dataset.replace(shapes=moved, attributes=attributes.replace(owner=owner), origin=None)


def _started(dataset: Dataset) -> Dataset:
    """Tracks start where their first row is; those without rows, and without parts that have some, go."""
    tracks, first = dataset.tracks, _first_frames(dataset, np.ones(len(dataset.shapes), np.bool_))
    filled = first != _NEVER
    dataset = dataset.replace(tracks=tracks.replace(frame=np.where(filled, first, tracks.frame)))
    return dataset if filled.all() else dataset.select(tracks=filled)


_NEVER = np.iinfo(np.int64).max


def _first_frames(dataset: Dataset, kept: Bools) -> Ints:
    """The first frame of each track that one of some rows is on, of it or of its elements."""
    shapes, tracks = dataset.shapes, dataset.tracks
    first = np.full(len(tracks), _NEVER)
    for start in range(0, len(shapes), _PIECE):
        piece = slice(start, start + _PIECE)
        rows = start + np.flatnonzero(kept[piece] & (shapes.track[piece] >= 0))
        np.minimum.at(first, shapes.track[rows], shapes.frame[rows])
    inner = tracks.parent >= 0
    np.minimum.at(first, tracks.parent[inner], first[inner])
    return first


def _ends(dataset: Dataset) -> tuple[Ints, Ints]:
    """The rows after which a track is not seen, and the next frame that is shown."""
    shapes, shown = dataset.shapes, dataset.shown_frames
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[row_order(shapes.track[rows], shapes.frame[rows])]
    track, frame = shapes.track[rows], shapes.frame[rows]
    after = np.append(shown, -1)[np.searchsorted(shown, frame, side="right")]
    follows: Bools = np.zeros(len(rows), np.bool_)
    follows[:-1] = (track[1:] == track[:-1]) & (frame[1:] <= after[:-1])
    ends = (after >= 0) & ~follows
    return rows[ends], after[ends]


def copied_attributes(attributes: Attributes, rows: Ints, new: Ints) -> Attributes:
    """The attributes of some rows of `shapes` for other rows."""
    mine = attributes.of_kind(Owner.SHAPE)
    order = np.argsort(mine.owner, kind="stable")
    starts, stops = np.searchsorted(mine.owner[order], [rows, rows + 1])
    copied = mine.take(order[expand_ranges(starts, stops - starts)])
    return copied.replace(owner=np.repeat(new, stops - starts))


_STATED = ("type", "keyframe", "outside", "occluded", "z_order", "rotation", "score")


def _matches(shapes: Shapes, rows: Ints, table: Shapes) -> dict[int, int]:
    """Which of some rows of tracks are in another table as they are, and where; tracks may have other numbers."""
    if not len(rows):
        return {}
    there = _candidates(shapes, rows, table)
    known: dict[tuple[int, bytes], list[int]] = {}
    for key, new_row in zip(_keys(table, there), there.tolist(), strict=True):
        known.setdefault(key, []).append(new_row)
    matches = {}
    for key, row in zip(_keys(shapes, rows), rows.tolist(), strict=True):
        if known.get(key):
            matches[row] = known[key].pop(0)
    return matches


def _candidates(shapes: Shapes, rows: Ints, table: Shapes) -> Ints:
    """The rows of tracks that stand on the frames of some rows and are outside as they are: few of very many."""
    there = np.flatnonzero(table.track >= 0)
    columns = [
        np.concatenate([getattr(shapes, name)[rows], getattr(table, name)[there]]) for name in ("outside", "frame")
    ]
    alike = row_groups(columns, len(rows) + len(there))
    return np.asarray(there[np.isin(alike[len(rows) :], alike[: len(rows)])])


def _known_again(shapes: Shapes, matches: dict[int, int], dataset: Dataset) -> Dataset:
    """Rows that were made as they had been under the numbers by which a step speaks of them."""
    rows, new = (np.array(column, np.int64) for column in (list(matches), list(matches.values())))
    extras = dict(dataset.shapes.extras)
    for name in filter(is_number, extras if len(rows) else ()):
        values, present = extras[name].values.copy(), extras[name].present.copy()
        values[new], present[new] = shapes.extras[name].values[rows], shapes.extras[name].present[rows]
        extras[name] = Extra(values, present)
    return dataset.replace(shapes=dataset.shapes.replace(extras=extras))


def _keys(shapes: Shapes, rows: Ints) -> list[tuple[int, bytes]]:
    """Frame, columns and points of rows."""
    cells = np.stack([getattr(shapes, name)[rows].astype(np.float64) for name in _STATED], axis=1)
    return [
        (frame, columns.tobytes() + shapes.points(row).tobytes())
        for row, frame, columns in zip(rows.tolist(), shapes.frame[rows].tolist(), cells, strict=True)
    ]
