"""What a lost cell is to people, told column by column: on the class of a loss `--strict` decides.

annotations: what somebody drew or said.  definitions: what annotations refer to.  record: ids, people, dates, and how
the work was organised.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from annotools.convert.writing import check_losses
from annotools.errors import LossError
from annotools.model import Dataset, Frames, Intervals, Job, Shapes, Tags, Task, Tracks
from annotools.model.losses import Ledger, class_of

DEFINING = {
    "task": {"subset", "start_frame", "stop_frame", "step", "mode", "dimension", "media_type"},
    "jobs": {"included"},
    "labels": {"name", "type", "color", "attributes", "svg", "sublabels"},
    "frames": {"name", "size", "deleted", "subsets", "related"},
}
RECORD = {
    "task": {
        "id", "name", "segment_size", "overlap", "chunk_size", "quality", "bug_tracker", "owner", "owner_email",
        "assignee", "assignee_email", "status", "created", "updated", "source_name", "project_id",
    },
    "jobs": {
        "id", "type", "start_frame", "stop_frame", "parent_job", "stage", "state", "assignee", "disabled", "honeypots",
    },
    "labels": {"id"}, "frames": set[str](),
}  # fmt: skip
TABLES: dict[str, Any] = {"tags": Tags, "shapes": Shapes, "tracks": Tracks, "intervals": Intervals}
DRAWN = {"group", "source", "attributes"}


@pytest.mark.parametrize("table", DEFINING)
def test_fields_of_definitions(table: str) -> None:
    assert {class_of(table, name) for name in DEFINING[table]} == {"definitions"}
    assert {class_of(table, name) for name in RECORD[table]} <= {"record"}


@pytest.mark.parametrize(("table", "kind"), [("task", Task), ("jobs", Job)])
def test_every_field_is_one_or_the_other(table: str, kind: Any) -> None:
    assert {field.name for field in fields(kind)} == DEFINING[table] | RECORD[table]


@pytest.mark.parametrize("table", TABLES)
def test_rows_and_columns_of_annotations(table: str) -> None:
    columns = set(TABLES[table].COLUMNS) - {"id", "job"}
    assert {class_of(table, name) for name in columns | DRAWN | {"", "extras.iscrowd"}} == {"annotations"}
    assert {class_of(table, name) for name in ("id", "job", "extras.track_id", "extras.annotation_id")} == {"record"}


def test_extras_and_members() -> None:
    assert class_of("frames", "extras.license") == class_of("labels", "extras.supercategory") == "definitions"
    assert class_of("frames", "extras.image_id") == class_of("labels", "extras.category_id") == "record"
    assert class_of("dataset", "extras.info") == "record"


@pytest.mark.parametrize(
    ("table", "column"), [*(("task", name) for name in sorted(DEFINING["task"])), ("jobs", "included")]
)
def test_strict_stops_at_a_definition(table: str, column: str) -> None:
    ledger = Ledger("fit")
    ledger.lost("something", "the format has none", Dataset(frames=Frames.of(["a.jpg"])), table, [0], column=column)
    with pytest.raises(LossError):
        check_losses(ledger.losses(), True)
