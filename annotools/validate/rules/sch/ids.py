"""Ids of annotations, which the server gives out itself: what may have one depends on what is about to be done.

    put, create    none: everything is new          delete    each: the id says what goes
    update         each that exists already; what has none is created

Kinds have ids of their own: tags, shapes (with the elements of skeletons), tracks (with theirs), keyframes, intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annotools.model import Owner
from annotools.model.tables import Bools, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, WARNING, Found, lossless, lossy
from annotools.validate.needs import ACTION, JOB
from annotools.validate.registry import rule


def _named(ctx: Context, kind: str, table: Any) -> Bools:
    """Rows whose id the server asks about; it does not for keyframes."""
    return table.track < 0 if kind == "shape" else np.ones(len(table), np.bool_)


@rule("SCH007", "id-on-create", ERROR, needs=ACTION, proof="annos-img/put, annos-img/patch-create-update-delete")
def id_on_create(ctx: Context) -> Iterator[Found]:
    """An annotation that is about to be created has an id already.

    Why: the server answers 400 `must be absent` and stores nothing of the whole request; so what it answered to GET
        cannot be put back as it is.
    Bad:
        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "put"}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "create"}

        {"annotations": {"tags": [{"id": -1, "label_id": 6, "frame": 0}]}, "as": "create"}

        {"annotations": {"shapes": [{"id": 5, "type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]},
         "as": "create"}

        {"annotations": {"tracks": [{"id": 5, "label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "as": "create"}

        {"annotations": {"intervals": [{"id": 5, "label_id": 7, "start": 3, "stop": 8}]}, "as": "create"}
    Good:
        {"annotations": {"tags": [{"id": null, "label_id": 6, "frame": 0}]}, "as": "put"}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "update"}
    Fix: lossless: the id goes, the server gives out another one.
    Source: annos-img/put (400)
    """
    if ctx.action not in ("put", "create"):
        return
    for kind, table in ctx.tables:
        rows = np.flatnonzero((table.id >= 0) & _named(ctx, kind, table))
        yield ctx.at(
            kind, rows, "id {id} is given, expected none: it is about to be created",
            lossless("drop the id", _without_id(kind, rows)), id=table.id[rows],
        )  # fmt: skip


def _without_id(kind: str, rows: Ints) -> Any:
    def edits(i: int) -> list[Edit]:
        return [Put(kind, int(rows[i]), "id", None)]

    return edits


@rule("SCH008", "id-missing-on-delete", ERROR, needs=ACTION, proof="annos-img/patch-create-update-delete")
def id_missing_on_delete(ctx: Context) -> Iterator[Found]:
    """An annotation that is about to be deleted has no id.

    Why: the server answers 400 `must be present and not null` and deletes nothing.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]}, "as": "delete"}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]}, "as": "delete"}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "as": "delete"}

        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}, "as": "delete"}
    Good:
        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "delete"}
    Source: annos-img/patch-create-update-delete (400)
    """
    if ctx.action != "delete":
        return
    for kind, table in ctx.tables:
        yield ctx.at(kind, (table.id < 0) & _named(ctx, kind, table), "no id is given, so nothing says what goes")


@rule("SCH009", "id-missing-on-update", WARNING, needs=ACTION, proof="annos-img/patch-create-update-delete")
def id_missing_on_update(ctx: Context) -> Iterator[Found]:
    """An annotation that is about to be updated has no id.

    Why: the server creates another one and leaves the old one as it is, so there are two.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}]}, "as": "update"}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]}, "as": "update"}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "as": "update"}

        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}, "as": "update"}
    Good:
        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "update"}
    Source: annos-img/patch-create-update-delete (200, a new annotation)
    """
    if ctx.action != "update":
        return
    for kind, table in ctx.tables:
        inner = ctx.shapes.parent >= 0 if kind == "shape" else table.parent >= 0 if kind == "track" else False
        yield ctx.at(kind, (table.id < 0) & _named(ctx, kind, table) & ~np.asarray(inner), "no id: it is created anew")


@rule("SCH010", "repeated-id", ERROR, upload=WARNING, proof="annos-img/ids-of-another-job")
def repeated_id(ctx: Context) -> Iterator[Found]:
    """Two annotations of one kind have the same id.

    Why: an update answers 400 `duplicate key value`; what is made of the file elsewhere takes one for the other.
        Keyframes of one track may share an id: the server's own view of a task has them so where jobs meet.
    Bad:
        {"tags": [{"id": 5, "label_id": 6, "frame": 0}, {"id": 5, "label_id": 6, "frame": 1}]}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}, {"id": 5, "label_id": 6, "frame": 1}]},
         "as": "update"}

        {"shapes": [{"id": 5, "type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
                    {"id": 5, "type": "points", "label_id": 1, "frame": 0, "points": [20, 10]}]}

        {"tracks": [
            {"id": 5, "label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]},
            {"id": 5, "label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [20, 10]}]}]}

        {"intervals": [{"id": 5, "label_id": 7, "start": 1, "stop": 2},
                       {"id": 5, "label_id": 7, "start": 3, "stop": 8}]}

        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"id": 5, "type": "points", "frame": 0, "points": [10, 10]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"id": 5, "type": "points", "frame": 0, "points": [20, 10]}]}]}
    Good:
        {"tags": [{"id": 5, "label_id": 6, "frame": 0}, {"id": 6, "label_id": 6, "frame": 1}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"id": 5, "type": "points", "frame": 0, "points": [10, 10]},
            {"id": 5, "type": "points", "frame": 1, "points": [20, 10]}]}]}
    Fix: lossy: the later ones lose their id.
    Source: annos-img/ids-of-another-job (400 on update)
    """
    severity = ERROR if ctx.action == "update" else None
    for kind, table in ctx.tables:
        spaces = (table.track >= 0, table.track < 0) if kind == "shape" else (np.ones(len(table), np.bool_),)
        for space in spaces:
            rows, first = _repeats(table.id, np.flatnonzero(space & (table.id >= 0)))
            if kind == "shape" and ctx.action != "update":
                apart = (table.track[rows] < 0) | (table.track[rows] != table.track[first])
                rows, first = rows[apart], first[apart]
            yield ctx.at(
                kind, rows, "id {id} is given before", lossy("drop the id", _without_id(kind, rows)),
                id=table.id[rows], related=first, severity=severity,
            )  # fmt: skip


def _repeats(ids: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Of some rows those whose id an earlier one has, and that earlier one."""
    order = rows[np.argsort(ids[rows], kind="stable")]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = ids[order[1:]] != ids[order[:-1]]
    first = order[fresh][np.cumsum(fresh) - 1]
    return order[~fresh], first[~fresh]


