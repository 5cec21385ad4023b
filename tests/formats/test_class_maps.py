"""Which class the numbers and colours of a picture of masks are of, by a list of classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools.formats.kernel.painting import Pixels
from annotools.formats.masks.class_maps import ClassMap
from tests.formats.mask_files import masks, picture, read

RED, GREEN, BLUE, WHITE, BORDER = 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF, 0xE0E0C0
Answer = tuple[list[str | None], list[str]]

WHOLE = {"background": 0, "car": RED, "bus": GREEN}
BARE = {"car": RED, "bus": GREEN}  # the background stands before the first
TWO = {"background": 0, "road": 0xFFFFFF, "car": 0x010101}
GREY = {"background": 0, "road": 0x020202, "car": 0x010101, "wall": 0x808080}
COLORLESS = {"background": None, "car": None}


def named(classes: dict[str, int | None], values: Sequence[int], pixels: Pixels) -> Answer:
    """The classes of some values, and what is said of those without."""
    known = ClassMap(tuple(classes), tuple(classes.values()), [])
    names = known.of(np.array(values), pixels, "a.png")
    return names, [problem.message for problem in known.problems]


@pytest.mark.parametrize(
    ("classes", "values", "names", "problems"),
    [
        (WHOLE, [0, 1, 2], [None, "car", "bus"], []),
        (BARE, [0, 1, 2], [None, "car", "bus"], []),
        (COLORLESS, [1, 0], ["car", None], []),
        (WHOLE, [0, 3, 1], [None, None, "car"], ["has the number 3"]),
        (BARE, [3, 2], [None, "bus"], ["has the number 3"]),
        (WHOLE, [0, 1, 255], [None, "car", None], []),  # the border of Pascal VOC
        (TWO, [0, 255], [None, "road"], []),  # but white where the list has it
        (TWO, [0, 1, 255], [None, "car", "road"], []),
        (TWO, [0, 1, 2], [None, "road", "car"], []),
        (TWO, [0, 2, 255], [None, "car", None], []),
        (GREY, [0, 1, 2], [None, "road", "car"], []),  # numbers that are places are no colours
        (GREY, [0, 2, 128], [None, "road", "wall"], []),  # and others are, if all are the list's
        (GREY, [0, 3, 128], [None, "wall", None], ["has the number 128"]),
    ],
)
def test_a_grey_picture_says_places_in_the_list(
    classes: dict[str, int | None], values: list[int], names: list[str | None], problems: list[str]
) -> None:
    assert named(classes, values, Pixels(np.array([values]))) == (names, problems)


@pytest.mark.parametrize(
    ("classes", "palette", "names", "problems"),
    [
        (WHOLE, [0, RED, GREEN], [None, "car", "bus"], []),
        (WHOLE, [0, GREEN, RED], [None, "bus", "car"], []),
        (WHOLE, [RED, 0, BORDER], ["car", None, None], []),
        (WHOLE, [WHITE, BLUE, BORDER], [None, "car", "bus"], []),  # no colours of the list: places
        (WHOLE, [0, WHITE, BLUE], [None, "car", "bus"], []),  # black alone says nothing
        (BARE, [WHITE, BLUE, BORDER], [None, "car", "bus"], []),
        (BARE, [0, GREEN, RED], [None, "bus", "car"], []),
        (WHOLE, [0, GREEN, RED, BLUE], [None, "bus", "car", None], ["has the colour #0000ff"]),
        (COLORLESS, [WHITE, BLUE], [None, "car"], []),
    ],
)
def test_a_palette_says_colors_or_places(
    classes: dict[str, int | None], palette: list[int], names: list[str | None], problems: list[str]
) -> None:
    colors = np.array([[color >> 16, color >> 8 & 255, color & 255] for color in palette])
    values = list(range(len(palette)))
    assert named(classes, values, Pixels(np.array([values]), colors)) == (names, problems)


@pytest.mark.parametrize(
    ("values", "names", "problems"),
    [
        ([0, GREEN, RED], [None, "bus", "car"], []),
        ([BORDER, RED], [None, "car"], []),
        ([1, RED], [None, "car"], ["has the colour #000001"]),
    ],
)
def test_a_colored_picture_says_colors(values: list[int], names: list[str | None], problems: list[str]) -> None:
    for classes in (WHOLE, BARE):
        assert named(classes, values, Pixels(np.array([values]), colored=True)) == (names, problems)


PALETTE = np.array([[0, 0, 0], *[[1, 2, 3]] * 254, [224, 224, 192]])
WHITE_LAST = np.array([[0, 0, 0], *[[1, 2, 3]] * 254, [255, 255, 255]])
ONE = {"background": 0, "car": RED}
LOST, CHANGED = "lost", "changed"
ROWS = [[0, 0, 255]]


@pytest.mark.parametrize(
    ("listed", "rows", "palette", "labels", "kind"),
    [
        (ONE, ROWS, None, ["car"], CHANGED),
        (ONE, ROWS, WHITE_LAST, ["car"], CHANGED),
        (ONE, ROWS, PALETTE, [], ""),  # the colour says that it is VOC's border
        (ONE, [[0, 1, 255]], None, ["car"], CHANGED),
        (ONE, [[0, 1, 255]], PALETTE, ["car"], ""),
        (WHOLE, ROWS, None, [], LOST),
        (WHOLE, [[0, 2, 255]], None, ["bus"], CHANGED),
        (WHOLE, ROWS, PALETTE, [], ""),
        (WHOLE, [[0, 2, 255]], PALETTE, ["bus"], ""),
        (WHOLE, [[0, 0, 1]], None, ["car"], ""),
        ({}, ROWS, None, ["class_255"], ""),
        ({}, [[0, 0, 1]], None, ["class_1"], ""),
        ({}, [[0, 128, 255]], None, ["class_128"], LOST),
        ({}, [[0, 7, 255]], WHITE_LAST, ["class_7"], LOST),
        ({}, [[0, 7, 255]], PALETTE, ["class_7"], ""),
    ],
)
def test_what_255_is_taken_for_is_told(
    listed: dict[str, int], rows: list[list[int]], palette: Any, labels: list[str], kind: str, tmp_path: Path
) -> None:
    lines = [f"{name}:{color >> 16},{color >> 8 & 255},{color & 255}::" for name, color in listed.items()]
    data = picture(rows) if palette is None else picture(rows, palette.tolist(), "P")
    files: dict[str, str | bytes] = {"SegmentationClass/a.png": data}
    if listed:
        files["labelmap.txt"] = "\n".join(lines)
    result = read(tmp_path, files, "segmentation-mask")
    assert [label for _, label, _ in masks(result.dataset)] == labels
    assert not result.problems
    losses = [(loss.kind, loss.count, loss.frames.tolist()) for loss in result.losses if "its value 255" in loss.why]
    assert losses == ([(kind, 1, [0])] if kind else [])


@pytest.mark.parametrize("slug", ["kitti", "camvid"])
def test_the_layouts_of_others_tell_it_too(slug: str, tmp_path: Path) -> None:
    folder = {"kitti": "default/semantic", "camvid": "trainannot"}[slug]
    files = {f"{folder}/a.png": picture(ROWS), "label_colors.txt": "0 0 0 background\n255 0 0 car\n0 255 0 bus\n"}
    result = read(tmp_path, files, slug)
    assert [loss.why.split(",")[0] for loss in result.losses] == ["its value 255 may be any class of the list"]


@pytest.mark.parametrize(
    ("kinds", "instances", "why"),
    [
        ([[0, 255]], None, "it has nothing but 255, which is the border, as in SegmentationClass/a.png"),
        ([[1, 1]], [[0, 1]], "pixels of a class are of no instance, as in SegmentationClass/a.png"),
        ([[0, 1, 255]], [[0, 1, 255]], ""),
    ],
)
def test_masks_beside_boxes_tell_what_they_pass_over(kinds: Any, instances: Any, why: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>",
        "SegmentationClass/a.png": picture(kinds),
    }
    if instances is not None:
        files["SegmentationObject/a.png"] = picture(instances)
    losses = [(loss.kind, loss.what, loss.why) for loss in read(tmp_path, files, "voc").losses]
    assert losses == ([("lost", "mask", why)] if why else [])
