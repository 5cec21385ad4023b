"""Labels that annotations name and the task does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.validate.context import Context
from annotools.validate.findings import ERROR, Found
from annotools.validate.registry import LABELS, rule


@rule("LBL001", "unknown-label", ERROR, needs=LABELS, proof="annos-img/shape-label-id-2")
def unknown_label(ctx: Context) -> Iterator[Found]:
    """The label does not exist in the task.

    Why: the server answers 400 `label_id ... is invalid` and stores nothing of the whole request.
    Bad:
        {"tags": [{"label_id": 404, "frame": 0}]}

        {"shapes": [{"type": "rectangle", "label_id": 404, "frame": 0, "points": [10, 10, 60, 40]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/shape-label-id-2 (400)
    """
    for kind, table in ctx.tables:
        rows = np.flatnonzero(ctx.label_rows(table.label) < 0)
        if kind == "shape":  # a keyframe has the label of its track, which is reported itself
            rows = rows[ctx.shapes.track[rows] < 0]
        yield ctx.at(kind, rows, "no label has the id {label_id}", label_id=table.label[rows])
