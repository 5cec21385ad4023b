"""Backups that people zipped with their folder, and backups of projects."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from annotools import formats, read
from annotools.model import Owner
from annotools.storage import open_source
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


@pytest.mark.parametrize("above", ["data-main", "data-main/backups", "a/b/c/d"])
@pytest.mark.parametrize("name", ["backup-in-a-folder", "backup-of-a-project"])
def test_backups_further_down_are_read_alike(case: Cases, name: str, above: str) -> None:
    entered = case(name)
    with zipfile.ZipFile(entered.folder / "backup.zip") as archive:
        archive.extractall(entered.folder / "deep" / above)
    (entered.folder / "deep" / above.partition("/")[0] / "README.md").write_text("of people")
    expected, deep = read(entered.folder / "backup.zip").dataset, read(entered.folder / "deep").dataset
    assert formats.sniff(open_source(entered.folder / "deep")) == "cvat-backup"
    assert len(deep.shapes) == len(expected.shapes) > 0
    assert [name.rpartition("/")[2] for name in deep.frames.names] == [
        name.rpartition("/")[2] for name in expected.frames.names
    ]


@pytest.mark.parametrize("above", ["data-main", "data-main/street", "a/b/c/d"])
def test_bundles_further_down_are_read_alike(tmp_path: Path, above: str) -> None:
    street = Path(__file__).parents[2] / "examples" / "street"
    shutil.copytree(street, tmp_path / "deep" / above)
    assert formats.sniff(open_source(tmp_path / "deep")) == "cvat-api"
    assert read(tmp_path / "deep").dataset == read(street).dataset


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
    assert "FMT006" not in entered.findings("backup.zip"), "the server writes it so, and restores it as a project"
    refused = entered.run("convert backup.zip --job 1 --to cvat-api -o out2")
    assert (refused.exit_code, "holds the backups of 2 tasks" in refused.stderr) == (2, True)
