"""What fixes make of an annotation, to the number: examples only say that nothing is found any more."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from annotools.validate.registry import find_rule
from tests.validate.running import fix_example

Item = dict[str, Any]


def _fixed(code: str, annotations: Item, **parts: Any) -> Item:
    outcome = fix_example(find_rule(code), {"annotations": annotations, **parts}, unsafe=True)
    document: Item = json.loads(outcome.members["annotations.json"])
    return document


@pytest.mark.parametrize(
    ("code", "kind", "points", "expected"),
    [
        ("GEO004", "rectangle", [150, -5, 230, 40], [150, 0, 200, 40]),
        ("GEO004", "polygon", [-5, 10, 60, 10, 60, 140], [0, 10, 60, 10, 60, 100]),
        ("GEO004", "polyline", [10, 60, 60, 110], [10, 60, 60, 100]),
        ("GEO004", "points", [10, 10, -5, 20], [10, 10, 0, 20]),
        ("GEO006", "rectangle", [-0.0, 10.1234567, 60, 40], [0, 10.123457, 60, 40]),
        ("GEO007", "rectangle", [60, 10, 10, 40], [10, 10, 60, 40]),
        ("GEO007", "rectangle", [10, 40, 60, 10], [10, 10, 60, 40]),
        # 10 + 0.6 t and 45 - 0.5 t meet at t = 31.82; the left side is 35 high, the right one 20
        ("GEO010", "polygon", [10, 10, 60, 40, 60, 20, 10, 45], [10, 45, 41.818182, 29.090909, 10, 10]),
        ("GEO012", "polyline", [10, 10, 60, 10, 60, 10, 60, 10, 60, 40], [10, 10, 60, 10, 60, 40]),
        ("GEO013", "polygon", [10, 10, 60, 10, 60, 40, 10, 10], [10, 10, 60, 10, 60, 40]),
        ("GEO016", "polyline", [10, 10, 10.3, 10, 10.6, 10, 60, 40], [10, 10, 10.6, 10, 60, 40]),
        ("GEO017", "polyline", [10, 10, 100, 10, 10, 10.2, 10, 60], [10, 10, 10, 10.2, 10, 60]),
        # the corners 20 to 80 and 10 to 50: centre, then right and top
        ("GEO022", "ellipse", [20, 10, 80, 50], [50, 30, 80, 10]),
        # of a picture of 200 x 100
        ("GEO024", "rectangle", [0.123, 0.255, 0.75, 0.9], [24.6, 25.5, 150, 90]),
        ("GEO025", "rectangle", [10, 120, 60, 190], [120, 10, 190, 60]),
        # 4 x 4 pixels, of which the second and third of the second row are set
        ("MSK005", "mask", [5, 2, 9, 10, 10, 13, 13], [0, 2, 11, 11, 12, 11]),
        ("MSK006", "mask", [0, 4, 0, 4, 1, 10, 10, 12, 12], [0, 8, 1, 10, 10, 12, 12]),
        ("MSK006", "mask", [2, 1, 0, 2, 0, 3, 1, 10, 10, 12, 12], [2, 6, 1, 10, 10, 12, 12]),
        ("MSK007", "mask", [4, 2, 1, 2, 10, 10, 12, 12], [0, 4, 2, 1, 2, 10, 10, 12, 12]),
        # two rows of 200
        ("MSK009", "mask", [0, 400, 19600, 0, 0, 199, 99], [0, 400, 0, 0, 199, 1]),
    ],
)
def test_points(code: str, kind: str, points: list[float], expected: list[float]) -> None:
    shape = {"type": kind, "label_id": 4 if kind == "mask" else 3 if kind == "polygon" else 1, "frame": 0}
    assert _fixed(code, {"shapes": [shape | {"points": points}]})["shapes"] == [shape | {"points": expected}]


@pytest.mark.parametrize(
    ("code", "column", "value", "expected"),
    [
        ("GEO021", "rotation", -90, 270), ("GEO021", "rotation", 400.5, 40.5), ("GEO021", "rotation", 750, 30),
        ("SCH012", "source", "semi_auto", "semi-auto"), ("SCH012", "source", "Manual", "manual"),
        ("SCH013", "score", 87, 1), ("SCH013", "score", -0.5, 0),
        ("GRP001", "group", 3, 0), ("GRP002", "group", None, 0), ("GRP006", "group", -1, 0),
    ],
)  # fmt: skip
def test_columns(code: str, column: str, value: Any, expected: Any) -> None:
    box = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}
    assert _fixed(code, {"shapes": [box | {column: value}]})["shapes"] == [box | {column: expected}]


@pytest.mark.parametrize(
    ("code", "spec", "value", "expected"),
    [
        ("LBL009", 11, "RED", "red"),
        ("LBL010", 12, "True", "true"), ("LBL010", 12, "1", "true"), ("LBL010", 12, "YES", "true"),
        ("LBL010", 12, "0", "false"), ("LBL010", 12, "no", "false"), ("LBL010", 12, "False", "false"),
        # from 0 to 200 in steps of 5
        ("LBL012", 13, "300", "200"), ("LBL012", 13, "-5", "0"),
        ("LBL013", 13, "51", "50"), ("LBL013", 13, "53", "55"), ("LBL013", 13, "199", "200"),
        ("LBL017", 14, "B\0 1", "B 1"), ("LBL021", 14, " B 1\t", "B 1"),
    ],
)  # fmt: skip
def test_values_of_attributes(code: str, spec: int, value: str, expected: str) -> None:
    tag: Item = {"label_id": 1, "frame": 0}
    outcome = _fixed(code, {"tags": [tag | {"attributes": [{"spec_id": spec, "value": value}]}]})
    assert outcome["tags"] == [tag | {"attributes": [{"spec_id": spec, "value": expected}]}]


def test_missing_attributes_get_the_defaults_of_their_label() -> None:
    outcome = _fixed(
        "LBL015", {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "blue"}]}]}
    )
    values = {one["spec_id"]: one["value"] for one in outcome["tags"][0]["attributes"]}
    assert values == {11: "blue", 12: "false", 13: "0", 14: ""}


def test_of_two_values_the_first_stays() -> None:
    both = [{"spec_id": 11, "value": "red"}, {"spec_id": 11, "value": "blue"}]
    outcome = _fixed("LBL016", {"tags": [{"label_id": 1, "frame": 0, "attributes": both}]})
    assert outcome["tags"][0]["attributes"] == both[:1]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [((8, 3), (3, 8)), ((8, 0), (0, 8))],
)
def test_ends_of_intervals(interval: tuple[int, int], expected: tuple[int, int]) -> None:
    rows = [dict(zip(("start", "stop"), ends, strict=True)) | {"label_id": 7} for ends in (interval, expected)]
    assert _fixed("IVL001", {"intervals": rows[:1]})["intervals"] == rows[1:]


def test_frames_of_the_source_become_those_of_the_task() -> None:
    """Frames 10, 12 ... 32 of the source are 0 to 11."""
    given = {"tags": [{"label_id": 6, "frame": frame} for frame in (10, 14, 32)]}
    meta = {"start_frame": 10, "stop_frame": 32, "frame_filter": "step=2"}
    outcome = _fixed("FRM007", given, data_meta=meta, job={"stop_frame": 11})
    assert [tag["frame"] for tag in outcome["tags"]] == [0, 2, 11]


def test_frames_that_count_from_one_become_one_less() -> None:
    point = {"type": "points", "points": [10, 10]}
    given = {
        "tags": [{"label_id": 6, "frame": 1}], "shapes": [point | {"label_id": 1, "frame": 5}],
        "tracks": [{"label_id": 1, "frame": 12, "shapes": [point | {"frame": 12}]}],
    }  # fmt: skip
    outcome = _fixed("FRM006", given, job={"stop_frame": 11})
    assert (outcome["tags"][0]["frame"], outcome["shapes"][0]["frame"]) == (0, 4)
    assert (outcome["tracks"][0]["frame"], outcome["tracks"][0]["shapes"][0]["frame"]) == (11, 11)


def _track(*keyframes: Item, frame: int = 0, **more: Any) -> Item:
    rows = [{"type": "points", "points": [10, 10], **keyframe} for keyframe in keyframes]
    return {"tracks": [{"label_id": 1, "frame": frame, "shapes": rows, **more}]}


@pytest.mark.parametrize(
    ("code", "given", "expected"),
    [
        ("TRK002", _track({"frame": 4}, {"frame": 0}), _track({"frame": 0}, {"frame": 4})),
        ("TRK003", _track({"frame": 0}, {"frame": 0, "points": [2, 2]}), _track({"frame": 0})),
        ("TRK004", _track({"frame": 0}, frame=4), _track({"frame": 0})),
        ("TRK005", _track({"frame": 4}, frame=0), _track({"frame": 4}, frame=4)),
        (
            "TRK006", _track({"frame": 0, "outside": True}, {"frame": 4}, {"frame": 6}),
            _track({"frame": 4}, {"frame": 6}, frame=4),
        ),
        ("TRK008", _track({"frame": 0}), _track({"frame": 0}, {"frame": 1, "outside": True})),
        (
            "TRK009", _track({"frame": 0}, {"frame": 2, "outside": True}, {"frame": 4, "outside": True}),
            _track({"frame": 0}, {"frame": 2, "outside": True}),
        ),
        ("FRM003", _track({"frame": 0}, {"frame": 99}), _track({"frame": 0})),
        ("FRM004", _track({"frame": 0}, {"frame": 8}), _track({"frame": 0})),
    ],
)  # fmt: skip
def test_keyframes(code: str, given: Item, expected: Item) -> None:
    options = {"options": {"frames": 5}} if code == "TRK008" else {}
    assert _fixed(code, given, **options) == expected


def test_attributes_move_between_a_track_and_its_keyframes() -> None:
    mutable, fixed = {"spec_id": 12, "value": "true"}, {"spec_id": 11, "value": "red"}
    track = _fixed("TRK021", _track({"frame": 0}, {"frame": 4}, attributes=[mutable, fixed]))["tracks"][0]
    assert track["attributes"] == [fixed]
    assert [row.get("attributes", []) for row in track["shapes"]] == [[mutable], []]
    track = _fixed("TRK022", _track({"frame": 0, "attributes": [mutable, fixed]}))["tracks"][0]
    assert (track["attributes"], track["shapes"][0]["attributes"]) == ([fixed], [mutable])


def _pose(*points: tuple[int, list[float]], **more: Any) -> Item:
    elements = [{"type": "points", "label_id": label, "frame": 0, "points": xy} for label, xy in points]
    return {"type": "skeleton", "label_id": 5, "frame": 0, "elements": elements, **more}


def test_points_of_skeletons() -> None:
    head, left, right = (51, [10, 10]), (52, [20, 10]), (53, [30, 10])
    missing = _fixed("SKL003", {"shapes": [_pose(head, left)]})["shapes"][0]["elements"]
    assert missing[:2] == _pose(head, left)["elements"]
    assert [(one["label_id"], one["outside"], one["points"]) for one in missing[2:]] == [(53, True, [20, 10])]
    assert _fixed("SKL007", {"shapes": [_pose(right, head, left)]})["shapes"] == [_pose(head, left, right)]
    assert _fixed("SKL005", {"shapes": [_pose(head, left, (51, [9, 9]))]})["shapes"] == [_pose(head, left)]
    assert _fixed("SKL011", {"shapes": [_pose(head, points=[1, 1])]})["shapes"] == [_pose(head, points=[])]
    origin = _fixed("SKL013", {"shapes": [_pose(head, (52, [0, 0]))]})["shapes"][0]["elements"]
    assert [one.get("outside", False) for one in origin] == [False, True]


def test_very_many_specks_are_taken_off_at_once() -> None:
    """A square of 20 x 20 in a picture of 200 x 100, and a pixel in every second column of every second line beside."""
    picture = np.zeros((100, 200), np.bool_)
    picture[::2, 24::2] = True
    picture[10:30, :20] = True
    cells = picture.reshape(-1).astype(np.int8)
    runs = np.diff(np.flatnonzero(np.diff(cells, prepend=0, append=2)), prepend=0).tolist()
    shape = {"type": "mask", "label_id": 4, "frame": 0}
    fixed = _fixed("MSK012", {"shapes": [shape | {"points": [*runs, 0, 0, 199, 99]}]})["shapes"]
    assert fixed == [shape | {"points": [0, 400, 0, 10, 19, 29]}]
