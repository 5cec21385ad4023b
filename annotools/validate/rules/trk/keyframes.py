"""The keyframes of a track: that there are some, where they begin and end, one a frame.

{"label_id": 1, "frame": 5, "shapes": [{"frame": 5, ...}, {"frame": 9, "outside": true, ...}]}
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from annotools.formats.cvat_xml.kinds import NO_KEYFRAME
from annotools.model.tables import Bools, Ints
from annotools.sequences import chosen
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit, Put
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, lossless, lossy
from annotools.validate.fixing.xml_problems import MeantElements, is_keyless, keyframes_made
from annotools.validate.registry import rule
from annotools.validate.rules.trk._derived import dropping, whole_tracks


@rule("TRK001", "track-without-shapes", ERROR, proof="annos-vid/track-ok")
def track_without_shapes(ctx: Context) -> Found:
    """A track has no keyframes.

    Why: the server fails with 500 and stores nothing of the whole request.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": []}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": []}]}]}
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
def track_without_keyframes(ctx: Context) -> Found | None:
    """A track in a file has boxes, and none of them is a keyframe.

    Why: an import takes only rows with `keyframe="1"`, so the whole track is dropped without a word.
    Bad:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='0' points='1,1'/></track></annotations>"}}

        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'></track></annotations>"}}
    Good:
        {"from": "cvat-video", "task": {}, "files": {"annotations.xml":
            "<annotations><track label='car'><points frame='0' keyframe='1' points='1,1'/></track></annotations>"}}
    Fix: lossy: all of its rows become keyframes, so it stands where they say; a track without rows is dropped.
    Source: source: CVAT's cvat.py, loading of tracks
    """
    problems = chosen(ctx.problems, lambda problem: problem.kind == NO_KEYFRAME)
    answer = ctx.told(problems)
    if answer is None or ctx.source is None:
        return answer
    tracks = MeantElements(ctx.source, problems, ("track",), is_keyless)

    def edits(i: int) -> list[Edit]:
        element = tracks.of(i)
        return [] if element is None else keyframes_made(problems[i].file, *element)

    return replace(answer, remedy=lossy("make its rows keyframes, or drop it without any", edits))


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
        fix = lossy("keep the first", dropping(rows))
        message = "another keyframe of the track is on this frame" + (", the same" if severity == WARNING else "")
        yield ctx.at("shape", rows, message, fix, related=others, severity=severity)


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

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 4, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]}]}]}]}

        {"tracks": [{"label_id": 1, "frame": 6, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]},
                                                           {"type": "points", "frame": 2, "points": [20, 10]}]}]}
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

        {"tracks": [{"label_id": 8, "frame": 4, "shapes": [{"type": "skeleton", "frame": 4}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]}]}]}]}
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


@rule("TRK011", "only-keyframes", INFO, upload=OFF, proof="source: keyframes are stored one by one")
def only_keyframes(ctx: Context, keyframes: float = 10) -> Found:
    """Every frame of a track is a keyframe.

    Why: nothing breaks; such tracks are large, and a correction on one frame moves nothing else.
    Bad:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [20, 10]},
            {"type": "points", "frame": 2, "points": [30, 10]}]}]}, "options": {"keyframes": 3}}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 2, "shapes": [
            {"type": "points", "frame": 4, "points": [30, 10]}, {"type": "points", "frame": 2, "points": [10, 10]},
            {"type": "points", "frame": 3, "points": [20, 10]}]}]}, "options": {"keyframes": 3}}
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

        {"tracks": [{"label_id": 1, "frame": 4, "shapes": [
            {"type": "rectangle", "frame": 4, "points": [10, 10, 60, 40], "occluded": true}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [10, 10]},
                                                           {"type": "points", "frame": 5, "points": [20, 10]}]}]}
    Source: annos-vid/track-ok (accepted)
    """
    rows = np.flatnonzero((ctx.keyframes.lengths == 1) & ctx.once(whole_tracks))
    return ctx.at("track", rows, "a single keyframe")
