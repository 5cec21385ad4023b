"""What a user types, against what a CVAT server wrote and stored: every recorded export and import of these formats."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

import annotools as at
from annotools import formats
from annotools.cli import group
from annotools.formats import TABLE
from annotools.model.canonical import differing
from tests.paths import GOLDEN, SHARED

TASKS = ("deleted_frames", "images", "video")
# Of which the server's class numbers mean other labels, and which ones follows from the order of labels.
MISNAMED = {"yolo"}
WHY = "the recorded exports of a server are not beside this checkout"


def recorded(pattern: str) -> list[Any]:
    """Files of these formats; one skipped case when there are none."""
    cases = [
        pytest.param(path, id="-".join(path.relative_to(GOLDEN).with_suffix("").parts))
        for task in TASKS
        for path in sorted((GOLDEN / task).glob(pattern))
        if path.stem in TABLE or path.parent.name in TABLE
    ]
    return cases or [pytest.param(GOLDEN, marks=pytest.mark.skip(reason=WHY))]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program that scores an export."""
    monkeypatch.syspath_prepend(SHARED / "tools")
    return importlib.import_module("compare_export")


def typed(*words: str | Path) -> None:
    """Runs `annotools convert` as from a shell."""
    done = CliRunner().invoke(group, ["convert", *map(str, words)], prog_name="annotools")
    assert (done.exit_code, done.exception) == (0, None), done.output


def job_of(export: Path, *, in_backup: bool = False) -> list[str]:
    """The job of an export; a backup knows its jobs by their place alone."""
    if export.stem == "task":
        return []
    number = int(export.stem.removeprefix("job_"))
    jobs = orjson.loads((export.parents[2] / "index.json").read_bytes())["jobs"]
    return ["--job", str(jobs.index(number) + 1 if in_backup else number)]


# the judge, which is not ours, asks elements for their truth; from Python 3.12 on that is deprecated, and still works
@pytest.mark.filterwarnings("ignore:Testing an element's truth value:DeprecationWarning:compare_export")
@pytest.mark.parametrize("export", recorded("exports*/*/*.zip"))
def test_an_export_is_the_servers(export: Path, judge: ModuleType, tmp_path: Path) -> None:
    slug, mine = export.parent.name, tmp_path / "mine.zip"
    pictured = "with_images" in export.parts[-3]
    pictures = ["--images", str(export)] if pictured else []  # frames of a video are pictures in the export alone
    typed(export.parents[2] / "inputs", "--to", slug, "-o", mine, "--compat", "cvat", *job_of(export), *pictures)
    report = judge.compare_exports(export, mine, slug)
    assert report.as_dict()["score"] == 1, report.differences


@pytest.mark.parametrize("export", recorded("exports/*/*.zip"))
def test_a_backup_gives_the_same(export: Path, tmp_path: Path) -> None:
    """Apart from what a backup does not say: ids of tasks and jobs, and the order of labels, which numbers follow."""
    slug, backup = export.parent.name, export.parents[2] / "inputs" / "backup.zip"
    mine = tmp_path / "mine.zip"
    typed(backup, "--to", slug, "-o", mine, "--compat", "cvat", "--no-images", *job_of(export, in_backup=True))
    task = at.read(export.parents[2] / "inputs").dataset if "sizes" in formats.get(slug).needs else None
    sides = [at.read(side, slug, context=task).dataset for side in (mine, export)]
    if slug in MISNAMED:
        sides = [side.replace(shapes=side.shapes.replace(label=np.full(len(side.shapes), 1))) for side in sides]
    difference = at.diff(*sides, tolerance=1e-9)
    assert not difference, list(difference)


@pytest.mark.parametrize("answer", recorded("reimport/*.json"))
def test_an_import_is_stored_as_the_server_does(answer: Path, tmp_path: Path) -> None:
    task, slug = answer.parents[1], answer.stem
    export = task / "exports" / slug / "task.zip"
    typed(export, "--from", slug, "--task", task / "inputs", "--to", "cvat-api", "-o", tmp_path / "mine",
          "--compat", "cvat", "--no-images")  # fmt: skip
    context = at.read(task / "inputs").dataset
    (tmp_path / "annotations.json").write_bytes(answer.read_bytes())
    stored, mine = (
        at.read(path / "annotations.json", "cvat-api", context=context).dataset
        for path in (tmp_path, tmp_path / "mine")
    )
    assert differing(mine, stored) == []


def failed_imports() -> list[Any]:
    """Exports of these formats that the server could not read back; one skipped case when there are none."""
    cases = []
    for task in TASKS:
        index = GOLDEN / task / "index.json"
        rows = orjson.loads(index.read_bytes())["formats"] if index.exists() else {}
        slugs = [slug for slug, row in rows.items() if slug in TABLE and not row["reimport"].get("ok", True)]
        cases += [pytest.param(GOLDEN / task / "exports" / slug / "task.zip", id=f"{task}-{slug}") for slug in slugs]
    return [case for case in cases if case.values[0].exists()] or [
        pytest.param(GOLDEN, marks=pytest.mark.skip(reason=WHY))
    ]


@pytest.mark.parametrize("export", failed_imports())
def test_what_the_server_cannot_read_is_refused_as_it_does(export: Path, tmp_path: Path) -> None:
    words = [
        "convert", export, "--from", export.parent.name, "--task", export.parents[2] / "inputs", "--to", "cvat-api",
        "-o", tmp_path / "mine", "--compat", "cvat",
    ]  # fmt: skip
    done = CliRunner().invoke(group, list(map(str, words)), prog_name="annotools")
    assert done.exit_code in (2, 3), done.output
