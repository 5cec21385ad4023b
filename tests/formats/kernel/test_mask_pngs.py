"""Pictures made of runs: what a decoder reads is what a painting shows."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from annotools.errors import UsageError
from annotools.formats.kernel.classes import voc_palette
from annotools.formats.kernel.mask_pngs import Look, mask_pngs
from annotools.formats.kernel.painting import late_numbers_png, late_png
from annotools.formats.kernel.run_streams import Runs, zlib_streams
from annotools.geometry.painting import paint
from annotools.geometry.ragged import concat, from_arrays, offsets_of
from annotools.geometry.rle import mask_to_cvat_rle

PALETTE = voc_palette(256)
# Lengths at which tokens change: bytes again, 258 of them, all of a token, all of the repeats behind it.
SIZES = st.sampled_from(
    [0, 1, 2, 3, 4, 258, 259, 260, 261, 262, 517, 688, 689, 1032, 1033, 2063, 2064, 2065, 2066, 7482, 7483, 90_000]
)
Stretches = list[tuple[int, int, bytes]]  # zeros, pixels, the bytes of each of these


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[Stretches, int]]:
    """Stretches of some streams, and how many zeros are behind each of them."""
    some, step = st.integers(1, 9_000), draw(st.integers(1, 3))
    pixel = st.binary(min_size=step, max_size=step)
    stretch = st.tuples(SIZES | some, SIZES.filter(bool) | some, pixel)
    return draw(st.lists(st.tuples(st.lists(stretch, max_size=6), SIZES | some), min_size=1, max_size=4))


@given(streams())
@example([([], 0)])
@example([([], 5), ([(0, 1, b"\xff")], 0), ([], 0)])
@example([([(0, 2, b"\0"), (0, 3, b"\0"), (1, 2, b"\1"), (2, 3, b"\xff"), (7, 4, b"\0")], 3)])
@example([([(0, 1, b"\0\1"), (0, 2, b"\1\0"), (1, 3, b"\0\0"), (2, 2, b"\1\2")], 0)])
def test_streams_are_the_bytes_of_their_runs(given_streams: list[tuple[Stretches, int]]) -> None:
    texts, others, ends, start, pixels = [], [], [], [], []
    inverse = bytes(255 - number for number in range(256))
    for stretches, rest in given_streams:
        text = other = b""
        for zeros, count, pixel in stretches:
            start.append(len(text) + zeros)
            text += bytes(zeros) + pixel * count
            other += bytes(zeros) + pixel.translate(inverse) * count
            ends.append(len(text))
            pixels.append(list(pixel))
        texts.append(text + bytes(rest))
        others.append(other + bytes(rest))
    counts = [len(stretches) for stretches, _ in given_streams]
    columns = np.array(start, np.int64), np.array(ends, np.int64), np.array([len(text) for text in texts], np.int64)
    values = np.array(pixels, np.uint8).reshape(len(pixels), -1) if pixels else np.zeros((0, 1), np.uint8)
    packed = zlib_streams(Runs(offsets_of(counts), *columns), values, 255 - values)
    assert [zlib.decompress(data) for data in packed[0]] == texts
    assert [zlib.decompress(data) for data in packed[1]] == others


@st.composite
def drawn(draw: st.DrawFn) -> list[tuple[tuple[int, int], list[np.ndarray]]]:
    """Sizes of pictures, and masks of each, which may lie over one another."""
    pictures = []
    for _ in range(draw(st.integers(1, 4))):
        width, height = draw(st.integers(1, 9)), draw(st.integers(1, 6))
        bits = st.lists(st.booleans(), min_size=width * height, max_size=width * height)
        masks = [np.array(draw(bits)).reshape(height, width) for _ in range(draw(st.integers(0, 3)))]
        pictures.append(((width, height), masks))
    return pictures


@given(drawn())
def test_pictures_are_those_that_are_painted(pictures: list[tuple[tuple[int, int], list[np.ndarray]]]) -> None:
    sizes = np.array([size for size, _ in pictures])
    masks = [from_arrays([mask_to_cvat_rle(mask) for mask in masks]) for _, masks in pictures]
    counts = [len(offsets) - 1 for _, offsets in masks]
    picture = np.repeat(np.arange(len(pictures)), counts)
    numbers = 1 + np.arange(len(picture)) % 255, 255 - np.arange(len(picture)) % 255
    looks = [Look.indexed(column, PALETTE) for column in numbers]
    for made, column in zip(mask_pngs(concat(masks), picture, sizes, *looks), numbers, strict=True):
        for index, (data, (size, _)) in enumerate(zip(made, pictures, strict=True)):
            with Image.open(io.BytesIO(data)) as opened:
                assert (opened.mode, opened.size) == ("P", size)
                assert np.array_equal(np.asarray(opened), paint(masks[index], column[picture == index], size))
                assert np.array_equal(np.asarray(opened.convert("RGB")), PALETTE[np.asarray(opened)])


@given(drawn(), st.integers(1, 65_535))
def test_pictures_of_other_kinds_are_those_that_are_painted(
    pictures: list[tuple[tuple[int, int], list[np.ndarray]]], number: int
) -> None:
    """Grey ones of 8 and 16 bits, and those in colours, of which a mask may have black."""
    for size, masks in pictures:
        rles = from_arrays([mask_to_cvat_rle(mask) for mask in masks])
        numbers = (number * (1 + np.arange(len(masks)))) % 65_536
        expected = paint(rles, numbers, size)
        with Image.open(io.BytesIO(b"".join(late_numbers_png(rles, numbers, size, 16)))) as opened:
            assert np.array_equal(np.asarray(opened), expected)
        with Image.open(io.BytesIO(b"".join(late_numbers_png(rles, numbers % 256, size)))) as opened:
            assert opened.mode == "L"
            assert np.array_equal(np.asarray(opened), expected % 256)
        for palette in (PALETTE, 255 - PALETTE):
            with Image.open(io.BytesIO(b"".join(late_png(rles, numbers % 256, size, palette, "RGB")))) as opened:
                assert opened.mode == "RGB"
                assert np.array_equal(np.asarray(opened), palette[expected % 256])


def test_a_large_picture_with_lines_longer_than_tokens_comes_back() -> None:
    size = 9_000, 40
    masks = from_arrays([[0, 9_000 * 20, 0, 5, 8_999, 24], [0, 3, 2, 30, 4, 30], [0, 1, 8_999, 39, 8_999, 39]])
    look = Look.indexed(np.array([7, 8, 9]), PALETTE)
    ((data,),) = mask_pngs(masks, np.zeros(3, np.int64), np.array([size]), look)
    with Image.open(io.BytesIO(data)) as opened:
        assert np.array_equal(np.asarray(opened), paint(masks, np.array([7, 8, 9], np.uint8), size))
    assert len(data) < 3_000


def test_what_lies_outside_of_a_picture_is_not_in_it() -> None:
    masks = from_arrays([[0, 9, -1, -1, 1, 1], [0, 4, 3, 2, 4, 3]])
    look = Look.indexed(np.array([1, 2]), PALETTE[:3])
    ((data,),) = mask_pngs(masks, np.zeros(2, np.int64), np.array([(4, 3)]), look)
    with Image.open(io.BytesIO(data)) as opened:
        assert np.asarray(opened).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 2]]


def test_a_picture_that_nobody_could_read_is_refused() -> None:
    masks = from_arrays([[0, 1, 0, 0, 0, 0]])
    with pytest.raises(UsageError, match=r"is of 9,000,000 x 10 pixels, expected at most"):
        mask_pngs(masks, np.zeros(1, np.int64), np.array([(9_000_000, 10)]), Look.indexed(np.array([1]), PALETTE))
