"""What `annotools convert` tells while it runs, and what an interrupt of it leaves behind."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.cli.messages import Amount
from annotools.progress import BYTES, heard_by
from tests.cli.conftest import STREET, all_of, big_bundle, command, process
from tests.paths import contents
from tests.processes import Held, interruptible, wait_until


def test_an_interrupted_run_leaves_the_previous_output(home: Path, held: Held) -> None:
    """Interrupted while a member of the new output stands half beside the old one."""
    (home / "held").mkdir()
    (home / "held" / "annotations.xml").write_text("old")
    before = contents(home)
    words = interruptible(command("convert", STREET, "--to", "cvat-images", "-o", "held", "--force"))
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, env=held.environment) as child:
        held.wait(child)
        assert list(home.glob(".held.*/annotations.xml"))
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert b"Traceback" not in err
    assert (child.returncode, out) == (130, b"")
    assert contents(home) == before
    assert sorted(path.name for path in home.iterdir()) == ["examples", "held"]


def test_an_interrupt_within_the_interpreter_ends_alike(home: Path) -> None:
    """Python remembers an interrupt that falls into an exec of its own, and would end by the signal."""
    folder = home / "site"
    folder.mkdir()
    code = "import annotools.storage\nannotools.storage.open_source = lambda *_: exec('raise KeyboardInterrupt')\n"
    (folder / "sitecustomize.py").write_text(code)
    paths = os.pathsep.join([str(folder), *sys.path])
    ran = subprocess.run(
        command("stats", STREET), capture_output=True, env=os.environ | {"PYTHONPATH": paths}, check=False
    )
    assert (ran.returncode, ran.stdout) == (130, b"")
    assert ran.stderr.startswith(b"interrupted")


def test_progress_is_for_terminals_and_for_what_takes_long(home: Path) -> None:
    body = (home / STREET / "annotations.json").read_bytes()
    words = command("convert", "-", "--task", STREET, "--to", "cvat-images", "-o", "out.xml")
    options: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "env": os.environ | {"TERM": "xterm"}}
    main, side = pty.openpty()
    with (
        subprocess.Popen(words, stderr=subprocess.PIPE, **options) as unseen,  # waits as long as the other
        subprocess.Popen(words, stderr=side, **options) as child,
    ):
        os.close(side)
        seen = _shown_until(main, rb"reading -  step 1, [1-9]\d* s")
        assert unseen.communicate(body, timeout=60)[1] == b""
        child.communicate(body, timeout=60)
        assert (unseen.returncode, child.returncode) == (0, 0)
    assert (seen + all_of(main)).endswith(b"\r\x1b[2K"), "the line is taken away at the end"


def _shown_until(descriptor: int, pattern: bytes) -> bytes:
    """What a pseudo terminal shows until something on it fits, however long a busy machine takes."""
    seen, deadline = b"", time.monotonic() + 60
    while not re.search(pattern, seen):
        assert time.monotonic() < deadline, seen
        if select.select([descriptor], [], [], 1)[0]:
            seen += os.read(descriptor, 4096)
    return seen


def test_colours_are_for_terminals_that_want_them(home: Path) -> None:
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        main, side = pty.openpty()
        settings = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
        words = command("stats", "nowhere")
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=side, env=settings | environment):
            os.close(side)
            assert (b"\x1b[" in all_of(main)) is coloured
    assert b"\x1b[" not in process("stats", "nowhere").stderr


def test_an_interrupt_of_many_says_what_is_there(home: Path, held: Held) -> None:
    """Interrupted while both workers are in the middle of an output."""
    others = [f"held-{letter}" for letter in "abc"]
    for name in others:
        shutil.copytree(STREET, name)
    words = command("convert", STREET, *others, "--to", "cvat-images", "-o", "out/{stem}.xml", "--workers", "2")
    with subprocess.Popen(interruptible(words), stderr=subprocess.PIPE, env=held.environment) as child:
        held.wait(child, 2)
        wait_until(Path("out/street.xml").exists, child)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert errors.endswith(b"of 4 sources are converted, and nothing half of another is left\n")
    assert [path.name for path in Path("out").iterdir()] == ["street.xml"]


@pytest.mark.parametrize(
    ("amount", "passed", "text"),
    [
        (Amount(41, 100, BYTES, 10), 0.1, "41 %"),
        (Amount(41_000_000, 100_000_000, BYTES, 10), 8.2, "41 %, 5.0 MB/s, 12 s left"),
        (Amount(3, 12, "", 10), 6, "25 %, 0.5/s, 18 s left"),
        (Amount(1_000, 200_000, "", 10), 0.5, "0 %, 2,000/s, 100 s left"),
        (Amount(1, 1_000, "", 10), 2, "0 %, 0.5/s, 33 min left"),
        (Amount(1, 10_000, "", 10), 2, "0 %, 0.5/s, 5.6 h left"),
        (Amount(12, 12, "", 10), 6, "100 %"),
        (Amount(0, 0, "", 10), 6, "0 %"),
    ],
)
def test_what_is_done_is_said_in_per_cent_rate_and_time(amount: Amount, passed: float, text: str) -> None:
    assert amount.text(amount.start + passed) == text


@pytest.mark.parametrize("name", ["big", "big.xml", "big.json", "many"])
def test_how_much_is_read_is_told_where_somebody_listens(home: Path, name: str) -> None:
    if name == "many":
        at.convert(STREET, "many", "voc", images=False)
    else:
        big_bundle(home, 60_000)
        if name != "big":
            at.convert("big", name, {"big.xml": "cvat-images", "big.json": "coco"}[name])
    heard: list[tuple[int, int, str]] = []
    with heard_by(lambda *amount: heard.append(amount)):
        loud = at.read(name).dataset
    assert heard[-1][0] == heard[-1][1]
    assert all(0 <= done <= total for done, total, _ in heard)
    parts = [[done for done, _, _ in part] for _, part in groupby(heard, lambda amount: amount[1:])]
    assert all(part == sorted(part) for part in parts)
    assert max(map(len, parts)) > 3
    assert loud == at.read(name).dataset
    assert not heard_after(heard)


def heard_after(heard: list[tuple[int, int, str]]) -> bool:
    """Whether anything is told when nobody listens."""
    count = len(heard)
    at.read(STREET)
    return len(heard) != count


def test_a_terminal_sees_how_many_sources_are_done(home: Path, held: Held) -> None:
    """The second takes until it has been seen."""
    shutil.copytree(STREET, "held")
    main, side = pty.openpty()
    words = command("convert", STREET, "held", "--to", "cvat-images", "-o", "out/{stem}.xml")
    environment = held.environment | {"TERM": "xterm"}
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=side, env=environment) as child:
        os.close(side)
        shown = _shown_until(main, rb"1 of 2 sources are converted  50 %")
        held.let_go()
        assert child.wait(60) == 0
    assert b"step 0" not in shown + all_of(main)


def test_what_is_told_of_many_sources_begins_with_none(home: Path) -> None:
    steps: list[str] = []
    heard: list[tuple[int, int, str]] = []
    with heard_by(lambda *amount: heard.append(amount)):
        at.convert([STREET, STREET], "out/{number}.xml", "cvat-images", on_step=steps.append)
    assert steps == [f"{done} of 2 sources are converted" for done in range(3)]
    assert heard == [(done, 2, "") for done in range(3)]
