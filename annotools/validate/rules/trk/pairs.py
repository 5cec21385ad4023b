"""Two tracks that may be one object, or two objects that changed places."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from annotools.geometry.boxes import pair_ious
from annotools.geometry.ragged import expand_ranges
from annotools.model import MASK
from annotools.model.columns import row_keys
from annotools.model.tables import Floats, Ints
from annotools.validate.context import Context
from annotools.validate.edits import Drop, Edit
from annotools.validate.findings import INFO, OFF, WARNING, Found, lossy
from annotools.validate.registry import rule
from annotools.validate.rules.geo._derived import close_pairs
from annotools.validate.rules.trk._derived import moves

_MOST = 20_000  # jumps that are compared with each other
_ROUNDED = 1e-9  # of a width, what the arithmetic may be off


def _visible(ctx: Context) -> Ints:
    """Visible keyframes with points, elements and masks left out."""
    fine = ctx.sound & (ctx.shapes.track >= 0) & ~ctx.shapes.outside & ~ctx.elements & ~ctx.are(MASK)
    fine &= (ctx.counts > 0) & (np.nan_to_num(np.abs(ctx.hulls)).max(axis=1, initial=0) < 1e9)
    return np.flatnonzero(fine)


@rule("TRK019", "overlapping-tracks", WARNING, upload=INFO, proof="source: tracks are not compared with each other")
def overlapping_tracks(ctx: Context, overlap: float = 0.9, keyframes: float = 3) -> Found:
    """Two tracks of one label cover the same place on several frames.

    Why: the server keeps both; one object is counted twice. It is what a second upload after a lost answer leaves.
    Bad:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 2, "points": [20, 10, 70, 40]},
                {"type": "rectangle", "frame": 4, "points": [30, 10, 80, 40]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 61, 40]},
                {"type": "rectangle", "frame": 2, "points": [20, 10, 71, 40]},
                {"type": "rectangle", "frame": 4, "points": [30, 10, 81, 40]}]}]}

        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 2, "points": [20, 10, 70, 40]},
                {"type": "rectangle", "frame": 4, "points": [30, 10, 80, 40]}]},
            {"label_id": 1, "frame": 0, "shapes": [
                {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 40]},
                {"type": "polygon", "frame": 2, "points": [20, 10, 70, 10, 70, 40, 20, 40]},
                {"type": "polygon", "frame": 4, "points": [30, 10, 80, 10, 80, 40, 30, 40]}]}]}
    Good:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 4, "points": [30, 10, 80, 40]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [90, 10, 140, 40]},
                {"type": "rectangle", "frame": 4, "points": [110, 10, 160, 40]}]}]}
    Options: overlap: intersection over union from which two boxes count as one. keyframes: on how many shared frames.
    Fix: lossy: the later track is dropped.
    Source: source: CVAT's task.py saves every track of the list
    """
    rows, boxes, shapes = _visible(ctx), ctx.hulls, ctx.shapes
    seen = np.bincount(shapes.track[rows], minlength=1)
    rows = rows[seen[shapes.track[rows]] >= keyframes]  # others share too few frames with any
    group = row_keys(shapes.job[rows], shapes.label[rows], shapes.frame[rows])
    order = np.lexsort((boxes[rows, 0], group))
    neighbours = close_pairs(rows[order], boxes[rows[order]], group[order], overlap)
    one, other = shapes.track[neighbours.earlier].astype(np.int64), shapes.track[neighbours.later].astype(np.int64)
    close = one != other
    size = len(ctx.tracks)
    ends = (np.minimum(one, other) * size + np.maximum(one, other))[close]
    codes, counts = np.unique(ends, return_counts=True)
    pairs = np.stack([codes // max(size, 1), codes % max(size, 1)], axis=1)
    many = counts >= keyframes
    tracks, first = np.unique(pairs[many, 1], return_index=True)

    def edits(i: int) -> list[Edit]:
        return [Drop("track", int(tracks[i]))]

    message = "covers another track on {count} frames"
    others = pairs[many, 0][first]
    return ctx.at("track", tracks, message, lossy("drop it", edits), count=counts[many][first], related=others)


@rule("TRK020", "fragmented-track", INFO, upload=OFF, proof="source: tracks are not compared with each other")
def fragmented_track(ctx: Context, frames: float = 5, overlap: float = 0.5) -> Found:
    """A track begins where another of its label ended shortly before.

    Why: nothing breaks; mostly both are one object that was lost for a moment.
    Bad:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 3, "points": [10, 10, 60, 40], "outside": true}]},
            {"label_id": 1, "frame": 4, "shapes": [{"type": "rectangle", "frame": 4, "points": [12, 10, 62, 40]}]}]}

        {"tracks": [
            {"label_id": 1, "frame": 4, "shapes": [{"type": "rectangle", "frame": 4, "points": [12, 10, 62, 40]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [90, 10, 99, 40]},
                {"type": "rectangle", "frame": 2, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 3, "points": [10, 10, 60, 40], "outside": true}]}]}
    Good:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 60, 40]},
                {"type": "rectangle", "frame": 3, "points": [10, 10, 60, 40], "outside": true}]},
            {"label_id": 1, "frame": 4, "shapes": [{"type": "rectangle", "frame": 4, "points": [90, 10, 140, 40]}]}]}
    Options: frames: within how many. overlap: intersection over union of the last and the first box, from which on.
    Source: source: CVAT's task.py saves every track of the list
    """
    first, last = ctx.keyframes_in_order.first, ctx.keyframes_in_order.last
    seen = np.zeros(len(ctx.shapes), np.bool_)
    seen[_visible(ctx)] = True
    filled = np.flatnonzero(first >= 0)
    starts = filled[seen[first[filled]]]
    ended_there = ctx.shapes.outside[last[filled]] & ctx.sound[last[filled]] & (ctx.tracks.parent[filled] < 0)
    closed = filled[ended_there]
    ended, begun = _meetings(ctx, closed, starts, int(frames), overlap)
    near = (pair_ious(ctx.hulls[last[ended]], ctx.hulls[first[begun]]) >= overlap) & (ended != begun)
    rows, which = np.unique(begun[near], return_index=True)
    others = ended[near][which]
    message = "begins where another track of this label ended on frame {frame}"
    return ctx.at("track", rows, message, frame=ctx.shapes.frame[last[others]], related=others)


def _meetings(ctx: Context, closed: Ints, starts: Ints, frames: int, overlap: float) -> tuple[Ints, Ints]:
    """Pairs of a track that ended and one of its label that began at most so many frames later, about there.

    All pairs of 30,000 tracks that last a frame took 28 s, those whose left sides are near each other take 0.1 s.
    """
    _, group = np.unique(row_keys(ctx.tracks.job, ctx.tracks.label), return_inverse=True)
    key = group.reshape(-1).astype(np.int64) << 44  # frames go up to 2**43 here, those beyond are none
    first, last = ctx.keyframes_in_order.first[starts], ctx.keyframes_in_order.last[closed]
    days, day = np.unique(key[starts] + np.clip(ctx.shapes.frame[first], 0, 1 << 43), return_inverse=True)
    ends = key[closed] + np.clip(ctx.shapes.frame[last], 0, 1 << 43)
    low = np.searchsorted(days, ends)
    counts = np.searchsorted(days, ends + frames, side="right") - low
    ended, then = np.repeat(np.arange(len(closed)), counts), expand_ranges(low, counts) * (len(starts) + 1)
    lefts = np.sort(ctx.hulls[first, 0])
    spots = day * (len(starts) + 1) + np.searchsorted(lefts, ctx.hulls[first, 0])  # in the order of day, then left side
    order = np.argsort(spots, kind="stable")
    least, most = _left_sides(ctx.hulls[last], overlap)
    low = np.searchsorted(spots[order], then + np.searchsorted(lefts, least)[ended])
    counts = np.searchsorted(spots[order], then + np.searchsorted(lefts, most, side="right")[ended]) - low
    return closed[np.repeat(ended, counts)], starts[order[expand_ranges(low, counts)]]


def _left_sides(boxes: Floats, overlap: float) -> tuple[Floats, Floats]:
    """Between which the left sides of those lie whose IoU with boxes is so much: they share so much of their widths."""
    if overlap <= 0:
        return np.full(len(boxes), -np.inf), np.full(len(boxes), np.inf)
    slack = (boxes[:, 2] - boxes[:, 0]) * max(1 - overlap + _ROUNDED, 0)
    return boxes[:, 0] - slack / overlap, boxes[:, 0] + slack


@rule("TRK018", "exchanged-tracks", INFO, upload=OFF, proof="source: tracks are not compared with each other")
def exchanged_tracks(ctx: Context) -> Found:
    """Two tracks of one label change places from one keyframe to the next.

    Why: nothing breaks; mostly the objects kept their places and somebody exchanged their boxes.
    Bad:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 30, 30]},
                {"type": "rectangle", "frame": 1, "points": [150, 10, 170, 30]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [150, 10, 170, 30]},
                {"type": "rectangle", "frame": 1, "points": [10, 10, 30, 30]}]}]}

        {"tracks": [
            {"label_id": 1, "frame": 2, "shapes": [{"type": "points", "frame": 4, "points": [150, 10, 170, 30]},
                {"type": "points", "frame": 2, "points": [10, 10, 30, 30]}]},
            {"label_id": 1, "frame": 2, "shapes": [{"type": "points", "frame": 2, "points": [150, 10, 170, 30]},
                {"type": "points", "frame": 4, "points": [10, 10, 30, 30]}]}]}
    Good:
        {"tracks": [
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [10, 10, 30, 30]},
                {"type": "rectangle", "frame": 1, "points": [12, 10, 32, 30]}]},
            {"label_id": 1, "frame": 0, "shapes": [{"type": "rectangle", "frame": 0, "points": [150, 10, 170, 30]},
                {"type": "rectangle", "frame": 1, "points": [148, 10, 168, 30]}]}]}
    Source: source: CVAT's task.py saves every track of the list
    """
    known, shapes = ctx.once(moves), ctx.shapes
    far = np.flatnonzero((known.distance > 2 * known.size) & (known.size > 0))[:_MOST]
    keys = zip(
        shapes.frame[known.earlier[far]].tolist(), shapes.frame[known.later[far]].tolist(),
        shapes.label[known.later[far]].tolist(), shapes.job[known.later[far]].tolist(), strict=True,
    )  # fmt: skip
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for key, step in zip(keys, far.tolist(), strict=True):
        groups[key].append(step)
    exchanges = [pair for places in groups.values() if len(places) > 1 for pair in _exchanged(ctx, np.asarray(places))]
    tracks = np.asarray([int(known.track[one]) for one, _ in exchanges], np.int64)
    others = np.asarray([int(known.track[other]) for _, other in exchanges], np.int64)
    frames = [int(shapes.frame[known.later[one]]) for one, _ in exchanges]
    message = "changes places with another track on frame {number}"
    return ctx.at("track", tracks, message, number=frames, related=others)


def _exchanged(ctx: Context, places: Ints) -> list[tuple[int, int]]:
    """Pairs of steps, each of which ends about where the other began."""
    known, boxes = ctx.once(moves), ctx.hulls
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    start, end = middle[known.earlier[places]], middle[known.later[places]]
    near = np.hypot(*(end[:, None] - start[None]).transpose(2, 0, 1)) < known.size[places][:, None]
    both = np.triu(near & near.T, 1)
    return [(int(places[i]), int(places[j])) for i, j in np.argwhere(both).tolist()]
