"""Where each rule with options begins to find when nobody sets them: the numbers of docs/rules.md, from both sides."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

import pytest

from annotools.validate.registry import all_rules, find_rule
from tests.validate.examples import FRAMES
from tests.validate.running import judge_example

Item = dict[str, Any]


def _parts(*shapes: Item, tags: list[Item] | None = None, tracks: list[Item] | None = None, **parts: Any) -> Item:
    annotations: Item = {"shapes": list(shapes), "tags": tags or [], "tracks": tracks or []}
    return {"annotations": annotations, **parts}


def _shape(kind: str, *points: float, **more: Any) -> Item:
    return {"type": kind, "label_id": 1, "frame": 0, "points": list(points), **more}


def _box(*points: float, **more: Any) -> Item:
    return _shape("rectangle", *points, **more)


def _track(*keys: Item) -> Item:
    return {"label_id": 1, "frame": keys[0]["frame"], "shapes": list(keys)}


def _key(frame: int, *points: float, **more: Any) -> Item:
    return {"type": "rectangle", "frame": frame, "points": list(points) or [10, 10, 60, 40], **more}


def _tracks(*tracks: list[Item], **parts: Any) -> Item:
    return _parts(tracks=[_track(*keys) for keys in tracks], **parts)


def _keys(*frames: int, **parts: Any) -> Item:
    return _tracks([_key(frame) for frame in frames], **parts)


def _tag(frame: int, label: int = 6, **more: Any) -> Item:
    return {"label_id": label, "frame": frame, **more}


def _tags(*frames: int, **parts: Any) -> Item:
    return _parts(tags=[_tag(frame) for frame in frames], **parts)


def _coco(bbox: list[float], area: float) -> Item:
    """A triangle of 450 px² within 10 10 40 40."""
    picture = {"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}
    outline = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[10, 10, 40, 10, 40, 40]]}
    document = {"images": [picture], "categories": [{"id": 1, "name": "car"}]}
    return {"from": "coco", "files": {"a.json": document | {"annotations": [outline | {"bbox": bbox, "area": area}]}}}


def _long(frames: int) -> Item:
    """A task, and a job, of so many frames."""
    meta = {
        "size": frames,
        "stop_frame": frames - 1,
        "frames": [FRAMES[0] | {"name": f"{i}.jpg"} for i in range(frames)],
    }
    job = {"stop_frame": frames - 1, "frame_count": frames}
    return {"data_meta": meta | {"deleted_frames": []}, "job": job, "task": {"size": frames, "segment_size": frames}}


def _sides(angle: float, length: float) -> Item:
    """A line with a corner of so many degrees between two sides of so many px, on its way from far to far."""
    x, y = 10 + length * cos(radians(angle)), 20 + length * sin(radians(angle))
    return _parts(_shape("polyline", 10 + length, 20, 10, 20, x, y, 190, 90))


def _sizes(count: int, width: float) -> Item:
    """So many boxes 100 px high whose widths are 2 % from the next, and the last so wide."""
    return _parts(
        *[_box(0, 0, 100 * 1.02 ** (i % 3), 100, frame=i % 8) for i in range(count - 1)], _box(0, 0, width, 100)
    )


def _crowds(frames: int, last: int) -> Item:
    """9, 10 and 11 points in turn on each of so many frames, and on the last so many."""
    counts = [*(9 + i % 3 for i in range(frames - 1)), last]
    return _parts(*[_shape("points", 9, 9, frame=frame) for frame, count in enumerate(counts) for _ in range(count)])


def _colours(*counts: int) -> Item:
    values = [value for value, count in zip(("red", "blue"), counts, strict=False) for _ in range(count)]
    return _parts(tags=[_tag(0, 1, attributes=[{"spec_id": 11, "value": value}]) for value in values])


def _rare(count: int) -> Item:
    return _parts(tags=[*[_tag(0)] * (count - 1), _tag(0, 1)])


def _walk(last: float, moves: int = 5, size: float = 1) -> Item:
    """A small box that moves by 2 px a frame, and by `last` in the end."""
    ways = [*range(0, 2 * moves, 2), 2 * (moves - 1) + last]
    return _tracks([_key(frame, x, 10, x + size, 10 + size) for frame, x in enumerate(ways)])


TRUTH = {"job": {"type": "ground_truth", "start_frame": 0, "stop_frame": 11}, "data_meta": {"included_frames": [4, 9]}}
PUT = {"as": "put", "job": {"id": 4, "start_frame": 8, "stop_frame": 11, "frame_count": 4}}
THERE = {"tags": [{"id": 1 + i, "label_id": 6, "frame": 8 + i} for i in range(4)]}
CASES: list[tuple[str, str, Item, Item]] = [
    ("FMT003", "pixels", _coco([12, 10, 28, 30], 450), _coco([12.5, 10, 27.5, 30], 450)),
    ("FMT003", "share", _coco([10, 10, 30, 30], 600), _coco([10, 10, 30, 30], 601)),
    ("FMT003", "share", _coco([10, 10, 30, 30], 338), _coco([10, 10, 30, 30], 337)),
    ("FMT008", "pixels", _parts(_box(10.1209, 10, 60, 40)), _parts(_box(10.1211, 10, 60, 40))),
    ("FRM013", "frames", _tags(0, 101, **_long(110)), _tags(0, 102, **_long(110))),
    ("GEO004", "pixels", _parts(_box(10, 10, 200.0099, 40)), _parts(_box(10, 10, 200.0101, 40))),
    ("GEO004", "pixels", _parts(_box(-0.0099, 10, 60, 40)), _parts(_box(-0.0101, 10, 60, 40))),
    ("GEO006", "decimals", _parts(_box(10.123456, 10, 60, 40)), _parts(_box(10.1234567, 10, 60, 40))),
    ("GEO009", "pixels", _parts(_box(10, 10, 12, 12)), _parts(_box(10, 10, 12, 11.9))),
    (
        "GEO015", "points", _parts(_shape("polyline", *[i % 90 for i in range(10000)])),
        _parts(_shape("polyline", *[i % 90 for i in range(10002)])),
    ),
    (
        "GEO016", "pixels", _parts(_shape("polyline", 10, 10, 10.5, 10, 60, 40)),
        _parts(_shape("polyline", 10, 10, 10.49, 10, 60, 40)),
    ),
    ("GEO017", "degrees", _sides(1.01, 50), _sides(0.99, 50)),
    ("GEO017", "pixels", _sides(0.5, 4.99), _sides(0.5, 5.01)),
    (
        "GEO019", "overlap", _parts(_box(0, 0, 100, 10), _box(0, 0, 97.9, 10)),
        _parts(_box(0, 0, 100, 10), _box(0, 0, 98.1, 10)),
    ),
    (
        "GEO025", "pixels", _parts(_shape("polyline", 10, 20, 60, 101)),
        _parts(_shape("polyline", 10, 20, 60, 101.01)),
    ),
    (
        "GEO025", "pixels", _parts(_shape("polyline", 10, 150, 101.01, 190)),
        _parts(_shape("polyline", 10, 150, 101, 190)),
    ),
    ("GEO026", "pixels", _parts(_box(1.01, 1, 199, 99)), _parts(_box(1, 1, 199, 99))),
    ("GEO027", "most", _parts(_box(10, 10, 60, 40, z_order=1000)), _parts(_box(10, 10, 60, 40, z_order=1001))),
    ("JOB001", "share", _tags(4, 9, 1, 2, **TRUTH, task=None), _tags(4, 9, 1, 2, 3, **TRUTH, task=None)),
    ("JOB001", "share", _tags(0, 4, 9, truth=[0, 1, 2, 4, 6, 9]), _tags(0, 4, 9, truth=[0, 2, 4, 6, 9])),
    (
        "JOB004", "share", _tags(1, 2, 9, 10, job={"start_frame": 9, "stop_frame": 10, "frame_count": 2}),
        _tags(1, 2, 3, 9, 10, job={"start_frame": 9, "stop_frame": 10, "frame_count": 2}),
    ),
    ("JOB008", "share", _tags(8, 9, **PUT, elsewhere=THERE), _tags(8, **PUT, elsewhere=THERE)),
    (
        "MSK012", "pixels", _parts(_shape("mask", 0, 4, 2, 5, 10, 10, 20, 10, label_id=4)),
        _parts(_shape("mask", 0, 3, 3, 5, 10, 10, 20, 10, label_id=4)),
    ),
    ("STA001", "share", _rare(1000), _rare(1001)),
    ("STA001", "annotations", _parts(tags=[]), _rare(1001)),
    ("STA002", "shapes", _sizes(29, 1000), _sizes(30, 1000)),
    ("STA002", "deviations", _sizes(31, 102 * 1.02 ** (7.9 * 1.4826)), _sizes(31, 102 * 1.02 ** (8.1 * 1.4826))),
    ("STA003", "frames", _crowds(9, 40), _crowds(10, 40)),
    ("STA003", "deviations", _crowds(10, 21), _crowds(10, 22)),
    ("STA004", "share", _colours(197, 3), _colours(198, 2)),
    ("STA004", "objects", _colours(199), _colours(200)),
    (
        "STA005", "frames", _parts(*[_box(10, 10, 60, 40, frame=i) for i in range(19)], **_long(40)),
        _parts(*[_box(10, 10, 60, 40, frame=i) for i in range(20)], **_long(40)),
    ),
    ("TRK008", "frames", _keys(0, 29, **_long(40)), _keys(0, 28, **_long(40))),
    ("TRK010", "frames", _keys(0, 1, 2, 3, 4, 9), _keys(0, 1, 2, 3, 4, 10)),
    ("TRK010", "keyframes", _keys(0, 1, 2, 3, 9), _keys(0, 1, 2, 3, 4, 10)),
    ("TRK011", "keyframes", _keys(*range(9)), _keys(*range(10))),
    ("TRK016", "times", _walk(16), _walk(16.1)),
    ("TRK016", "steps", _walk(50, moves=4), _walk(50, moves=5)),
    (
        "TRK017", "times", _tracks([_key(0, 0, 0, 10, 10), _key(1, 0, 0, 20, 20)]),
        _tracks([_key(0, 0, 0, 10, 10), _key(1, 0, 0, 20, 20.1)]),
    ),
    (
        "TRK017", "times", _tracks([_key(0, 0, 0, 20, 20), _key(1, 0, 0, 10, 10)]),
        _tracks([_key(0, 0, 0, 20, 20.1), _key(1, 0, 0, 10, 10)]),
    ),
    ("TRK019", "keyframes", _tracks(*[[_key(0), _key(1)]] * 2), _tracks(*[[_key(0), _key(1), _key(2)]] * 2)),
    (
        "TRK019", "overlap", _tracks(*[[_key(i, 0, 0, 100, y) for i in range(3)] for y in (100, 89.9)]),
        _tracks(*[[_key(i, 0, 0, 100, y) for i in range(3)] for y in (100, 90.1)]),
    ),
    (
        "TRK020", "frames", _tracks([_key(0), _key(3, outside=True)], [_key(9)]),
        _tracks([_key(0), _key(3, outside=True)], [_key(8)]),
    ),
    (
        "TRK020", "overlap", _tracks([_key(0), _key(1, outside=True)], [_key(2, 10, 10, 60, 24.9)]),
        _tracks([_key(0), _key(1, outside=True)], [_key(2, 10, 10, 60, 25.1)]),
    ),
]  # fmt: skip
# megabytes is as large as the proxy's limit: nobody wants the input, and the rule is tested with less
_ELSEWHERE = {("FMT007", "target"), ("JOB007", "server"), ("JOB007", "sdk"), ("SCH016", "megabytes")}


def _codes(parts: Item, code: str) -> set[str]:
    return set(judge_example(find_rule(code), parts).by_rule())


@pytest.mark.parametrize(
    ("code", "option", "fine", "beyond"), CASES, ids=[f"{code}-{name}" for code, name, *_ in CASES]
)
def test_nothing_set(code: str, option: str, fine: Item, beyond: Item) -> None:
    assert _codes(fine, code) == set()
    assert _codes(beyond, code) == {code}


def test_every_option_has_a_case() -> None:
    options = {(rule.code, name) for rule in all_rules().values() for name in rule.options}
    assert {(code, name) for code, name, *_ in CASES} == options - _ELSEWHERE
