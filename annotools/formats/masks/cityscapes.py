"""Cityscapes 1.0: the class and the instance at each pixel, as three pictures of numbers and colours.

    label_colors.txt                                  0 0 0 background, 255 0 0 car      a class's number is its line
    gtFine/train/a/b_gtFine_instanceIds.png           16 bits: 1000 x class + instance   1001 1002 2001
    gtFine/train/a/b_gtFine_labelIds.png              8 bits: class                      1 1 2
    gtFine/train/a/b_gtFine_color.png                 RGB, in the colours of the list
    imgsFine/leftImg8bit/train/a/b_leftImg8bit.jpg    where pictures are written along

The folder of pictures without a subset is `default`.  Boxes, polygons and ellipses become masks, of which only what is
to be seen is left.  64 classes have room, and 999 instances of one on a picture.  Read are the challenge's own files
with its classes too, coarse ones, numbers of training, or colours alone; and the outlines as people drew them
(`*_polygons.json`) where there are no masks.
Source: https://github.com/mcordts/cityscapesScripts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks import cityscapes_cvat
from annotools.formats.masks.cityscapes_layout import BASE, COLORS, INSTANCES, LABELS, LETTERS, is_cityscapes, read_rows
from annotools.formats.masks.counting import few_masks, numbers_by_class
from annotools.formats.masks.scenes import color_lines, lines, pictures, scenes
from annotools.model import MASK, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_MOST_CLASSES = 64


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, and three pictures for each frame."""
    classes = Classes.of(dataset, background=True)
    palette = classes.palette()
    yield "label_colors.txt", lines([*color_lines(classes.names, palette)])
    kinds = classes.index(dataset.shapes.label)
    numbers = kinds * BASE + numbers_by_class(dataset)
    for scene in scenes(dataset, endings=options.images):
        start, kind = f"gtFine/{scene.subset}/{scene.key}_gtFine_", kinds[scene.rows]
        yield f"{start}{INSTANCES}.png", scene.numbered(dataset, numbers[scene.rows], 16)
        yield f"{start}{LABELS}.png", scene.numbered(dataset, kind)
        yield f"{start}{COLORS}.png", scene.colored(dataset, kind, palette)
    yield from pictures(dataset, media, options, "imgsFine/leftImg8bit/{subset}", "_leftImg8bit")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems)
    return rows.read()


def steps(options: WriteOptions) -> tuple[str, ...]:
    """The pipeline.  Without pictures nothing says how their names end."""
    bare = () if options.images else ("stem-names",)
    return (
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "sized-frames", "boxes-to-polygons",
        "ellipses-to-masks", "polygons-to-masks", "clip-masks", "visible-masks",
        "folder-subsets=gtFine,gtCoarse,imgsFine,leftImg8bit",
        "frames-by-subset=default",
        "unique-stems",
        *bare, "frames-by-name", "one-line-names", "distinct-colors",
    )  # fmt: skip


FORMAT = Format(
    slug="cityscapes", name="Cityscapes 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color"}),
        frames=frozenset({"name", "size", "subsets"}), conditions=(*MASKS, few_masks(_MOST_CLASSES, BASE - 1)),
    ),
    pipeline=steps, dialects={"cvat": cityscapes_cvat.FORMAT}, read=read, write=write, sniff=is_cityscapes,
    members=("label_colors.txt", "gtFine/**.png", "imgsFine/**"), letters=LETTERS,
    about="the class and the instance at each pixel, as numbers and in colours",
)  # fmt: skip
