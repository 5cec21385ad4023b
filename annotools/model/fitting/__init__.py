"""Reducing a dataset to what a format can carry, and saying what that costs.

    ready, losses = fit(dataset, keeps)        # for the writer; the losses name everything that does not survive
    back = survives(dataset, keeps)            # what a reader of the output gives

Both walk one table, `COUNTS`: kinds, types, conditions, columns, attributes, definitions, extras, rounding.  A row of
it counts one thing that may be lost and resets it; what the writer uses is counted and stays.  A row that is dropped
takes along what refers to it; a field that has its default is no loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from annotools.model.codes import Owner, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.fitting import definitions, rows
from annotools.model.fitting.state import Fitting
from annotools.model.keeps import EXTRA_TABLES, FRAME_FIELDS, JOB_FIELDS, LABEL_FIELDS, TASK_FIELDS, Keeps
from annotools.model.losses import Losses
from annotools.model.row_numbers import numbered, unnumbered
from annotools.model.tables import Shapes

__all__ = ["COUNTS", "Count", "fit", "survives", "used_shapes"]

_SHAPE_COLUMNS = (
    "id", "job", "occluded", "outside", "z_order", "rotation", "group", "source", "score", "keyframe",
)  # fmt: skip
_ROW_COLUMNS = {
    "tags": ("id", "job", "group", "source"),
    "tracks": ("id", "job", "group", "source"),
    "intervals": ("id", "job", "group", "source", "score"),
}


class Count(msgspec.Struct, frozen=True):
    """One thing that may be lost: `table.column` or a kind, and how it is counted and reset."""

    name: str
    run: Callable[[Fitting], None]


def _selecting() -> tuple[Count, ...]:
    """What leaves whole rows out."""
    counts = [Count(table, partial(rows.kind, table=table)) for table in _ROW_COLUMNS]
    counts += [Count(kind.word, partial(rows.shape_type, code=kind)) for kind in ShapeType]
    return (*counts, Count("elements", rows.elements), Count("conditions", rows.conditions))


def _columns() -> tuple[Count, ...]:
    """What is reset, in the order in which it is asked: the task before its frames."""
    counts = [Count(f"shapes.{name}", partial(rows.shape_column, column=name)) for name in _SHAPE_COLUMNS]
    for table, names in _ROW_COLUMNS.items():
        counts += [Count(f"{table}.{name}", partial(rows.row_column, table=table, column=name)) for name in names]
    counts += [Count(f"{owner.word}s.attributes", partial(rows.attributes, owner=owner)) for owner in Owner]
    counts += [_field("labels", name, definitions.label_field) for name in sorted(LABEL_FIELDS - {"sublabels"})]
    counts += [_field("task", name, definitions.task_field) for name in _task_order()]
    counts += [_field("frames", name, definitions.frame_field) for name in sorted(FRAME_FIELDS)]
    counts += [Count("jobs", definitions.jobs)]
    counts += [_field("jobs", name, definitions.job_field) for name in sorted(JOB_FIELDS)]
    counts += [Count(f"{table}.extras", partial(definitions.extras, table=table)) for table in EXTRA_TABLES]
    return (*counts, Count("labels.sublabels", definitions.sublabels), Count("rounding", rows.rounding))


def _field(table: str, name: str, count: Callable[..., None]) -> Count:
    return Count(f"{table}.{name}", partial(count, name=name))


def _task_order() -> list[str]:
    """The last frame first: it is told by the others."""
    return sorted(TASK_FIELDS, key=lambda name: (name != "stop_frame", name))


_SELECTING = _selecting()
COUNTS: tuple[Count, ...] = (*_SELECTING, *_columns())


def fit(dataset: Dataset, keeps: Keeps) -> tuple[Dataset, Losses]:
    """A dataset for the writer of a format, and everything that a reader of the output will not get back."""
    done = _run(dataset, keeps, COUNTS)
    return unnumbered(done.dataset), done.ledger.losses()


def survives(dataset: Dataset, keeps: Keeps, context: Dataset | None = None) -> Dataset:
    """What a reader of the output gives back.  context: the task that it was given, which says all but annotations."""
    result = unnumbered(_run(dataset, keeps, COUNTS, final=True).dataset)
    if context is None:
        return result
    return result.replace(task=context.task, labels=context.labels, frames=context.frames, jobs=context.jobs)


def used_shapes(dataset: Dataset, keeps: Keeps) -> Shapes:
    """The shapes that a writer gets."""
    return _run(dataset, keeps, _SELECTING).dataset.shapes


def _run(dataset: Dataset, keeps: Keeps, counts: Sequence[Count], *, final: bool = False) -> Fitting:
    fitting = Fitting(numbered(dataset), keeps, final=final)
    for count in counts:
        count.run(fitting)
    return fitting
