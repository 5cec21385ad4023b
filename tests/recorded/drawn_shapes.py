"""Kernels that take outlines and masks, on some that are odd."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from annotools.geometry import (
    contours_opencv,
    masks,
    painting,
    part_bridges,
    polygons,
    ragged,
    raster,
    rings,
    rle,
    rle_faults,
    rle_strings,
    spans,
    tangles,
    visible,
)  # fmt: skip
from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.ragged import from_arrays
from tests.recorded.records import Cases

ANGLES = np.array([0.0, 359.99, -10.0, 360.0, 720.5, 45.0, 90.0, 180.0, 0.004, 270.0, 30.0])
BOXES = np.array(
    [(0, 0, 10, 10), (2, 3, 2, 9), (5, 5, 15, 15), (9.5, 9.25, 30, 11), (-3, -2, 4, 50), (10, 10, 0, 0), (10, 0, 20,
        10),
     (0.1, 0.2, 0.3, 0.4), (3, 3, 7, 7), (0, 0, 10, 10), (12, 12, 12, 12)]
)  # fmt: skip
SIZES = np.tile([[20, 16]], (len(BOXES), 1))
OUTLINES: tuple[tuple[float, ...], ...] = (
    (0, 0, 10, 0, 10, 10), (3, 2, 8, 2, 8, 6, 3, 6), (1, 1, 9, 1, 9, 1, 9, 9, 1, 9, 1, 1), (0, 0, 10, 10, 10, 0, 0,
        10), (5, 5, 5, 5, 5, 5),
    (1, 1, 2, 2, 3, 3), (-5, -5, 25, -5, 25, 21, -5, 21), (2.5, 2.5, 6.125, 3, 4, 12.75), (0.5, 0.5, 2.5, 0.5, 2.5,
        2.5, 0.5, 2.5),
    (4, 4, 12, 4, 12, 5, 5, 5, 5, 9, 12, 9, 12, 10, 4, 10), (1, 1), (1, 1, 4, 4), (), (0, 0, 9, 0, 9, 9, 0, 9, 0, 3,
        6, 3, 6, 6, 0, 6),
)  # fmt: skip


BROKEN = ((0, 1, 5, 5, 5, 5), (0, 2, 5, 5, 5, 5), (1, 1, 1, 1), (0, 4, 19, 15, 20, 16), (0, 1, -1, 0, -1, 0), (0, 1,
    3, 3, 2, 3), (0.5, 0.5, 1, 1, 1, 1),
    (-1, 2, 1, 1, 1, 1), (), (0, 1, 1), (np.nan, 1, 1, 1, 1, 1), (0, 1, 19, 15, 19, 15), (1, 4, 4, 4, 4))  # fmt: skip


@cache
def _pictures() -> list[Any]:
    random = np.random.default_rng(9)
    drawn = [
        random.random((high, wide)) < share
        for high, wide, share in ((6, 7, 0.5), (1, 9, 0.6), (9, 1, 0.6), (5, 5, 0.9), (8, 8, 0.2))
    ]
    ring = np.ones((7, 7), bool)
    ring[2:5, 2:5] = False
    island = ring.copy()
    island[3, 3] = True
    return [
        *drawn,
        ring,
        island,
        np.eye(5, dtype=bool),
        np.zeros((3, 3), bool),
        np.ones((1, 1), bool),
        np.ones((4, 6), bool),
    ]


@cache
def _masks() -> Any:
    return from_arrays(
        [rle.mask_to_cvat_rle(picture, 2 + number, 1 + number % 3) for number, picture in enumerate(_pictures())]
    )


def of_masks() -> Cases:
    """Run lengths of CVAT and COCO, what is wrong with some, several together, and pictures of them."""
    yield from _run_lengths()
    yield from _faults()
    yield from _together()
    yield from _painted()


def _run_lengths() -> Cases:
    known, sizes = _masks(), _sizes()
    coco = rle.cvat_rle_to_coco_rle(*known, sizes)
    for name in ("tighten_cvat_rles", "are_tight", "cvat_rle_areas", "cvat_rle_boxes"):
        yield name, partial(getattr(rle, name), *known)
    yield (
        "coco",
        lambda: [
            coco,
            rle.coco_rle_areas(*coco),
            rle.coco_rle_boxes(*coco, sizes),
            rle.coco_rle_to_cvat_rle(*coco, sizes),
        ],
    )
    texts = rle_strings.compress_counts(*coco)
    yield (
        "compressed",
        lambda: [
            texts,
            rle_strings.decompress_counts(texts),
            rle_strings.decompressed([*texts, b"~~", b"1", "PP", b""]),
        ],
    )
    yield "check_compressed", lambda: rle_strings.check_compressed([*texts, b"~~", b"\xff", b"1", "", b"0" * 40])


def _sizes() -> Any:
    return np.tile([[20, 16]], (len(_pictures()), 1))


def _faults() -> Cases:
    yield "boxes_to_cvat_rle", lambda: masks.boxes_to_cvat_rle(BOXES, ANGLES, SIZES)
    yield (
        "check_cvat_rles",
        lambda: [
            rle_faults.check_cvat_rles(*_broken(), size) for size in (None, np.tile([[20, 16]], (len(BROKEN), 1)))
        ],
    )
    yield (
        "check_coco_rles",
        lambda: rle_faults.check_coco_rles(
            *from_arrays([[3, 3], [9], [1, 2, 3], [-1, 10], [], [4, 6]], np.int64), np.tile([[3, 3]], (6, 1))
        ),
    )


def _together() -> Cases:
    known, sizes = _masks(), _sizes()
    for name in ("cvat_rle_to_polygons", "trace_cvat_rle", "part_counts"):
        yield name, partial(getattr(masks, name), *known)
    for name in ("clip_cvat_rle", "move_cvat_rle"):
        yield name, partial(getattr(masks, name), *known, sizes // 2)
    groups_ = np.arange(len(_pictures())) // 2
    yield "union_cvat_rle", lambda: masks.union_cvat_rle(*known, groups_, int(groups_.max()) + 1)
    yield "share_pixels", lambda: masks.share_pixels(*known, groups_)
    reverse = ragged.take(*known, np.arange(len(_pictures()))[::-1])
    yield "ious", lambda: [masks.shared_areas(known, reverse), masks.mask_ious(known, reverse)]
    yield "seen_parts", lambda: visible.seen_parts(known, np.arange(len(_pictures())) // 4, sizes)
    yield "are_alone", lambda: visible.are_alone(rle.cvat_rle_boxes(*known), np.arange(len(_pictures())) // 4)


def _painted() -> Cases:
    known, sizes = _masks(), _sizes()
    yield "paint", lambda: painting.paint(known, np.arange(len(_pictures())) + 1, (20, 16))
    numbers = painting.paint(known, np.arange(len(_pictures())) + 1, (20, 16))
    yield "unpainted", lambda: [painting.masks_of(numbers, np.array([1, 2, 5, 99])), painting.picture_runs(numbers)]
    for number, picture in enumerate(_pictures()):
        points = rle.mask_to_cvat_rle(picture, 1, 2)
        yield f"outlines/{number}", partial(cvat_rle_to_outlines, points, (20, 16))
        yield f"contours/{number}", partial(contours_opencv.cvat_rle_to_contours, points, (20, 16))
        yield f"borders/{number}", partial(_borders, picture)
    spanned = spans.cvat_rle_to_spans(*known)
    yield (
        "spans",
        lambda: [
            spanned,
            spans.span_boxes(spanned, len(_pictures())),
            spans.merge_spans(spanned),
            spans.clip_spans(spanned, sizes // 3),
        ],
    )
    yield "keyholes", lambda: rings.keyholed_polygons(rings.trace_spans(spanned))


def _borders(picture: Any) -> Any:
    return [
        (border.hole, border.start, border.codes, border.parent.start if border.parent else None)
        for border in contours_opencv.border_tree(picture)
    ]


def _broken() -> Any:
    return from_arrays(BROKEN)


@cache
def outlines() -> Any:
    return from_arrays(OUTLINES)


def _polygons() -> Any:
    return from_arrays([outline for outline in OUTLINES if len(outline) >= 6])


def of_outlines() -> Cases:
    three = _polygons()
    for name in ("signed_areas", "polygon_areas", "perimeters", "polyline_lengths", "are_closed", "distinct_points",
        "without_repeats",
                 "reversed_points", "are_valid", "validity_reasons"):  # fmt: skip
        yield name, partial(getattr(polygons, name), *(three if "valid" in name else outlines()))
    sizes = np.tile([[20, 16]], (len(three[1]) - 1, 1))
    for name in ("polygons_to_coco_rle", "polygon_pixel_areas"):
        yield name, partial(getattr(raster, name), *three, sizes)
    yield "are_drawable", lambda: raster.are_drawable(*outlines())
    yield "check_polygons", lambda: raster.check_polygons(*outlines())
    yield "to_masks", lambda: masks.polygons_to_cvat_rle(*three, sizes)
    yield (
        "odd_points",
        lambda: raster.check_polygons(
            *from_arrays([(np.nan, 1, 2, 3, 4, 5), (1e10, 0, 1, 1, 2, 2), (1, 2, 3), (1, 2, 3, 4)])
        ),
    )
    for number, outline in enumerate(OUTLINES):
        points = np.asarray(outline, np.float64)
        for tolerance in (0.0, 1.0, 2.5):
            if len(points) >= 6:
                yield (
                    f"simplified/{number}/{tolerance}",
                    partial(polygons.simplified, points.reshape(-1, 2), tolerance, number % 2 == 0),
                )
        if len(points) >= 6:
            yield f"meetings/{number}", partial(tangles.meetings, points.reshape(-1, 2))
            yield f"many_crossings/{number}", partial(tangles.many_crossings, points.reshape(-1, 2))
    yield "bridged", lambda: part_bridges.bridged([_points(OUTLINES[0]), _points(OUTLINES[1]) + 20])
    yield (
        "overlap",
        lambda: [part_bridges.overlap([_points(a), _points(b)]) for a in OUTLINES[:4] for b in OUTLINES[4:9]],
    )
    yield "meetings/star", lambda: tangles.meetings(_star(41), 2)
    yield "many_crossings/star", lambda: tangles.many_crossings(_star(401))


def _points(outline: tuple[float, ...]) -> Any:
    return np.asarray(outline, np.float64).reshape(-1, 2)


def _star(points: int) -> Any:
    angles = np.arange(points) * (points // 2) * 2 * np.pi / points
    return np.stack([50 + 40 * np.cos(angles), 50 + 40 * np.sin(angles)], 1)
