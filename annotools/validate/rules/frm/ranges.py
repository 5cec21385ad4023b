"""Whether frames exist: in the job, in the task, among those of ground truth, and not deleted.

Annotations count the frames of the task from 0; a job shows `start_frame` to `stop_frame` of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import Job
from annotools.model.tables import Array, Bools, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit
from annotools.validate.findings import ERROR, WARNING, Found, Remedy, lossy
from annotools.validate.needs import FRAMES, JOB
from annotools.validate.registry import rule

_KINDS = ("tag", "shape", "track")


def _framed(ctx: Context) -> Iterator[tuple[str, Array, Array, Bools]]:
    """(kind, frames, jobs, whether a row is judged) of tags, shapes and tracks.  An element is judged with its
    skeleton; keyframes outside of a job are judged by rules about tracks, on the job's own terms."""
    shapes, tracks, tags = ctx.shapes, ctx.tracks, ctx.tags
    yield "tag", tags.frame, tags.job, np.ones(len(tags), np.bool_)
    yield "shape", shapes.frame, shapes.job, ctx.plain
    yield "track", tracks.frame, tracks.job, tracks.parent < 0


def _dropping(kind: str, rows: Ints) -> Remedy:
    def edits(i: int) -> list[Edit]:
        return [Drop(kind, int(rows[i]))]

    return lossy("drop it", edits)


@rule("FRM001", "negative-frame", ERROR, proof="annos-img/shape-frame")
def negative_frame(ctx: Context) -> Iterator[Found]:
    """A frame number is below 0.

    Why: the server answers 400 `Ensure this value is greater than or equal to 0.` and stores nothing of the request.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": -1, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": -2, "points": [10, 10]}]}]}

        {"tags": [{"label_id": 6, "frame": -1}]}

        {"tracks": [{"label_id": 1, "frame": -2, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/shape-frame (400)
    """
    for kind, frames in (("tag", ctx.tags.frame), ("shape", ctx.shapes.frame), ("track", ctx.tracks.frame)):
        rows = np.flatnonzero(frames < 0)
        yield ctx.at(kind, rows, "frame {number}, expected 0 or more", number=frames[rows])


@rule("FRM002", "frame-outside-job", ERROR, needs=JOB, proof="annos-img/shape-frame")
def frame_outside_job(ctx: Context) -> Iterator[Found]:
    """An annotation is on a frame that its job does not show.

    Why: sent to the job it is stored and nobody sees it there; sent to the task it goes to another job or is dropped.
        An export of the job leaves it out, and one to CVAT's XML for video fails.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 11, "points": [10, 10, 60, 40]}]}

        {"tags": [{"label_id": 6, "frame": 10}]}

        {"annotations": {"tags": [{"label_id": 6, "frame": 1}]}, "job": {"start_frame": 2}}

        {"tracks": [{"label_id": 1, "frame": 10, "shapes": [{"type": "points", "frame": 10, "points": [10, 10]}]}]}

        {"from": "cvat-backup", "files": {
            "task.json": {"name": "street", "version": "1.0", "labels": [{"name": "car", "type": "any",
                "attributes": []}], "data": {"start_frame": 0, "stop_frame": 3, "deleted_frames": []}, "jobs": [
                {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}]},
            "annotations.json": [{"tags": [{"label": "car", "frame": 3}]}, {}]}}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 9, "points": [10, 10, 60, 40]}]}
    Fix: lossy: the annotation is dropped.
    Source: annos-img/shape-frame (accepted, kept as sent)
    """
    for kind, frames, jobs, judged in _framed(ctx):
        spans = ctx.job_spans(jobs)
        owned = (jobs >= 0) | (ctx.job is not None)
        rows = np.flatnonzero(judged & owned & _beyond(frames, spans) & (frames >= 0) & _in_task(ctx, frames))
        rows = _shown_nowhere(ctx, rows, spans) if kind == "track" else rows
        first, last = spans[rows].T
        message = "frame {number}, the job shows {first} to {last}"
        yield ctx.at(kind, rows, message, _dropping(kind, rows), number=frames[rows], first=first, last=last)


def _beyond(frames: Array, spans: Ints) -> Bools:
    return np.asarray((frames < spans[:, 0]) | (frames > spans[:, 1]))


def _in_task(ctx: Context, frames: Array) -> Bools:
    """Frames of the task; where its frames are not known, all."""
    return np.asarray(frames < len(ctx.frames)) if len(ctx.frames) else np.ones(len(frames), np.bool_)


def _shown_nowhere(ctx: Context, rows: Ints, spans: Ints) -> Ints:
    """Of some tracks those that begin behind their job: one that begins before it may reach into it."""
    return np.asarray(rows[ctx.tracks.frame[rows] > spans[rows, 1]])


