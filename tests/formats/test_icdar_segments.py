"""ICDAR Segmentation: words of characters, and lines that are none."""

from __future__ import annotations

from pathlib import Path

import annotools as at
from tests.formats.files import problems_of
from tests.formats.mask_files import BLUE, GREEN, LEFT, NUMBERS, RED, RIGHT, WHITE, masks, picture, read

SEGMENTS = """#1 1 1 - - 0 0 1 1 " "
255 0 0 0.5 1 0 0 2 2 "a \\"b\\""
0 255 0 - - 3 0 4 2 "c"

0 0 255 - - 2 2 3 3
"""


def test_characters_of_one_word_are_a_group(tmp_path: Path) -> None:
    numbers = NUMBERS.copy()
    numbers[2, 2:] = 3, 4
    data = picture(numbers, [WHITE, RED, GREEN, BLUE, (1, 1, 1)], suffix="BMP")
    result = read(tmp_path, {"train/x_GT.txt": SEGMENTS, "train/x_GT.bmp": data}, "icdar-segmentation")
    assert problems_of(result) == []
    shapes = [*result.dataset.shapes]
    assert [(s.points.astype(int).tolist(), dict(s.attributes).get("text"), s.group > 0) for s in shapes] == [
        (LEFT, 'a "b"', True), (RIGHT, "c", True), ([0, 1, 2, 2, 2, 2], None, False),
    ]  # fmt: skip
    at.write(result.dataset, tmp_path / "out", "icdar-segmentation")
    assert (tmp_path / "out" / "train" / "x_GT.txt").read_text() == (
        '128 0 0 0.5 1 0 0 2 2 "a \\"b\\""\n0 128 0 - - 3 0 4 2 "c"\n\n128 128 0 - - 2 2 3 3\n'
    )


def test_lines_that_are_none_and_colours_that_come_again_are_problems(tmp_path: Path) -> None:
    text = '255 0 0 - - 0 0 2 2 "a"\n255 0 0 - - 0 0 2 2 "b"\nnothing\n300 0 0 - - 0 0 2 2 "c"\n'
    data = picture(NUMBERS, [WHITE, RED, GREEN], suffix="BMP")
    result = read(tmp_path, {"x_GT.txt": text, "x_GT.bmp": data}, "icdar-segmentation")
    expected = "expected 3 numbers of a colour, a centre, 4 numbers of a box, and what is written there"
    assert [text.partition("x_GT")[2] for text in problems_of(result)] == [
        ".txt:2: has the colour of line 1 again, expected a colour of its own",
        f".txt:3: is 'nothing', {expected}",
        f""".txt:4: is '300 0 0 - - 0 0 2 2 "c"', {expected}""",
        ".bmp: has the colour #00ff00, expected colours of the palette",
    ]
    assert masks(result.dataset) == [("x", "icdar", LEFT)]
