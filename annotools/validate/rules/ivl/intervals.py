"""Intervals: stretches of audio, in the units of the media; `stop` is exclusive and may be null for an open end.

{"intervals": [{"label_id": 7, "start": 100, "stop": 250}]}
"""

from __future__ import annotations

import numpy as np

from annotools.model.tables import Ints
from annotools.validate.context import Context
from annotools.validate.edits import Edit, Put
from annotools.validate.findings import ERROR, WARNING, Found, lossless, lossy
from annotools.validate.needs import TASK
from annotools.validate.registry import rule

_OPEN = 1 << 62


def _stops(ctx: Context) -> Ints:
    """The stop of each interval, a very large number for an open end."""
    return np.where(ctx.intervals.stop < 0, _OPEN, ctx.intervals.stop)


@rule("IVL001", "inverted-interval", ERROR, proof="source: task.py checks start <= stop of intervals")
def inverted_interval(ctx: Context) -> Found:
    """An interval stops before it starts.

    Why: the server answers 400 and stores nothing of the whole request.
    Bad:
        {"intervals": [{"label_id": 7, "start": 8, "stop": 3}]}

        {"intervals": [{"label_id": 7, "start": 8, "stop": 0}]}
    Good:
        {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}
    Fix: lossless: start and stop change places.
    Source: source: CVAT's task.py, validation of intervals
    """
    start, stop = ctx.intervals.start, ctx.intervals.stop
    rows = np.flatnonzero((stop >= 0) & (stop < start))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        return [Put("interval", row, "start", int(stop[row])), Put("interval", row, "stop", int(start[row]))]

    message = "the interval starts at {start} and stops at {stop}"
    return ctx.at("interval", rows, message, lossless("swap start and stop", edits), start=start[rows], stop=stop[rows])


@rule("IVL002", "interval-outside-task", ERROR, needs=TASK, proof="source: task.py checks intervals against the media")
def interval_outside_task(ctx: Context) -> Found:
    """An interval starts or stops outside of the media.

    Why: the server answers 400; start must be a frame of the media, stop at most one more than the last. Of a recording
        whose length nothing says, as of a table alone, only what lies before its start is told.
    Bad:
        {"intervals": [{"label_id": 7, "start": 3, "stop": 500}]}

        {"intervals": [{"label_id": 7, "start": 300, "stop": 310}]}

        {"intervals": [{"label_id": 7, "start": -3, "stop": 8}]}

        {"intervals": [{"label_id": 7, "start": 12, "stop": 12}]}
    Good:
        {"intervals": [{"label_id": 7, "start": 3, "stop": 12}]}

        {"from": "generic-tsv", "files": {"a.tsv":
            "filename\\tstart\\tstop\\tlabel\\na.mp3\\t0:00:01\\t0:00:02\\tspeech\\n"}}
    Fix: lossy: what lies outside is cut off.
    Source: source: CVAT's task.py, validation of intervals
    """
    first, last = _media(ctx)
    start, stop = ctx.intervals.start, ctx.intervals.stop
    rows = np.flatnonzero((start < first) | (start > last) | (stop > last + 1))

    def edits(i: int) -> list[Edit]:
        row = int(rows[i])
        cut: list[Edit] = [Put("interval", row, "start", min(max(int(start[row]), first), last))]
        return [*cut, Put("interval", row, "stop", last + 1)] if stop[row] > last + 1 else cut

    ends = ["open" if value < 0 else value for value in stop[rows].tolist()]
    message = "the interval goes from {start} to {stop}, the media from {first} to {last}"
    cut = lossy("cut it at the ends of the media", edits)
    end = "its end" if last == _OPEN else last
    return ctx.at("interval", rows, message, cut, start=start[rows], stop=ends, first=first, last=end)


def _media(ctx: Context) -> tuple[int, int]:
    """The first and the last frame of the media; a recording is one file, which does not say how long it is."""
    task = ctx.task
    if task.stop_frame is not None:
        return task.start_frame, task.stop_frame
    if task.is_audio:
        return task.start_frame, _OPEN
    return task.start_frame, task.start_frame + task.step * max(len(ctx.frames) - 1, 0) if len(ctx.frames) else _OPEN


@rule("IVL003", "overlapping-intervals", WARNING, proof="source: intervals are not compared with each other")
def overlapping_intervals(ctx: Context) -> Found:
    """Two intervals of one label overlap.

    Why: the server keeps both; what counts or plays the label counts the shared stretch twice.
    Bad:
        {"intervals": [{"label_id": 7, "start": 1, "stop": 6}, {"label_id": 7, "start": 4, "stop": 9}]}

        {"intervals": [{"label_id": 7, "start": 1, "stop": null}, {"label_id": 7, "start": 4, "stop": 9}]}

        {"intervals": [{"label_id": 7, "start": 1, "stop": 20}, {"label_id": 7, "start": 2, "stop": 3},
                       {"label_id": 7, "start": 5, "stop": 9}]}
    Good:
        {"intervals": [{"label_id": 7, "start": 1, "stop": 4}, {"label_id": 7, "start": 4, "stop": 9}]}

        {"intervals": [{"label_id": 7, "start": 1, "stop": 6}, {"label_id": 1, "start": 4, "stop": 9}]}
    Source: source: CVAT's task.py, validation of intervals
    """
    table, stops = ctx.intervals, _stops(ctx)
    order = np.lexsort((table.start, table.label, table.job))
    job, label, start = table.job[order], table.label[order], table.start[order]
    group = np.cumsum(np.concatenate(([0], (job[1:] != job[:-1]) | (label[1:] != label[:-1])))[: len(order)])
    reach, who = _furthest(stops[order], group)
    over = np.flatnonzero((group[1:] == group[:-1]) & (start[1:] < reach[:-1])) + 1
    other = order[who[over - 1]]
    message = "the interval starts at {start}, before the one that begins at {before} has stopped"
    return ctx.at("interval", order[over], message, start=start[over], before=table.start[other], related=other)


def _furthest(stops: Ints, group: Ints) -> tuple[Ints, Ints]:
    """The furthest stop so far within each group, and the place of the interval that has it."""
    rank = np.argsort(np.argsort(stops, kind="stable"), kind="stable")
    best = np.maximum.accumulate(group * (len(stops) + 1) + rank) - group * (len(stops) + 1)
    who = np.argsort(stops, kind="stable")[best] if len(stops) else best
    return stops[who], who


@rule("IVL004", "interval-without-audio", ERROR, upload=WARNING, needs=TASK, proof="source: media is not asked for")
def interval_without_audio(ctx: Context) -> Found:
    """An interval stands in a task that is no audio.

    Why: the server stores it; no editor shows it and no export of pictures carries it.
    Bad:
        {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}

        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]},
         "task": {"media_type": "point_cloud", "dimension": "3d"}}
    Good:
        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]},
         "task": {"media_type": "audio", "dimension": "1d"}, "job": {"media_type": "audio", "dimension": "1d"}}

        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}, "task": {"media_type": "audio"},
         "job": {"media_type": "audio"}}

        {"annotations": {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}, "task": {"dimension": "1d"},
         "job": {"dimension": "1d"}}
    Source: source: CVAT's task.py (accepted in jobs of images)
    """
    rows = np.zeros(0, np.int64) if ctx.task.is_audio else np.arange(len(ctx.intervals))
    return ctx.at("interval", rows, "an interval in a task of {media}", media=ctx.task.media_type)
