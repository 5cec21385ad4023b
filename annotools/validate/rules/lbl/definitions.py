"""The labels themselves: names, attribute definitions, and whether they are used.

{"name": "car", "type": "rectangle", "attributes": [{"name": "colour", "input_type": "select", ...}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annotools import cvat_limits
from annotools.model import Label
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule


@rule("LBL005", "too-long-name", ERROR, needs=LABELS, proof="source: models.py, names of labels and attributes")
def too_long_name(ctx: Context) -> Iterator[Found]:
    """The name of a label or of an attribute, a default or a choice is longer than the server stores.

    Why: creating the label fails with 400 (older servers answered 500).
    Bad:
        {"annotations": {}, "labels": [{"id": 1, "name": "<n*65>", "attributes": []}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "car", "attributes": [{"id": 11, "name": "<n*65>",
            "mutable": false, "input_type": "text", "default_value": "", "values": []}]}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "car", "attributes": [{"id": 11, "name": "plate",
            "mutable": false, "input_type": "text", "default_value": "<n*129>", "values": []}]}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "car", "attributes": [{"id": 11, "name": "plate",
            "mutable": false, "input_type": "select", "default_value": "x", "values": ["x", "<n*4097>"]}]}]}
    Good:
        {"annotations": {}, "labels": [{"id": 1, "name": "<n*64>", "attributes": []}]}
    Source: source: CVAT's OpenAPI document, LabelRequest and AttributeRequest (maxLength)
    """
    long = [(row, *excess) for row, label in enumerate(ctx.labels) for excess in _too_long(label)]
    rows, what, length, limit = ([list(column) for column in zip(*long, strict=True)]) if long else ([], [], [], [])
    message = "{what} has {length} characters, at most {limit} fit"
    yield ctx.at("label", np.asarray(rows, np.int64), message, what=what, length=length, limit=limit)


def _too_long(label: Label) -> Iterator[tuple[str, int, int]]:
    if len(label.name) > cvat_limits.MAX_LABEL_NAME:
        yield "the name", len(label.name), cvat_limits.MAX_LABEL_NAME
    for spec in label.attributes:
        texts = [("the name", spec.name, cvat_limits.MAX_ATTRIBUTE_NAME)]
        texts += [("the default", spec.default_value, cvat_limits.MAX_DEFAULT_VALUE)]
        texts += [("a choice", value, cvat_limits.MAX_CHOICE) for value in spec.values]
        for what, text, limit in texts:
            if len(text) > limit:
                yield f"{what} of attribute {spec.name[:20]}", len(text), limit


@rule("LBL006", "duplicate-label-name", ERROR, needs=LABELS, proof="source: models.py, unique names of a task's labels")
def duplicate_label_name(ctx: Context) -> Iterator[Found]:
    """Two labels have one name, or names that differ only in case or white space.

    Why: the server refuses a second label of one name; of names that only look alike, people and files pick the wrong
        one.
    Bad:
        {"annotations": {}, "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "car"}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "Car "}]}
    Good:
        {"annotations": {}, "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]}
    Source: source: CVAT's models.py, a task's labels have unique names within their parent
    """
    first: dict[tuple[str, int | None], int] = {}
    alike: dict[tuple[str, int | None], int] = {}
    same, close = [], []
    for row, label in enumerate(ctx.labels):
        one = first.setdefault((label.name, label.parent), row)
        other = alike.setdefault((" ".join(label.name.split()).casefold(), label.parent), row)
        if one != row:
            same.append((row, one))
        elif other != row:
            close.append((row, other))
    yield _pairs(ctx, same, "the name {name} is that of label {other} too")
    yield _pairs(ctx, close, "the name {name} differs from {other} only in case or white space", severity=WARNING)


def _pairs(ctx: Context, label_pairs: list[tuple[int, int]], message: str, **more: Any) -> Found:
    rows = [row for row, _ in label_pairs]
    names = [repr(ctx.labels[row].name) for row in rows]
    others = [f"{ctx.labels[one].name!r} (id {ctx.labels[one].id})" for _, one in label_pairs]
    related = np.asarray([one for _, one in label_pairs], np.int64)
    return ctx.at("label", np.asarray(rows, np.int64), message, name=names, other=others, related=related, **more)


@rule("LBL022", "empty-name", ERROR, needs=LABELS, proof="source: serializers.py, names may not be blank")
def empty_name(ctx: Context) -> Iterator[Found]:
    """A label, a point of a skeleton or an attribute has no name, or one of white space alone.

    Why: the server takes white space off and answers 400 `This field may not be blank`; in files that say labels by
        name it is a label of its own, or none.
    Bad:
        {"annotations": {}, "labels": [{"id": 1, "name": "", "attributes": []}]}

        {"annotations": {}, "labels": [{"id": 1, "name": " \\t", "attributes": []}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "car", "attributes": [{"id": 11, "name": "",
            "mutable": false, "input_type": "text", "default_value": "", "values": []}]}]}

        {"annotations": {}, "labels": [{"id": 1, "name": "man", "type": "skeleton", "attributes": [], "sublabels": [
            {"id": 2, "name": "", "type": "points", "attributes": []}]}]}
    Good:
        {"annotations": {}, "labels": [{"id": 1, "name": "0", "attributes": []}]}
    Source: source: CVAT's OpenAPI document, LabelRequest and AttributeRequest (minLength)
    """
    nameless = [row for row, label in enumerate(ctx.labels) if not label.name.strip()]
    yield ctx.at("label", np.asarray(nameless, np.int64), "the name is empty")
    rows = [row for row, label in enumerate(ctx.labels) for spec in label.attributes if not spec.name.strip()]
    yield ctx.at("label", np.asarray(rows, np.int64), "the name of an attribute is empty")


@rule("LBL018", "unused-label", INFO, upload=OFF, needs=LABELS, proof="spec: a label needs no annotations")
def unused_label(ctx: Context) -> Found:
    """A label is defined and no annotation has it.

    Why: nothing breaks; often a name was misspelt somewhere, or a class was forgotten.
    Bad:
        {"annotations": {"tags": [{"label_id": 1, "frame": 0}]},
         "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]},
         "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "pose", "type": "skeleton", "sublabels": [
            {"id": 3, "name": "head", "type": "points"}]}]}
    Good:
        {"annotations": {"tags": [{"label_id": 1, "frame": 0}, {"label_id": 2, "frame": 0}]},
         "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}],
                         "tags": [{"label_id": 2, "frame": 0}]},
         "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
                            {"type": "points", "frame": 0, "points": [10, 10]}]}],
                         "intervals": [{"label_id": 2, "start": 3, "stop": 8}]},
         "labels": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}]}
    Source: spec: CVAT's documentation of labels
    """
    used = np.zeros(len(ctx.labels) + 1, np.bool_)
    for _, table in ctx.tables:
        used[ctx.label_rows(table.label)] = True
    top = np.asarray([label.parent is None for label in ctx.labels], np.bool_)
    rows = np.flatnonzero(~used[:-1] & top)
    return ctx.at("label", rows, "no annotation has this label") if used.any() else ctx.at("label", [], "")
