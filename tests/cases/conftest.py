"""Small inputs of people that went wrong, each in a folder of `tests/data/cases`, and the program to run on them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from annotools.cli import group
from tests.cli.conftest import APART

CASES = Path(__file__).parents[1] / "data" / "cases"
TASK = CASES / "_task"  # what most of them are held against: 4 frames of 100 x 80, labels car, person and fish


class Case:
    """One folder, copied, and the current one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, line: str) -> Result:
        """Calls the program with these words."""
        return CliRunner(**APART).invoke(group, line.split(), prog_name="annotools")

    def fine(self, line: str) -> Result:
        """The same, which has to end well."""
        result = self.run(line)
        assert result.exit_code == 0, result.output + result.stderr
        return result

    def json(self, name: str) -> Any:
        """A file of the folder."""
        return json.loads((self.folder / name).read_bytes())

    def findings(self, line: str) -> dict[str, list[str]]:
        """Rules that `validate` names, with the severity and what it says."""
        report = json.loads(self.run(f"validate {line} --format json").stdout)
        by_rule: dict[str, list[str]] = {}
        for one in report["reports"][0]["findings"]:
            by_rule.setdefault(one["rule"], []).append(f"{one['severity']}: {one['message']}")
        return by_rule


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    """Goes into a copy of a case by name; one without a task of its own has the common one in `task`."""

    def entered(name: str) -> Case:
        folder = tmp_path / name
        shutil.copytree(CASES / name, folder)
        if not (folder / "task").exists():
            shutil.copytree(TASK, folder / "task")
        monkeypatch.chdir(folder)
        return Case(folder)

    return entered
