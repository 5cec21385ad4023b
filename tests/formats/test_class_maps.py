"""Which class the numbers and colours of a picture of masks are of, by a list of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from annotools.formats.kernel.painting import Pixels
from annotools.formats.masks.class_maps import ClassMap

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
