"""ICDAR Text Localization as the CVAT server writes and reads it.

    default/gt_a.txt     10.0 20.0 60.5 40.0 "text"      boxes with two decimals, turned ones as if they were not
                                                         an empty line for what is neither box nor polygon
    read                 of an outline the first four corners, of one with three a box

Source: CVAT 2.73 dataset_manager/formats/icdar.py, its fork of Datumaro: icdar_format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar.conditions import DEFINED, SEEN, WORD
from annotools.formats.icdar.localization_files import IMAGES, PREFIX
from annotools.formats.icdar.localization_lines import Word
from annotools.formats.icdar.localization_rows import read_rows
from annotools.formats.icdar.texts import TEXT, folder_of
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.matching import stem
from annotools.model import POLYGON, RECTANGLE, Dataset, Keeps, Owner
from annotools.model.rounding import around
from annotools.transform.server_lines import SAID
from annotools.transform.server_texts import server_texts

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A file for each picture, and pictures."""
    frames, by_frame, words = dataset.frames, ByFrame.shapes(dataset), _words(dataset)
    marks = frames.extras["lines"].values.tolist()
    for frame, (subset, name) in enumerate(zip(frames.subsets, frames.names, strict=True)):
        above, slash, base = stem(name).rpartition("/")
        mine = (words[row] for row in by_frame.rows(frame).tolist())
        lines = [next(mine, "") if mark == SAID else "" for mark in marks[frame]]
        text = "".join(f"{line}\n" for line in lines)
        yield f"{folder_of(subset)}/{above}{slash}{PREFIX}{base}.txt", [text.encode()]
    paths = [f"{folder_of(s)}/{IMAGES}/{name}" for s, name in zip(frames.subsets, frames.names, strict=True)]
    yield from pictures(paths, media, options)


def _words(dataset: Dataset) -> list[str]:
    """The line of each shape."""
    shapes, texts = dataset.shapes, server_texts(dataset, Owner.SHAPE, TEXT)
    boxes = around(xywh_to_xyxy(xyxy_to_xywh(around(shapes.boxes()))))
    lines = []
    for row, kind in enumerate(shapes.type.tolist()):
        points = boxes[row] if kind == RECTANGLE else around(shapes.points(row))
        sep = " " if kind == RECTANGLE else ","
        text = f'{sep}"{texts[row]}"' if row in texts else ""
        lines.append(sep.join(map(repr, points.tolist())) + text)
    return lines


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=items_as_server)
    read_rows(rows, source, problems, lambda _: _word)
    return imported(rows.read(), options)


def _word(line: str) -> Word | None:
    """A line as the server takes it: of an outline four corners."""
    head, *quoted = line.split('"')
    cells = head.split()
    cells = cells[0].split(",") if len(cells) == 1 else cells
    size = next((size for size in (8, 4) if len(cells) >= size), 0)
    try:
        points = [float(cell) for cell in cells[:size]]
    except ValueError:
        return None
    text = quoted[0] if len(quoted) == 2 and quoted[0] else cells[size] if len(cells) == size + 1 else None
    return Word(points, text) if size and len(quoted) in (0, 2) else None


FORMAT = Format(
    slug="icdar-localization", name="ICDAR Localization 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"attributes"}), POLYGON: frozenset({"attributes"})},
        labels=frozenset({"attributes"}), frames=frozenset({"name", "subsets"}), conditions=(SEEN, DEFINED, WORD),
        uses=frozenset({"shapes.z_order"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-file-names", "frames-by-subset=default",
        "server-lines",
    ),
    quirks=("icdar-export", "icdar-import"), read=read, write=write,
)  # fmt: skip
