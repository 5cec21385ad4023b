"""What a format can carry, declared as data.

    Keeps(
        shapes={RECTANGLE: {"rotation", "attributes"}, POLYGON: {"attributes"}},
        frames={"name", "subsets"}, uses={"frames.size"}, rounding=Px(2),
        conditions=(Condition("rotated box", "the format has no rotation", unrotated),),
    )

It says two different things.  What *survives* is what a reader of the output gets back.  What is in `uses` is only
looked at by the writer (a YOLO line is divided by the size and does not hold it): it stays in the dataset for the
writer, and is counted as lost all the same.  `fit` reads it and is the only code that drops what a format cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

import msgspec

from annotools.model.codes import ShapeType
from annotools.model.columns import Bools
from annotools.model.definitions import Job, Task
from annotools.model.rounding import Px, Share

if TYPE_CHECKING:
    from annotools.model.dataset import Dataset

Names = Set[str]

ROW_COLUMNS = frozenset({"id", "job"})
SHAPE_COLUMNS = ROW_COLUMNS | frozenset(
    {"occluded", "outside", "z_order", "rotation", "group", "source", "score", "attributes", "keyframe"}
)
TAG_COLUMNS = TRACK_COLUMNS = ROW_COLUMNS | frozenset({"group", "source", "attributes"})
INTERVAL_COLUMNS = TAG_COLUMNS | frozenset({"score"})
LABEL_FIELDS = frozenset({"id", "name", "type", "color", "attributes", "svg", "sublabels"})
FRAME_FIELDS = frozenset({"name", "size", "deleted", "subsets", "related"})
TASK_FIELDS = frozenset(one.name for one in fields(Task))
JOB_FIELDS = frozenset(one.name for one in fields(Job))
EXTRA_TABLES = ("frames", "labels", "tags", "shapes", "tracks", "intervals", "dataset")


class Condition(msgspec.Struct, frozen=True):
    """A named question about the rows of a table: rows for which `holds` is false cannot be carried.

    holds: dataset -> boolean mask over the rows of `table`.
    """

    what: str
    why: str
    holds: Callable[[Dataset], Bools]
    table: Literal["shapes", "tags", "tracks", "intervals"] = "shapes"


@dataclass(frozen=True, slots=True)
class Keeps:
    """What a format carries.  A kind that is None or missing is not carried at all.

    shapes: per shape type the columns carried; elements: the columns of elements of skeletons (of any type);
    labels, frames, task, jobs: field names, `name` and `id` too; no field of jobs means no jobs.
    extras: per table the names of the extras carried, `*` for all.  uses: `table.column` of what the writer needs and
    the output does not hold.  rounding: how coordinates are rounded (masks excepted).
    """

    shapes: Mapping[ShapeType, Names] = field(default_factory=dict)
    elements: Names | None = None
    tags: Names | None = None
    tracks: Names | None = None
    intervals: Names | None = None
    labels: Names = frozenset()
    frames: Names = frozenset()
    task: Names = frozenset()
    jobs: Names = frozenset()
    extras: Mapping[str, Names] = field(default_factory=dict)
    uses: Names = frozenset()
    rounding: Px | Share | None = None
    conditions: tuple[Condition, ...] = ()

    def keeps_extra(self, table: str, name: str) -> bool:
        """Whether an extra survives."""
        names = self.extras.get(table, frozenset())
        return name in names or "*" in names


EVERYTHING = Keeps(
    shapes=dict.fromkeys(ShapeType, SHAPE_COLUMNS),
    elements=SHAPE_COLUMNS, tags=TAG_COLUMNS, tracks=TRACK_COLUMNS, intervals=INTERVAL_COLUMNS,
    labels=LABEL_FIELDS, frames=FRAME_FIELDS, task=TASK_FIELDS, jobs=JOB_FIELDS,
    extras=dict.fromkeys(EXTRA_TABLES, frozenset({"*"})),
)  # fmt: skip
