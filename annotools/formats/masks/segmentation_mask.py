"""Segmentation mask 1.1: the class and the instance at each pixel, as two pictures in the layout of Pascal VOC.

    labelmap.txt                            background:0,0,0::  car:255,0,0::
    ImageSets/Segmentation/train.txt        a/b                   `default` for pictures without a subset
    SegmentationClass/a/b.png               RGB, in the colours of the labelmap; black is the background
    SegmentationObject/a/b.png              RGB, a colour of its own for each instance, in VOC's order
    JPEGImages/a/b.jpg                      where pictures are written along

Boxes, polygons and ellipses become masks; of masks that overlap only what is to be seen is left.  Labels keep their
colours unless two have one.  Read are palettes and grey pictures too, colours or numbers, with labelmap.txt,
label_colors.txt, class_dict.csv or no list at all, and Roboflow's masks beside their pictures.  255 that no list names
is the border of VOC; where it may be a class that is told, and with a list of one class it is that if it is alone.
Source: https://docs.cvat.ai/docs/manual/advanced/formats/format-smask/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import Classes, color_lines
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks import segmentation_mask_cvat
from annotools.formats.masks.mask_rows import read_rows
from annotools.formats.masks.scenes import by_subset, keys_of, lines, pictures, scenes
from annotools.formats.masks.voc_layout import CLASSES, INSTANCES, PICTURES, entries_of, is_voc_masks
from annotools.model import MASK, Dataset, Keeps
from annotools.model.colors import voc_palette

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labelmap, the lists, and two pictures for each frame of known size."""
    classes = Classes.of(dataset, background=True)
    palette, keys = classes.palette(), keys_of(dataset, endings=options.images)
    yield "labelmap.txt", lines([*color_lines(classes.names, palette)])
    for subset, listed in by_subset(dataset, keys).items():
        yield f"ImageSets/Segmentation/{subset}.txt", lines(listed)
    for scene in scenes(dataset, endings=options.images):
        if min(scene.size) > 0:
            kinds = classes.index(dataset.shapes.label[scene.rows])
            numbers = np.arange(1, len(scene.rows) + 1)
            instances = voc_palette(len(numbers) + 1)
            yield f"{CLASSES}/{scene.key}.png", scene.colored(dataset, kinds, palette)
            yield f"{INSTANCES}/{scene.key}.png", scene.colored(dataset, numbers, instances)
    yield from pictures(dataset, media, options, PICTURES)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, context, problems, entries_of(source, problems))
    return rows.read()


def steps(options: WriteOptions) -> tuple[str, ...]:
    """The pipeline.  Without pictures nothing says how their names end."""
    bare = () if options.images else ("stem-names",)
    return (
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "clip-masks", "visible-masks", "folder-subsets=/", "frames-by-subset=default",
        "unique-stems=all", *bare,
        "one-line-names", "distinct-colors",
    )  # fmt: skip


FORMAT = Format(
    slug="segmentation-mask", name="Segmentation mask 1.1",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color"}),
        frames=frozenset({"name", "size", "subsets"}), conditions=MASKS,
    ),
    pipeline=steps, dialects={"cvat": segmentation_mask_cvat.FORMAT}, read=read, write=write, sniff=is_voc_masks,
    members=(
        "labelmap.txt", "ImageSets/Segmentation/**.txt", "SegmentationClass/**.png", "SegmentationObject/**.png",
        "JPEGImages/**",
    ),
    letters=("*_mask.png",), about="the class and the instance at each pixel, in two pictures",
)  # fmt: skip
