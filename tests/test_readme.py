"""What the README and the pages shown here say is true: Python runs, every command of a tour ends as it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
QUALITY = (ROOT / "docs" / "quality.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README + QUALITY, re.DOTALL)
PYTHON = [code for language, code in BLOCKS if language == "python"]
COMMANDS = [
    line.removeprefix("$ ").partition(" #")[0].strip()
    for language, code in BLOCKS
    if language == "console"
    for line in code.splitlines()
    if line.startswith("$ annotools ")
]


@pytest.fixture
def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a reader of the README has it, with the example in it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_starts_with_the_two_commands() -> None:
    language, code = BLOCKS[0]
    assert language == "console"
    assert code.splitlines() == [
        "$ pip install . && annotools convert examples/street --to coco -o street-coco.zip",
        "$ pip install '.[test]' && pytest",
    ]


def test_the_tour_in_python_runs(street: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks build on each other.  Those with tests are suites of their own, and run as such below."""
    names: dict[str, object] = {}
    for code in PYTHON:
        if not code.startswith("def test_"):
            exec(compile(code, "README.md", "exec"), names)
    assert "lost: 3 x tags" in capsys.readouterr().out
    assert (street / "street-coco.zip").is_file()
    assert (street / "cars.json").is_file()


def test_the_commands_of_the_tour_run(street: Path) -> None:
    first = "annotools convert examples/street --to coco -o street-coco.zip"
    for command in [first, *COMMANDS]:
        if "mock serve" in command:
            continue  # serves until it is interrupted; tests/mock start it
        command = command.partition(" > ")[0]
        ran = subprocess.run(
            [sys.executable, "-m", "annotools", *shlex.split(command)[1:]], capture_output=True, text=True, check=False
        )
        assert ran.returncode in ((0, 1) if " diff " in command else (0,)), (command, ran.stderr)
        assert ran.stdout or ran.stderr


def test_the_suite_of_the_tour_passes(street: Path) -> None:
    suites = [code for code in PYTHON if code.startswith("def test_")]
    assert suites
    (street / "test_upload.py").write_text("\n".join(suites), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_upload.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


def test_the_pictures_of_the_pages_are_there() -> None:
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", QUALITY)
    assert len(pictures) == 2
    assert all((ROOT / "docs" / picture).is_file() for picture in pictures)
