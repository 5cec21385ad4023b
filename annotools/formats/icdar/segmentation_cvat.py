"""ICDAR Text Segmentation as the CVAT server writes and reads it.

    default/a_GT.txt     128 0 0 - - 10.0 20.0 60.0 40.0 "text"      also of masks without a pixel
                         what is in no group is together, and an empty line before what is in one
    default/a_GT.bmp     where anything is

Source: CVAT 2.73 dataset_manager/formats/icdar.py, its fork of Datumaro: icdar_format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar.segmentation_bitmap import bitmap, box_of
from annotools.formats.icdar.segmentation_rows import IMAGES, TRUTH, read_rows
from annotools.formats.icdar.texts import TEXT, folder_of
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.server_masks import with_outlines
from annotools.matching import stem
from annotools.model import MASK, Dataset, Keeps, Owner
from annotools.model.colors import voc_palette
from annotools.model.columns import Ints
from annotools.transform.server_texts import server_texts

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A text for each picture, masks for those that have some, and pictures."""
    frames, shapes = dataset.frames, dataset.shapes
    texts, sizes = server_texts(dataset, Owner.SHAPE, TEXT), frames.sizes(np.arange(len(frames)))
    masks = ByFrame(shapes.frame, len(frames), np.flatnonzero(shapes.type == MASK))
    for frame, (name, subset) in enumerate(zip(frames.names, frames.subsets, strict=True)):
        rows = masks.rows(frame)
        colors = voc_palette(len(rows) + 1)[1:]
        lines = [
            f'{" ".join(map(str, color))} - - {box_of(shapes.points(row), ".0")} "{texts.get(row, "")}"\n'
            for row, color in zip(rows.tolist(), colors.tolist(), strict=True)
        ]
        start = f"{folder_of(subset)}/{stem(name)}{TRUTH}"
        yield f"{start}.txt", ["".join(_apart(lines, shapes.group[rows])).encode()]
        if len(rows):
            order = np.argsort(shapes.z_order[rows], kind="stable")
            yield f"{start}.bmp", [bitmap(dataset, rows[order], colors[order], sizes[frame])]
    paths = zip(frames.subsets, frames.names, strict=True)
    yield from pictures([f"{folder_of(subset)}/{IMAGES}/{name}" for subset, name in paths], media, options)


def _apart(lines: list[str], group: Ints) -> list[str]:
    """Lines with an empty one where the group is another."""
    before = np.append(group[:1], group[:-1])
    return ["\n" * bool(one != other) + line for line, one, other in zip(lines, group, before, strict=True)]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=items_as_server)
    read_rows(rows, source, problems)
    return imported(with_outlines(rows.read(), options), options)


FORMAT = Format(
    slug="icdar-segmentation", name="ICDAR Segmentation 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset({"group", "attributes"})}, labels=frozenset({"attributes"}),
        frames=frozenset({"name", "size", "subsets"}), uses=frozenset({"shapes.z_order"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks=boxes", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("mask-export", "mask-import"), read=read, write=write,
)  # fmt: skip
