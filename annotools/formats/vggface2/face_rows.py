"""What is on each picture, as rows of the tables of VGGFace2.

a box of cat on a     cat/a,1.5,2,30,40          boxes
landmarks of cat      cat/a,1,2,3,4,5,6,7,8,9,10          landmarks
a tag of dog          dog/a,,,,,,,,,,            landmarks; no_label/b,,,,,,,,,, where there is nothing
"""

from __future__ import annotations

from annotools.formats.vggface2.reading import NO_LABEL
from annotools.formats.vggface2.tables import LANDMARKS
from annotools.geometry.widths import widths
from annotools.model import RECTANGLE, Dataset

Row = tuple[str, ...]
NOTHING = ("",) * (len(LANDMARKS) - 1)


class FaceRows:
    """Rows by frame.  labels: the names of the labels that a frame has, each once; `no_label` for none."""

    def __init__(self, dataset: Dataset) -> None:
        count = len(dataset.frames)
        self.boxes: list[list[Row]] = [[] for _ in range(count)]
        self.landmarks: list[list[Row]] = [[] for _ in range(count)]
        self.labels: list[dict[str, None]] = [{} for _ in range(count)]
        self._frames = dataset.frames.names
        names = {label.id: label.name for label in dataset.labels}
        self._add_shapes(dataset, names)
        for frame, label in zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True):
            self.landmarks[frame].append((self._key(frame, names[label]), *NOTHING))
        for frame in range(count):
            if not self.labels[frame]:
                self.landmarks[frame].append((self._key(frame, NO_LABEL), *NOTHING))

    def _key(self, frame: int, label: str) -> str:
        self.labels[frame][label] = None
        return f"{label}/{self._frames[frame]}"

    def _add_shapes(self, dataset: Dataset, names: dict[int, str]) -> None:
        shapes, corners = dataset.shapes, dataset.shapes.boxes()
        sizes = widths(corners[:, :2], corners[:, 2:])
        columns = (shapes.frame.tolist(), shapes.label.tolist(), shapes.type.tolist())
        for row, (frame, label, kind) in enumerate(zip(*columns, strict=True)):
            if kind == RECTANGLE:
                values, home = [*corners[row, :2].tolist(), *sizes[row].tolist()], self.boxes
            else:
                values, home = shapes.points(row).tolist(), self.landmarks
            home[frame].append((self._key(frame, names[label]), *map(number, values)))


def number(value: float) -> str:
    """A number as short as it can be: whole ones without a point."""
    return str(int(value)) if value.is_integer() else repr(value)
