"""Backups that people zipped with their folder, and backups of projects."""

from __future__ import annotations

from collections.abc import Callable

from annotools import read
from annotools.model import Owner
from tests.cases.conftest import Case

Cases = Callable[[str], Case]


def test_a_backup_in_a_folder_is_read_and_said(case: Cases) -> None:
    entered = case("backup-in-a-folder")
    entered.fine("convert backup.zip --to cvat-api -o out --report r.json")
    assert len(entered.json("out/annotations.json")["shapes"]) > 0
    (loss,) = [one for one in entered.json("r.json")["losses"] if one["what"] == "place in the archive"]
    assert loss["why"] == "it lies in task_1_backup/, where it is expected at the top"
    findings = entered.findings("backup.zip")
    assert findings["FMT006"] == ["error: an importer does not look here, expected at the top"]
    assert entered.run("validate backup.zip").exit_code == 1


def test_the_tasks_of_a_project_stand_one_behind_the_other(case: Cases) -> None:
    entered = case("backup-of-a-project")
    entered.fine("convert backup.zip --to cvat-api -o out")
    names = [frame["name"] for frame in entered.json("out/data_meta.json")["frames"]]
    assert names == ["task_0/a.jpg", "task_0/b.jpg", "task_1/a.jpg", "task_1/b.jpg"]
    dataset = read(entered.folder / "backup.zip", origin=True).dataset
    assert [(job.start_frame, job.stop_frame) for job in dataset.jobs] == [(0, 1), (2, 3)]
    assert dataset.origin is not None
    half = len(dataset.shapes) // 2
    members = [dataset.origin.member(Owner.SHAPE, row) for row in range(len(dataset.shapes))]
    assert members == ["task_0/annotations.json"] * half + ["task_1/annotations.json"] * half
    assert [frame >= 2 for frame in dataset.shapes.frame.tolist()] == [False] * half + [True] * half
    concise = entered.run("validate backup.zip --format concise --select ALL").stdout
    assert "backup.zip/task_1/task.json" in concise
    refused = entered.run("convert backup.zip --job 1 --to cvat-api -o out2")
    assert (refused.exit_code, "holds the backups of 2 tasks" in refused.stderr) == (2, True)
