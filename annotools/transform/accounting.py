"""What a step did and did not say: rows of its input without an equal row in its output.

Rows are followed by their numbers (`row_numbers`), so equality is asked row by row: the columns, the points, the label
by name, the frame by the frame that it was; references by the rows that they lead to.  What a step has not named
itself is named here, so that no step can drop or change anything in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from annotools.model.columns import Array, Bools, Ints, Rows, distinct, uniform
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Loss, Losses
from annotools.model.point_rows import chosen_same_points, same_numbers, same_points
from annotools.model.row_numbers import origins
from annotools.model.tables import Shapes

_PIECE = 1 << 14  # rows whose numbers are compared at a time
_MOST_PAIRS = 1 << 20  # that are compared one by one: rows that are made anew are few
_REFERENCES = {"track": "tracks", "parent": "", "frame": "frames"}
_OF_MEANING = {"id", "label", "group", *_REFERENCES}


def unsaid(before: Dataset, after: Dataset, losses: Iterable[Loss], step: str) -> Losses:
    """What of the rows before has no equal row after and is named by no loss.  Both datasets are numbered."""
    ledger = Ledger()
    if before is after:
        return Losses()
    named = _named(before, losses)
    for name in OWNERS.values():
        old, new = getattr(before, name), getattr(after, name)
        if not len(old) or _shares(old, new):
            continue
        equal, there = _found_again(before, after, name)
        equal |= named[name]
        if equal.all():
            continue
        unnamed = ~equal
        gone = np.flatnonzero(unnamed & ~there)
        unnamed[gone[_remade(before, after, name, gone)]] = False
        word = name.removesuffix("s")
        ledger.lost(word, f"{step} leaves it out", before, name, unnamed & ~there)
        ledger.changed(word, f"{step} made another of it", before, name, unnamed & there)
    return ledger.losses()


def _found_again(before: Dataset, after: Dataset, name: str) -> tuple[Bools, Bools]:
    """Which rows before have a row after that says the same, and which have one at all."""
    old, number = getattr(before, name), origins(after, name)
    if _is_count(number, len(old)):
        return _equal(before, after, name, number, number), uniform(np.True_, len(old))
    given = np.flatnonzero(number >= 0)  # a step may make fifteen rows of each that it was given
    equal, there = np.zeros(len(old), np.bool_), np.zeros(len(old), np.bool_)
    equal[number[given][_equal(before, after, name, number[given], given)]] = True
    there[number[given]] = True
    return equal, there


def _is_count(number: Rows | Ints, rows: int) -> bool:
    """Whether all rows are there, and where they were."""
    if len(number) != rows:
        return False
    pieces = ((start, number[start : start + _PIECE]) for start in range(0, rows, _PIECE))
    return all((some == np.arange(start, start + len(some))).all() for start, some in pieces)


def _shares(old: Any, new: Any) -> bool:
    """Whether two tables are the same rows in the same columns."""
    names = [*old.COLUMNS, *(("numbers", "offsets") if isinstance(old, Shapes) else ())]
    return old.extras is new.extras and all(getattr(old, name) is getattr(new, name) for name in names)


def _named(dataset: Dataset, losses: Iterable[Loss]) -> dict[str, Bools]:
    """Which rows a loss names; with a whole row go those that refer to it, with a label those that have it."""
    named = {name: np.zeros(len(getattr(dataset, name)), np.bool_) for name in OWNERS.values()}
    labels: set[int] = set()
    for loss in losses:
        if loss.table in named:
            named[loss.table][loss.rows] = True
        if loss.table == "labels" and loss.column in ("", "name"):
            labels |= {dataset.labels[row].id for row in loss.rows.tolist()}
    for name in named if labels else ():
        named[name] |= np.isin(getattr(dataset, name).label, _with_points(dataset, labels))
    shapes, tracks = dataset.shapes, dataset.tracks
    for name, reference, owners in (
        ("tracks", tracks.parent, "tracks"), ("shapes", shapes.track, "tracks"), ("shapes", shapes.parent, "shapes")
    ):  # fmt: skip
        if named[owners].any():
            parts = np.flatnonzero(reference >= 0)
            named[name][parts] |= named[owners][reference[parts]]
    return named


def _with_points(dataset: Dataset, labels: set[int]) -> list[int]:
    """Labels and their sublabels: those are told by the names of both."""
    return [label.id for label in dataset.labels if label.id in labels or label.parent in labels]


def _equal(before: Dataset, after: Dataset, name: str, row: Rows | Ints, new_row: Rows | Ints) -> Bools:
    """Whether rows after say the same as rows before.  row, new_row: their numbers."""
    old, new = getattr(before, name), getattr(after, name)
    equal = np.ones(len(row), np.bool_)
    stays = len(old) == len(new) and _is_count(row, len(old)) and (new_row is row or _is_count(new_row, len(old)))
    for column in old.COLUMNS.keys() - _OF_MEANING:
        if not (stays and getattr(old, column) is getattr(new, column)):
            before_step = getattr(old, column) if stays else getattr(old, column)[row]
            equal &= same_numbers(before_step, getattr(new, column) if stays else getattr(new, column)[new_row])
    for column, table in _REFERENCES.items():
        if hasattr(old, column) and not (stays and _leads_there(before, after, name, column, table or name)):
            equal &= getattr(old, column)[row] == _led(after, getattr(new, column)[new_row], table or name)
    if before.labels is not after.labels:
        equal &= _label_codes(before, old.label)[row] == _label_codes(after, new.label)[new_row]
    elif not (stays and old.label is new.label):
        equal &= old.label[row] == new.label[new_row]
    if not (stays and old.group is new.group):
        equal &= _same_groups(old.group[row], new.group[new_row])
    if name == "shapes":
        equal &= same_points(old, new) if stays else chosen_same_points(old, new, row, new_row)
    return equal


def _remade(before: Dataset, after: Dataset, name: str, gone: Ints) -> Bools:
    """Which of some rows stand there again, made anew: equal but for where they come from."""
    new = getattr(after, name)
    new_rows = np.flatnonzero((origins(after, name) < 0) & np.isin(new.label, getattr(before, name).label[gone]))
    if not len(gone) or not len(new_rows):
        return np.zeros(len(gone), np.bool_)
    old_rows = np.repeat(gone, len(new_rows)) if len(gone) * len(new_rows) <= _MOST_PAIRS else np.zeros(0, np.int64)
    if not len(old_rows):
        return np.zeros(len(gone), np.bool_)
    pairs = _equal(before, after, name, old_rows, np.tile(new_rows, len(gone)))
    return np.asarray(pairs.reshape(len(gone), len(new_rows)).any(axis=1))


def _leads_there(before: Dataset, after: Dataset, name: str, column: str, table: str) -> bool:
    """Whether references are the same ones, to rows that are where they were."""
    same = getattr(getattr(before, name), column) is getattr(getattr(after, name), column)
    return same and _is_count(origins(after, table), len(getattr(before, table)))


def _led(after: Dataset, reference: Array, table: str) -> Ints:
    """References as rows of before; -1 stays, one to a made row leads nowhere (-2)."""
    number = origins(after, table)
    inside = (reference >= 0) & (reference < len(number))
    led = np.where(reference < 0, reference, -2).astype(np.int64)
    if table == "frames":
        led = reference.astype(np.int64).copy()
    led[inside] = np.where(number[reference[inside]] >= 0, number[reference[inside]], -2)
    return led


def _label_codes(dataset: Dataset, label: Ints) -> Ints:
    """A number for each row, equal for labels of one path of names, whatever their ids are."""
    by_id = dataset.labels.by_id
    ids, inverse = np.unique(label, return_inverse=True)
    codes = [hash(_path(by_id, number)) for number in ids.tolist()]
    return np.array(codes, np.int64)[inverse.reshape(-1)] if len(ids) else label


def _path(by_id: dict[int, Any], number: int) -> tuple[Any, ...]:
    label = by_id.get(number)
    if label is None:
        return ("", number)
    above = by_id.get(label.parent) if label.parent is not None else None
    return (label.name, above.name if above is not None else None)


def _same_groups(old: Ints, new: Ints) -> Bools:
    """Whether rows are in the group that they were in, under whatever number: each with its own, one to one."""
    same = old == new
    if same.all():
        return np.asarray(same)
    both = (old > 0) & (new > 0)
    same = (old <= 0) & (new <= 0)
    same[both] = _lead_to_one(old[both], new[both]) & _lead_to_one(new[both], old[both])
    return np.asarray(same)


def _lead_to_one(numbers: Ints, others: Ints) -> Bools:
    """Whether all rows with the number of a row have one other number."""
    which = np.searchsorted(distinct(numbers), numbers)
    low, high = np.full(len(numbers), np.iinfo(np.int64).max), np.full(len(numbers), -1)
    np.minimum.at(low, which, others)
    np.maximum.at(high, which, others)
    return np.asarray((low == high)[which])
