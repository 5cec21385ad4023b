"""The order of keyframes."""

from __future__ import annotations

import numpy as np

from annotools.validate.context import Context
from annotools.validate.edits import Edit, Order
from annotools.validate.findings import WARNING, Found, lossless
from annotools.validate.registry import rule


@rule("TRK002", "unsorted-keyframes", WARNING, proof="source: task.py sorts the shapes of a track by frame")
def unsorted_keyframes(ctx: Context) -> Found | None:
    """Keyframes of a track are not in the order of their frames.

    Why: the server sorts them, so what is read back is not what was sent; other readers take the first for the start.
    Bad:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 4, "points": [20, 20, 60, 40]},
            {"type": "rectangle", "frame": 0, "points": [10, 10, 50, 30]}]}]}

        {"tracks": [{"label_id": 8, "frame": 0, "shapes": [{"type": "skeleton", "frame": 0}], "elements": [
            {"label_id": 81, "frame": 0, "shapes": [{"type": "points", "frame": 4, "points": [10, 10]},
                                                    {"type": "points", "frame": 0, "points": [20, 10]}]}]}]}
    Good:
        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "rectangle", "frame": 0, "points": [10, 10, 50, 30]},
            {"type": "rectangle", "frame": 4, "points": [20, 20, 60, 40]}]}]}
    Fix: lossless: the keyframes are put in order.
    Source: source: task.py sorts the shapes of a track by frame before it saves them
    """
    if ctx.slug.startswith("coco"):
        return None  # its annotations are in the order of objects, and a track is only a number they share
    earlier, later = ctx.keyframes.pairs
    frames = ctx.shapes.frame
    back = frames[later] < frames[earlier]
    tracks, first = np.unique(ctx.shapes.track[later[back]], return_index=True)
    one, other = earlier[back][first], later[back][first]

    def edits(i: int) -> list[Edit]:
        ends = ctx.keyframes.offsets[tracks[i]], ctx.keyframes.offsets[tracks[i] + 1]
        order = np.argsort(frames[ctx.keyframes.rows[slice(*ends)]], kind="stable")
        return [Order("track", int(tracks[i]), "shapes", order.tolist())]

    return ctx.at(
        "track", tracks, "keyframe {later} comes after keyframe {earlier}",
        lossless("put the keyframes in order", edits), earlier=frames[one], later=frames[other],
    )  # fmt: skip
