"""How many numbers the points of a shape have, and whether they are numbers.

rectangle, ellipse 4 · cuboid 16 · mask >= 5 · skeleton 0
even numbers: polygon >= 6 · polyline >= 4 · points >= 2
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.cvat_limits import POINT_COUNTS
from annotools.model import CUBOID, POINTS, POLYGON, POLYLINE
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import TASK
from annotools.validate.registry import rule


@rule("GEO001", "wrong-point-count", ERROR, proof="annos-img/rectangle-points")
def wrong_point_count(ctx: Context) -> Iterator[Found]:
    """A shape has a number of coordinates that its type cannot have.

    Why: the server answers 400 `invalid length for shape type` and stores nothing of the whole request; old servers
        stored such shapes, and their jobs could not be opened any more.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40, 80, 80]}]}

        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10]}]}

        {"shapes": [{"type": "ellipse", "label_id": 1, "frame": 0, "points": [30, 30, 60]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": []}]}

        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0, "points": [10, 20, 10, 40, 50, 20, 50, 40]}]}

        {"shapes": [{"type": "mask", "label_id": 4, "frame": 0, "points": [10, 10, 12, 12]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]},
                    {"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40, 60, 80]}]}
    Source: annos-img/rectangle-points, annos-img/ellipse, annos-img/cuboid (400)
    """
    odd = _odd(ctx)
    rows = np.flatnonzero(~ctx.counted & ~odd)
    words = ctx.type_words(rows)
    expected = [POINT_COUNTS[word].words for word in words]
    message = "{what} with {count} numbers, expected {expected}"
    yield ctx.at("shape", rows, message, what=words, count=ctx.counts[rows], expected=expected)


def _odd(ctx: Context) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(ctx.are(POLYGON, POLYLINE, POINTS) & (ctx.counts % 2 == 1))


@rule("GEO002", "odd-coordinate-count", ERROR, proof="annos-img/polygon-odd-7")
def odd_coordinate_count(ctx: Context) -> Found:
    """The last point of a polygon, polyline or set of points lacks its y.

    Why: the server answers 400 `invalid length for shape type` and stores nothing of the whole request.
    Bad:
        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10]}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60]}]}

        {"shapes": [{"type": "points", "label_id": 1, "frame": 0, "points": [10, 10, 60]}]}
    Good:
        {"shapes": [{"type": "polygon", "label_id": 1, "frame": 0, "points": [10, 10, 60, 10, 60, 40, 10, 40]}]}
    Source: annos-img/polygon-odd-7 (400)
    """
    rows = np.flatnonzero(_odd(ctx))
    message = "{what} with {count} numbers, expected x and y of every point"
    return ctx.at("shape", rows, message, what=ctx.type_words(rows), count=ctx.counts[rows])


@rule("GEO003", "non-finite-coordinate", ERROR, proof="annos-img/points-1e400")
def non_finite_coordinate(ctx: Context) -> Found:
    """A coordinate is not a finite number.

    Why: JSON has no such number, so the request is refused; one that overflows (1e400) is stored, and then every
        later read of the job fails.
    Bad:
        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image id='0' name='a.jpg'><polyline label='car' points='1,1;inf,2'/></image></annotations>"}}

        {"from": "cvat-images", "files": {"annotations.xml":
            "<annotations><image id='0' name='a.jpg'><polyline label='car' points='1,1;2,nan'/></image></annotations>"}}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/points-1e400 (stored, later reads 500), annos-img/rectangle-points (400)
    """
    rows = np.flatnonzero(~ctx.finite)
    values, offsets = ctx.ring(rows)
    bad = np.flatnonzero(~np.isfinite(values))
    first = bad[np.searchsorted(bad, offsets[:-1])] if len(rows) else bad
    message = "number {place} of the points is {value}"
    return ctx.at("shape", rows, message, place=first - offsets[:-1], value=values[first])


@rule("GEO029", "wrong-dimension", ERROR, upload=WARNING, needs=TASK, proof="annos-img/cuboid")
def wrong_dimension(ctx: Context) -> Iterator[Found]:
    """A flat shape in a task of point clouds, a 3D cuboid in a task of pictures, or any shape in a task of sound.

    Why: the server compares neither; the editor shows nothing of it or breaks while it opens the job. A cuboid has 16
        numbers in both: eight corners in a picture, or position, rotation, size and seven zeros.
    Bad:
        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [1, 2, 3, 0, 0, 0.5, 4, 2, 2, 0, 0, 0, 0, 0, 0, 0]}]}

        {"annotations": {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]},
         "task": {"dimension": "3d"}, "job": {"dimension": "3d"}}

        {"annotations": {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]},
         "task": {"dimension": "1d"}, "job": {"dimension": "1d"}}
    Good:
        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 20, 10, 40, 50, 20, 50, 40, 60, 10, 60, 30, 20, 10, 20, 30]}]}
    Source: annos-img/cuboid (16 numbers of any meaning are accepted)
    """
    cuboid = ctx.are(CUBOID)
    if ctx.task.dimension == "1d":
        rows = np.flatnonzero(~ctx.elements)
        yield ctx.at("shape", rows, "{what} in a task of sound", what=ctx.type_words(rows))
        return
    if ctx.task.dimension == "3d":
        rows = np.flatnonzero(~cuboid & ~ctx.elements)
        yield ctx.at("shape", rows, "{what} in a task of point clouds", what=ctx.type_words(rows))
        return
    rows = np.flatnonzero(cuboid & ctx.sound)
    points = ctx.ring(rows)[0].reshape(-1, 16)
    spatial = (points[:, 9:] == 0).all(axis=1) & (points[:, :9] != 0).any(axis=1)
    yield ctx.at("shape", rows[spatial], "seven zeros at the end: a 3D cuboid in a task of pictures")
