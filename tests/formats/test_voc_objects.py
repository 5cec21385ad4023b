"""Pascal VOC: what an annotation file says of its objects, tracks and masks."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import annotools as at
from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.classes import voc_palette
from annotools.formats.kernel.painting import png
from annotools.formats.kernel.xmlfile import Document
from annotools.formats.voc import elements, writing
from annotools.model import MASK, POLYGON, RECTANGLE, DatasetBuilder, Label
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped
from tests.formats.voc_files import BOX, CAR, annotation, read, written

DATA = Path(__file__).parents[1] / "data" / "voc"


def alone(*objects: str) -> Read:
    return read({"Annotations/a.xml": annotation(*objects)})


def test_polygons_of_numbered_corners_are_not_taken_for_those_of_labelme() -> None:
    ring = "<polygon><x1>1</x1><y1>2</y1><x2>30</x2><y2>2</y2><x3>30</x3><y3>40</y3></polygon>"
    turned = "<robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0</angle></robndbox>"
    points = "<polygon><point><x>1</x><y>2</y></point></polygon>"
    rings = (f"{turned}{ring}", ring, f"{ring}{BOX}", points)
    for inner in (f"<name>ship</name>{rest}" for rest in rings):
        assert formats.sniff(zipped({"Annotations/a.xml": annotation(inner)})) == "voc"


RING = "<polygon><x1>1.5</x1><y1>2</y1><x2>30</x2><y2>2</y2><x3>30</x3><y3>40</y3></polygon>"


@pytest.mark.parametrize("inner", [f"{BOX}{RING}", f"{RING}{BOX}", RING])
def test_an_outline_of_numbered_corners_is_a_polygon(inner: str) -> None:
    result = alone(f"<name>car</name>{inner}", f"<name>bus</name>{BOX}", f"<name>bus</name>{inner}")
    shapes = result.dataset.shapes
    assert result.problems == ()
    assert shapes.type.tolist() == [POLYGON, RECTANGLE, POLYGON]
    assert [shapes.points(row).tolist() for row in (0, 2)] == [[1.5, 2, 30, 2, 30, 40]] * 2
    assert shapes.points(1).tolist() == alone(f"<name>bus</name>{BOX}").dataset.shapes.points(0).tolist()
    assert "voc" not in shapes.extras


@pytest.mark.parametrize(
    "ring",
    [
        RING.replace("<y3>40</y3>", ""), RING.replace("40", "a"), RING.replace("40", ""), RING.replace("40", "nan"),
        "<polygon><x1>1</x1><y1>2</y1><x2>3</x2><y2>4</y2></polygon>", RING.replace("x3>", "x4>"), RING + RING,
        "<polygon />", RING.replace("<y3>40</y3>", "<y3>40</y3><z3>1</z3>"),
    ],
)  # fmt: skip
def test_an_outline_that_is_not_whole_is_kept_beside_its_box(ring: str) -> None:
    shapes = alone(f"<name>car</name>{BOX}{ring}").dataset.shapes
    assert shapes.type.tolist() == [RECTANGLE]
    (kept,) = shapes.extras["voc"].plain()
    assert kept.startswith("<polygon")


def test_an_outline_beside_a_turned_box_and_on_the_server_is_no_shape() -> None:
    turned = "<robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0</angle></robndbox>"
    assert alone(f"<name>car</name>{turned}{RING}").dataset.shapes.type.tolist() == [RECTANGLE]
    reader = formats.get("voc").dialects["cvat"].read
    assert reader is not None
    server = reader(zipped({"Annotations/a.xml": annotation(f"<name>car</name>{BOX}{RING}")}), None, ReadOptions())
    assert server.dataset.shapes.type.tolist() == [RECTANGLE]


def test_a_turned_box_has_radians() -> None:
    turned = "<cx>20</cx><cy>30</cy><w>10</w><h>4</h><angle>0.7853981633974483</angle>"
    shapes = alone(f"<type>robndbox</type><name>ship</name><robndbox>{turned}</robndbox>").dataset.shapes
    assert (shapes.points(0).tolist(), shapes.rotation.tolist()) == ([15, 28, 25, 32], [45])


ENDS = {
    "DIOR-R": ("_left_top", "_right_top", "_right_bottom", "_left_bottom"),
    "from 0": ("0", "1", "2", "3"),
    "from 1": ("1", "2", "3", "4"),
}


def cornered(ends: str, *corners: tuple[float, float]) -> str:
    """The children of a box that says its corners."""
    return "".join(
        f"<x{end}>{x}</x{end}>\n<y{end}>{y}</y{end}>" for end, (x, y) in zip(ENDS[ends], corners, strict=True)
    )


@pytest.mark.parametrize("beside", ["", "<xmin>9</xmin><ymin>9</ymin><xmax>41</xmax><ymax>41</ymax>"])
@pytest.mark.parametrize("tag", ["robndbox", "bndbox"])
@pytest.mark.parametrize("ends", ENDS)
def test_a_turned_box_may_say_its_corners(ends: str, tag: str, beside: str) -> None:
    """Those of a rectangle to a pixel are a turned one, as lines of YOLO are; others are an outline."""
    upright = cornered(ends, (10, 10), (40, 10), (40, 30), (10, 30))
    turned, odd = (cornered(ends, (10, 20), (20, 10), end, (20, 30)) for end in ((30, 20), (60, 20)))
    inner = [f"<name>ship</name><{tag}>{corners}{beside}</{tag}>" for corners in (upright, turned, odd)]
    result = alone(*inner, f"<name>car</name>{BOX}")
    shapes, side = result.dataset.shapes, 50**0.5
    assert result.problems == ()
    assert shapes.type.tolist() == [RECTANGLE, RECTANGLE, POLYGON, RECTANGLE]
    assert shapes.rotation.tolist() == [0, 315, 0, 0]
    assert shapes.points(0).tolist() == [10, 10, 40, 30]
    assert shapes.points(1).tolist() == pytest.approx([20 - side, 20 - side, 20 + side, 20 + side])
    assert shapes.points(2).tolist() == [10, 20, 20, 10, 60, 20, 20, 30]
    assert "voc" not in shapes.extras


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("far", ["1e308", "-1e308", "1e200"])
def test_corners_that_are_far_away_are_an_outline(far: str) -> None:
    corners = cornered("from 1", (10, 10), (40, 10), (40, 30), (10, 30)).replace("<x2>40", f"<x2>{far}")
    result = alone(f"<name>car</name><bndbox>{corners}</bndbox>")
    assert result.dataset.shapes.type.tolist() == [POLYGON]
    assert result.dataset.shapes.points(0).tolist() == [10, 10, float(far), 10, 40, 30, 10, 30]


@pytest.mark.parametrize("tag", ["robndbox", "bndbox"])
def test_corners_that_are_not_whole_are_told_and_the_server_wants_a_box(tag: str) -> None:
    corners = cornered("from 1", (10, 10), (40, 10), (40, 30), (10, 30))
    wanted = {"robndbox": "cx", "bndbox": "xmin"}[tag]
    for broken in (corners.replace("<y4>30</y4>", ""), corners.replace("<y4>30", "<y4>a"), corners + "<z>1</z>"):
        (problem,) = alone(f"<name>car</name><{tag}>{broken}</{tag}>").problems
        assert str(problem).endswith(f": object has no {wanted}, expected a number")
    files = {"Annotations/a.xml": annotation(f"<name>car</name><{tag}>{corners}</{tag}>")}
    reader = formats.get("voc").dialects["cvat"].read
    assert reader is not None
    (problem,) = reader(zipped(files), None, ReadOptions()).problems
    assert str(problem).endswith(": object has no xmin, expected a number")


def test_objects_elsewhere_are_told_and_those_within_others_are_no_objects() -> None:
    """FAIR1M has its objects in one element, and others have parts that are called so."""
    inner = f"<object><name>wheel</name>{BOX}</object>"
    result = alone(
        f"<name>car</name>{BOX}<parts>{inner}</parts>", f"<name>bus</name>{BOX.replace('<xmin>', '<xmin>x')}"
    )
    assert [label.name for label in result.dataset.labels] == ["car"]
    plain = alone(f"<name>car</name>{BOX}<parts></parts>", f"<name>bus</name>{BOX.replace('<xmin>', '<xmin>x')}")
    assert [*map(str, result.problems)] == [*map(str, plain.problems)]
    elsewhere = annotation(f"<name>car</name>{BOX}").replace("<size>", f"<objects>\n{inner}{inner}</objects><size>")
    result = read({"Annotations/a.xml": elsewhere})
    (problem,) = result.problems
    message = "<objects> holds 2 <object>, where VOC has none, expected <object> in <annotation>"
    assert str(problem) == f"Annotations/a.xml:{elsewhere[: elsewhere.index('<object>')].count(chr(10)) + 1}: {message}"
    assert len(result.dataset.shapes) == 1
    reader = formats.get("voc").dialects["cvat"].read
    assert reader is not None
    assert reader(zipped({"Annotations/a.xml": elsewhere}), None, ReadOptions()).problems == ()


def test_what_an_object_says_beside_is_kept() -> None:
    other = "<part><name>head</name></part>"
    result = alone(f"<name>car</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult>{BOX}{other}")
    extras = result.dataset.shapes.extras
    assert {name: extra.plain() for name, extra in extras.items() if name != "instance_id"} == {
        "pose": ["Left"], "truncated": [1], "difficult": [1], "voc": [other],
    }  # fmt: skip
    text = written(result.dataset)["Annotations/a.xml"].decode()
    assert all(part in text for part in ("<pose>Left</pose>", "<truncated>1</truncated>", other))


@pytest.mark.parametrize(
    ("word", "value"), [("1", 1), ("yes", 1), ("Yes", 1), ("true", 1), ("1.0", 1), ("0", 0), ("no", 0), ("maybe", 0)]
)
def test_words_for_yes(word: str, value: int) -> None:
    message = f"<name>car</name><difficult>{word}</difficult><occluded>{word}</occluded>{BOX}"
    shapes = alone(message).dataset.shapes
    assert shapes.occluded.tolist() == [bool(value)]
    assert ("difficult" in shapes.extras) == bool(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOX, "object has no name, expected the name of its class"),
        ("<name>car</name>", "object has no xmin, expected a number"),
        (CAR.replace("40.5", "x"), "ymax is 'x', expected a number"),
        (CAR.replace("40.5", "nan"), "ymax is 'nan', expected a number"),
        (CAR.replace("40.5", "9" * 400), f"ymax is '{'9' * 40}', expected a number"),
    ],
)
def test_a_bad_object_costs_its_picture_no_other(text: str, message: str) -> None:
    result = alone(text, CAR)
    assert problems_of(result) == [f"Annotations/a.xml:2: {message}"]
    assert len(result.dataset.shapes) == 1
    assert [(loss.what, loss.count) for loss in result.losses] == [("object", 1)]


def test_tracks_come_back_from_numbers_and_keyframes() -> None:
    def tracked(keyframe: str) -> str:
        pairs = {"track_id": "3", "keyframe": keyframe, "colour": "red"}
        inner = "".join(f"<attribute><name>{n}</name><value>{v}</value></attribute>" for n, v in pairs.items())
        return f"{CAR}<attributes>{inner}</attributes>"

    texts = {f"Annotations/{n}.xml": annotation(tracked(k), name=f"{n}.jpg") for n, k in enumerate(["True", "False"])}
    dataset = read({**texts, "Annotations/2.xml": annotation(name="2.jpg")}).dataset
    assert len(dataset.tracks) == 1
    assert dataset.shapes.keyframe.tolist() == [True, False, True]
    assert dataset.shapes.outside.tolist() == [False, False, True]


def test_marks_of_classes_are_tags_unless_an_object_says_the_same() -> None:
    members: dict[str, bytes | str] = {
        "Annotations/a.xml": annotation(CAR), "Annotations/b.xml": annotation(name="b.jpg"),
        "ImageSets/Main/default.txt": "a\nb\n", "ImageSets/Main/car_default.txt": "a  1\nb  1\n",
        "ImageSets/Main/big sky_default.txt": "a  1\nb -1\n",
    }  # fmt: skip
    dataset = read(members).dataset
    names = {label.id: label.name for label in dataset.labels}
    assert [(frame, names[label]) for frame, label in zip(dataset.tags.frame, dataset.tags.label, strict=True)] == [
        (0, "big sky"), (1, "car"),
    ]  # fmt: skip
    assert set(dataset.frames.subsets) == {""}


def test_masks_come_from_the_pictures_of_classes_and_instances() -> None:
    kinds = np.array([[0, 2, 2, 255], [1, 1, 0, 255]])
    instances = np.array([[0, 1, 2, 255], [3, 3, 0, 255]])
    palette = voc_palette(256)
    members: dict[str, bytes | str] = {
        "Annotations/a.xml": annotation(), "labelmap.txt": "background:0,0,0::\nroad:128,0,0::\nsky:0,128,0::\n",
        "SegmentationClass/a.png": png(kinds, palette), "SegmentationObject/a.png": png(instances, palette, "RGB"),
    }  # fmt: skip
    dataset = read(members).dataset
    names = {label.id: label.name for label in dataset.labels}
    assert [names[label] for label in dataset.shapes.label.tolist()] == ["sky", "sky", "road"]
    assert dataset.shapes.points(2).tolist() == [0, 2, 0, 1, 1, 1]
    del members["SegmentationObject/a.png"]
    assert len(read(members).dataset.shapes) == 2
    del members["labelmap.txt"]
    assert [label.name for label in read(members).dataset.labels] == ["aeroplane", "bicycle"]


def test_masks_and_boxes_do_not_share_numbers_by_accident() -> None:
    build = DatasetBuilder(labels=[Label(1, "car")])
    build.add_frame("a.jpg", 4, 2)
    build.add_shape(RECTANGLE, 0, 1, [0, 0, 1, 1])
    build.add_shape(MASK, 0, 1, [0, 2, 1, 0, 2, 0])
    members = written(build.dataset())
    assert sorted(members) == [
        "Annotations/a.xml", "ImageSets/Main/default.txt", "SegmentationClass/a.png", "SegmentationObject/a.png",
        "labelmap.txt",
    ]  # fmt: skip
    with Image.open(io.BytesIO(members["SegmentationObject/a.png"])) as instances:
        assert np.unique(np.asarray(instances)).tolist() == [0, 2]
    assert b"<segmented>1</segmented>" in members["Annotations/a.xml"]


def test_whole_numbers_have_no_point() -> None:
    text = written(alone(CAR).dataset)["Annotations/a.xml"].decode()
    assert "<xmax>30</xmax>" in text
    assert "<ymax>40.5</ymax>" in text


def test_each_file_has_its_own_of_very_many_objects() -> None:
    builder = DatasetBuilder()
    car = builder.add_label("car")
    counts = (3, 0, 9_000, 1, 0, 4_096, 2)
    left = 0
    for number, count in enumerate(counts):
        frame = builder.add_frame(f"{number}.jpg", 100, 100)
        for _ in range(count):
            builder.add_shape(RECTANGLE, frame, car, [left, 0.5, left + 1, 1])
            left += 1
    members = written(builder.dataset())
    lefts = [re.findall(rb"<xmin>(.*)</xmin>", members[f"Annotations/{number}.xml"]) for number in range(len(counts))]
    assert [len(texts) for texts in lefts] == list(counts)
    assert [int(text) for texts in lefts for text in texts] == list(range(left))


def test_a_small_task_is_written_and_read_as_the_server_does(tmp_path: Path) -> None:
    at.convert(DATA / "task", tmp_path / "out", "voc", compat="cvat")
    expected = {path.relative_to(DATA / "export") for path in (DATA / "export").rglob("*.*")}
    assert {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.*")} == expected
    for name in expected:
        mine, theirs = ((side / name).read_bytes() for side in (tmp_path / "out", DATA / "export"))
        if name.suffix == ".png":
            pixels = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in (mine, theirs)]
            assert np.array_equal(*pixels)
        else:
            assert mine == theirs
    task = at.read(DATA / "task").dataset
    dataset = at.read(DATA / "export", "voc", context=task, compat="cvat").dataset
    stored = at.read(DATA / "reimport" / "annotations.json", "cvat-api", context=task).dataset
    assert dataset == stored
    assert len(dataset.tracks) == 2


@given(st.lists(st.floats() | st.floats(0, 5000).map(lambda value: round(value, 2)), max_size=8))
def test_numbers_of_columns_are_those_of_one(values: list[float]) -> None:
    expected = [writing.number(value) if np.isfinite(value) else repr(value) for value in values]
    assert [text.decode() for text in elements.numbers(np.array(values))] == expected


def test_boxes_beside_that_of_an_object_are_told() -> None:
    turned = "<robndbox><cx>9</cx><cy>7</cy><w>4</w><h>2</h><angle>0</angle></robndbox>"
    second = BOX.replace("30", "9")
    result = alone(f"<name>car</name>{BOX}{second}", f"<name>van</name>{BOX}{turned}", CAR)
    assert result.dataset.shapes.boxes().tolist() == [[1, 2, 30, 40.5], [7, 6, 11, 8], [1, 2, 30, 40.5]]
    assert [str(loss) for loss in result.losses] == [
        "lost: 2 x box of object: an object has one box: the rotated one, or the first"
    ]


def test_the_text_is_gone_through_once_for_all_objects_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each alone, 20,000 of them would take more than a minute."""
    asked: list[str] = []
    lines = Document.lines
    monkeypatch.setattr(Document, "lines", lambda document, tag: [asked.append(tag), lines(document, tag)][1])
    counts = []
    for number in (1, 30):
        strays = f"<objects>\n<object><name>car</name>{BOX}</object></objects>" * number
        result = read({"Annotations/a.xml": annotation().replace("<size>", f"{strays}<size>")})
        first = int(str(result.problems[0]).split(":")[1])
        assert [int(str(one).split(":")[1]) - first for one in result.problems] == [*range(number)]
        counts.append(len(asked))
    assert counts[1] == 2 * counts[0]
