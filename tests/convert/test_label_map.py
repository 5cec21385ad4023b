"""Labels of somebody else: other names act on what was read before it is held against the task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import annotools as at
from annotools.cli import group
from annotools.errors import InputError, UsageError
from annotools.model import Dataset, DatasetBuilder
from tests.cli.conftest import APART
from tests.formats.coco_files import box, doc

MAP = {"Car": "car", "vehicle": "car"}


def _task() -> Dataset:
    build = DatasetBuilder()
    for name in ("car", "person"):
        build.add_label(name)
    build.add_frame("a.jpg", 20, 10)
    return build.dataset()


def _theirs(path: Path) -> Path:
    """COCO of three labels that the task calls otherwise or alike."""
    names = ("Car", "vehicle", "person")
    document = doc(
        *(box(id=n, category_id=n) for n in (1, 2, 3)), images=[{"id": 1, "file_name": "a.jpg"}],
        categories=[{"id": n, "name": name} for n, name in enumerate(names, 1)],
    )  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def test_names_are_mapped_before_they_are_held_against_the_task(tmp_path: Path) -> None:
    result = at.read(_theirs(tmp_path / "a.json"), context=_task(), map=MAP)
    assert [shape.label.name for shape in result.dataset.shapes] == ["car", "car", "person"]
    assert type(result.dataset.labels) is type(_task().labels)
    assert [str(loss) for loss in result.losses if loss.step == "map"] == [
        "changed: 1 x label: Car is taken for car", "changed: 1 x label: vehicle is taken for car",
    ]  # fmt: skip


def test_without_a_task_the_labels_of_the_file_are_renamed(tmp_path: Path) -> None:
    result = at.read(_theirs(tmp_path / "a.json"), map=MAP)
    assert [label.name for label in result.dataset.labels] == ["car", "person"]
    assert [shape.label.name for shape in result.dataset.shapes] == ["car", "car", "person"]


@pytest.mark.parametrize("context", [False, True])
def test_two_labels_can_change_names(tmp_path: Path, context: bool) -> None:
    build = DatasetBuilder()
    for name in ("Car", "vehicle", "person"):
        build.add_label(name)
    build.add_frame("a.jpg", 20, 10)
    swap = {"Car": "vehicle", "vehicle": "Car"}
    result = at.read(_theirs(tmp_path / "a.json"), context=build.dataset() if context else None, map=swap)
    assert [shape.label.name for shape in result.dataset.shapes] == ["vehicle", "Car", "person"]


@pytest.mark.parametrize("slug", ["cvat-images", "voc", "yolo-ultralytics-detection", "datumaro", "cvat-backup"])
def test_every_format_answers_to_old_names(tmp_path: Path, slug: str) -> None:
    read = at.read(_theirs(tmp_path / "a.json")).dataset
    sized = read.replace(frames=_task().frames)
    at.write(sized, tmp_path / "theirs", slug)
    at.write(_task(), tmp_path / "task", "cvat-api")
    done = at.convert(
        tmp_path / "theirs", tmp_path / "out", "cvat-api", source_format=slug, context=tmp_path / "task", map=MAP
    )
    assert done.written["rectangle"] == 3
    again = at.read(tmp_path / "out").dataset
    assert [shape.label.name for shape in again.shapes] == ["car", "car", "person"]


def test_an_unknown_label_says_what_there_is_and_what_was_meant(tmp_path: Path) -> None:
    path = _theirs(tmp_path / "a.json")
    with pytest.raises(InputError) as refused:
        at.read(path, context=_task())
    assert "label 'Car' is not one of the task, expected a label of the task (car, person), did you mean car" in str(
        refused.value
    )
    report = at.validate(path, context=_task(), select="LBL001,SCH022")
    assert [finding.rule for finding in report.findings()] == ["LBL001", "LBL001"]
    assert "(car, person), did you mean car" in next(report.findings()).message


@pytest.mark.parametrize(
    ("names", "task", "message"),
    [
        ({"Car": "carr"}, True, "the task has no label 'carr', expected car"),
        ({"Carr": "car"}, False, "no label is called 'Carr', expected Car"),
        ({"Car": ""}, True, "expected two names of labels"),
    ],
)
def test_names_that_are_none_are_usage_errors(tmp_path: Path, names: Any, task: bool, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        at.read(_theirs(tmp_path / "a.json"), context=_task() if task else None, map=names)
    with pytest.raises(TypeError, match="map is 3"):
        at.read(tmp_path / "a.json", map=3)  # type: ignore[arg-type]  # that is the test


def test_the_command_takes_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _theirs(tmp_path / "a.json")
    at.write(_task(), "task", "cvat-api")

    def run(line: str) -> Any:
        words = f"convert a.json --task task --to cvat-api -o out {line}".split()
        return CliRunner(**APART).invoke(group, words)

    assert run("").exit_code == 3
    assert run("--map Car=car --map vehicle=car").exit_code == 0
    assert "--map Car: expected OLD=NEW" in run("--map Car").stderr
