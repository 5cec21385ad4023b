"""Keyframes that are outside: tracks that begin so, are never seen, go on to the end, or leave twice.

{"label_id": 1, "frame": 5, "shapes": [{"frame": 5, ...}, {"frame": 9, "outside": true, ...}]}
"""

from __future__ import annotations

import numpy as np

from annotools.model import SKELETON
from annotools.validate.context import Context
from annotools.validate.edits import Copy, Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.needs import FRAMES
from annotools.validate.registry import rule
from annotools.validate.rules.trk._derived import all_outside, dropping, whole_tracks


@rule("TRK006", "first-keyframe-outside", WARNING, proof="source: annotation.py drops leading outside keyframes")
def first_keyframe_outside(ctx: Context) -> Found:
    """The first keyframe of a track is outside.

    Why: the server stores it; cut at the border of a job it is dropped, and it shows nothing.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 4, "points": [20, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 2, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 4, "points": [20, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 4, "shapes": [{"type": "points", "frame": 4, "points": [20, 10]}]}]}
    Fix: lossless: the keyframe is dropped, and the track begins on the next.
    Source: source: CVAT's annotation.py, cutting of tracks
    """
    keyframes = ctx.keyframes_in_order
    some = np.flatnonzero((keyframes.lengths > 1) & ~ctx.once(all_outside) & (ctx.tracks.parent < 0))
    first = keyframes.first[some]
    outside = ctx.shapes.outside[first] & ~ctx.are(SKELETON)[first]
    tracks, rows = some[outside], first[outside]

    def edits(i: int) -> list[Edit]:
        second = keyframes.rows[keyframes.offsets[tracks[i]] + 1]
        return [Drop("shape", int(rows[i])), Put("track", int(tracks[i]), "frame", int(ctx.shapes.frame[second]))]

    fix = lossless("begin on the next keyframe", edits)
    message = "the first keyframe, on frame {first}, is outside"
    return ctx.at("track", tracks, message, fix, first=ctx.shapes.frame[rows])


@rule("TRK007", "track-never-in-view", ERROR, upload=WARNING, proof="source: outside shapes are not exported")
def track_never_in_view(ctx: Context) -> Found:
    """All keyframes of a track are outside.

    Why: the server stores it and shows it nowhere; exports and imports leave it out.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 4, "points": [20, 10], "outside": true}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the track is dropped.
    Source: source: CVAT's annotation.py and bindings.py leave out what is outside
    """
    rows = np.flatnonzero(ctx.once(all_outside) & (ctx.tracks.parent < 0))

    def edits(i: int) -> list[Edit]:
        return [Drop("track", int(rows[i]))]

    message = "all {count} keyframes are outside"
    return ctx.at("track", rows, message, lossy("drop it", edits), count=ctx.keyframes.lengths[rows])


@rule("TRK008", "track-without-end", WARNING, upload=INFO, needs=FRAMES, proof="annos-vid/track-ok")
def track_without_end(ctx: Context, frames: float = 10) -> Found:
    """A track is not closed by an outside keyframe, long before the job ends.

    Why: the server repeats the last keyframe on every frame up to the end of the job, thousands of boxes that nobody
        drew.
    Bad:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 2, "points": [20, 10]}]}]},
         "options": {"frames": 5}}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 2, "points": [20, 10]}, {"type": "points", "frame": 0, "points": [10, 10]}]}]},
         "options": {"frames": 5}}
    Good:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 2, "points": [20, 10]},
            {"type": "points", "frame": 3, "points": [20, 10], "outside": true}]}]}, "options": {"frames": 5}}
    Options: frames: how many frames before the end a track may have its last keyframe.
    Fix: lossy: an outside keyframe is put on the frame behind the last.
    Source: annos-vid/track-ok; source: CVAT's annotation.py propagates the last keyframe
    """
    last = ctx.keyframes_in_order.last
    tracks = np.flatnonzero((last >= 0) & ctx.once(whole_tracks))
    rows = last[tracks]
    end = ctx.job_spans(ctx.tracks.job[tracks])[:, 1]
    over = end - ctx.shapes.frame[rows]
    still = (over > frames) & ~ctx.shapes.outside[rows] & ~ctx.are(SKELETON)[rows]
    tracks, rows, over = tracks[still], rows[still], over[still]

    def edits(i: int) -> list[Edit]:
        return [Copy("shape", int(rows[i]), {"frame": int(ctx.shapes.frame[rows[i]]) + 1, "outside": True})]

    message = "the last keyframe, on frame {last}, is repeated on {over} frames to the end"
    fix = lossy("close it behind the last keyframe", edits)
    return ctx.at("track", tracks, message, fix, last=ctx.shapes.frame[rows], over=over)


@rule("TRK009", "consecutive-outside-keyframes", INFO, upload=OFF, proof="source: outside keyframes show nothing")
def consecutive_outside_keyframes(ctx: Context) -> Found:
    """An outside keyframe follows another.

    Why: nothing breaks; the second says nothing, since the object is gone already.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 2, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 4, "points": [10, 10], "outside": true}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 2, "points": [10, 10], "outside": true},
            {"type": "points", "frame": 4, "points": [10, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 2, "points": [10, 10], "outside": true}]}]}
    Fix: lossless: the later one is dropped.
    Source: source: CVAT's annotation.py, interpolation of tracks
    """
    earlier, later = ctx.keyframes_in_order.pairs
    both = ctx.shapes.outside[earlier] & ctx.shapes.outside[later] & ~ctx.once(all_outside)[ctx.shapes.track[later]]
    rows = later[both & ~ctx.elements[later]]
    return ctx.at("shape", rows, "the keyframe before it is outside already", lossless("drop it", dropping(rows)))
