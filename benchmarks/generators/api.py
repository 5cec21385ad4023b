"""A bundle of the API's JSON: `annotations.json`, `labels.json`, `data_meta.json`.

Parts of one annotation are polygons of one group.  Masks are runs along the rows of their box, which follows them.
Source: https://docs.cvat.ai/docs/api_sdk/
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.generators.coco import Item, listed
from benchmarks.generators.content import (
    BOX_HEIGHT,
    BOX_WIDTH,
    HEIGHT,
    WIDTH,
    Outlines,
    frame_name,
    label_names,
    outlines,
    runs,
    staircase,
)
from benchmarks.generators.tracks import Track, tracks
from benchmarks.sizes import Size

PLAIN: Item = {"source": "manual", "attributes": []}
DRAWN: Item = {"occluded": False, "outside": False, "z_order": 0, "rotation": 0.0}


def write_outlines(folder: Path, size: Size) -> None:
    """Polygons, some of two parts, and masks."""
    write_context(folder, size.frames, (WIDTH, HEIGHT))
    shapes = (shape_rows(batch) for batch in outlines(size))
    _write(folder / "annotations.json", shapes, ())


def write_tracks(folder: Path, size: Size) -> None:
    """Boxes over frames."""
    write_context(folder, size.frames, (BOX_WIDTH, BOX_HEIGHT))
    _write(folder / "annotations.json", (), ([track_row(track)] for track in tracks(size)))


def write_box_context(folder: Path, size: Size) -> None:
    """What a task says of the pictures of an input of boxes alone."""
    write_context(folder, size.frames, (BOX_WIDTH, BOX_HEIGHT))


def write_context(folder: Path, frames: int, extent: tuple[int, int]) -> None:
    """What a task says of its labels and pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = [
        {"id": n, "name": name, "color": "#00ff00", "type": "any", "attributes": [], "sublabels": []}
        for n, name in enumerate(label_names(), 1)
    ]
    fixed = {"width": extent[0], "height": extent[1], "related_files": 0}
    named = [fixed | {"name": frame_name(number)} for number in range(frames)]
    meta = {"size": frames, "start_frame": 0, "stop_frame": frames - 1, "frame_filter": "", "frames": named}
    (folder / "labels.json").write_bytes(orjson.dumps(labels))
    (folder / "data_meta.json").write_bytes(orjson.dumps(meta))


def _write(path: Path, shapes: Iterable[list[Item]], rows: Iterable[list[Item]]) -> None:
    with path.open("wb") as stream:
        stream.write(b'{"version":0,"tags":[],"shapes":')
        stream.writelines(listed(shapes))
        stream.write(b',"tracks":')
        stream.writelines(listed(rows))
        stream.write(b"}")


def shape_rows(batch: Outlines) -> list[Item]:
    """Shapes as the API returns them."""
    columns = zip(
        batch.number.tolist(), batch.frame.tolist(), batch.label.tolist(), batch.flat(), batch.two.tolist(),
        batch.masks.tolist(), strict=True,
    )  # fmt: skip
    rows: list[Item] = []
    for number, frame, label, parts, two, mask in columns:
        kind, drawn = ("mask", [mask_points(number)]) if mask else ("polygon", parts if two else parts[:1])
        head = {"type": kind, "frame": frame, "label_id": label + 1, "group": number + 1 if two else 0}
        rows += ({**head, **PLAIN, **DRAWN, "score": 1.0, "points": points, "elements": []} for points in drawn)
    return rows


def mask_points(number: int) -> list[float]:
    """Runs, then the first and last column and row."""
    left, top, pixels = staircase(number)
    height, width = pixels.shape
    values = np.array([*runs(pixels.ravel()), left, top, left + width - 1, top + height - 1], float)
    points: list[float] = values.tolist()
    return points


def track_row(track: Track) -> Item:
    """A track as the API returns it; its last keyframe is outside."""
    keys: list[dict[str, Any]] = [
        {"type": "rectangle", "frame": frame, "points": points, "attributes": [], **DRAWN}
        for frame, points in zip(track.frames.tolist(), track.xyxy.tolist(), strict=True)
    ]
    keys[-1]["outside"] = True
    head = {"id": track.number + 1, "label_id": track.label + 1, "frame": keys[0]["frame"], "group": 0}
    return {**head, **PLAIN, "shapes": keys, "elements": []}
