"""What transforms share: other points for some rows, one row turned into several, what to say of it.

A transform is `(dataset, argument, quirks) -> (dataset, losses)`.  The functions that do the work take rows as they
are, also those of tracks, so that a format can use them on tracks given frame by frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from annotools import tracks
from annotools.errors import UsageError
from annotools.geometry.ragged import Array, Bools, Ints, Ragged, expand_ranges, lengths, offsets_of
from annotools.geometry.rle_faults import Fault
from annotools.model.codes import Owner, ShapeType
from annotools.model.columns import distinct, is_uniform
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger
from annotools.model.packed_numbers import Numbers, NumbersBuffer
from annotools.model.tables import Attributes, Shapes
from annotools.quirks import NONE, Quirks

Points = tuple[Array | Numbers, Ints]  # ragged
_PIECE = 1 << 13  # rows whose points are exchanged at a time


def no_argument(name: str, argument: str) -> None:
    """Raises: UsageError when a transform that takes no argument got one."""
    if argument:
        raise UsageError(f"transform {name} takes no argument, got {argument!r}")


def recast(shapes: Shapes, rows: Ints, points: Points | Iterator[Ragged], **columns: Any) -> Shapes:
    """The same table with other points, and other values in some columns, for `rows`.

    points: ragged, one row for each of `rows`; or, where these ascend, those of some rows after the other, which are
    made as they are needed.  columns: a value for all, or one each.  Of no rows it is the table.
    """
    if not len(rows):
        return shapes
    changed = {}
    for name, value in columns.items():
        changed[name] = getattr(shapes, name).copy()
        changed[name][rows] = value
    if isinstance(points, tuple):
        order = np.argsort(rows, kind="stable") if (rows[1:] <= rows[:-1]).any() else np.arange(len(rows))
        rows, points = rows[order], _some_at_a_time(*points, order)
    return shapes.with_points(*_exchanged(shapes, rows, points)).replace(**changed)


def _some_at_a_time(values: Array | Numbers, offsets: Ints, order: Ints) -> Iterator[Ragged]:
    numbers, counts = Numbers.of(values), lengths(offsets)[order]
    for start in range(0, len(order), _PIECE):
        piece = slice(start, start + _PIECE)
        yield numbers.ranges(offsets[:-1][order[piece]], counts[piece]), offsets_of(counts[piece])


def _exchanged(shapes: Shapes, rows: Ints, points: Iterable[Ragged]) -> tuple[Numbers, Ints]:
    """The points of all shapes, with other ones for some ascending rows: packed, and never there twice."""
    buffer, counts, done, first = NumbersBuffer(), shapes.counts, 0, 0
    for values, ends in points:
        mine = rows[first : first + len(ends) - 1]
        first += len(mine)
        last = len(shapes) if first == len(rows) else int(mine[-1]) + 1 if len(mine) else done
        for start in range(done, last, _PIECE):
            stop = min(start + _PIECE, last)
            here = slice(*np.searchsorted(mine, (start, stop)).tolist())
            new = values[ends[here.start] : ends[here.stop]], lengths(ends)[here]
            buffer.add(_merged(shapes, start, stop, mine[here] - start, *new))
        counts[mine], done = lengths(ends), last
    return buffer.numbers(), offsets_of(counts)


def _merged(shapes: Shapes, start: int, stop: int, rows: Ints, values: Array, counts: Ints) -> Array:
    """The numbers of the shapes from one up to another, where some have others.  rows: of these, from 0."""
    old = shapes.numbers.between(int(shapes.offsets[start]), int(shapes.offsets[stop]))
    if not len(rows):
        return old
    if len(rows) == stop - start:
        return values
    is_new, sizes = np.zeros(stop - start, np.bool_), shapes.counts[start:stop]
    is_new[rows] = True
    stays = np.repeat(~is_new, sizes)
    sizes[rows] = counts
    is_new = np.repeat(is_new, sizes)
    merged = np.empty(len(is_new))
    merged[is_new], merged[~is_new] = values, old[stays]
    return merged


def repeat(dataset: Dataset, counts: Ints) -> tuple[Dataset, Ints]:
    """Every row of `shapes` as often as `counts` says, attributes too; and the old row of each new one.

    References go to the first of the new rows, ids stay with it.  A row that is gone (0) must not be referred to.
    """
    shapes, attributes = dataset.shapes, dataset.attributes
    ends = offsets_of(counts)
    source = np.repeat(np.arange(len(shapes)), counts)
    first = ends[:-1][source] == np.arange(len(source))
    new = np.append(np.where(counts > 0, ends[:-1], -1), -1)  # the last is that of the row -1
    moved = shapes.take(source)
    moved = moved.replace(parent=new[moved.parent], id=np.where(first, moved.id, -1))
    attributes = _repeated(attributes, counts, ends)
    return dataset.replace(shapes=moved, attributes=attributes, origin=None), source


def _repeated(attributes: Attributes, counts: Ints, ends: Ints) -> Attributes:
    of_shape = attributes.kind == Owner.SHAPE
    times = np.ones(len(attributes), np.int64)
    times[of_shape] = counts[attributes.owner[of_shape]]
    start = attributes.owner.astype(np.int64)
    start[of_shape] = ends[attributes.owner[of_shape]]
    owner = expand_ranges(start, times)
    return attributes.take(np.repeat(np.arange(len(attributes)), times)).replace(owner=owner)


def reordered(dataset: Dataset, order: Ints) -> Dataset:
    """The same shapes in another order.  order: the row of before of each row."""
    if (np.diff(order) == 1).all():
        return dataset
    new = np.empty(len(order) + 1, np.int64)
    new[order], new[-1] = np.arange(len(order)), -1
    shapes, attributes = dataset.shapes.take(order), dataset.attributes
    owner = attributes.owner.astype(np.int64)
    mine = attributes.kind == Owner.SHAPE
    owner[mine] = new[owner[mine]]
    moved = shapes.replace(parent=new[shapes.parent])
    return dataset.replace(shapes=moved, attributes=attributes.replace(owner=owner), origin=None)


def in_groups(dataset: Dataset, rows: Ints) -> Dataset:
    """The dataset in which those of the shapes that are in no group are each in a new one of its own."""
    alone = rows[dataset.shapes.group[rows] == 0]
    free = 1 + max(int(getattr(dataset, name).group.max(initial=0)) for name in OWNERS.values())
    group = dataset.shapes.group.copy()
    group[alone] = free + np.arange(len(alone))
    return dataset.replace(shapes=dataset.shapes.replace(group=group))


def every_frame(dataset: Dataset, rows: Bools, ledger: Ledger, quirks: Quirks = NONE) -> Dataset:
    """The dataset with a keyframe on every frame of the tracks of which `rows` chooses any.

    What lies between two keyframes moves as their type does, so a shape is turned into another frame by frame.
    """
    some = distinct(dataset.shapes.track[rows & (dataset.shapes.track >= 0)])
    if not len(some):
        return dataset
    full, losses = tracks.interpolate(dataset, quirks)
    ledger.extend(losses)
    new = np.isin(full.shapes.track, some) & ~full.shapes.keyframe
    why = "a shape between keyframes is turned into another type, so it became a keyframe"
    ledger.noted("frame of track", why, int(new.sum()), full.shapes.frame[new])
    return full.replace(shapes=full.shapes.replace(keyframe=full.shapes.keyframe | new))


def of_type(dataset: Dataset, *kinds: ShapeType) -> Bools:
    """Whether a shape is of one of these types."""
    types = dataset.shapes.type
    if is_uniform(types):
        return np.full(len(types), types[0] in kinds)
    some: Bools = types == kinds[0]
    for kind in kinds[1:]:
        some |= types == kind
    return some


def without_faults(ledger: Ledger, dataset: Dataset, rows: Ints, faults: list[Fault]) -> Ints:
    """The rows without a fault; the others stay as they are, which is noted.  faults: by position in `rows`."""
    texts: dict[str, list[int]] = {}
    for position, text in faults:
        texts.setdefault(text, []).append(position)
    for text, positions in texts.items():
        say_stays(ledger, dataset, rows[np.array(positions)], text)
    bad = np.array([position for position, _ in faults], np.int64)
    return np.asarray(np.delete(rows, bad))


def say_stays(ledger: Ledger, dataset: Dataset, rows: Ints, why: str) -> None:
    """Note that shapes could not be turned into another type."""
    for kind in distinct(dataset.shapes.type[rows]).tolist():
        mine = rows[dataset.shapes.type[rows] == kind]
        word = ShapeType(kind).word
        ledger.noted(word, f"stays as it is: {why}", len(mine), dataset.shapes.frame[mine])


def say_turned(ledger: Ledger, dataset: Dataset, rows: Array, what: str, into: str) -> None:
    """Note that shapes became others.  dataset: as it was."""
    ledger.changed(what, f"became a {into}", dataset, "shapes", rows)
