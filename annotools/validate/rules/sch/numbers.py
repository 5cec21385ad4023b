"""Numbers of annotations that the server has no room for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.cvat_limits import MAX_INT, MAX_SCORE
from annotools.model.tables import Array
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, Found, Remedy, lossy
from annotools.validate.registry import rule

_NUMBERS = ("frame", "group", "z_order", "start", "stop")


@rule("SCH013", "score-out-of-range", ERROR, proof="annos-img/shape-score-2")
def score_out_of_range(ctx: Context) -> Iterator[Found]:
    """A score is below 0 or above 1.

    Why: the server answers 400 `Ensure this value is ...` and stores nothing of the whole request.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "score": 87}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "score": -0.5}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8, "score": 87}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "score": 0.87}]}
    Fix: lossy: the nearest of 0 and 1.
    Source: annos-img/shape-score-2 (400)
    """
    for kind, table in ctx.tables:
        if kind in ("shape", "interval"):
            rows = np.flatnonzero(~((table.score >= 0) & (table.score <= MAX_SCORE)))
            scores = table.score[rows]
            message = "the score is {score:g}, expected 0 to 1"
            yield ctx.at(kind, rows, message, _nearest(kind, rows, scores), score=scores)


def _nearest(kind: str, rows: Array, scores: Array) -> Remedy:
    def edits(i: int) -> list[Edit]:
        known = not np.isnan(scores[i])
        return [Put(kind, int(rows[i]), "score", float(np.clip(scores[i], 0, MAX_SCORE)))] if known else []

    return lossy("take the nearest of 0 and 1", edits)


@rule("SCH018", "number-over-32-bits", ERROR, proof="annos-img/shape-z-order, annos-img/shape-group-2")
def number_over_32_bits(ctx: Context) -> Iterator[Found]:
    """A frame, group, z order or time does not fit into 32 bits.

    Why: the server answers 500.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 2147483648, "points": [10, 10, 60, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order":
            -2147483649}]}

        {"tags": [{"label_id": 6, "frame": 0, "group": 2147483648}]}

        {"tracks": [{"label_id": 1, "frame": 0, "group": 2147483648, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 2147483648}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order":
            -2147483648}]}
    Source: annos-img/shape-z-order, annos-img/shape-group-2 (500)
    """
    for kind, table in ctx.tables:
        for name in _NUMBERS:
            column = getattr(table, name, None)
            if column is not None:
                rows = np.flatnonzero((column > MAX_INT) | (column < -MAX_INT - 1))
                message = "{column} is {number}, expected at most 2147483647"
                yield ctx.at(kind, rows, message, column=name, number=column[rows])
