"""The keyframes of a track: that there are some, where they begin and end, one a frame.

{"label_id": 1, "frame": 5, "shapes": [{"frame": 5, ...}, {"frame": 9, "outside": true, ...}]}
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import SKELETON
from annotools.model.tables import Bools, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Copy, Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.needs import FRAMES
from annotools.validate.registry import rule
from annotools.validate.rules.trk._derived import Edits, all_outside, whole_tracks


@rule("TRK001", "track-without-shapes", ERROR, proof="annos-vid/track-ok")
def track_without_shapes(ctx: Context) -> Found:
    """A track has no keyframes.

    Why: the server fails with 500 and stores nothing of the whole request.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": []}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Fix: lossy: the track is dropped.
    Source: annos-vid/track-ok, annos-vid/track-skeleton-no-own-shapes (500)
    """
    rows = np.flatnonzero(ctx.keyframes.lengths == 0)

    def edits(i: int) -> list[Edit]:
        return [Drop("track", int(rows[i]))]

    return ctx.at("track", rows, "the track has no keyframes", lossy("drop it", edits))


@rule("TRK012", "track-without-keyframes", ERROR, proof="source: cvat.py skips rows with keyframe=0")
def track_without_keyframes(ctx: Context) -> None:
    """A track in a file has boxes, and none of them is a keyframe.

    Why: an import takes only rows with `keyframe="1"`, so the whole track is dropped without a word.
    Bad:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='0' points='1,1'/></track></annotations>"}}
    Good:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='1' points='1,1'/></track></annotations>"}}
    Source: source: CVAT's cvat.py, loading of tracks
    """


@rule("TRK003", "two-keyframes-on-one-frame", ERROR, proof="source: annotation.py asserts one keyframe a frame")
def two_keyframes_on_one_frame(ctx: Context) -> Iterator[Found]:
    """A track has two keyframes on one frame.

    Why: the server stores both. If they differ, every export of the job fails, and so does a file import (`must be
        strictly ascending`); if they are alike, one is ignored.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 0, "points": [20, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 0, "points": [10, 10], "occluded": true}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [20, 10]}]}]}
    Fix: lossy: the first one stays.
    Source: source: CVAT's annotation.py, interpolation of tracks (assertion)
    """
    earlier, later = ctx.keyframes_in_order.pairs
    same = ctx.shapes.frame[earlier] == ctx.shapes.frame[later]
    first, again = earlier[same], later[same]
    alike = _alike(ctx, first, again)
    for rows, others, severity in ((again[~alike], first[~alike], ERROR), (again[alike], first[alike], WARNING)):
        fix = lossy("keep the first", _dropping(rows))
        message = "another keyframe of the track is on this frame" + (", the same" if severity == WARNING else "")
        yield ctx.at("shape", rows, message, fix, related=others, severity=severity)


def _dropping(rows: Ints) -> Edits:
    def edits(i: int) -> list[Edit]:
        return [Drop("shape", int(rows[i]))]

    return edits


def _alike(ctx: Context, one: Ints, other: Ints) -> Bools:
    """Pairs of keyframes that say the same."""
    shapes = ctx.shapes
    columns = (shapes.type, shapes.outside, shapes.occluded, shapes.z_order, shapes.rotation)
    same = np.logical_and.reduce([column[one] == column[other] for column in columns]) & (
        ctx.counts[one] == ctx.counts[other]
    )
    places = np.flatnonzero(same)
    points = [np.array_equal(shapes.points(int(one[i])), shapes.points(int(other[i]))) for i in places.tolist()]
    same[places[~np.asarray(points, np.bool_)]] = False
    return np.asarray(same, np.bool_)


@rule("TRK004", "track-frame-behind-first-keyframe", WARNING, proof="annos-vid/track-track-frame-before-first-shape")
def track_frame_behind_first_keyframe(ctx: Context) -> Found:
    """The frame of a track is behind its first keyframe.

    Why: the server lowers it, so what is read back is not what was sent.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 4, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Fix: lossless: the track begins on its first keyframe.
    Source: annos-vid/track-track-frame-before-first-shape (accepted, lowered)
    """
    return _misplaced(ctx, late=True)


@rule("TRK005", "track-frame-before-first-keyframe", WARNING, proof="annos-vid/track-track-frame-before-first-shape")
def track_frame_before_first_keyframe(ctx: Context) -> Found:
    """The frame of a track is before its first keyframe.

    Why: the server puts an `outside` copy of the first keyframe there (of a skeleton it moves the keyframe).
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 4, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]}]}]}
    Fix: lossless: the track begins on its first keyframe.
    Source: annos-vid/track-track-frame-before-first-shape (accepted, a keyframe is inserted)
    """
    return _misplaced(ctx, late=False)


def _misplaced(ctx: Context, *, late: bool) -> Found:
    first = ctx.keyframes_in_order.first
    some = np.flatnonzero(first >= 0)
    begins, frame = ctx.shapes.frame[first[some]], ctx.tracks.frame[some]
    wrong = (frame > begins) if late else (frame < begins)
    rows, begins = some[wrong], begins[wrong]

    def edits(i: int) -> list[Edit]:
        return [Put("track", int(rows[i]), "frame", int(begins[i]))]

    message = "the track is on frame {track}, its first keyframe on {first}"
    fix = lossless("begin on the first keyframe", edits)
    return ctx.at("track", rows, message, fix, track=frame[wrong], first=begins)


@rule("TRK006", "first-keyframe-outside", WARNING, proof="source: annotation.py drops leading outside keyframes")
def first_keyframe_outside(ctx: Context) -> Found:
    """The first keyframe of a track is outside.

    Why: the server stores it; cut at the border of a job it is dropped, and it shows nothing.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "outside": true},
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
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 2, "points": [10, 10], "outside": true}]}]}
    Fix: lossless: the later one is dropped.
    Source: source: CVAT's annotation.py, interpolation of tracks
    """
    earlier, later = ctx.keyframes_in_order.pairs
    both = ctx.shapes.outside[earlier] & ctx.shapes.outside[later] & ~ctx.once(all_outside)[ctx.shapes.track[later]]
    rows = later[both & ~ctx.elements[later]]
    return ctx.at("shape", rows, "the keyframe before it is outside already", lossless("drop it", _dropping(rows)))


@rule("TRK011", "only-keyframes", INFO, upload=OFF, proof="source: keyframes are stored one by one")
def only_keyframes(ctx: Context, keyframes: float = 10) -> Found:
    """Every frame of a track is a keyframe.

    Why: nothing breaks; such tracks are large, and a correction on one frame moves nothing else.
    Bad:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [20, 10]},
            {"type": "points", "frame": 2, "points": [30, 10]}]}]}, "options": {"keyframes": 3}}
    Good:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 2, "points": [30, 10]}]}]},
         "options": {"keyframes": 3}}
    Options: keyframes: from how many on it counts.
    Source: source: CVAT's models.py, TrackedShape
    """
    known = ctx.keyframes_in_order
    many = np.flatnonzero((known.lengths >= keyframes) & ctx.once(whole_tracks))
    span = ctx.shapes.frame[known.last[many]] - ctx.shapes.frame[known.first[many]] + 1
    rows = many[span == known.lengths[many]]
    return ctx.at("track", rows, "all {count} frames of the track are keyframes", count=known.lengths[rows])


@rule("TRK013", "single-keyframe-track", INFO, upload=OFF, proof="annos-vid/track-ok")
def single_keyframe_track(ctx: Context) -> Found:
    """A track has a single keyframe.

    Why: nothing breaks; it stands still to the end of the job, which is seldom meant.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
                                                           {"type": "points", "frame": 5, "points": [20, 10]}]}]}
    Source: annos-vid/track-ok (accepted)
    """
    rows = np.flatnonzero((ctx.keyframes.lengths == 1) & ctx.once(whole_tracks))
    return ctx.at("track", rows, "a single keyframe")
