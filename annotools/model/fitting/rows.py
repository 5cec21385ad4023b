"""What becomes of annotations: kinds, shape types, named conditions, columns, attributes."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotools.model.codes import Owner, ShapeType
from annotools.model.columns import Floats, Ints, distinct
from annotools.model.fitting.state import Fitting, kind_word
from annotools.model.packed_numbers import NumbersBuffer
from annotools.model.tables import Shapes

_NO_KIND = "the format has no {}"
_NO_COLUMN = "the format has no {} here"


def kind(fitting: Fitting, table: str) -> None:
    """Tags, tracks or intervals as a whole."""
    rows: Any = getattr(fitting.dataset, table)
    if getattr(fitting.keeps, table) is not None or not len(rows):
        return
    whole = rows.parent < 0 if table == "tracks" else np.ones(len(rows), np.bool_)
    fitting.lose(table, "", whole, table, _NO_KIND.format(table))
    fitting.select(table, np.zeros(len(rows), np.bool_))


def shape_type(fitting: Fitting, code: ShapeType) -> None:
    """Shapes of one type; elements go and stay with their skeletons."""
    if code in fitting.keeps.shapes:
        return
    lost = fitting.dataset.shapes.type == code
    if not lost.any():
        return
    lost &= ~fitting.is_element
    fitting.lose("shapes", "", lost, code.word, _NO_KIND.format(_plural(code)))
    fitting.select("shapes", ~lost)


def elements(fitting: Fitting) -> None:
    """Elements of skeletons."""
    if fitting.keeps.elements is not None:
        return
    lost = fitting.is_element
    fitting.lose("shapes", "", lost, "skeleton element", _NO_KIND.format("elements of skeletons"))
    fitting.select("shapes", ~lost)


def conditions(fitting: Fitting) -> None:
    """Rows that the format cannot say although it has their kind."""
    for condition in fitting.keeps.conditions:
        if not len(getattr(fitting.dataset, condition.table)):
            continue
        holds = condition.holds(fitting.dataset)
        fitting.lose(condition.table, "", ~holds, condition.what, condition.why)
        fitting.select(condition.table, holds)


def shape_column(fitting: Fitting, column: str) -> None:
    """A column of shapes, type by type."""
    shapes = fitting.dataset.shapes
    kept = fitting.kept_by_kind(column)
    if kept.all():
        return
    default, values = shapes.COLUMNS[column].default, getattr(shapes, column)
    odd = values != default
    if not odd.any():
        return
    kinds = fitting.kind
    lost = odd & ~kept[kinds]
    for code in distinct(kinds[lost]).tolist():
        what = f"{column} of {kind_word(code)}"
        fitting.lose("shapes", column, lost & (kinds == code), what, _NO_COLUMN.format(column))
    if lost.any() and not fitting.stays("shapes", column):
        changed = {column: np.where(lost, default, values)}
        fitting.dataset = fitting.dataset.replace(shapes=shapes.replace(**changed))


def row_column(fitting: Fitting, table: str, column: str) -> None:
    """A column of tags, tracks or intervals."""
    if column in (getattr(fitting.keeps, table) or ()):
        return
    rows: Any = getattr(fitting.dataset, table)
    default, values = rows.COLUMNS[column].default, getattr(rows, column)
    lost = values != default
    fitting.lose(table, column, lost, f"{column} of {table[:-1]}", _NO_COLUMN.format(column))
    if lost.any() and not fitting.stays(table, column):
        changed = rows.replace(**{column: np.where(lost, default, values)})
        fitting.dataset = fitting.dataset.replace(**{table: changed})


def attributes(fitting: Fitting, owner: Owner) -> None:
    """Attributes on one kind of owner."""
    table = fitting.dataset.attributes
    lost = table.kind == owner
    if owner == Owner.SHAPE:
        kept = fitting.kept_by_kind("attributes")
        lost[lost] = ~kept[fitting.kind[table.owner[lost]]]
    elif "attributes" in (getattr(fitting.keeps, f"{owner.word}s") or ()):
        return
    fitting.lose("attributes", "", lost, f"attribute of {owner.word}", _NO_COLUMN.format("attributes"))
    if lost.any() and not fitting.stays(f"{owner.word}s", "attributes"):
        fitting.dataset = fitting.dataset.replace(attributes=table.take(~lost))


def rounding(fitting: Fitting) -> None:
    """Coordinates as they are read back, masks excepted: one change for each type of shape."""
    rule, shapes = fitting.keeps.rounding, fitting.dataset.shapes
    if rule is None:
        return
    moved, frame = np.zeros(len(shapes), np.bool_), _sized_frames(shapes)
    buffer, start = None, 0  # copied when the first of them moves: what was written by rounding is round
    for piece in shapes.numbers.pieces(0, len(shapes.numbers)):
        rows = _rows(shapes.offsets, start, len(piece))
        new = rule.rounded(piece, _sizes(fitting, frame, rows, start) if rule.by_size else piece)
        odd = (new != piece) & ~(np.isnan(new) & np.isnan(piece)) & (shapes.type[rows] != ShapeType.MASK)
        if odd.any():
            buffer = buffer or NumbersBuffer(shapes.numbers.pieces(0, start))
            moved[rows[odd]] = True
        if buffer:
            buffer.add(np.where(odd, new, piece))
        start += len(piece)
    turned = rule.turned(shapes.rotation)
    _tell_rounded(fitting, "points", moved, str(rule))
    _tell_rounded(fitting, "rotation", turned != shapes.rotation, str(rule))
    if moved.any() or (turned != shapes.rotation).any():
        new_shapes = (shapes.with_points(buffer.numbers()) if buffer else shapes).replace(rotation=turned)
        fitting.dataset = fitting.dataset.replace(shapes=new_shapes)


def _rows(offsets: Ints, start: int, count: int) -> Ints:
    """The shape that each of some values is of."""
    first = int(np.searchsorted(offsets, start, "right")) - 1
    last = int(np.searchsorted(offsets, start + count, "left"))
    ends = np.minimum(np.maximum(offsets[first : last + 1], start), start + count)
    return np.repeat(np.arange(first, last), ends[1:] - ends[:-1])


def _sized_frames(shapes: Shapes) -> Ints:
    """The frame whose size a shape is a share of: where a track is outside, what stood before is repeated."""
    repeats = np.append(False, shapes.outside[1:] & (shapes.track[1:] >= 0) & (shapes.track[1:] == shapes.track[:-1]))
    if not repeats.any():
        return shapes.frame
    before: Ints = np.maximum.accumulate(np.where(repeats[: len(shapes)], 0, np.arange(len(shapes))))
    return np.asarray(shapes.frame[before])


def _sizes(fitting: Fitting, frame: Ints, rows: Ints, start: int) -> Floats:
    """For each of some values the width or height of its frame, px.  rows: the shape of each."""
    shapes, first = fitting.dataset.shapes, int(rows[0])
    sizes = fitting.dataset.frames.sizes(frame[first : int(rows[-1]) + 1]).astype(np.float64)
    axis = (start + np.arange(len(rows)) - shapes.offsets[rows]) & 1
    return np.asarray(sizes.reshape(-1)[2 * (rows - first) + axis])


def _tell_rounded(fitting: Fitting, column: str, rows: Any, why: str) -> None:
    kinds = fitting.kind if rows.any() else rows
    for code in distinct(kinds[rows]).tolist():
        what = f"{kind_word(code)} rounded" if column == "points" else f"{column} of {kind_word(code)} rounded"
        fitting.ledger.changed(what, why, fitting.dataset, "shapes", rows & (kinds == code), column)


def _plural(code: ShapeType) -> str:
    return code.word if code.word.endswith("s") else code.word + "s"
