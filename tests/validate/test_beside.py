"""A file that is judged alone, as hooks hand files over: what lies beside says labels, frames and jobs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

import annotools as at
from annotools import validate
from tests.cli.conftest import EXAMPLES
from tests.paths import STREET

HOOKS = EXAMPLES.parent / ".pre-commit-hooks.yaml"


def _lacking(path: Path) -> set[str]:
    return {word for skipped in validate(path).skipped for word in skipped.missing.words.split(" and ")}


def test_a_member_of_a_bundle_has_the_others(tmp_path: Path) -> None:
    task = Path(shutil.copytree(STREET, tmp_path / "task"))
    for file in (task / "annotations.json", task / "jobs" / "2" / "annotations.json"):
        assert _lacking(file) <= {"action", "pixels"}, file
        assert validate(file).counts == validate(file, context=task, job=None if file.parent == task else 2).counts
    shutil.copy(task / "annotations.json", tmp_path / "annotations.json")
    assert "labels" in _lacking(tmp_path / "annotations.json")


def test_a_fault_that_only_the_task_shows_is_seen(tmp_path: Path) -> None:
    task = Path(shutil.copytree(STREET, tmp_path / "task"))
    body = '{"version": 0, "tags": [{"label_id": 4040, "frame": 0}], "shapes": [], "tracks": []}'
    (task / "annotations.json").write_text(body)
    assert "LBL001" in validate(task / "annotations.json").by_rule()


def test_a_member_of_a_backup_has_the_others(tmp_path: Path) -> None:
    at.convert(STREET, tmp_path / "backup", "cvat-backup", images=False)
    assert _lacking(tmp_path / "backup" / "annotations.json") <= {"action", "pixels"}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("a/annotations.json", True),
        ("annotations.xml", True),
        ("annotations/instances_train.json", True),
        ("person_keypoints_val2017.json", True),
        ("train/_annotations.coco.json", True),
        ("annotations/default.json", True),
        ("package.json", False),
        ("a/labels.json", False),
        ("instances.txt", False),
    ],
)
def test_hooks_see_the_files_that_formats_write(name: str, seen: bool) -> None:
    for hook in yaml.safe_load(HOOKS.read_text("utf-8")):
        assert bool(re.search(hook["files"], name)) is seen
