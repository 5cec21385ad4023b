"""Pascal VOC 1.1: objects of a picture in an XML file, masks in two pictures, lists of subsets and classes.

    labelmap.txt                    background:0,0,0::  car:128,0,0::
    ImageSets/Main/train.txt        a/b                               `default` for pictures without a subset
    ImageSets/Main/car_train.txt    a/b  1                            where pictures have tags; else -1
    Annotations/a/b.xml             <annotation><filename>a/b.jpg</filename><size>... <object>...
    SegmentationClass/a/b.png, SegmentationObject/a/b.png             where it has masks
    JPEGImages/a/b.jpg              where pictures are written along

A box has its corners as they are (the first pixel is 0), a rotated one an attribute `rotation` as CVAT has it.
Roboflow's `<polygon>` of numbered corners is read in place of its box, KAIST's left, top, width and height as corners,
and elements are known in letters of any case and in any namespace.
Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes, color_lines, voc_palette
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.xmlfile import text
from annotools.formats.voc import pascal_cvat, writing
from annotools.formats.voc.conditions import CONDITIONS
from annotools.formats.voc.elements import elements
from annotools.formats.voc.layout import is_voc
from annotools.formats.voc.masks import CLASS, INSTANCE, MOST, pictures
from annotools.formats.voc.reading import read_rows
from annotools.model import MASK, RECTANGLE, Dataset, Keeps
from annotools.model.columns import Bools

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labelmap, the lists, and the files of each picture."""
    classes, names, shapes = Classes.of(dataset, background=True), file_names(dataset, media), dataset.shapes
    keys, kinds = writing.keys_of(dataset, names), classes.index(shapes.label)
    yield "labelmap.txt", writing.list_of([*color_lines(classes.names, voc_palette(len(classes)))])
    boxes, masks = (ByFrame(shapes.frame, len(keys), np.flatnonzero(shapes.type == kind)) for kind in (RECTANGLE, MASK))
    marks = writing.Marks.of(dataset, shapes.type == RECTANGLE) if len(dataset.tags) else None
    for subset, frames in writing.subsets_of(dataset).items():
        yield f"ImageSets/Main/{subset}.txt", writing.list_of([keys[frame] for frame in frames])
        if marks is not None:
            tagged = {label.id: label.name for label in classes.labels if label.id in dataset.tags.label}
            yield from marks.lists(tagged, subset, frames, keys)
    counts, drawn = np.diff(boxes.ends), np.diff(masks.ends)
    painted = pictures(dataset, masks, kinds, np.where(counts + drawn <= MOST, counts + 1, 1))
    files = zip(keys, _heads(dataset, names, drawn > 0), elements(dataset, boxes), (drawn > 0).tolist(), strict=True)
    for key, head, objects, segmented in files:
        yield f"Annotations/{key}.xml", [b"%s%s</annotation>\n" % (head.encode(), objects)]
        if segmented:
            kind, instance = next(painted)
            yield f"{CLASS}/{key}.png", [kind]
            yield f"{INSTANCE}/{key}.png", [instance]
    for frame, name in enumerate(names if options.images and media is not None else ()):
        if media is not None and frame in media:
            yield f"JPEGImages/{name}", media[frame].pieces()


def _heads(dataset: Dataset, names: Sequence[str], segmented: Bools) -> Iterator[str]:
    """All that stands before the objects, for each frame."""
    frames = dataset.frames
    extras = (writing.plain_extra(frames, name) for name in ("folder", "path", "voc", "depth"))
    columns = zip(frames.width.tolist(), frames.height.tolist(), segmented.tolist(), *extras, strict=True)
    for name, (width, height, drawn, folder, path, other, depth) in zip(names, columns, strict=True):
        yield (
            f"<annotation>\n\t<filename>{text(name)}</filename>\n{_path('folder', folder)}{_path('path', path)}"
            f"{writing.indented(other, 1)}{_size(width, height, depth or 3, drawn)}"
        )


@lru_cache(typed=True)
def _size(width: int, height: int, depth: int, segmented: bool) -> str:
    """Of most pictures the same."""
    sides = f"<width>{width}</width>\n\t\t<height>{height}</height>\n\t\t<depth>{depth}</depth>"
    return f"\t<size>\n\t\t{sides}\n\t</size>\n\t<segmented>{segmented:d}</segmented>\n"


def _path(tag: str, value: Any) -> str:
    return "" if value is None else f"\t<{tag}>{text(str(value))}</{tag}>\n"


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems)
    return rows.read(gaps_are_outside=True)


FORMAT = Format(
    slug="voc", name="PASCAL VOC 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "rotation", "attributes"}), MASK: frozenset()}, tags=frozenset(),
        labels=frozenset({"name", "attributes"}), frames=frozenset({"name", "size", "subsets"}),
        extras={
            "shapes": frozenset({"pose", "truncated", "difficult", "voc"}),
            "frames": frozenset({"folder", "path", "depth", "voc"}),
        },
        uses=frozenset({"shapes.z_order"}), conditions=CONDITIONS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "ellipses-to-masks", "polygons-to-masks",
        "clip-masks", "visible-masks", "xml-characters", "folder-subsets=/", "frames-by-subset=default",
        "unique-stems=all",
        "free-names=rotation,track_id,keyframe", "plain-attributes=rectangle",
        "typed-extras=shapes.pose:text,shapes.truncated:whole,shapes.difficult:whole,shapes.voc:xml",
        "typed-extras=frames.depth:whole,frames.voc:xml",
    ),
    dialects={"cvat": pascal_cvat.FORMAT}, read=read, write=write, sniff=is_voc,
    members=(
        "labelmap.txt", "ImageSets/**.txt", "Annotations/**.xml", "SegmentationClass/**.png",
        "SegmentationObject/**.png", "JPEGImages/**",
    ),
    about="boxes of objects in XML, masks in pictures, tags in lists",
)  # fmt: skip
