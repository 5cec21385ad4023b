"""Masks as people have them: palettes in any order, numbers, colours, lists anywhere or none, files of challenges."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

import annotools as at
from annotools.formats.base import Read
from annotools.model import Dataset, DatasetBuilder

RED, GREEN, BLUE, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255)
# Two classes: 1 on the left, 2 on the right, nothing in the middle.
NUMBERS = np.array([[1, 1, 0, 2], [1, 0, 0, 2], [0, 0, 0, 0]])
LEFT, RIGHT = [0, 3, 1, 0, 0, 1, 1], [0, 2, 3, 0, 3, 1]


def picture(numbers: Any, colors: Sequence[Sequence[int]] = (), mode: str = "", suffix: str = "PNG") -> bytes:
    """A picture: RGB where there are colours, else grey, of 16 bits where it must be; P: places in a palette."""
    pixels = np.asarray(numbers)
    if mode == "P":
        made = Image.fromarray(pixels.astype(np.uint8))
        made.putpalette([part for color in colors for part in color])
    elif len(colors):
        made = Image.fromarray(np.asarray(colors, np.uint8)[pixels])
    else:
        made = Image.fromarray(pixels.astype(np.uint16 if pixels.max() > 255 else np.uint8))
    stream = io.BytesIO()
    made.save(stream, suffix)
    return stream.getvalue()


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, files: Mapping[str, str | bytes], slug: str, **choices: Any) -> Read:
    return at.read(write(folder, files), slug, **{"on_error": "skip", **choices})


def masks(dataset: Dataset) -> list[tuple[str, str, list[int]]]:
    """Frame, label and run lengths of each mask, in a fixed order."""
    found = [(s.frame.name, s.label.name, s.points.astype(int).tolist()) for s in dataset.shapes if s.type == "mask"]
    return sorted(found)


def faults(found: Read) -> list[str]:
    """Problems, without the folder they are in."""
    return [str(problem) for problem in found.problems]


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
    found = read(tmp_path, {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": data}, "segmentation-mask")
    assert (faults(found), masks(found.dataset)) == ([], BOTH)
    assert [(label.name, label.color) for label in found.dataset.labels] == [("car", "#ff0000"), ("tree", "#00ff00")]


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
    found = read(tmp_path, {name: text, "SegmentationClass/a.png": data}, "segmentation-mask")
    assert (faults(found), masks(found.dataset)) == ([], BOTH)


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
    found = read(tmp_path, {"SegmentationClass/a.png": data}, "segmentation-mask")
    assert sorted(label for _, label, _ in masks(found.dataset)) == names
    assert ["no list names the colours" in str(loss) for loss in found.losses] == [True]


def test_colours_of_the_task_are_a_list_too(tmp_path: Path) -> None:
    build = DatasetBuilder()
    for name, color in (("tree", "#00ff00"), ("car", "#ff0000")):
        build.add_label(name, color=color)
    build.add_frame("a.jpg", 4, 3)
    data = picture(NUMBERS, [BLACK, RED, GREEN])
    found = read(tmp_path, {"SegmentationClass/a.png": data}, "segmentation-mask", context=build.dataset())
    assert masks(found.dataset) == [("a.jpg", "car", LEFT), ("a.jpg", "tree", RIGHT)]


def test_a_colour_of_no_class_is_one_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    files = {
        "labelmap.txt": LABELMAP, "SegmentationClass/a.png": picture(NUMBERS, [BLACK, RED, BLUE]),
        "SegmentationClass/b.png": picture(np.where(NUMBERS == 2, 77, NUMBERS)),
    }  # fmt: skip
    found = read(tmp_path, files, "segmentation-mask")
    assert [text.partition("SegmentationClass/")[2] for text in faults(found)] == [
        "a.png: has the colour #0000ff, expected colours of the palette",
        "b.png: has the number 77, expected numbers of the classes",
    ]
    assert masks(found.dataset) == [("a", "car", LEFT), ("b", "car", LEFT)]


def test_instances_of_a_class_stay_apart(tmp_path: Path) -> None:
    kinds, numbers = np.array([[1, 1, 1, 1]]), np.array([[1, 1, 2, 0]])
    files = {"labelmap.txt": LABELMAP, "SegmentationClass/a.png": picture(kinds, [BLACK, RED])}
    for data in (picture(numbers), picture(numbers, [BLACK, WHITE, BLUE])):
        found = read(tmp_path, {**files, "SegmentationObject/a.png": data}, "segmentation-mask")
        assert masks(found.dataset) == [
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
    found = read(tmp_path, files, "segmentation-mask", context=build.dataset())
    told = [text.partition("Segmentation")[2] for text in faults(found)]
    assert told == ["Object/a.png: is 4 x 2 pixels, expected 4 x 3", "Class/a.png: is 4 x 3 pixels, expected 9 x 9"]
    assert masks(found.dataset) == [("b.jpg", "car", LEFT), ("b.jpg", "tree", RIGHT)]


def test_masks_beside_their_pictures_are_those_of_roboflow(tmp_path: Path) -> None:
    files = {
        "train/_classes.csv": "Pixel Value, Class\n0, background\n1, car\n2, tree\n",
        "train/a_mask.png": picture(NUMBERS), "train/a.jpg": picture(NUMBERS, [BLACK, RED, GREEN], suffix="JPEG"),
    }  # fmt: skip
    found = read(tmp_path, files, "segmentation-mask")
    assert masks(found.dataset) == [("a.jpg", "car", LEFT), ("a.jpg", "tree", RIGHT)]
    assert (found.dataset.frames.subsets, list(found.media or ())) == (("train",), [0])


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
    found = read(tmp_path, {"label_colors.txt": CAMVID, mask: data, **more, **files}, "camvid")
    assert faults(found) == []
    assert {(name.removesuffix(".png"), label) for name, label, _ in masks(found.dataset)} >= {
        ("a", "car"),
        ("a", "tree"),
    }
    assert set(found.dataset.frames.subsets) == {"train"}


def test_a_list_that_names_no_file_says_where(tmp_path: Path) -> None:
    text = "/train/a.jpg trainannot/a.png\n\n/train/b.jpg\n"
    found = read(tmp_path, {"label_colors.txt": CAMVID, "train.txt": text}, "camvid")
    assert [text.partition("train.txt")[2] for text in faults(found)] == [
        ":1: mask 'trainannot/a.png' is not there, expected a picture"
    ]
    assert found.dataset.frames.names == ("a.jpg", "b.jpg")


def test_cityscapes_own_files_have_its_classes(tmp_path: Path) -> None:
    start = "gtFine/train/aachen/aachen_000000_000019"
    files = {
        f"{start}_gtFine_instanceIds.png": picture([[24, 24000, 24001, 7], [0, 4, 26003, 7]]),
        f"{start}_gtFine_labelIds.png": picture([[24, 24, 24, 7], [0, 4, 26, 7]]),
        f"{start}_gtFine_polygons.json": "{}",
        "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png": picture(NUMBERS),
    }
    found = read(tmp_path, files, "cityscapes")
    name = "aachen/aachen_000000_000019.png"
    assert faults(found) == []
    assert [(label, points[-4:]) for frame, label, points in masks(found.dataset) if frame == name] == [
        ("car", [2, 1, 2, 1]), ("person", [0, 0, 0, 0]), ("person", [1, 0, 1, 0]), ("person", [2, 0, 2, 0]),
        ("road", [3, 0, 3, 1]), ("static", [1, 1, 1, 1]),
    ]  # fmt: skip
    assert found.dataset.frames.subsets == ("train",)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("labelTrainIds", picture([[0, 13, 255, 255]])),
        ("color", picture([[1, 2, 0, 0]], [BLACK, (128, 64, 128), (0, 0, 142)])),
        ("labelIds", picture([[7, 26, 0, 0]])),
    ],
)
def test_less_than_instances_will_do(kind: str, data: bytes, tmp_path: Path) -> None:
    found = read(tmp_path, {f"gtCoarse/val/x/x_0_gtCoarse_{kind}.png": data}, "cityscapes")
    assert masks(found.dataset) == [("x/x_0", "car", [0, 1, 1, 0, 1, 0]), ("x/x_0", "road", [0, 1, 0, 0, 0, 0])]


KITTI = """Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59
Person sitting 0.5 2 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10
van 2 0.00 3 -10 5 6 7 8 -1 -1 -1 -1000 -1000 -1000 -10 0.25
"""


def test_lines_of_kitti_come_back_as_they_were(tmp_path: Path) -> None:
    found = read(tmp_path / "in", {"training/label_2/000000.txt": KITTI}, "kitti")
    assert faults(found) == []
    shapes = found.dataset.shapes
    assert [(s.label.name, s.points.tolist(), s.occluded, s.score) for s in shapes] == [
        ("Car", [587.01, 173.33, 614.12, 200.12], False, 1.0),
        ("Person sitting", [1, 2, 3, 4], True, 1.0),
        ("van 2", [5, 6, 7, 8], False, 0.25),
    ]
    at.write(found.dataset, tmp_path / "out", "kitti")
    lines = (tmp_path / "out" / "training" / "label_2" / "000000.txt").read_text().splitlines()
    numbers = [[float(cell) for cell in line.split()[-15:]] for line in lines]
    assert numbers == [
        [0, 0, -1.58, 587.01, 173.33, 614.12, 200.12, 1.65, 1.67, 3.64, -0.65, 1.71, 46.7, -1.59, 1],
        [0.5, 2, -10, 1, 2, 3, 4, -1, -1, -1, -1000, -1000, -1000, -10, 1],
        [0, 3, -10, 5, 6, 7, 8, -1, -1, -1, -1000, -1000, -1000, -10, 0.25],
    ]


TRACKING = """0 0 Car 0 0 -1.57 10 20 30 40 1.5 1.6 3.7 1 2 3 -1.5
0 -1 DontCare -1 -1 -10 50 20 60 40 -1000 -1000 -1000 -10 -1 -1 -1
1 0 Car 1 2 -1.57 12 20 32 40 1.5 1.6 3.7 1 2 3 -1.5 0.75
3 0 Car 0 0 -1.57 16 20 36 40 1.5 1.6 3.7 1 2 3 -1.5
3 7 Person 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10
"""


@pytest.mark.parametrize("folder", ["label_02", "label_2"])
def test_files_of_kitti_tracking_are_tracks(tmp_path: Path, folder: str) -> None:
    files = {
        f"training/{folder}/0000.txt": TRACKING, f"training/{folder}/0001.txt": "2 0 Van 0 0 0 1 2 3 4 1 1 1 1 1 1 1\n",
        "training/image_02/0000/000004.png": picture([[0]]),
    }  # fmt: skip
    found = read(tmp_path, files, "kitti" if folder == "label_2" else None)
    assert faults(found) == []
    dataset = found.dataset
    first = [f"0000/{number:06d}" for number in range(4)]
    assert dataset.frames.names == (*first, "0000/000004.png", *(f"0001/{number:06d}" for number in range(3)))
    assert set(dataset.frames.subsets) == {"training"}
    rows = [(s.frame.name, s.label.name, s.points.tolist()[0], s.outside, s.score) for s in dataset.shapes]
    tracked = dataset.shapes.track.tolist()
    assert [row for row, track in zip(rows, tracked, strict=True) if track < 0] == [
        ("0000/000000", "DontCare", 50.0, False, 1.0)
    ]
    car = [row for row, track in zip(rows, tracked, strict=True) if track == 0]
    assert car == [
        ("0000/000000", "Car", 10.0, False, 1.0), ("0000/000001", "Car", 12.0, False, 0.75),
        ("0000/000002", "Car", 12.0, True, 0.75), ("0000/000003", "Car", 16.0, False, 1.0),
        ("0000/000004.png", "Car", 16.0, True, 1.0),
    ]  # fmt: skip
    assert [track.label.name for track in dataset.tracks] == ["Car", "Person", "Van"]


def test_a_bad_line_of_kitti_tracking_costs_no_other(tmp_path: Path) -> None:
    lines = ["0 1 Car 0 0 0 1 2 3 x 1 1 1 1 1 1 1", "0 1 Car 0 0 0 1 2 3", "99999999 1 Car 0 0 0 1 2 3 4 1 1 1 1 1 1 1"]
    found = read(tmp_path, {"label_02/a.txt": "\n".join([*lines, "0 2 Car 0 0 0 1 2 3 4 1 1 1 1 1 1 1"])}, "kitti")
    assert [text.partition("a.txt:")[2] for text in faults(found)] == [
        "2: 9 columns, expected 17 columns", "1: bottom is 'x', expected a number",
        "3: frame is 99999999, expected 0 to 1,048,575",
    ]  # fmt: skip
    assert [shape.points.tolist() for shape in found.dataset.shapes] == [[1, 2, 3, 4]]


def runs(*pixels: tuple[int, int], size: tuple[int, int] = (8, 6)) -> str:
    """Run lengths of pixels (x, y) of a picture, as pycocotools has them."""
    mask = np.zeros((size[1], size[0]), np.uint8, order="F")
    for x, y in pixels:
        mask[y, x] = 1
    text: str = coco.encode(mask)["counts"].decode()
    return text


@pytest.mark.parametrize(
    ("member", "images", "first", "name"),
    [("training/instances_txt/0002.txt", "training/image_02/0002/", 0, "0002"), ("train/MOTS20-02/gt/gt.txt",
      "train/MOTS20-02/img1/", 1, "MOTS20-02")],
)  # fmt: skip
def test_lines_of_mots_are_tracks_of_masks(tmp_path: Path, member: str, images: str, first: int, name: str) -> None:
    lines = [
        f"{first} 1005 1 6 8 {runs((1, 2), (2, 2))}", f"{first} 10000 10 6 8 {runs((7, 5))}",
        f"{first} 2001 2 6 8 {runs((0, 0))}", f"{first + 2} 1005 1 6 8 {runs((3, 4))}",
    ]  # fmt: skip
    files = {member: "\n".join(lines), f"{images}{first + 1:06d}.png": picture([[0] * 8] * 6)}
    found = at.read(write(tmp_path, files))
    dataset = found.dataset
    endings = ["", ".png", ""]
    assert dataset.frames.names == tuple(f"{name}/{first + n:06d}{end}" for n, end in enumerate(endings))
    assert (set(dataset.frames.subsets), dataset.frames.width.tolist()[::2]) == ({member.split("/")[0]}, [8, 8])
    rows = [(s.frame.name[-6:], s.label.name, s.points.tolist(), s.outside) for s in dataset.shapes]
    start, last = f"{first:06d}", f"{first + 2:06d}"
    assert [row for row in rows if row[1] == "car" and not row[3]] == [
        (start, "car", [0, 2, 1, 2, 2, 2], False), (last, "car", [0, 1, 3, 4, 3, 4], False),
    ]  # fmt: skip
    assert [row[2] for row in rows if row[1] == "pedestrian" and not row[3]] == [[0, 1, 0, 0, 0, 0]]
    assert [track.label.name for track in dataset.tracks] == ["car", "pedestrian"]
    assert dataset.tracks.extras["track_id"].plain() == [5, 1]
    assert [(loss.what, loss.count) for loss in found.losses.of("lost")] == [("region", 1)]


def test_a_bad_line_of_mots_costs_no_other(tmp_path: Path) -> None:
    good = f"0 1001 1 6 8 {runs((1, 2))}"
    lines = [good, "1 1001 1 6 8", "1 1001 1 0 8 x", f"-1 1001 1 6 8 {runs((1, 2))}", "1 1001 1 6 8 !!", "x 1 1 6 8 y"]
    found = read(tmp_path, {"instances_txt/a.txt": "\n".join(lines)}, "mots")
    told = [text.partition("a.txt:")[2] for text in faults(found)]
    assert [text.partition(":")[0] for text in told] == ["2", "6", "3", "4", "5"]
    assert told[2:4] == ["3: the size is 8 x 0, expected pixels", "4: frame is -1, expected 0 or more"]
    assert [shape.points.tolist() for shape in found.dataset.shapes if not shape.outside] == [[0, 1, 1, 2, 1, 2]]


def outlines(*items: object, **more: object) -> str:
    return json.dumps({"imgHeight": 80, "imgWidth": 100, "objects": list(items), **more})


ROAD = {"label": "road", "polygon": [[0, 70], [99.5, 40], [99, 79]]}
CITY = "gtFine/train/aachen/aachen_0_gtFine_polygons.json"


def test_outlines_of_cityscapes_are_polygons_one_above_the_other(tmp_path: Path) -> None:
    car = {"label": "cargroup", "polygon": [[1, 2], [3, 4], [5, 2], [1, 1]], "id": 7, "deleted": 0, "verified": 0}
    files = {
        CITY: outlines(ROAD, {**car, "deleted": 1}, car),
        "leftImg8bit/train/aachen/aachen_0_leftImg8bit.png": picture([[0] * 100] * 80),
    }
    found = read(tmp_path, files, "cityscapes")
    assert faults(found) == []
    shapes, frames = found.dataset.shapes, found.dataset.frames
    assert [(s.label.name, s.points.tolist(), s.z_order) for s in shapes] == [
        ("road", [0, 70, 99.5, 40, 99, 79], 0), ("cargroup", [1, 2, 3, 4, 5, 2, 1, 1], 2),
    ]  # fmt: skip
    assert (frames.names, frames.subsets, frames.width.tolist()) == (("aachen/aachen_0.png",), ("train",), [100])
    assert len(found.media or ()) == 1


def test_masks_of_cityscapes_count_for_more_than_outlines(tmp_path: Path) -> None:
    masked = CITY.replace("polygons.json", "labelIds.png")
    found = read(tmp_path, {CITY: outlines(ROAD), masked: picture([[7]])}, "cityscapes")
    assert [shape.type for shape in found.dataset.shapes] == ["mask"]
    assert [s.label.name for s in found.dataset.shapes] == ["road"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "is no object, expected an object with imgWidth, imgHeight and objects"),
        ("{", "is not JSON"),
        (outlines(objects=None), ":/objects: has no list of objects, expected a list"),
        (outlines(ROAD, 3), ":/objects/1: has no label"),
        (outlines(ROAD, {"label": 3, "polygon": ROAD["polygon"]}), ":/objects/1: has no label"),
        (outlines(ROAD, {"label": "car", "polygon": [[1, 2], [3, 4]]}), ":/objects/1: has no outline"),
        (outlines(ROAD, {"label": "car", "polygon": [[1, 2], [3, 4], [5, "x"]]}), ":/objects/1: has no outline"),
        (outlines(ROAD, {"label": "car", "polygon": [1, 2, 3, 4, 5, 6]}), ":/objects/1: has no outline"),
    ],
)
def test_a_bad_outline_of_cityscapes_costs_no_other(tmp_path: Path, text: str, told: str) -> None:
    found = read(tmp_path, {CITY: text}, "cityscapes")
    (fault,) = faults(found)
    assert told in fault
    assert len(found.dataset.shapes) == (1 if '"objects": [{' in text else 0)


@pytest.mark.parametrize(
    ("line", "names", "told"),
    [
        ("bus 0 0 0 1 2 3 4{} 0.5 7 8", [], "18 columns, expected 15 or 16 columns"),
        ("bus 0 0 0 1 2 3 4{} 0.5 7", [], "17 columns, expected 15 or 16 columns"),
        ("bus 0 0 0 100 20 300 40{} 0.5 1 2 3 4", [], "20 columns, expected 15 or 16 columns"),
        ("lane 2 0 0 0 1 2 3 4{} 0.5", ["lane 2"], ""),
        ("lane 2 3 0 0 0 1 2 3 4{} 1", ["lane 2 3"], ""),
    ],
)
def test_more_columns_of_kitti_do_not_shift_the_box(tmp_path: Path, line: str, names: list[str], told: str) -> None:
    text = line.format(" -1 -1 -1 -1000 -1000 -1000 -10")
    found = read(tmp_path, {"a/label_2/b.txt": text}, "kitti")
    assert [text.partition("b.txt:1: ")[2] for text in faults(found)] == [told] * bool(told)
    assert [(shape.label.name, shape.points.tolist()) for shape in found.dataset.shapes] == [
        (name, [1, 2, 3, 4]) for name in names
    ]


@pytest.mark.parametrize("level", ["1e300", "-1e19"])
def test_an_occlusion_of_kitti_that_is_no_level_is_none(tmp_path: Path, level: str) -> None:
    line = "Car 0 {} 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1\n"
    found = read(tmp_path, {"a/label_2/b.txt": line.format(level) + line.format(2)}, "kitti").dataset
    assert found.extras["shapes"]["occlusion"].plain() == [None, 2]
    assert found.shapes.occluded.tolist() == [False, True]


def test_a_bad_line_of_kitti_costs_no_other(tmp_path: Path) -> None:
    text = "Car 0 0 0 1 2 3 x -1 -1 -1 -1 -1 -1 -1\n\nCar 0 0 0 1 2\nCar 0 0 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\r\n"
    found = read(tmp_path, {"a/label_2/b.txt": "\ufeff" + text}, "kitti")
    assert [text.partition("b.txt")[2] for text in faults(found)] == [
        ":3: 6 columns, expected 15 or 16 columns", ":1: bottom is 'x', expected a number",
    ]  # fmt: skip
    assert [shape.points.tolist() for shape in found.dataset.shapes] == [[1, 2, 3, 4]]


def test_a_line_of_tracking_is_no_class_of_three_words(tmp_path: Path) -> None:
    """A file that begins with one is of KITTI's tracking, but not to the server."""
    text = "0 -1 DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1 -1 -1 -1\n1 2 Van 0 0 0 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 0.5\n"
    box = "Car 0 0 0 5 6 7 8 -1 -1 -1 -1 -1 -1 -1\n"
    found = read(tmp_path, {"training/label_2/0000.txt": box + text}, "kitti")
    said = "begins with a frame and an object, as lines of KITTI's tracking do, expected 15 or 16 columns"
    assert [text.partition("0000.txt")[2] for text in faults(found)] == [f":2: {said}", f":3: {said}"]
    assert [shape.label.name for shape in found.dataset.shapes] == ["Car"]
    with pytest.raises(at.InputError, match="17 columns, at which the server's importer stops"):
        read(tmp_path / "server", {"training/label_2/0000.txt": text}, "kitti", compat=True)


