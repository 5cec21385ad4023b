"""server-lines: frames that know what stands on each line of their file, as the CVAT server writes it.

    a tag, two boxes, a polyline, a polygon      frame extra `lines`: `-bb-b`

The server's exporter of ICDAR ends a line for every annotation, also for those of which it says nothing: all that is
neither box nor polygon.  Tags come first, then shapes, the lowest first; cuboids do not get there.
Source: CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: icdar_format/converter.py
"""

from __future__ import annotations

import numpy as np

from annotools.model.codes import CUBOID, POLYGON, RECTANGLE
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

SAID, EMPTY = "b", "-"


def server_lines(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The same dataset, with what stands on the lines of each frame."""
    no_argument("server-lines", argument)
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.parent < 0) & ~shapes.outside & (shapes.type != CUBOID))
    rows = rows[np.argsort(shapes.z_order[rows], kind="stable")]
    lines = [""] * len(dataset.frames)
    frames = np.concatenate([dataset.tags.frame, shapes.frame[rows]]).tolist()
    marks = [EMPTY] * len(dataset.tags)
    marks += [SAID if kind in (RECTANGLE, POLYGON) else EMPTY for kind in shapes.type[rows].tolist()]
    for frame, mark in zip(frames, marks, strict=True):
        if 0 <= frame < len(lines):
            lines[frame] += mark
    extra = Extra.of(lines, derived=True)
    return dataset.replace(extras={"frames": {**dataset.frames.extras, "lines": extra}}), Losses()
