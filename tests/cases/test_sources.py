"""Words for who made an annotation that this server does not know: read as manual, a change; in a body an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from tests.cases.conftest import Case

WORDS = ("Ground truth", "robot")


def _bundle(folder: Path) -> Path:
    folder.mkdir()
    shape: dict[str, Any] = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 30, 40]}
    (folder / "labels.json").write_text('[{"id": 1, "name": "car"}]')
    meta = {"size": 1, "frames": [{"name": "a.jpg", "width": 100, "height": 80}]}
    (folder / "data_meta.json").write_text(json.dumps(meta))
    shapes = [shape | {"source": word} for word in WORDS]
    (folder / "annotations.json").write_text(json.dumps({"version": 0, "tags": [], "tracks": [], "shapes": shapes}))
    return folder


def test_they_are_read_as_manual_and_counted(tmp_path: Path) -> None:
    result = at.read(_bundle(tmp_path / "task"))
    assert [shape.source for shape in result.dataset.shapes] == ["manual", "manual"]
    (loss,) = result.losses
    assert (loss.kind, loss.what, loss.count) == ("changed", "source", 2)
    assert "Ground truth" in loss.why


def test_a_backup_too(tmp_path: Path) -> None:
    at.convert(_bundle(tmp_path / "task"), tmp_path / "backup", "cvat-backup")
    path = tmp_path / "backup" / "annotations.json"
    path.write_text(path.read_text().replace('"manual"', '"Ground truth"'))
    result = at.read(tmp_path / "backup")
    assert {shape.source for shape in result.dataset.shapes} == {"manual"}
    assert [loss.what for loss in result.losses] == ["source"]


def test_a_body_to_be_created_is_judged_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _bundle(tmp_path / "task")
    monkeypatch.chdir(tmp_path)
    case = Case(tmp_path)
    assert len(case.findings("task/annotations.json --as create")["SCH012"]) == 2
    assert case.run("validate task/annotations.json --as create").exit_code == 1


def test_a_tolerance_holds_for_what_two_numbers_are_apart(tmp_path: Path) -> None:
    one = at.read(_bundle(tmp_path / "task")).dataset
    far = one.replace(shapes=one.shapes.with_points(one.shapes.values + 0.01))
    assert not at.diff(one, far, tolerance=0.01)
    assert at.diff(one, far, tolerance=0.0099)
    assert at.diff(one, far, tolerance=0)
