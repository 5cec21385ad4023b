"""Pictures of numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from annotools.errors import Problems
from annotools.formats.kernel.classes import voc_palette
from annotools.formats.kernel.painting import masks_of, paint, painting_order, png, strange_colors, unpaint
from annotools.geometry.ragged import from_arrays
from annotools.model import Dataset, Shapes

PALETTE = voc_palette(256)
# pixels 1, 2 of line 0; pixels 2 of lines 0 and 1, reaching out of the frame below
MASKS = from_arrays([[0, 2, 1, 0, 2, 0], [0, 3, 2, 0, 2, 2]])


def test_later_masks_cover_earlier_ones() -> None:
    assert paint(MASKS, np.array([3, 5]), (4, 2)).tolist() == [[0, 3, 5, 0], [0, 0, 5, 0]]
    swapped = from_arrays([MASKS[0][6:], MASKS[0][:6]])
    assert paint(swapped, np.array([5, 3]), (4, 2)).tolist() == [[0, 3, 3, 0], [0, 0, 5, 0]]


def test_the_order_of_painting_goes_by_height() -> None:
    shapes = Shapes.of(z_order=[2, 0, 1, 0], offsets=[0] * 5)
    assert painting_order(Dataset(shapes=shapes), np.array([0, 1, 3])).tolist() == [1, 3, 0]


@pytest.mark.parametrize("mode", ["P", "RGB"])
def test_a_picture_comes_back(mode: str) -> None:
    numbers = np.arange(12).reshape(3, 4) * 20
    data = png(numbers, PALETTE, mode)  # type: ignore[arg-type]
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.mode == mode
        assert picture.convert("RGB").getpixel((1, 0)) == tuple(PALETTE[20])
    problems = Problems()
    unpainted = unpaint(data, PALETTE, "a.png", problems)
    assert unpainted is not None
    assert np.array_equal(unpainted, numbers)
    assert len(problems) == 0


def test_colours_that_are_not_in_the_palette_are_named() -> None:
    numbers, problems = np.array([[0, 1], [2, 3]]), Problems()
    unpainted = unpaint(png(numbers, PALETTE, "RGB"), PALETTE[:2], "a.png", problems)
    assert unpainted is not None
    assert unpainted.tolist() == [[0, 1], [-1, -1]]
    assert [str(p) for p in problems] == ["a.png: has the colour #008000, #808000, expected colours of the palette"]


@pytest.mark.parametrize("data", [b"", b"no picture", png(np.zeros((9, 9), np.int64), PALETTE)[:60]])
def test_what_is_no_picture_is_a_problem(data: bytes) -> None:
    problems = Problems()
    assert unpaint(data, PALETTE, "a.png", problems) is None
    assert [str(problem) for problem in problems] == ["a.png: is not a picture, expected a whole PNG"]


@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=6))
def test_masks_paint_the_picture_they_were_cut_from(lines: list[list[int]]) -> None:
    numbers = np.array(lines)
    values = np.unique(numbers[numbers > 0])
    assert np.array_equal(paint(masks_of(numbers, values), values, (5, len(lines))), numbers)


@pytest.mark.parametrize(
    ("strange", "words"), [(4, "#000004"), (5, "#000005"), (6, "#000005 and 1 more"), (9, "#000005 and 4 more")]
)
def test_of_many_colours_five_are_named(strange: int, words: str) -> None:
    assert str(strange_colors(np.arange(1, strange + 1), "a.png")) == (
        f"a.png: has the colour {', '.join(f'#00000{n}' for n in range(1, min(strange, 5)))}, {words}, "
        "expected colours of the palette"
    )
