"""WIDER FACE as the CVAT server writes and reads it.

    wider_face_split/wider_face_default_bbx_gt.txt   8--tag/a/b.jpg                 no_label/a/b.jpg without a tag
                                                     2                              not for a picture without faces
                                                     10.12 20.99 100.38 74.26 - - - False - - rect
    labels.txt                                       points of skeletons too
    WIDER_default/images/8--tag/a/b.jpg              where pictures are written along

Source: CVAT 2.73 dataset_manager/formats/widerface.py, its fork of Datumaro: widerface_format.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.attribute_objects import server_attributes
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.wider_face.listing import FOLDER
from annotools.formats.wider_face.reading import NO_LIST, SERVER_COLUMNS, Meaning, read_rows
from annotools.formats.wider_face.writing import pictures, subsets_of
from annotools.geometry.boxes import xyxy_to_xywh
from annotools.model import RECTANGLE, Dataset, Keeps, Owner
from annotools.model.rounding import around
from annotools.transform.faces import NO_EVENT

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels, the list of each subset, and pictures."""
    classes = Classes.of(dataset, sublabels=True)
    paths, faces, lines = _paths(dataset, classes), ByFrame.shapes(dataset), [*_lines(dataset, classes)]
    yield "labels.txt", ["\n".join(classes.names).encode()]
    for subset, frames in subsets_of(dataset, NO_LIST).items():
        entries = []
        for frame in frames:
            mine = [lines[row] for row in faces.rows(frame).tolist()]
            entries.append("".join([f"{paths[frame]}\n", *([f"{len(mine)}\n"] if mine else []), *mine]))
        yield f"{FOLDER}wider_face_{subset}_bbx_gt.txt", ["".join(entries).encode()]
    if options.images and media is not None:
        yield from pictures(dataset, paths, media, NO_LIST)


def _paths(dataset: Dataset, classes: Classes) -> list[str]:
    """Names below the folder of the first tag of each frame."""
    tags = dataset.tags
    folders: dict[int, str] = {}
    for frame, kind in zip(tags.frame.tolist(), classes.index(tags.label).tolist(), strict=True):
        folders.setdefault(frame, f"{kind}--{classes.names[kind]}")
    return [f"{folders.get(frame, NO_EVENT)}/{name}" for frame, name in enumerate(dataset.frames.names)]


def _lines(dataset: Dataset, classes: Classes) -> Iterator[str]:
    shapes = dataset.shapes
    objects, boxes = server_attributes(dataset, Owner.SHAPE), xyxy_to_xywh(around(shapes.boxes()))
    columns = objects.codes.tolist(), boxes.tolist(), shapes.occluded.tolist(), classes.index(shapes.label).tolist()
    for code, box, occluded, kind in zip(*columns, strict=True):
        attributes = objects.distinct[code]
        blur, expression, light, pose, invalid = (
            attributes.get(name, "-") for name in ("blur", "expression", "illumination", "pose", "invalid")
        )
        cells = (*box, blur, expression, light, occluded, pose, invalid, classes.names[kind])
        yield f"{' '.join(map(str, cells))}\n"


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, Meaning(whole_names=False, whole_labels=False, columns=SERVER_COLUMNS))
    return imported(rows.read(), options)


FORMAT = Format(
    slug="wider-face", name="WiderFace 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "attributes"})}, tags=frozenset(),
        labels=frozenset({"name", "sublabels", "attributes"}), frames=frozenset({"name", "subsets"}),
        uses=frozenset({"shapes.z_order", "shapes.rotation"}),
    ),
    pipeline=("merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-file-names", "frames-by-subset=default"),
    quirks=("wider-face-export", "wider-face-import"), read=read, write=write,
)  # fmt: skip
