"""What happens between the keyframes of a track: what cannot be interpolated, gaps, jumps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.model import POINTS, POLYGON, POLYLINE
from annotools.model.tables import Bools, Floats, Ints
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found, Severity
from annotools.validate.registry import rule
from annotools.validate.rules.trk._derived import medians, moves


def _first_of_tracks(ctx: Context, wrong: Bools) -> tuple[Ints, Ints, Ints]:
    """(tracks, earlier, later) of the first of some pairs of keyframes in each track."""
    earlier, later = ctx.keyframes_in_order.pairs
    tracks, first = np.unique(ctx.shapes.track[later[wrong]].astype(np.int64), return_index=True)
    return tracks, earlier[wrong][first], later[wrong][first]


@rule("TRK010", "gap-without-outside", WARNING, upload=INFO, proof="source: gaps are interpolated")
def gap_without_outside(ctx: Context, frames: float = 5, keyframes: float = 6) -> Found:
    """A track that has a keyframe on nearly every frame has none for a while, and is not put outside there.

    Why: the server interpolates over the gap, so an object that was gone appears in between.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [11, 10]},
            {"type": "points", "frame": 2, "points": [12, 10]}, {"type": "points", "frame": 9, "points": [50, 10]},
            {"type": "points", "frame": 10, "points": [51, 10]}, {"type": "points", "frame": 11, "points": [52, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [11, 10]},
            {"type": "points", "frame": 2, "points": [12, 10]}, {"type": "points", "frame": 3, "points": [13, 10]},
            {"type": "points", "frame": 4, "points": [14, 10]}, {"type": "points", "frame": 11, "points": [52, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [11, 10]},
            {"type": "points", "frame": 2, "points": [12, 10]},
            {"type": "points", "frame": 3, "points": [12, 10], "outside": true},
            {"type": "points", "frame": 9, "points": [50, 10]}, {"type": "points", "frame": 10, "points": [51, 10]},
            {"type": "points", "frame": 11, "points": [52, 10]}]}]}
    Options: frames: the longest gap that is fine. keyframes: from how many on a track is judged.
    Source: source: CVAT's annotation.py interpolates between keyframes that are not outside
    """
    earlier, later = ctx.keyframes_in_order.pairs
    frame, track = ctx.shapes.frame, ctx.shapes.track
    steps = (frame[later] - frame[earlier]).astype(np.float64)
    dense = medians(track[later], steps, len(ctx.tracks), int(keyframes) - 1) == 1
    gap = dense[track[later]] & (steps > frames) & ~ctx.shapes.outside[earlier]
    tracks, one, other = _first_of_tracks(ctx, gap)
    message = "no keyframe between frames {before} and {after}, and it is not outside"
    return ctx.at("track", tracks, message, before=frame[one], after=frame[other])


@rule("TRK014", "mixed-shape-types", ERROR, proof="annos-vid/track-keyframe-one-past-stop-outside")
def mixed_shape_types(ctx: Context) -> Iterator[Found]:
    """Keyframes of one track are of different types.

    Why: the server stores it; between two visible keyframes of different types it cannot interpolate, and every export
        of the job fails.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "polygon", "frame": 4, "points": [10, 10, 60, 10, 60, 40]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "rectangle", "frame": 2, "points": [10, 10, 60, 40], "outside": true},
            {"type": "polygon", "frame": 4, "points": [10, 10, 60, 10, 60, 40]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
            {"type": "rectangle", "frame": 4, "points": [20, 10, 70, 40]}]}]}
    Source: annos-vid/track-keyframe-one-past-stop-outside (accepted); source: annotation.py, NotImplementedError
    """
    earlier, later = ctx.keyframes_in_order.pairs
    shapes = ctx.shapes
    differ = shapes.type[earlier] != shapes.type[later]
    seen = ~shapes.outside[earlier] & ~shapes.outside[later]
    broken, one, other = _first_of_tracks(ctx, differ & seen)
    message = "frame {before} is a {left}, frame {after} a {right}"
    yield _mixed(ctx, broken, one, other, f"{message}: no interpolation", ERROR)
    tracks, one, other = _first_of_tracks(ctx, differ)
    rest = ~np.isin(tracks, broken)
    yield _mixed(ctx, tracks[rest], one[rest], other[rest], message, WARNING)


def _mixed(ctx: Context, tracks: Ints, one: Ints, other: Ints, message: str, severity: Severity) -> Found:
    frame = ctx.shapes.frame
    return ctx.at(
        "track", tracks, message, before=frame[one], after=frame[other], left=ctx.type_words(one),
        right=ctx.type_words(other), severity=severity,
    )  # fmt: skip


@rule(
    "TRK015",
    "changing-point-count",
    WARNING,
    upload=OFF,
    export=INFO,
    proof="source: outlines are matched by length",
)
def changing_point_count(ctx: Context) -> Found:
    """Two keyframes of an outline have different numbers of points.

    Why: the server matches points by their place along the outline, so what lies between is only roughly what was
        meant; sets of points are not interpolated at all.
    Bad:
        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40]},
            {"type": "polygon", "frame": 4, "points": [10, 10, 60, 10, 60, 40, 10, 40]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "polyline", "frame": 0, "points": [10, 10, 60, 10]},
            {"type": "polyline", "frame": 4, "points": [10, 10, 60, 10, 60, 40]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]},
            {"type": "points", "frame": 4, "points": [10, 10, 60, 10]}]}]}
    Good:
        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40]},
            {"type": "polygon", "frame": 4, "points": [20, 10, 70, 10, 70, 40]}]}]}
    Source: source: CVAT's annotation.py, interpolation of polygons
    """
    earlier, later = ctx.keyframes_in_order.pairs
    shapes, counts = ctx.shapes, ctx.counts
    drawn = ctx.are(POLYGON, POLYLINE, POINTS)
    differ = drawn[earlier] & (shapes.type[earlier] == shapes.type[later]) & (counts[earlier] != counts[later])
    differ &= ~shapes.outside[earlier] & ~shapes.outside[later]
    tracks, one, other = _first_of_tracks(ctx, differ)
    message = "{left} points on frame {before}, {right} on frame {after}"
    frame = shapes.frame
    return ctx.at(
        "track", tracks, message, left=counts[one] // 2, right=counts[other] // 2, before=frame[one], after=frame[other]
    )


@rule("TRK016", "position-jump", WARNING, upload=INFO, proof="source: positions are not compared")
def position_jump(ctx: Context, times: float = 8, steps: float = 5) -> Found:
    """An object moves far faster at one place than it usually does, and further than its own size.

    Why: the server does not care; mostly another object was taken for it, or a keyframe slipped.
    Bad:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 20, 20]},
            {"type": "rectangle", "frame": 1, "points": [11, 10, 21, 20]},
            {"type": "rectangle", "frame": 2, "points": [12, 10, 22, 20]},
            {"type": "rectangle", "frame": 3, "points": [13, 10, 23, 20]},
            {"type": "rectangle", "frame": 4, "points": [150, 10, 160, 20]},
            {"type": "rectangle", "frame": 5, "points": [151, 10, 161, 20]}]}]}}

        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}, {"type": "points", "frame": 1, "points": [11, 10]},
            {"type": "points", "frame": 2, "points": [12, 10]}, {"type": "points", "frame": 3, "points": [13, 10]},
            {"type": "points", "frame": 4, "points": [13, 90]}, {"type": "points", "frame": 5, "points": [14, 90]}]}]}}
    Good:
        {"annotations": {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 20, 20]},
            {"type": "rectangle", "frame": 1, "points": [11, 10, 21, 20]},
            {"type": "rectangle", "frame": 2, "points": [12, 10, 22, 20]},
            {"type": "rectangle", "frame": 3, "points": [13, 10, 23, 20]},
            {"type": "rectangle", "frame": 4, "points": [14, 10, 24, 20]},
            {"type": "rectangle", "frame": 5, "points": [15, 10, 25, 20]}]}]}}
    Options: times: how many times the track's median speed. steps: from how many moves of a track on it is judged.
    Source: source: CVAT's serializers.py compares no keyframes
    """
    known = ctx.once(moves)
    usual = medians(known.track, known.speed, len(ctx.tracks), max(int(steps), 1))[known.track]
    wild = (known.speed > times * np.maximum(usual, 1)) & (known.distance > 2 * known.size)
    message = "moves {value:.0f} px a frame to frame {number}, usually {usual:.1f}"
    return _at_first(ctx, wild, message, known.speed, usual)


def _at_first(ctx: Context, wild: Bools, message: str, values: Floats, usual: Floats) -> Found:
    known = ctx.once(moves)
    tracks, first = np.unique(known.track[wild], return_index=True)
    step = np.flatnonzero(wild)[first]
    frames = ctx.shapes.frame[known.later[step]]
    return ctx.at("track", tracks, message, value=values[step], number=frames, usual=usual[step])


@rule("TRK017", "size-jump", WARNING, upload=INFO, proof="source: sizes are not compared")
def size_jump(ctx: Context, times: float = 4) -> Found:
    """An object becomes many times larger or smaller from one frame to the next.

    Why: the server does not care; mostly another object was taken for it.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 20, 20]},
            {"type": "rectangle", "frame": 1, "points": [10, 10, 60, 60]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 60]},
            {"type": "rectangle", "frame": 1, "points": [10, 10, 20, 20]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 20, 20]},
            {"type": "rectangle", "frame": 1, "points": [10, 10, 22, 22]}]}]}
    Options: times: how many times its area within a frame.
    Source: source: CVAT's serializers.py compares no keyframes
    """
    known = ctx.once(moves)
    wild = (known.growth > times) | (known.growth * times < 1)
    message = "the area becomes {value:.2g} times as large within a frame, on frame {number}"
    return _at_first(ctx, wild, message, known.growth, known.size)


@rule("TRK026", "half-turn", INFO, upload=OFF, proof="source: annotation.py, difference of angles")
def half_turn(ctx: Context) -> Iterator[Found]:
    """The rotation turns by 180 degrees and more between two keyframes.

    Why: the server turns the short way round, and by one degree where the difference is 180 exactly.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40], "rotation": 0},
            {"type": "rectangle", "frame": 4, "points": [10, 10, 60, 40], "rotation": 180}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40], "rotation": 10},
            {"type": "rectangle", "frame": 4, "points": [10, 10, 60, 40], "rotation": 350}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40], "rotation": 10},
            {"type": "rectangle", "frame": 4, "points": [10, 10, 60, 40], "rotation": 100}]}]}
    Source: source: CVAT's annotation.py, find_angle_diff
    """
    earlier, later = ctx.keyframes_in_order.pairs
    shapes = ctx.shapes
    with np.errstate(invalid="ignore"):
        turn = np.abs(shapes.rotation[later] - shapes.rotation[earlier])
        wide = (turn >= 180) & ~shapes.outside[earlier] & (shapes.frame[later] - shapes.frame[earlier] > 1)
    rows, degrees = later[wide], turn[wide]
    message = "the rotation turns by {degrees:g} degrees since the keyframe before; the server goes the short way"
    yield ctx.at("shape", rows, message, degrees=degrees)
