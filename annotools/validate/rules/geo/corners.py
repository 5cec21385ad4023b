"""Boxes whose corners do not span what they should.

A rectangle is x1 y1 x2 y2 with x1 <= x2, y1 <= y2; the server checks neither.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import order_corners
from annotools.model import RECTANGLE
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, WARNING, Found, lossless
from annotools.validate.registry import rule


@rule("GEO007", "inverted-rectangle", ERROR, upload=WARNING, proof="annos-img/rectangle-inverted")
def inverted_rectangle(ctx: Context) -> Found:
    """Corners of a rectangle are swapped.

    Why: the server keeps x2 < x1 or y2 < y1 as sent; a negative width or height then comes out of every export that
        writes sizes, and what reads it draws nothing or fails.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 10, 10, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 40, 60, 10]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Fix: lossless: the corners are put in order.
    Source: annos-img/rectangle-inverted (accepted, kept as sent)
    """
    boxes = ctx.shapes.boxes()
    swapped = ctx.are(RECTANGLE) & ctx.sound & ((boxes[:, 2] < boxes[:, 0]) | (boxes[:, 3] < boxes[:, 1]))
    rows = np.flatnonzero(swapped)
    given, ordered = boxes[rows], order_corners(boxes[rows])

    def edits(i: int) -> list[Edit]:
        return [Put("shape", int(rows[i]), "points", ordered[i].tolist())]

    return ctx.at(
        "shape", rows, "corners are swapped: x {x1:g} to {x2:g}, y {y1:g} to {y2:g}",
        lossless("put the corners in order", edits), x1=given[:, 0], y1=given[:, 1], x2=given[:, 2], y2=given[:, 3],
    )  # fmt: skip
