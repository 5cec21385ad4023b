"""Pascal VOC as the CVAT server writes and reads it.

    boxes of two decimals, 3.0 for 3        attributes of the label with their defaults, typed: True, 3.0
    masks and ellipses in RGB pictures      lists of classes where pictures have tags, of points of skeletons too
    pictures with nothing on them in the lists Action, Layout and Segmentation

Source: CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: voc_format/converter.py, extractor.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes, color_lines, voc_palette
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.voc import server, writing
from annotools.formats.voc.conditions import SERVER_CONDITIONS
from annotools.formats.voc.masks import CLASS, INSTANCE
from annotools.formats.voc.reading import read_rows
from annotools.model import MASK, RECTANGLE, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labelmap, the lists, and the files of each picture."""
    classes, keys, shapes = (
        Classes.of(dataset, background=True, sublabels=True),
        writing.keys_of(dataset),
        dataset.shapes,
    )
    palette = voc_palette(max(256, len(classes)))
    yield "labelmap.txt", writing.list_of([*color_lines(classes.names, palette[: len(classes)])])
    boxes = ByFrame.shapes(dataset, np.flatnonzero(shapes.type == RECTANGLE))
    masks = ByFrame.shapes(dataset, np.flatnonzero(shapes.type == MASK))
    yield from server.lists(dataset, classes, masks)
    texts, kinds = server.objects(dataset), classes.index(shapes.label)
    sizes = writing.sizes_of(dataset)
    for frame, key in enumerate(keys):
        drawn = masks.rows(frame)
        head = server.head(dataset.frames.names[frame], key, sizes[frame], len(drawn) > 0)
        objects = "".join(texts[row] for row in boxes.rows(frame).tolist())
        yield f"Annotations/{key}.xml", [f"{head}{objects}</annotation>\n".encode()]
        if len(drawn):
            kind, instance = server.pictures(dataset, drawn, kinds, sizes[frame], palette)
            yield f"{CLASS}/{key}.png", kind
            yield f"{INSTANCE}/{key}.png", instance
    for frame, name in enumerate(dataset.frames.names if options.images and media is not None else ()):
        if media is not None and frame in media:
            yield f"JPEGImages/{name}", media[frame].pieces()


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, marks="all")
    return imported(server.stored(rows.read(), options), options)


FORMAT = Format(
    slug="voc", name="PASCAL VOC 1.1",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "rotation", "attributes"}), MASK: frozenset()},
        tags=frozenset(), labels=frozenset({"name", "attributes", "sublabels"}),
        frames=frozenset({"name", "size", "subsets"}),
        uses=frozenset({"shapes.z_order", "shapes.rotation"}),
        extras={"shapes": frozenset({"track_id", "keyframe"})},
        conditions=SERVER_CONDITIONS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-numbered-shapes", "only-shown-frames", "annotated-frames",
        "ellipses-to-masks=opencv", "server-file-names", "frames-by-subset=default", "xml-characters",
    ),
    quirks=("voc-export", "voc-import"), read=read, write=write,
)  # fmt: skip
