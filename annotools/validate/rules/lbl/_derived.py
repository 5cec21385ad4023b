"""Columns about attributes that several rules ask for: the specification of each value, and the different pairs.

Few of the many attributes of a task differ, so what is asked of a value is asked once per (specification, text).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec
import numpy as np

from annotools.model import AttributeSpec, Label, Owner
from annotools.model.tables import Bools, Ints
from annotools.validate.context import Context


class Specs(msgspec.Struct, frozen=True, dict=True):
    """rows: every specification with its label.  ids, order: their ids ascending, and the row of each.

    of: the row of each attribute of the dataset, -1 where nothing defines its spec id.
    """

    rows: list[tuple[Label, AttributeSpec]]
    of: Ints

    @cached_property
    def of_labels(self) -> dict[int, list[int]]:
        """The rows of the specifications of each label, by its id."""
        rows: dict[int, list[int]] = {}
        for row, (label, _) in enumerate(self.rows):
            rows.setdefault(label.id, []).append(row)
        return rows

    def labels(self) -> Ints:
        """The label id of each specification."""
        return np.asarray([label.id for label, _ in self.rows], np.int64)


def specs(ctx: Context) -> Specs:
    """The specifications of the task and which of them each attribute follows."""
    rows = list(ctx.labels.specs.values())
    ids = np.asarray([spec.id for _, spec in rows], np.int64)
    if not len(ids):
        return Specs(rows, np.full(len(ctx.attributes), -1, np.int64))
    order = np.argsort(ids, kind="stable")
    places = np.minimum(np.searchsorted(ids[order], ctx.attributes.spec), len(ids) - 1)
    nearest = order[places]
    return Specs(rows, np.where(ids[nearest] == ctx.attributes.spec, nearest, -1))


def own_specs(ctx: Context) -> Bools:
    """Which attributes follow a specification of their owner's own label."""
    known = ctx.once(specs)
    own = known.of >= 0
    own[own] = known.labels()[known.of[own]] == ctx.attribute_labels[own]
    return own


class Pairs(msgspec.Struct, frozen=True):
    """The different pairs of specification and text.  inverse: the pair of each attribute, -1 for an unknown spec."""

    spec: Ints
    text: list[str]
    inverse: Ints


def pairs(ctx: Context) -> Pairs:
    """Each attribute as one of few different (specification, text) pairs."""
    known, attributes = ctx.once(specs), ctx.attributes
    rows = np.flatnonzero(known.of >= 0)
    size = max(len(attributes.pool), 1)
    key, pair = np.unique(known.of[rows] * size + attributes.value[rows], return_inverse=True)
    inverse = np.full(len(attributes), -1, np.int64)
    inverse[rows] = pair
    return Pairs(key // size, [attributes.pool[code] for code in (key % size).tolist()], inverse)


def rows_where(ctx: Context, holds: Callable[[AttributeSpec, str], bool]) -> Ints:
    """The rows of attributes for whose specification and text `holds` is true, each different pair asked once."""
    known, different = ctx.once(specs), ctx.once(pairs)
    held = [holds(known.rows[row][1], text) for row, text in zip(different.spec.tolist(), different.text, strict=True)]
    answers = np.asarray([*held, False], np.bool_)  # the last is that of an unknown specification
    return np.flatnonzero(answers[different.inverse])


def texts_of(ctx: Context, rows: Ints) -> list[str]:
    """The values of some attributes."""
    pool = ctx.attributes.pool
    return [pool[code] for code in ctx.attributes.value[rows].tolist()]


def specs_of(ctx: Context, rows: Ints) -> list[AttributeSpec]:
    """The specifications of some attributes that have one."""
    known = ctx.once(specs)
    return [known.rows[row][1] for row in known.of[rows].tolist()]


def names_of(ctx: Context, rows: Ints) -> list[str]:
    """The names of the specifications of some attributes, `#7` where nothing defines the id."""
    known = ctx.labels.specs
    ids = ctx.attributes.spec[rows].tolist()
    return [known[number][1].name if number in known else f"#{number}" for number in ids]


def owners(ctx: Context) -> Ints:
    """One number for the owner of each attribute: kinds do not share any."""
    return np.asarray(ctx.attributes.kind, np.int64) << 40 | ctx.attributes.owner


def of_keyframes(ctx: Context) -> Bools:
    """Which attributes stand on keyframes of tracks."""
    rows = np.zeros(len(ctx.attributes), np.bool_)
    mine = ctx.attribute_rows(Owner.SHAPE)
    rows[mine] = ctx.shapes.track[ctx.attributes.owner[mine]] >= 0
    return rows
