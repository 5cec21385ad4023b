"""Where a rule begins to find: the last value that is fine, and the first that is not.

What the manual calls the longest, the most, the least or "still fine" is fine itself; "from" counts itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from annotools.validate.registry import find_rule
from tests.validate.running import judge_example

Item = dict[str, Any]
TWELVE = {"job": {"stop_frame": 11, "frame_count": 12}}
AUDIO: Item = {"task": {"media_type": "audio", "dimension": "1d"}, "job": {"media_type": "audio", "dimension": "1d"}}


def _found(code: str, annotations: Item, options: Item | None = None, **parts: Any) -> bool:
    report = judge_example(find_rule(code), {"annotations": annotations, "options": options or {}, **parts})
    return code in report.by_rule()


def _shape(kind: str, *points: float, **more: Any) -> Item:
    return {"shapes": [{"type": kind, "label_id": 1, "frame": 0, "points": list(points), **more}]}


def _box(*points: float, **more: Any) -> Item:
    return _shape("rectangle", *points, **more)


def _key(frame: int, *points: float, **more: Any) -> Item:
    return {"type": "rectangle", "frame": frame, "points": list(points) or [10, 10, 60, 40], **more}


def _tracks(*tracks: list[Item]) -> Item:
    return {"tracks": [{"label_id": 1, "frame": keys[0]["frame"], "shapes": keys} for keys in tracks]}


def _keys(*frames: int) -> Item:
    return _tracks([_key(frame) for frame in frames])


def _tags(*frames: int, labels: tuple[int, ...] = ()) -> Item:
    ids = labels or (6,) * len(frames)
    return {"tags": [{"label_id": label, "frame": frame} for label, frame in zip(ids, frames, strict=True)]}


def _value(text: str) -> Item:
    return {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": text}]}]}


def _spans(*spans: tuple[int, int]) -> Item:
    return {"intervals": [{"label_id": 7, "start": start, "stop": stop} for start, stop in spans]}


def _same(*lengths: int) -> Item:
    """Two tracks on each other on so many frames."""
    return _tracks(*([_key(frame) for frame in range(length)] for length in lengths))


@pytest.mark.parametrize(
    ("code", "options", "fine", "beyond"),
    [
        ("GEO009", {"pixels": 4}, _box(10, 10, 12, 12), _box(10, 10, 12, 11.9)),
        ("GEO015", {"points": 3}, _shape("polyline", *range(6)), _shape("polyline", *range(8))),
        (
            "GEO016", {"pixels": 0.5}, _shape("polyline", 10, 10, 10.5, 10, 60, 40),
            _shape("polyline", 10, 10, 10.25, 10, 60, 40),
        ),
        (
            "GEO017", {"pixels": 5}, _shape("polyline", 10, 10, 10, 60, 14, 60, 10, 60.01, 10, 90),
            _shape("polyline", 10, 10, 10, 60, 15, 60, 10, 60.01, 10, 90),
        ),
        ("GEO004", {"pixels": 2}, _box(-2, 10, 202, 40), _box(10, 10, 202.5, 40)),
        ("GEO004", {"pixels": 2}, _box(10, -2, 60, 102), _box(10, -2.5, 60, 40)),
        ("GEO026", {"pixels": 1}, _box(1.5, 1, 199, 99), _box(1, 1, 199, 99)),
        ("GEO027", {"most": 1000}, _box(10, 10, 60, 40, z_order=1000), _box(10, 10, 60, 40, z_order=1001)),
        ("GEO027", {"most": 1000}, _box(10, 10, 60, 40, z_order=-1000), _box(10, 10, 60, 40, z_order=-1001)),
        (
            "GEO019", {"overlap": 0.5}, {"shapes": _box(0, 0, 10, 10)["shapes"] + _box(0, 0, 10, 4)["shapes"]},
            {"shapes": _box(0, 0, 10, 10)["shapes"] + _box(0, 0, 10, 5)["shapes"]},
        ),
        (
            "MSK012", {"pixels": 4}, _shape("mask", 0, 4, 2, 5, 10, 10, 20, 10, label_id=4),
            _shape("mask", 0, 3, 3, 5, 10, 10, 20, 10, label_id=4),
        ),
        ("FRM013", {"frames": 5}, _tags(0, 6), _tags(0, 7)),
        ("TRK008", {"frames": 5}, _keys(0, 6), _keys(0, 5)),
        ("TRK010", {"frames": 5, "keyframes": 6}, _keys(0, 1, 2, 3, 4, 9), _keys(0, 1, 2, 3, 4, 10)),
        ("TRK010", {"frames": 5, "keyframes": 6}, _keys(0, 1, 2, 3, 9), _keys(0, 1, 2, 3, 4, 10)),
        ("TRK011", {"keyframes": 3}, _keys(0, 1), _keys(0, 1, 2)),
        ("TRK019", {"keyframes": 3}, _same(2, 4), _same(3, 4)),
        (
            "TRK019", {"keyframes": 1, "overlap": 0.5}, _tracks([_key(0, 0, 0, 10, 10)], [_key(0, 0, 0, 10, 4)]),
            _tracks([_key(0, 0, 0, 10, 10)], [_key(0, 0, 0, 10, 5)]),
        ),
        (
            "TRK020", {"frames": 5}, _tracks([_key(0), _key(3, outside=True)], [_key(9)]),
            _tracks([_key(0), _key(3, outside=True)], [_key(8)]),
        ),
        (
            "TRK020", {"overlap": 0.5}, _tracks([_key(0), _key(1, outside=True)], [_key(2, 10, 10, 60, 24)]),
            _tracks([_key(0), _key(1, outside=True)], [_key(2, 10, 10, 60, 25)]),
        ),
        (
            "TRK026", {}, _tracks([_key(0), _key(4, rotation=179.5)]), _tracks([_key(0), _key(4, rotation=180)]),
        ),
        ("STA001", {"share": 0.25, "annotations": 4}, _tags(0, 1, 2, 3, labels=(1, 1, 1, 6)),
         _tags(0, 1, 2, 3, 4, labels=(1, 1, 1, 1, 6))),
        ("STA001", {"share": 0.3, "annotations": 5}, _tags(0, 1, 2, 3, labels=(1, 1, 1, 6)),
         _tags(0, 1, 2, 3, 4, labels=(1, 1, 1, 1, 6))),
        ("LBL014", {}, _value("x" * 4096), _value("x" * 4097)),
    ],
)  # fmt: skip
def test_options(code: str, options: Item, fine: Item, beyond: Item) -> None:
    assert not _found(code, fine, options, **TWELVE)
    assert _found(code, beyond, options, **TWELVE)


@pytest.mark.parametrize(
    ("code", "fine", "beyond"),
    [
        ("IVL001", _spans((3, 3)), _spans((3, 2))),
        ("IVL002", _spans((0, 12)), _spans((0, 13))),
        ("IVL002", _spans((11, 12)), _spans((12, 12))),
        ("IVL003", _spans((0, 4), (4, 8)), _spans((0, 5), (4, 8))),
    ],
)
def test_ends_of_intervals(code: str, fine: Item, beyond: Item) -> None:
    assert not _found(code, fine, **AUDIO)
    assert _found(code, beyond, **AUDIO)


@pytest.mark.parametrize(
    ("keyframe", "expected"),
    [({"frame": 11}, False), ({"frame": 12, "outside": True}, False), ({"frame": 12}, True),
     ({"frame": 13, "outside": True}, True)],
)  # fmt: skip
def test_the_only_keyframe_behind_a_task_that_is_fine_closes_a_track(keyframe: Item, expected: bool) -> None:
    assert _found("FRM003", _tracks([_key(0), _key(**keyframe)]), **TWELVE) == expected


@pytest.mark.parametrize("overlap", [1.0, 0.9, 0.7, 0.4, 0.1])
@pytest.mark.parametrize("along", [0, 1])
def test_twins_are_those_that_overlap_as_much_as_is_asked(overlap: float, along: int) -> None:
    """Of two boxes as long as 100 of which one begins `gap` later, 100 - gap of 100 + gap px are common."""
    for gap, common in ((0, 1.0), (5, 95 / 105), (17, 83 / 117), (42, 58 / 142), (81, 19 / 181), (101, 0.0)):
        start, stop = ([gap, 0], [gap + 100, 10]) if along == 0 else ([0, gap], [10, gap + 100])
        first = _key(0, *([0, 0, 100, 10] if along == 0 else [0, 0, 10, 100]))
        tracks = _tracks([first], [_key(0, *start, *stop)])
        assert _found("TRK019", tracks, {"overlap": overlap, "keyframes": 1}, **TWELVE) == (common >= overlap)


def _speed(text: str, *values: str) -> dict[str, Any]:
    spec = {"id": 13, "name": "speed", "mutable": True, "input_type": "number", "default_value": "0"}
    label = {"id": 1, "name": "car", "type": "any", "attributes": [spec | {"values": list(values)}]}
    tag = {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 13, "value": text}]}
    return {"annotations": {"tags": [tag]}, "labels": [label]}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("0", ("0", "200", "5"), set()), ("200", ("0", "200", "5"), set()), ("205", ("0", "200", "5"), {"LBL012"}),
        ("-5", ("0", "200", "5"), {"LBL012"}), ("7", ("0", "200", "5"), {"LBL013"}), ("7", ("2", "200", "5"), set()),
        ("0.3", ("0", "1", "0.1"), set()), ("0.35", ("0", "1", "0.1"), {"LBL013"}), ("7", ("0", "200", "0"), set()),
        ("7", ("0", "200", "-5"), set()), ("205", ("0", "200", "0"), {"LBL012"}), ("7", ("0", "200", "x"), set()),
        ("7", ("0", "200"), set()), ("7", (), set()), ("x", ("0", "200", "0"), {"LBL011"}),
        ("nan", ("0", "200", "5"), {"LBL011"}), ("1e999", ("0", "200", "5"), {"LBL011"}),
        ("-0", ("0", "200", "0"), set()),
    ],
)  # fmt: skip
def test_ends_and_steps_of_numbers(text: str, values: tuple[str, ...], expected: set[str]) -> None:
    """Steps of 0 or less say nothing, nor does a range that is not whole."""
    reports = [judge_example(find_rule(code), _speed(text, *values)) for code in ("LBL011", "LBL012", "LBL013")]
    assert {code for report in reports for code in report.by_rule()} == expected
