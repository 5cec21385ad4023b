"""Which row of the dataset that a step was given a row has become.

A step that selects and repeats rows speaks of losses in the middle of its work, by the rows as they are then.  The
numbers of before go along as an extra of each table, which follows its rows by itself; `run` of a pipeline and `fit`
put it there and take it away.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from annotools.model.columns import Array, Bools, Ints, Rows, distinct, uniform
from annotools.model.extras import Extra, Extras

if TYPE_CHECKING:
    from annotools.model.frames import Frames
    from annotools.model.parts import Parts

    Any_Dataset = TypeVar("Any_Dataset", bound=Parts)

_ROW = "given row_id"
_FRAME = "given frame_id"  # a frame's number before frames were left out: people know it by that
_NUMBERED = ("tags", "shapes", "tracks", "intervals", "attributes", "frames")


def numbered(dataset: Any_Dataset) -> Any_Dataset:
    """The dataset with the numbers of its rows beside them."""
    sizes = {name: len(getattr(dataset, name)) for name in _NUMBERED}
    numbers, there = _counted(max(sizes.values()))
    tables: dict[str, Extras] = {name: getattr(dataset, name).extras for name in _NUMBERED}
    extras = {name: {**tables[name], _ROW: Extra(numbers[:size], there[:size])} for name, size in sizes.items()}
    return dataset.replace(extras=extras)


def is_numbered(dataset: Parts) -> bool:
    """Whether the numbers of rows go along."""
    return _ROW in dataset.shapes.extras


@lru_cache(1)
def _counted(rows: int) -> tuple[Rows, Bools]:
    """Numbers of rows, and that they are there: all tables share them, and one step after the other."""
    numbers, there = np.arange(rows, dtype=np.int32), uniform(np.True_, rows)
    numbers.flags.writeable = there.flags.writeable = False
    return numbers, there


def unnumbered(dataset: Any_Dataset) -> Any_Dataset:
    """The dataset without the numbers."""
    tables: dict[str, Extras] = {name: getattr(dataset, name).extras for name in _NUMBERED}
    clean = {name: {n: e for n, e in extras.items() if n != _ROW} for name, extras in tables.items() if _ROW in extras}
    return dataset.replace(extras=clean) if clean else dataset


def given_rows(dataset: Parts, table: str, rows: Ints) -> Rows:
    """Rows of a table as rows of the dataset that the step was given, ascending and distinct; made ones have none."""
    number = getattr(dataset, table).extras.get(_ROW) if table in _NUMBERED else None
    if number is None:
        return rows.astype(np.int32)
    values, present = number.values[rows], number.present[rows]
    return distinct(values if present.all() else values[present])


def origins(dataset: Parts, table: str) -> Rows:
    """For each row of a table its row in the dataset that the step was given, -1 for one that was made.

    (n,) int32, not to be changed: the numbers themselves where no row was made.
    """
    rows = getattr(dataset, table)
    number = rows.extras.get(_ROW)
    if number is None:
        return uniform(np.int32(-1), len(rows))
    return number.values if number.present.all() else np.where(number.present, number.values, np.int32(-1))


def with_known_frames(dataset: Any_Dataset, frames: Array) -> Any_Dataset:
    """The dataset with frames, some of those that it had, that are still spoken of by the numbers of before.

    frames: row numbers of the frames that stay.
    """
    known = dataset.frames.extras.get(_FRAME) or Extra.of(np.arange(len(dataset.frames)), derived=True)
    extras = {"frames": {**dataset.frames.extras, _FRAME: known}}
    numbered_frames = dataset.replace(extras=extras).frames
    return dataset.replace(frames=numbered_frames.take(frames))


def given_frames(dataset: Parts) -> Ints:
    """For each frame its number before frames were left out.  (frames,) int64"""
    known = frame_numbers(dataset.frames)
    return np.arange(len(dataset.frames)) if known is None else known


def frame_numbers(frames: Frames) -> Ints | None:
    """For each frame its number before frames were left out or put in another order; None where none were."""
    known = frames.extras.get(_FRAME)
    return None if known is None else known.values.astype(np.int64)


def known_frames(dataset: Parts, table: str, rows: ArrayLike) -> Ints:
    """The frames of some rows of a table, as the user knows them, ascending and distinct."""
    frames = np.asarray(rows, np.int64) if table == "frames" else _frames_of(dataset, table, np.asarray(rows))
    known = dataset.frames.extras.get(_FRAME)
    if known is not None:
        inside = (frames >= 0) & (frames < len(known))
        frames = np.where(inside, np.append(known.values, -1)[np.where(inside, frames, -1)], frames)
    return distinct(frames)


def _frames_of(dataset: Parts, table: str, rows: Array) -> Ints:
    if table == "attributes":
        attributes = dataset.attributes.take(rows)
        parts = [_frames_of(dataset, name, attributes.owner[attributes.kind == kind]) for kind, name in _OWNERS]
        return np.concatenate(parts)
    column = getattr(getattr(dataset, table, None), "frame", None)
    return np.asarray(column[rows], np.int64) if column is not None else np.zeros(0, np.int64)


_OWNERS = ((0, "tags"), (1, "shapes"), (2, "tracks"))


def is_number(extra: str) -> bool:
    """Whether an extra is a number that only goes along during a step."""
    return extra in (_ROW, _FRAME)
