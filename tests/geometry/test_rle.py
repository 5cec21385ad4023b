"""Run lengths: worked numbers, both directions, damaged input; pycocotools is the judge of COCO's side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as judge

from annotools.geometry import rle, rle_strings, runs
from annotools.geometry.ragged import Bools, from_arrays, to_arrays
from annotools.geometry.rle_faults import check_coco_rles, check_cvat_rles
from tests.geometry.strategies import FRAME, coco_column, in_frame, pictures

SIZE = np.array([6, 5])
WORKED = [0, 2, 2, 2, 2, 1, 1, 1, 3, 3]
MASKS = st.lists(pictures(), min_size=1, max_size=6)


def to_coco(*rows: list[float]) -> list[list[int]]:
    return [row.tolist() for row in to_arrays(*rle.cvat_rle_to_coco_rle(*from_arrays(rows), SIZE))]


def there_and_back(*rows: list[float]) -> list[list[float]]:
    coco = rle.cvat_rle_to_coco_rle(*from_arrays(rows), SIZE)
    return [row.tolist() for row in to_arrays(*rle.coco_rle_to_cvat_rle(*coco, SIZE))]


def test_the_worked_mask_is_written_and_read_back() -> None:
    assert to_coco(WORKED) == [[6, 1, 4, 2, 4, 2, 11]]
    assert there_and_back(WORKED) == [WORKED]
    assert rle_strings.compress_counts(*from_arrays([[6, 1, 4, 2, 4, 2, 11]], np.int64)) == [b"6141007"]


@pytest.mark.parametrize(
    ("given_rle", "tight"),
    [
        ([5, 1, 3, 0, 0, 2, 2], [0, 1, 2, 1, 2, 1]),
        ([9, 1, 1, 3, 3], [1, 0, 0, 0, 0]),
        ([0, 9, 1, 1, 3, 3], [0, 9, 1, 1, 3, 3]),
        ([0, 1, 1, 1, 3, 3], [0, 1, 1, 1, 1, 1]),
        ([0, 2, 0, 1, 1, 1, 3, 1], [0, 3, 1, 1, 3, 1]),
        ([0, 2, 1, 1, 1, 1, 2, 2], [0, 2, 1, 1, 1, 1, 2, 2]),
        ([0, 30, 0, 0, 5, 4], [0, 30, 0, 0, 5, 4]),
    ],
    ids=["loose", "empty", "full box", "runs missing at the end", "empty run", "trailing zeros", "full frame"],
)
def test_what_comes_back_is_tight(given_rle: list[float], tight: list[float]) -> None:
    assert there_and_back(given_rle) == [tight]
    tightened = rle.tighten_cvat_rles(*from_arrays([given_rle]))
    assert tightened[0].tolist() == tight


def test_fractions_are_cut_off() -> None:
    assert to_coco([0.9, 2, 2, 2, 2, 1, 1.9, 1, 3.5, 3]) == to_coco(WORKED)


def test_a_tight_mask_keeps_its_runs_but_gets_its_last_zeros() -> None:
    assert there_and_back([0, 1, 2, 1, 1, 1, 2, 2], [0, 1, 1, 2, 1, 1, 2, 2]) == [
        [0, 1, 2, 1, 1, 1, 2, 2],
        [0, 1, 1, 2, 1, 1, 2, 2],
    ]


@given(MASKS)
def test_coco_agrees_with_pycocotools(masks: list[Bools]) -> None:
    frames = [in_frame(mask) for mask in masks]
    encoded = judge.encode(np.asfortranarray(np.stack(frames, axis=2).astype(np.uint8)))
    (counts, offsets), sizes = coco_column(frames)
    texts = [one["counts"] for one in encoded]
    assert rle_strings.compress_counts(counts, offsets) == texts
    read, ends = rle_strings.decompress_counts(texts)
    assert read.tolist() == counts.tolist()
    assert ends.tolist() == offsets.tolist()
    assert rle.coco_rle_areas(counts, offsets).tolist() == judge.area(encoded).tolist()
    left, top, right, bottom = rle.coco_rle_boxes(counts, offsets, sizes).T
    boxes = np.stack([left, top, right - left + 1, bottom - top + 1], axis=1)
    filled = rle.coco_rle_areas(counts, offsets) > 0
    assert boxes[filled].tolist() == judge.toBbox(encoded)[filled].tolist()


@given(MASKS)
def test_both_ways_between_cvat_and_coco(masks: list[Bools]) -> None:
    frames = [in_frame(mask) for mask in masks]
    coco, sizes = coco_column(frames)
    values, offsets = rle.coco_rle_to_cvat_rle(*coco, sizes)
    painted = [rle.cvat_rle_to_mask(row, FRAME) for row in to_arrays(values, offsets)]
    assert np.array_equal(painted, frames)
    back, ends = rle.cvat_rle_to_coco_rle(values, offsets, sizes)
    assert back.tolist() == coco[0].tolist()
    assert ends.tolist() == coco[1].tolist()


@given(MASKS)
def test_tight_masks_stay_what_they_are(masks: list[Bools]) -> None:
    column = from_arrays([rle.mask_to_cvat_rle(mask, 3, 2) for mask in masks])
    coco = rle.cvat_rle_to_coco_rle(*column, np.array(FRAME))
    assert rle.coco_rle_to_cvat_rle(*coco, np.array(FRAME))[0].tolist() == column[0].tolist()
    assert rle.tighten_cvat_rles(*column)[0].tolist() == column[0].tolist()
    assert rle.cvat_rle_areas(*column).tolist() == [int(mask.sum()) for mask in masks]
    assert rle.are_tight(*column).tolist() == [bool(mask.any()) for mask in masks]


@given(st.lists(pictures(), min_size=1, max_size=4), st.data())
def test_masks_at_the_borders_of_pictures_are_tight(masks: list[Bools], data: st.DataObject) -> None:
    free = data.draw(st.lists(st.tuples(*[st.integers(0, 2)] * 4), min_size=len(masks), max_size=len(masks)))
    frames = [
        np.pad(mask, ((up, down), (left, right))) for mask, (up, down, left, right) in zip(masks, free, strict=True)
    ]
    counts, sizes = coco_column(frames)
    values, offsets = rle.coco_rle_to_cvat_rle(*counts, sizes)
    tight = [rle.mask_to_cvat_rle(frame) for frame in frames]
    assert [row.tolist() for row in to_arrays(values, offsets)] == [row.tolist() for row in tight]
    assert rle.tighten_cvat_rles(values, offsets)[0].tolist() == values.tolist()
    assert rle.cvat_rle_to_coco_rle(values, offsets, sizes)[0].tolist() == counts[0].tolist()


@given(pictures())
def test_a_loose_box_is_found_and_tightened(mask: Bools) -> None:
    flat = in_frame(mask).ravel()
    runs = rle.mask_to_coco_counts(flat.reshape(-1, 1))
    loose = np.concatenate([runs, [-2, 5, FRAME[0] - 3, FRAME[1] + 4]]).astype(float)
    offsets = np.array([0, len(loose)])
    assert not rle.are_tight(loose, offsets)[0]
    assert rle.tighten_cvat_rles(loose, offsets)[0].tolist() == rle.mask_to_cvat_rle(in_frame(mask), -2, 5).tolist()


def test_the_pixels_of_a_loose_box() -> None:
    column = from_arrays([[5, 1, 3, 1, 1, 3, 3], [9, 1, 1, 3, 3], WORKED])
    assert rle.cvat_rle_boxes(*column).tolist() == [[3, 2, 3, 2], [-1, -1, -1, -1], [1, 1, 3, 3]]


@given(st.lists(st.lists(st.integers(-(2**40), 2**40), max_size=9), max_size=6))
def test_any_counts_survive_compression(rows: list[list[int]]) -> None:
    counts, offsets = from_arrays(rows, np.int64)
    read, ends = rle_strings.decompress_counts(rle_strings.compress_counts(counts, offsets))
    assert read.tolist() == counts.tolist()
    assert ends.tolist() == offsets.tolist()


def test_many_masks_are_converted_in_pieces_alike() -> None:
    picture = np.indices((60, 60)).sum(axis=0) % 3 == 0
    one = rle.mask_to_cvat_rle(picture, 2, 1)
    column = from_arrays([one] * 200)
    size = np.array([70, 64])
    counts, offsets = rle.cvat_rle_to_coco_rle(*column, size)
    expected = rle.mask_to_coco_counts(in_frame(picture, 2, 1, (70, 64)))
    assert len(column[0]) > 1 << 17
    assert np.array_equal(counts.reshape(200, -1), np.tile(expected, (200, 1)))
    assert np.array_equal(rle.coco_rle_to_cvat_rle(counts, offsets, size)[0], column[0])


@given(MASKS)
def test_masks_over_many_lines_are_converted_in_pieces_alike(pictures: list[Bools]) -> None:
    column = from_arrays([rle.mask_to_cvat_rle(picture, 1, 1) for picture in pictures])
    counts = rle.cvat_rle_to_coco_rle(*column, np.array(FRAME))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_AT_ONCE", 5)
        parts = rle.cvat_rle_to_coco_rle(*column, np.array(FRAME))
        back = rle.coco_rle_to_cvat_rle(*parts, np.array(FRAME))
    assert [part.tolist() for part in parts] == [part.tolist() for part in counts]
    assert [part.tolist() for part in back] == [part.tolist() for part in rle.tighten_cvat_rles(*column)]


BAD_CVAT = {
    "0 numbers, expected runs and left, top, right, bottom": [],
    "4 numbers, expected runs and left, top, right, bottom": [1, 2, 3, 4],
    "run nan, expected a length of 0 or more": [np.nan, 9, 0, 0, 1, 1],
    "run inf, expected a length of 0 or more": [np.inf, 9, 0, 0, 1, 1],
    "run -1, expected a length of 0 or more": [-1, 2, 0, 0, 1, 1],
    "runs sum to 10, expected at most 4 (2 x 2)": [1, 9, 0, 0, 1, 1],
    "box 0, 0, 6, 1 leaves the frame of 6 x 5": [1, 0, 0, 6, 1],
    "box 0, 0, 1, 5 leaves the frame of 6 x 5": [1, 0, 0, 1, 5],
    "box -1, 0, 2, 1 leaves the frame of 6 x 5": [1, -1, 0, 2, 1],
    "box 0, -1, 2, 1 leaves the frame of 6 x 5": [1, 0, -1, 2, 1],
    "box 3, 0, 2, 1, expected left <= right and top <= bottom": [1, 3, 0, 2, 1],
    "box 0, 3, 2, 1, expected left <= right and top <= bottom": [1, 0, 3, 2, 1],
    "box 0, 0, 1e+300, 1, expected pixel numbers": [1, 0, 0, 1e300, 1],
    "box 0, nan, 1, 1, expected pixel numbers": [1, 0, np.nan, 1, 1],
    "box 0, 0, 1000000000, 1000000000 is too large": [1, 0, 0, 1e9, 1e9],
}


def test_each_fault_of_a_cvat_rle_is_told_apart() -> None:
    faults = check_cvat_rles(*from_arrays([*BAD_CVAT.values(), WORKED]), SIZE)
    assert faults == list(enumerate(BAD_CVAT))


def test_the_row_is_named_when_converting() -> None:
    with pytest.raises(ValueError, match=r"^row 1: runs sum to 10, expected at most 9 \(3 x 3\)$"):
        rle.cvat_rle_to_coco_rle(*from_arrays([WORKED, [10, 1, 1, 3, 3]]), SIZE)


def test_a_box_may_stand_anywhere_when_no_frame_is_given() -> None:
    assert check_cvat_rles(*from_arrays([[0, 4, -7, 900, -6, 901]])) == []


def test_each_fault_of_a_coco_rle_is_told_apart() -> None:
    counts, offsets = from_arrays([[30], [29], [31, -1], [np.nan], [0, 30]])
    assert check_coco_rles(counts, offsets, SIZE) == [
        (1, "counts sum to 29, expected 30 (6 x 5)"),
        (2, "run -1, expected a length of 0 or more"),
        (3, "run nan, expected a length of 0 or more"),
    ]
    assert check_coco_rles(np.zeros(1), np.array([0, 1]), np.array([0, 5])) == [
        (0, "size 0 x 5, expected a frame of at least 1 x 1")
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"61 41007", "counts hold a character outside '0' to 'o'"),
        ("61é", "counts hold a character outside '0' to 'o'"),
        (b"61P", "counts end within a number"),
        (b"PPPPPPPPPPPPPPPP0", "counts hold a number of more than 60 bits"),
    ],
)
def test_damaged_strings_are_refused_by_row(text: str | bytes, fault: str) -> None:
    assert rle_strings.check_compressed([b"6141007", text, ""]) == [(1, fault)]
    with pytest.raises(ValueError, match="row 1: counts"):
        rle_strings.decompress_counts([b"6141007", text])


def test_strings_and_bytes_read_alike() -> None:
    counts, offsets = rle_strings.decompress_counts(["6141007", b"6141007"])
    assert counts[: offsets[1]].tolist() == counts[offsets[1] :].tolist() == [6, 1, 4, 2, 4, 2, 11]


def test_counts_that_do_not_fill_the_frame_are_not_painted() -> None:
    with pytest.raises(ValueError, match="counts sum to 29"):
        rle.coco_counts_to_mask(np.array([29]), (6, 5))
    assert rle.coco_counts_to_mask(np.array([6, 1, 4, 2, 4, 2, 11]), (6, 5)).sum() == 5


def test_no_masks_at_all() -> None:
    none = from_arrays([])
    assert rle.cvat_rle_to_coco_rle(*none, np.zeros((0, 2)))[1].tolist() == [0]
    assert rle.coco_rle_to_cvat_rle(none[0].astype(np.int64), none[1], SIZE)[1].tolist() == [0]
    assert rle_strings.compress_counts(*none) == []
    assert rle_strings.decompress_counts([])[1].tolist() == [0]
    assert check_cvat_rles(*none, SIZE) == []
