"""What the CVAT server says of each picture in the tables of VGGFace2, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from annotools.errors import UsageError
from annotools.formats.vggface2.reading import NO_LABEL
from annotools.formats.vggface2.tables import LANDMARKS
from annotools.geometry.boxes import xyxy_to_xywh
from annotools.matching import stem
from annotools.model import RECTANGLE, Dataset
from annotools.model.rounding import around

Row = tuple[object, ...]
_FIVE, _NOTHING = 10, ("",) * (len(LANDMARKS) - 1)


class Face(msgspec.Struct):
    """What the server says of a frame.  labels: those of its tags.  points: sets of landmarks with their labels."""

    name: str
    labels: list[str] = msgspec.field(default_factory=list)
    points: list[tuple[str, Row]] = msgspec.field(default_factory=list)
    boxes: list[Row] = msgspec.field(default_factory=list)
    homes: dict[str, None] = msgspec.field(default_factory=dict)

    def key(self, label: str) -> str:
        """What a row begins with; a folder of the label's name stands for it."""
        self.homes[label] = None
        key = stem(self.name)
        return key if key.startswith(f"{label}/") else f"{label}/{key}"

    def landmarks(self) -> Iterator[Row]:
        """Rows of landmarks, tags, and of nothing."""
        for key, points in self.points:
            yield (key, *(points if len(points) == _FIVE else _NOTHING))
        yield from ((self.key(self.labels[0]), *_NOTHING) for _ in self.labels)
        if not (self.points or self.boxes or self.labels):
            yield (self.key(NO_LABEL), *_NOTHING)

    def paths(self, subset: str) -> list[str]:
        """Where copies of the picture go."""
        folders = dict.fromkeys([*self.labels, *self.homes])
        return [f"{subset}/{self.name if self.name.startswith(f'{f}/') else f'{f}/{self.name}'}" for f in folders]

    def check(self) -> None:
        """Raises UsageError for what ends the server's export."""
        for rows, what in ((self.points, "set of landmarks"), (self.boxes, "bbox")):
            if len(rows) > 1:
                message = f"{self.name}: an image can have only one {what} in the CVAT server's VGGFace2"
                raise UsageError(f"{message}, expected that or an output that is not as the server's")


def server_faces(dataset: Dataset) -> list[Face]:
    """The faces of all frames."""
    faces, shapes = [Face(name) for name in dataset.frames.names], dataset.shapes
    names = {label.id: label.name for label in dataset.labels}
    boxes = around(xyxy_to_xywh(around(shapes.boxes()))).tolist()
    for frame, label in zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True):
        faces[frame].labels.append(names[label])
    for row in np.flatnonzero(shapes.parent < 0).tolist():
        face, label = faces[int(shapes.frame[row])], names[int(shapes.label[row])]
        if shapes.type[row] == RECTANGLE:
            face.boxes.append((face.key(label), *boxes[row]))
        else:
            face.points.append((face.key(label), tuple(around(shapes.points(row)).tolist())))
    for face in faces:
        face.check()
    return faces
