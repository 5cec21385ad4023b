"""CamVid as the CVAT server writes and reads it.

    labels by name in label_colors.txt, points of skeletons too; pictures only where masks are; no name with a space

Source: CVAT 2.73 dataset_manager/formats/camvid.py, its fork of Datumaro: camvid_format.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.camvid_layout import entries_of
from annotools.formats.masks.mask_rows import read_rows
from annotools.formats.masks.scenes import by_subset, color_lines, keys_of, lines, list_line, pictures, scenes
from annotools.formats.masks.server import by_key, demand_single_words, server_classes, stored
from annotools.model import MASK, Dataset, Keeps
from annotools.model.colors import BLACK

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, the lists of pictures, and a picture for each frame with masks."""
    classes, keys, names = (
        server_classes(dataset, background="none"),
        keys_of(dataset, endings=True),
        dataset.frames.names,
    )
    palette = np.concatenate([[BLACK], classes.colors])
    yield "label_colors.txt", lines([*color_lines(classes.names, classes.colors)])
    shown = [*scenes(dataset, endings=True)]
    drawn = [len(scene.rows) > 0 for scene in shown]
    texts = [list_line(*row) for row in zip(names, keys, dataset.frames.subsets, drawn, strict=True)]
    for subset, listed in by_subset(dataset, texts).items():
        yield f"{subset}.txt", lines(listed)
    for scene in shown:
        if len(scene.rows):
            kinds = classes.index(dataset.shapes.label[scene.rows]) + 1
            yield f"{scene.subset}annot/{scene.key}.png", scene.colored(dataset, kinds, palette)
    yield from pictures(dataset, media, options, "{subset}")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    demand_single_words(source)
    rows = Rows(source, context, problems, options, matching=by_key)
    read_rows(rows, source, context, problems, entries_of(source, problems))
    return stored(rows.read(), options)


FORMAT = Format(
    slug="camvid", name="CamVid 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color", "sublabels"}),
        frames=frozenset({"name", "size", "subsets"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks=boxes", "visible-masks", "masks-by-class",
        "server-file-names", "frames-by-subset=default",
    ),
    quirks=("mask-export", "mask-import"), read=read, write=write,
)  # fmt: skip
