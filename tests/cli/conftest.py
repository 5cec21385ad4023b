"""A folder with the example in it, and two ways to call the program: within the process, and as a process."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from annotools.cli import group
from tests.paths import EXAMPLES

# click 8.1 has to be told to keep standard error apart; later ones always do, and cannot be told.
APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}
Run = Callable[..., Result]
STREET = "examples/street"  # in the folder of `home`


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a copy of examples/street."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Calls the program within this process."""
    runner = CliRunner(**APART)

    def call(*words: str, stdin: bytes | None = None) -> Result:
        return runner.invoke(group, words, prog_name="annotools", input=stdin)

    return call


def command(*words: str) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "annotools", *words]


def process(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Runs the program as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(EXAMPLES.parent)}
    return subprocess.run(command(*words), capture_output=True, check=False, env=environment, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


def all_of(descriptor: int) -> bytes:
    """Everything that a pseudo terminal shows."""
    pieces = []
    while True:
        try:
            piece = os.read(descriptor, 4096)
        except OSError:  # Linux: the other side is closed
            piece = b""
        if not piece:
            os.close(descriptor)
            return b"".join(pieces)
        pieces.append(piece)


def big_bundle(home: Path, rows: int) -> Path:
    """A bundle of many rows."""
    where = home / "big"
    where.mkdir()
    row = '{"type":"rectangle","frame":%d,"label_id":1,"points":[1.5,2.5,30.25,40.75],"attributes":[]}'
    text = ",".join(row % (number % 50) for number in range(rows))
    (where / "annotations.json").write_text(f'{{"tags":[],"shapes":[{text}],"tracks":[]}}')
    (where / "labels.json").write_text('[{"id":1,"name":"car"}]')
    frames = [{"name": f"{number}.jpg", "width": 64, "height": 48} for number in range(50)]
    (where / "data_meta.json").write_text(json.dumps({"size": 50, "frames": frames}))
    return where
