"""Bundles of CVAT's JSON whose shapes may be slow to read.  A maker takes a number of items and gives the members."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

Members = dict[str, bytes]
Make = Callable[[int], Members]
Item = dict[str, Any]
SPEC = {"id": 1, "name": "colour", "mutable": False, "input_type": "text", "default_value": "", "values": []}
LABEL = {"id": 1, "name": "car", "type": "any", "attributes": [SPEC]}
BOX = (10.0, 10.0, 50.0, 40.0)


def item(points: Any, kind: str = "rectangle", frame: int = 0, **more: Any) -> Item:
    """A shape."""
    head = {"label_id": 1, "type": kind, "frame": frame, "points": points, "attributes": []}
    return head | {"group": 0, "source": "manual", "occluded": False, "outside": False, "z_order": 0} | more


def keyframe(frame: int, points: Any = BOX, kind: str = "rectangle", **more: Any) -> Item:
    """A row of a track."""
    head = {"type": kind, "frame": frame, "points": points, "attributes": [], "occluded": False, "outside": False}
    return head | {"z_order": 0} | more


def track(rows: list[Item], **more: Any) -> Item:
    """A track."""
    return {"label_id": 1, "frame": rows[0]["frame"], "group": 0, "source": "manual", "shapes": rows} | more


def bundle(
    shapes: Any = (), tracks: Any = (), tags: Any = (), labels: Any = (LABEL,), frames: Any = 100, **more: Any
) -> Members:
    """A bundle of a task."""
    rows = [{"name": f"a/{i:06}.jpg", "width": 1920, "height": 1080} for i in range(frames)]
    meta = {"size": frames, "start_frame": 0, "stop_frame": frames - 1, "frames": rows, "deleted_frames": []}
    document = {"version": 0, "tags": list(tags), "shapes": list(shapes), "tracks": list(tracks)}
    return {
        "labels.json": dumped(list(labels)), "data_meta.json": dumped(meta | more.get("meta", {})),
        "annotations.json": dumped(document | more.get("document", {})), "task.json": dumped({"id": 7, "name": "t"}),
    }  # fmt: skip


def ordinary(count: int) -> Members:
    """Boxes and polygons, ten a frame, and tracks."""
    rng = random.Random(1)
    shapes = [drawn(rng, number) for number in range(count)]
    tracks = [
        track([keyframe(f, box(rng)) for f in range(0, 50, 5)], id=n) for n in range(count // 50)
    ]  # fmt: skip
    return bundle(shapes, tracks, frames=max(count // 10, 100))


def box(rng: random.Random) -> list[float]:
    """A box somewhere."""
    x, y = rng.uniform(0, 1800), rng.uniform(0, 1000)
    return [round(v, 2) for v in (x, y, x + rng.uniform(5, 100), y + rng.uniform(5, 70))]


def drawn(rng: random.Random, number: int) -> Item:
    """A box or a polygon."""
    corners = box(rng)
    values = [{"spec_id": 1, "value": "red"}]
    if number % 2:
        return item(corners, frame=number // 10, id=number + 1, attributes=values)
    x, y = corners[:2]
    around = [(0, 0), (9, 2), (18, 0), (19, 9), (20, 19), (9, 17), (0, 20), (-2, 10)]
    return item(
        [v for a, b in around for v in (x + a, y + b)], "polygon", number // 10, id=number + 1, attributes=values
    )


def dumped(value: Any) -> bytes:
    """JSON as bytes."""
    return json.dumps(value).encode()


def _cloud(count: int, width: float = 1920, height: float = 1080) -> list[float]:
    rng = random.Random(count)
    return [round(rng.uniform(0, side), 2) for _ in range(count) for side in (width, height)]


def _comb(count: int) -> list[float]:
    points = [v for i in range(count) for v in (i % 1900, 1000 if i % 2 else 10 + i / count)]
    return [*points, 1900, 1079, 0, 1079]


def _equal(count: int) -> list[float]:
    return [10.5, 20.5] * count


def _zigzag(count: int) -> list[float]:
    return [v for i in range(count) for v in (i / count * 900, (i * 7919) % 1000 / 1.0)]


def _many(kind: str, points: Any) -> Make:
    return lambda n: bundle([item(points, kind, id=i + 1) for i in range(n)])


def _boxes_on_one_frame(count: int) -> Members:
    rng = random.Random(count)
    return bundle([item(box(rng), id=i + 1) for i in range(count)])


def _polygons_on_one_frame(count: int) -> Members:
    rng = random.Random(count)
    return bundle([drawn(rng, 0) | {"frame": 0, "id": i + 1} for i in range(count)])


def _large_boxes(count: int) -> Members:
    return bundle([item([i / count, i / count, 1900 + i / count, 1000 + i / count], id=i + 1) for i in range(count)])


def mask(runs: list[int], width: int, height: int) -> Item:
    """A mask from 0, 0 on."""
    return item([*runs, 0, 0, width - 1, height - 1], "mask")


def _thin_mask(count: int) -> Members:
    side = max(int(count**0.5), 2)
    return bundle([mask([1] * (side * side), side, side)])


def _masks(count: int) -> Members:
    return bundle([mask([3, 5, 2, 90], 10, 10) | {"id": i + 1} for i in range(count)])


def _big_masks(count: int) -> Members:
    side = 1000
    return bundle([mask([0, side * side], side, side) | {"id": i + 1, "frame": i % 100} for i in range(count)])


def _wide_masks(count: int) -> Members:
    width, height = 1920, 1080
    masks = [mask([5 + i % 900, width * height - i % 900 - 10, 5], width, height) for i in range(count)]
    return bundle([one | {"id": i + 1, "frame": i % 100} for i, one in enumerate(masks)])


def _long_track(count: int) -> Members:
    return bundle(tracks=[track([keyframe(i) for i in range(count)])], frames=count)


def _track_on_one_frame(count: int) -> Members:
    return bundle(tracks=[track([keyframe(3) for _ in range(count)])])


def _track_backwards(count: int) -> Members:
    return bundle(tracks=[track([keyframe(count - i) for i in range(count)])], frames=count)


def _short_tracks(count: int) -> Members:
    return bundle(tracks=[track([keyframe(0), keyframe(1, outside=True)], id=i + 1) for i in range(count)])


def _far_track(count: int) -> Members:
    return bundle(tracks=[track([keyframe(0), keyframe(2**31 - 1)], id=i + 1) for i in range(count)])


def _polygon_track(count: int) -> Members:
    rows = [keyframe(0, _cloud(count // 2), "polygon"), keyframe(9, _cloud(count // 2 + 7), "polygon")]
    return bundle(tracks=[track(rows)], frames=10)


def _polygon_tracks(count: int) -> Members:
    rows = [keyframe(i * 9, _cloud(5 + i % 7), "polygon") for i in range(count)]
    return bundle(tracks=[track(rows)], frames=count * 9 + 1)


def _skeleton_label(points: int) -> Item:
    sublabels = [{"id": i + 2, "name": f"p{i}", "type": "points", "attributes": []} for i in range(points)]
    circles = "".join(
        f'<circle data-type="element node" data-element-id="{i}" data-label-id="{i + 2}"/>' for i in range(points)
    )
    return LABEL | {"type": "skeleton", "sublabels": sublabels, "svg": circles, "attributes": []}


def _elements(count: int, width: int) -> list[Item]:
    return [item([float(i % 1900), 5.0], "points", label_id=2 + i % width) for i in range(count)]


def _wide_skeleton(count: int) -> Members:
    return bundle([item([], "skeleton", elements=_elements(count, count))], labels=[_skeleton_label(count)])


def _doubled_elements(count: int) -> Members:
    return bundle([item([], "skeleton", elements=_elements(count, 2))], labels=[_skeleton_label(2)])


def _empty_skeletons(count: int) -> Members:
    side = max(int(count**0.5), 2)
    return bundle([item([], "skeleton", elements=[]) for _ in range(side)], labels=[_skeleton_label(side)])


def _wide_skeleton_track(count: int) -> Members:
    parts = [track([keyframe(0, [1.0 * i, 2.0], "points")], label_id=2 + i) for i in range(count)]
    rows = [keyframe(0, [], "skeleton")]
    return bundle(tracks=[track(rows, elements=parts)], labels=[_skeleton_label(count)])


def _nested_elements(count: int) -> Members:
    text = b'{"label_id":1,"type":"skeleton","frame":0,"points":[],"elements":[' * count + b"]}" * count
    return bundle() | {"annotations.json": b'{"version":0,"tags":[],"tracks":[],"shapes":[%s]}' % text}


def _nested_unknown(count: int) -> Members:
    deep = b"[" * count + b"]" * count
    row = json.dumps(item(list(BOX))).encode()[:-1] + b', "x": ' + deep + b"}"
    return bundle() | {"annotations.json": b'{"version":0,"tags":[],"tracks":[],"shapes":[%s]}' % row}


def _ones(count: int) -> Members:
    return bundle() | {"annotations.json": b"1," * count + b"1"}


def _ones_for_shapes(count: int) -> Members:
    return bundle() | {"annotations.json": b'{"version":0,"tags":[],"tracks":[],"shapes":[%s1]}' % (b"1," * count)}


SHAPES: dict[str, tuple[Make, int]] = {
    "polygon of equal points": (lambda n: bundle([item(_equal(n), "polygon")]), 100_000),
    "polygon of random points": (lambda n: bundle([item(_cloud(n), "polygon")]), 50_000),
    "polygon of a comb": (lambda n: bundle([item(_comb(n), "polygon")]), 50_000),
    "polygon of a zigzag": (lambda n: bundle([item(_zigzag(n), "polygon")]), 50_000),
    "polyline of equal points": (lambda n: bundle([item(_equal(n), "polyline")]), 100_000),
    "polyline of random points": (lambda n: bundle([item(_cloud(n), "polyline")]), 50_000),
    "points, equal": (lambda n: bundle([item(_equal(n), "points")]), 100_000),
    "points, random": (lambda n: bundle([item(_cloud(n), "points")]), 50_000),
    "equal boxes on a frame": (_many("rectangle", [*BOX]), 8_000),
    "boxes on a frame": (_boxes_on_one_frame, 8_000),
    "polygons on a frame": (_polygons_on_one_frame, 6_000),
    "large boxes on a frame": (_large_boxes, 8_000),
    "equal polygons on a frame": (_many("polygon", [1, 1, 900, 1, 900, 900]), 8_000),
    "cuboids on a frame": (_many("cuboid", [10, 20, 10, 60, 50, 22, 50, 58, 70, 25, 70, 55, 30, 24, 30, 57]), 6_000),
    "ellipses on a frame": (_many("ellipse", [100, 100, 150, 70]), 8_000),
    "mask of runs of one": (_thin_mask, 400_000),
    "masks on a frame": (_masks, 8_000),
    "masks of a million pixels": (_big_masks, 8_000),
    "masks of almost whole pictures": (_wide_masks, 8_000),
    "track of many keyframes": (_long_track, 10_000),
    "track, all on one frame": (_track_on_one_frame, 10_000),
    "track, last frame first": (_track_backwards, 8_000),
    "tracks of one frame": (_short_tracks, 4_000),
    "track to a far frame": (_far_track, 1),
    "tracks to a far frame": (_far_track, 3_000),
    "track of a long polygon": (_polygon_track, 20_000),
    "track of changing polygons": (_polygon_tracks, 2_000),
    "skeleton of many elements": (_wide_skeleton, 4_000),
    "skeleton, elements doubled": (_doubled_elements, 8_000),
    "skeletons without elements": (_empty_skeletons, 400_000),
    "skeleton track of many elements": (_wide_skeleton_track, 3_000),
    "elements in elements": (_nested_elements, 20_000),
    "unknown value, nested": (_nested_unknown, 500_000),
    "a line of ones": (_ones, 1_000_000),
    "ones for shapes": (_ones_for_shapes, 500_000),
}
