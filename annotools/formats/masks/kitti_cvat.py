"""KITTI as the CVAT server writes and reads it.

    all instances of a class have one number, 256 x class; files only where boxes or masks are; boxes of two decimals
    its importer takes only boxes, and stops at a name of two words

Source: CVAT 2.73 dataset_manager/formats/kitti.py, its fork of Datumaro: kitti_format/converter.py
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.mask_checks import BOX, SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.kitti_layout import BOXES, CLASSES, COLORS, INSTANCES, PICTURES, places_of
from annotools.formats.masks.kitti_reading import BASE, read_rows
from annotools.formats.masks.scenes import color_lines, lines, pictures, scenes
from annotools.formats.masks.server import by_key, server_classes
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.model import MASK, RECTANGLE, Dataset, Keeps, Losses, fit
from annotools.model.keeps import EVERYTHING, SHAPE_COLUMNS
from annotools.model.rounding import around

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_COLUMNS = (15, 16)


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, and for each frame its boxes and pictures of its masks."""
    classes = server_classes(dataset, background="first")
    yield "label_colors.txt", lines([*color_lines(classes.names, classes.colors)])
    boxes = ByFrame.shapes(dataset, np.flatnonzero(dataset.shapes.type == RECTANGLE))
    texts = _box_lines(dataset, boxes.order)
    for scene in scenes(dataset, endings=True):
        if mine := texts[boxes.span(scene.frame)]:
            yield f"{scene.subset}/{BOXES}/{scene.key}.txt", ["".join(mine).encode()]
        if len(scene.rows):
            kind = classes.index(dataset.shapes.label[scene.rows])
            yield f"{scene.subset}/{INSTANCES}/{scene.key}.png", scene.numbered(dataset, kind * BASE, 16)
            yield f"{scene.subset}/{CLASSES}/{scene.key}.png", scene.numbered(dataset, kind, 16)
            yield f"{scene.subset}/{COLORS}/{scene.key}.png", scene.colored(dataset, kind, classes.colors)
    yield from pictures(dataset, media, options, f"{{subset}}/{PICTURES}")


def _box_lines(dataset: Dataset, rows: np.ndarray) -> list[str]:
    shapes, names = dataset.shapes, {label.id: label.name for label in dataset.labels}
    boxes = around(xywh_to_xyxy(xyxy_to_xywh(around(shapes.boxes(rows))))).tolist()
    pairs = zip(shapes.label[rows].tolist(), shapes.occluded[rows].tolist(), boxes, strict=True)
    return [f"{names[n]} 0.0 {occluded:d} -1 {' '.join(map(repr, box))}{' -1' * 7} 1.0\n" for n, occluded, box in pairs]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    _demand_single_words(source)
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_key)
    read_rows(rows, source, problems, tracking=False)
    result = rows.read()
    dataset, losses = fit(result.dataset, replace(EVERYTHING, shapes={RECTANGLE: SHAPE_COLUMNS}))
    dropped = Losses(tuple(replace(loss, why="the server's importer takes boxes", step="read") for loss in losses))
    return imported(replace(result, dataset=dataset, losses=result.losses + dropped), options)


def _demand_single_words(source: Source) -> None:
    """Raises: InputError for a line with a name of two words, at which the server's importer stops."""
    for name in places_of(source)[BOXES].values():
        for number, line in enumerate(text_lines(source, name, Problems()), 1):
            count = len(line.split())
            if count > max(_COLUMNS):
                message = f"{count} columns, at which the server's importer stops: a name may have no space"
                raise InputError(Problem(message, name, number, expected="15 or 16 columns"))


FORMAT = Format(
    slug="kitti", name="KITTI 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded"}), MASK: frozenset()},
        labels=frozenset({"name", "color", "sublabels"}), frames=frozenset({"name", "size", "subsets"}),
        uses=frozenset({"shapes.z_order"}), conditions=(*SERVER_MASKS, BOX),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks", "painted-frames=rectangle",
        "server-file-names", "frames-by-subset=default", "frames-by-name",
    ),
    quirks=("mask-export", "kitti-export", "kitti-import"), read=read, write=write,
)  # fmt: skip
