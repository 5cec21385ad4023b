"""How the program ends: 5 where the system refuses, 130 for every interrupt, 4 for nothing but a fault of its own."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import STREET, Run, command, process
from tests.paths import contents
from tests.processes import Held, interruptible

FULL = Path("/dev/full")
PRINTING = (
    ["--help"], ["--version"], ["rules"], ["rules", "--help"], ["rule", "GEO007", "--json"], ["formats", "coco"],
    ["stats", STREET, "--json"], ["diff", STREET, STREET], ["validate", STREET], ["completion", "bash"],
    ["convert", STREET, "--to", "coco", "-o", "x.zip"], ["convert", STREET, "--to", "coco", "-o", "-"],
    ["validate", STREET, "--preset", "strict", "--unsafe-fixes", "--diff"], ["validate", STREET, "--format", "sarif"],
    ["quality", STREET], ["consensus", "examples/replicas", "-o", "-", "--to", "coco", "--json"],
)  # fmt: skip
on_full_disks = pytest.mark.skipif(not FULL.is_char_device(), reason="no device that is always full")


@on_full_disks
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_output_to_a_full_disk_ends_with_5(home: Path, words: list[str]) -> None:
    with FULL.open("wb") as full:
        ran = subprocess.run(command(*words), stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert ran.returncode == 5
    assert [line.split(b": ")[-1] for line in ran.stderr.splitlines()] == [b"no space left on device"]


@on_full_disks
@pytest.mark.parametrize(("words", "code"), [(["stats", "nowhere"], 3), (["formats"], 0)])
def test_messages_that_nobody_can_hear_change_no_exit_code(home: Path, words: list[str], code: int) -> None:
    with FULL.open("wb") as full:
        ran = subprocess.run(command(*words), stdout=subprocess.PIPE, stderr=full, check=False, timeout=60)
    assert ran.returncode == code


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_may_be_closed(home: Path, closed: str) -> None:
    """What is written does not end up where a standard stream was."""
    words = " ".join(command("convert", STREET, "--to", "coco", "-o", "x.json"))
    ran = subprocess.run(["sh", "-c", f"{words} {closed}"], capture_output=True, check=False, timeout=60)
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    assert (home / "x.json").read_bytes().startswith(b'{"licenses"')


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@pytest.mark.parametrize(
    "words",
    [
        ["convert", STREET, "--to", "cvat-api", "-o", "new.zip"],
        ["convert", STREET, "--to", "cvat-api", "-o", "new"],
        ["convert", STREET, "--to", "coco", "-o", "new.json", "--no-images"],
        ["validate", STREET, "--preset", "strict", "--fix", "-o", "new"],
    ],
    ids=" ".join,
)
def test_files_that_the_system_does_not_take_end_with_5(home: Path, words: list[str]) -> None:
    before = sorted(home.rglob("*"))
    ran = process(*words, preexec_fn=_small_files)
    assert (ran.returncode, ran.stderr.count(b"error:"), b"file too large" in ran.stderr) == (5, 1, True)
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 5, "error: the system refused: no space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "a.json"), 5, "error: a.json: permission denied"),
        (MemoryError(), 5, "error: the system has no more memory to give"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_ours(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, message: str
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("annotools.cli.stats.stats", refused)
    result = run("stats", STREET)
    assert (result.exit_code, result.stderr.strip()) == (code, message)


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.02, 0.1])
def test_a_second_interrupt_does_not_disturb_the_first(home: Path, held: Held, pause: float) -> None:
    """No traceback, the exit code of an interrupt, and nothing left behind."""
    (home / "held").mkdir()
    (home / "held" / "annotations.xml").write_text("old")
    before = contents(home)
    words = interruptible(command("convert", STREET, "--to", "cvat-images", "-o", "held", "--force"))
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, env=held.environment) as child:
        held.wait(child)
        child.send_signal(signal.SIGINT)
        time.sleep(pause)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (130, b"interrupted: nothing was written\n")
    assert contents(home) == before
    assert sorted(path.name for path in home.iterdir()) == ["examples", "held"]


@pytest.mark.parametrize(
    "words", [["stats"], ["stats", "--json"], ["validate", "--format", "json"], ["validate", "--format", "html"]]
)
def test_names_that_are_no_text_are_shown_escaped(home: Path, words: list[str]) -> None:
    where = os.fsencode(home) + b"/b\xffd"
    os.rename(home / STREET, where)
    ran = process(words[0], "b\udcffd", *words[1:])
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"\xff" not in ran.stdout
