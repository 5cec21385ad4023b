"""Where tracks may be and what stands where on them: attributes, jobs, tasks without tracks.

Immutable attributes stand on the track, mutable ones on its keyframes.
"""

from __future__ import annotations

import numpy as np

from annotools.model import Owner
from annotools.model.tables import Bools, Ints
from annotools.validate.context import Context
from annotools.validate.edits import AddAttribute, DropAttribute, Edit
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless
from annotools.validate.needs import JOB, LABELS, TASK
from annotools.validate.registry import rule
from annotools.validate.rules.trk._derived import Edits


def _specified(ctx: Context, rows: Ints, *, mutable: bool) -> Bools:
    """Which attributes have a specification that is mutable, or is not, as asked."""
    specs = ctx.labels.specs
    ids, spec = np.unique(ctx.attributes.spec[rows], return_inverse=True)
    known = [number in specs and specs[number][1].mutable == mutable for number in ids.tolist()]
    return np.asarray([*known, False], np.bool_)[spec.reshape(-1)]


def _names(ctx: Context, rows: Ints) -> list[str]:
    specs = ctx.labels.specs
    return [specs[number][1].name for number in ctx.attributes.spec[rows].tolist()]


def _moving(ctx: Context, rows: Ints, kind: str, targets: Ints) -> Edits:
    table = ctx.attributes

    def edits(i: int) -> list[Edit]:
        row, target = int(rows[i]), int(targets[i])
        if target < 0:
            return []
        spec, text = int(table.spec[row]), table.pool[int(table.value[row])]
        has = {known for known, _ in ctx.dataset.attribute_values(Owner[kind.upper()], target)}
        more = [] if spec in has else [AddAttribute(kind, target, spec, text)]
        return [DropAttribute(row), *more]

    return edits


@rule("TRK021", "mutable-attribute-on-track", ERROR, needs=LABELS, proof="annos-vid/track-immutable-attr-on-track")
def mutable_attribute_on_track(ctx: Context) -> Found:
    """A mutable attribute stands on the track instead of on its keyframes.

    Why: the server answers 400 `spec_id ... is invalid` and stores nothing of the whole request.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 12, "value": "true"}], "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": "50"}], "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "attributes": [{"spec_id": 12, "value": "true"}]},
            {"type": "points", "frame": 4, "points": [20, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10],
                     "attributes": [{"spec_id": 12, "value": "true"}]}]}]}
    Fix: lossless: it moves to the first keyframe.
    Source: annos-vid/track-immutable-attr-on-track (400)
    """
    rows = ctx.attribute_rows(Owner.TRACK)
    rows = rows[_specified(ctx, rows, mutable=True)]
    first = ctx.keyframes_in_order.first[ctx.attributes.owner[rows]]
    fix = lossless("move it to the first keyframe", _moving(ctx, rows, "shape", first))
    message = "{attribute} may change along the track, so it belongs on keyframes"
    return ctx.at("attribute", rows, message, fix, attribute=_names(ctx, rows))


@rule("TRK022", "immutable-attribute-on-keyframe", ERROR, needs=LABELS, proof="annos-vid/track-immutable-attr-on-track")
def immutable_attribute_on_keyframe(ctx: Context) -> Found:
    """An immutable attribute stands on a keyframe instead of on its track.

    Why: the server answers 400 `spec_id ... is invalid` and stores nothing of the whole request.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10],
                     "attributes": [{"spec_id": 11, "value": "red"}]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 4, "points": [20, 10], "attributes": [{"spec_id": 11, "value": "red"}]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}], "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Fix: lossless: it moves to the track.
    Source: annos-vid/track-immutable-attr-on-track (400)
    """
    rows = ctx.attribute_rows(Owner.SHAPE)
    tracks = ctx.shapes.track[ctx.attributes.owner[rows]].astype(np.int64)
    wrong = (tracks >= 0) & _specified(ctx, rows, mutable=False)
    rows, tracks = rows[wrong], tracks[wrong]
    fix = lossless("move it to the track", _moving(ctx, rows, "track", tracks))
    message = "{attribute} cannot change along the track, so it belongs on the track"
    return ctx.at("attribute", rows, message, fix, attribute=_names(ctx, rows))


