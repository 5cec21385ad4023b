"""Rows for people: a shape, tag, track or interval with its label and frame looked up.

Made one at a time when asked for; converters, rules and statistics work on columns instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.model.codes import Owner, ShapeType, Source
from annotools.model.definitions import Job, Label
from annotools.model.tables import Array, Attributes, Floats

if TYPE_CHECKING:
    from annotools.model.dataset import Dataset


@dataclass(frozen=True, slots=True)
class FrameView:
    """A frame of the task: its number, name and size in px (0 where unknown)."""

    number: int
    name: str = ""
    width: int = 0
    height: int = 0
    deleted: bool = False


class AttributeIndex:
    """Attributes by owner: rows of one owner are found without a scan of the table."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._key = self._keys(attributes.kind, attributes.owner)
        self._order = np.argsort(self._key, kind="stable")
        self._key = self._key[self._order]

    @staticmethod
    def _keys(kind: Any, owner: Any) -> Array:
        return np.asarray(kind, np.int64) << 40 | np.asarray(owner, np.int64)

    def rows(self, kind: Owner, owner: int) -> Array:
        """The attribute rows of one owner, in their order."""
        key = self._keys(kind, owner)
        first, last = np.searchsorted(self._key, (key, key + 1))
        return self._order[first:last]

    def values(self, kind: Owner, owner: int) -> list[tuple[int, str]]:
        """(spec, value) of one owner."""
        rows = self.rows(kind, owner)
        table = self._attributes
        return [(int(table.spec[i]), table.pool[table.value[i]]) for i in rows]


@dataclass(frozen=True, slots=True)
class _RowView:
    dataset: Dataset
    row: int

    def _attributes(self, kind: Owner) -> dict[str, str]:
        specs = self.dataset.labels.specs
        pairs = self.dataset.attribute_index.values(kind, self.row)
        return {specs[spec][1].name if spec in specs else f"#{spec}": value for spec, value in pairs}

    def _label(self, label_id: int) -> Label:
        return self.dataset.labels.by_id.get(label_id) or Label(label_id, f"#{label_id}")

    def _frame(self, number: int) -> FrameView:
        frames = self.dataset.frames
        if not 0 <= number < len(frames):
            return FrameView(number)
        size = int(frames.width[number]), int(frames.height[number])
        return FrameView(number, frames.names[number], *size, bool(frames.deleted[number]))

    def _job(self, row: int) -> Job | None:
        return self.dataset.jobs[row] if row >= 0 else None


class TagView(_RowView):
    """A label of a whole frame."""

    @property
    def id(self) -> int:
        return int(self.dataset.tags.id[self.row])

    @property
    def label(self) -> Label:
        return self._label(int(self.dataset.tags.label[self.row]))

    @property
    def frame(self) -> FrameView:
        return self._frame(int(self.dataset.tags.frame[self.row]))

    @property
    def job(self) -> Job | None:
        return self._job(int(self.dataset.tags.job[self.row]))

    @property
    def group(self) -> int:
        return int(self.dataset.tags.group[self.row])

    @property
    def source(self) -> str:
        return Source(int(self.dataset.tags.source[self.row])).word

    @property
    def attributes(self) -> dict[str, str]:
        return self._attributes(Owner.TAG)


class ShapeView(_RowView):
    """A plain shape, a keyframe of a track or an element of a skeleton."""

    def _cell(self, column: str) -> Any:
        return getattr(self.dataset.shapes, column)[self.row].item()

    @property
    def id(self) -> int:
        return int(self._cell("id"))

    @property
    def label(self) -> Label:
        return self._label(self._cell("label"))

    @property
    def frame(self) -> FrameView:
        return self._frame(self._cell("frame"))

    @property
    def job(self) -> Job | None:
        return self._job(self._cell("job"))

    @property
    def type(self) -> str:
        return ShapeType(self._cell("type")).word

    @property
    def points(self) -> Floats:
        """x0 y0 x1 y1 ... in px; of a mask run lengths, left, top, right, bottom."""
        return self.dataset.shapes.points(self.row)

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
    def group(self) -> int:
        return int(self._cell("group"))

    @property
    def source(self) -> str:
        return Source(self._cell("source")).word

    @property
    def score(self) -> float:
        return float(self._cell("score"))

    @property
    def track(self) -> TrackView | None:
        row = self._cell("track")
        return self.dataset.view_track(row) if row >= 0 else None

    @property
    def parent(self) -> ShapeView | None:
        row = self._cell("parent")
        return self.dataset.view_shape(row) if row >= 0 else None

    @property
    def elements(self) -> Iterator[ShapeView]:
        """The elements of a plain skeleton."""
        return map(self.dataset.view_shape, np.flatnonzero(self.dataset.shapes.parent == self.row).tolist())

    @property
    def attributes(self) -> dict[str, str]:
        return self._attributes(Owner.SHAPE)


class TrackView(_RowView):
    """An object over frames."""

    def _cell(self, column: str) -> int:
        return int(getattr(self.dataset.tracks, column)[self.row])

    @property
    def id(self) -> int:
        return self._cell("id")

    @property
    def label(self) -> Label:
        return self._label(self._cell("label"))

    @property
    def frame(self) -> FrameView:
        return self._frame(self._cell("frame"))

    @property
    def job(self) -> Job | None:
        return self._job(self._cell("job"))

    @property
    def group(self) -> int:
        return self._cell("group")

    @property
    def source(self) -> str:
        return Source(self._cell("source")).word

    @property
    def parent(self) -> TrackView | None:
        row = self._cell("parent")
        return self.dataset.view_track(row) if row >= 0 else None

    @property
    def shapes(self) -> Iterator[ShapeView]:
        """The keyframes, in the order of the table."""
        return map(self.dataset.view_shape, np.flatnonzero(self.dataset.shapes.track == self.row).tolist())

    @property
    def elements(self) -> Iterator[TrackView]:
        """The tracks of the points of a skeleton."""
        return map(self.dataset.view_track, np.flatnonzero(self.dataset.tracks.parent == self.row).tolist())

    @property
    def attributes(self) -> dict[str, str]:
        return self._attributes(Owner.TRACK)


class IntervalView(_RowView):
    """A stretch of audio."""

    def _cell(self, column: str) -> Any:
        return getattr(self.dataset.intervals, column)[self.row].item()

    @property
    def id(self) -> int:
        return int(self._cell("id"))

    @property
    def label(self) -> Label:
        return self._label(self._cell("label"))

    @property
    def start(self) -> int:
        return int(self._cell("start"))

    @property
    def stop(self) -> int | None:
        return None if self._cell("stop") < 0 else int(self._cell("stop"))

    @property
    def attributes(self) -> dict[str, str]:
        return self._attributes(Owner.INTERVAL)
