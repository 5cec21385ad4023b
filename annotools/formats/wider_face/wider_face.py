"""WiderFace 1.0: faces of pictures of events, as the WIDER FACE benchmark has them.

    wider_face_split/wider_face_train_bbx_gt.txt    0--Parade/0_Parade_849.jpg         `default` without a subset
                                                    1                                  so many lines follow
                                                    449 330 122 149 0 0 0 0 2 0
    labels.txt                                      face                               one name a line, if need be
    WIDER_train/images/0--Parade/0_Parade_849.jpg   where pictures are written along

A line has left, top, width, height, blur, expression, illumination, invalid, occlusion and pose, 0 where nothing is
said, and behind them the label of what is no face.  With a labels.txt, and with `-` for what nobody said, it is as the
server has it: illumination, occlusion, pose, invalid.  A picture without faces counts 0 and has a line of zeros, as in
the original.  The first tag of a picture is its event, whose folder it lies in; labels.txt is left out where names of
pictures tell all labels, and then that folder is a part of the name, as in the original.
Source: http://shuoyang1213.me/WIDERFACE/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import Classes
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.number_lines import as_short
from annotools.formats.kernel.rows import Rows
from annotools.formats.wider_face import wider_face_cvat
from annotools.formats.wider_face.listing import FOLDER, is_wider_face
from annotools.formats.wider_face.reading import (
    COLUMNS,
    FACE,
    NO_LIST,
    SERVER_COLUMNS,
    Meaning,
    event_of,
    read_rows,
)  # fmt: skip
from annotools.formats.wider_face.writing import MEMBERS, pictures, subsets_of
from annotools.geometry.widths import widths
from annotools.model import RECTANGLE, Dataset, Keeps, Owner
from annotools.transform.faces import NO_EVENT
from annotools.transform.row_conditions import of_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_NO_FACES = "0\n0 0 0 0 0 0 0 0 0 0\n"


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of each subset, the labels where pictures do not tell them, and pictures."""
    names, faces = file_names(dataset, media), ByFrame(dataset.shapes.frame, len(dataset.frames))
    events = _events(dataset)
    original = _is_original(dataset, events, names)
    texts = [*_lines(dataset, COLUMNS if original else SERVER_COLUMNS)]
    if not original:
        yield "labels.txt", ["".join(f"{name}\n" for name in Classes.of(dataset).names).encode()]
        names = [_filed(name, event) for name, event in zip(names, events, strict=True)]
    for subset, frames in subsets_of(dataset, NO_LIST).items():
        entries = (_entry(names[frame], [texts[row] for row in faces.rows(frame).tolist()]) for frame in frames)
        yield f"{FOLDER}wider_face_{subset}_bbx_gt.txt", ["".join(entries).encode()]
    if options.images and media is not None:
        yield from pictures(dataset, names, media, NO_LIST)


def _events(dataset: Dataset) -> list[tuple[int, str] | None]:
    """The place and name of the label that each frame is tagged with."""
    events: list[tuple[int, str] | None] = [None] * len(dataset.frames)
    names = {label.id: (index, label.name) for index, label in enumerate(dataset.labels.top)}
    for frame, label in zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True):
        events[frame] = names[label]
    return events


def _is_original(dataset: Dataset, events: Sequence[tuple[int, str] | None], names: Sequence[str]) -> bool:
    """Whether names of pictures say all that there is to say of labels, as in the original."""
    folders = [event_of(name) for name in names]
    if folders != [event[1] if event else "" for event in events] or not folders:
        return False
    own = {label.id: label.name for label in dataset.labels.top}
    order = ByFrame(dataset.shapes.frame, len(dataset.frames)).order
    used = (FACE, *filter(None, folders), *(own.get(label, "") for label in dataset.shapes.label[order].tolist()))
    return list(dict.fromkeys(used)) == list(own.values())


def _filed(name: str, event: tuple[int, str] | None) -> str:
    """A path whose first folder is that of the event, or of none where it could be taken for one."""
    if event is not None:
        return f"{event[0]}--{event[1]}/{name}"
    return f"{NO_EVENT}/{name}" if event_of(name) or name.startswith(f"{NO_EVENT}/") else name


def _entry(name: str, faces: Sequence[str]) -> str:
    return f"{name}\n{len(faces)}\n{''.join(faces)}" if faces else f"{name}\n{_NO_FACES}"


def _lines(dataset: Dataset, columns: Sequence[str]) -> Iterator[str]:
    """The line of each shape.  columns: what stands behind the box."""
    shapes, boxes = dataset.shapes, dataset.shapes.boxes()
    levels = {name: ["0"] * len(shapes) for name in columns}
    attributes, specs = dataset.attributes.of_kind(Owner.SHAPE), dataset.labels.specs
    for row, spec, text in zip(attributes.owner.tolist(), attributes.spec.tolist(), attributes.texts(), strict=True):
        if specs[spec][1].name in levels:
            levels[specs[spec][1].name][row] = text
    extra = shapes.extras.get("occlusion")
    occlusion = shapes.occluded.astype(np.int64)
    if extra is not None:
        occlusion = np.where(extra.present, extra.values.astype(np.int64), occlusion)
    levels["occlusion"] = [str(level) for level in occlusion.tolist()]
    labels = {label.id: "" if label.name == FACE else f" {label.name}" for label in dataset.labels}
    sizes = widths(boxes[:, :2], boxes[:, 2:])
    sides = (as_short(column).tolist() for column in (*boxes[:, :2].T, *sizes.T))
    for *cells, label in zip(*sides, *levels.values(), shapes.label.tolist(), strict=True):
        yield f"{' '.join(map(str, cells))}{labels[label]}\n"


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems, Meaning())
    return rows.read()


FORMAT = Format(
    slug="wider-face", name="WiderFace 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "attributes"})}, tags=frozenset(),
        labels=frozenset({"name", "attributes"}), frames=frozenset({"name", "subsets"}),
        extras={"shapes": frozenset({"occlusion"})},
        conditions=(
            of_class("shapes"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "shapes-to-boxes", "order-corners", "exact-widths",
        "drawable-only=rectangle", "only-shown-frames", "folder-subsets=/", "frames-by-subset=default",
        "one-line-names", "one-event",
        "face-attributes", "typed-extras=shapes.occlusion:whole",
    ),
    dialects={"cvat": wider_face_cvat.FORMAT}, read=read, write=write, sniff=is_wider_face, members=MEMBERS,
    letters=(
        "wider_face_split", "wider_face_*_bbx_gt.*", "wider_face_*_filelist.*", "wider_face_*", "WIDER_*", "images",
    ),
    about="faces of pictures of events, a list for each subset",
)  # fmt: skip
