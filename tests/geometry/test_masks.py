"""Masks as wholes: union, overlap, clipping, and polygons that rasterise to the mask they were traced from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as judge

from annotools.geometry import masks, polygons, raster, rings, rle
from annotools.geometry.blocks import Blocks, cvat_rle_to_blocks
from annotools.geometry.ragged import Bools, Floats, Ints, Ragged, from_arrays, to_arrays
from annotools.geometry.spans import cvat_rle_to_spans
from tests.geometry.strategies import FRAME, in_frame, pictures

SIZE = np.array(FRAME)
MASKS = st.lists(pictures(), min_size=1, max_size=6)
RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)


def column(pictures: list[Bools]) -> Ragged:
    return from_arrays([rle.mask_to_cvat_rle(picture, 3, 2) for picture in pictures])


def painted(pair: Ragged) -> list[Bools]:
    return [rle.cvat_rle_to_mask(row, FRAME) for row in to_arrays(*pair)]


def parts(picture: Bools) -> int:
    """The parts joined by sides, counted by spreading one pixel at a time."""
    left, count = {(int(y), int(x)) for y, x in np.argwhere(picture)}, 0
    while left:
        count, front = count + 1, [left.pop()]
        while front:
            y, x = front.pop()
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & left
            left -= near
            front += near
    return count


@given(MASKS)
def test_traced_polygons_rasterise_to_the_same_mask(pictures: list[Bools]) -> None:
    values, offsets, row = masks.cvat_rle_to_polygons(*column(pictures))
    assert np.bincount(row, minlength=len(pictures)).tolist() == [parts(picture) for picture in pictures]
    for number, picture in enumerate(pictures):
        own = [polygon.tolist() for polygon in to_arrays(values, offsets) if len(polygon)]
        own = [polygon for polygon, of in zip(own, row.tolist(), strict=True) if of == number]
        painted = (
            judge.decode(judge.merge(judge.frPyObjects(own, FRAME[1], FRAME[0]))) if own else np.zeros(FRAME[::-1])
        )
        assert np.array_equal(painted.astype(bool), in_frame(picture))


@given(MASKS)
def test_parts_do_not_overlap_and_keep_the_area(pictures: list[Bools]) -> None:
    traced = column(pictures)
    values, offsets, row = masks.cvat_rle_to_polygons(*traced)
    areas = rle.cvat_rle_areas(*traced)
    assert np.bincount(row, polygons.signed_areas(values, offsets), minlength=len(areas)).tolist() == areas.tolist()
    united = masks.union_cvat_rle(*masks.polygons_to_cvat_rle(values, offsets, SIZE), row, len(pictures))
    assert np.array_equal(painted(united), painted(traced))
    assert masks.part_counts(*traced).tolist() == [parts(picture) for picture in pictures]


@given(MASKS)
def test_rings_run_with_the_mask_on_their_right(pictures: list[Bools]) -> None:
    traced = column(pictures)
    traced_rings = rings.trace_spans(cvat_rle_to_spans(*traced))
    areas = polygons.signed_areas(traced_rings.values.astype(float), traced_rings.offsets)
    assert ((areas < 0) == traced_rings.holes).all()
    assert (traced_rings.holes == (traced_rings.outer != np.arange(len(areas)))).all()
    assert (traced_rings.row[traced_rings.outer] == traced_rings.row).all()
    sums = np.bincount(traced_rings.row, areas, minlength=len(pictures))
    assert sums.tolist() == rle.cvat_rle_areas(*traced).tolist()


def test_a_ring_is_an_outline_and_a_hole() -> None:
    traced = rings.trace_spans(cvat_rle_to_spans(rle.mask_to_cvat_rle(RING), np.array([0, 8])))
    outlines = [row.tolist() for row in to_arrays(traced.values, traced.offsets)]
    assert outlines == [[0, 0, 3, 0, 3, 3, 0, 3], [1, 1, 1, 2, 2, 2, 2, 1]]
    assert traced.outer.tolist() == [0, 0]


def test_a_ring_is_one_polygon_with_a_cut() -> None:
    values, offsets, row = masks.cvat_rle_to_polygons(*from_arrays([rle.mask_to_cvat_rle(RING)]))
    assert values.tolist() == [0, 0, 3, 0, 3, 3, 0, 3, 0, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 0, 1]
    assert offsets.tolist() == [0, 22]
    assert row.tolist() == [0]


@pytest.mark.parametrize("picture", [np.ones((1, 1)), np.ones((1, 2)), np.ones((7, 1)), np.eye(4), np.ones((12, 12))])
def test_thin_masks_do_not_vanish(picture: np.ndarray) -> None:
    values, offsets, _ = masks.cvat_rle_to_polygons(*column([picture.astype(bool)]))
    assert polygons.polygon_areas(values, offsets).sum() == picture.sum()


def test_an_empty_mask_has_no_polygon() -> None:
    values, offsets, row = masks.cvat_rle_to_polygons(np.array([9.0, 1, 1, 3, 3]), np.array([0, 5]))
    assert (values.tolist(), offsets.tolist(), row.tolist()) == ([], [0], [])


@given(MASKS, st.data())
def test_union_by_groups(pictures: list[Bools], data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.integers(0, 3), min_size=len(pictures), max_size=len(pictures)))
    expected = [np.zeros(FRAME[::-1], bool) for _ in range(4)]
    for picture, group in zip(pictures, groups, strict=True):
        expected[group] |= in_frame(picture)
    united = masks.union_cvat_rle(*column(pictures), np.array(groups), 4)
    assert np.array_equal(painted(united), expected)
    assert united[0].tolist() == rle.tighten_cvat_rles(*united)[0].tolist()


PLACED = st.lists(st.tuples(pictures(), st.integers(-2, 6), st.integers(-2, 4), st.integers(0, 2)), max_size=6)


@given(PLACED)
def test_masks_of_a_group_share_what_is_set_in_two_of_them(placed: list[tuple[Bools, int, int, int]]) -> None:
    groups = np.array([group for *_, group in placed], np.int64)
    canvas = np.zeros((len(placed), 60, 60), np.bool_)
    for row, (picture, left, top, _) in enumerate(placed):
        canvas[row, top + 9 : top + 9 + len(picture), left + 9 : left + 9 + picture.shape[1]] = picture
    runs = from_arrays([rle.mask_to_cvat_rle(picture, left, top) for picture, left, top, _ in placed])
    expected = [
        any((canvas[row] & canvas[other]).any() for other in np.flatnonzero(groups == groups[row]) if other != row)
        for row in range(len(placed))
    ]
    assert masks.share_pixels(*runs, groups).tolist() == expected


@st.composite
def between_the_same_columns(draw: st.DrawFn) -> list[Bools]:
    """Pictures in frames of one size, the boxes of which stay as wide as the frame."""
    width = draw(st.integers(1, 7))
    return [np.resize(picture, (len(picture), width)) for picture in draw(st.lists(pictures(), max_size=6))]


@given(between_the_same_columns(), st.data())
def test_masks_between_the_same_columns_are_united_and_held_against_each_other(
    boxes: list[Bools], data: st.DataObject
) -> None:
    placed = [(box, data.draw(st.integers(0, 4)), data.draw(st.integers(0, 1))) for box in boxes]
    groups = np.array([group for *_, group in placed], np.int64)
    runs = from_arrays([
        [*np.diff([0, *(np.flatnonzero(np.diff(box.ravel(), prepend=False))), box.size]),
         2, top, 1 + box.shape[1], top + len(box) - 1]
        for box, top, _ in placed
    ])  # fmt: skip
    frames = np.zeros((len(placed), *FRAME[::-1]), bool)
    for frame, (box, top, _) in zip(frames, placed, strict=True):
        frame[top : top + len(box), 2 : 2 + box.shape[1]] = box
    shared = [
        any((frames[row] & frames[other]).any() for other in np.flatnonzero(groups == groups[row]) if other != row)
        for row in range(len(placed))
    ]
    assert masks.share_pixels(*runs, groups).tolist() == shared
    united = masks.union_cvat_rle(*runs, groups, 2)
    assert np.array_equal(painted(united), [frames[groups == group].any(axis=0) for group in range(2)])


def test_masks_far_apart_share_nothing() -> None:
    far = (1 << 31) - 9
    placed = [(0, 0), (far, far), (-far, far), (0, 0), (far, far)]
    runs = from_arrays([rle.mask_to_cvat_rle(np.ones((2, 2), bool), left, top) for left, top in placed])
    assert masks.share_pixels(*runs, np.array([0, 0, 0, 0, 1])).tolist() == [True, False, False, True, False]
    assert masks.share_pixels(*runs, np.zeros(5, np.int64)).tolist() == [True, True, False, True, True]
    assert masks.share_pixels(np.zeros(0), np.zeros(1, np.int64), np.zeros(0, np.int64)).tolist() == []


def test_a_group_is_united_some_masks_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many masks a group has, only so many of their lines are there at once."""
    slope = np.pad(np.eye(6, dtype=bool), ((0, 0), (0, 2)))
    crowd = [np.roll(slope, shift, axis=1) for shift in (0, 1, 2)] * 5
    groups = np.array([0] * 12 + [1] * 3)
    united = masks.union_cvat_rle(*column(crowd), groups, 2)
    lines: list[int] = []

    def counted(values: Floats, offsets: Ints) -> Blocks:
        blocks = cvat_rle_to_blocks(values, offsets)
        lines.append(len(blocks.y))
        return blocks

    monkeypatch.setattr(masks, "cvat_rle_to_blocks", counted)
    monkeypatch.setattr(masks._portions, "__defaults__", (24,))
    again = masks.union_cvat_rle(*column(crowd), groups, 2)
    assert [part.tolist() for part in again] == [part.tolist() for part in united]
    assert len(lines) > 2
    assert max(lines) <= 36


