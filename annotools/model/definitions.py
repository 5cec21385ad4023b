"""What a task is made of besides annotations and frames: the task, its labels and jobs.  Small frozen objects.

Source: CVAT's TaskRead, JobRead, Label and DataMetaRead; frame numbers as described for its data API:
annotations count the frames of the task from 0, the media counts its own: source_frame = start_frame + step * frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, overload

import numpy as np

from annotools.errors import texts
from annotools.model.columns import Array, Bools, Ints
from annotools.model.extras import Extra, Extras

INPUT_TYPES = ("checkbox", "radio", "number", "text", "select")


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """The definition of an attribute of a label.

    values: the choices, or min, max, step of a number.  No values and one empty value are the same: the server keeps
    them as lines of one text.
    """

    id: int
    name: str
    mutable: bool = False
    input_type: str = "text"
    default_value: str = ""
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = texts(self.values)
        object.__setattr__(self, "values", () if values == ("",) else values)


@dataclass(frozen=True, slots=True)
class Label:
    """A class name.  A sublabel (a point of a skeleton) names its skeleton's label in `parent`.

    `type` is a shape type, `tag`, `interval` or `any`.  `svg` is the drawing of a skeleton, its circles carrying
    `data-label-name`.  `extras` are (name, value) of what a format says beside, undecoded JSON as bytes.
    """

    id: int
    name: str
    parent: int | None = None
    type: str = "any"
    color: str = ""
    attributes: tuple[AttributeSpec, ...] = ()
    svg: str = ""
    extras: tuple[tuple[str, Any], ...] = ()

    def spec(self, name: str) -> AttributeSpec | None:
        """The attribute of that name."""
        return next((spec for spec in self.attributes if spec.name == name), None)


@dataclass(frozen=True)
class Labels(Sequence[Label]):
    """The labels of a task in their order, a skeleton followed by its sublabels."""

    rows: tuple[Label, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Label: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Label, ...]: ...
    def __getitem__(self, index: int | slice) -> Label | tuple[Label, ...]:
        return self.rows[index]

    def __iter__(self) -> Iterator[Label]:
        return iter(self.rows)

    @cached_property
    def specs_by_name(self) -> dict[tuple[int, str], AttributeSpec]:
        """Attributes by the id of their label and their name, of one name the first."""
        specs: dict[tuple[int, str], AttributeSpec] = {}
        for number, label in self.by_id.items():
            for spec in label.attributes:
                specs.setdefault((number, spec.name), spec)
        return specs

    @cached_property
    def by_id(self) -> dict[int, Label]:
        """Labels and sublabels by id."""
        return {label.id: label for label in self.rows}

    @cached_property
    def by_name(self) -> dict[tuple[str, int | None], Label]:
        """Labels by name and parent's id; of several with one name the first."""
        return {(label.name, label.parent): label for label in reversed(self.rows)}

    @cached_property
    def specs(self) -> dict[int, tuple[Label, AttributeSpec]]:
        """Every attribute specification by id, with its label."""
        return {spec.id: (label, spec) for label in self.rows for spec in label.attributes}

    @cached_property
    def top(self) -> tuple[Label, ...]:
        """The labels that are not points of a skeleton."""
        return tuple(label for label in self.rows if label.parent is None)

    @property
    def extras(self) -> dict[str, Extra]:
        """What a format says beside of each label, as columns."""
        by_label = [dict(label.extras) for label in self.rows]
        names = dict.fromkeys(name for extras in by_label for name in extras)
        return {name: _extra([extras.get(name) for extras in by_label]) for name in names}

    def with_extras(self, extras: Extras) -> Self:
        """The same labels with what a format says beside.  extras: columns as long as the labels."""
        values = {name: extra.plain() for name, extra in extras.items()}
        rows = (
            replace(label, extras=tuple((n, column[row]) for n, column in values.items() if column[row] is not None))
            for row, label in enumerate(self.rows)
        )
        return type(self)(tuple(rows))

    def find(self, name: str, parent: int | None = None) -> Label | None:
        """The label of that name."""
        return self.by_name.get((name, parent))

    def named(self, name: str) -> tuple[Label, ...]:
        """All labels and sublabels of a name."""
        return self._namesakes.get(name, ())

    def resolve(self, name: str, parent: int = -1) -> Label | None:
        """The label of a name.  parent: the id of the skeleton's label above, -1 for none.

        A point of a skeleton may also stand alone, where no other label has its name.
        """
        label = self.find(name, parent if parent >= 0 else None)
        if label is None and parent < 0:
            alone = self.named(name)
            return alone[0] if len(alone) == 1 else None
        return label

    @cached_property
    def _namesakes(self) -> dict[str, tuple[Label, ...]]:
        namesakes: dict[str, list[Label]] = {}
        for label in self.rows:
            namesakes.setdefault(label.name, []).append(label)
        return {name: tuple(labels) for name, labels in namesakes.items()}

    def sublabels(self, parent: int) -> tuple[Label, ...]:
        """The points of a skeleton, in the order of their definition."""
        return self._families.get(parent, ())

    @cached_property
    def _families(self) -> dict[int, tuple[Label, ...]]:
        families: dict[int, list[Label]] = {}
        for label in self.rows:
            if label.parent is not None:
                families.setdefault(label.parent, []).append(label)
        return {parent: tuple(points) for parent, points in families.items()}


