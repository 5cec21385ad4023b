"""Choosing rows so that what refers to them stays consistent.

A reference (`track`, `parent`, `owner`) to a row that was not chosen takes its owner along; references to chosen
rows are renumbered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import asdict
from numpy.typing import ArrayLike

from annotools.model.codes import Owner, ShapeType
from annotools.model.tables import Array, Attributes, Bools

if TYPE_CHECKING:
    from annotools.model.parts import Parts


class Selection(msgspec.Struct):
    """Which rows of each table to keep; None keeps all."""

    tags: Bools | None = None
    shapes: Bools | None = None
    tracks: Bools | None = None
    intervals: Bools | None = None


def picks(name: str, choice: ArrayLike, size: int) -> Bools:
    """A boolean mask from a mask or from row numbers; negative ones count from the end.  name: of the table."""
    array = np.asarray(choice)
    if array.ndim != 1:
        raise ValueError(f"{name}: a choice of {array.ndim} dimensions, expected a mask or row numbers in one list")
    if array.dtype == np.bool_:
        if len(array) != size:
            raise ValueError(f"{name}: a mask of {len(array)}, expected one of {size}, one a row")
        return array
    if len(array) and array.dtype.kind not in "iu":
        raise TypeError(f"{name}: a choice of {array.dtype}, expected a boolean mask or row numbers")
    outside = array[(array < -size) | (array >= size)].tolist()
    if outside:
        raise IndexError(f"{name}: there is no row {outside[0]}, expected one of {size}")
    mask = np.zeros(size, np.bool_)
    mask[array.astype(np.intp)] = True
    return mask


def select(dataset: Parts, chosen: Selection) -> dict[str, Any]:
    """The tables of `dataset` reduced to the chosen rows.

    Complexity: linear in the rows; a table of which all is kept is shared.
    """
    settle(dataset, chosen)
    moved = {Owner.TAG: chosen.tags, Owner.SHAPE: chosen.shapes, Owner.TRACK: chosen.tracks}
    new = {kind: None if mask is None else renumber(mask) for kind, mask in moved.items()}
    new[Owner.INTERVAL] = None if chosen.intervals is None else renumber(chosen.intervals)
    shapes, tracks = dataset.shapes, dataset.tracks
    if new[Owner.SHAPE] is not None or new[Owner.TRACK] is not None:
        shapes = shapes.replace(
            track=_follow(shapes.track, new[Owner.TRACK]), parent=_follow(shapes.parent, new[Owner.SHAPE])
        )
        tracks = tracks.replace(parent=_follow(tracks.parent, new[Owner.TRACK]))
    parts: dict[str, Any] = {"tags": dataset.tags, "shapes": shapes, "tracks": tracks, "intervals": dataset.intervals}
    masks = asdict(chosen)
    result: dict[str, Any] = {
        name: table if masks[name] is None else table.take(masks[name]) for name, table in parts.items()
    }
    return result | {"attributes": _attributes(dataset.attributes, new), "origin": None}


def settle(dataset: Parts, chosen: Selection) -> None:
    """Widen the loss until it is consistent: owners take their parts along, and lost last parts their owners."""
    shapes, tracks = dataset.shapes, dataset.tracks
    if chosen.shapes is None and chosen.tracks is None:
        return
    keep_shapes = np.ones(len(shapes), np.bool_) if chosen.shapes is None else chosen.shapes.copy()
    keep_tracks = np.ones(len(tracks), np.bool_) if chosen.tracks is None else chosen.tracks.copy()
    before = -1
    while before != (before := int(keep_shapes.sum()) + int(keep_tracks.sum())):
        keep_tracks &= _alive(tracks.parent, keep_tracks)
        keep_shapes &= _alive(shapes.track, keep_tracks) & _alive(shapes.parent, keep_shapes)
        keep_tracks &= ~_emptied(shapes.track, keep_shapes, len(tracks)) | _has(tracks.parent, keep_tracks, len(tracks))
        whole = _emptied(shapes.parent, keep_shapes, len(shapes)) & (shapes.type == ShapeType.SKELETON)
        keep_shapes &= ~whole
    chosen.shapes, chosen.tracks = keep_shapes, keep_tracks


def _alive(reference: Array, kept: Bools) -> Bools:
    """Whether each reference is none or points to a kept row."""
    alive = reference < 0
    alive[~alive] = kept[reference[~alive]]
    return np.asarray(alive)


def _has(reference: Array, kept: Bools, size: int) -> Bools:
    has = np.zeros(size, np.bool_)
    has[reference[kept & (reference >= 0)]] = True
    return has


def _emptied(reference: Array, kept: Bools, size: int) -> Bools:
    """Rows that had parts and have none left."""
    everyone = np.ones(len(kept), np.bool_)
    return _has(reference, everyone, size) & ~_has(reference, kept, size)


def renumber(mask: Bools) -> Array:
    """Old row -> new row after `take(mask)`, -1 for rows that are gone."""
    new = np.cumsum(mask, dtype=np.int32) - 1
    new[~mask] = -1
    return new


def _follow(reference: Array, new: Array | None) -> Array:
    if new is None:
        return reference
    followed = np.where(reference < 0, -1, new[reference]) if len(new) else reference
    return followed.astype(np.int32)


def _attributes(attributes: Attributes, new: dict[Owner, Array | None]) -> Attributes:
    if all(mapping is None for mapping in new.values()):
        return attributes
    owner = attributes.owner.copy()
    for kind, mapping in new.items():
        if mapping is not None:
            mine = attributes.kind == kind
            owner[mine] = mapping[owner[mine]]
    return attributes.replace(owner=owner).take(owner >= 0)
