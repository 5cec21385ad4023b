"""Building a dataset row by row: for readers of small or odd formats, for tests and for people.

    build = DatasetBuilder()
    car = build.add_label("car", type="rectangle")
    build.add_frame("a.jpg", 640, 480)
    build.add_shape("rectangle", frame=0, label=car, points=[10, 10, 60, 40])
    dataset = build.dataset()

Hot paths do not come this way: they make whole columns at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from annotools.model.codes import Owner, ShapeType, Source
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Frames, Job, Label, Labels, Task
from annotools.model.tables import Attributes, Intervals, Shapes, Tags, Tracks

AttributeValues = Mapping[str | int, str]
_TABLES: dict[Owner, Any] = {Owner.TAG: Tags, Owner.SHAPE: Shapes, Owner.TRACK: Tracks, Owner.INTERVAL: Intervals}


class DatasetBuilder:
    """Collects definitions and rows.  Labels are given as Label, name or id; attributes by name or spec id."""

    def __init__(self, task: Task | None = None, labels: Iterable[Label] = (), frames: Frames | None = None) -> None:
        self.task = task or Task()
        self.labels = list(labels)
        self.jobs: list[Job] = []
        self._frames = frames
        self._frame_rows: list[tuple[str, int, int, bool, str]] = []
        self._rows: dict[Owner, list[dict[str, Any]]] = {owner: [] for owner in Owner}
        self._points: list[Iterable[float]] = []
        self._attributes: list[tuple[int, int, int, str]] = []

    def add_label(self, name: str, *, parent: Label | None = None, **fields: Any) -> Label:
        """Define a label.  fields: as of `Label`; an id is made up when none is given."""
        fields["attributes"] = tuple(self._spec(spec) for spec in fields.get("attributes", ()))
        number = fields.pop("id", None) or max((label.id for label in self.labels), default=0) + 1
        label = Label(number, name, parent.id if parent else None, **fields)
        self.labels.append(label)
        return label

    def _spec(self, spec: AttributeSpec) -> AttributeSpec:
        self._next_spec = max(getattr(self, "_next_spec", 0), *(s.id for lb in self.labels for s in lb.attributes), 0)
        self._next_spec = spec.id if spec.id > 0 else self._next_spec + 1
        return replace(spec, id=self._next_spec)

    def add_frame(self, name: str, width: int = 0, height: int = 0, *, deleted: bool = False, subset: str = "") -> int:
        """Append a frame and return its number.  width, height: px, 0 where unknown."""
        self._frame_rows.append((name, width, height, deleted, subset))
        return len(self._frame_rows) - 1

    def add_job(self, job: Job) -> int:
        """Append a job and return its row."""
        self.jobs.append(job)
        return len(self.jobs) - 1

    def add_tag(self, frame: int, label: Label | str | int, **columns: Any) -> int:
        """Append a label of a whole frame and return its row.  columns: as of `Tags`, and `attributes`."""
        return self._add(Owner.TAG, label, frame=frame, **columns)

    def add_track(self, label: Label | str | int, frame: int, **columns: Any) -> int:
        """Append a track and return its row.  columns: as of `Tracks`, and `attributes`."""
        return self._add(Owner.TRACK, label, frame=frame, **columns)

    def add_interval(self, label: Label | str | int, start: int, stop: int | None, **columns: Any) -> int:
        """Append a stretch of audio and return its row."""
        return self._add(Owner.INTERVAL, label, start=start, stop=-1 if stop is None else stop, **columns)

    def add_shape(
        self, kind: str | ShapeType, frame: int, label: Label | str | int | None = None,
        points: Iterable[float] = (), **columns: Any,
    ) -> int:  # fmt: skip
        """Append a shape and return its row.

        columns: as of `Shapes`, and `attributes`; `track=` makes it a keyframe, which takes label, group and source
        of its track, `parent=` an element of a plain skeleton.
        """
        code = kind if isinstance(kind, ShapeType) else ShapeType.of(kind)
        track = columns.get("track", -1)
        if track >= 0:
            above = self._rows[Owner.TRACK][track]
            label = above["label"] if label is None else label
            columns = {k: above[k] for k in ("group", "source", "job") if k in above} | columns
        if label is None:
            raise TypeError("a shape outside a track needs a label")
        self._points.append(points)
        return self._add(Owner.SHAPE, label, type=int(code), frame=frame, **columns)

    def _add(self, owner: Owner, label: Label | str | int, **columns: Any) -> int:
        found = self._label(label, columns)
        attributes: AttributeValues = columns.pop("attributes", None) or {}
        if isinstance(columns.get("source"), str):
            columns["source"] = int(Source.of(columns["source"]))
        rows = self._rows[owner]
        rows.append(columns | {"label": found if isinstance(found, int) else found.id})
        for name, value in attributes.items():
            self._attributes.append((int(owner), len(rows) - 1, self._spec_id(found, name), value))
        return len(rows) - 1

    def _label(self, label: Label | str | int, columns: dict[str, Any]) -> Label | int:
        if isinstance(label, Label):
            return label
        if isinstance(label, int):
            return next((known for known in self.labels if known.id == label), label)
        parent = columns.get("parent", -1)
        above = self._rows[Owner.SHAPE][parent]["label"] if parent >= 0 and "type" in columns else None
        for known in self.labels:
            if known.name == label and (above is None or known.parent == above):
                return known
        raise KeyError(f"no label named {label!r}")

    def _spec_id(self, label: Label | int, name: str | int) -> int:
        if isinstance(name, int):
            return name
        spec = label.spec(name) if isinstance(label, Label) else None
        if spec is None:
            raise KeyError(f"label {label if isinstance(label, int) else label.name!r} has no attribute {name!r}")
        return spec.id

    def dataset(self) -> Dataset:
        """The dataset of all that was added."""
        tables = {owner: self._table(owner) for owner in Owner}
        return Dataset(
            task=self.task, labels=Labels(tuple(self.labels)), frames=self._all_frames(), jobs=tuple(self.jobs),
            tags=tables[Owner.TAG], shapes=tables[Owner.SHAPE], tracks=tables[Owner.TRACK],
            intervals=tables[Owner.INTERVAL], attributes=self._attribute_table(),
        )  # fmt: skip

    def _all_frames(self) -> Frames:
        if self._frames is not None:
            return self._frames
        names, widths, heights, deleted, subsets = zip(*self._frame_rows, strict=True) if self._frame_rows else [()] * 5
        gone = np.flatnonzero(np.asarray(deleted, np.bool_))
        return Frames.of(names, widths or 0, heights or 0, deleted=gone, subsets=subsets)

    def _table(self, owner: Owner) -> Any:
        rows, table = self._rows[owner], _TABLES[owner]
        defaults = {name: column.default for name, column in table.COLUMNS.items()}
        columns: dict[str, Any] = {name: [row.get(name, defaults[name]) for row in rows] for name in defaults}
        if owner == Owner.SHAPE:
            points = [list(p) for p in self._points]
            columns["values"] = np.fromiter(chain.from_iterable(points), np.float64)
            columns["offsets"] = np.concatenate(([0], np.cumsum([len(p) for p in points], dtype=np.int64)))
        return table.of(len(rows), **columns)

    def _attribute_table(self) -> Attributes:
        pool: dict[str, int] = {}
        coded = [(k, o, s, pool.setdefault(v, len(pool))) for k, o, s, v in self._attributes]
        kind, owner, spec, value = zip(*coded, strict=True) if coded else ((), (), (), ())
        return Attributes.of(len(coded), kind=kind, owner=owner, spec=spec, value=value, pool=tuple(pool))
