"""Masks as people have them: palettes in any order, numbers, colours, lists anywhere or none, files of challenges."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools.model import DatasetBuilder
from tests.formats.files import problems_of
from tests.formats.mask_files import BLACK, BLUE, GREEN, LEFT, NUMBERS, RED, RIGHT, WHITE, masks, picture, read, write

LABELMAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:255,0,0::\ntree:0,255,0::\n"
BOTH = [("a", "car", LEFT), ("a", "tree", RIGHT)]


@pytest.mark.parametrize(
    "data",
    [
        picture(NUMBERS, [BLACK, RED, GREEN]),
        picture(NUMBERS, [BLACK, RED, GREEN], "P"),
        picture(np.array([9, 4, 7])[NUMBERS], [BLUE] * 4 + [RED, BLUE, BLUE, GREEN, BLUE, BLACK], "P"),
        picture(NUMBERS, [(1, 1, 1), (9, 9, 9), (7, 8, 9)], "P"),
        picture(NUMBERS),
        picture(np.where(NUMBERS == 0, 255, NUMBERS)),
    ],
    ids=["colours", "palette", "palette in another order", "palette of other colours", "grey", "255 for nothing"],
)
def test_classes_are_told_by_colours_or_by_places_in_the_list(data: bytes, tmp_path: Path) -> None:
    result = read(tmp_path, {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": data}, "segmentation-mask")
    assert (problems_of(result), masks(result.dataset)) == ([], BOTH)
    assert [(label.name, label.color) for label in result.dataset.labels] == [("car", "#ff0000"), ("tree", "#00ff00")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labelmap.txt", "car:255,0,0::\nbackground:0,0,0::\ntree:0,255,0::\n"),
        ("deep/er/label_colors.txt", "0 0 0 Void\n255 0 0\tcar\n0 255 0 tree\n"),
        ("class_dict.csv", "name,r,g,b\ncar,255,0,0\ntree, 0, 255, 0\n"),
    ],
)
def test_lists_lie_anywhere_and_have_their_background_anywhere(name: str, text: str, tmp_path: Path) -> None:
    data = picture(NUMBERS, [BLACK, RED, GREEN])
    result = read(tmp_path, {name: text, "SegmentationClass/a.png": data}, "segmentation-mask")
    assert (problems_of(result), masks(result.dataset)) == ([], BOTH)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (picture(NUMBERS, [BLACK, RED, GREEN]), ["#00ff00", "#ff0000"]),
        (picture(NUMBERS), ["class_1", "class_2"]),
        (picture(NUMBERS, [BLACK, (128, 0, 0), (0, 128, 0)], "P"), ["aeroplane", "bicycle"]),
        (picture(np.where(NUMBERS == 1, 255, 0)), ["class_255"]),
    ],
    ids=["colours", "numbers", "palette of VOC", "black and white"],
)
def test_without_a_list_classes_are_called_after_what_is_seen(data: bytes, names: list[str], tmp_path: Path) -> None:
    result = read(tmp_path, {"SegmentationClass/a.png": data}, "segmentation-mask")
    assert sorted(label for _, label, _ in masks(result.dataset)) == names
    assert ["no list names the colours" in str(loss) for loss in result.losses] == [True]


def test_colours_of_the_task_are_a_list_too(tmp_path: Path) -> None:
    build = DatasetBuilder()
    for name, color in (("tree", "#00ff00"), ("car", "#ff0000")):
        build.add_label(name, color=color)
    build.add_frame("a.jpg", 4, 3)
    data = picture(NUMBERS, [BLACK, RED, GREEN])
    result = read(tmp_path, {"SegmentationClass/a.png": data}, "segmentation-mask", context=build.dataset())
    assert masks(result.dataset) == [("a.jpg", "car", LEFT), ("a.jpg", "tree", RIGHT)]


def test_a_colour_of_no_class_is_one_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    files = {
        "labelmap.txt": LABELMAP, "SegmentationClass/a.png": picture(NUMBERS, [BLACK, RED, BLUE]),
        "SegmentationClass/b.png": picture(np.where(NUMBERS == 2, 77, NUMBERS)),
    }  # fmt: skip
    result = read(tmp_path, files, "segmentation-mask")
    assert [text.partition("SegmentationClass/")[2] for text in problems_of(result)] == [
        "a.png: has the colour #0000ff, expected colours of the palette",
        "b.png: has the number 77, expected numbers of the classes",
    ]
    assert masks(result.dataset) == [("a", "car", LEFT), ("b", "car", LEFT)]


def test_instances_of_a_class_stay_apart(tmp_path: Path) -> None:
    kinds, numbers = np.array([[1, 1, 1, 1]]), np.array([[1, 1, 2, 0]])
    files = {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": picture(kinds, [BLACK, RED])}
    for data in (picture(numbers), picture(numbers, [BLACK, WHITE, BLUE])):
        result = read(tmp_path, {**files, "SegmentationObject/a.png": data}, "segmentation-mask")
        assert masks(result.dataset) == [
            ("a", "car", [0, 1, 2, 0, 2, 0]),
            ("a", "car", [0, 1, 3, 0, 3, 0]),
            ("a", "car", [0, 2, 0, 0, 1, 0]),
        ]


def test_pictures_of_other_sizes_are_problems(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_label("tree")
    build.add_frame("a.jpg", 9, 9)
    build.add_frame("b.jpg", 4, 3)
    files = {
        "labelmap.txt": LABELMAP, "SegmentationClass/a.png": picture(NUMBERS, [BLACK, RED, GREEN]),
        "SegmentationObject/a.png": picture(NUMBERS[:2]),
        "SegmentationClass/b.png": picture(NUMBERS, [BLACK, RED, GREEN]),
    }  # fmt: skip
    result = read(tmp_path, files, "segmentation-mask", context=build.dataset())
    problems = [text.partition("Segmentation")[2] for text in problems_of(result)]
    assert problems == ["Object/a.png: is 4 x 2 pixels, expected 4 x 3", "Class/a.png: is 4 x 3 pixels, expected 9 x 9"]
    assert masks(result.dataset) == [("b.jpg", "car", LEFT), ("b.jpg", "tree", RIGHT)]


def test_masks_beside_their_pictures_are_those_of_roboflow(tmp_path: Path) -> None:
    files = {
        "train/_classes.csv": "Pixel Value, Class\n0, background\n1, car\n2, tree\n",
        "train/a_mask.png": picture(NUMBERS), "train/a.jpg": picture(NUMBERS, [BLACK, RED, GREEN], suffix="JPEG"),
    }  # fmt: skip
    result = read(tmp_path, files, "segmentation-mask")
    assert masks(result.dataset) == [("a.jpg", "car", LEFT), ("a.jpg", "tree", RIGHT)]
    assert (result.dataset.frames.subsets, list(result.media or ())) == (("train",), [0])


CAMVID = "255 0 0 car\n0 255 0 tree\n"


@pytest.mark.parametrize(
    ("files", "mask"),
    [
        ({"train.txt": "/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png\n"}, "trainannot/a.png"),
        ({"train.txt": '"/train/b c.jpg" "trainannot/b c.png"\n/train/a.png trainannot/a.png \n'}, "trainannot/a.png"),
        ({"train/a.png": picture(NUMBERS)}, "train_labels/a_L.png"),
        ({}, "trainannot/a.png"),
    ],
    ids=["of another machine", "in quotes", "as it is passed round", "without a list"],
)
def test_camvid_is_found_whatever_its_list_says(files: Mapping[str, Any], mask: str, tmp_path: Path) -> None:
    data = picture(NUMBERS, [BLACK, RED, GREEN])
    more = {"trainannot/b c.png": data} if "b c" in str(files) else {}
    result = read(tmp_path, {"label_colors.txt": CAMVID, mask: data, **more, **files}, "camvid")
    assert problems_of(result) == []
    assert {(name.removesuffix(".png"), label) for name, label, _ in masks(result.dataset)} >= {
        ("a", "car"),
        ("a", "tree"),
    }
    assert set(result.dataset.frames.subsets) == {"train"}


@pytest.mark.parametrize(
    ("mask", "picture_at", "name"),
    [
        ("LabeledApproved_full/a_L.png", "701_StillsRaw_full/a.png", "a.png"),
        ("labels/1/a_L.png", "raw/1/a.jpg", "1/a.jpg"), ("a_L.png", "raw/a.png", "a.png"),
    ],
)  # fmt: skip
def test_camvid_as_it_was_given_out_has_its_pictures_in_a_folder_of_their_own(
    mask: str, picture_at: str, name: str, tmp_path: Path
) -> None:
    data = picture(NUMBERS, [BLACK, RED, GREEN])
    result = read(tmp_path, {"label_colors.txt": CAMVID, mask: data, picture_at: data}, "camvid")
    assert masks(result.dataset) == [(name, "car", LEFT), (name, "tree", RIGHT)]
    assert [file.name for file in (result.media or {}).values()] == [picture_at]


def test_a_list_that_names_no_file_says_where(tmp_path: Path) -> None:
    text = "/train/a.jpg trainannot/a.png\n\n/train/b.jpg\n"
    result = read(tmp_path, {"label_colors.txt": CAMVID, "train.txt": text}, "camvid")
    assert [text.partition("train.txt")[2] for text in problems_of(result)] == [
        ":1: mask 'trainannot/a.png' is not there, expected a picture"
    ]
    assert result.dataset.frames.names == ("a.jpg", "b.jpg")


def test_colours_of_labels_stay_unless_two_have_one(tmp_path: Path) -> None:
    build = DatasetBuilder()
    for name, color in (("car", "#FF0000"), ("van", "#ff0000"), ("sky", "#000000"), ("sea", "")):
        build.add_label(name, color=color)
    build.add_frame("a.png", 4, 3)
    build.add_shape("mask", 0, "sky", LEFT)
    losses = at.write(build.dataset(), tmp_path / "out", "segmentation-mask")
    colors = {label.name: label.color for label in at.read(tmp_path / "out").dataset.labels}
    assert colors == {"car": "#ff0000", "van": "#800000", "sky": "#008000", "sea": "#808000"}
    assert next((loss.kind, loss.column, loss.rows.tolist()) for loss in losses if loss.table == "labels") == (
        "changed", "color", [0, 1, 2, 3],
    )  # fmt: skip


@pytest.mark.parametrize(
    "slug", ["segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "icdar-segmentation", "voc"]
)
def test_pictures_of_masks_are_not_those_of_frames(slug: str, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", 4, 3)
    build.add_shape("mask", 0, "car", LEFT)
    at.write(build.dataset(), tmp_path / "out", slug)
    result = at.read(tmp_path / "out", slug)
    assert len(result.dataset.shapes) >= 1
    assert len(result.media or {}) == 0


@pytest.mark.parametrize("slug", ["segmentation-mask", "cityscapes", "kitti", "mots"])
def test_endings_of_names_that_nothing_says_are_counted_as_changed(slug: str, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 4, 3)
    build.add_shape("mask", 0, "car", LEFT)
    at.write(build.dataset(), tmp_path / "in", "cvat-api")
    done = at.convert(tmp_path / "in", tmp_path / "bare", slug)
    assert [loss.column for loss in done.losses if loss.table == "frames"] == ["name"]
    assert done.pictures == 0
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(picture(NUMBERS, [BLACK, RED, GREEN], suffix="JPEG"))
    done = at.convert(tmp_path / "in", tmp_path / "out", slug, images=tmp_path / "pictures")
    assert [loss.column for loss in done.losses if loss.table == "frames"] == []
    assert done.pictures == 1
    assert at.read(tmp_path / "out", slug).dataset.frames.names == ("a.jpg",)


def test_a_picture_of_very_many_pixels_is_a_problem_before_it_is_decoded(tmp_path: Path) -> None:
    huge = Image.new("1", (10_000, 9_000))
    stream = io.BytesIO()
    huge.save(stream, "PNG")
    files = {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": stream.getvalue(),
             "SegmentationClass/b.png": picture(NUMBERS)}  # fmt: skip
    result = read(tmp_path, files, "segmentation-mask")
    assert [text.partition("a.png")[2] for text in problems_of(result)] == [
        ": is of 10,000 x 9,000 pixels, expected at most 89,000,000"
    ]
    assert [name for name, _, _ in masks(result.dataset)] == ["b", "b"]


@pytest.mark.parametrize("slug", ["segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "icdar-segmentation"])
def test_subsets_that_hurt_stay_apart_or_are_said_to_change(slug: str, tmp_path: Path) -> None:
    subsets = (
        "a/b",
        "a_b",
        "..",
        "instances",
        "semantic",
        "gtFine",
        "images",
        "label_colors",
        "default",
        "x.y",
        "train ",
        "",
    )
    build = DatasetBuilder()
    build.add_label("car")
    for n, subset in enumerate(subsets):
        build.add_frame(f"p/{n}.jpg", 4, 3, subset=subset)
        build.add_shape("mask", n, "car", LEFT)
    where = tmp_path / "out.zip"
    losses = at.write(build.dataset(), where, slug)
    dataset = at.read(where, slug).dataset
    names = dict(zip(dataset.frames.names, dataset.frames.subsets, strict=True))
    assert [re.sub(r"\.\w+$", "", name) for name in sorted(names)] == sorted(f"p/{n}" for n in range(len(subsets)))
    assert len(set(names.values())) == len(subsets) - 1  # `default` is no subset
    counted = {int(n) for loss in losses if (loss.table, loss.column) == ("frames", "subsets") for n in loss.frames}
    changed = {
        n for n, subset in enumerate(subsets) if {names.get(f"p/{n}"), names.get(f"p/{n}.jpg")} - {None} != {subset}
    }
    assert changed == counted


@pytest.mark.parametrize("slug", ["segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "icdar-segmentation"])
def test_a_mask_that_reaches_out_of_its_picture_is_cut(slug: str, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", 4, 3)
    build.add_shape("mask", 0, "car", [0, 4, 3, 1, 4, 2])
    losses = at.write(build.dataset(), tmp_path / "out", slug)
    assert masks(at.read(tmp_path / "out", slug).dataset)[0][2] == [0, 2, 3, 1, 3, 2]
    assert [loss.what for loss in losses.of("lost", "annotations")] == []


@pytest.mark.parametrize("names", [("labelmap.txt", "detect.tflite"), ("annot/a.png", "images/a.png")])
def test_what_only_looks_alike_is_not_taken_for_masks(names: Sequence[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture(NUMBERS))
    with pytest.raises(at.InputError, match="is of no known format"):
        at.read(tmp_path)


@pytest.mark.parametrize(
    ("slug", "member", "beside"),
    [
        ("kitti", "default/instance/a.png", "default/image_2/a.png"),
        ("cityscapes", "gtFine/train/x/a_gtFine_instanceIds.png", "imgsFine/leftImg8bit/train/x/a_leftImg8bit.png"),
        ("mots", "default/instances/a.png", "default/images/a.png"),
    ],
)
def test_instances_in_pictures_of_8_bits_are_read_as_classes_alone(
    tmp_path: Path, slug: str, member: str, beside: str
) -> None:
    """The base of instances is more than 8 bits hold."""
    result = at.read(write(tmp_path, {member: picture(NUMBERS), beside: picture(NUMBERS)}), slug, on_error="skip")
    assert len(result.dataset.frames) == 1
