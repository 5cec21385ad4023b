"""What a rule finds next to what it leaves alone: each condition of it by itself, where the others hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

import annotools as at
from annotools.model import Job, Task
from annotools.validate.registry import find_rule
from tests.validate.examples import LABELS
from tests.validate.running import fix_example, judge_example

Item = dict[str, Any]
CLOUD = {"task": {"dimension": "3d"}, "job": {"dimension": "3d"}}
SOUND = {"task": {"media_type": "audio", "dimension": "1d"}, "job": {"media_type": "audio", "dimension": "1d"}}


def _shape(kind: str, *points: float, **more: Any) -> Item:
    return {"annotations": {"shapes": [{"type": kind, "label_id": 1, "frame": 0, "points": list(points), **more}]}}


def _tags(*labels: int, **parts: Any) -> Item:
    return {"annotations": {"tags": [{"label_id": label, "frame": 0} for label in labels]}, **parts}


def _track(*keys: tuple[Any, ...], kind: str = "rectangle", label: int = 1, **more: Any) -> Item:
    """Keys: frame and points, and True behind them where the object is outside."""
    shapes = [{"type": kind, "frame": f, "points": list(points), "outside": any(o)} for f, points, *o in keys]
    return {"annotations": {"tracks": [{"label_id": label, "frame": keys[0][0], "shapes": shapes, **more}]}}


def _gone(*outside: int) -> Item:
    """A track on nearly every frame, with none between 2 and 9."""
    return _track(*[(frame, (10, 10, 60, 40), frame in outside) for frame in (0, 1, 2, 9, 10, 11)])


def _grown(first: bool, last: bool) -> Item:
    """An outline with a point more on its second keyframe.  first, last: whether it is outside there."""
    triangle = (10, 10, 60, 10, 60, 40)
    return _track((0, triangle, first), (4, (*triangle, 10, 40), last), kind="polygon", label=3)


def _turned(*keys: tuple[int, float, bool]) -> Item:
    """A track of boxes: frame, degrees, and whether the object is outside."""
    example = _track(*[(frame, (10, 10, 60, 40), outside) for frame, _, outside in keys])
    for shape, (_, degrees, _) in zip(example["annotations"]["tracks"][0]["shapes"], keys, strict=True):
        shape["rotation"] = degrees
    return example


def _boxes(*corners: tuple[float, float], size: float = 1) -> Item:
    """A track of small boxes: frame and left side."""
    return _track(*[(frame, (x, 10, x + size, 10 + size)) for frame, x in corners])


def _cuboid(*swapped: int, flat: tuple[int, ...] = ()) -> Item:
    """A cuboid in a picture with some pairs of numbers exchanged: the corner at this index and the next one."""
    points = [[10, 20], [10, 40], [50, 20], [50, 40], [60, 10], [60, 30], [20, 10], [20, 30]]
    for index in swapped:
        points[index : index + 2] = points[index : index + 2][::-1]
    return _shape("cuboid", *(value for point in points for value in point))


def _pointed(**numbers: float) -> Item:
    """A cuboid in a point cloud; n7=0 puts 0 for its eighth number."""
    points = [1, 2, 3, 0, 0, 0.5, 4, 2, 2, *[0] * 7]
    for name, value in numbers.items():
        points[int(name[1:])] = value
    return _shape("cuboid", *points) | CLOUD


def _skeleton_track(outside: bool) -> Item:
    point = {"type": "points", "frame": 0, "points": [30, 40], "outside": outside}
    element = {"label_id": 81, "frame": 0, "shapes": [point]}
    return _track((0, (), outside), kind="skeleton", label=8, elements=[element])


def _spans(*spans: tuple[int, int, int]) -> Item:
    labels = [*LABELS, {"id": 9, "name": "bell", "type": "interval", "attributes": []}]
    return {
        "annotations": {"intervals": [{"label_id": one, "start": start, "stop": stop} for one, start, stop in spans]},
        "labels": labels, **SOUND,
    }  # fmt: skip


def _named(name: str, kind: str) -> Item:
    """Two shapes of one frame with the same value of an attribute."""
    spec = {"id": 11, "name": name, "mutable": False, "input_type": kind, "default_value": "7", "values": ["7"]}
    shape = {"type": "points", "label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "7"}]}
    shapes = [shape | {"points": [left, 10]} for left in (10, 20)]
    return {"annotations": {"shapes": shapes}, "labels": [{"id": 1, "name": "car", "attributes": [spec]}]}


def _boxes_at(*lefts: float) -> Item:
    shapes = [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [x, 0, x + 100, 80]} for x in lefts]
    return {"annotations": {"shapes": shapes}}


JOB_5_TO_7 = {"start_frame": 5, "stop_frame": 7, "frame_count": 3}


def _grouped(kind: str, frame: int) -> Item:
    """A point on frame 0, and a tag or a track on that frame, in one group."""
    point = {"type": "points", "label_id": 1, "frame": 0, "points": [9, 9], "group": 3}
    tag = {"label_id": 1, "frame": frame, "group": 3}
    if kind == "tag":
        return {"annotations": {"shapes": [point], "tags": [tag]}}
    return {
        "annotations": {
            "shapes": [point],
            "tracks": [tag | {"shapes": [{"type": "points", "frame": frame, "points": [9, 9]}]}],
        }
    }


def _on(frame: int, meta: Item | None = None) -> Item:
    """A tag on a frame, for a job of frames 5 to 7 of 12, or of all where some are deleted."""
    job = {"start_frame": 0, "stop_frame": 11} if meta else JOB_5_TO_7
    return {"annotations": {"tags": [{"label_id": 6, "frame": frame}]}, "job": job, "data_meta": meta or {}}


def _hand(x: float, y: float) -> Item:
    point = {"type": "points", "label_id": 81, "frame": 0, "points": [x, y]}
    return {"annotations": {"shapes": [{"type": "skeleton", "label_id": 8, "frame": 0, "elements": [point]}]}}


def _exchanged(*names: str) -> Item:
    """Three skeletons of the label `body` with these points from left to right; in the last one the other way round."""
    points = [{"id": 90 + i, "name": name, "type": "points", "attributes": []} for i, name in enumerate(names)]
    labels = [{"id": 9, "name": "body", "type": "skeleton", "attributes": [], "sublabels": points, "svg": ""}]
    shapes = [
        {"type": "skeleton", "label_id": 9, "frame": frame, "elements": [
            {"type": "points", "label_id": one["id"], "frame": frame, "points": [50 + 10 * i * (1 - frame // 2 * 2), 9]}
            for i, one in enumerate(points)]}
        for frame in range(3)
    ]  # fmt: skip
    return {"annotations": {"shapes": shapes}, "labels": labels}


def _values(*pairs: tuple[int, str]) -> Item:
    attributes = [{"spec_id": spec, "value": value} for spec, value in pairs]
    return {"annotations": {"tags": [{"label_id": 1, "frame": 0, "attributes": attributes}]}}


@pytest.mark.parametrize(
    ("code", "parts", "number"),
    [
        *[("GEO023", _cuboid(index), 1) for index in (0, 2, 4, 6)], ("GEO023", _cuboid(0, 6), 1),
        *[("GEO030", _pointed(**{f"n{index}": 1}), 1) for index in range(9, 16)],
        *[("GEO030", _pointed(**{f"n{index}": size}), 1) for index in (6, 7, 8) for size in (0, -1)],
        *[("GEO030", _pointed(**{f"n{index}": turn}), 1) for index in (3, 4, 5) for turn in (90, -90)],
        *[("GEO030", _pointed(**{f"n{index}": 3}), 0) for index in (3, 4, 5, 6, 7, 8)],
        # of a picture of 200 x 100: within it with x and y exchanged, and beyond each of its sides then
        ("GEO025", _shape("polyline", 10, 20, 60, 190), 1), ("GEO025", _shape("polyline", 10, -50, 60, 190), 0),
        ("GEO025", _shape("polyline", -50, 20, 60, 190), 0), ("GEO025", _shape("polyline", 10, 20, 60, 210), 0),
        ("GEO025", _shape("polyline", 10, 20, 120, 190), 0), ("GEO025", _shape("points", 10, 150), 0),
        ("GEO024", _shape("rectangle", 0, 0, 1, 1), 1), ("GEO024", _shape("rectangle", 0, 0, 0, 0), 0),
        ("GEO024", _shape("rectangle", -0.1, 0.1, 0.9, 0.9), 0), ("GEO024", _shape("rectangle", 0.1, -0.1, 0.9, 1), 0),
        ("GEO024", _shape("rectangle", 0.1, 0.1, 1.2, 0.9), 0), ("GEO024", _shape("rectangle", 0.1, 0.1, 1, 1.2), 0),
        ("GEO026", _shape("polygon", 0, 0, 200, 0, 200, 100, 0, 100), 0),
        ("GEO026", _shape("polyline", 0, 0, 200, 100), 0),
        *[("MSK002", _shape("mask", 0, 9, *box, label_id=4), 1)
          for box in ((12, 10, 10, 12), (10, 12, 12, 10), (10.5, 10, 12, 12), (10, 10, 12, 12.5))],
        ("MSK002", _shape("mask", 0, 1, 10, 10, 10, 10, label_id=4), 0),
        ("MSK004", _shape("mask", 9, 10, 10, 12, 12, label_id=4), 1),
        ("MSK005", _shape("mask", 9, 10, 10, 12, 12, label_id=4), 0),
        # loose in a box that is not the picture, and tight in one that is
        ("MSK009", _shape("mask", 12, 1, 12, 10, 10, 14, 14, label_id=4), 0),
        ("MSK009", _shape("mask", 0, 20000, 0, 0, 199, 99, label_id=4), 0),
        ("TRK007", _skeleton_track(True), 1), ("TRK007", _skeleton_track(False), 0),
        ("TRK008", _skeleton_track(False) | {"options": {"frames": 2}}, 0),
        # copies are another rule's, and stand for one
        ("GEO019", _boxes_at(0, 0), 0), ("GEO019", _boxes_at(0, 0, 0.5), 1), ("GEO019", _boxes_at(0, 0.5, 1), 2),
        ("GEO018", _boxes_at(0, 0, 0.5, 0), 2), ("GEO018", _boxes_at(0, 0.5, 9), 0),
        # again, whatever stands between
        ("LBL016", _values((11, "red"), (14, "x"), (11, "blue"), (12, "true"), (14, "y")), 2),
        ("LBL016", _values((11, "red"), (14, "x"), (12, "true")), 0),
        *[("FRM002", _on(frame), expected)
          for frame, expected in ((-1, 0), (0, 1), (4, 1), (5, 0), (7, 0), (8, 1), (12, 0))],
        *[("TRK023", _track(*[(frame, (10, 10, 60, 40)) for frame in frames]) | {"job": JOB_5_TO_7}, expected)
          for frames, expected in (
              ((5, 7), 0), ((4, 6), 1), ((6, 8), 1), ((3, 4), 0), ((8, 9), 0), ((4, 5), 1), ((7, 8), 1))],
        *[("GRP003", _grouped(kind, frame), expected)
          for kind, frame, expected in (("tag", 5, 1), ("tag", 0, 0), ("track", 5, 0))],
        *[("FRM004", _on(frame, {"deleted_frames": [0, 8]}), expected)
          for frame, expected in ((-1, 0), (0, 1), (1, 0), (8, 1), (12, 0))],
        # sides in letters of any size, anywhere in a name and apart from its other letters; both of one pair
        *[("SKL014", _exchanged(*[change(text) for text in names]), expected) for names, expected in (
            (("left", "right"), 1), (("l", "r"), 1), (("left eye", "right eye"), 1), (("eye_l", "eye_r"), 1),
            (("my-left-eye", "my-right-eye"), 1), (("l1", "r1"), 1), (("leftover", "rightover"), 0),
            (("all", "bar"), 0), (("left eye", "right ear"), 0), (("left eye", "left ear"), 0),
            (("left eye", "left ear", "right ear", "right eye"), 1),
        ) for change in (str.lower, str.upper, str.title)],
        *[("SKL013", _hand(*point), expected) for point, expected in (((0, 0), 1), ((0, 5), 0), ((5, 0), 0))],
        # runs of a mask are no points of an outline
        ("TRK015", _track((0, (0, 9, 10, 10, 12, 12)), (4, (1, 7, 1, 10, 10, 12, 12)), kind="mask", label=4), 0),
        # from an object that is outside nothing is interpolated, to one that is outside it is
        *[("TRK026", _turned((0, 0, earlier), (frame, degrees, later)), expected)
          for earlier, later, frame, degrees, expected in (
              (False, False, 4, 180, 1), (False, True, 4, 180, 1), (True, False, 4, 180, 0), (True, True, 4, 180, 0),
              (True, False, 4, 350, 0), (False, False, 4, -180, 1), (False, False, 4, 179.9, 0),
              (False, False, 1, 180, 0), (False, False, 2, 180, 1))],
        *[("TRK010", _gone(*outside), expected)
          for outside, expected in (((), 1), ((2,), 0), ((9,), 1), ((1,), 1), ((2, 9), 0))],
        *[("TRK015", _grown(*outside), expected) for outside, expected in (
            ((False, False), 1), ((True, False), 0), ((False, True), 0), ((True, True), 0))],
        # 0.1 px a frame count as one: 9 px are more than 8 times that, and 7 are not; two frames take twice the way
        ("TRK016", _boxes((0, 10), (1, 10.1), (2, 10.2), (3, 10.3), (4, 10.4), (5, 19.4)), 1),
        ("TRK016", _boxes((0, 10), (1, 10.1), (2, 10.2), (3, 10.3), (4, 10.4), (5, 17.4)), 0),
        ("TRK016", _boxes((0, 10), (1, 10.1), (2, 10.2), (3, 10.3), (4, 10.4), (6, 25.4)), 0),
        ("TRK016", _boxes((0, 10), (1, 10.1), (2, 10.2), (3, 10.3), (4, 10.4), (6, 27.4)), 1),
        # no further than twice its size
        ("TRK016", _boxes((0, 10), (1, 11), (2, 12), (3, 13), (4, 14), (5, 34), size=10), 0),
        ("TRK016", _boxes((0, 10), (1, 11), (2, 12), (3, 13), (4, 14), (5, 34.5), size=10), 1),
        ("LBL002", _tags(998, 999), 1), ("LBL002", _tags(1, 999), 0), ("LBL002", _tags(999, 8), 0),
        ("LBL002", _tags(999, 999), 0),
        *[("LBL019", _named(name, kind), 1) for name in ("id", "track_id", "No", "car nr", "frame-number")
          for kind in ("text", "number")],
        ("LBL019", _named("idle", "text"), 0), ("LBL019", _named("ids", "text"), 0),
        ("LBL019", _named("id", "select"), 0),
        *[("SCH009", _tags(6) | {"as": action}, number)
          for action, number in (("create", 0), ("update", 1), ("put", 0), ("delete", 0))],
        *[("JOB001", {"annotations": annotations, "truth": [2, 4, 9]}, 1) for annotations in (
            {"tags": [{"label_id": 6, "frame": frame} for frame in (2, 4, 9)]},
            {"shapes": [{"type": "points", "label_id": 1, "frame": frame, "points": [9, 9]} for frame in (2, 4, 9)]},
        )],
        *[("JOB004", {"annotations": annotations, "job": {"start_frame": 9, "stop_frame": 10}}, 1) for annotations in (
            {"tags": [{"label_id": 6, "frame": frame} for frame in (2, 4, 6)]},
            {"shapes": [{"type": "points", "label_id": 1, "frame": frame, "points": [9, 9]} for frame in (2, 4, 11)]},
        )],
        ("JOB004", _tags(6, 6) | {"job": {"start_frame": 9, "stop_frame": 10}}, 0),
        # what another label plays does not count, nor in which order intervals are told
        ("IVL003", _spans((7, 0, 8), (9, 4, 9)), 0), ("IVL003", _spans((7, 4, 8), (9, 0, 2), (7, 0, 5)), 1),
        ("IVL003", _spans((9, 2, 6), (7, 0, 1), (9, 0, 3), (7, 1, 6)), 1),
        ("IVL003", _spans((7, 0, 9), (7, 1, 2), (7, 3, 4)), 2), ("IVL003", _spans((7, 0, 0), (7, 1, 2)), 0),
        ("IVL002", _spans((7, 0, 0)), 0),
        *[("SCH018", _shape("points", 9, 9, **{name: number}), expected) for name in ("group", "z_order")
          for number, expected in ((2**31 - 1, 0), (2**31, 1), (-(2**31), 0), (-(2**31) - 1, 1))],
        # frame 9 is the only one of job 3; job 4 shows 8 to 11
        ("JOB003", _tags(6, job={"start_frame": 0, "stop_frame": 0}, elsewhere={"tags": []}), 0),
        ("JOB003", {"annotations": {"tags": [{"label_id": 6, "frame": 9}]}, "elsewhere": {"tags": []},
                    "job": {"start_frame": 9, "stop_frame": 9, "frame_count": 1}}, 1),
    ],
)  # fmt: skip
def test_number_of_findings(code: str, parts: Item, number: int) -> None:
    report = judge_example(find_rule(code), parts)
    assert report.by_rule() == ({code: number} if number else {})
    assert not report.skipped


def test_a_body_of_just_the_size_is_taken() -> None:
    for spaces, number in ((0, 0), (1, 1)):
        text = '{"tags": []}'.ljust(2**10 + spaces)
        report = judge_example(find_rule("SCH016"), {"annotations": text, "options": {"megabytes": 2**-10}})
        assert len(report) == number


def _fixed(code: str, parts: Item) -> Item:
    document: Item = json.loads(fix_example(find_rule(code), parts, unsafe=True).members["annotations.json"])
    return document


@pytest.mark.parametrize(
    ("value", "expected"), [("3", "2"), ("4.6", "7"), ("11", "12"), ("13", "12"), ("15", "12"), ("9.5", "12")]
)
def test_the_nearest_step_counts_from_the_least_number(value: str, expected: str) -> None:
    """2, 7 and 12 of 2 to 15 in steps of 5; half a step goes to the even one, and none beyond the end."""
    spec = {"id": 11, "name": "speed", "mutable": False, "input_type": "number", "default_value": "2"}
    labels = [{"id": 1, "name": "car", "type": "any", "attributes": [spec | {"values": ["2", "15", "5"]}]}]
    tag = {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": value}]}
    fixed = _fixed("LBL013", {"annotations": {"tags": [tag]}, "labels": labels})
    assert fixed["tags"][0]["attributes"] == [{"spec_id": 11, "value": expected}]


def test_a_copy_of_a_keyframe_is_without_its_id() -> None:
    """The server would take it for the keyframe itself."""
    key = {"id": 7, "type": "rectangle", "frame": 2, "points": [10, 10, 60, 40], "outside": False}
    tracks = [{"id": 3, "label_id": 1, "frame": 2, "shapes": [key]}]
    fixed = _fixed("TRK008", {"annotations": {"tracks": tracks}, "options": {"frames": 5}})
    behind = {name: value for name, value in key.items() if name != "id"} | {"frame": 3, "outside": True}
    assert fixed["tracks"] == [tracks[0] | {"shapes": [key, behind]}]


def test_defaults_are_those_of_the_own_label() -> None:
    specs = {"mutable": False, "input_type": "text", "values": [""]}
    labels = [
        {"id": number, "name": name, "type": "any",
         "attributes": [specs | {"id": 10 * number + i, "name": f"no {i}", "default_value": str(i)} for i in (1, 2)]}
        for number, name in ((1, "car"), (2, "bus"))
    ]  # fmt: skip
    tags = [{"label_id": 2, "frame": 0, "attributes": [{"spec_id": 22, "value": "x"}]}]
    fixed = _fixed("LBL015", {"annotations": {"tags": tags}, "labels": labels})
    assert sorted(fixed["tags"][0]["attributes"], key=lambda one: int(one["spec_id"])) == [
        {"spec_id": 21, "value": "1"}, {"spec_id": 22, "value": "x"},
    ]  # fmt: skip


def test_intervals_overlap_in_their_own_job() -> None:
    """Those of another job in between do not part them."""
    build = at.DatasetBuilder(Task(dimension="1d", media_type="audio"))
    build.add_label("speech", type="any", id=7)
    build.add_frame("a.wav")
    for pk in (1, 2):
        build.add_job(Job(id=pk, start_frame=0, stop_frame=0))
    for job, start, stop in ((0, 0, 10), (1, 3, 4), (0, 5, 12)):
        build.add_interval("speech", start, stop, job=job)
    (finding,) = at.validate(build.dataset(), select="IVL003").findings(9)
    assert "starts at 5, before the one that begins at 0" in str(finding)


def test_what_is_quiet_for_a_label_is_so_for_attributes_of_its_shapes() -> None:
    build = at.DatasetBuilder()
    spec = at.AttributeSpec(0, "side", False, "select", "left", ("left", "right"))
    for label in ("car", "crowd"):
        build.add_label(label, type="any", attributes=[spec])
    build.add_frame("a.jpg", 640, 480)
    for x, (label, side) in enumerate((("crowd", ""), ("car", "up"), ("crowd", "down"), ("car", ""))):
        given = {"side": side} if side else {}
        box = [20 * x, 10, 20 * x + 9, 40]
        build.add_shape("rectangle", frame=0, label=label, points=box, attributes=given)
    settings = at.ValidateSettings(selected=("LBL009",), label_ignores={"crowd": ("LBL",)})
    (finding,) = at.validate(build.dataset(), settings=settings).findings(9)
    assert "rectangle car" in str(finding)
    assert "side is 'up'" in str(finding)


def test_a_mutable_attribute_of_a_track_goes_where_its_first_keyframe_has_none() -> None:
    """One that it has stays, and there are not two."""
    spec = {
        "id": 11,
        "name": "moving",
        "mutable": True,
        "input_type": "checkbox",
        "default_value": "false",
        "values": [],
    }
    labels = [{"id": 1, "name": "car", "type": "any", "attributes": [spec | {"values": []}]}]
    own = {"spec_id": 11, "value": "false"}
    for given, fixed in (([own], [own]), ([], [{"spec_id": 11, "value": "true"}])):
        shape = {"type": "points", "frame": 0, "points": [10, 10], "attributes": given}
        track = {"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "true"}], "shapes": [shape]}
        (mended,) = _fixed("TRK021", {"annotations": {"tracks": [track]}, "labels": labels})["tracks"]
        assert (mended["attributes"], mended["shapes"][0]["attributes"]) == ([], fixed)
