"""COCO's JSON: `{"images": [...], "annotations": [...], "categories": [...]}`, with the keys that instances have.

Source: https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.generators.content import (
    BOX_HEIGHT,
    BOX_WIDTH,
    HEIGHT,
    WIDTH,
    Boxes,
    Outlines,
    boxes,
    frame_name,
    label_names,
    outlines,
    runs,
    staircase,
)
from benchmarks.sizes import Size

Item = dict[str, Any]


def write_outlines(path: Path, size: Size) -> None:
    """Polygons, some of two parts, and masks."""
    batches = (outline_rows(batch) for batch in outlines(size))
    _write(path, size.frames, (WIDTH, HEIGHT), batches)


def write_boxes(path: Path, size: Size) -> None:
    """Boxes alone."""
    _write(path, size.frames, (BOX_WIDTH, BOX_HEIGHT), (box_rows(batch) for batch in boxes(size)))


def _write(path: Path, frames: int, extent: tuple[int, int], batches: Iterable[list[Item]]) -> None:
    categories = [{"supercategory": "thing", "id": n, "name": name} for n, name in enumerate(label_names(), 1)]
    with path.open("wb") as stream:
        stream.write(b'{"info":{"description":"made up","year":2026},"licenses":[{"id":1,"name":"none","url":""}]')
        stream.write(b',"categories":' + orjson.dumps(categories) + b',"images":')
        stream.writelines(listed(_images(frames, extent)))
        stream.write(b',"annotations":')
        stream.writelines(listed(batches))
        stream.write(b"}")


def listed(batches: Iterable[list[Item]]) -> Iterator[bytes]:
    """A JSON array, batch by batch."""
    comma = b"["
    for batch in batches:
        yield comma + orjson.dumps(batch)[1:-1]
        comma = b","
    yield b"[]" if comma == b"[" else b"]"


def _images(frames: int, extent: tuple[int, int]) -> Iterator[list[Item]]:
    fixed = {"license": 1, "width": extent[0], "height": extent[1], "date_captured": "2013-11-14 17:02:52"}
    for first in range(0, frames, 1_000):
        names = [(n, frame_name(n)) for n in range(first, min(first + 1_000, frames))]
        yield [
            fixed | {"id": n + 1, "file_name": name, "coco_url": f"http://pictures.example/{name}"} for n, name in names
        ]


def outline_rows(batch: Outlines) -> list[Item]:
    """Annotations as COCO has them."""
    columns = zip(
        batch.number.tolist(), batch.frame.tolist(), batch.label.tolist(), batch.flat(), batch.two.tolist(),
        batch.areas().tolist(), batch.boxes().tolist(), batch.masks.tolist(), strict=True,
    )  # fmt: skip
    rows = []
    for number, frame, label, parts, two, area, box, mask in columns:
        form = {"segmentation": parts if two else parts[:1], "area": area, "iscrowd": 0, "bbox": box}
        row = _mask_form(number) if mask else form
        rows.append(row | {"image_id": frame + 1, "category_id": label + 1, "id": number + 1})
    return rows


def _mask_form(number: int) -> Item:
    """Runs down the columns of the whole picture."""
    left, top, pixels = staircase(number)
    height, width = pixels.shape
    picture = np.zeros((HEIGHT, WIDTH), bool)
    picture[top : top + height, left : left + width] = pixels
    counts = {"counts": runs(picture.ravel(order="F")), "size": [HEIGHT, WIDTH]}
    box = [float(value) for value in (left, top, width, height)]
    return {"segmentation": counts, "area": int(pixels.sum()), "iscrowd": 1, "bbox": box}


def box_rows(batch: Boxes) -> list[Item]:
    """Annotations as COCO has them."""
    areas = np.round(batch.xywh[:, 2] * batch.xywh[:, 3], 4)
    columns = (batch.number, batch.frame, batch.label, batch.xywh, areas)
    return [
        {"id": number + 1, "image_id": frame + 1, "category_id": label + 1, "bbox": box, "area": area, "iscrowd": 0,
         "segmentation": []}
        for number, frame, label, box, area in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip
