"""Inputs that may be slow to read: CVAT's JSON.  Each maker takes a number of items and gives members and their bytes."""

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
        "labels.json": _dumped(list(labels)), "data_meta.json": _dumped(meta | more.get("meta", {})),
        "annotations.json": _dumped(document | more.get("document", {})), "task.json": _dumped({"id": 7, "name": "t"}),
    }  # fmt: skip


def ordinary(count: int) -> Members:
    """Boxes and polygons, ten a frame, and tracks."""
    rng = random.Random(1)
    shapes = [_drawn(rng, number) for number in range(count)]
    tracks = [
        track([keyframe(f, _box(rng)) for f in range(0, 50, 5)], id=n) for n in range(count // 50)
    ]  # fmt: skip
    return bundle(shapes, tracks, frames=max(count // 10, 100))


def _box(rng: random.Random) -> list[float]:
    x, y = rng.uniform(0, 1800), rng.uniform(0, 1000)
    return [round(v, 2) for v in (x, y, x + rng.uniform(5, 100), y + rng.uniform(5, 70))]


def _drawn(rng: random.Random, number: int) -> Item:
    box = _box(rng)
    values = [{"spec_id": 1, "value": "red"}]
    if number % 2:
        return item(box, frame=number // 10, id=number + 1, attributes=values)
    x, y = box[:2]
    around = [(0, 0), (9, 2), (18, 0), (19, 9), (20, 19), (9, 17), (0, 20), (-2, 10)]
    return item(
        [v for a, b in around for v in (x + a, y + b)], "polygon", number // 10, id=number + 1, attributes=values
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _rng(count: int) -> random.Random:
    return random.Random(count)


def _cloud(count: int, width: float = 1920, height: float = 1080) -> list[float]:
    rng = _rng(count)
    return [round(rng.uniform(0, side), 2) for _ in range(count) for side in (width, height)]


def _comb(count: int) -> list[float]:
    points = [v for i in range(count) for v in (i % 1900, 1000 if i % 2 else 10 + i / count)]
    return [*points, 1900, 1079, 0, 1079]


def _equal(count: int) -> list[float]:
    return [10.5, 20.5] * count


def _spiral(count: int) -> list[float]:
    out = [v for i in range(count) for v in (i / count * 900, (i * 7919) % 1000 / 1.0)]
    return out


def _many(kind: str, points: Any) -> Make:
    return lambda n: bundle([item(points, kind, id=i + 1) for i in range(n)])


def _boxes_on_one_frame(count: int) -> Members:
    rng = _rng(count)
    return bundle([item(_box(rng), id=i + 1) for i in range(count)])


def _polygons_on_one_frame(count: int) -> Members:
    rng = _rng(count)
    return bundle([_drawn(rng, 0) | {"frame": 0, "id": i + 1} for i in range(count)])


def _large_boxes(count: int) -> Members:
    return bundle([item([i / count, i / count, 1900 + i / count, 1000 + i / count], id=i + 1) for i in range(count)])


def _mask(runs: list[int], width: int, height: int) -> Item:
    return item([*runs, 0, 0, width - 1, height - 1], "mask")


def _thin_mask(count: int) -> Members:
    side = max(int(count**0.5), 2)
    return bundle([_mask([1] * (side * side), side, side)])


def _masks(count: int) -> Members:
    return bundle([_mask([3, 5, 2, 90], 10, 10) | {"id": i + 1} for i in range(count)])


def _big_masks(count: int) -> Members:
    side = 1000
    return bundle([_mask([0, side * side], side, side) | {"id": i + 1, "frame": i % 100} for i in range(count)])


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
    circles = "".join(f'<circle data-type="element node" data-element-id="{i}" data-label-id="{i + 2}"/>' for i in range(points))
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


def _groups(size: int) -> Make:
    return lambda n: bundle(
        [item([*BOX], id=i + 1, group=1 + i // size, frame=i % 100) for i in range(n)]
    )


def _labels(count: int) -> Members:
    labels = [LABEL | {"id": i + 1, "name": f"label {i}", "attributes": []} for i in range(count)]
    return bundle([item([*BOX], label_id=i + 1, frame=i % 100) for i in range(0, count, 7)], labels=labels)


def _same_labels(count: int) -> Members:
    return bundle([item([*BOX])], labels=[LABEL | {"attributes": []} for _ in range(count)])


def _labels_with_attributes(count: int) -> Members:
    labels = [
        LABEL | {"id": i + 1, "name": f"l{i}", "attributes": [SPEC | {"id": i + 1}]} for i in range(count)
    ]
    return bundle([item([*BOX], label_id=i + 1, attributes=[{"spec_id": i + 1, "value": "x"}]) for i in range(count)], labels=labels)


def _specs(count: int) -> Members:
    specs = [SPEC | {"id": i + 1, "name": f"spec {i}"} for i in range(count)]
    values = [{"spec_id": i + 1, "value": "x"} for i in range(count)]
    return bundle([item([*BOX], attributes=values)], labels=[LABEL | {"attributes": specs}])


def _lacking_values(count: int) -> Members:
    side = max(int(count**0.5), 2)
    specs = [SPEC | {"id": i + 1, "name": f"spec {i}"} for i in range(side)]
    return bundle([item([*BOX], id=i + 1) for i in range(side)], labels=[LABEL | {"attributes": specs}])


def _select_values(count: int) -> Members:
    values = [f"v{i}" for i in range(count)]
    spec = SPEC | {"input_type": "select", "values": values, "default_value": values[-1]}
    rows = [item([*BOX], attributes=[{"spec_id": 1, "value": values[-1 - i % 9]}]) for i in range(count // 10)]
    return bundle(rows, labels=[LABEL | {"attributes": [spec]}])


def _repeated_value(count: int) -> Members:
    return bundle([item([*BOX], attributes=[{"spec_id": 1, "value": "x"}] * count)])


def _long_value(count: int) -> Members:
    return bundle([item([*BOX], attributes=[{"spec_id": 1, "value": "x y" * count}])])


def _long_number(count: int) -> Members:
    spec = SPEC | {"input_type": "number", "values": ["0", "9", "1"], "default_value": "0"}
    values = [{"spec_id": 1, "value": "9" * count}]
    return bundle([item([*BOX], attributes=values)], labels=[LABEL | {"attributes": [spec]}])


def _long_integer(count: int) -> Members:
    members = bundle([item([*BOX], group=123454321)])
    return members | {"annotations.json": members["annotations.json"].replace(b"123454321", b"9" * count)}


def _spaces(count: int) -> Members:
    values = [{"spec_id": 1, "value": " " * count + "x"}]
    return bundle([item([*BOX], attributes=values)])


def _long_name(count: int) -> Members:
    return bundle([item([*BOX], id=i) for i in range(99)], labels=[LABEL | {"name": "n " * count}])


def _long_frame_name(count: int) -> Members:
    rows = [{"name": "a/" * count + "b.jpg", "width": 10, "height": 10}]
    return bundle([item([*BOX], id=i) for i in range(99)], frames=1, meta={"frames": rows})


def _long_svg(count: int) -> Members:
    return bundle([item([], "skeleton")], labels=[LABEL | {"type": "skeleton", "svg": "<circle " * count, "sublabels": []}])


def _frames(count: int) -> Members:
    return bundle(frames=count)


def _same_names(count: int) -> Members:
    rows = [{"name": "a.jpg", "width": 10, "height": 10}] * count
    return bundle([item([*BOX])], frames=count, meta={"frames": rows})


def _same_stems(count: int) -> Members:
    rows = [{"name": f"{i}/a.{'jpg' if i % 2 else 'png'}", "width": 10, "height": 10} for i in range(count)]
    return bundle([item([*BOX])], frames=count, meta={"frames": rows})


def _deleted(count: int) -> Members:
    return bundle([item([*BOX], frame=i % 50) for i in range(9)], frames=count, meta={"deleted_frames": list(range(count))})


def _wide_frame(count: int) -> Members:
    rows = [{"name": f"{i}.jpg", "width": 2**31 - 1, "height": 2**31 - 1} for i in range(100)]
    shapes = [item([0, 0, 2**31 - 1, 2**31 - 1], "rectangle", i % 100) for i in range(count)]
    return bundle(shapes, meta={"frames": rows})


def _wide_ellipse(count: int) -> Members:
    rows = [{"name": f"{i}.jpg", "width": 2**31 - 1, "height": 2**31 - 1} for i in range(100)]
    shapes = [item([1e9, 1e9, 2e9, 0], "ellipse", i % 100) for i in range(count)]
    return bundle(shapes, meta={"frames": rows})


def _wide_mask(count: int) -> Members:
    rows = [{"name": f"{i}.jpg", "width": 2**31 - 1, "height": 2**31 - 1} for i in range(100)]
    side = 2**31 - 1
    shapes = [_mask([0, side * side], side, side) | {"frame": i % 100} for i in range(count)]
    return bundle(shapes, meta={"frames": rows})


def _tags(count: int) -> Members:
    return bundle(tags=[{"label_id": 1, "frame": 0, "attributes": []} for _ in range(count)])


def _intervals(count: int) -> Members:
    rows = [{"label_id": 1, "start": 0, "stop": 10 + i, "attributes": []} for i in range(count)]
    return bundle(document={"intervals": rows})


def _jobs(count: int) -> Members:
    members = bundle([], frames=count * 2)
    for i in range(count):
        job = {"id": i + 1, "type": "annotation", "start_frame": 2 * i, "stop_frame": 2 * i + 1, "task_id": 7}
        members[f"jobs/{i + 1}/job.json"] = _dumped(job)
        members[f"jobs/{i + 1}/annotations.json"] = _dumped({"version": 0, "shapes": [item([*BOX], frame=2 * i)]})
    return members


def _broken(piece: bytes, head: bytes = b'{"version":0,"shapes":[', tail: bytes = b"") -> Make:
    return lambda n: bundle() | {"annotations.json": head + piece * n + tail}


def _unknown_keys(count: int) -> Members:
    return bundle([item([*BOX], **{f"key{i}": i for i in range(count)})])


def _faulty_rows(count: int) -> Members:
    return bundle([item(["x", 1, 2, 3], id=i) for i in range(count)])


def _unknown_key_rows(count: int) -> Members:
    return bundle([item([*BOX], id=i, colour="red") for i in range(count)])


def _swapped(count: int) -> Members:
    return bundle([item([50.0, 40.0, 10.0, 10.0], id=i, frame=i % 100) for i in range(count)])


def _wrong_values(count: int) -> Members:
    spec = SPEC | {"input_type": "select", "values": ["red", "green"], "default_value": "red"}
    rows = [item([*BOX], attributes=[{"spec_id": 1, "value": f"Red{i}"}]) for i in range(count)]
    return bundle(rows, labels=[LABEL | {"attributes": [spec]}])


def _same_ids(count: int) -> Members:
    return bundle([item([*BOX], id=1, frame=i % 100) for i in range(count)])


def _job_item(start: int, stop: int, kind: str = "annotation") -> Item:
    return {"status": "annotation", "type": kind, "start_frame": start, "stop_frame": stop}


def _named(shape: Item) -> Item:
    return {k: v for k, v in shape.items() if k != "label_id"} | {"label": "car", "attributes": []}


def backup(documents: list[Item], jobs: list[Item], frames: int, **more: Any) -> Members:
    """A task backup."""
    head = b'{"version":"1.1"}\n{"type":"images"}\n'
    lines = [_dumped({"name": f"{i:06}", "extension": ".jpg", "width": 640, "height": 480}) for i in range(frames)]
    data = {"chunk_size": 72, "image_quality": 70, "start_frame": 0, "stop_frame": frames - 1, "deleted_frames": []}
    label = {"name": "car", "attributes": [{k: v for k, v in SPEC.items() if k != "id"}], "type": "any"}
    task = {"name": "t", "bug_tracker": "", "status": "annotation", "labels": [label], "version": "1.0", "jobs": jobs}
    return {
        "task.json": _dumped(task | {"data": data | more}), "annotations.json": _dumped(documents),
        "data/manifest.jsonl": head + b"\n".join(lines),
    }  # fmt: skip


def ordinary_backup(count: int) -> Members:
    """A backup with ten jobs."""
    rng, frames = random.Random(1), max(count // 10, 100)
    documents: list[Item] = [{"version": 0, "tags": [], "shapes": [], "tracks": []} for _ in range(10)]
    for number in range(count):
        shape = _named(_drawn(rng, number))
        documents[shape["frame"] * 10 // frames]["shapes"].append(shape)
    jobs = [_job_item(i * frames // 10, (i + 1) * frames // 10 - 1) for i in range(10)]
    return backup(documents, jobs, frames)


def _backup_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=i))], "tracks": []} for i in range(count)]
    return backup(documents, [_job_item(i, i) for i in range(count)], count)


def _backup_same_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=0))]} for i in range(count)]
    return backup(documents, [_job_item(0, count - 1) for i in range(count)], count)


def _backup_track_jobs(count: int) -> Members:
    rows = [keyframe(0), keyframe(count - 1)]
    documents = [{"version": 0, "tracks": [_named(track(rows))]} for i in range(count)]
    return backup(documents, [_job_item(i, i + 1) for i in range(count)], count + 1)


def _backup_gt_jobs(count: int) -> Members:
    documents = [{"version": 0, "shapes": [_named(item([*BOX], frame=i))], "tracks": []} for i in range(count)]
    return backup(documents, [_job_item(0, count - 1, "ground_truth") for i in range(count)], count)


def _backup_unknown_jobs_keys(count: int) -> Members:
    jobs = [_job_item(i, i) | {"frames": ["000000.jpg"]} for i in range(count)]
    return backup([{"version": 0, "shapes": []} for _ in range(count)], jobs, count)


def _backup_deleted(count: int) -> Members:
    return backup([{"version": 0}], [_job_item(0, count - 1)], count, deleted_frames=list(range(count)))


def _backup_labels(count: int) -> Members:
    members = backup([{"version": 0}], [_job_item(0, 9)], 10)
    task = json.loads(members["task.json"])
    labels = [{"name": f"l{i}", "attributes": [], "type": "any"} for i in range(count)]
    shapes = [_named(item([*BOX])) | {"label": f"l{i}"} for i in range(0, count, 3)]
    documents = _dumped([{"version": 0, "shapes": shapes}])
    return members | {"task.json": _dumped(task | {"labels": labels}), "annotations.json": documents}


def _backup_broken(count: int) -> Members:
    return backup([{"version": 0}], [_job_item(0, 9)], 10) | {"annotations.json": b"[" + b"{}," * count}


def _backup_bad_manifest(count: int) -> Members:
    members = backup([{"version": 0}], [_job_item(0, 9)], 10)
    return members | {"data/manifest.jsonl": b'{"version":"1.1"}\n{"type":"images"}\n' + b"{}\n" * count}


def _backup_lists(count: int) -> Members:
    return backup([{"version": 0}] * count, [_job_item(0, 9)], 10)


BUNDLES: dict[str, tuple[Make, int]] = {
    "polygon of equal points": (lambda n: bundle([item(_equal(n), "polygon")]), 100_000),
    "polygon of random points": (lambda n: bundle([item(_cloud(n), "polygon")]), 50_000),
    "polygon of a comb": (lambda n: bundle([item(_comb(n), "polygon")]), 50_000),
    "polygon of a spiral": (lambda n: bundle([item(_spiral(n), "polygon")]), 50_000),
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
    "groups of two": (_groups(2), 8_000),
    "a group of all": (_groups(10**9), 8_000),
    "labels": (_labels, 20_000),
    "labels of one name": (_same_labels, 20_000),
    "labels with an attribute": (_labels_with_attributes, 4_000),
    "attributes of a label": (_specs, 10_000),
    "values that lack": (_lacking_values, 1_000_000),
    "values of a select": (_select_values, 20_000),
    "value given again": (_repeated_value, 50_000),
    "long value": (_long_value, 700_000),
    "long number": (_long_number, 2_000_000),
    "long integer": (_long_integer, 2_000_000),
    "long value of spaces": (_spaces, 2_000_000),
    "long label name": (_long_name, 1_000_000),
    "long frame name": (_long_frame_name, 1_000_000),
    "long svg": (_long_svg, 200_000),
    "frames": (_frames, 40_000),
    "frames of one name": (_same_names, 40_000),
    "frames of one stem": (_same_stems, 40_000),
    "deleted frames": (_deleted, 40_000),
    "boxes on 2^31 pixels": (_wide_frame, 8_000),
    "ellipses on 2^31 pixels": (_wide_ellipse, 20),
    "masks on 2^31 pixels": (_wide_mask, 20),
    "tags of a frame": (_tags, 20_000),
    "intervals": (_intervals, 20_000),
    "jobs": (_jobs, 1_000),
    "pieces {}": (_broken(b"{},"), 300_000),
    "pieces [": (_broken(b"["), 1_000_000),
    "pieces {": (_broken(b'{"a":'), 300_000),
    "pieces null": (_broken(b"null,", tail=b"null]}"), 300_000),
    "pieces {} in a list": (_broken(b"{},", tail=b"{}]}"), 300_000),
    "pieces, quotes": (_broken(b'"\\'), 1_000_000),
    "pieces, quotes again": (_broken(b'",'), 1_000_000),
    "pieces, line breaks": (_broken(b"\n"), 2_000_000),
    "pieces, line breaks and rows": (_broken(b"{}\n,"), 300_000),
    "pieces, zero bytes": (_broken(b"\0"), 2_000_000),
    "unknown keys": (_unknown_keys, 100_000),
    "rows with text as points": (_faulty_rows, 8_000),
    "rows with unknown keys": (_unknown_key_rows, 8_000),
    "swapped corners": (_swapped, 8_000),
    "wrong values": (_wrong_values, 8_000),
    "ids given again": (_same_ids, 8_000),
}

BACKUPS: dict[str, tuple[Make, int]] = {
    "jobs of a frame each": (_backup_jobs, 3_000),
    "jobs of all frames": (_backup_same_jobs, 3_000),
    "jobs with tracks": (_backup_track_jobs, 3_000),
    "ground-truth jobs": (_backup_gt_jobs, 3_000),
    "unknown keys of jobs": (_backup_unknown_jobs_keys, 5_000),
    "deleted frames": (_backup_deleted, 30_000),
    "labels": (_backup_labels, 10_000),
    "pieces {}": (_backup_broken, 300_000),
    "manifest of faults": (_backup_bad_manifest, 300_000),
    "more lists than jobs": (_backup_lists, 50_000),
}
