"""Segmentation mask as the CVAT server writes and reads it.

    labels by name in labelmap.txt, points of skeletons too; a group is one instance; pictures only where masks are

Source: CVAT 2.73 dataset_manager/formats/mask.py, its fork of Datumaro: voc_format/converter.py, extractor.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import color_lines
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.mask_rows import read_rows
from annotools.formats.masks.scenes import by_subset, keys_of, lines, pictures, scenes
from annotools.formats.masks.server import by_key, server_classes, stored
from annotools.formats.masks.voc_layout import CLASSES, INSTANCES, PICTURES, entries_of
from annotools.model import MASK, Dataset, Keeps
from annotools.model.colors import BLACK, voc_palette

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labelmap, the lists, and two pictures for each frame with masks."""
    classes = server_classes(dataset, background="by-name")
    yield "labelmap.txt", lines([*color_lines(classes.names, classes.colors)])
    for subset, listed in by_subset(dataset, keys_of(dataset, endings=True)).items():
        yield f"ImageSets/Segmentation/{subset}.txt", lines(listed)
    palette = np.concatenate([[BLACK], classes.colors])
    for scene in scenes(dataset, endings=True):
        if len(scene.rows):
            kinds = classes.index(dataset.shapes.label[scene.rows]) + 1
            numbers = np.arange(1, len(scene.rows) + 1)
            instances = voc_palette(len(numbers) + 1)
            yield f"{CLASSES}/{scene.key}.png", scene.colored(dataset, kinds, palette)
            yield f"{INSTANCES}/{scene.key}.png", scene.colored(dataset, numbers, instances)
    yield from pictures(dataset, media, options, PICTURES)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_key)
    read_rows(rows, source, context, problems, entries_of(source, problems))
    return stored(rows.read(), options)


FORMAT = Format(
    slug="segmentation-mask", name="Segmentation mask 1.1",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color", "sublabels"}),
        frames=frozenset({"name", "size", "subsets"}), uses=frozenset({"shapes.z_order"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks=boxes", "painted-frames=bare",
        "server-file-names", "frames-by-subset=default",
    ),
    quirks=("mask-export", "mask-import"), read=read, write=write,
)  # fmt: skip
