"""CamVid 1.0: the class at each pixel, as pictures in the colours of a list.

    label_colors.txt            255 0 0 car                            black is not a class
    train.txt                   /train/a/b.jpg trainannot/a/b.png      `default` for pictures without a subset
    trainannot/a/b.png          RGB, in the colours of the list
    train/a/b.jpg               where pictures are written along

Boxes, polygons and ellipses become masks, of which only what is to be seen is left, and those of one label are one
mask: pixels do not say which object they are of.  Labels keep their colours unless two have one.  Read are palettes
and grey pictures too, lists of other machines, and datasets as they are passed round, with `_L.png` and class_dict.csv.
Source: http://mi.eng.cam.ac.uk/research/projects/VideoRec/CamVid/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.mask_checks import MASKS
from annotools.formats.kernel.members import file_names, picture_patterns
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import in_one_subset
from annotools.formats.masks import camvid_cvat
from annotools.formats.masks.camvid_layout import entries_of, is_camvid
from annotools.formats.masks.mask_rows import read_rows
from annotools.formats.masks.scenes import (
    by_subset,
    color_lines,
    keys_of,
    lines,
    list_line,
    pictures,
    scenes,
)
from annotools.model import MASK, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, the lists of pictures, and a picture for each frame of known size."""
    classes, keys, names = (
        Classes.of(dataset, background=True),
        keys_of(dataset, endings=True),
        file_names(dataset, media),
    )
    palette = classes.palette()
    yield "label_colors.txt", lines([*color_lines(classes.names[1:], palette[1:])])
    shown = [*scenes(dataset, endings=True)]
    sized = [min(scene.size) > 0 for scene in shown]
    texts = [list_line(*row) for row in zip(names, keys, dataset.frames.subsets, sized, strict=True)]
    for subset, listed in by_subset(dataset, texts).items():
        yield f"{subset}.txt", lines(listed)
    for scene in shown:
        if min(scene.size) > 0:
            kinds = classes.index(dataset.shapes.label[scene.rows])
            yield f"{scene.subset}annot/{scene.key}.png", scene.colored(dataset, kinds, palette)
    yield from pictures(dataset, media, options, "{subset}")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    entries = in_one_subset(entries_of(source, problems), lambda one: (one.picture, one.classes), rows.repairs)
    read_rows(rows, source, context, problems, entries)
    return rows.read()


FORMAT = Format(
    slug="camvid", name="CamVid 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color"}),
        frames=frozenset({"name", "size", "subsets"}), conditions=MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "clip-masks", "visible-masks", "masks-by-class",
        "folder-subsets=label_colors,labelmap", "frames-by-subset=default",
        "unique-stems", "one-line-names", "distinct-colors",
    ),
    dialects={"cvat": camvid_cvat.FORMAT}, read=read, write=write, sniff=is_camvid,
    mark="label_colors.txt", members=("label_colors.txt", "*.txt", "*annot/**.png", *picture_patterns("*/**")),
    letters=("*annot", "*_labels", "*_L.*"),
    about="the class at each pixel, in pictures of colours",
)  # fmt: skip