@given(pictures(), pictures(), st.integers(-4, 4), st.integers(-4, 4))
def test_overlap_of_two_masks(first: Bools, second: Bools, x: int, y: int) -> None:
    one, other = column([first]), from_arrays([rle.mask_to_cvat_rle(second, 3 + x, 2 + y)])
    big = (40, 40)
    both = [in_frame(first, 13, 12, big), in_frame(second, 13 + x, 12 + y, big)]
    shared, total = int((both[0] & both[1]).sum()), int((both[0] | both[1]).sum())
    assert masks.shared_areas(one, other).tolist() == [shared]
    assert masks.mask_ious(one, other).tolist() == [shared / max(total, 1)]


@given(pictures(), st.integers(-14, 25), st.integers(-14, 20))
def test_clip_keeps_what_lies_in_the_frame(picture: Bools, left: int, top: int) -> None:
    moved = masks.move_cvat_rle(*from_arrays([rle.mask_to_cvat_rle(picture)]), np.array([[left, top]]))
    clipped = masks.clip_cvat_rle(moved, np.array([0, len(moved)]), SIZE)
    big = in_frame(picture, 20 + left, 20 + top, (80, 80)) if picture.any() else np.zeros((80, 80), bool)
    expected = big[20 : 20 + FRAME[1], 20 : 20 + FRAME[0]]
    assert np.array_equal(painted(clipped)[0], expected)


