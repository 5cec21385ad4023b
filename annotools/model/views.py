"""Rows for people: a shape, tag, track or interval with its label and frame looked up.

Made one at a time when asked for; converters, rules and statistics work on columns instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

import msgspec
import numpy as np

from annotools.model.codes import Owner, ShapeType, Source
from annotools.model.columns import Floats
from annotools.model.definitions import Job, Label, Labels
from annotools.model.frames import Frames


class Home(Protocol):
    """Where rows are looked up: the dataset."""

    labels: Labels
    frames: Frames
    jobs: tuple[Job, ...]

    def table(self, owner: Owner) -> Any:
        """The table of a kind of rows."""

    def attribute_values(self, owner: Owner, row: int) -> list[tuple[int, str]]:
        """(spec, value) of one owner."""


class FrameView(msgspec.Struct, frozen=True):
    """A frame of the task: its number, name and size in px (0 where unknown)."""

    number: int
    name: str = ""
    width: int = 0
    height: int = 0
    deleted: bool = False


class _RowView(msgspec.Struct, frozen=True):
    """What the rows of all tables have."""

    OWNER: ClassVar[Owner]

    dataset: Home
    row: int

    def _cell(self, column: str) -> Any:
        return getattr(self.dataset.table(self.OWNER), column)[self.row].item()

    @property
    def id(self) -> int:
        """On the server; -1 where the input had none."""
        return int(self._cell("id"))

    @property
    def label(self) -> Label:
        """Its label; one named `#7` where nothing defines its id."""
        number = int(self._cell("label"))
        return self.dataset.labels.by_id.get(number) or Label(number, f"#{number}")

    @property
    def job(self) -> Job | None:
        """The job it is stored in, None for the task as a whole."""
        row = int(self._cell("job"))
        return self.dataset.jobs[row] if row >= 0 else None

    @property
    def group(self) -> int:
        return int(self._cell("group"))

    @property
    def source(self) -> str:
        """Who made it, as CVAT's word."""
        return Source(int(self._cell("source"))).word

    @property
    def attributes(self) -> dict[str, str]:
        """Values by name of the attribute, `#7` where nothing defines its id."""
        specs = self.dataset.labels.specs
        pairs = self.dataset.attribute_values(self.OWNER, self.row)
        return {specs[spec][1].name if spec in specs else f"#{spec}": value for spec, value in pairs}


class _FramedView(_RowView, frozen=True):
    """What rows with a frame have."""

    @property
    def frame(self) -> FrameView:
        """Its frame; one without name and size where the task has none of that number."""
        number, frames = int(self._cell("frame")), self.dataset.frames
        if not 0 <= number < len(frames):
            return FrameView(number)
        size = int(frames.width[number]), int(frames.height[number])
        return FrameView(number, frames.names[number], *size, bool(frames.deleted[number]))


class TagView(_FramedView, frozen=True):
    """A label of a whole frame."""

    OWNER = Owner.TAG


class ShapeView(_FramedView, frozen=True):
    """A plain shape, a keyframe of a track or an element of a skeleton."""

    OWNER = Owner.SHAPE

    @property
    def type(self) -> str:
        return ShapeType(self._cell("type")).word

    @property
    def points(self) -> Floats:
        """x0 y0 x1 y1 ... in px; of a mask run lengths, left, top, right, bottom."""
        points: Floats = self.dataset.table(Owner.SHAPE).points(self.row)
        return points

    @property
    def rotation(self) -> float:
        """Degrees clockwise on screen about the centre."""
        return float(self._cell("rotation"))

    @property
    def keyframe(self) -> bool:
        return bool(self._cell("keyframe"))

    @property
    def outside(self) -> bool:
        return bool(self._cell("outside"))

    @property
    def occluded(self) -> bool:
        return bool(self._cell("occluded"))

    @property
    def z_order(self) -> int:
        return int(self._cell("z_order"))

    @property
    def score(self) -> float:
        return float(self._cell("score"))

    @property
    def track(self) -> TrackView | None:
        row = self._cell("track")
        return TrackView(self.dataset, row) if row >= 0 else None

    @property
    def parent(self) -> ShapeView | None:
        row = self._cell("parent")
        return ShapeView(self.dataset, row) if row >= 0 else None

    @property
    def elements(self) -> Iterator[ShapeView]:
        """The elements of a plain skeleton."""
        rows = np.flatnonzero(self.dataset.table(Owner.SHAPE).parent == self.row).tolist()
        return (ShapeView(self.dataset, row) for row in rows)


class TrackView(_FramedView, frozen=True):
    """An object over frames."""

    OWNER = Owner.TRACK

    @property
    def parent(self) -> TrackView | None:
        row = self._cell("parent")
        return TrackView(self.dataset, row) if row >= 0 else None

    @property
    def shapes(self) -> Iterator[ShapeView]:
        """The keyframes, in the order of the table."""
        rows = np.flatnonzero(self.dataset.table(Owner.SHAPE).track == self.row).tolist()
        return (ShapeView(self.dataset, row) for row in rows)

    @property
    def elements(self) -> Iterator[TrackView]:
        """The tracks of the points of a skeleton."""
        rows = np.flatnonzero(self.dataset.table(Owner.TRACK).parent == self.row).tolist()
        return (TrackView(self.dataset, row) for row in rows)


class IntervalView(_RowView, frozen=True):
    """A stretch of audio."""

    OWNER = Owner.INTERVAL

    @property
    def start(self) -> int:
        return int(self._cell("start"))

    @property
    def stop(self) -> int | None:
        """Exclusive; None for an open end."""
        return None if self._cell("stop") < 0 else int(self._cell("stop"))

    @property
    def score(self) -> float:
        return float(self._cell("score"))


VIEWS: dict[Owner, type[_RowView]] = {view.OWNER: view for view in (TagView, ShapeView, TrackView, IntervalView)}
