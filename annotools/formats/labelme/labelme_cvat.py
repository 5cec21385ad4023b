"""LabelMe as the CVAT server writes and reads it.

    two decimals                        boxes and polygons stand where they are, masks and ellipses are pictures
    all attributes of the label with their defaults, typed: True, 3.0; rotation, track_id and keyframe among them
    masks in one colour that is half see-through, on nothing

Source: CVAT 2.73 dataset_manager/formats/labelme.py, its fork of Datumaro: labelme_format.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.labelme import writing
from annotools.formats.labelme.objects import box_round
from annotools.formats.labelme.reading import Meaning, read_rows
from annotools.formats.labelme.server import attribute_texts, drawn, mask_picture, outlined
from annotools.model import MASK, POLYGON, RECTANGLE, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_SOURCE = ("", "Datumaro")


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The file of each picture, its masks, and pictures."""
    by_frame, texts, sizes = ByFrame.shapes(dataset), attribute_texts(dataset), writing.sizes_of(dataset)
    names = {label.id: label.name for label in dataset.labels}
    shapes = dataset.shapes
    for frame, (subset, key) in enumerate(writing.placed(dataset)):
        rows = by_frame.rows(frame)
        relatives = writing.relatives(shapes.group[rows], range(len(rows)))
        objects = [
            writing.Object(
                names[int(shapes.label[row])], number, drawn(dataset, row, f"{key}_mask_{number}.png"), texts[row],
                bool(shapes.occluded[row]), *relatives[number],
            )
            for number, row in enumerate(rows.tolist())
        ]  # fmt: skip
        yield f"{subset}/{key}.xml", [writing.document(dataset.frames.names[frame], sizes[frame], objects, _SOURCE)]
        for number in np.flatnonzero(shapes.type[rows] == MASK).tolist():
            picture = mask_picture(dataset, rows[number : number + 1], sizes[frame])
            yield f"{subset}/Masks/{key}_mask_{number}.png", picture
    yield from writing.pictures(dataset, dataset.frames.names, media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, Meaning(tracks=False, box=box_round))
    return imported(outlined(rows.read(), options), options)


_COLUMNS = frozenset({"occluded", "group", "attributes"})
FORMAT = Format(
    slug="labelme", name="LabelMe 3.0",
    keeps=Keeps(
        shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS, MASK: _COLUMNS},
        labels=frozenset({"name", "attributes", "sublabels"}), frames=frozenset({"name", "size", "subsets"}),
        extras={"shapes": frozenset({"track_id", "keyframe", "rotation"})},
        uses=frozenset({"shapes.z_order", "shapes.rotation"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-numbered-shapes", "only-shown-frames", "rotation-beside", "ellipses-to-masks=opencv",
        "server-file-names", "frames-by-subset=default", "xml-characters",
    ),
    quirks=("labelme-export", "labelme-import"), read=read, write=write,
)  # fmt: skip
