"""Reports and merges are those that the server's own code made of the same annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotools.convert.writing import write
from annotools.errors import InputError
from annotools.quality import ConsensusSettings, QualitySettings, merge_replicas, project_report, report
from annotools.quality.documents import conflict_rows, summary_item
from tests.quality.vectors import (
    FOLDER,
    OWN,
    Document,
    consensus_files,
    dataset_of,
    differences,
    task_files,
    vectors,
)

QUALITY, PROJECTS, CONSENSUS = (vectors(kind) for kind in ("quality", "project", "consensus"))


def test_the_copies_are_there_and_the_shared_ones_hold_them() -> None:
    counts = [len(vectors(kind, OWN)) for kind in ("quality", "project", "consensus")]
    assert counts == [18, 3, 9]
    names = {path.name for path in FOLDER.glob("*.json")}
    assert {path.name for path in OWN.glob("*.json")} <= names


def compared(document: Document, expected: Document) -> list[str]:
    """The stored document and what the API shows of it."""
    shown = differences(summary_item(document), expected["summary"], "summary")
    return [*differences(document, expected["data"], "data"), *shown]


@pytest.mark.parametrize("name", QUALITY)
def test_reports_of_tasks_and_jobs(name: str, tmp_path: Path) -> None:
    given, expected = QUALITY[name]["input"], QUALITY[name]["output"]
    result = report(dataset_of(task_files(given), tmp_path), QualitySettings.of(given["settings"]))
    assert compared(result.task, expected["task"]) == []
    assert {str(number) for number in result.jobs} == expected["jobs"].keys()
    for number, document in result.jobs.items():
        assert compared(document, expected["jobs"][str(number)]) == []
        assert differences(conflict_rows(document), expected["jobs"][str(number)]["conflicts"]) == []
    assert result.as_dict().keys() == {"task", "jobs", "corrected"}


@pytest.mark.parametrize("name", PROJECTS)
def test_reports_of_projects(name: str, tmp_path: Path) -> None:
    given, expected = PROJECTS[name]["input"], PROJECTS[name]["output"]
    tasks, own = [], {}
    for task in given["tasks"]:
        files = task_files({**task, "labels": given["labels"]}, task["id"])
        tasks.append((task["id"], dataset_of(files, tmp_path / str(task["id"]))))
        own[task["id"]] = QualitySettings.of(task["own_settings"])
    result = project_report(tasks, QualitySettings.of(given["project_settings"]), own)
    assert compared(result.project, expected["project"]) == []
    for number, document in expected["tasks"].items():
        made = result.reports[int(number)]
        assert made is not None
        assert compared(made.task, document) == []


@pytest.mark.parametrize("name", CONSENSUS)
def test_merges_of_replicas(name: str, tmp_path: Path) -> None:
    given, expected = CONSENSUS[name]["input"], CONSENSUS[name]["output"]
    dataset = dataset_of(consensus_files(given), tmp_path / "in")
    settings = ConsensusSettings.of(given["settings"])
    if expected["error"]:
        with pytest.raises(InputError) as raised:
            merge_replicas(dataset, settings)
        assert str(raised.value) in expected["error"]
        return
    merged, _ = merge_replicas(dataset, settings)
    write(merged, tmp_path / "out", "cvat-api")
    folder = tmp_path / "out" / "jobs" / str(given["parent"]["id"])
    document = json.loads((folder / "annotations.json").read_text("utf-8"))
    assert document.pop("intervals") == []
    assert differences(without_ids(document), without_ids(expected["annotations"])) == []
    assert json.loads((folder / "job.json").read_text("utf-8"))["state"] == expected["parent_state"]


def without_ids(value: Any) -> Any:
    """A document without the ids of annotations, which the server gives."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value
