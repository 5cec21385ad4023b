"""3D cuboids: position, rotation, size, seven zeros.

{"type": "cuboid", "points": [x, y, z, rx, ry, rz, sx, sy, sz, 0, 0, 0, 0, 0, 0, 0]}     m, radians, m
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from annotools.model import CUBOID
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, WARNING, Found
from annotools.validate.needs import TASK
from annotools.validate.registry import rule

_NUMBERS = 16
_TURN = slice(3, 6)
_SIZE = slice(6, 9)
_DEGREES = 2 * math.pi + 0.01  # more than a whole turn is no angle in radians


@rule("GEO030", "odd-3d-cuboid", ERROR, upload=WARNING, needs=TASK, proof="annos-img/cuboid")
def odd_3d_cuboid(ctx: Context) -> Iterator[Found]:
    """A cuboid of a point cloud has a side that is not above 0, angles in degrees, or more than its nine numbers.

    Why: the server stores any 16 numbers. A side of 0 or less shows nothing, an angle is in radians, so that 90 is 14
        whole turns and 117 degrees, and exports to KITTI and Supervisely write both as they are.
    Bad:
        {"annotations": {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
            "points": [1, 2, 3, 0, 0, 0.5, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0]}]},
         "task": {"dimension": "3d"}, "job": {"dimension": "3d"}}

        {"annotations": {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
            "points": [1, 2, 3, 0, 0, 90, 4, 2, 2, 0, 0, 0, 0, 0, 0, 0]}]},
         "task": {"dimension": "3d"}, "job": {"dimension": "3d"}}

        {"annotations": {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
            "points": [10, 20, 10, 0.4, 0.5, 0.2, 5, 4, 6, 10, 60, 30, 20, 10, 20, 30]}]},
         "task": {"dimension": "3d"}, "job": {"dimension": "3d"}}
    Good:
        {"annotations": {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
            "points": [1, 2, 3, 0, 0, 0.5, 4, 2, 2, 0, 0, 0, 0, 0, 0, 0]}]},
         "task": {"dimension": "3d"}, "job": {"dimension": "3d"}}

        {"shapes": [{"type": "cuboid", "label_id": 1, "frame": 0,
                     "points": [10, 20, 10, 40, 50, 20, 50, 40, 60, 10, 60, 30, 20, 10, 20, 30]}]}
    Source: annos-img/cuboid (16 numbers of any meaning are accepted); CVAT's canvas for 3D
    """
    rows = np.flatnonzero(ctx.are(CUBOID) & ctx.sound)
    if ctx.task.dimension != "3d" or not len(rows):
        return
    numbers = ctx.ring(rows)[0].reshape(-1, _NUMBERS)
    flat = np.flatnonzero((numbers[:, _SIZE] <= 0).any(axis=1))
    message = "a side is {side:g}, expected more than 0"
    yield ctx.at("shape", rows[flat], message, side=numbers[flat, _SIZE].min(axis=1))
    turn = np.abs(numbers[:, _TURN]).max(axis=1)
    turned = np.flatnonzero(turn > _DEGREES)
    yield ctx.at("shape", rows[turned], "an angle is {angle:g}, expected radians", angle=turn[turned])
    full = np.flatnonzero((numbers[:, 9:] != 0).any(axis=1))
    yield ctx.at("shape", rows[full], "the last seven numbers are not 0, as for eight corners in a picture")