def test_a_turned_box_has_the_pixels_of_its_polygon() -> None:
    turned = masks.boxes_to_cvat_rle(np.array([[2.0, 3, 8, 5], [2, 3, 8, 5]]), np.array([0.0, 90]), SIZE)
    assert [row.tolist() for row in to_arrays(*turned)] == [[0, 12, 2, 3, 7, 4], [0, 12, 4, 1, 5, 6]]


DAMAGED = from_arrays([[0, 1, 0, 0, 0, 0], [5, 0, 0, 1, 1]])
ALONE = np.zeros(2, np.int64)
ASKED: dict[str, Callable[[], object]] = {
    "union": lambda: masks.union_cvat_rle(*DAMAGED, ALONE, 1),
    "clip": lambda: masks.clip_cvat_rle(*DAMAGED, SIZE),
    "shared areas, first": lambda: masks.shared_areas(DAMAGED, column([np.ones((1, 1), bool)] * 2)),
    "shared areas, second": lambda: masks.shared_areas(column([np.ones((1, 1), bool)] * 2), DAMAGED),
    "likeness": lambda: masks.mask_ious(DAMAGED, column([np.ones((1, 1), bool)] * 2)),
    "polygons": lambda: masks.cvat_rle_to_polygons(*DAMAGED),
    "rings": lambda: masks.trace_cvat_rle(*DAMAGED),
    "parts": lambda: masks.part_counts(*DAMAGED),
    "shared pixels": lambda: masks.share_pixels(*DAMAGED, ALONE),
    "whole pictures": lambda: rle.cvat_rle_to_coco_rle(*DAMAGED, SIZE),
    "tight": lambda: rle.tighten_cvat_rles(*DAMAGED),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_damaged_mask_is_named_by_its_row(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^row 1: runs sum to 5, expected at most 4 \(2 x 2\)$"):
        ask()


@pytest.mark.parametrize("ask", [masks.polygons_to_cvat_rle, raster.polygons_to_coco_rle])
def test_a_polygon_that_is_none_is_named_by_its_row(ask: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match=r"^row 1: "):
        ask(*from_arrays([[0.0, 0, 1, 0, 1, 1], [0, 0, np.nan, 0, 1, 1]]), SIZE)


@given(MASKS, st.integers(1, 40))
def test_masks_are_traced_and_united_alike_some_at_a_time(pictures: list[Bools], at_once: int) -> None:
    given_ = column(pictures)
    groups = np.arange(len(pictures)) % 2
    whole = masks.trace_cvat_rle(*given_), masks.union_cvat_rle(*given_, groups, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "_AT_ONCE", at_once)
        parted = masks.trace_cvat_rle(*given_), masks.union_cvat_rle(*given_, groups, 3)
    for one, other in zip(whole, parted, strict=True):
        assert [field.tolist() for field in one] == [field.tolist() for field in other]


@given(MASKS, st.integers(1, 60))
def test_polygons_are_painted_alike_some_at_a_time(pictures: list[Bools], at_once: int) -> None:
    """Each in a picture of its own size, which must go with it."""
    values, offsets, row = masks.cvat_rle_to_polygons(*column(pictures))
    sizes = np.stack([FRAME[0] - row, FRAME[1] + row], axis=1)
    whole = masks.polygons_to_cvat_rle(values, offsets, sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masks, "_POINTS", at_once)
        parted = masks.polygons_to_cvat_rle(values, offsets, sizes)
    assert [part.tolist() for part in parted] == [part.tolist() for part in whole]


def test_each_polygon_is_cut_at_the_border_of_its_own_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    squares = [[0.0, 0, 9, 0, 9, 9, 0, 9], [1.0, 1, 9, 1, 9, 9, 1, 9], [0.0, 0, 9, 0, 9, 9, 0, 9]]
    sizes = np.array([[2, 3], [4, 2], [1, 1]])
    expected = [[0, 6, 0, 0, 1, 2], [0, 3, 1, 1, 3, 1], [0, 1, 0, 0, 0, 0]]
    for at_once in (masks._POINTS, 1):
        monkeypatch.setattr(masks, "_POINTS", at_once)
        painted_ = masks.polygons_to_cvat_rle(*from_arrays(squares), sizes)
        assert [part.tolist() for part in to_arrays(*painted_)] == expected
