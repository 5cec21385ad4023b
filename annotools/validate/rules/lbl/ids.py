"""Labels and specifications that annotations name: they must be the task's, and of the right label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model.columns import distinct
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, Found
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule
from annotools.validate.rules.lbl._derived import names_of, own_specs, specs

_SHOWN = 10


@rule("LBL001", "unknown-label", ERROR, needs=LABELS, proof="annos-img/shape-label-id-2")
def unknown_label(ctx: Context) -> Iterator[Found]:
    """The label does not exist in the task.

    Why: the server answers 400 `label_id ... is invalid` and stores nothing of the whole request; an import of a file
        fails: `Label 'x' is not registered for this task`. `annotools convert --map OLD=NEW` gives labels other names.
    Bad:
        {"tags": [{"label_id": 404, "frame": 0}]}

        {"from": "coco", "files": {"a.json": {"images": [{"id": 1, "file_name": "street/000.jpg"}],
            "categories": [{"id": 1, "name": "Car"}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}]}}, "task": {}}

        {"shapes": [{"type": "rectangle", "label_id": 404, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 404, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 404, "start": 3, "stop": 8}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/shape-label-id-2 (400)
    """
    for kind, table in ctx.tables:
        rows = np.flatnonzero(ctx.label_rows(table.label) < 0)
        if kind == "shape":  # a keyframe has the label of its track, which is reported itself
            rows = rows[ctx.shapes.track[rows] < 0]
        names = ", ".join(f"{label.id} {label.name}" for label in ctx.labels.top[:_SHOWN])
        message = "no label has the id {label_id}, expected one of the task ({names})"
        yield ctx.at(kind, rows, message, label_id=table.label[rows], names=names)


@rule("LBL002", "labels-of-another-project", ERROR, needs=LABELS, proof="annos-img/shape-label-id-2")
def labels_of_another_project(ctx: Context) -> Found | None:
    """None of several label ids is known: the annotations seem to be made for another project.

    Why: ids of labels differ from server to server and from project to project; the server refuses the request. Labels
        must be mapped by name to those of this task first.
    Bad:
        {"tags": [{"label_id": 301, "frame": 0}, {"label_id": 302, "frame": 1}]}

        {"shapes": [{"type": "points", "label_id": 301, "frame": 0, "points": [10, 10]}],
         "tracks": [{"label_id": 302, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 302, "frame": 1}]}

        {"tags": [{"label_id": 301, "frame": 0}]}
    Source: annos-img/shape-label-id-2 (400)
    """
    used = distinct(np.concatenate([table.label for _, table in ctx.tables]))
    if len(used) < 2 or (ctx.label_rows(used) >= 0).any():
        return None
    mine = ", ".join(f"{label.id} {label.name}" for label in ctx.labels.top[:5])
    message = "none of the {count} label ids exists here (first {first}); the task has {labels}"
    return ctx.at("document", [0], message, count=len(used), first=int(used[0]), labels=mine)


@rule("LBL007", "unknown-attribute", ERROR, needs=LABELS, proof="annos-img/attr-unknown-spec")
def unknown_attribute(ctx: Context) -> Found:
    """No attribute of that id is defined.

    Why: the server answers 400 `spec_id ... is invalid` and stores nothing of the whole request.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 999, "value": "red"}]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
                     "attributes": [{"spec_id": 999, "value": "red"}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 999, "value": "red"}],
                     "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]}]}
    Source: annos-img/attr-unknown-spec (400)
    """
    rows = np.flatnonzero(ctx.once(specs).of < 0)
    return ctx.at("attribute", rows, "no attribute has the id {spec_id}", spec_id=ctx.attributes.spec[rows])


@rule("LBL008", "attribute-of-another-label", ERROR, needs=LABELS, proof="source: task.py checks spec ids by label")
def attribute_of_another_label(ctx: Context) -> Found:
    """The attribute is defined, but not for this label.

    Why: the server looks the id up among the attributes of the object's own label and answers 400.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 2, "frame": 0, "points": [10, 10, 60, 40],
                     "attributes": [{"spec_id": 11, "value": "red"}]}]}

        {"tags": [{"label_id": 6, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]}]}

        {"tracks": [{"label_id": 2, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}], "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40],
                     "attributes": [{"spec_id": 11, "value": "red"}]}]}
    Source: source: task.py, validation of attributes by the label of their object (400 `spec_id ... is invalid`)
    """
    known = ctx.once(specs)
    has_label = ctx.label_rows(ctx.attribute_labels) >= 0  # else the label itself is reported
    rows = np.flatnonzero((known.of >= 0) & ~ctx.once(own_specs) & has_label)
    other = ctx.label_names(known.labels()[known.of[rows]] if len(rows) else rows)
    mine = ctx.label_names(ctx.attribute_labels[rows])
    message = "attribute {attribute} belongs to label {other}, not to {label}"
    return ctx.at("attribute", rows, message, attribute=names_of(ctx, rows), other=other, label=mine)