def test_instances_of_kitti_are_told_by_their_numbers(tmp_path: Path) -> None:
    files = {
        "training/instance/a.png": picture([[26 * 256 + 1, 26 * 256 + 2, 7 * 256, 0]]),
        "training/semantic/a.png": picture([[26, 26, 7, 0]]), "training/image_2/a.png": picture([[0, 0, 0, 0]]),
    }  # fmt: skip
    found = read(tmp_path, files, "kitti")
    assert [(label, points[-4:]) for _, label, points in masks(found.dataset)] == [
        ("car", [0, 0, 0, 0]), ("car", [1, 0, 1, 0]), ("road", [2, 0, 2, 0]),
    ]  # fmt: skip
    found = read(
        tmp_path / "server",
        {"label_colors.txt": "0 0 0 background\n1 2 3 car\n", "s/instance/a.png": picture([[256]])},
        "kitti",
    )
    assert masks(found.dataset) == [("a", "car", [0, 1, 0, 0, 0, 0])]


def test_mots_of_the_challenge_has_sequences_and_regions_to_ignore(tmp_path: Path) -> None:
    frame = np.array([[1001, 1001, 2005, 10000]])
    files = {f"instances/{folder}/00000{n}.png": picture(frame) for folder in ("0002", "0003") for n in (0, 1)}
    found = read(tmp_path, files, "mots")
    dataset = found.dataset
    assert faults(found) == []
    assert [label.name for label in dataset.labels] == ["car", "pedestrian"]
    numbers = dataset.tracks.extras["track_id"].plain()
    tracks = [(t.label.name, t.frame.name, n) for t, n in zip(dataset.tracks, numbers, strict=True)]
    assert sorted(tracks) == [
        ("car", "0002/000000", 1), ("car", "0003/000000", 1),
        ("pedestrian", "0002/000000", 5), ("pedestrian", "0003/000000", 5),
    ]  # fmt: skip
    assert {loss.what for loss in found.losses} == {"class", "region"}


