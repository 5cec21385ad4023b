"""LabelMe as the CVAT server writes and reads it.

    two decimals                        boxes and polygons stand where they are, masks and ellipses are pictures
    all attributes of the label with their defaults, typed: True, 3.0; rotation, track_id and keyframe among them
    masks in one colour that is half see-through, on nothing

Source: CVAT 2.73 dataset_manager/formats/labelme.py, its fork of Datumaro: labelme_format.py
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.attribute_objects import Beside, server_attributes, server_look, with_beside
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.painting import paint
from annotools.formats.kernel.rows import Rows
from annotools.formats.labelme import writing
from annotools.formats.labelme.attribute_text import text_of
from annotools.formats.labelme.objects import box_round
from annotools.formats.labelme.reading import Meaning, read_rows
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_xywh
from annotools.geometry.ragged import take
from annotools.model import MASK, POLYGON, RECTANGLE, Dataset, Keeps, Owner
from annotools.model.columns import Array, Ints
from annotools.model.extras import Extra
from annotools.model.rounding import around
from annotools.transform.server_outlines import read_outlines

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_INK = np.array([[0, 0, 0, 0], [0, 203, 255, 153]], np.uint8)
_SOURCE = ("", "Datumaro")


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The file of each picture, its masks, and pictures."""
    by_frame, texts, sizes = ByFrame.shapes(dataset), _texts(dataset), writing.sizes_of(dataset)
    names = {label.id: label.name for label in dataset.labels}
    shapes = dataset.shapes
    for frame, (subset, key) in enumerate(writing.placed(dataset)):
        rows = by_frame.rows(frame)
        relatives = writing.relatives(shapes.group[rows], range(len(rows)))
        objects = [
            writing.Object(
                names[int(shapes.label[row])], number, _drawn(dataset, row, f"{key}_mask_{number}.png"), texts[row],
                bool(shapes.occluded[row]), *relatives[number],
            )
            for number, row in enumerate(rows.tolist())
        ]  # fmt: skip
        yield f"{subset}/{key}.xml", [writing.document(dataset.frames.names[frame], sizes[frame], objects, _SOURCE)]
        for number in np.flatnonzero(shapes.type[rows] == MASK).tolist():
            yield (
                f"{subset}/Masks/{key}_mask_{number}.png",
                [_picture(dataset, rows[number : number + 1], sizes[frame])],
            )
    yield from writing.pictures(dataset, dataset.frames.names, media, options)


def _texts(dataset: Dataset) -> list[str]:
    """The attributes of each shape."""
    turns = dataset.shapes.extras["rotation"]
    look = [beside for beside in server_look(dataset) if beside.name in ("track_id", "keyframe")]
    look = [Beside("rotation", turns.values, turns.present), *look]
    objects = with_beside(server_attributes(dataset, Owner.SHAPE), look)
    pairs = (said.items() for said in objects.of(np.arange(len(objects.codes))))
    return [text_of((name, str(value)) for name, value in of_one) for of_one in pairs]


def _drawn(dataset: Dataset, row: int, name: str) -> str:
    points = dataset.shapes.points(row)
    if dataset.shapes.type[row] == MASK:
        left, top, right, bottom = points[-4:].tolist()
        return writing.mask(name, [f"{value:.2f}" for value in (left, top, right + 1, bottom + 1)])
    boxed = dataset.shapes.type[row] == RECTANGLE
    pairs = writing.corners(_box(points)) if boxed else around(points).reshape(-1, 2)
    return writing.polygon([(f"{x:.2f}", f"{y:.2f}") for x, y in pairs.tolist()], boxed=boxed)


def _box(points: Array) -> Array:
    box: Array = around(xywh_to_xyxy(xyxy_to_xywh(around(points[None]))))[0]
    return box


def _picture(dataset: Dataset, rows: Ints, size: tuple[int, int]) -> bytes:
    from PIL import Image  # 100 ms, and few datasets have masks

    masks = take(dataset.shapes.values, dataset.shapes.offsets, rows)
    stream = io.BytesIO()
    Image.fromarray(_INK[paint(masks, np.array([1]), size)]).save(stream, "PNG")
    return stream.getvalue()


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, Meaning(tracks=False, box=box_round))
    return imported(_outlined(rows.read()), options)


def _outlined(read: Read) -> Read:
    """Masks as polygons that are said to be turned as they were."""
    shapes = read.dataset.shapes
    turns = Extra(shapes.rotation, shapes.type == MASK)
    dataset, losses = read_outlines(
        read.dataset.replace(shapes=shapes.replace(extras={**shapes.extras, "turn": turns}))
    )
    shapes = dataset.shapes
    extras = {name: extra for name, extra in shapes.extras.items() if name != "turn"}
    turn = shapes.extras["turn"]
    rotation = np.where(turn.present, turn.values, shapes.rotation)
    return replace(
        read, dataset=dataset.replace(shapes=shapes.replace(rotation=rotation, extras=extras)),
        losses=read.losses + losses,
    )  # fmt: skip


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
