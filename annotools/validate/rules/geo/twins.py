"""Shapes that say the same as another on their frame: copies, near copies, one object under two labels."""

from __future__ import annotations

import numpy as np

from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit
from annotools.validate.findings import INFO, OFF, WARNING, Found, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import copies, neighbours


@rule("GEO018", "duplicate-shape", WARNING, proof="source: shapes are not compared with each other")
def duplicate_shape(ctx: Context) -> Found:
    """A shape has frame, label, type and points of another.

    Why: the server keeps both; objects are counted twice. It is what a second upload after a lost answer leaves.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
                        {"type": "points", "label_id": 81, "frame": 0, "points": [30, 40]}]},
                    {"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
                        {"type": "points", "label_id": 81, "frame": 0, "points": [30, 40]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [80, 10, 130, 40]}]}

        {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
                        {"type": "points", "label_id": 81, "frame": 0, "points": [30, 40]}]},
                    {"type": "skeleton", "label_id": 8, "frame": 0, "elements": [
                        {"type": "points", "label_id": 81, "frame": 0, "points": [31, 40]}]}]}
    Fix: lossy: the later one is dropped.
    Source: source: CVAT's task.py saves every shape of the list
    """
    pairs = ctx.once(copies)
    same = ctx.shapes.label[pairs.row] == ctx.shapes.label[pairs.first]
    return _twins(ctx, pairs.row[same], pairs.first[same], "repeats another shape of this frame")


def _twins(ctx: Context, rows: Ints, others: Ints, message: str, **evidence: object) -> Found:
    order = np.argsort(rows, kind="stable")
    rows, others = rows[order], others[order]
    rows, first = np.unique(rows, return_index=True)
    others = others[first]

    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))]

    sorted_evidence = {name: np.asarray(column)[order][first] for name, column in evidence.items()}
    return ctx.at("shape", rows, message, lossy("drop the later one", edits), related=others, **sorted_evidence)


@rule("GEO019", "near-duplicate-shape", WARNING, upload=INFO, proof="source: shapes are not compared with each other")
def near_duplicate_shape(ctx: Context, overlap: float = 0.98) -> Found:
    """A shape covers nearly the very place of another of the same label and type.

    Why: the server keeps both; mostly one object was drawn twice, by two people or before and after a correction.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 110, 90]},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10.2, 10, 110, 90.3]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [60, 50, 110, 10]},
                    {"type": "ellipse", "label_id": 1, "frame": 0, "points": [60, 50, 110, 10.3]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 110, 10, 110, 90, 10, 90]},
                    {"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 110.3, 10, 110, 90, 10, 90]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 110, 90]},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [30, 10, 130, 90]}]}
    Options: overlap: intersection over union of the extents from which two shapes count as one.
    Fix: lossy: the later one is dropped.
    Source: source: CVAT's task.py saves every shape of the list
    """
    pairs = neighbours(ctx, overlap)
    close = ctx.shapes.label[pairs.earlier] == ctx.shapes.label[pairs.later]
    message = "covers {share:.1%} of the place of another shape"
    return _twins(ctx, pairs.later[close], pairs.earlier[close], message, share=pairs.iou[close])


@rule("GEO020", "two-labels-for-one-shape", WARNING, upload=INFO, proof="source: shapes are not compared")
def two_labels_for_one_shape(ctx: Context) -> Found:
    """A shape has frame, type and points of another, and another label.

    Why: the server keeps both; either one label is wrong, or both belong into one object with an attribute.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "rectangle", "label_id": 2, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"shapes": [{"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40]},
                    {"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60, 40], "z_order": 1}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "rectangle", "label_id": 2, "frame": 0, "points": [12, 10, 90, 40]}]}
    Source: source: CVAT's task.py saves every shape of the list
    """
    pairs = ctx.once(copies)
    other = ctx.shapes.label[pairs.row] != ctx.shapes.label[pairs.first]
    rows, first = pairs.row[other], pairs.first[other]
    names = ctx.label_names(ctx.shapes.label[first])
    return ctx.at("shape", rows, "has the very points of a {label}", label=names, related=first)


@rule("GEO027", "huge-z-order", INFO, upload=OFF, proof="annos-img/shape-z-order")
def huge_z_order(ctx: Context, most: float = 1000) -> Found:
    """A z_order is far from 0.

    Why: nothing breaks; the editor has a slider from the least to the greatest, on which one step then is nothing.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order": 99999}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order": -99999}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order": 3}]}
    Options: most: how far from 0 is fine.
    Source: annos-img/shape-z-order (accepted, kept as sent)
    """
    z_order = ctx.shapes.z_order
    rows = np.flatnonzero((z_order > most) | (z_order < -most))
    return ctx.at("shape", rows, "z_order is {z_order}", z_order=z_order[rows])
