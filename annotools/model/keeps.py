"""What a format can carry, declared as data.

    Keeps(
        shapes={RECTANGLE: {"rotation", "attributes"}, POLYGON: {"attributes"}},
        frames={"size"}, labels={"color"}, decimals=2,
        conditions=(Condition("rotated box", "the format has no rotation", unrotated),),
    )

`project` reads it and is the only code that drops anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from annotools.model.codes import ShapeType
from annotools.model.tables import Bools

if TYPE_CHECKING:
    from annotools.model.dataset import Dataset

Names = Set[str]

SHAPE_COLUMNS = frozenset(
    {"occluded", "outside", "z_order", "rotation", "group", "source", "score", "attributes", "keyframe"}
)
TAG_COLUMNS = TRACK_COLUMNS = frozenset({"group", "source", "attributes"})
INTERVAL_COLUMNS = frozenset({"group", "source", "score", "attributes"})
LABEL_FIELDS = frozenset({"type", "color", "attributes", "svg", "sublabels"})
FRAME_FIELDS = frozenset({"size", "deleted", "subsets", "related"})
TASK_FIELDS = frozenset(
    {
        "name", "mode", "dimension", "media_type", "subset", "start_frame", "stop_frame", "step", "segment_size",
        "overlap", "chunk_size", "quality", "bug_tracker", "owner", "owner_email", "assignee", "assignee_email",
        "status", "created", "updated", "source_name",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A named question about the rows of a table: rows for which `holds` is false cannot be carried.

    holds: dataset -> boolean mask over the rows of `table`.
    """

    what: str
    why: str
    holds: Callable[[Dataset], Bools]
    table: Literal["shapes", "tags", "tracks"] = "shapes"


@dataclass(frozen=True, slots=True)
class Keeps:
    """What a format carries.  A kind that is None or missing is not carried at all.

    shapes: per shape type the columns carried; elements: the columns of elements of skeletons (of any type);
    labels, frames, task: field names; jobs: whether annotations and frames belong to jobs;
    decimals, rounding: how coordinates are rounded (masks excepted), None for not at all.
    """

    shapes: Mapping[ShapeType, Names] = field(default_factory=dict)
    elements: Names | None = None
    tags: Names | None = None
    tracks: Names | None = None
    intervals: Names | None = None
    labels: Names = frozenset()
    frames: Names = frozenset()
    task: Names = frozenset()
    jobs: bool = False
    conditions: tuple[Condition, ...] = ()
    decimals: int | None = None
    rounding: Literal["around", "shortest"] = "shortest"


EVERYTHING = Keeps(
    shapes=dict.fromkeys(ShapeType, SHAPE_COLUMNS),
    elements=SHAPE_COLUMNS, tags=TAG_COLUMNS, tracks=TRACK_COLUMNS, intervals=INTERVAL_COLUMNS,
    labels=LABEL_FIELDS, frames=FRAME_FIELDS, task=TASK_FIELDS, jobs=True,
)  # fmt: skip
