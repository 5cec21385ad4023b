"""As test_distinctions.py: outlines and boxes on their edges, and files that nearly have the fault of a rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotools.validate.registry import Rule, all_rules, find_rule
from tests.validate.examples import parts_of
from tests.validate.running import fix_example, judge_example

Item = dict[str, Any]


def _shape(kind: str, *points: float, **more: Any) -> Item:
    return {"annotations": {"shapes": [{"type": kind, "label_id": 1, "frame": 0, "points": list(points), **more}]}}


def _named(*names: str) -> Item:
    return {"annotations": {}, "data_meta": {"frames": [{"name": name, "width": 9, "height": 9} for name in names]}}


def _small(side: float, other: float) -> Item:
    """A box within 0 and 1 in a picture of that size."""
    frames = [{"name": "a.jpg", "width": side, "height": other}]
    return _shape("rectangle", 0.1, 0.1, 0.9, 0.9) | {"data_meta": {"frames": frames}}


def _groups(*shapes: tuple[str, int]) -> Item:
    """A point or a skeleton of a label each, all in group 3."""
    made = [
        {"type": kind, "label_id": label, "frame": 0, "group": 3, "points": [] if kind == "skeleton" else [10, 10 * i]}
        | ({"elements": [{"type": "points", "label_id": 81, "frame": 0, "points": [30, 40], "group": 3}]}
           if kind == "skeleton" else {})
        for i, (kind, label) in enumerate(shapes)
    ]  # fmt: skip
    return {"annotations": {"shapes": made}}


def _coco(*segmentations: Any) -> Item:
    """Annotations of a picture of 9 x 9 px."""
    made = [
        {"id": 1 + i, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": one}
        for i, one in enumerate(segmentations)
    ]
    images = [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}]
    document = {"images": images, "categories": [{"id": 1, "name": "car"}], "annotations": made}
    return {"from": "coco", "files": {"a.json": document}}


def _datumaro(**attributes: Any) -> Item:
    items = [{"id": "a", "annotations": [{"type": "bbox", "attributes": attributes}]}]
    return {"from": "datumaro", "files": {"annotations/default.json": {"categories": {}, "items": items}}}


def _mot(*lines: str) -> Item:
    return {"from": "mot", "files": {"gt/gt.txt": "".join(line + "\n" for line in lines), "gt/labels.txt": "car\n"}}


def _yaml(text: str) -> Item:
    files = {"data.yaml": text + "train: images/train", "images/train/a.jpg": "picture"}
    return {"from": "yolo-ultralytics-detection", "files": files}


def _darknet(classes: str, names: str) -> Item:
    data = f"{classes}train = train.txt\nnames = obj.names"
    return {"from": "yolo", "files": {"obj.data": data, "obj.names": names, "train.txt": "a.jpg\n", "a.jpg": "picture"}}


def _voc(width: str, height: str) -> Item:
    size = f"<size><width>{width}</width><height>{height}</height></size>"
    text = f"<annotation><filename>a.jpg</filename>{size}</annotation>"
    return {"from": "voc", "files": {"Annotations/a.xml": text, "ImageSets/Main/default.txt": "a\n"}}


def _keypoint(visibility: float) -> Item:
    images = [{"id": 1, "file_name": "a.jpg"}]
    categories = [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}]
    one = {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, visibility], "segmentation": []}
    document = {"images": images, "categories": categories, "annotations": [one]}
    return {"from": "coco-keypoints", "files": {"a.json": document}}


def _images(*attributes: str) -> Item:
    """Images of CVAT's XML, of names of their own."""
    images = (f"<image name='{number}.jpg' {text}/>" for number, text in enumerate(attributes))
    return {"from": "cvat-images", "files": {"a.xml": f"<annotations>{''.join(images)}</annotations>"}}


MOT = "1,1,10,20,30,40,1,1,1"
LONG = (100, 20, 10, 20)


