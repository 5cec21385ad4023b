"""Ultralytics YOLO Detection: the layouts that people have, and lines of every kind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.errors import InputError, Problems
from annotools.formats.base import Options, Read
from annotools.formats.yolo.data_yaml import layout_of, subset_keys
from annotools.formats.yolo.layout import label_path
from annotools.model import POLYGON, RECTANGLE, Dataset, DatasetBuilder, Label, Labels
from annotools.quirks import CVAT
from tests.formats.kernel.sources import zipped

SLUG = "yolo-ultralytics-detection"
BOX = "0 0.5 0.5 0.25 0.5\n"
DATA = Path(__file__).parents[1] / "data" / "yolo"


def picture(width: int = 100, height: int = 50) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, height)).save(stream, "PNG")
    return stream.getvalue()


def read(members: dict[str, bytes | str], context: Dataset | None = None) -> Read:
    reader = formats.get(SLUG).read
    assert reader is not None
    return reader(zipped(members), context, Options())


def said(members: dict[str, bytes | str]) -> list[str]:
    return [str(problem) for problem in read(members).problems]


def placed(found: Read) -> list[tuple[str, str, str, list[float]]]:
    """Subset, name, label and points of each shape."""
    frames, shapes = found.dataset.frames, found.dataset.shapes
    names = {label.id: label.name for label in found.dataset.labels}
    return sorted(
        (frames.subsets[f], frames.names[f], names[label], shapes.points(row).tolist())
        for row, (f, label) in enumerate(zip(shapes.frame.tolist(), shapes.label.tolist(), strict=True))
    )


CAR = "names: [car, bus]\n"
LAYOUTS: dict[str, dict[str, bytes | str]] = {
    "v8": {
        "data.yaml": CAR + "path: ../datasets/coco8\ntrain: images/train\nval: images/val\ntest:\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "v5": {
        "data.yaml": "train: ../coco128/images/train\nval: ../coco128/images/val\nnc: 2\nnames: ['car', 'bus']\n",
        "coco128/images/train/a.png": picture(), "coco128/labels/train/a.txt": BOX,
        "coco128/images/val/b.png": picture(), "coco128/labels/val/b.txt": BOX,
    },
    "roboflow": {
        "data.yaml": CAR + "train: ../train/images\nval: ../valid/images\nnc: 2\nroboflow:\n  url: images/x\n",
        "train/images/a.png": picture(), "train/labels/a.txt": BOX,
        "valid/images/b.png": picture(), "valid/labels/b.txt": BOX,
    },
    "absolute": {
        "dataset/my.yml": CAR + "path: /home/me/data\ntrain: /home/me/data/images/train\nval: images\\val\n",
        "dataset/images/train/a.png": picture(), "dataset/labels/train/a.txt": BOX,
        "dataset/images/val/b.png": picture(), "dataset/labels/val/b.txt": BOX,
    },
    "lists": {
        "data.yaml": CAR + "path: .\ntrain: train.txt\nval: lists/val.txt\n",
        "train.txt": "./images/train/a.png\n", "lists/val.txt": "/data/images/val/b.png\n\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "several folders": {
        "data.yaml": CAR + "train: [images/one, images/two]\nval: [images/val]\n",
        "images/one/a.png": picture(), "labels/one/a.txt": BOX, "images/two/deep/c.png": picture(),
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "labels beside": {
        "data.yaml": CAR + "train: train\nval: val\n",
        "train/a.png": picture(), "train/a.txt": BOX, "train/classes.txt": "car\nbus\n",
        "val/b.png": picture(), "val/b.txt": BOX,
    },
    "names with gaps": {
        "data.yaml": "names:\n  0: car\n  7: bus\ntrain: images/train\nval: images/val\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "names in a file": {
        "data.yaml": "names: lists/obj.names\ntrain: images/train\nval: images/val\n", "lists/obj.names": "car\nbus\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "train is val too": {
        "data.yaml": CAR + "train: images/train\nval: images/val\ntest: images/train\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_people_have(name: str) -> None:
    found = read(LAYOUTS[name])
    assert [str(problem) for problem in found.problems] == []
    box = [37.5, 12.5, 62.5, 37.5]
    assert placed(found) == [("train", "a.png", "car", box), ("val", "b.png", "car", box)]
    assert formats.sniff(zipped(LAYOUTS[name])) == SLUG
    assert found.media is not None
    assert found.media[0].name.endswith("a.png")


def test_pictures_with_nothing_on_them_are_frames() -> None:
    found = read(LAYOUTS["several folders"] | {"images/one/d.png": picture(), "labels/one/d.txt": "\n"})
    assert sorted(found.dataset.frames.names) == ["a.png", "b.png", "d.png", "deep/c.png"]


def test_pictures_of_one_name_in_two_folders_stay_two() -> None:
    members = LAYOUTS["several folders"] | {"images/two/a.png": picture(), "labels/two/a.txt": "1 0.5 0.5 1 1\n"}
    assert [row[:3] for row in placed(read(members))] == [
        ("train", "images/one/a.png", "car"), ("train", "images/two/a.png", "bus"), ("val", "b.png", "car"),
    ]  # fmt: skip


def test_labels_without_pictures_are_matched_to_the_context() -> None:
    build = DatasetBuilder(labels=[Label(4, "car")])
    build.add_frame("x/a.jpg", 100, 50)
    members: dict[str, bytes | str] = {"data.yaml": CAR + "train: images/train\n", "labels/train/x/a.txt": BOX}
    found = read(members, build.dataset())
    assert [str(problem) for problem in found.problems] == []
    assert found.dataset.shapes.points(0).tolist() == [37.5, 12.5, 62.5, 37.5]
    assert found.dataset.shapes.label.tolist() == [4]


def test_classes_that_are_not_used_need_not_be_labels_of_the_context() -> None:
    context = Dataset(labels=Labels((Label(4, "bus"),)))
    found = read(LAYOUTS["v8"] | {"labels/train/a.txt": "1 0.5 0.5 1 1\n", "labels/val/b.txt": BOX}, context)
    assert [str(problem) for problem in found.problems] == [
        "labels/val/b.txt:1: label 'car' is not defined, expected a label of the task (bus)"
    ]
    assert found.dataset.shapes.label.tolist() == [4]


@pytest.mark.parametrize(
    ("line", "kind", "points"),
    [
        ("1 0.5 0.5 0.2 0.1", RECTANGLE, [40, 22.5, 60, 27.5]),
        ("1.0 5e-1 .5 0.2 0.1", RECTANGLE, [40, 22.5, 60, 27.5]),
        ("1 1.0 0.5 0.2 0.1", RECTANGLE, [90, 22.5, 110, 27.5]),
        ("1 0.1 0.2 0.3 0.2 0.3 0.4", POLYGON, [10, 10, 30, 10, 30, 20]),
        ("1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4", POLYGON, [10, 10, 30, 10, 30, 20, 10, 20]),
    ],
)
def test_lines_of_boxes_and_of_outlines_may_be_mixed(line: str, kind: int, points: list[float]) -> None:
    found = read(LAYOUTS["v8"] | {"labels/train/a.txt": f"{BOX}{line}\n"})
    assert [str(problem) for problem in found.problems] == []
    shapes = found.dataset.shapes
    row = next(n for n, label in enumerate(shapes.label.tolist()) if label == 2)
    assert (shapes.type[row], shapes.points(row).tolist()) == (kind, pytest.approx(points))


def test_a_share_far_beyond_any_picture_is_a_number() -> None:
    found = read(LAYOUTS["v8"] | {"labels/train/a.txt": "0 1e300 0.5 0.2 0.1\n0 1.7e308 0.5 1.7e308 0.1\n"})
    assert found.dataset.shapes.boxes()[0].tolist() == pytest.approx([1e302, 22.5, 1e302, 27.5])
    assert np.isposinf(found.dataset.shapes.boxes()[1, 2])


def test_a_sixth_column_is_a_score() -> None:
    found = read(LAYOUTS["v8"] | {"labels/train/a.txt": "0 0.5 0.5 0.2 0.1 0.87\n"})
    assert sorted(found.dataset.shapes.score.tolist()) == [0.87, 1.0]


def test_a_sixth_column_of_whole_numbers_is_a_track() -> None:
    files = {f"images/train/{n}.png": picture() for n in range(4)}
    lines = {f"labels/train/{n}.txt": f"0 0.5 0.5 0.2 0.{n + 1} 0\n" for n in (0, 1)}
    dataset = read({"data.yaml": CAR + "train: images/train\n", **files, **lines}).dataset
    assert (len(dataset.tracks), dataset.shapes.frame.tolist()) == (1, [0, 1, 2])
    assert dataset.shapes.outside.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 0.5 0.5 0.2", "4 columns, expected 5 columns"),
        ("0 0.5 0.5 0.2 x", "height is 'x', expected a number"),
        ("car 0.5 0.5 0.2 0.1", "class is 'car', expected a whole number"),
        ("2 0.5 0.5 0.2 0.1", "class 2 has no name, expected 0 to 1"),
        ("-1 0.5 0.5 0.2 0.1", "class -1 has no name, expected 0 to 1"),
        ("999999999 0.5 0.5 0.2 0.1", "class 999999999 has no name, expected 0 to 1"),
        ("0 1 2 3 4 5 6 7", "8 columns, expected 5 columns, 6, or an odd number for an outline"),
        ("0 0.5 0.5 nan 0.1", "width is 'nan', expected a number"),
    ],
)
def test_a_bad_line_costs_its_picture_no_other(line: str, message: str) -> None:
    found = read(LAYOUTS["v8"] | {"labels/train/a.txt": f"{line}\n{BOX}"})
    assert [str(problem) for problem in found.problems] == [f"labels/train/a.txt:1: {message}"]
    assert len(found.dataset.shapes) == 2


def test_a_picture_that_is_none_is_told_once() -> None:
    members = LAYOUTS["v8"] | {"images/train/a.png": b"x", "labels/train/a.txt": BOX + BOX}
    assert said(members) == ["images/train/a.png: is not a picture whose size can be read, expected a whole picture"]
    assert len(read(members).dataset.shapes) == 1


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
        ("a: &x [1]\nb: *x\n", "data.yaml:2: has an alias, expected plain YAML"),
    ],
)
def test_what_a_data_yaml_may_lack(yaml: str, message: str) -> None:
    members = {"data.yaml": yaml, "images/train/a.png": picture()}
    assert said(members) == ([message] if message else [])


def test_classes_without_names_are_numbered() -> None:
    members = {"data.yaml": "nc: 2\ntrain: images/train\n", "images/train/a.png": picture(), "labels/train/a.txt": BOX}
    assert [label.name for label in read(members).dataset.labels] == ["class_0", "class_1"]


@pytest.mark.parametrize("text", ["nc: ²", "names: {²: car}"])
def test_a_digit_that_is_none_of_0_to_9_counts_nothing(text: str) -> None:
    members = {"data.yaml": f"{text}\ntrain: images/train\n", "images/train/a.png": picture()}
    found = read(members)
    assert [problem.place for problem in found.problems] == ["data.yaml"]
    assert len(found.dataset.labels) == 0


def test_names_stay_as_they_are_written() -> None:
    members: dict[str, bytes | str] = {"data.yaml": "names: [no, 1.0, 2020-01-01, ~, é]\ntrain: images/train\n"}
    layout = layout_of(zipped(members), Problems())
    assert layout is not None
    assert list(layout.names.values()) == ["no", "1.0", "2020-01-01", "~", "é"]


def test_class_numbers_come_back() -> None:
    found = read(LAYOUTS["names with gaps"]).dataset
    assert found.labels.extras["class_id"].plain() == [0, 7]
    writer = formats.get(SLUG).write
    assert writer is not None
    members = {name: b"".join(pieces) for name, pieces in writer(found, None, Options())}
    assert members["data.yaml"].endswith(b"names:\n  0: car\n  7: bus\n")


def test_keys_that_name_no_pictures_are_no_subsets() -> None:
    said = {"train": "x", "nc": "1", "names": ["images"], "mine": "mine.txt", "other": "images/other", "note": "hello"}
    assert subset_keys(said) == ["train", "mine", "other"]


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
        ("a: &x [1]\nb: *x\n", "data.yaml:2: has an alias, expected plain YAML"),
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
    found = read(members)
    assert [(loss.what, loss.count, loss.why) for loss in found.losses] == [
        ("label file", 1, "of no picture that the dataset names")
    ]


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
    found = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert found == expected
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
