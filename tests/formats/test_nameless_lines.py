"""Lines outside of the folders of their formats, and without lists of classes: YOLO and KITTI known by lines alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.errors import InputError, UsageError
from annotools.storage import open_source
from tests.formats.files import folder
from tests.formats.yolo_files import Files, picture

BOXES = "0 0.5 0.5 0.2 0.4\n2 0.25 0.5 0.1 0.2\n"
KITTI = "Car 0.00 0 -1.57 10 20 30 40 1.5 1.6 4.0 1 2 30 -1.5\nvan 0 1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10 0.9\n"
PLACES = [
    {"a.txt": "{}", "a.png": ""},
    {"labels/a.txt": "{}", "images/a.png": ""},
    {"Labels/A.TXT": "{}", "Images/A.png": ""},
    {"labels/train/a.txt": "{}", "images/train/a.png": "", "labels/val/b.txt": "", "README.txt": "by me"},
]


def files(layout: dict[str, str], text: str) -> Files:
    pairs = ((name, data.format(text), picture(100, 50)) for name, data in layout.items())
    return {name: data if name.lower().endswith(".txt") else pixels for name, data, pixels in pairs}


def sniffed(where: Path) -> str:
    with open_source(where) as source:
        return formats.sniff(source)


@pytest.mark.parametrize("layout", PLACES)
def test_boxes_of_yolo_without_a_list_of_classes(tmp_path: Path, layout: dict[str, str]) -> None:
    where = folder(tmp_path, files(layout, BOXES))
    assert sniffed(where) == "yolo"
    result = at.read(where)
    assert [label.name for label in result.dataset.labels] == ["class_0", "class_1", "class_2"]
    assert result.dataset.shapes.boxes().tolist() == [[40, 15, 60, 35], [20, 20, 30, 30]]
    assert [(loss.kind, loss.what, loss.count) for loss in result.losses] == [("changed", "name of class", 3)]


def test_the_task_says_what_classes_are_called(tmp_path: Path) -> None:
    where = folder(tmp_path, {"labels/a.txt": BOXES})
    with pytest.raises(UsageError, match="how large pictures are"):
        at.read(where)
    build = at.DatasetBuilder(labels=[at.Label(n, name) for n, name in enumerate(("car", "bus", "van"), 4)])
    build.add_frame("a.jpg", 100, 50)
    result = at.read(where, context=build.dataset())
    assert [shape.label.name for shape in result.dataset.shapes] == ["car", "van"]
    assert len(result.losses) == 0


def test_a_number_of_classes_names_none(tmp_path: Path) -> None:
    for name, text in (("data.yaml", "train: images\nnc: 3\n"), ("obj.data", "classes = 3\ntrain = train.txt\n")):
        members = {name: text, "train.txt": "images/a.png\n", "images/a.png": picture(), "labels/a.txt": BOXES}
        result = at.read(folder(tmp_path / name, members))
        assert [(loss.what, loss.count) for loss in result.losses] == [("name of class", 3)]


@pytest.mark.parametrize(
    "text", ["0 0.5 0.5 0.2\n", "0 1 1 1 1\n", "0 10 20 30.5 40\n", "car 0.5 0.5 0.2 0.1\n", "", BOXES + "x y\n"]
)
def test_other_numbers_are_not_certainly_boxes(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        sniffed(folder(tmp_path, {"a.txt": text, "b.json": "{}"}))


@pytest.mark.parametrize("layout", PLACES)
def test_boxes_of_kitti_without_folders_of_their_own(tmp_path: Path, layout: dict[str, str]) -> None:
    where = folder(tmp_path, files(layout, KITTI))
    assert sniffed(where) == "kitti"
    dataset = at.read(where).dataset
    assert [label.name for label in dataset.labels] == ["Car", "van"]
    assert dataset.shapes.boxes().tolist() == [[10, 20, 30, 40], [1, 2, 3, 4]]
    assert dataset.frames.names[0].lower() == "a.png"
    assert dataset.frames.subsets[0] == ("train" if "labels/train/a.txt" in layout else "")


def test_lone_files(tmp_path: Path) -> None:
    where = folder(tmp_path, {"a.txt": KITTI, "b.txt": BOXES})
    assert sniffed(where / "a.txt") == "kitti"
    assert sniffed(where / "b.txt") == "yolo"
    with pytest.raises(InputError):
        sniffed(where)


@pytest.mark.parametrize("text", ["Car 0 0 0 1 2 3 4\n", "0 0 Car 0 0 -1 1 2 3 4 1 1 1 1 1 1 1\n", "word one two\n"])
def test_other_words_are_not_certainly_kitti(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        sniffed(folder(tmp_path, {"a.txt": text, "b.json": "{}"}))


def test_lines_beside_a_document_of_another_format_are_the_same_once_more(tmp_path: Path) -> None:
    coco = '{"images": [], "annotations": [], "categories": []}'
    for name, text in (("labels/a.txt", BOXES), ("labels/a.txt", KITTI), ("gt.txt", "1,1,1,2,3,4,1,-1,-1,-1\n")):
        members: Files = {name: text, "images/a.png": picture(), "annotations/instances.json": coco}
        assert sniffed(folder(tmp_path / text[:3], members)) == "coco"