@rule("FRM003", "frame-outside-task", ERROR, upload=WARNING, needs=FRAMES, proof="annos-img/shape-frame")
def frame_outside_task(ctx: Context) -> Iterator[Found]:
    """An annotation is on a frame that the task does not have.

    Why: the server stores it in a job, where nobody ever sees it, and drops it silently when it is sent to the task. A
        keyframe there moves what interpolation shows on the frames before it.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 12, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 1, "frame": 99, "shapes": [{"type": "points", "frame": 99, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
                                                           {"type": "points", "frame": 99, "points": [60, 10]}]}]}

        {"tags": [{"label_id": 6, "frame": 12}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 13, "points": [60, 10], "outside": true}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 12, "points": [60, 10]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 9, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 12, "points": [10, 10], "outside": true}]}]}
    Fix: lossy: the annotation is dropped.
    Source: annos-img/shape-frame, annos-vid/track-beyond-task (accepted, kept as sent)
    """
    for kind, frames, _, judged in _framed(ctx):
        rows = np.flatnonzero(judged & ~_in_task(ctx, frames))
        message = "frame {number}, the task has {count} frames, 0 to {last}"
        count = len(ctx.frames)
        yield ctx.at(kind, rows, message, _dropping(kind, rows), number=frames[rows], count=count, last=count - 1)
    rows = _keyframes_behind(ctx)
    message = "keyframe on frame {number}, the task has {count} frames, 0 to {last}, and it steers those before it"
    number, count = ctx.shapes.frame[rows], len(ctx.frames)
    yield ctx.at("shape", rows, message, _dropping("shape", rows), number=number, count=count, last=count - 1)


def _keyframes_behind(ctx: Context) -> Ints:
    """Keyframes behind the end of the task, of tracks that begin in it; one that only closes its track is fine."""
    shapes = ctx.shapes
    closing = shapes.outside & (shapes.frame == len(ctx.frames))
    tracked = np.flatnonzero((shapes.track >= 0) & ~ctx.elements & ~_in_task(ctx, shapes.frame) & ~closing)
    return tracked[_in_task(ctx, ctx.tracks.frame[shapes.track[tracked]])]


@rule("FRM004", "annotation-on-deleted-frame", WARNING, needs=FRAMES, proof="annos-img/deleted-frames")
def annotation_on_deleted_frame(ctx: Context) -> Iterator[Found]:
    """An annotation is on a frame that was deleted.

    Why: the server keeps it and shows it nowhere; exports leave it out, and a keyframe there counts for nothing.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 8, "points": [10, 10, 60, 40]}]}

        {"tags": [{"label_id": 6, "frame": 8}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 8, "points": [60, 10]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 7, "points": [10, 10, 60, 40]}]}
    Fix: lossy: the annotation is dropped.
    Source: annos-img/deleted-frames (accepted, kept as sent)
    """
    if not ctx.frames.deleted.any():
        return
    for kind, frames in (("tag", ctx.tags.frame), ("shape", ctx.shapes.frame)):
        known = (frames >= 0) & _in_task(ctx, frames)
        known[known] = ctx.frames.deleted[frames[known]]
        rows = np.flatnonzero(known & (ctx.plain | (ctx.shapes.track >= 0)) if kind == "shape" else known)
        rows = rows[~ctx.elements[rows]] if kind == "shape" else rows
        yield ctx.at(kind, rows, "frame {number} is deleted", _dropping(kind, rows), number=frames[rows])


@rule("FRM005", "frame-not-in-ground-truth", ERROR, upload=WARNING, gt=ERROR, needs=JOB, proof="source: gt frames")
def frame_not_in_ground_truth(ctx: Context) -> Iterator[Found]:
    """An annotation in a ground truth job is on a frame that was not selected for it.

    Why: the server stores it, shows it nowhere and leaves it out of every comparison; imports skip it silently.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 3}]}, "job": {"type": "ground_truth", "stop_frame": 11},
         "data_meta": {"included_frames": [2, 5]}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 3, "points": [10, 10]}]},
         "job": {"type": "ground_truth", "stop_frame": 11}, "data_meta": {"included_frames": [2, 5]}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 5}]}, "job": {"type": "ground_truth", "stop_frame": 11},
         "data_meta": {"included_frames": [2, 5]}}
    Fix: lossy: the annotation is dropped.
    Source: source: CVAT's bindings.py skips frames that are not included
    """
    for kind, frames, jobs, judged in _framed(ctx):
        if kind != "track":
            out = np.zeros(len(frames), np.bool_)
            for row, job in enumerate(ctx.jobs):
                if job.included is not None:
                    mine = (jobs == row) | ((jobs < 0) & (ctx.job is not None))
                    out |= mine & _not_selected(job, frames)
            rows = np.flatnonzero(judged & out)
            message = "frame {number} is not one of the job's selected frames"
            yield ctx.at(kind, rows, message, _dropping(kind, rows), number=frames[rows])


def _not_selected(job: Job, frames: Array) -> Bools:
    inside = (frames >= job.start_frame) & (frames <= job.stop_frame)
    return np.asarray(inside & ~np.isin(frames, job.frames()))
