"""Frame numbers that count something else than the frames of the task from 0: from 1, or the frames of the source."""

from __future__ import annotations

import numpy as np

from annotools.model.columns import distinct
from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, WARNING, Found, lossless, lossy
from annotools.validate.needs import FRAMES
from annotools.validate.registry import rule


def _used(ctx: Context) -> Ints:
    """All frames that tags, plain shapes and keyframes name, ascending."""
    return distinct(np.concatenate([ctx.tags.frame, ctx.shapes.frame]))


def _moved(ctx: Context, new: Ints) -> list[Edit]:
    """Edits that give every row its new frame: `new` is that of each of the old frames 0, 1, 2 ..."""
    edits: list[Edit] = []
    for kind, frames in (("tag", ctx.tags.frame), ("shape", ctx.shapes.frame), ("track", ctx.tracks.frame)):
        edits += [Put(kind, row, "frame", int(new[frame])) for row, frame in enumerate(frames.tolist())]
    return edits


@rule("FRM006", "frames-count-from-one", WARNING, upload=WARNING, needs=FRAMES, proof="source: frames count from 0")
def frames_count_from_one(ctx: Context) -> Found | None:
    """Every frame number is one too high: the last one is the number of frames, none is 0.

    Why: the server stores what it gets, so every annotation is shown on the frame behind its own.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 1}, {"label_id": 6, "frame": 2}, {"label_id": 6, "frame": 5},
            {"label_id": 6, "frame": 12}]}, "job": {"stop_frame": 11}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 1, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 2, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 12, "points": [10, 10]}]}, "job": {"stop_frame": 11}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 1}, {"label_id": 6, "frame": 4},
            {"label_id": 6, "frame": 11}]}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 1}, {"label_id": 6, "frame": 12}]},
         "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 1}, {"label_id": 6, "frame": 2},
                                  {"label_id": 6, "frame": 11}]},
         "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 2},
                                  {"label_id": 6, "frame": 12}]},
         "job": {"stop_frame": 11}}
    Fix: lossy: all frame numbers become one less.
    Source: source: CVAT's annotations count the frames of the task from 0
    """
    used, count = _used(ctx), len(ctx.frames)
    if len(used) < 3 or used[0] < 1 or used[-1] != count:
        return None

    def edits(i: int) -> list[Edit]:
        return _moved(ctx, np.arange(-1, count))

    message = "frames go from {first} to {last} in a task of {count}: they seem to count from 1"
    fix = lossy("make all frame numbers one less", edits)
    return ctx.at("document", [0], message, fix, first=int(used[0]), last=int(used[-1]), count=count)


@rule("FRM007", "source-frame-numbers", ERROR, upload=WARNING, needs=FRAMES, proof="data/video-frame-3")
def source_frame_numbers(ctx: Context) -> Found | None:
    """Frame numbers are those of the source media, not those of the task.

    Why: a task that begins later or takes every n-th frame counts its own frames from 0. The server stores what it
        gets, so every annotation is shown on a wrong frame or on none.
    Bad:
        {"annotations": {"tags": [{"label_id": 6, "frame": 10}, {"label_id": 6, "frame": 32}]},
         "data_meta": {"start_frame": 10, "stop_frame": 32, "frame_filter": "step=2"}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 10}, {"label_id": 6, "frame": 21}]},
         "data_meta": {"start_frame": 10, "stop_frame": 21}, "job": {"stop_frame": 11}}

        {"annotations": {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10]},
            {"type": "points", "label_id": 1, "frame": 22, "points": [10, 10]}]},
         "data_meta": {"stop_frame": 22, "frame_filter": "step=2"}, "job": {"stop_frame": 11}}
    Good:
        {"annotations": {"tags": [{"label_id": 6, "frame": 0}, {"label_id": 6, "frame": 11}]},
         "data_meta": {"start_frame": 10, "stop_frame": 32, "frame_filter": "step=2"}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 10}, {"label_id": 6, "frame": 11}]},
         "data_meta": {"start_frame": 10, "stop_frame": 21}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 10}, {"label_id": 6, "frame": 13}]},
         "data_meta": {"start_frame": 10, "stop_frame": 32, "frame_filter": "step=2"}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 2}, {"label_id": 6, "frame": 15}]},
         "data_meta": {"start_frame": 10, "stop_frame": 21}, "job": {"stop_frame": 11}}

        {"annotations": {"tags": [{"label_id": 6, "frame": 10}, {"label_id": 6, "frame": 40}]},
         "data_meta": {"start_frame": 10, "stop_frame": 21}, "job": {"stop_frame": 11}}

        {"annotations": {}, "data_meta": {"start_frame": 10, "stop_frame": 21}, "job": {"stop_frame": 11}}
    Fix: lossless: the numbers become those of the task.
    Source: data/video-frame-3; annotations count the task's frames, meta the source's
    """
    task, used, count = ctx.task, _used(ctx), len(ctx.frames)
    if (task.start_frame, task.step) == (0, 1) or not len(used) or used[-1] < count:
        return None
    frames, rest = np.divmod(used - task.start_frame, task.step)
    if (rest != 0).any() or frames[0] < 0 or frames[-1] >= count:
        return None

    def edits(i: int) -> list[Edit]:
        new = (np.arange(used[-1] + 1) - task.start_frame) // task.step
        return _moved(ctx, new)

    message = "frames {first} to {last} are the source's; the task has {count}, from {start} in steps of {step}"
    return ctx.at(
        "document", [0], message, lossless("count the task's frames", edits), first=int(used[0]), last=int(used[-1]),
        count=count, start=task.start_frame, step=task.step,
    )  # fmt: skip
