"""Lines of YOLO as programs save them: beside predictions, by NumPy, with names spelt otherwise than pictures'."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.errors import InputError
from tests.formats.mask_files import picture as mask
from tests.formats.mask_files import write
from tests.formats.yolo_files import Files, picture, placed, read, sniffs

BOX = "0 0.5 0.5 0.25 0.5\n"
CORNERS = [37.5, 12.5, 62.5, 37.5]
WHOLE, APART = "\u00e9", "e\u0301"  # an é in one letter, and in two

SAVED: dict[str, Files] = {
    "predictions": {"runs/predict/a.png": picture(), "runs/predict/labels/a.txt": "0 0.5 0.5 0.25 0.5 0.75\n"},
    "predictions, and classes": {"classes.txt": "car\n", "p/a.png": picture(), "p/labels/a.txt": BOX},
    "with a point": {"classes.txt": "car\n", "a.png": picture(), "a.txt": "0.0 0.5 0.5 0.25 0.5\n"},
    "by NumPy": {"classes.txt": "car\n", "a.png": picture(), "a.txt": "0.00e+00 5.00e-01 5.00e-01 2.50e-01 5.00e-01\n"},
    "by NumPy, without classes": {"images/a.png": picture(), "labels/a.txt": "0.0e+00 5.0e-01 5.0e-01 2.5e-01 5.0e-01"},
}


@pytest.mark.parametrize("how", SAVED)
def test_lines_that_programs_save(how: str) -> None:
    assert sniffs("yolo", SAVED[how])
    ((_, name, _, points),) = placed(read("yolo", SAVED[how]))
    assert (name.endswith("a.png"), points) == (True, CORNERS)


@pytest.mark.parametrize("cell", ["0.5", "1e-1", "1.5e+00", "1e+99", "-1.0", "nan"])
def test_what_is_no_class_makes_no_lines_of_yolo(cell: str) -> None:
    assert not sniffs("yolo", {"classes.txt": "car\n", "a.png": picture(), "a.txt": BOX.replace("0", cell, 1)})


SPELT: dict[str, Files] = {
    "yolo": {"classes.txt": "car\n", f"images/{APART}.png": picture(), f"labels/{WHOLE}.txt": BOX},
    "yolo-ultralytics-detection": {
        "data.yaml": "train: images/train\nnames: [car]\n",
        f"images/train/{APART}.png": picture(), f"labels/train/{WHOLE}.txt": BOX,
    },
}  # fmt: skip


@pytest.mark.parametrize("slug", SPELT)
@pytest.mark.parametrize("turned", [False, True])
def test_labels_are_of_the_picture_that_is_spelt_otherwise(slug: str, turned: bool) -> None:
    other = str.maketrans({WHOLE: "\0"})
    swapped = {
        name.translate(other).replace(APART, WHOLE).replace("\0", APART): data for name, data in SPELT[slug].items()
    }
    result = read(slug, swapped if turned else SPELT[slug])
    assert [points for *_, points in placed(result)] == [CORNERS]
    assert len(result.dataset.frames) == 1


@pytest.mark.parametrize("folders", [("", ""), ("images/", "labels/"), ("p/", "p/labels/"), ("Images/", "Labels/")])
@pytest.mark.parametrize("names", [("A", "a"), (WHOLE, APART)])
def test_pictures_that_differ_in_spelling_alone_have_labels_of_their_own(
    names: tuple[str, str], folders: tuple[str, str]
) -> None:
    pictures, labels = folders
    boxes = ("0 0.5 0.5 0.25 0.5\n", "0 0.5 0.5 0.5 0.5\n")
    files: Files = {f"{pictures}{name}.png": picture() for name in names}
    files |= {f"{labels}{name}.txt": box for name, box in zip(names, boxes, strict=True)}
    rows = {name: points for _, name, _, points in placed(read("yolo", files | {"classes.txt": "car\n"}))}
    assert rows == {f"{pictures}{names[0]}.png": CORNERS, f"{pictures}{names[1]}.png": [25.0, 12.5, 75.0, 37.5]}


@pytest.mark.parametrize(
    ("slug", "masks", "pictures"),
    [("segmentation-mask", "SegmentationClass", "JPEGImages"), ("camvid", "trainannot", "train")],
)
def test_masks_are_of_the_picture_that_is_spelt_otherwise(slug: str, masks: str, pictures: str) -> None:
    result = read(slug, {f"{masks}/{WHOLE}.png": mask([[0, 1]]), f"{pictures}/{APART}.png": mask([[0, 1]])})
    assert (len(result.dataset.frames), len(result.dataset.shapes), len(result.media or ())) == (1, 1, 1)


def test_rotated_boxes_of_roboflow_are_called_what_they_are(tmp_path: Path) -> None:
    files: Files = {
        "data.yaml": "train: train/images\nnames: [car]\n", "train/images/a.png": picture(),
        "train/labelTxt/a.txt": "10.0 10.0 60.0 10.0 60.0 40.0 10.0 40.0 car 0\n",
    }  # fmt: skip
    assert not sniffs("yolo-ultralytics-detection", files)
    with pytest.raises(InputError, match="looks like lines of DOTA"):
        at.read(write(tmp_path, files))
    assert sniffs("yolo-ultralytics-detection", files | {"train/labels/a.txt": BOX})
