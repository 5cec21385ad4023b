"""What the importer of the CVAT server makes of these files.

    all from a file            whatever `source` says
    occluded="True"            not occluded: only 1 is true
    keyframe                   must be there, and of elements outside and occluded
    <track> of masks           a plain shape of its first row, of no group and made by hand
    checkbox True              true; what is neither true nor false, nor the default, is refused
    ellipses                   far sides to two decimals

Source: CVAT 2.73 dataset_manager/formats/cvat.py, load_anno, and bindings.py, import of attributes and frames.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Options, Read, ReadOptions
from annotools.formats.cvat_xml.build import Contents, Dialect
from annotools.formats.cvat_xml.columns import FileRows, Manner
from annotools.formats.cvat_xml.frame_matching import as_server
from annotools.formats.cvat_xml.reading import read_files
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.slices import Vocabulary
from annotools.model import MASK, Dataset, Owner
from annotools.model.codes import Source as Sources
from annotools.model.columns import distinct
from annotools.model.definitions import Labels
from annotools.model.frames import Frames
from annotools.model.tables import Bools, Ints
from annotools.storage import Source
from annotools.tracks.importing import as_server_stores


def read_as_server(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """Every *.xml of the source, as the server stores it."""
    return read_files(SERVER, source, context, options)


def _flag(text: str) -> int:
    return int(text == "1")


def _known(frame: Ints, frames: Frames) -> Bools:
    return (frame >= 0) & ((frame < len(frames)) | (len(frames) == 0))


def _adopt(contents: Contents, problems: Problems, rows: Rows) -> Contents:
    """All from a file; of a track of masks only its first row."""
    contents = msgspec.structs.replace(
        contents, tags=_filed(contents.tags), tracks=_filed(contents.tracks), shapes=_filed(contents.shapes)
    )
    shapes = contents.shapes
    keyframes = np.flatnonzero((shapes.track >= 0) & (shapes.parent < 0) & (shapes.keyframe == 1))
    _, first = np.unique(shapes.track[keyframes], return_index=True)
    masks = keyframes[first][shapes.code[keyframes[first]] == MASK]
    rest = np.isin(shapes.track, shapes.track[masks]) & (shapes.keyframe == 1)
    rest[masks] = False
    if not rest.any():
        return contents
    why = "of a track of masks only the first is read"
    rows.left_out("mask of track", int(rest.sum()), shapes.frame[rest], why)
    return msgspec.structs.replace(contents, shapes=shapes.replace(keyframe=np.where(rest, 0, shapes.keyframe)))


def _filed(rows: FileRows) -> FileRows:
    return rows.replace(source=np.full(len(rows), Sources.FILE))


def _values(contents: Contents, labels: Labels, label: Ints) -> tuple[Contents, Bools]:
    """Checkboxes in small letters, and which of them are neither true nor false nor the default."""
    attributes = contents.attributes
    bad = np.zeros(len(label), np.bool_)
    words = Vocabulary()
    words.codes(contents.words)
    value, width = attributes["value"].copy(), len(words)
    pairs = label * width + attributes["name"]
    for owner, spec in ((one, spec) for one in labels for spec in one.attributes if spec.input_type == "checkbox"):
        if spec.name not in words:
            continue
        mine = np.flatnonzero(pairs == owner.id * width + words[spec.name])
        for code in distinct(value[mine]).tolist():
            text, rows = contents.words[code], mine[attributes["value"][mine] == code]
            if text != spec.default_value:
                value[rows] = words[text.lower()]
                bad[rows] = text.lower() not in ("true", "false")
    return msgspec.structs.replace(contents, attributes={**attributes, "value": value}, words=list(words)), bad


def _finish(read: Read, options: Options) -> Read:
    """What the server stores of it: masks of tracks as plain shapes, and all cut over the jobs of the task."""
    dataset = _plain_masks(read.dataset)
    if options.job is not None:
        return replace(read, dataset=dataset)
    dataset, losses = as_server_stores(dataset, options.quirks)
    return replace(read, dataset=dataset, losses=read.losses + losses)


def _plain_masks(dataset: Dataset) -> Dataset:
    """Tracks of a mask as plain shapes, of no group and made by hand."""
    shapes, table = dataset.shapes, dataset.attributes
    rows = np.flatnonzero((shapes.track >= 0) & (shapes.type == MASK))
    if not len(rows):
        return dataset
    gone = np.isin(np.arange(len(dataset.tracks)), shapes.track[rows])
    row_of = np.zeros(len(gone), np.int64)
    row_of[shapes.track[rows]] = rows
    moved = (table.kind == Owner.TRACK) & np.append(gone, False)[np.where(table.kind == Owner.TRACK, table.owner, -1)]
    owner = np.where(moved, np.append(row_of, 0)[np.where(moved, table.owner, -1)], table.owner)
    plain = {name: getattr(shapes, name).copy() for name in ("track", "source", "group")}
    plain["track"][rows], plain["source"][rows], plain["group"][rows] = -1, Sources.MANUAL, 0
    attributes = table.replace(owner=owner, kind=np.where(moved, Owner.SHAPE, table.kind))
    return dataset.replace(shapes=shapes.replace(**plain), attributes=attributes).select(tracks=~gone)


def _as_it_is(source: Source, member: str) -> BinaryIO:
    """The server hands a file to its parser as it stands."""
    return source.open(member)


SERVER = Dialect(
    manner=Manner(decimals=2, flag=_flag, required=(("keyframe",), ("occluded", "outside")), tails=False),
    matching=as_server, on_task=_known, adopt=_adopt, values=_values, finish=_finish, opened=_as_it_is,
)  # fmt: skip
