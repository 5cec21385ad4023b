"""Bundles whose labels, frames, groups, values, jobs or texts may be slow to read.  As in `bundles`."""

from __future__ import annotations

from benchmarks.heavy.bundles import BOX, LABEL, SPEC, Make, Members, bundle, dumped, item, mask


def _groups(size: int) -> Make:
    return lambda n: bundle([item([*BOX], id=i + 1, group=1 + i // size, frame=i % 100) for i in range(n)])


def _labels(count: int) -> Members:
    labels = [LABEL | {"id": i + 1, "name": f"label {i}", "attributes": []} for i in range(count)]
    return bundle([item([*BOX], label_id=i + 1, frame=i % 100) for i in range(0, count, 7)], labels=labels)


def _same_labels(count: int) -> Members:
    return bundle([item([*BOX])], labels=[LABEL | {"attributes": []} for _ in range(count)])


def _labels_with_attributes(count: int) -> Members:
    labels = [LABEL | {"id": i + 1, "name": f"l{i}", "attributes": [SPEC | {"id": i + 1}]} for i in range(count)]
    return bundle(
        [item([*BOX], label_id=i + 1, attributes=[{"spec_id": i + 1, "value": "x"}]) for i in range(count)],
        labels=labels,
    )


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
    return bundle(
        [item([], "skeleton")], labels=[LABEL | {"type": "skeleton", "svg": "<circle " * count, "sublabels": []}]
    )


def _frames(count: int) -> Members:
    return bundle(frames=count)


def _same_names(count: int) -> Members:
    rows = [{"name": "a.jpg", "width": 10, "height": 10}] * count
    return bundle([item([*BOX])], frames=count, meta={"frames": rows})


def _same_stems(count: int) -> Members:
    rows = [{"name": f"{i}/a.{'jpg' if i % 2 else 'png'}", "width": 10, "height": 10} for i in range(count)]
    return bundle([item([*BOX])], frames=count, meta={"frames": rows})


def _deleted(count: int) -> Members:
    return bundle(
        [item([*BOX], frame=i % 50) for i in range(9)], frames=count, meta={"deleted_frames": list(range(count))}
    )


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
    shapes = [mask([0, side * side], side, side) | {"frame": i % 100} for i in range(count)]
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
        members[f"jobs/{i + 1}/job.json"] = dumped(job)
        members[f"jobs/{i + 1}/annotations.json"] = dumped({"version": 0, "shapes": [item([*BOX], frame=2 * i)]})
    return members


def _broken(piece: bytes, head: bytes = b'{"version":0,"shapes":[', tail: bytes = b"") -> Make:
    return lambda n: bundle() | {"annotations.json": head + piece * n + tail}


def _unknown_keys(count: int) -> Members:
    return bundle([item([*BOX], **{f"key{i}": i for i in range(count)})])


def _rows_of_a_frame(count: int) -> Members:
    return bundle([{"frame": i} for i in range(count)])


def _empty_attributes(count: int) -> Members:
    return bundle([item([*BOX], attributes=[{}] * count)])


def _faulty_attributes(count: int) -> Members:
    parts = [{"spec_id": "x", "value": "a"}, {"value": "b"}]
    return bundle([item([*BOX], id=i, attributes=parts) for i in range(count)])


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


DEFINITIONS: dict[str, tuple[Make, int]] = {
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
    "pieces of a key": (_broken(b'{"a":1},', tail=b"{}]}"), 300_000),
    "pieces of two kinds": (_broken(b"{     },[     ],", tail=b"{}]}"), 150_000),
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
    "rows of a frame each": (_rows_of_a_frame, 150_000),
    "attributes {}": (_empty_attributes, 300_000),
    "rows with faulty attributes": (_faulty_attributes, 8_000),
    "rows with text as points": (_faulty_rows, 8_000),
    "rows with unknown keys": (_unknown_key_rows, 8_000),
    "swapped corners": (_swapped, 8_000),
    "wrong values": (_wrong_values, 8_000),
    "ids given again": (_same_ids, 8_000),
}
