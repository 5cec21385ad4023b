"""The picture of a file of text segmentation: masks in colours on white."""

from __future__ import annotations

import io

import numpy as np

from annotools.formats.kernel.painting import paint
from annotools.geometry.ragged import take
from annotools.model import Dataset
from annotools.model.columns import Array, Ints


def bitmap(dataset: Dataset, rows: Ints, colors: Array, size: Ints) -> bytes:
    """A BMP of some masks, the last the highest.  colors: (n, 3), one each.  size: width, height."""
    from PIL import Image  # 100 ms, and few writers paint

    masks = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    numbers = paint(masks, np.arange(1, len(rows) + 1), (int(size[0]), int(size[1])))
    palette = np.concatenate([[(255, 255, 255)], np.asarray(colors).reshape(-1, 3)]).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(palette[numbers]).save(stream, "BMP")
    return stream.getvalue()


def box_of(points: Array, decimals: str = "") -> str:
    """Left, top, right and bottom of a mask, the last two behind its pixels; 0 for one without."""
    left, top, right, bottom = (int(value) for value in points[-4:])
    there = len(points) > 5 or points[0] == 0
    edges = (left, top, right + 1, bottom + 1) if there else (0, 0, 0, 0)
    return " ".join(f"{edge}{decimals}" for edge in edges)
