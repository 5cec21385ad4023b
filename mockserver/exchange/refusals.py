"""Exports that fail on the real server, whatever annotools could do: what a format cannot hold.

    refusals.check("VGGFace2 1.0", dataset)    raises WorkError "Item (a, default): an image can have only one bbox"

Source: recorded answers of a CVAT 2.73 server.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np

from annotools.model import Dataset
from annotools.model.codes import ShapeType
from mockserver.background.queue import WorkError


def check(format_name: str, dataset: Dataset) -> None:
    """Raises: WorkError when the server's own export would fail."""
    _ways(dataset)
    rule = _RULES.get(format_name)
    if rule is not None:
        rule(dataset)


def _ways(dataset: Dataset) -> None:
    """The server cannot interpolate between two visible keyframes of masks, or of different types."""
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    left, right = rows[:-1], rows[1:]
    follows = (shapes.track[left] == shapes.track[right]) & ~shapes.outside[left] & ~shapes.outside[right]
    if np.any(follows & ((shapes.type[left] != shapes.type[right]) | (shapes.type[left] == ShapeType.MASK))):
        raise WorkError("NotImplementedError")


def _one_box(dataset: Dataset) -> None:
    shapes = dataset.shapes
    frames = shapes.frame[(shapes.type == ShapeType.RECTANGLE) & np.isin(shapes.frame, dataset.shown_frames)]
    unique_frames, counts = np.unique(frames, return_counts=True)
    if np.any(counts > 1):
        name = PurePosixPath(str(dataset.frames.names[int(unique_frames[counts > 1][0])])).with_suffix("")
        raise WorkError(f"Exception: Item ({name}, default): an image can have only one bbox")


def _sound(dataset: Dataset) -> None:
    if dataset.task.media_type != "audio":
        raise WorkError("RelatedObjectDoesNotExist: Data has no audio.")


def _inside(dataset: Dataset) -> None:
    plain = dataset.plain_shapes
    frames = dataset.shapes.frame[plain]
    first, last = 0, len(dataset.frames) - 1
    if len(dataset.jobs) == 1:
        first, last = dataset.jobs[0].start_frame, dataset.jobs[0].stop_frame
    outside = frames[(frames < first) | (frames > last)]
    if len(outside):
        raise WorkError(f"ValueError: Unknown internal frame id {int(outside[0])}")


_RULES: dict[str, Callable[[Dataset], None]] = {
    "VGGFace2 1.0": _one_box,
    "Generic TSV 1.0": _sound,
    "CVAT for video 1.1": _inside,
}
