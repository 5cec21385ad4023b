"""Masks as polygons whose holes are cut open, as the CVAT server's importers make them.

    outer  a b c d        hole  p q r, its corner q nearest to b        a b q r p q b c d a

The outer border runs clockwise on screen, a hole the other way; of equally near corners the first are joined.  Borders
are those of `contours_opencv`, through the middles of pixels.  A border without holes runs as it was found.
Source: CVAT's fork of Datumaro, util/mask_tools.py (masks to polygons).
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.contours_opencv import Point, border_tree, thinned
from annotools.geometry.ragged import Array, Ragged, from_arrays, take
from annotools.geometry.raster import polygon_pixel_areas
from annotools.geometry.rle import cvat_rle_to_mask

Ring = list[Point]


def cvat_rle_to_outlines(points: Array, size: Point) -> Ragged:
    """One cvat_rle -> a polygon for each of its parts: closed, at least one pixel each.

    size: width, height of the frame.  Returns ragged x0 y0 x1 y1 ..., whole numbers.
    Raises: ValueError for what `check_cvat_rles` finds.
    """
    corner = np.array(points[-4:-2]).astype(np.int64)
    closed = [[*ring, ring[0]] if ring[0] != ring[-1] else ring for ring in _rings(cvat_rle_to_mask(points))]
    values, offsets = from_arrays([(np.array(ring) + corner).reshape(-1) for ring in closed])
    return take(values, offsets, polygon_pixel_areas(values, offsets, np.array(size)) >= 1)


def _rings(mask: Array) -> list[Ring]:
    """The outer borders with their holes cut open."""
    rings: dict[int, Ring] = {}
    for border in border_tree(mask):
        ring = thinned(border.start, border.codes)
        if len(ring) < 3:
            continue
        if not border.hole:
            rings[id(border)] = ring
        elif id(border.parent) in rings:
            rings[id(border.parent)] = _joined(rings[id(border.parent)], ring)
    return list(rings.values())


def _joined(outer: Ring, hole: Ring) -> Ring:
    outer = outer if _is_clockwise(outer) else outer[::-1]
    hole = hole[::-1] if _is_clockwise(hole) else hole
    apart = np.square(np.array(outer)[:, None] - np.array(hole)[None]).sum(axis=2)
    a, b = np.unravel_index(int(apart.argmin()), apart.shape)
    return [*outer[: a + 1], *hole[b:], *hole[: b + 1], *outer[a:]]


def _is_clockwise(ring: Ring) -> bool:
    x, y = np.array(ring).T
    return bool((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0)
