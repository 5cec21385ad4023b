"""VGGFace2 as the CVAT server writes and reads it.

    labels.txt            points of skeletons too, with the label of their skeleton behind: `head person`
    a picture             at most one box and one set of points, or the export fails; points that are not five are a tag
                          a second tag has the label of the first; turned boxes are written as if they were not

Source: CVAT 2.73 dataset_manager/formats/vggface2.py, its fork of Datumaro: vgg_face2_format.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems, UsageError
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.members import stem
from annotools.formats.kernel.rows import Rows
from annotools.formats.vggface2.reading import NO_LABEL, read_rows, with_label
from annotools.formats.vggface2.tables import BOXES, LABELS, LANDMARKS, NO_SUBSET, table, table_name
from annotools.geometry.boxes import xyxy_to_xywh
from annotools.model import POINTS, RECTANGLE, Dataset, Keeps
from annotools.model.columns import Ints
from annotools.model.rounding import around

if TYPE_CHECKING:
    from annotools.storage import Media, Source

Row = tuple[object, ...]
_FIVE, _NOTHING = 10, ("",) * (len(LANDMARKS) - 1)


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The labels, the tables of each subset, and pictures.  Raises UsageError where the server's export fails."""
    shapes = ByFrame(dataset.shapes.frame, len(dataset.frames), np.flatnonzero(dataset.shapes.parent < 0))
    tags = ByFrame(dataset.tags.frame, len(dataset.frames))
    faces = [_Face(dataset, frame, shapes.rows(frame), tags.rows(frame)) for frame in range(len(dataset.frames))]
    names = {label.id: label.name for label in dataset.labels}
    lines = [label.name if label.parent is None else f"{label.name} {names[label.parent]}" for label in dataset.labels]
    yield LABELS, ["".join(f"{line}\n" for line in lines).encode()]
    for subset in dict.fromkeys(dataset.frames.subsets):
        mine = [face for face, own in zip(faces, dataset.frames.subsets, strict=True) if own == subset]
        rows = (row for face in mine for row in face.landmarks())
        yield table_name("landmark", subset), [table(LANDMARKS, rows, "\r\n")]
        boxes = [row for face in mine for row in face.boxes()]
        if boxes:
            yield table_name("bb", subset), [table(BOXES, boxes, "\r\n")]
    if options.images and media is not None:
        for frame, face in enumerate(faces):
            for path in face.paths(dataset.frames.subsets[frame] or NO_SUBSET) if frame in media else ():
                yield path, media[frame].pieces()


class _Face:
    """What the server says of a frame."""

    def __init__(self, dataset: Dataset, frame: int, mine: Ints, tags: Ints) -> None:
        self._dataset, self._name = dataset, dataset.frames.names[frame]
        self._names = {label.id: label.name for label in dataset.labels}
        shapes = dataset.shapes
        self._boxes = mine[shapes.type[mine] == RECTANGLE].tolist()
        self._points = mine[shapes.type[mine] == POINTS].tolist()
        self._tags = dataset.tags.label[tags].tolist()
        for rows, what in ((self._points, "set of landmarks"), (self._boxes, "bbox")):
            if len(rows) > 1:
                said = f"{self._name}: an image can have only one {what} in the CVAT server's VGGFace2"
                raise UsageError(f"{said}, expected that or an output without --compat cvat")

    def _key(self, label: int) -> str:
        name, key = self._names.get(label, NO_LABEL), stem(self._name)
        return key if key.startswith(f"{name}/") else f"{name}/{key}"

    def landmarks(self) -> Iterator[Row]:
        """Rows of landmarks, tags, and of nothing."""
        shapes = self._dataset.shapes
        for row in self._points:
            points = around(shapes.points(row)).tolist()
            yield (self._key(int(shapes.label[row])), *(points if len(points) == _FIVE else _NOTHING))
        yield from ((self._key(self._tags[0]), *_NOTHING) for _ in self._tags)
        if not (self._points or self._boxes or self._tags):
            yield (self._key(-1), *_NOTHING)

    def boxes(self) -> Iterator[Row]:
        """The row of the box."""
        shapes = self._dataset.shapes
        for row in self._boxes:
            box = around(xyxy_to_xywh(around(shapes.boxes()[[row]])))[0].tolist()
            yield (self._key(int(shapes.label[row])), *box)

    def paths(self, subset: str) -> list[str]:
        """Where copies of the picture go."""
        shapes = self._dataset.shapes.label
        labels = dict.fromkeys([*self._tags, *(int(shapes[row]) for row in (*self._points, *self._boxes))])
        folders = [self._names[label] for label in labels] or [NO_LABEL]
        return [f"{subset}/{self._name if self._name.startswith(f'{f}/') else f'{f}/{self._name}'}" for f in folders]


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=items_as_server)
    read_rows(rows, source, problems, with_label)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="vggface2", name="VGGFace2 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset(), POINTS: frozenset()}, tags=frozenset(),
        labels=frozenset({"name", "sublabels"}), frames=frozenset({"name", "subsets"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "drop-unlabelled-rows", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("vggface2-export", "vggface2-import"), read=read, write=write,
)  # fmt: skip
