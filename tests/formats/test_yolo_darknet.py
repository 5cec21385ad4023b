"""YOLO 1.1: the layouts of Darknet that people have, and what the server's class numbers mean."""

from __future__ import annotations

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.model import DatasetBuilder, Label
from annotools.quirks import CVAT
from annotools.transform import run
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, picture, placed, problems_of, read, sniffs, written

BOX = "0 0.5 0.5 0.25 0.5\n"
NAMES = "car\nbus\n"
CORNERS = [37.5, 12.5, 62.5, 37.5]
LAYOUTS: dict[str, Files] = {
    "of the server": {
        "obj.data": "classes = 2\ntrain = data/train.txt\nval = data/val.txt\nnames = data/obj.names\nbackup = x/\n",
        "obj.names": NAMES, "train.txt": "data/obj_train_data/a.png\n", "val.txt": "data/obj_val_data/b.png\n",
        "obj_train_data/a.png": picture(), "obj_train_data/a.txt": BOX,
        "obj_val_data/b.png": picture(), "obj_val_data/b.txt": BOX,
    },
    "with data folder": {
        "my/data/obj.data": "classes=2\ntrain=data/train.txt\nval=data/val.txt\nnames=data/obj.names\n",
        "my/data/obj.names": "car\r\nbus\r\n\r\n", "my/data/train.txt": "/content/darknet/data/obj/a.png\r\n",
        "my/data/val.txt": "data\\obj\\b.png\n",
        "my/data/obj/a.png": picture(), "my/data/obj/a.txt": BOX,
        "my/data/obj/b.png": picture(), "my/data/obj/b.txt": BOX,
    },
    "lists beside the folder of obj.data": {
        "data/obj.data": "classes = 2\ntrain = ./train.txt\nval = ./val.txt\nnames = ./data/obj.names\nbackup=b",
        "data/obj.names": NAMES, "train.txt": "./images/train/a.png\n", "val.txt": "./images/val/b.png\n",
        "images/train/a.png": picture(), "images/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "labels in a folder": {
        "coco.data": "# mine\nclasses=2\ntrain=train.txt\nval=val.txt\nnames=coco.names\neval=coco\n",
        "coco.names": NAMES, "train.txt": "images/train/a.png\nimages/train/a.png\n", "val.txt": "images/val/b.png\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_people_have(name: str) -> None:
    result = read("yolo", LAYOUTS[name])
    assert [str(problem) for problem in result.problems] == []
    names = ("obj/a.png", "obj/b.png") if name == "with data folder" else ("a.png", "b.png")
    assert [row[0] for row in placed(result)] == ["train", "val"]
    assert [row[1] for row in placed(result)] == [*names]
    assert [row[2:] for row in placed(result)] == [("car", CORNERS)] * 2
    assert formats.sniff(zipped(LAYOUTS[name])) == "yolo"


@pytest.mark.parametrize("folder", ["", "mine/"])
def test_labels_beside_pictures_and_a_list_of_classes_are_enough(folder: str) -> None:
    members: Files = {
        f"{folder}classes.txt": NAMES, f"{folder}a.png": picture(), f"{folder}a.txt": BOX, f"{folder}b.png": picture(),
        f"{folder}images/c.png": picture(), f"{folder}labels/c.txt": BOX,
    }  # fmt: skip
    result = read("yolo", members)
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.frames.names == ("a.png", "b.png", "images/c.png")
    assert placed(result) == [("", "a.png", "car", CORNERS), ("", "images/c.png", "car", CORNERS)]
    assert formats.sniff(zipped(members)) == "yolo"


def test_a_list_in_the_folder_of_labels_is_of_the_folders_beside_it_too() -> None:
    members: Files = {
        "labels/classes.txt": NAMES, "labels/a.txt": BOX, "images/a.png": picture(), "images/b.png": picture(),
        "images/b.txt": BOX, "README.md": "",
    }  # fmt: skip
    result = read("yolo", members)
    assert [str(problem) for problem in result.problems] == []
    assert placed(result) == [("", f"images/{name}.png", "car", CORNERS) for name in "ab"]
    assert formats.sniff(zipped(members)) == "yolo"


def test_every_subset_may_have_its_own_list() -> None:
    members: Files = {"README.roboflow.txt": "exported\n", "train/_annotations.txt": "a.png 1,2,3,4,0\n"}
    for subset, name in (("train", "a"), ("valid", "b")):
        members |= {f"{subset}/_darknet.labels": NAMES, f"{subset}/{name}.png": picture(), f"{subset}/{name}.txt": BOX}
    result = read("yolo", members)
    assert [str(problem) for problem in result.problems] == []
    assert placed(result) == [("train", "a.png", "car", CORNERS), ("valid", "b.png", "car", CORNERS)]
    assert formats.sniff(zipped(members)) == "yolo"


def test_a_second_list_with_other_classes_is_told() -> None:
    members: Files = {
        "train/_darknet.labels": NAMES, "train/a.png": picture(), "train/a.txt": BOX,
        "valid/_darknet.labels": "bus\ncar\n", "valid/b.png": picture(), "valid/b.txt": BOX,
    }  # fmt: skip
    result = read("yolo", members)
    expected = (
        "valid/_darknet.labels: has other classes than train/_darknet.labels, so what lies about it is left out, "
        "expected the same classes in every list, or one dataset at a time"
    )
    assert [str(problem) for problem in result.problems] == [expected]
    assert placed(result) == [("", "a.png", "car", CORNERS)]


def test_an_obj_data_whose_lists_are_commented_out_says_the_classes() -> None:
    members: Files = {
        "data/obj.data": "classes = 2\n#train = data/train.txt\n#valid = data/valid.txt\nnames = data/obj.names\n",
        "data/obj.names": NAMES, "data/obj/a.png": picture(), "data/obj/a.txt": BOX,
    }  # fmt: skip
    result = read("yolo", members)
    assert [str(problem) for problem in result.problems] == []
    assert placed(result) == [("", "obj/a.png", "car", CORNERS)]
    assert formats.sniff(zipped(members)) == "yolo"


def test_classes_may_be_counted_only() -> None:
    members = dict(LAYOUTS["of the server"])
    del members["obj.names"]
    assert {row[2] for row in placed(read("yolo", members))} == {"class_0"}


@pytest.mark.parametrize(
    ("member", "text", "message"),
    [
        ("obj.data", "nonsense\ntrain=train.txt\nnames=obj.names\n", "obj.data:1: is 'nonsense', expected key = value"),
        (
            "obj.data",
            "train = data/other.txt\nnames = data/obj.names\n",
            "obj.data: train is 'data/other.txt', which is not there, expected a list of pictures",
        ),
        (
            "obj_train_data/a.txt",
            "2 0.5 0.5 0.2 0.1\n",
            "obj_train_data/a.txt:1: class 2 has no name, expected 0 to 1",
        ),
        ("obj_train_data/a.txt", "0 0.5 0.5\n", "obj_train_data/a.txt:1: 3 columns, expected 5 columns"),
    ],
)
def test_a_fault_is_told_with_its_place(member: str, text: str, message: str) -> None:
    assert problems_of("yolo", LAYOUTS["of the server"] | {member: text}) == [message]


def test_a_list_that_names_no_classes_is_told() -> None:
    members: Files = {"obj.data": "train=train.txt\n", "train.txt": "a.png\n", "a.png": picture()}
    assert problems_of("yolo", members) == [
        "obj.data: names no list of classes that is there, expected names = obj.names"
    ]
    assert problems_of("yolo", {"a.png": picture()}) == [
        "made.zip: has no obj.data, expected one that names classes and pictures"
    ]


def test_other_text_files_are_not_taken_for_labels() -> None:
    assert not sniffs("yolo", {"classes.txt": NAMES, "readme.txt": "5 words stand right here"})
    assert not sniffs("yolo", {"classes.txt": NAMES, "a.txt": "0 0.1 0.1 0.2 0.1 0.2 0.2"})
    assert not sniffs("yolo", {"data.yaml": "names: [car]\ntrain: train\n", "train/classes.txt": NAMES, "a.txt": BOX})
    assert not sniffs("yolo", {"my.data": "a=b\n"})


@pytest.mark.parametrize(
    ("lines", "certain"),
    [
        ("0 0.5 0.5 0.2 0.1\n", True),
        ("0 0.5 0.5 0.2 0.1 0.9\n", True),
        ("0 0.5 0.5 0.2 0.1 0.9 1\n", False),
        ("0 0.5 0.5 0.2\n", False),
        ("car 0.5 0.5 0.2 0.1\n", False),
        ("0 10 0.5 0.2 0.1\n", True),  # one number far from any share is a fault, two are pixels
        ("0 10 20 0.2 0.1\n", False),
        ("0 10.5 20.5 30.5 40.5\n", False),
        ("0 2 1 2 1\n", True),
        ("0 10 20 30 40\n0 0.5 0.5 0.2 0.1\n", True),
        ("0 0.5 0.5 0.2 0.1\ncar 0.5 0.5 0.2 0.1\n", False),
        ("0 0.5 0.5 0.2 0.1\n# by hand\n1 0.5 0.5 0.2 0.1\n", True),
    ],
)
def test_lines_beside_a_list_of_classes_are_boxes_of_shares(lines: str, certain: bool) -> None:
    assert sniffs("yolo", {"classes.txt": NAMES, "a.txt": lines}) == certain


@pytest.mark.parametrize("names", ["my.list", "data/my.list"])
def test_classes_are_in_the_list_that_is_named(names: str) -> None:
    files = LAYOUTS["with data folder"] | {"my/data/obj.data": f"classes=2\ntrain=data/train.txt\nnames={names}\n"}
    files["my/data/my.list"] = "tram\nvan\n"
    assert {label for _, _, label, _ in placed(read("yolo", files))} == {"tram"}


def _with_skeleton() -> DatasetBuilder:
    build = DatasetBuilder()
    build.add_label("car", id=1)
    person = build.add_label("person", id=2, type="skeleton")
    build.add_label("head", id=3, parent=person, type="points")
    build.add_label("sky", id=4)
    build.add_frame("a.jpg", 100, 50)
    build.add_shape("rectangle", 0, "sky", CORNERS)
    return build


def test_a_class_behind_a_skeleton_has_its_own_name() -> None:
    dataset = fit_to_format(_with_skeleton().dataset(), formats.get("yolo"), WriteOptions())[0]
    members = written("yolo", dataset)
    assert members["obj.names"] == "car\nperson\nsky\n"
    assert members["obj_train_data/a.txt"] == "2 0.5000000 0.5000000 0.250000 0.500000\n"
    assert [row[2] for row in placed(read("yolo", dict(members.items()), dataset))] == ["sky"]


def test_the_server_gives_it_the_name_of_a_point() -> None:
    options = WriteOptions(quirks=CVAT)
    dataset = fit_to_format(_with_skeleton().dataset(), formats.get("yolo"), options)[0]
    members = written("yolo", dataset, compat=True)
    assert members["obj.names"] == "car\nperson\nhead\nsky\n"
    assert members["obj_train_data/a.txt"] == "2 0.500000 0.500000 0.250000 0.500000\n"


def test_numbers_with_gaps_are_lines_without_a_name() -> None:
    build = DatasetBuilder(labels=[Label(1, "car", extras=(("class_id", 3),)), Label(2, "bus")])
    build.add_frame("a.jpg", 100, 50)
    members = written("yolo", fit_to_format(build.dataset(), formats.get("yolo"), WriteOptions())[0])
    assert members["obj.names"] == "bus\n\n\ncar\n"
    assert read("yolo", dict(members.items())).dataset.labels.extras["class_id"].plain() == [0, 3]


@pytest.mark.parametrize(
    ("names", "lines"),
    [(("a\nb", " c", ""), ["a b", "c", "label"]), (("a", "a ", "a\r\n"), ["a", "a 2", "a 3"])],
)
def test_names_are_lines(names: tuple[str, ...], lines: list[str]) -> None:
    dataset = DatasetBuilder(labels=[Label(n, name) for n, name in enumerate(names)]).dataset()
    listed, losses = run(dataset, ["listed-classes=class_id"])
    assert [label.name for label in listed.labels] == lines
    assert [loss.column for loss in losses] == ["name"]
    assert written("yolo", listed)["obj.names"].split("\n") == [*lines, ""]


def test_a_number_that_no_list_has_room_for_is_lost() -> None:
    dataset = DatasetBuilder(labels=[Label(1, "car", extras=(("class_id", 2_000_000_000),))]).dataset()
    listed, losses = run(dataset, ["listed-classes=class_id"])
    assert [str(loss.column) for loss in losses] == ["extras.class_id"]
    assert written("yolo", listed)["obj.names"] == "car\n"


def test_equal_lines_of_an_obj_data_are_told_each_and_the_last_value_counts() -> None:
    text = "x\ntrain = b.txt\ny\ntrain = train.txt\nx\ntrain = b.txt\n" * 10 + "train = train.txt\nnames = obj.names\n"
    members: Files = {**LAYOUTS["of the server"], "obj.data": text}
    result = read("yolo", members)
    expected = [(6 * n + line, word) for n in range(10) for line, word in ((1, "x"), (3, "y"), (5, "x"))]
    assert [str(problem) for problem in result.problems] == [
        f"obj.data:{line}: is {word!r}, expected key = value" for line, word in expected
    ]
    assert placed(result) == placed(read("yolo", LAYOUTS["of the server"]))[:1]


def test_pictures_of_one_name_in_several_roots_are_kept_apart() -> None:
    dataset = read("yolo", {
        "obj.data": "classes = 1\ntrain = train.txt\nnames = obj.names\n", "obj.names": "car\n",
        "train.txt": "cam1/obj_train_data/1.png\ncam2/obj_train_data/1.png\n",
        "cam1/obj_train_data/1.txt": BOX, "cam2/obj_train_data/1.txt": BOX,
        "cam1/obj_train_data/1.png": picture(), "cam2/obj_train_data/1.png": picture(),
    }).dataset  # fmt: skip
    assert dataset.frames.names == ("cam1/obj_train_data/1.png", "cam2/obj_train_data/1.png")
    assert dataset.shapes.frame.tolist() == [0, 1]
