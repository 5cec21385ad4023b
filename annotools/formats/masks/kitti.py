"""KITTI 1.0: upright boxes on lines, everything else as masks in pictures of numbers and colours.

    label_colors.txt                0 0 0 background, 255 0 0 car        a class's number is its line
    train/label_2/a/b.txt           car 0.0 0 -10.0 10.0 20.0 30.0 40.0 -1 -1 -1 -1000 -1000 -1000 -10 1.0
    train/instance/a/b.png          16 bits: 256 x class + instance      257 258 513
    train/semantic/a/b.png          8 bits: class                        1 1 2
    train/semantic_rgb/a/b.png      RGB, in the colours of the list
    train/image_2/a/b.jpg           where pictures are written along

The folder of pictures without a subset is `default`.  Instances of a class stay apart.  Rotated boxes, polygons and
ellipses become masks, of which only what is to be seen is left; 255 classes have room, and 255 instances of one on a
picture.  Read are lines of 15 and 16 columns and names of several words; without a list classes are Cityscapes'.  Files
of KITTI's tracking (`label_02/0000.txt`, a frame and an object before each line) are read as tracks.
Source: https://www.cvlibs.net/datasets/kitti/eval_semantics.php
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import BOX, MASKS
from annotools.formats.kernel.members import picture_patterns
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks import kitti_cvat
from annotools.formats.masks.counting import few_masks, numbers_by_class
from annotools.formats.masks.kitti_layout import BOXES, CLASSES, COLORS, INSTANCES, PICTURES, is_kitti
from annotools.formats.masks.kitti_lines import box_lines
from annotools.formats.masks.kitti_reading import BASE, read_rows
from annotools.formats.masks.scenes import color_lines, lines, pictures, scenes
from annotools.model import MASK, RECTANGLE, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_EXTRAS = frozenset({"truncated", "occlusion", "alpha", "kitti_3d"})


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, and for each frame its boxes and pictures of its masks."""
    classes = Classes.of(dataset, background=True)
    palette = classes.palette()
    yield "label_colors.txt", lines([*color_lines(classes.names, palette)])
    boxes = ByFrame.shapes(dataset, np.flatnonzero(dataset.shapes.type == RECTANGLE))
    texts = box_lines(dataset, boxes.order)
    kinds = classes.index(dataset.shapes.label)
    numbers = kinds * BASE + numbers_by_class(dataset)
    for scene in scenes(dataset, endings=options.images):
        yield f"{scene.subset}/{BOXES}/{scene.key}.txt", ["".join(texts[boxes.span(scene.frame)]).encode()]
        if min(scene.size) > 0:  # also without masks: it says how large the picture is
            picture = scene.numbered(dataset, numbers[scene.rows], 16)
            yield f"{scene.subset}/{INSTANCES}/{scene.key}.png", picture
        if len(scene.rows):
            kind = kinds[scene.rows]
            yield f"{scene.subset}/{CLASSES}/{scene.key}.png", scene.numbered(dataset, kind)
            yield f"{scene.subset}/{COLORS}/{scene.key}.png", scene.colored(dataset, kind, palette)
    yield from pictures(dataset, media, options, f"{{subset}}/{PICTURES}")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems, context)
    return rows.read(gaps_are_outside=True)


def steps(options: WriteOptions) -> tuple[str, ...]:
    """The pipeline.  Without pictures nothing says how their names end."""
    bare = () if options.images else ("stem-names",)
    return (
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "rotated-boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "clip-masks", "visible-masks",
        "folder-subsets=label_2,instance,semantic,semantic_rgb,image_2", "frames-by-subset=default",
        "unique-stems", *bare, "frames-by-name", "one-line-names", "distinct-colors",
        "typed-extras=shapes.truncated:number,shapes.occlusion:whole,shapes.alpha:number,shapes.kitti_3d:numbers",
    )  # fmt: skip


FORMAT = Format(
    slug="kitti", name="KITTI 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "score"}), MASK: frozenset()}, labels=frozenset({"name", "color"}),
        frames=frozenset({"name", "size", "subsets"}), extras={"shapes": _EXTRAS}, uses=frozenset({"shapes.z_order"}),
        conditions=(*MASKS, BOX, few_masks(BASE - 1, BASE - 1)),
    ),
    pipeline=steps, dialects={"cvat": kitti_cvat.FORMAT}, read=read, write=write, sniff=is_kitti,
    members=(
        "label_colors.txt", "*/label_2/**.txt", "*/instance/**.png", "*/semantic/**.png", "*/semantic_rgb/**.png",
        *picture_patterns("*/image_2/**"),
    ),
    letters=("label_2", "label_02", "image_2", "image_02", "instance", "semantic", "semantic_rgb"),
    about="upright boxes on lines; masks as numbers of class and instance, and in colours",
)  # fmt: skip
