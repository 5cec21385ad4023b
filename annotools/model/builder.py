"""Building a dataset row by row: for readers of small or odd formats, for tests and for people.

    build = DatasetBuilder()
    car = build.add_label("car", type="rectangle")
    build.add_frame("a.jpg", 640, 480)
    build.add_shape("rectangle", frame=0, label=car, points=[10, 10, 60, 40])
    dataset = build.dataset()

A row is looked at before it is taken: one that cannot be is refused with its number, and leaves nothing behind.
Hot paths do not come this way: they make whole columns at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from itertools import chain
from typing import Any

import numpy as np

from annotools.errors import exact_keywords, suggest, unknown_keyword
from annotools.model.cells import checked_cell, checked_code, checked_flag, checked_number, checked_points, checked_text
from annotools.model.codes import Owner, ShapeType, Source
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import INPUT_TYPES, AttributeSpec, Job, Label, Labels, Task
from annotools.model.frames import Frames
from annotools.model.tables import Attributes, Intervals, Shapes, Tags, Tracks

AttributeValues = Mapping[str | int, str]
LabelLike = Label | str | int
LABEL_TYPES = ("any", *ShapeType.words(), "interval", "tag")
_TABLES: dict[Owner, Any] = {Owner.TAG: Tags, Owner.SHAPE: Shapes, Owner.TRACK: Tracks, Owner.INTERVAL: Intervals}
_LABEL_FIELDS = [field.name for field in fields(Label)]


class DatasetBuilder:
    """Collects definitions and rows.  Labels are given as Label, name or id; attributes by name or spec id.

    Raises, from every method: TypeError for a value of another type and an unknown column, ValueError for a value that
    cannot be, KeyError for the name of a label or attribute that there is not, IndexError for a row that there is not.
    """

    @exact_keywords
    def __init__(self, task: Task | None = None, labels: Iterable[Label] = (), frames: Frames | None = None) -> None:
        self.task = _of_type("task", Task() if task is None else task, Task)
        self.labels: list[Label] = [_of_type("a label", label, Label) for label in labels]
        self.jobs: list[Job] = []
        self._frames: Frames | None = None if frames is None else _of_type("frames", frames, Frames)
        self._frame_rows: list[tuple[str, int, int, bool, str]] = []
        self._rows: dict[Owner, list[dict[str, Any]]] = {owner: [] for owner in Owner}
        self._points: list[list[float]] = []
        self._attributes: list[tuple[int, int, int, str]] = []
        self._last_spec = 0

    def add_label(self, name: str, *, parent: Label | None = None, **columns: Any) -> Label:
        """Define a label.  columns: fields of `Label`; an id is made up when none is given."""
        with _refusal("label", len(self.labels)):
            label, last_spec = self._made_label(name, parent, columns)
        self.labels.append(label)
        self._last_spec = last_spec
        return label

    def _made_label(self, name: str, parent: Label | None, columns: dict[str, Any]) -> tuple[Label, int]:
        """The label, and the last id of an attribute that is used then."""
        unknown = columns.keys() - set(_LABEL_FIELDS)
        if unknown:
            raise unknown_keyword("a label", columns, _LABEL_FIELDS)
        kind = columns.get("type", "any")
        if kind not in LABEL_TYPES:
            raise ValueError(f"no type is called {kind!r}, expected {suggest(str(kind), LABEL_TYPES)}")
        for field in ("color", "svg"):
            checked_text(field, columns.get(field, ""))
        specs, last = self._specs(columns.get("attributes", ()))
        number = columns.get("id")
        if number is None:
            number = max((label.id for label in self.labels), default=0) + 1
        above = None if parent is None else _of_type("parent", parent, Label).id
        columns |= {"id": checked_number("id", number), "attributes": specs, "parent": above}
        return Label(name=checked_text("name", name), **columns), last

    def _specs(self, attributes: Iterable[AttributeSpec] | AttributeSpec) -> tuple[tuple[AttributeSpec, ...], int]:
        """Attributes with ids, made up where they have none, and the last id that is used then."""
        used = (spec.id for label in self.labels for spec in label.attributes)
        last = max(self._last_spec, *used, 0)
        specs = []
        for spec in (attributes,) if isinstance(attributes, AttributeSpec) else attributes:
            _check_spec(spec)
            last = spec.id if spec.id > 0 else last + 1
            specs.append(replace(spec, id=last))
        return tuple(specs), last

    def add_frame(self, name: str, width: int = 0, height: int = 0, *, deleted: bool = False, subset: str = "") -> int:
        """Append a frame and return its number.  width, height: px, 0 where unknown."""
        if self._frames is not None:
            raise ValueError("the frames were given as a whole, expected no further one")
        with _refusal("frame", len(self._frame_rows)):
            size = [checked_number(side, value) for side, value in (("width", width), ("height", height))]
            if min(size) < 0:
                raise ValueError(f"width and height are {size[0]} and {size[1]}, expected 0 or more")
            named, part = checked_text("name", name), checked_text("subset", subset)
            row = (named, size[0], size[1], checked_flag("deleted", deleted), part)
        self._frame_rows.append(row)
        return len(self._frame_rows) - 1

    def add_job(self, job: Job) -> int:
        """Append a job and return its row."""
        self.jobs.append(_of_type("job", job, Job))
        return len(self.jobs) - 1

    def add_tag(self, frame: int, label: LabelLike, **columns: Any) -> int:
        """Append a label of a whole frame and return its row.  columns: as of `Tags`, and `attributes`."""
        with self._next(Owner.TAG):
            return self._add(Owner.TAG, label, columns, frame=frame)

    def add_track(self, label: LabelLike, frame: int, **columns: Any) -> int:
        """Append a track and return its row.  columns: as of `Tracks`, and `attributes`."""
        with self._next(Owner.TRACK):
            self._check_row("parent", columns.get("parent", -1), Owner.TRACK)
            return self._add(Owner.TRACK, label, columns, frame=frame)

    def add_interval(self, label: LabelLike, start: int, stop: int | None, **columns: Any) -> int:
        """Append a stretch of audio and return its row."""
        with self._next(Owner.INTERVAL):
            return self._add(Owner.INTERVAL, label, columns, start=start, stop=-1 if stop is None else stop)

    def add_shape(
        self, kind: str | ShapeType, frame: int, label: LabelLike | None = None,
        points: Iterable[float] = (), **columns: Any,
    ) -> int:  # fmt: skip
        """Append a shape and return its row.

        columns: as of `Shapes`, and `attributes`; `track=` makes it a keyframe, which takes label, group and source
        of its track, `parent=` an element of a plain skeleton.
        """
        with self._next(Owner.SHAPE):
            code = checked_code("type", kind, ShapeType)
            track = self._check_row("track", columns.get("track", -1), Owner.TRACK)
            self._check_row("parent", columns.get("parent", -1), Owner.SHAPE)
            if track >= 0:
                above = self._rows[Owner.TRACK][track]
                label = above["label"] if label is None else label
                columns = {k: above[k] for k in ("group", "source", "job") if k in above} | columns
            if label is None:
                raise TypeError("a shape outside a track has no label, expected one")
            values = checked_points(points)
            row = self._add(Owner.SHAPE, label, columns, type=code, frame=frame)
        self._points.append(values)
        return row

    @contextmanager
    def _next(self, owner: Owner) -> Iterator[None]:
        with _refusal(f"{OWNERS[owner]}, row", len(self._rows[owner])):
            yield

    def _check_row(self, name: str, row: int, owner: Owner) -> int:
        number = checked_number(name, row)
        if not -1 <= number < len(self._rows[owner]):
            raise IndexError(f"{name} is {number}, expected one of the {len(self._rows[owner])} {OWNERS[owner]} so far")
        return number

    def _add(self, owner: Owner, label: LabelLike, columns: dict[str, Any], **cells: Any) -> int:
        """Take a row in, once all of it is known to be right."""
        definition = self._label(label, columns if owner == Owner.SHAPE else {})
        attributes = columns.pop("attributes", None) or {}
        row = self._cells(owner, columns) | self._cells(owner, cells)
        row["label"] = definition if isinstance(definition, int) else definition.id
        values = [(self._spec_id(definition, name), self._value(name, text)) for name, text in attributes.items()]
        rows = self._rows[owner]
        rows.append(row)
        self._attributes += ((int(owner), len(rows) - 1, spec, value) for spec, value in values)
        return len(rows) - 1

    @staticmethod
    def _cells(owner: Owner, cells: dict[str, Any]) -> dict[str, Any]:
        known = _TABLES[owner].COLUMNS
        if not cells.keys() <= known.keys():
            raise unknown_keyword(f"a row of {OWNERS[owner]}", cells, [*known, "attributes"])
        return {
            name: checked_code(name, value, Source) if name == "source" else checked_cell(name, value, known[name])
            for name, value in cells.items()
        }

    @staticmethod
    def _value(name: str | int, value: object) -> str:
        return checked_text(f"attribute {name!r}", value)

    def _label(self, label: LabelLike, columns: dict[str, Any]) -> Label | int:
        """The label, its id alone where nothing defines it.  columns: of a shape, which may be a part of another."""
        if isinstance(label, Label):
            return label
        if not isinstance(label, str):
            number = checked_number("label", label)
            return next((known for known in self.labels if known.id == number), number)
        parent = columns.get("parent", -1)
        above = self._rows[Owner.SHAPE][parent]["label"] if parent >= 0 else None
        for known in self.labels:
            if known.name == label and (above is None or known.parent == above):
                return known
        raise KeyError(
            f"no label is called {label!r}, expected {suggest(label, [known.name for known in self.labels])}"
        )

    def _spec_id(self, label: Label | int, name: str | int) -> int:
        if not isinstance(name, str):
            return checked_number("attribute", name)
        spec = label.spec(name) if isinstance(label, Label) else None
        if spec is None:
            known = [spec.name for spec in label.attributes] if isinstance(label, Label) else []
            owner = repr(label.name) if isinstance(label, Label) else label
            raise KeyError(f"label {owner} has no attribute {name!r}, expected {suggest(name, known)}")
        return spec.id

    def dataset(self) -> Dataset:
        """The dataset of all that was added."""
        self._check_jobs()
        tables = {owner: self._table(owner) for owner in Owner}
        return Dataset(
            task=self.task, labels=Labels(tuple(self.labels)), frames=self._all_frames(), jobs=tuple(self.jobs),
            tags=tables[Owner.TAG], shapes=tables[Owner.SHAPE], tracks=tables[Owner.TRACK],
            intervals=tables[Owner.INTERVAL], attributes=self._attribute_table(),
        )  # fmt: skip

    def _check_jobs(self) -> None:
        """Jobs may come after the rows that are in them, and all of them from elsewhere."""
        for owner, rows in self._rows.items():
            for number, row in enumerate(rows):
                job = row.get("job", -1)
                if self.jobs and not -1 <= job < len(self.jobs):
                    raise IndexError(f"{OWNERS[owner]}, row {number}: job is {job}, there are {len(self.jobs)}")

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
            columns["values"] = np.fromiter(chain.from_iterable(self._points), np.float64)
            columns["offsets"] = np.concatenate(([0], np.cumsum([len(p) for p in self._points], dtype=np.int64)))
        return table.of(len(rows), **columns)

    def _attribute_table(self) -> Attributes:
        pool: dict[str, int] = {}
        coded = [(k, o, s, pool.setdefault(v, len(pool))) for k, o, s, v in self._attributes]
        kind, owner, spec, value = zip(*coded, strict=True) if coded else ((), (), (), ())
        return Attributes.of(len(coded), kind=kind, owner=owner, spec=spec, value=value, pool=tuple(pool))


@contextmanager
def _refusal(what: str, number: int) -> Iterator[None]:
    """Errors in the block say which row was refused."""
    try:
        yield
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise type(error)(f"{what} {number}: {error.args[0] if error.args else error}") from None


def _of_type(name: str, value: Any, kind: type[Any]) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is {value!r}, expected a {kind.__name__}")
    return value


def _check_spec(spec: AttributeSpec) -> None:
    _of_type("an attribute", spec, AttributeSpec)
    checked_text("the name of an attribute", spec.name)
    checked_text(f"the default of {spec.name!r}", spec.default_value)
    for value in spec.values:
        checked_text(f"a value of {spec.name!r}", value)
    if spec.input_type not in INPUT_TYPES:
        raise ValueError(f"attribute {spec.name!r} is a {spec.input_type!r}, expected one of {', '.join(INPUT_TYPES)}")