@pytest.mark.parametrize(
    ("code", "parts", "number"),
    [
        # a spike is long on both sides, and in the midst of its outline
        ("GEO017", _shape("polyline", *LONG, 60, 20.1, 190, 90), 1),
        ("GEO017", _shape("polyline", 14, 20, 10, 20, 60, 20.1, 190, 90), 0),
        ("GEO017", _shape("polyline", *LONG, 14, 20.01, 190, 90), 0),
        ("GEO007", _shape("rectangle", 10, 10, 10, 40), 0), ("GEO007", _shape("rectangle", 10, 40, 60, 40), 0),
        ("GEO008", _shape("polyline", 10, 20, 10, 20), 1), ("GEO008", _shape("polyline", 10, 10, 40, 10), 0),
        ("GEO008", _shape("polyline", 10, 10, 10, 40), 0), ("GEO008", _shape("ellipse", 40, 10, 50, 10), 1),
        ("GEO008", _shape("ellipse", 40, 10, 40, 5), 1), ("GEO008", _shape("ellipse", 40, 10, 50, 5), 0),
        ("GEO008", _shape("cuboid", *[10, 20, 10, 40] * 4), 1), ("GEO008", _shape("cuboid", *[10, 20, 30, 20] * 4), 1),
        ("GEO008", _shape("points", 10, 10), 0), ("GEO008", _shape("polygon", 10, 10, 10, 10, 10, 10), 0),
        ("GEO024", _small(8, 8), 1), ("GEO024", _small(7, 8), 0), ("GEO024", _small(8, 7), 0),
        # by number 2 comes before 10, and a name with letters after one with digits; zeros before it do not count
        ("FRM012", _named("f1", "f10", "f2"), 1), ("FRM012", _named("f01", "f02", "f10"), 0),
        ("FRM012", _named("f002", "f01"), 1), ("FRM012", _named("f01", "f02", "f1"), 1),
        ("FRM012", _named("f2", "f10"), 0),
        ("GRP005", _groups(("points", 1), ("points", 6)), 1), ("GRP005", _groups(("points", 1), ("points", 1)), 0),
        *[("GRP005", _groups(*one), 0) for one in (
            (("skeleton", 8), ("points", 1)), (("points", 1), ("skeleton", 8)),
            (("points", 1), ("skeleton", 8), ("points", 6)),
        )],
        ("FMT002", _coco([1, 1, 5, 1, 5, 5]), 1), ("FMT002", _coco([1, 1, 5, 1, 5], [1, 1, 5, 1]), 2),
        ("FMT002", _coco([[1, 1, 5, 1, 5, 5]], []), 0),
        *[("FMT032", _keypoint(seen), expected)
          for seen, expected in ((0, 0), (1, 0), (2, 0), (3, 1), (-1, 1), (1.5, 1))],
        ("FMT082", _datumaro(track_id=1), 1), ("FMT082", _datumaro(track_id=1, keyframe=False), 0),
        ("FMT082", _datumaro(colour="red"), 0), ("FMT082", _datumaro(keyframe=True), 0),
        ("FMT042", _mot("1,1,10,20,30,40,1,1,1", "1,2,10,20,30,40,1,1,1", "2,1,10,20,30,40,1,1,1"), 0),
        ("FMT042", _mot("1,1,10,20,30,40,1,1,1", "1,2,10,20,30,40,1,1,1", "1,1,50,20,30,40,1,1,1"), 1),
        ("FMT105", _mot(MOT + ",", MOT), 1), ("FMT105", _mot(MOT, MOT + ","), 1), ("FMT105", _mot(MOT + ", ", MOT), 1),
        ("FMT105", _mot(MOT, MOT), 0),
        ("FMT011", _yaml("nc: 2\nnames: [a, b]\n"), 0), ("FMT011", _yaml("nc: 3\nnames: [a, b]\n"), 1),
        ("FMT011", _yaml("nc: 2\nnames: []\n"), 0), ("FMT011", _yaml("nc: 2\n"), 0),
        ("FMT011", _yaml("names: [a]\n"), 0),
        ("FMT093", _darknet("classes = 1\n", "a\nb\n"), 1), ("FMT093", _darknet("classes = 2\n", "a\nb\n"), 0),
        ("FMT093", _darknet("", "a\nb\n"), 0), ("FMT093", _darknet("classes = 2\n", ""), 0),
        # an id is of its task and of its subset, whichever of these is said
        *[("FMT033", _images(*images), expected) for images, expected in (
            (("id='0'", "id='0'"), 1), (("id='0'", "id='1'"), 0), (("id='0'", 'id="0"', "id='0'"), 2),
            (("id='0' task_id='1'", "id='0' task_id='1'"), 1), (("id='0' task_id='1'", "id='0' task_id='2'"), 0),
            (("id='0' subset='a'", "subset='a' id='0'"), 1), (("id='0' subset='a'", "id='0' subset='b'"), 0),
            (("id='0' subset='a'", "id='0'"), 0), (("id='0' task_id='1'", "id='0'"), 0),
            (("id='0' task_id='1' subset='a'", "id='0' task_id='1' subset='b'"), 0),
            (("id='0' task_id='1' subset='a'", "id='0' task_id='2' subset='a'"), 0),
            (("id='0' task_id='1' subset='a'", "id='0' subset='a' task_id='1'"), 1), (("", ""), 0),
        )],
        ("FMT015", _voc("0", "9"), 1), ("FMT015", _voc("9", "0"), 1), ("FMT015", _voc("9", "9"), 0),
        ("FMT015", _voc("inf", "9"), 1), ("FMT015", _voc("x", "9"), 1), ("FMT015", _voc("0.5", "9"), 0),
        ("FMT015", _voc("-9", "9"), 1),
    ],
)  # fmt: skip
def test_number_of_findings(code: str, parts: Item, number: int) -> None:
    report = judge_example(find_rule(code), parts)
    assert report.by_rule() == ({code: number} if number else {})


