"""Groups: annotations that belong together share a number above 0.

    {"shapes": [{"type": "polygon", "group": 3, ...}, {"type": "polygon", "group": 3, ...}]}

A number means something within one job only; file imports number the groups of each frame anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec.structs import astuple

from annotools.model import SKELETON, Owner
from annotools.model.columns import row_keys
from annotools.model.tables import Array, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless
from annotools.validate.registry import rule


class Members(msgspec.Struct, frozen=True):
    """Everything with a group, by owner, row, job, frame, label and group; elements and keyframes count with their
    skeleton or track.  frame is -1 for tracks and intervals, which are on many."""

    owner: Ints
    row: Ints
    job: Ints
    frame: Ints
    label: Ints
    group: Ints

    def take(self, index: Array) -> Members:
        """Some of them."""
        return Members(*(column[index] for column in astuple(self)))


def members(ctx: Context) -> Members:
    """All members of groups, ordered by job and group."""
    wholes = {Owner.SHAPE: ctx.plain, Owner.TRACK: ctx.tracks.parent < 0}
    parts = []
    for owner in Owner:
        table = ctx.dataset.table(owner)
        rows = np.flatnonzero((getattr(table, "group") > 0) & wholes.get(owner, True))  # noqa: B009  # all have it
        nowhere = np.full(len(table), -1, np.int64)
        frame = nowhere if owner in (Owner.TRACK, Owner.INTERVAL) else getattr(table, "frame", nowhere)
        columns = [frame, *(getattr(table, name) for name in ("label", "group"))]
        parts.append([np.full(len(rows), owner), rows, getattr(table, "job")[rows], *(c[rows] for c in columns)])  # noqa: B009  # all have it
    everyone = Members(*(np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)))
    return everyone.take(np.lexsort((everyone.row, everyone.owner, everyone.group, everyone.job)))


def _starts(ordered: Members) -> Ints:
    """The place of the first member of each group."""
    job, group = ordered.job, ordered.group
    return np.flatnonzero(np.concatenate(([True], (job[1:] != job[:-1]) | (group[1:] != group[:-1])))[: len(job)])


def _sizes(ordered: Members, starts: Ints) -> Ints:
    return np.diff(np.append(starts, len(ordered.row)))


@rule("GRP001", "group-of-one", WARNING, proof="source: bindings.py drops groups of one member on import")
def group_of_one(ctx: Context) -> list[Found]:
    """A group has a single member.

    Why: through the API it is kept; a file import takes it for no group, so what comes back has none.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3}]}

        {"tags": [{"label_id": 6, "frame": 0, "group": 3}]}

        {"tracks": [{"label_id": 1, "frame": 0, "group": 3, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8, "group": 3}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "polygon", "label_id": 3, "frame": 0, "points": [10, 10, 60, 10, 60, 40], "group": 3}]}
    Fix: lossless: the object is taken out of the group, as an import does.
    Source: source: CVAT's bindings.py, one-item groups are not stored on import
    """
    ordered = ctx.once(members)
    starts = _starts(ordered)
    return [_alone(ctx, owner, ordered.take(starts[_sizes(ordered, starts) == 1])) for owner in Owner]


def _alone(ctx: Context, owner: Owner, alone: Members) -> Found:
    mine = alone.take(alone.owner == owner)

    def edits(i: int) -> list[Edit]:
        return [Put(owner.word, int(mine.row[i]), "group", 0)]

    message = "nothing else is in group {group}"
    return ctx.at(owner.word, mine.row, message, lossless("take it out of the group", edits), group=mine.group)


@rule("GRP002", "null-group", INFO, upload=OFF, proof="annos-img/shape-null")
def null_group(ctx: Context) -> None:
    """A group is null.

    Why: the server stores 0 for it, so what is read back is not what was sent.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "group": null}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10], "group": null}]}

        {"tracks": [{"label_id": 1, "frame": 0, "group": null, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8, "group": null}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "group": 0}]}
    Fix: lossless: 0 is written, as it is stored.
    Source: annos-img/shape-null (accepted, 0 is stored)
    """


@rule("GRP003", "group-over-frames", WARNING, upload=INFO, proof="source: groups of an import count per frame")
def group_over_frames(ctx: Context) -> Iterator[Found]:
    """Shapes or tags of one group are on different frames.

    Why: the server keeps it; file formats and imports know groups of one frame only, so it falls apart there.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "rectangle", "label_id": 1, "frame": 5, "points": [10, 10, 60, 40], "group": 3}]}

        {"tags": [{"label_id": 6, "frame": 0, "group": 3}, {"label_id": 6, "frame": 5, "group": 3}]}

        {"tags": [{"label_id": 6, "frame": 0, "group": 3}],
         "shapes": [{"type": "points", "label_id": 1, "frame": 5, "points": [10, 10], "group": 3}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 10, 90, 40], "group": 3}]}
    Source: source: CVAT's bindings.py numbers the groups of each frame of an import anew
    """
    grouped = ctx.once(members)
    grouped = grouped.take(np.flatnonzero((grouped.owner == Owner.SHAPE) | (grouped.owner == Owner.TAG)))
    starts = _starts(grouped)
    low, high = _ends(grouped.frame, starts)
    wide = low != high
    first, low, high = grouped.take(starts[wide]), low[wide], high[wide]
    message = "group {group} reaches from frame {low} to frame {high}"
    for owner in (Owner.TAG, Owner.SHAPE):
        mine = first.owner == owner
        yield ctx.at(owner.word, first.row[mine], message, group=first.group[mine], low=low[mine], high=high[mine])


def _ends(values: Ints, starts: Ints) -> tuple[Ints, Ints]:
    if not len(starts):
        return starts, starts
    return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


@rule("GRP004", "group-of-several-jobs", WARNING, upload=INFO, proof="source: jobs number their groups alone")
def group_of_several_jobs(ctx: Context) -> Found:
    """Two jobs use the same group number for different objects.

    Why: each job numbers its groups alone; put together into one task, their objects end up in one group.
    Bad:
        {"from": "cvat-backup", "files": {
            "task.json": {"name": "street", "version": "1.0", "labels": [{"name": "car", "type": "any",
                "attributes": []}], "data": {"start_frame": 0, "stop_frame": 3, "deleted_frames": []}, "jobs": [
                {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}]},
            "annotations.json": [
                {"tags": [{"label": "car", "frame": 0, "group": 3}, {"label": "car", "frame": 1, "group": 3}]},
                {"tags": [{"label": "car", "frame": 2, "group": 3}, {"label": "car", "frame": 3, "group": 3}]}]}}

        {"from": "cvat-backup", "files": {
            "task.json": {"name": "street", "version": "1.0", "labels": [{"name": "car", "type": "any",
                "attributes": []}], "data": {"start_frame": 0, "stop_frame": 3, "deleted_frames": []}, "jobs": [
                {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}]},
            "annotations.json": [
                {"shapes": [{"type": "points", "label": "car", "frame": 0, "points": [1, 1], "group": 3}]},
                {"shapes": [{"type": "points", "label": "car", "frame": 2, "points": [1, 1], "group": 3}]}]}}
    Good:
        {"from": "cvat-backup", "files": {
            "task.json": {"name": "street", "version": "1.0", "labels": [{"name": "car", "type": "any",
                "attributes": []}], "data": {"start_frame": 0, "stop_frame": 3, "deleted_frames": []}, "jobs": [
                {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}]},
            "annotations.json": [
                {"tags": [{"label": "car", "frame": 0, "group": 3}, {"label": "car", "frame": 1, "group": 3}]},
                {"tags": [{"label": "car", "frame": 2, "group": 4}, {"label": "car", "frame": 3, "group": 4}]}]}}
    Source: source: CVAT's annotation.py merges the jobs of a task without renumbering groups
    """
    grouped = ctx.once(members)
    _, first = np.unique(row_keys(grouped.group, grouped.job), return_index=True)
    pairs = np.stack([grouped.group, grouped.job], axis=1)[first]
    groups, counts = np.unique(pairs[:, 0], return_counts=True)
    shared = groups[counts > 1]
    last = pairs[np.searchsorted(pairs[:, 0], shared, side="right") - 1, 1] if len(shared) else shared
    known = last >= 0
    return ctx.at("job", last[known], "group {group} is used by {count} jobs", group=shared[known],
                  count=counts[counts > 1][known])  # fmt: skip


@rule("GRP005", "group-of-mixed-labels", INFO, upload=OFF, proof="spec: groups may hold anything")
def group_of_mixed_labels(ctx: Context) -> Found:
    """A group holds several labels, none of them on a skeleton.

    Why: the server does not mind; a COCO export makes one annotation of a group, with the label of its largest member.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "rectangle", "label_id": 2, "frame": 0, "points": [60, 10, 90, 40], "group": 3}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [20, 10, 70, 40], "group": 3},
                    {"type": "polygon", "label_id": 3, "frame": 2, "points": [60, 10, 90, 40, 60, 40], "group": 3}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "group": 3},
                    {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 10, 90, 40], "group": 3}]}
    Source: source: Datumaro's COCO converter, crop and merge of instances
    """
    grouped = ctx.once(members)
    grouped = grouped.take(np.flatnonzero(grouped.owner == Owner.SHAPE))
    starts = _starts(grouped)
    low, high = _ends(grouped.label, starts)
    skeleton = ctx.shapes.type[grouped.row] == SKELETON
    with_skeleton = np.logical_or.reduceat(skeleton, starts) if len(starts) else np.zeros(0, np.bool_)
    mixed = (low != high) & ~with_skeleton
    names = [ctx.label_names(ends[mixed]) for ends in (low, high)]
    message = "group {group} holds {one} and {other}"
    first = grouped.take(starts[mixed])
    return ctx.at("shape", first.row, message, group=first.group, one=names[0], other=names[1])


@rule("GRP006", "negative-group", ERROR, proof="annos-vid/track-group-3")
def negative_group(ctx: Context) -> list[Found]:
    """The group of an object is below 0.

    Why: the server answers 400 `Ensure this value is greater than or equal to 0.`
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "group": -1}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10], "group": -1}]}

        {"tracks": [{"label_id": 1, "frame": 0, "group": -1, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8, "group": -1}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "group": 0}]}
    Fix: lossless: the object is taken out of the group.
    Source: annos-vid/track-group-3, annos-img/tag-3 (400)
    """
    return [_negative(ctx, owner) for owner in Owner]


def _negative(ctx: Context, owner: Owner) -> Found:
    group = getattr(ctx.dataset.table(owner), "group")  # noqa: B009  # every table with attributes has groups
    rows = np.flatnonzero(group < 0)
    if owner == Owner.SHAPE:  # a keyframe has the group of its track, which is reported itself
        rows = rows[ctx.shapes.track[rows] < 0]

    def edits(i: int) -> list[Edit]:
        return [Put(owner.word, int(rows[i]), "group", 0)]

    return ctx.at(owner.word, rows, "group is {group}", lossless("take it out of the group", edits), group=group[rows])
