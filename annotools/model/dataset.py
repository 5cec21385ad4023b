"""The hub: one immutable dataset, as flat tables of annotations and small definitions.

    for shape in dataset.shapes:                    # row views, for people
        print(shape.label.name, shape.frame.name, shape.points)
    dataset.shapes.frame, dataset.shapes.values     # columns, for everything else

A step returns a new dataset that shares the columns it did not change.  Two datasets are compared with `==` by
meaning: ids and order do not matter (see `canonical`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from annotools.errors import exact_keywords, unknown_keyword
from annotools.model.attribute_index import AttributeIndex
from annotools.model.canonical import canonical, equal
from annotools.model.codes import Owner
from annotools.model.definitions import Job, Label, Labels, Task
from annotools.model.extras import Extras
from annotools.model.frames import Frames
from annotools.model.selection import Selection, picks, select
from annotools.model.tables import Array, Attributes, Intervals, Ints, Shapes, Table, Tags, Tracks
from annotools.model.views import VIEWS

if TYPE_CHECKING:
    from annotools.model.origin import Origin

PARTS = ("task", "labels", "frames", "jobs", "tags", "shapes", "tracks", "intervals", "attributes", "origin", "extras")
OWNERS = {Owner.TAG: "tags", Owner.SHAPE: "shapes", Owner.TRACK: "tracks", Owner.INTERVAL: "intervals"}


class Dataset:
    """Annotations of one task with what they refer to.  Every argument is optional."""

    task: Task
    labels: Labels
    frames: Frames
    jobs: tuple[Job, ...]
    _tags: Tags
    _shapes: Shapes
    _tracks: Tracks
    _intervals: Intervals
    attributes: Attributes
    origin: Origin | None

    def __init__(self, **parts: Any) -> None:
        self._put(dict.fromkeys(PARTS) | parts)
        self._spread(parts.get("extras") or {})
        self._index: AttributeIndex | None = None

    def _put(self, parts: Mapping[str, Any]) -> None:
        """Set parts, each of its kind, but for extras.  Raises TypeError for one of another, and what is no part."""
        if not parts.keys() <= set(PARTS):
            raise unknown_keyword("a dataset", parts, PARTS)
        for name, (slot, kept) in _SLOTS.items():
            if name in parts:
                setattr(self, slot, kept(parts[name]))

    # Tables know their dataset only while they are in use: a lasting reference both ways would keep
    # hundreds of megabytes alive until the collector runs.
    @property
    def tags(self) -> Tags:
        """Labels of whole frames."""
        return self._tags.bind(self.view)

    @property
    def shapes(self) -> Shapes:
        """Plain shapes, keyframes of tracks, elements of skeletons."""
        return self._shapes.bind(self.view)

    @property
    def tracks(self) -> Tracks:
        """Objects over frames."""
        return self._tracks.bind(self.view)

    @property
    def intervals(self) -> Intervals:
        """Stretches of audio."""
        return self._intervals.bind(self.view)

    @property
    def extras(self) -> dict[str, Extras]:
        """What formats say beside, by table and name: `frames`, `labels`, `dataset` and the tables of annotations."""
        tables: dict[str, Extras] = {name: getattr(self, f"_{name}").extras for name in OWNERS.values()}
        tables["attributes"] = self.attributes.extras
        return tables | {"frames": self.frames.extras, "labels": self.labels.extras, "dataset": self._own}

    def _spread(self, extras: Mapping[str, Extras]) -> None:
        """Put extras where they belong; those of tables that are not named stay."""
        self._own: Extras = extras.get("dataset", {})
        for name in OWNERS.values():
            if name in extras:
                setattr(self, f"_{name}", getattr(self, f"_{name}").with_extras(extras[name]))
        if "attributes" in extras:
            self.attributes = self.attributes.with_extras(extras["attributes"])
        if "frames" in extras:
            self.frames = self.frames.with_extras(extras["frames"])
        if "labels" in extras:
            self.labels = self.labels.with_extras(extras["labels"])

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name))} {name}" for name in ("frames", "labels", *OWNERS.values()))
        return f"<Dataset {self.task.name!r}: {counts}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return equal(self, other)

    def canonical(self) -> Self:
        """The same annotations with ids renumbered and rows in one fixed order; origin is left out, of extras those
        that are ids or derived.
        """
        return self.replace(**canonical(self))

    __hash__ = None  # type: ignore[assignment]  # equality by meaning has no cheap hash

    def parts(self) -> dict[str, Any]:
        """Everything that makes the dataset, by argument name."""
        tables = {name: getattr(self, f"_{name}") for name in OWNERS.values()}
        fields = {name: getattr(self, name) for name in PARTS if name not in tables and name != "extras"}
        return tables | fields | {"extras": {"dataset": self._own}}

    def replace(self, **parts: Any) -> Self:
        """The same dataset with some parts changed.  extras: of the named tables; those of others stay;
        None takes away those of the dataset itself."""
        new = object.__new__(type(self))
        vars(new).update(vars(self), _index=None)  # what stays has been looked at before
        new._put(parts)
        if "extras" in parts:
            new._spread({} if parts["extras"] is None else {"dataset": self._own, **parts["extras"]})
        return new

    def table(self, owner: Owner) -> Table:
        """The table whose rows own attributes of a kind."""
        table: Table = getattr(self, f"_{OWNERS[owner]}")
        return table

    @exact_keywords
    def select(
        self,
        *,
        tags: ArrayLike | None = None,
        shapes: ArrayLike | None = None,
        tracks: ArrayLike | None = None,
        intervals: ArrayLike | None = None,
    ) -> Self:
        """The chosen rows of each table (a boolean mask, or row numbers); what is not named stays.

        Parents, tracks and attributes stay consistent: with a track go its keyframes and elements, with a skeleton
        its elements; a track or skeleton whose last part was not chosen goes too.
        Raises: ValueError for a mask of another length, IndexError for a row that there is not, TypeError.
        """
        masks = {"tags": tags, "shapes": shapes, "tracks": tracks, "intervals": intervals}
        chosen = {k: None if m is None else picks(k, m, len(getattr(self, f"_{k}"))) for k, m in masks.items()}
        return self.replace(**select(self, Selection(**chosen)))

    def in_job(self, job: int) -> Self:
        """The annotations of one job (its row; -1 for those of the task as a whole).

        Raises: IndexError for a row that there is not, an id for instance.
        """
        if not -1 <= job < len(self.jobs):
            ids = [known.id for known in self.jobs]
            hint = f" (the job of id {job} is row {ids.index(job)})" if job in ids else ""
            raise IndexError(f"no job has row {job}, expected -1 to {len(ids) - 1}{hint}")
        return self.select(
            tags=self._tags.job == job, shapes=self._shapes.job == job,
            tracks=self._tracks.job == job, intervals=self._intervals.job == job,
        )  # fmt: skip

    def on_frames(self, frames: ArrayLike) -> Self:
        """The tags, shapes and keyframes on these frames of the task; frames are not renumbered.

        Raises: IndexError for a frame that neither the task nor an annotation has, TypeError for what is not a number.
        """
        wanted = np.asarray(frames)
        if wanted.size and wanted.dtype.kind not in "iu":
            raise TypeError(f"frames are {frames!r}, expected numbers of frames")
        known = np.concatenate([np.arange(len(self.frames)), self._tags.frame, self._shapes.frame])
        outside = wanted[~np.isin(wanted, known)].ravel().tolist() if len(self.frames) else []
        if outside:
            raise IndexError(f"there is no frame {outside[0]}, expected one of 0 to {len(self.frames) - 1}")
        return self.select(tags=np.isin(self._tags.frame, wanted), shapes=np.isin(self._shapes.frame, wanted))

    @property
    def shown_frames(self) -> Ints:
        """The frames that an export shows, ascending: those of the job where there is one job, without deleted ones."""
        frames = np.arange(len(self.frames)) if len(self.jobs) != 1 else self.jobs[0].frames()
        frames = frames[(frames >= 0) & (frames < len(self.frames))]
        return np.asarray(frames[~self.frames.deleted[frames]], np.int64)

    @property
    def plain_shapes(self) -> Array:
        """Row numbers of the shapes that are neither a keyframe nor an element."""
        return np.flatnonzero((self._shapes.track < 0) & (self._shapes.parent < 0))

    @property
    def attribute_index(self) -> AttributeIndex:
        """Attributes by owner."""
        if self._index is None:
            self._index = AttributeIndex(self.attributes)
        return self._index

    def attribute_values(self, owner: Owner, row: int) -> list[tuple[int, str]]:
        """(spec, value) of the attributes of one row, in their order."""
        return self.attribute_index.values(owner, row)

    def view(self, owner: Owner, row: int) -> Any:
        """A row of the table of that kind for people: a `ShapeView`, `TagView`, ...; negative rows count from the end.

        Raises: IndexError.
        """
        return VIEWS[owner](self, _row(row, len(self.table(owner))))


def _labels(labels: Labels | Iterable[Any] | None) -> Labels:
    return labels if isinstance(labels, Labels) else Labels(tuple(_part("a label", one, Label) for one in labels or ()))


def _part(name: str, value: Any, kind: type[Any]) -> Any:
    """A part as it is, the empty one for None.  Raises TypeError for one of another kind."""
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{name} is a {type(value).__name__}, expected {kind.__name__}")
    return kind() if value is None else value


def _table(table: Any, kind: Any) -> Any:
    if table is None:
        return kind.of(0)
    if not isinstance(table, kind):
        raise TypeError(f"{kind.__name__.lower()} are a {type(table).__name__}, expected {kind.__name__}")
    return table.replace(view=None) if getattr(table, "view", None) is not None else table


_KINDS: dict[str, Any] = {"tags": Tags, "shapes": Shapes, "tracks": Tracks, "intervals": Intervals}
_SLOTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "task": ("task", lambda task: _part("task", task, Task)),
    "labels": ("labels", _labels),
    "frames": ("frames", lambda frames: _part("frames", frames, Frames)),
    "jobs": ("jobs", lambda jobs: tuple(_part("a job", job, Job) for job in jobs or ())),
    **{name: (f"_{name}", partial(_table, kind=kind)) for name, kind in _KINDS.items()},
    "attributes": ("attributes", partial(_table, kind=Attributes)),
    "origin": ("origin", lambda origin: origin),
}


def _row(row: int, size: int) -> int:
    if not -size <= row < size:
        raise IndexError(f"row {row} of {size}")
    return row % size