def tracked(count: int, labels: int = 1) -> Dataset:
    """Tracks of one pixel each on a single picture."""
    build = DatasetBuilder()
    for number in range(labels):
        build.add_label(f"label {number}")
    build.add_frame("a.png", count, 1)
    for n in range(count):
        track = build.add_track(f"label {n % labels}", 0)
        build.add_shape("mask", 0, points=[0, 1, n, 0, n, 0], track=track)
    return build.dataset()


@pytest.mark.parametrize(("count", "labels", "lost"), [(999, 1, 0), (1001, 1, 2), (66, 66, 2)])
def test_tracks_without_room_in_sixteen_bits_are_counted_as_lost(
    count: int, labels: int, lost: int, tmp_path: Path
) -> None:
    losses = at.write(tracked(count, labels), tmp_path / "out", "mots")
    assert sum(loss.count for loss in losses.of("lost", "annotations") if loss.table == "tracks") == lost
    found = at.read(tmp_path / "out", "mots").dataset
    assert len(found.tracks) == count - lost
    assert (
        len(set(zip(found.tracks.label.tolist(), found.tracks.extras["track_id"].plain(), strict=True))) == count - lost
    )


@pytest.mark.parametrize(("slug", "most"), [("cityscapes", 999), ("kitti", 255)])
def test_instances_without_room_are_counted_as_lost(slug: str, most: int, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", most + 3, 1)
    for n in range(most + 3):
        build.add_shape("mask", 0, "car", [0, 1, n, 0, n, 0])
    losses = at.write(build.dataset(), tmp_path / "out", slug)
    assert [(loss.what, loss.count) for loss in losses.of("lost", "annotations")] == [("mask of very many", 3)]
    assert len(at.read(tmp_path / "out", slug).dataset.shapes) == most


SEGMENTS = """#1 1 1 - - 0 0 1 1 " "
255 0 0 0.5 1 0 0 2 2 "a \\"b\\""
0 255 0 - - 3 0 4 2 "c"

0 0 255 - - 2 2 3 3
"""


def test_characters_of_one_word_are_a_group(tmp_path: Path) -> None:
    numbers = NUMBERS.copy()
    numbers[2, 2:] = 3, 4
    data = picture(numbers, [WHITE, RED, GREEN, BLUE, (1, 1, 1)], suffix="BMP")
    found = read(tmp_path, {"train/x_GT.txt": SEGMENTS, "train/x_GT.bmp": data}, "icdar-segmentation")
    assert faults(found) == []
    shapes = [*found.dataset.shapes]
    assert [(s.points.astype(int).tolist(), dict(s.attributes).get("text"), s.group > 0) for s in shapes] == [
        (LEFT, 'a "b"', True), (RIGHT, "c", True), ([0, 1, 2, 2, 2, 2], None, False),
    ]  # fmt: skip
    at.write(found.dataset, tmp_path / "out", "icdar-segmentation")
    assert (tmp_path / "out" / "train" / "x_GT.txt").read_text() == (
        '128 0 0 0.5 1 0 0 2 2 "a \\"b\\""\n0 128 0 - - 3 0 4 2 "c"\n\n128 128 0 - - 2 2 3 3\n'
    )


def test_lines_that_are_none_and_colours_that_come_again_are_problems(tmp_path: Path) -> None:
    text = '255 0 0 - - 0 0 2 2 "a"\n255 0 0 - - 0 0 2 2 "b"\nnothing\n300 0 0 - - 0 0 2 2 "c"\n'
    data = picture(NUMBERS, [WHITE, RED, GREEN], suffix="BMP")
    found = read(tmp_path, {"x_GT.txt": text, "x_GT.bmp": data}, "icdar-segmentation")
    expected = "expected 3 numbers of a colour, a centre, 4 numbers of a box, and what is written there"
    assert [text.partition("x_GT")[2] for text in faults(found)] == [
        ".txt:2: has the colour of line 1 again, expected a colour of its own",
        f".txt:3: is 'nothing', {expected}",
        f""".txt:4: is '300 0 0 - - 0 0 2 2 "c"', {expected}""",
        ".bmp: has the colour #00ff00, expected colours of the palette",
    ]
    assert masks(found.dataset) == [("x", "icdar", LEFT)]


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
    found = at.read(tmp_path / "out", slug)
    assert len(found.dataset.shapes) >= 1
    assert len(found.media or {}) == 0


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
    found = read(tmp_path, files, "segmentation-mask")
    assert [text.partition("a.png")[2] for text in faults(found)] == [
        ": is of 10,000 x 9,000 pixels, expected at most 89,000,000"
    ]
    assert [name for name, _, _ in masks(found.dataset)] == ["b", "b"]


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
    found = at.read(where, slug).dataset
    names = dict(zip(found.frames.names, found.frames.subsets, strict=True))
    assert [re.sub(r"\.\w+$", "", name) for name in sorted(names)] == sorted(f"p/{n}" for n in range(len(subsets)))
    assert len(set(names.values())) == len(subsets) - 1  # `default` is no subset
    said = {int(n) for loss in losses if (loss.table, loss.column) == ("frames", "subsets") for n in loss.frames}
    changed = {
        n for n, subset in enumerate(subsets) if {names.get(f"p/{n}"), names.get(f"p/{n}.jpg")} - {None} != {subset}
    }
    assert changed == said


def test_a_track_is_seen_on_no_more_frames_whatever_their_order_is(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for name in ("c.jpg", "b.jpg", "a.jpg", "d.jpg"):
        build.add_frame(name, 4, 3, subset="train" if name == "d.jpg" else "")
    track = build.add_track("car", 0)
    for frame, outside in ((0, False), (1, True), (2, False), (3, True)):
        build.add_shape("rectangle", frame, points=[0, 0, 2, 2], track=track, outside=outside)
    at.write(build.dataset(), tmp_path / "out", "mots")
    found = at.read(tmp_path / "out", "mots").dataset
    assert [s.frame.name for s in found.shapes if not s.outside] == ["a", "c"]
    assert len(found.tracks) == 1
    assert found.frames.names == ("a", "b", "c", "d")


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