def _extra(values: list[Any]) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, np.array([value is not None for value in values], np.bool_))


@dataclass(frozen=True, slots=True)
class Job:
    """A segment of the task.  Frame numbers count the task's frames; `included` limits a ground truth job."""

    id: int = -1
    type: str = "annotation"
    start_frame: int = 0
    stop_frame: int = 0
    parent_job: int | None = None
    stage: str = "annotation"
    state: str = "new"
    assignee: str = ""
    included: tuple[int, ...] | None = None
    disabled: tuple[int, ...] = ()
    honeypots: tuple[tuple[int, int], ...] = ()

    def frames(self) -> Ints:
        """The task's frame numbers that the job shows, ascending."""
        shown = range(self.start_frame, self.stop_frame + 1) if self.included is None else self.included
        return np.asarray(shown, np.int64)


@dataclass(frozen=True, slots=True)
class Task:
    """The task itself.  start_frame, stop_frame and step are in frames of the source media."""

    id: int = -1
    name: str = ""
    mode: str = "annotation"
    dimension: str = "2d"
    media_type: str = "image"
    subset: str = ""
    start_frame: int = 0
    stop_frame: int | None = None
    step: int = 1
    segment_size: int = 0
    overlap: int = 0
    chunk_size: int | None = None
    quality: int = 70
    bug_tracker: str = ""
    owner: str = ""
    owner_email: str = ""
    assignee: str = ""
    assignee_email: str = ""
    status: str = "annotation"
    created: str = ""
    updated: str = ""
    source_name: str = ""
    project_id: int | None = None

    @property
    def is_video(self) -> bool:
        """Whether the frames are those of a video (or of pictures annotated as one)."""
        return self.mode == "interpolation"

    @property
    def is_audio(self) -> bool:
        """Whether it is a recording, in milliseconds instead of frames."""
        return self.media_type == "audio" or self.dimension == "1d"


def last_source_frame(task: Task, frames: int) -> int:
    """The last frame in the source that the number of frames of a task leads to."""
    return task.start_frame + task.step * max(frames - 1, 0)


def source_frames(task: Task, frames: Array) -> Ints:
    """Frame numbers within the task -> within the source media."""
    numbers: Ints = task.start_frame + task.step * np.asarray(frames, np.int64)
    return numbers


def task_frames(task: Task, numbers: Array) -> tuple[Ints, Bools]:
    """Source frame numbers -> frames of the task, and which of them the step really meets."""
    frames, remainder = np.divmod(np.asarray(numbers, np.int64) - task.start_frame, task.step)
    return frames, remainder == 0


def video_name(source_frame: int) -> str:
    """The name that CVAT gives a frame of a video, without extension."""
    return f"frame_{source_frame:06d}"
