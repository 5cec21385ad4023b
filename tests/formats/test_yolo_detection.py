"""Ultralytics YOLO Detection: the layouts that people have, and lines of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools import formats
from annotools.errors import InputError, Problems
from annotools.formats.base import WriteOptions
from annotools.formats.yolo.data_yaml import layout_of, subset_keys
from annotools.formats.yolo.layout import label_path
from annotools.model import Dataset, DatasetBuilder, Label, Labels
from annotools.quirks import CVAT
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import picture, placed, written
from tests.formats.yolo_layouts import BOX, CAR, LAYOUTS, SLUG, problems_of, read

DATA = Path(__file__).parents[1] / "data" / "yolo"


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_people_have(name: str) -> None:
    result = read(LAYOUTS[name])
    assert [str(problem) for problem in result.problems] == []
    box = [37.5, 12.5, 62.5, 37.5]
    assert placed(result) == [("train", "a.png", "car", box), ("val", "b.png", "car", box)]
    assert formats.sniff(zipped(LAYOUTS[name])) == SLUG
    assert result.media is not None
    assert result.media[0].name.endswith("a.png")


def test_pictures_with_nothing_on_them_are_frames() -> None:
    result = read(LAYOUTS["several folders"] | {"images/one/d.png": picture(), "labels/one/d.txt": "\n"})
    assert sorted(result.dataset.frames.names) == ["a.png", "b.png", "d.png", "deep/c.png"]


def test_pictures_of_one_name_in_two_folders_stay_two() -> None:
    members = LAYOUTS["several folders"] | {"images/two/a.png": picture(), "labels/two/a.txt": "1 0.5 0.5 1 1\n"}
    assert [row[:3] for row in placed(read(members))] == [
        ("train", "images/one/a.png", "car"), ("train", "images/two/a.png", "bus"), ("val", "b.png", "car"),
    ]  # fmt: skip


def test_labels_without_pictures_are_matched_to_the_context() -> None:
    build = DatasetBuilder(labels=[Label(4, "car")])
    build.add_frame("x/a.jpg", 100, 50)
    members: dict[str, bytes | str] = {"data.yaml": CAR + "train: images/train\n", "labels/train/x/a.txt": BOX}
    result = read(members, build.dataset())
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.shapes.points(0).tolist() == [37.5, 12.5, 62.5, 37.5]
    assert result.dataset.shapes.label.tolist() == [4]


def test_classes_that_are_not_used_need_not_be_labels_of_the_context() -> None:
    context = Dataset(labels=Labels((Label(4, "bus"),)))
    result = read(LAYOUTS["v8"] | {"labels/train/a.txt": "1 0.5 0.5 1 1\n", "labels/val/b.txt": BOX}, context)
    assert [str(problem) for problem in result.problems] == [
        "labels/val/b.txt:1: label 'car' is not defined, expected a label of the task (bus)"
    ]
    assert result.dataset.shapes.label.tolist() == [4]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("nc: 2\ntrain: images/train\n", ""),
        ("train: images/train\n", "data.yaml: names no classes, expected names, or nc"),
        ("nc: 99999999999999999999\ntrain: images/train\n", "data.yaml: names no classes, expected names, or nc"),
        (
            "names: {a: car, 0: bus}\ntrain: images/train\n",
            "data.yaml: class 'a' has no number, expected a number from 0",
        ),
        (CAR + "train: pictures/train\n", "data.yaml: train is 'pictures/train', which is not there, expected a path"),
        ("- a\n", "data.yaml: holds no keys, expected names and train, val or test"),
        ("a: &x [*x]\n", "data.yaml:1: has aliases that are nested too deeply, expected plain YAML"),
    ],
)
def test_what_a_data_yaml_may_lack(yaml: str, message: str) -> None:
    members = {"data.yaml": yaml, "images/train/a.png": picture()}
    assert problems_of(members) == ([message] if message else [])


def test_a_data_yaml_may_have_aliases() -> None:
    yaml = "defaults: &d\n  names: &n [car]\n<<: *d\ntrain: &t images/train\nval: *t\n"
    members = {"data.yaml": yaml, "images/train/a.png": picture(), "labels/train/a.txt": BOX}
    assert formats.sniff(zipped(members)) == SLUG
    result = read(members)
    assert ([label.name for label in result.dataset.labels], len(result.dataset.shapes)) == (["car"], 1)


def test_classes_without_names_are_numbered() -> None:
    members = {"data.yaml": "nc: 2\ntrain: images/train\n", "images/train/a.png": picture(), "labels/train/a.txt": BOX}
    assert [label.name for label in read(members).dataset.labels] == ["class_0", "class_1"]


def test_names_stay_as_they_are_written() -> None:
    members: dict[str, bytes | str] = {"data.yaml": "names: [no, 1.0, 2020-01-01, ~, é]\ntrain: images/train\n"}
    layout = layout_of(zipped(members), Problems())
    assert layout is not None
    assert list(layout.names.values()) == ["no", "1.0", "2020-01-01", "~", "é"]


def test_class_numbers_come_back() -> None:
    dataset = read(LAYOUTS["names with gaps"]).dataset
    assert dataset.labels.extras["class_id"].plain() == [0, 7]
    writer = formats.get(SLUG).write
    assert writer is not None
    members = {name: b"".join(pieces) for name, pieces in writer(dataset, None, WriteOptions())}
    assert members["data.yaml"].endswith(b"names:\n  0: car\n  7: bus\n")


def test_keys_that_name_no_pictures_are_no_subsets() -> None:
    content = {
        "train": "x",
        "nc": "1",
        "names": ["images"],
        "mine": "mine.txt",
        "other": "images/other",
        "note": "hello",
    }
    assert subset_keys(content) == ["train", "mine", "other"]


@pytest.mark.parametrize(
    ("picture", "labels"),
    [
        ("images/train/a.b.jpg", "labels/train/a.b.txt"), ("train/images/x/a.jpg", "train/labels/x/a.txt"),
        ("images/images/a.jpg", "images/labels/a.txt"), ("a.jpg", "a.txt"), ("my images/a.jpg", "my images/a.txt"),
        ("images/a", "labels/a.txt"), ("images/images", "labels/images.txt"), ("/images/a.jpg", "/labels/a.txt"),
    ],
)  # fmt: skip
def test_labels_lie_where_the_last_folder_images_is_labels(picture: str, labels: str) -> None:
    assert label_path(picture) == labels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names:\n\t- car\n", "data.yaml:2: is no YAML: found character"),
        ("train: images/train\n", "data.yaml: names no classes or no pictures, expected names, and train, val or test"),
        ("", "data.yaml: names no classes or no pictures, expected names, and train, val or test"),
        ("a: &x [*x]\n", "data.yaml:1: has aliases that are nested too deeply, expected plain YAML"),
    ],
)
def test_a_damaged_data_yaml_says_why_no_format_fits(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        formats.sniff(zipped({"data.yaml": text, "labels/train/a.txt": BOX}))


def test_label_files_of_no_picture_are_lost_aloud() -> None:
    members: dict[str, bytes | str] = {
        "p/data.yaml": CAR + "train: images/train\n", "p/images/train/a.png": "", "p/labels/train/a.txt": "",
        "q/Labels/train/c.txt": BOX, "README.txt": "0 0.5 0.5 0.2 0.2\n",
    }  # fmt: skip
    result = read(members)
    assert [(loss.what, loss.count, loss.why) for loss in result.losses] == [
        ("label file", 1, "of no picture that the dataset names")
    ]


def test_lines_of_dota_beside_pictures_are_lost_aloud() -> None:
    members = {
        "data.yaml": CAR + "train: images\n",
        "images/a.png": picture(),
        "labelTxt/a.txt": "1 2 3 2 3 4 1 4 car 0\n",
    }
    assert [(loss.what, loss.count) for loss in read(members).losses] == [("label file", 1)]


def test_other_datasets_are_not_taken_for_boxes() -> None:
    names: dict[str, bytes | str] = {"data.yaml": CAR + "train: images/train\n"}
    sniff = formats.get(SLUG).sniff
    assert sniff is not None
    assert sniff(zipped(names))
    assert not sniff(zipped(names | {"labels/train/a.txt": "0 0.1 0.1 0.2 0.1 0.2 0.2\n"}))
    assert not sniff(zipped({"data.yaml": CAR + "train: images/train\nkpt_shape: [3, 3]\n"}))
    assert not sniff(zipped({"mkdocs.yml": "site_name: x\n"}))
    assert not sniff(zipped({"a.txt": BOX}))


def test_a_small_task_is_written_and_read_as_the_server_does(tmp_path: Path) -> None:
    at.convert(DATA / "task", tmp_path / "out", SLUG, compat="cvat")
    expected = {path.relative_to(DATA / "export"): path.read_bytes() for path in (DATA / "export").rglob("*.*")}
    members = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert members == expected
    task = at.read(DATA / "task").dataset
    mine = at.read(DATA / "export", SLUG, context=task, compat="cvat").dataset
    stored: Any = at.read(DATA / "reimport" / "annotations.json", "cvat-api", context=task).dataset
    assert mine == stored
    assert len(mine.shapes) == 10
    assert set(mine.shapes.source.tolist()) == {3}


def test_what_the_server_wrote_is_read_as_plain_boxes_otherwise() -> None:
    task = at.read(DATA / "task").dataset
    mine = at.read(DATA / "export", SLUG, context=task).dataset
    assert set(mine.shapes.source.tolist()) == {0}
    assert len(mine.attributes) == 0


def test_compat_needs_its_quirks() -> None:
    dialect = formats.get(SLUG).dialects["cvat"]
    assert set(dialect.quirks) <= CVAT


def test_very_many_boxes_stand_in_the_files_of_their_pictures() -> None:
    """More than are made at a time, classes of one digit and of two, and a picture with a box beyond it."""
    build = DatasetBuilder()
    for number in range(12):
        build.add_label(f"label {number}")
    expected: dict[str, list[str]] = {}
    counts = (2, 0, 17_000, 1, 3, 16_384, 0)
    for frame, count in enumerate(counts):
        build.add_frame(f"{frame}.png", 1_000_000, 1_000_000, subset="train")
        for number in range(count):
            left, label = (number * 20 if frame != 4 else -20_000_000), number % (12 if frame > 2 else 9)
            build.add_shape("rectangle", frame, f"label {label}", [left, 10, left + 20, 30])
            line = f"{label} {(left + 10) / 1e6:.7f} 0.0000200 0.000020 0.000020\n"
            expected.setdefault(f"labels/train/{frame}.txt", []).append(line)
    files = written(SLUG, build.dataset())
    assert {name: text for name, text in files.items() if name.startswith("labels/")} == {
        name: "".join(lines) for name, lines in expected.items()
    }