@pytest.mark.parametrize(("lines", "more"), [(1, ""), (2, " (and 1 more)"), (1235, " (and 1,234 more)")])
def test_a_file_is_said_once_with_its_first_line_and_how_many_more(lines: int, more: str) -> None:
    (finding,) = judge_example(find_rule("FMT105"), _mot(MOT, *[MOT + ","] * lines)).findings()
    assert finding.message == f"a line ends in a comma{more}"
    assert finding.where.line == 2


@pytest.mark.parametrize(("runs", "broken"), [
    ((0, 4, 0, -5, 10), "-5"), ((0, 4, -5, 10), "-5"), ((0, 4, 2.5, 2.5), "2.5"), ((-1, 10), "-1"),
    ((0, 0, 4, -7, 12), "-7"),
])  # fmt: skip
def test_the_run_that_is_none_is_said(runs: tuple[float, ...], broken: str) -> None:
    parts = _shape("mask", *runs, 10, 10, 12, 12, label_id=4)
    messages = [finding.message for finding in judge_example(find_rule("MSK006"), parts).findings()]
    assert messages == [f"a run of {broken}, expected whole numbers of 0 and more"]


@pytest.mark.parametrize(("flat", "fixed"), [
    ([1, 1, 5, 1, 5, 5], [[1, 1, 5, 1, 5, 5]]), ([1, 1, 5, 1, 5, 5, 7], None), ([1, 1, 5, 1], None),
    ([1, 1, 5, 1, 5], None),
])  # fmt: skip
def test_a_flat_list_that_can_be_a_polygon_becomes_one(flat: list[int], fixed: list[list[int]] | None) -> None:
    members = fix_example(find_rule("FMT002"), _coco(flat), unsafe=True).members
    assert [json.loads(data)["annotations"][0]["segmentation"] for data in members.values()] == (
        [fixed] if fixed else []
    )


FIXED = [rule for rule in all_rules().values() if "Fix" in rule.manual.sections]


@pytest.mark.parametrize("rule", FIXED, ids=lambda rule: rule.code)
def test_a_fix_loses_nothing_if_its_page_says_so(rule: Rule) -> None:
    lossless = rule.manual.sections["Fix"].startswith("lossless")
    fixes = [finding.fix for text in rule.manual.bad[:2] for finding in judge_example(rule, parts_of(text)).findings()]
    assert {fix.safe for fix in fixes if fix is not None} <= {lossless}
