"""The attributes of one object together: missing ones, doubled ones, numbers that should be unique."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from annotools.model import Owner
from annotools.model.tables import Array, Bools, Ints
from annotools.validate.context import Context
from annotools.validate.edits import AddAttribute, DropAttribute, Edit
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.needs import LABELS
from annotools.validate.registry import rule
from annotools.validate.rules.lbl._derived import Specs, names_of, of_keyframes, own_specs, owners, specs, texts_of

_ID_LIKE = re.compile(r"(^|[ _-])(id|nr|no|number)$", re.IGNORECASE)
_NAMED = 10_000  # attributes that are missing, up to which findings name them
_WRITTEN = 100  # and of one object, up to which they are written: else a small input would become a vast one


def _repeats(*keys: Array) -> tuple[Ints, Ints]:
    """Rows whose keys stand in an earlier row too, ascending, and the earliest such row of each."""
    order = np.lexsort((np.arange(len(keys[0])), *keys))
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    starts = np.concatenate(([True], ~same))[: len(order)]
    first = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))] if len(order) else order
    rows, firsts = order[~starts], first[~starts]
    ascending = np.argsort(rows)
    return rows[ascending], firsts[ascending]


@rule("LBL015", "missing-attribute", WARNING, needs=LABELS, proof="annos-img/attributes-key-missing-defaults-filled")
def missing_attribute(ctx: Context) -> Iterator[Found]:
    """An object lacks attributes that its label defines.

    Why: the server shows the default of a missing attribute whenever the object is read, so nobody can tell what was
        meant from what was never said. Of a track, immutable ones belong to the track and mutable ones to its first
        keyframe; later keyframes inherit.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40],
                     "attributes": [{"spec_id": 11, "value": "red"}]}]}

        {"tags": [{"label_id": 1, "frame": 0}]}

        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [
            {"spec_id": 11, "value": "red"}, {"spec_id": 14, "value": ""}],
            "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10],
            "attributes": [{"spec_id": 12, "value": "false"}, {"spec_id": 13, "value": "0"}]}]}]}

        {"annotations": {"intervals": [{"label_id": 1, "start": 3, "stop": 8}]},
         "labels": [{"id": 1, "name": "horn", "type": "interval", "attributes": [{"id": 11, "name": "pitch",
             "mutable": false, "input_type": "text", "default_value": "c", "values": []}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "attributes": [
            {"spec_id": 11, "value": "red"}, {"spec_id": 12, "value": "true"},
            {"spec_id": 13, "value": "0"}, {"spec_id": 14, "value": ""}]}]}
    Fix: lossless: the default is written, which is what the server shows, of an object that lacks at most 100.
    Source: annos-img/attributes-key-missing-defaults-filled, annos-img/partial-attributes
    """
    known = ctx.once(specs)
    mutable = np.asarray([spec.mutable for _, spec in known.rows], np.bool_)
    shape, track = ctx.shapes, ctx.keyframes_in_order.first
    first = np.zeros(len(shape), np.bool_)
    first[track[track >= 0]] = True
    whole = np.ones(len(known.rows), np.bool_)
    yield _missing(ctx, Owner.TAG, np.ones(len(ctx.tags), np.bool_), whole)
    yield _missing(ctx, Owner.INTERVAL, np.ones(len(ctx.intervals), np.bool_), whole)
    yield _missing(ctx, Owner.SHAPE, shape.track < 0, whole)
    yield _missing(ctx, Owner.SHAPE, first, mutable)
    yield _missing(ctx, Owner.TRACK, np.ones(len(ctx.tracks), np.bool_), ~mutable)


def _missing(ctx: Context, owner: Owner, asked: Bools, counted: Bools) -> Found:
    """Rows of a table that lack some of the counted specifications of their label."""
    known, table = ctx.once(specs), ctx.dataset.table(owner)
    labels = ctx.label_rows(getattr(table, "label"))  # noqa: B009  # every table with attributes has labels
    wanted = np.zeros(len(ctx.labels) + 1, np.int64)
    np.add.at(wanted, ctx.label_rows(known.labels()), counted)
    wanted[-1] = 0
    given = _given(ctx, owner, counted)
    has = np.bincount(ctx.attributes.owner[given], minlength=len(table))
    rows = np.flatnonzero(asked & (wanted[labels] > has))
    lacking = (wanted[labels] - has)[rows]
    gaps_of = _gaps(ctx, owner, known, counted)
    gaps = list(map(gaps_of, rows.tolist())) if lacking.sum() <= _NAMED else None

    word = owner.word

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        if lacking[i] > _WRITTEN:
            return []
        missing = gaps[i] if gaps is not None else gaps_of(row)
        return [AddAttribute(word, row, spec, default) for spec, _, default in missing]

    names = [", ".join(name for _, name, _ in gap) for gap in gaps] if gaps is not None else "attributes"
    fix = lossless("write the defaults", edits)
    return ctx.at(owner.word, rows, "{names} not given, the server shows defaults", fix, names=names)


def _given(ctx: Context, owner: Owner, counted: Bools) -> Ints:
    """The rows of attributes of a table that follow a counted specification of their own label, each spec once."""
    known = ctx.once(specs)
    mine = (ctx.attributes.kind == owner) & ctx.once(own_specs)
    mine[mine] = counted[known.of[mine]]
    rows = np.flatnonzero(mine)
    again, _ = _repeats(ctx.attributes.owner[rows], ctx.attributes.spec[rows])
    return np.delete(rows, again)


def _gaps(ctx: Context, owner: Owner, known: Specs, counted: Bools) -> Callable[[int], list[tuple[int, str, str]]]:
    """What gives (id, name, default) of the specifications that a row lacks: most such rows have no attribute."""
    labels = getattr(ctx.dataset.table(owner), "label")  # noqa: B009  # every table with attributes has labels
    some = np.zeros(len(labels), np.bool_)
    some[ctx.attributes.owner[ctx.attributes.kind == owner]] = True

    @cache
    def of_label(label: int) -> list[tuple[int, str, str]]:
        specs_of_label = [known.rows[number][1] for number in known.of_labels.get(label, ()) if counted[number]]
        return [(spec.id, spec.name, spec.default_value) for spec in specs_of_label]

    def gaps(row: int) -> list[tuple[int, str, str]]:
        wanted = of_label(int(labels[row]))
        if not some[row]:
            return wanted
        given = {spec for spec, _ in ctx.dataset.attribute_values(owner, row)}
        return [gap for gap in wanted if gap[0] not in given]

    return gaps


@rule("LBL016", "duplicate-attribute", ERROR, upload=WARNING, proof="source: task.py saves every attribute")
def duplicate_attribute(ctx: Context) -> Found:
    """An object has the same attribute twice.

    Why: the server keeps both; which of the values counts depends on who reads them.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [
            {"spec_id": 11, "value": "red"}, {"spec_id": 11, "value": "blue"}]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10], "attributes": [
            {"spec_id": 11, "value": "red"}, {"spec_id": 11, "value": "blue"}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [
            {"spec_id": 11, "value": "red"}, {"spec_id": 11, "value": "blue"}],
            "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]}]}
    Fix: lossy: the first value stays.
    Source: source: task.py saves every attribute of the list
    """
    rows, first = _repeats(owners(ctx), ctx.attributes.spec)

    def edits(i: int) -> list[Edit]:
        return [DropAttribute(int(rows[i]))]

    message = "{attribute} is given again as {value}, after {before}"
    return ctx.at(
        "attribute", rows, message, lossy("keep the first value", edits), attribute=names_of(ctx, rows),
        value=texts_of(ctx, rows), before=texts_of(ctx, first), related=first,
    )  # fmt: skip


@rule("LBL019", "repeated-id-value", WARNING, upload=INFO, needs=LABELS, proof="spec: values are not compared")
def repeated_id_value(ctx: Context) -> Found:
    """Two objects of one label on one frame have the same value of an attribute that is named like an id.

    Why: nothing at the server checks it; whoever joins objects by that id over frames joins the wrong ones.
    Bad:
        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
             "attributes": [{"spec_id": 11, "value": "7"}]},
            {"type": "points", "label_id": 1, "frame": 0, "points": [50, 50],
             "attributes": [{"spec_id": 11, "value": "7"}]}]},
         "labels": [{"id": 1, "name": "car", "type": "any", "attributes": [{"id": 11, "name": "track id",
             "mutable": false, "input_type": "text", "default_value": "", "values": []}]}]}

        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
             "attributes": [{"spec_id": 11, "value": "7"}]},
            {"type": "points", "label_id": 1, "frame": 0, "points": [50, 50],
             "attributes": [{"spec_id": 11, "value": "7"}]}]},
         "labels": [{"id": 1, "name": "car", "type": "any", "attributes": [{"id": 11, "name": "id",
             "mutable": false, "input_type": "number", "default_value": "0", "values": ["0", "99", "1"]}]}]}
    Good:
        {"annotations": {"shapes": [
            {"type": "points", "label_id": 1, "frame": 0, "points": [10, 10],
             "attributes": [{"spec_id": 11, "value": "7"}]},
            {"type": "points", "label_id": 1, "frame": 0, "points": [50, 50],
             "attributes": [{"spec_id": 11, "value": "8"}]}]},
         "labels": [{"id": 1, "name": "car", "type": "any", "attributes": [{"id": 11, "name": "track id",
             "mutable": false, "input_type": "text", "default_value": "", "values": []}]}]}
    Source: spec: CVAT's documentation of attributes
    """
    known, attributes = ctx.once(specs), ctx.attributes
    free = [spec.input_type in ("text", "number") and bool(_ID_LIKE.search(spec.name)) for _, spec in known.rows]
    named = np.asarray([*free, False], np.bool_)
    filled = np.asarray([*(bool(text.strip()) for text in attributes.pool), False], np.bool_)
    plain = (attributes.kind == Owner.SHAPE) & named[known.of] & filled[attributes.value] & ~of_keyframes(ctx)
    rows = np.flatnonzero(plain)
    frames = ctx.shapes.frame[attributes.owner[rows]]
    again, first = _repeats(frames, attributes.spec[rows], attributes.value[rows])
    other = rows[again]
    message = "{attribute} is {value}, as of another object on this frame"
    return ctx.at(
        "attribute", other, message, attribute=names_of(ctx, other), value=texts_of(ctx, other), related=rows[first],
    )  # fmt: skip


@rule("LBL020", "mutable-attribute-never-changes", INFO, upload=OFF, needs=LABELS, proof="spec: mutable attributes")
def mutable_attribute_never_changes(ctx: Context) -> Found:
    """A mutable attribute has one value on every keyframe of every track.

    Why: nothing breaks; an immutable attribute is entered once a track, cannot differ by accident and is smaller.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 12, "value": "true"}]},
            {"type": "points", "frame": 4, "points": [20, 20], "attributes": [{"spec_id": 12, "value": "true"}]}]}]}

        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [
                {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 13, "value": "50"}]},
                {"type": "points", "frame": 4, "points": [20, 20], "attributes": [{"spec_id": 13, "value": "50"}]}]},
            {"label_id": 1, "frame": 0, "shapes": [
                {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 13, "value": "70"}]},
                {"type": "points", "frame": 4, "points": [20, 20], "attributes": [{"spec_id": 13, "value": "70"}]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 12, "value": "true"}]},
            {"type": "points", "frame": 4, "points": [20, 20], "attributes": [{"spec_id": 12, "value": "false"}]}]}]}
    Source: spec: CVAT's documentation of attributes (mutable)
    """
    known, attributes = ctx.once(specs), ctx.attributes
    rows = np.flatnonzero(of_keyframes(ctx) & (known.of >= 0))
    tracks = ctx.shapes.track[attributes.owner[rows]].astype(np.int64)
    varies, repeated = _variation(known.of[rows], tracks, attributes.value[rows], len(known.rows))
    still = repeated & ~varies
    mutable = [row for row, (_, spec) in enumerate(known.rows) if spec.mutable and still[row]]
    labels = ctx.label_rows(np.asarray([known.rows[row][0].id for row in mutable], np.int64))
    names = [known.rows[row][1].name for row in mutable]
    return ctx.at("label", labels, "mutable attribute {attribute} never changes along a track", attribute=names)


def _variation(spec: Ints, track: Ints, value: Array, count: int) -> tuple[Bools, Bools]:
    """Per specification whether some track has two values of it, and whether some track has it twice."""
    order = np.lexsort((track, spec))
    same = (spec[order][1:] == spec[order][:-1]) & (track[order][1:] == track[order][:-1])
    later = spec[order][1:]
    varies, repeated = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    repeated[later[same]] = True
    varies[later[same & (value[order][1:] != value[order][:-1])]] = True
    return varies, repeated
