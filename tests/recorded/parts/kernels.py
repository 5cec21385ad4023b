"""The kernels of geometry on drawn and hand-made arrays, and what happens to tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from annotools.geometry import (
    boxes,
    calipers_opencv,
    cuboids,
    ellipses,
    ellipses_opencv,
    ragged,
    widths,
)  # fmt: skip
from annotools.quirks import CVAT, NONE
from annotools.tracks.agreement import assign, shapes_agree
from annotools.tracks.closing import to_keyframes
from annotools.tracks.cutting import cut
from annotools.tracks.importing import as_server_stores
from annotools.tracks.interpolating import interpolate
from annotools.tracks.interpolation_modes import turned, turned_space
from annotools.tracks.merging import merge_jobs
from annotools.tracks.nearest import nearest
from annotools.tracks.splitting import split_into_jobs
from tests.recorded.corpus import datasets
from tests.recorded.drawn_shapes import ANGLES, BOXES, SIZES, of_masks, of_outlines, outlines
from tests.recorded.parts.steps import differences
from tests.recorded.records import Cases

TRACKED = (
    "tracks",
    "jobs-tracks",
    "drawn-0",
    "drawn-1",
    "drawn-2",
    "drawn-3",
    "sequence",
    "skeletons",
    "clouds",
    "video",
    "full-jobs",
    "odd",
    "namesakes",
)
CUTS = ((0, 11), (0, 4), (3, 6), (5, 5), (7, 9), (4, 20), (11, 11), (6, 3))


def groups() -> Iterator[str]:
    """A group for what happens to tracks, others by what kernels take."""
    yield from ("tracks", "boxes", "outlines", "masks", "ellipses", "numbers")


def cases(group: str) -> Cases:
    """All calls of a group."""
    yield from _GROUPS[group]()


def _tracks() -> Cases:
    for name in TRACKED:
        for word, quirks in (("plain", NONE), ("cvat", CVAT)):
            for way in (interpolate, merge_jobs, split_into_jobs, to_keyframes, as_server_stores):
                yield f"{way.__name__}/{name}/{word}", partial(_changed, name, partial(_pair, way, quirks))
        for first, last in CUTS if name in ("tracks", "drawn-0", "sequence") else CUTS[1:3]:
            yield f"cut/{name}/{first}-{last}", partial(_changed, name, partial(_cut, first, last))


def _pair(way: Callable[..., Any], quirks: Any, dataset: Any) -> Any:
    try:
        return way(dataset, quirks=quirks)
    except TypeError as error:
        if "quirks" not in str(error):
            raise
        return way(dataset)


def _cut(first: int, last: int, dataset: Any) -> Any:
    return cut(dataset, first, last)


def _changed(name: str, way: Callable[[Any], Any]) -> Any:
    after, losses = way(datasets()[name])
    return {"losses": losses, **differences(name, after)}


def _boxes() -> Cases:
    corners = boxes.rotated_corners(BOXES, ANGLES)
    calls: dict[str, Callable[[], Any]] = {
        name: partial(getattr(boxes, name), BOXES)
        for name in ("xyxy_to_xywh", "xywh_to_xyxy", "xyxy_to_cxcywh", "cxcywh_to_xyxy", "order_corners", "box_areas")
    }  # fmt: skip
    calls |= {
        name: partial(getattr(boxes, name), BOXES, SIZES)
        for name in ("xyxy_to_cxcywhn", "cxcywhn_to_xyxy", "xyxy_to_xyxyn", "xyxyn_to_xyxy", "clip_boxes")
    }  # fmt: skip
    calls |= {
        "pair_ious": lambda: boxes.pair_ious(BOXES, BOXES[::-1]), "iou_matrix": lambda: boxes.iou_matrix(BOXES,
            BOXES[:4] + 1),
        "rotated_corners": lambda: corners, "corners_to_boxes": lambda: boxes.corners_to_boxes(corners),
        "turned_back": lambda: boxes.corners_to_boxes(np.roll(corners, 2, axis=1)),
            "are_mirrored": lambda: boxes.are_mirrored(corners[:, ::-1]),
        "rotated_bounds": lambda: boxes.rotated_bounds(BOXES, ANGLES),
            "hull_boxes": lambda: boxes.hull_boxes(*outlines()),
        "point_pairs": lambda: boxes.point_pairs(*outlines()), "unit_circle": lambda: boxes.unit_circle(ANGLES),
        "min_area_boxes": lambda: calipers_opencv.min_area_boxes(corners), "edges": lambda: widths.edges(BOXES[:,
            0], BOXES[:, 2]),
        "widths": lambda: widths.widths(BOXES[:, 0], BOXES[:, 2]), "middles": lambda: widths.middles(BOXES[:, 1],
            BOXES[:, 3]),
        "opposites": lambda: widths.opposites(BOXES[:, 1] / 3, BOXES[:, 3] / 7),
            "cuboid_boxes": lambda: cuboids.cuboids_to_boxes(_cuboids()),
        "cuboid_outlines": lambda: cuboids.cuboids_to_polygons(_cuboids()),
            "cuboid_faces": lambda: [cuboids.cuboid_faces(_cuboids(), f) for f in cuboids.FACES],
        "to_datumaro": lambda: cuboids.cvat_to_datumaro(_cuboids()),
            "to_cvat": lambda: cuboids.datumaro_to_cvat(_cuboids()),
        "split_3d": lambda: cuboids.split_3d(_cuboids()),
            "join_3d": lambda: cuboids.join_3d(*cuboids.split_3d(_cuboids())),
    }  # fmt: skip
    yield from calls.items()


@cache
def _cuboids() -> Any:
    random = np.random.default_rng(5)
    return np.concatenate(
        [random.uniform(0, 20, (4, 16)), np.round(random.uniform(0, 20, (3, 16))), np.full((1, 16), 3.0)]
    )


def _of_ellipses() -> Cases:
    points = np.array(
        [
            (10, 8, 15, 4),
            (10, 8, 10, 8),
            (5.5, 5.25, 9.125, 3),
            (0, 0, 6, -3),
            (19, 15, 25, 9),
            (10, 8, 5, 12),
            (8, 8, 8.4, 7.7),
        ]
    )
    angles, sizes = ANGLES[[0, 1, 5, 2, 6, 7, 3]], np.tile([[20, 16]], (7, 1))
    yield "to_cxcyrxry", lambda: ellipses.points_to_cxcyrxry(points)
    yield "to_points", lambda: ellipses.cxcyrxry_to_points(points)
    yield "bounds", lambda: ellipses.ellipse_bounds(points, angles)
    for tolerance in (0.05, 0.25, 3.0):
        yield f"to_polygons/{tolerance}", partial(ellipses.ellipses_to_polygons, points, angles, tolerance)
    yield "to_masks/true", lambda: ellipses.ellipses_to_cvat_rle(points, angles, sizes, "true")
    yield "to_masks/opencv", lambda: ellipses.ellipses_to_cvat_rle(points, angles, sizes, "opencv")
    yield (
        "check",
        lambda: ellipses.check_ellipses(
            np.vstack([points, np.full((1, 4), np.nan), np.full((1, 4), 1e9)]), np.append(angles, [0, 1])
        ),
    )
    for axes in ((5, 3), (0, 0), (1, 7), (9, 9), (30, 1)):
        for angle in (0.0, 30.0, 90.0, 211.5):
            yield (
                f"opencv/{axes[0]}-{axes[1]}/{angle}",
                partial(ellipses_opencv.opencv_ellipse, (9, 8), axes, angle, (20, 16)),
            )


def _of_numbers() -> Cases:
    known = outlines()
    for name in ("row_of_value", "spot_in_row"):
        if hasattr(ragged, name):
            yield name, partial(getattr(ragged, name), known[1])
    yield "place_in_row", lambda: ragged.place_in_row(known[1])
    yield (
        "sums",
        lambda: [ragged.segment_sum(*known), ragged.segment_min(*known), ragged.segment_max(*known, empty=0.0)],
    )
    yield "pieces", lambda: [list(ragged.pieces(*known, most)) for most in (1, 8, 100)]
    yield "take", lambda: [ragged.take(*known, rows) for rows in ([], [0], [3, 1], [2, 3, 4], np.arange(5) % 2 == 0)]
    yield (
        "turned",
        lambda: [
            turned(ANGLES, ANGLES[::-1], np.full(len(ANGLES), share), half)
            for share in (0.0, 0.25, 1.0)
            for half in (False, True)
        ],
    )
    yield (
        "turned_space",
        lambda: [
            turned_space(ANGLES / 57, ANGLES[::-1] / 57, np.full(len(ANGLES), 0.25), half) for half in (False, True)
        ],
    )
    yield (
        "nearest",
        lambda: [
            nearest(np.array([[0.0, 0.5, 2.5, 9.0]]), np.array([given]))
            for given in ([0.0, 1.0], [2.0], [0.0, 5.0, 5.0])
        ],
    )
    random = np.random.default_rng(3)
    for number, shape in enumerate(((3, 3), (2, 4), (4, 7), (5, 5), (1, 1))):
        yield f"assign/{number}", partial(assign, np.round(random.random(shape), 1 + number % 2))
    for name in ("edges", "drawn-0", "jobs-tracks"):
        yield f"shapes_agree/{name}", partial(_agreement, name)


def _agreement(name: str) -> Any:
    shapes = datasets()[name].shapes
    rows = np.flatnonzero(shapes.parent < 0)
    pairs = [
        (a, b)
        for a in rows
        for b in rows
        if a < b and shapes.type[a] == shapes.type[b] and shapes.frame[a] == shapes.frame[b]
    ][:150]
    first, second = np.array(pairs).T
    return shapes_agree(shapes.take(first), shapes.take(second))


_GROUPS: dict[str, Callable[[], Cases]] = {
    "tracks": _tracks, "boxes": _boxes, "outlines": of_outlines, "masks": of_masks, "ellipses": _of_ellipses,
        "numbers": _of_numbers,
}  # fmt: skip
