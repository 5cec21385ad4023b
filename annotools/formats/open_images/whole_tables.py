"""The tables of Open Images as they are written by default: everything that is known, each row complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from annotools.formats.base import Members
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.csvfile import table_text
from annotools.formats.open_images import tables, writing
from annotools.formats.open_images.mask_pictures import mask_png
from annotools.model import MASK, RECTANGLE, Dataset, Shapes, Tags
from annotools.model.columns import Ints, row_order
from annotools.scale import Late


def codes_of(dataset: Dataset) -> dict[int, str]:
    """What tables call each label: its own code, if no other has that, else its name."""
    codes: dict[int, str] = {}
    names = {label.name for label in dataset.labels.top}
    for label in dataset.labels.top:
        code = dict(label.extras).get("mid")
        fine = isinstance(code, str) and code.strip() and code not in names and code not in codes.values()
        codes[label.id] = str(code) if fine else label.name
    return codes


def hierarchy(dataset: Dataset) -> bytes:
    """That of the labels, if it was read."""
    given = dataset.extras["dataset"].get("hierarchy")
    hierarchy: Any = {"LabelName": "/m/0bl9f", "Subcategory": []}
    if given is not None and given.present[0]:
        hierarchy = orjson.loads(given.values[0])
    return orjson.dumps(hierarchy, option=orjson.OPT_INDENT_2) + b"\n"


def images(dataset: Dataset, subset: str, listed: list[int]) -> bytes:
    """The pictures of a subset.  listed: their frames."""
    extra = dataset.frames.extras.get("open_images")
    beside = [None] * len(dataset.frames) if extra is None else extra.plain()
    stated = [orjson.loads(beside[frame] or b"{}") for frame in listed]
    names = dataset.frames.names
    rows = (
        (names[frame], subset, *(more.get(column, "") for column in tables.IMAGES[2:]))
        for frame, more in zip(listed, stated, strict=True)
    )
    return table_text(tables.IMAGES, rows)


def labels(dataset: Dataset, listed: list[int], codes: dict[int, str]) -> bytes:
    """The tags on some frames."""
    tags, names = dataset.tags, dataset.frames.names
    rows = _listed(tags.frame, listed)
    columns = (
        tags.frame[rows].tolist(), _plain(tags, "label_source", rows, ""), tags.label[rows].tolist(),
        _plain(tags, "confidence", rows, 1),
    )  # fmt: skip
    labelled = (
        (names[frame], source, codes[label], _short(score))
        for frame, source, label, score in zip(*columns, strict=True)
    )
    return table_text(tables.LABELS, labelled)


def _listed(frame: Ints, listed: list[int]) -> Ints:
    """Rows on some frames, frame by frame."""
    rows = np.flatnonzero(np.isin(frame, listed))
    return rows[row_order(frame[rows])]


def _plain(table: Shapes | Tags, name: str, rows: Ints, default: Any) -> list[Any]:
    """An extra of some rows."""
    extra = table.extras.get(name)
    if extra is None:
        return [default] * len(rows)
    pairs = zip(extra.values[rows].tolist(), extra.present[rows].tolist(), strict=True)
    return [value if there else default for value, there in pairs]


def _short(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def boxes(dataset: Dataset, listed: list[int], codes: dict[int, str]) -> bytes:
    """The rectangles on some frames."""
    shapes, names = dataset.shapes, dataset.frames.names
    rows = _listed(np.where(shapes.type == RECTANGLE, shapes.frame, -1), listed)
    shares = shapes.boxes(rows) / np.tile(dataset.frames.sizes(shapes.frame[rows]), 2)
    columns = (
        [names[frame] for frame in shapes.frame[rows].tolist()], _plain(shapes, "box_source", rows, ""),
        [codes[label] for label in shapes.label[rows].tolist()], [*map(_short, shapes.score[rows].tolist())],
        *(shares[:, side].tolist() for side in (0, 2, 1, 3)), shapes.occluded[rows].astype(np.int64).tolist(),
        *(_plain(shapes, name, rows, -1) for name in tables.FLAGS),
    )  # fmt: skip
    return table_text(tables.BOXES, zip(*columns, strict=True))


def masks(dataset: Dataset, subset: str, listed: list[int], codes: dict[int, str]) -> Members:
    """The masks on some frames: their table, then their pictures."""
    shapes = dataset.shapes
    by_frame = ByFrame(shapes.frame, len(dataset.frames), np.flatnonzero(shapes.type == MASK))
    lines, files = [], []
    taken: set[str] = set()
    for frame in listed:
        rows = by_frame.rows(frame)
        own = _plain(shapes, "box_id", rows, "")
        name, (width, height) = dataset.frames.names[frame], dataset.frames.sizes(np.array([frame]))[0].tolist()
        beside = zip(_plain(shapes, "predicted_iou", rows, ""), _plain(shapes, "clicks", rows, ""), strict=True)
        for number, (row, more) in enumerate(zip(rows.tolist(), beside, strict=True)):
            code, box = codes[int(shapes.label[row])], own[number] or f"{number:08x}"
            path = writing.mask_name(name, code, box, taken)
            lines.append((path, name, code, box, *_span(shapes.points(row)[-4:].tolist(), (width, height)), *more))
            files.append((f"masks/{subset}/{path}", row, (width, height)))
    yield writing.table_name(subset, "annotations-object-segmentation"), [table_text(tables.MASKS, lines)]
    for path, row, size in files:
        yield path, Late(mask_png, (shapes.points(row), size))


def _span(sides: list[float], size: tuple[int, int]) -> Iterator[float]:
    """The box of a mask as shares: left, right, top, bottom."""
    left, top, right, bottom = sides
    yield from (left / size[0], (right + 1) / size[0], top / size[1], (bottom + 1) / size[1])