@rule("SCH011", "id-of-other-job", ERROR, needs=JOB | ACTION, proof="annos-img/ids-of-another-job")
def id_of_other_job(ctx: Context) -> Iterator[Found]:
    """An annotation that is about to be updated or deleted is another job's.

    Why: an update answers 400 `duplicate key value`; a delete answers 200 and deletes nothing.
    Bad:
        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "update",
         "elsewhere": {"tags": [{"id": 5, "label_id": 6, "frame": 10}]}}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "delete",
         "elsewhere": {"tags": [{"id": 5, "label_id": 6, "frame": 10}]}}

        {"annotations": {"shapes": [{"id": 5, "type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]},
         "as": "update",
         "elsewhere": {"shapes": [{"id": 5, "type": "points", "label_id": 1, "frame": 10, "points": [10, 10]}]}}

        {"annotations": {"tracks": [{"id": 5, "label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "as": "update",
         "elsewhere": {"tracks": [{"id": 5, "label_id": 1, "frame": 10, "shapes": [
            {"type": "points", "frame": 10, "points": [10, 10]}]}]}}

        {"annotations": {"intervals": [{"id": 5, "label_id": 7, "start": 3, "stop": 8}]}, "as": "update",
         "elsewhere": {"intervals": [{"id": 5, "label_id": 7, "start": 3, "stop": 8}]}}
    Good:
        {"annotations": {"tags": [{"id": 6, "label_id": 6, "frame": 0}]}, "as": "update",
         "elsewhere": {"tags": [{"id": 5, "label_id": 6, "frame": 10}]}}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "create",
         "elsewhere": {"tags": [{"id": 5, "label_id": 6, "frame": 10}]}}

        {"annotations": {"tags": [{"id": 5, "label_id": 6, "frame": 0}]}, "as": "update"}
    Source: annos-img/ids-of-another-job (400 on update, 200 on delete)
    """
    elsewhere = ctx.subject.elsewhere
    if ctx.action not in ("update", "delete") or elsewhere is None or ctx.job is None:
        return
    severity = WARNING if ctx.action == "delete" and ctx.preset != "strict" else None
    other = np.asarray([*(job.id != ctx.job.id for job in elsewhere.jobs), False])  # the last one: of the task, job -1
    for (kind, table), owner in zip(ctx.tables, Owner, strict=True):
        theirs: Any = elsewhere.table(owner)
        foreign = theirs.id[(theirs.id >= 0) & other[theirs.job]]
        rows = np.flatnonzero(np.isin(table.id, foreign) & _named(ctx, kind, table))
        message = "id {id} is that of an annotation of another job"
        yield ctx.at(kind, rows, message, id=table.id[rows], severity=severity)
