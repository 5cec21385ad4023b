"""What a request does to the annotations that the job has already, as far as the context (--task) holds them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import Dataset
from annotools.model.tables import Array, Bools
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit
from annotools.validate.findings import WARNING, Found, Remedy, lossy
from annotools.validate.needs import ACTION, JOB
from annotools.validate.registry import rule
from annotools.validate.rules.job._contents import plain_rows, shape_contents, tag_contents


def _there(ctx: Context) -> tuple[Dataset, int] | None:
    """The dataset with what the job has already, and the job's row in it."""
    known, job = ctx.subject.elsewhere, ctx.job
    if known is None or job is None:
        return None
    row = next((row for row, other in enumerate(known.jobs) if other.id == job.id), None)
    return None if row is None else (known, row)


def _count(dataset: Dataset, tags: Bools, shapes: Bools, tracks: Bools) -> int:
    top = dataset.tracks.parent[tracks] < 0
    return int(tags.sum()) + len(plain_rows(dataset, shapes)) + int(top.sum())


@rule("JOB008", "destructive-put", WARNING, needs=JOB | ACTION, proof="annos-img/put")
def destructive_put(ctx: Context, share: float = 0.5) -> Found | None:
    """A put would leave far fewer annotations than the job has.

    Why: a put deletes everything in the job before it stores what was sent, and there is no way back.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "put", "job": {"id": 4},
         "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9}, {"id": 2, "label_id": 6, "frame": 10},
                                {"id": 3, "label_id": 6, "frame": 11}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "put", "job": {"id": 4},
         "elsewhere": {"shapes": [{"id": 1, "type": "points", "label_id": 1, "frame": 9, "points": [10, 10]},
                                  {"id": 2, "type": "points", "label_id": 1, "frame": 10, "points": [10, 10]},
                                  {"id": 3, "type": "points", "label_id": 1, "frame": 11, "points": [10, 10]}]}}

        {"annotations": {}, "as": "put", "job": {"id": 4},
         "elsewhere": {"tracks": [{"id": 1, "label_id": 1, "frame": 9, "shapes": [
            {"id": 2, "type": "points", "frame": 9, "points": [10, 10]}]}]}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}, {"label_id": 6, "frame": 10}]}, "as": "put",
         "job": {"id": 4}, "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9},
                                                  {"id": 2, "label_id": 6, "frame": 10}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "create", "job": {"id": 4},
         "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9}, {"id": 2, "label_id": 6, "frame": 10},
                                {"id": 3, "label_id": 6, "frame": 11}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "put"}
    Options: share: of what is there that must remain.
    Source: annos-img/put (200, the old annotations are gone)
    """
    there = _there(ctx)
    if ctx.action != "put" or there is None:
        return None
    known, row = there
    old = _count(known, known.tags.job == row, known.shapes.job == row, known.tracks.job == row)
    everything = [np.ones(len(table), np.bool_) for table in (ctx.tags, ctx.shapes, ctx.tracks)]
    new = _count(ctx.dataset, *everything)
    return ctx.at("job", [0] if new < share * old else [], "{old} annotations become {new}", old=old, new=new)


@rule("JOB009", "repeated-create", WARNING, needs=JOB | ACTION, proof="annos-img/duplicate-tags-same-frame-label")
def repeated_create(ctx: Context) -> Iterator[Found]:
    """What is about to be created is in the job already, as after a request that was repeated for want of an answer.

    Why: the server has no memory of requests: each create appends, so everything is there twice.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "create", "job": {"id": 4},
         "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9}]}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 9, "points": [10, 10]}]}, "as": "create",
         "job": {"id": 4},
         "elsewhere": {"shapes": [{"id": 1, "type": "points", "label_id": 1, "frame": 9, "points": [10, 10]}]}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 10}]}, "as": "create", "job": {"id": 4},
         "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "put", "job": {"id": 4},
         "elsewhere": {"tags": [{"id": 1, "label_id": 6, "frame": 9}]}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "as": "create"}
    Fix: lossy: what is there already is not sent again.
    Source: annos-img/duplicate-tags-same-frame-label (200, both are kept)
    """
    there = _there(ctx)
    if ctx.action != "create" or there is None:
        return
    known, row = there
    old_tags = set(tag_contents(known, np.flatnonzero(known.tags.job == row)))
    old_shapes = set(shape_contents(known, plain_rows(known, known.shapes.job == row)))
    tags, shapes = np.arange(len(ctx.tags)), plain_rows(ctx.dataset)
    again = [content in old_tags for content in tag_contents(ctx.dataset, tags)]
    yield _again(ctx, "tag", tags[again])
    again = [content in old_shapes for content in shape_contents(ctx.dataset, shapes)] if old_shapes else []
    yield _again(ctx, "shape", shapes[again] if again else shapes[:0])


def _again(ctx: Context, kind: str, rows: Array) -> Found:
    def edits(i: int) -> list[Edit]:
        return [Drop(kind, int(rows[i]))]

    remedy: Remedy = lossy("do not send it again", edits)
    return ctx.at(kind, rows, "the job has one of the same place and label already", remedy)