@rule("TRK023", "track-over-job-border", WARNING, upload=INFO, needs=JOB, proof="annos-vid/track-entirely-before-job")
def track_over_job_border(ctx: Context) -> Found:
    """A track has keyframes in its job and outside of it.

    Why: sent to the job, keyframes outside are stored and steer the interpolation up to the border, where nobody can
        see or edit them; sent to the task, the track is cut at every border.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 5, "shapes": [
            {"type": "points", "frame": 5, "points": [10, 10]}, {"type": "points", "frame": 11, "points": [50, 10]}]}]}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 1, "shapes": [
            {"type": "points", "frame": 1, "points": [10, 10]}, {"type": "points", "frame": 5, "points": [50, 10]}]}]},
         "job": {"start_frame": 3}}

        {"from": "cvat-backup", "files": {
            "task.json": {"name": "street", "version": "1.0", "labels": [{"name": "car", "type": "any",
                "attributes": []}], "data": {"start_frame": 0, "stop_frame": 3, "deleted_frames": []}, "jobs": [
                {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}]},
            "annotations.json": [{"tracks": [{"label": "car", "frame": 0, "shapes": [
                {"type": "points", "frame": 0, "points": [1, 1]},
                {"type": "points", "frame": 3, "points": [9, 1]}]}]}, {}]}}
    Good:
        {"tracks": [{"label_id": 1, "frame": 5, "shapes": [
            {"type": "points", "frame": 5, "points": [10, 10]}, {"type": "points", "frame": 9, "points": [40, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 10, "shapes": [
            {"type": "points", "frame": 10, "points": [10, 10]}, {"type": "points", "frame": 11, "points": [40, 10]}]}]}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [40, 10]}]}]},
         "job": {"start_frame": 3}}
    Source: annos-vid/track-entirely-before-job (accepted, kept as sent)
    """
    keyframes, frame = ctx.keyframes_in_order, ctx.shapes.frame
    some = np.flatnonzero((keyframes.first >= 0) & (ctx.tracks.parent < 0))
    some = some[(ctx.tracks.job[some] >= 0) | (ctx.job is not None)]
    spans = ctx.job_spans(ctx.tracks.job[some])
    first, last = frame[keyframes.first[some]], frame[keyframes.last[some]]
    apart = (last < spans[:, 0]) | (first > spans[:, 1])
    over = ((first < spans[:, 0]) | (last > spans[:, 1])) & ~apart
    message = "keyframes from {first} to {last}, the job shows {start} to {stop}"
    return ctx.at(
        "track", some[over], message, first=first[over], last=last[over], start=spans[over, 0], stop=spans[over, 1]
    )


@rule("TRK024", "track-in-honeypot-task", ERROR, needs=TASK, proof="annos-vid/honeypot-task-refuses-tracks")
def track_in_honeypot_task(ctx: Context) -> Found:
    """A track is meant for a task with honeypots.

    Why: the server answers 400 `Tracks are not supported when task validation mode is gt_pool`.
    Bad:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "task": {"validation_mode": "gt_pool"}}

        {"files": {"labels.json": [{"id": 1, "name": "car", "attributes": []}],
                   "job.json": {"id": 3, "start_frame": 0, "stop_frame": 2},
                   "task.json": {"id": 1, "name": "street", "mode": "annotation", "dimension": "2d"},
                   "annotations.json": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
                       {"type": "points", "frame": 0, "points": [10, 10]}]}]},
                   "validation_layout.json": {"honeypot_frames": [0], "honeypot_real_frames": [9]}}}
    Good:
        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]}]},
         "task": {"validation_mode": "gt_pool"}}
    Source: annos-vid/honeypot-task-refuses-tracks (400)
    """
    pool = ctx.subject.mode == "gt_pool" or any(job.honeypots for job in ctx.jobs)
    rows = np.flatnonzero(ctx.tracks.parent < 0) if pool else np.zeros(0, np.int64)
    return ctx.at("track", rows, "a track in a task with honeypots")


@rule("TRK025", "track-over-pictures", INFO, upload=OFF, needs=TASK, proof="annos-vid/track-ok")
def track_over_pictures(ctx: Context) -> Found:
    """A track stands in a task of single pictures.

    Why: nothing breaks; between unrelated pictures an interpolated box is nonsense.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}]}
    Good:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}, "task": {"mode": "interpolation"},
         "job": {"mode": "interpolation"}}
    Source: spec: CVAT's documentation of tracks
    """
    rows = np.zeros(0, np.int64) if ctx.task.is_video else np.flatnonzero(ctx.tracks.parent < 0)
    return ctx.at("track", rows, "a track in a task of single pictures")
