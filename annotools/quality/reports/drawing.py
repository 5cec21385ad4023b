"""Both sides of a frame as pictures in SVG: ground truth and job side by side, each object in the colour of its fate.

agrees (matched)   warning (matched with a warning)   wrong (of another label)   alone (missing or extra)
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from html import escape

import numpy as np
from PIL import Image, UnidentifiedImageError

from annotools.geometry.boxes import rotated_corners
from annotools.geometry.ellipses import ellipses_to_polygons
from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import Floats, to_arrays
from annotools.model import ShapeType
from annotools.model.columns import distinct
from annotools.quality.conflicts import ERRORS, Conflict
from annotools.quality.objects import Kind, Objects
from annotools.quality.task_report import Report
from annotools.storage import MediaFile

WIDE = 520  # px of a picture on the page
_MOST = 300  # objects drawn on one side
_QUALITY = 60


def sides(report: Report, frame_pair: int, file: MediaFile | None) -> tuple[str, str]:
    """The ground truth and the job of one frame pair, as two pictures."""
    fates = _fates(report, frame_pair)
    background = _background(file)
    truth, job = (
        _picture(report, frame_pair, _rows(report, frame_pair, side), fates, background) for side in (True, False)
    )
    return truth, job


def _rows(report: Report, frame_pair: int, truth: bool) -> list[int]:
    """The objects of one side of a frame pair, from the bottom to the top."""
    pairs = report.pairing.pairs
    single = report.pairing.first if truth else report.pairing.second
    paired = pairs.first if truth else pairs.second
    own = paired[pairs.frame_pair == frame_pair], single.row[single.frame_pair == frame_pair]
    rows = distinct(np.concatenate(own))
    return [int(row) for row in rows if report.objects.kind[row] != Kind.TAG][:_MOST]


def _fates(report: Report, frame_pair: int) -> dict[int, str]:
    """What became of each object in conflict; the worst counts."""
    conflicts = report.conflicts.only(report.conflicts.frame_pair == frame_pair)
    fates: dict[int, str] = {}
    for code, ds, gt in zip(conflicts.type.tolist(), conflicts.ds.tolist(), conflicts.gt.tolist(), strict=True):
        kind = Conflict(code)
        fate = "warning" if kind not in ERRORS else "wrong" if kind == Conflict.MISMATCHING_LABEL else "alone"
        for row in (ds, gt):
            if row >= 0 and fates.get(row, "warning") == "warning":
                fates[row] = fate
    return fates


def _picture(report: Report, frame_pair: int, rows: list[int], fates: dict[int, str], background: str) -> str:
    objects = report.objects
    frame = int(report.plan.frame[frame_pair])
    width, height = report.dataset.frames.sizes(np.array([frame]))[0].tolist()
    dot = max(width, height, 1) / 120
    image = (
        f'<image href="{background}" width="{width}" height="{height}" preserveAspectRatio="none"/>'
        if background
        else ""
    )
    shapes = "".join(_shape(objects, row, fates.get(row, "agrees"), report.labels, dot) for row in rows)
    return f'<svg viewBox="0 0 {width} {height}" width="{WIDE}" role=img>{image}{shapes}</svg>'


def _shape(objects: Objects, row: int, fate: str, labels: list[str], dot: float) -> str:
    title = f"<title>{escape(labels[int(objects.label[row])])} {objects.id[row]}: {fate}</title>"
    strokes = list(_strokes(objects, row))
    lines = "".join(f"M{_path(stroke)}" for stroke in strokes if len(stroke) > 1)
    dots = "".join(
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{dot:.2f}"/>' for s in strokes if len(s) == 1 for x, y in s.tolist()
    )
    open_line = " line" if objects.kind[row] == Kind.POLYLINE else ""
    return f'<g class="{fate}{open_line}">{title}<path d="{lines}"/>{dots}</g>'


def _path(stroke: Floats) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in stroke.tolist())


def _strokes(objects: Objects, row: int) -> Iterator[Floats]:
    """Lines of corners; a single corner is a dot."""
    kind, box = int(objects.kind[row]), objects.box[row : row + 1]
    points = objects.values[objects.offsets[row] : objects.offsets[row + 1]].reshape(-1, 2)
    turn = objects.rotation[row : row + 1]
    if kind == Kind.BOX:
        yield _closed(rotated_corners(box, turn)[0])
    elif kind == Kind.ELLIPSE:
        centre = (box[:, :2] + box[:, 2:]) / 2
        four = np.concatenate([centre, box[:, 2:3], box[:, 1:2]], axis=1)
        yield _closed(ellipses_to_polygons(four, turn)[0].reshape(-1, 2))
    elif objects.type[row] == ShapeType.MASK:
        runs = objects.dataset.shapes.points(int(objects.row[row]))
        values, offsets, _ = cvat_rle_to_polygons(runs, np.array([0, len(runs)]))
        yield from (_closed(part.reshape(-1, 2)) for part in to_arrays(values, offsets))
    elif kind in (Kind.REGION, Kind.POLYLINE):
        yield points if kind == Kind.POLYLINE else _closed(points)
    else:
        states = objects.states[objects.offsets[row] // 2 : objects.offsets[row + 1] // 2]
        yield from (point[None] for point in points[states > 0])


def _closed(corners: Floats) -> Floats:
    return np.concatenate([corners, corners[:1]])


def _background(file: MediaFile | None) -> str:
    """The picture of a frame, small, as a data URL; nothing where there is none that can be read."""
    if file is None:
        return ""
    try:
        with file.open() as stream, Image.open(stream) as image:
            small = image.convert("RGB")
            small.thumbnail((WIDE, WIDE))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return ""
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(packed.getvalue()).decode()}"
