"""What a command may write over: an earlier output of its own, and nothing that it reads."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from annotools.cli.group import COMMANDS, group
from tests.cli.conftest import STREET, Run, command
from tests.paths import contents
from tests.processes import Held, interruptible

COCO = ("--to", "coco", "-o")


@pytest.mark.parametrize("name", ["n", "n.json", "n.zip", "dir/n"])
@pytest.mark.parametrize("kind", ["FIFO", "socket", "device"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_device_stays_one(run: Run, home: Path, name: str, kind: str, force: list[str]) -> None:
    Path("dir").mkdir()
    if kind == "FIFO":
        os.mkfifo(name)
    elif kind == "device":
        Path(name).symlink_to("/dev/null")
    else:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(name)
    mode = Path(name).stat().st_mode
    for words in (("convert", STREET, *COCO, name, *force), ("validate", STREET, "--fix", "-o", name, *force)):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"is a {kind}, expected another place (- is standard output)\n" in result.stderr
    for words in (
        ("convert", STREET, *COCO, "new.zip", "--report", name),
        ("validate", STREET, "--write-baseline", name),
    ):
        assert run(*words).exit_code == 2
    assert Path(name).stat().st_mode == mode
    assert not Path("new.zip").exists(), "told before the way is gone"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("option", ["source", "context", "images"])
@pytest.mark.parametrize("to", ["annotations.json", "", "inside"])
def test_what_is_read_stays(run: Run, home: Path, option: str, to: str) -> None:
    shutil.copytree(STREET, "copy")
    Path("copy/inside").mkdir()
    shutil.copy("copy/annotations.json", "copy/inside/annotations.json")
    before = contents(home / "copy")
    source = "copy" if option == "source" else STREET
    read = {"source": (), "context": ("--task", "copy"), "images": ("--images", "copy")}[option]
    result = run("convert", source, *read, "--to", "cvat-api", "-o", f"copy/{to}", "--force")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is an input" in result.stderr
    assert contents(home / "copy") == before


def test_a_bundle_is_not_overwritten_by_what_is_mended_or_reported(run: Run, home: Path) -> None:
    before = contents(home / STREET)
    for words in (
        ("convert", STREET, *COCO, "new.zip", "--report", f"{STREET}/task.json"),
        ("convert", f"{STREET}/annotations.json", "--task", STREET, *COCO, "x.zip", "--report", f"{STREET}/task.json"),
        ("validate", STREET, "--fix", "-o", f"{STREET}/labels.json"),
        ("validate", STREET, "--fix", "-o", STREET, "--force"),
        ("validate", STREET, "--fix", "-o", "examples", "--force"),
        ("validate", f"{STREET}/annotations.json", "--task", STREET, "--fix", "-o", f"{STREET}/labels.json"),
        ("validate", STREET, "--write-baseline", f"{STREET}/task.json"),
        ("convert", STREET, *COCO, "both.json", "--report", "both.json"),
    ):
        result = run(*words)
        assert (result.exit_code, result.stderr.startswith("error: ")) == (2, True), words
    assert contents(home / STREET) == before
    assert not Path("new.zip").exists()
    assert not Path("both.json").exists()


def test_a_file_may_be_made_beside_what_is_read(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home / STREET)
    before = contents(home / STREET)
    words = ("convert", ".", "--from", "cvat-api", *COCO)
    assert run(*words, "new.json").exit_code == 0
    assert run(*words, "new").exit_code == 0
    assert run(*words, "new.json").exit_code == 2
    assert run(*words, "new", "--force").exit_code == 2
    assert contents(home / STREET).items() > before.items()


def test_a_lone_file_is_the_only_one_while_its_output_is_made_beside_it(run: Run, home: Path) -> None:
    Path("lone").mkdir()
    assert run("convert", STREET, "--to", "coco", "-o", "lone/street.json").exit_code == 0
    assert run("convert", "lone", "--to", "cvat-images", "-o", "lone/street.xml").exit_code == 0


def test_reports_and_baselines_are_files_whatever_they_are_called(run: Run, home: Path) -> None:
    for _ in range(2):
        assert run("convert", STREET, *COCO, "out.zip", "--report", "report").exit_code == 0
        assert run("validate", STREET, "--write-baseline", "baseline").exit_code == 0
    assert json.loads(Path("report").read_bytes())["format"] == "coco"
    assert json.loads(Path("baseline").read_bytes())["version"] == 1
    Path("empty").touch()
    assert run("validate", STREET, "--write-baseline", "empty").exit_code == 0
    Path("notes").write_text("mine")
    result = run("validate", STREET, "--write-baseline", "notes")
    assert (result.exit_code, Path("notes").read_text()) == (2, "mine")
    assert "notes: is not a baseline, expected an earlier one or nothing there" in result.stderr


def test_what_was_mended_is_mended_again(run: Run, home: Path) -> None:
    Path(STREET, "notes.txt").write_text("of the source")
    for _ in range(2):
        result = run("validate", STREET, "--fix", "-o", "fixed", "--force")
        assert result.exit_code == 0, result.stderr
    Path("fixed/mine.txt").write_text("mine")
    result = run("validate", STREET, "--fix", "-o", "fixed", "--force")
    assert (result.exit_code, "does not write: mine.txt" in result.stderr) == (2, True)


def test_names_of_one_disk_only_are_noted(run: Run, home: Path) -> None:
    task = Path(STREET, "data_meta.json")
    meta = json.loads(task.read_bytes())
    meta["frames"][0]["name"] = "a:b.jpg"
    task.write_text(json.dumps(meta))
    Path(STREET, "images").mkdir(exist_ok=True)
    Path(STREET, "images", "a:b.jpg").write_bytes(b"1")
    result = run("convert", STREET, *COCO, "out")
    assert "note: cannot stand on Windows: images/default/a:b.jpg\n" in result.stderr
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("words", "number"),
    [
        *((("convert", STREET, *COCO, "held"), number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)),
        (("convert", STREET, *COCO, "held.zip"), signal.SIGTERM),
        (("validate", STREET, "--fix", "-o", "held"), signal.SIGINT),
    ],
)
def test_a_run_that_is_ended_leaves_nothing_hidden(home: Path, held: Held, words: Sequence[str], number: int) -> None:
    """Ended in the middle of its output."""
    before = contents(home)
    pipe = subprocess.PIPE
    with subprocess.Popen(interruptible(command(*words)), stdout=pipe, stderr=pipe, env=held.environment) as child:
        held.wait(child)
        assert [path.name.split(".")[1] for path in home.iterdir() if path.name.startswith(".")] == ["held"]
        child.send_signal(number)
        _, err = child.communicate(timeout=60)
    assert child.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert b"Traceback" not in err
    assert contents(home) == before
    assert sorted(path.name for path in home.iterdir()) == ["examples"]


def test_an_interrupt_leaves_what_is_mended_in_place(home: Path, held: Held) -> None:
    label = json.loads(Path(STREET, "labels.json").read_bytes())
    number = (label["results"] if isinstance(label, dict) else label)[0]["id"]
    swapped = {"type": "rectangle", "frame": 0, "label_id": number, "points": [60, 40, 10, 10]}
    Path("held.json").write_text(json.dumps({"shapes": [swapped]}))
    before = contents(home)
    words = command("validate", "held.json", "--task", STREET, "--select", "GEO007", "--fix", "--in-place")
    with subprocess.Popen(interruptible(words), stderr=subprocess.PIPE, env=held.environment) as child:
        held.wait(child)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)
    assert (child.returncode, b"Traceback" in err) == (130, False)
    assert contents(home) == before
    assert subprocess.run(words, capture_output=True, check=False, timeout=60).returncode == 0
    assert json.loads(Path("held.json").read_bytes())["shapes"][0]["points"] == [10, 10, 60, 40]


def test_replicas_are_not_overwritten_by_what_they_are_merged_to(run: Run, home: Path) -> None:
    source = home / "examples" / "replicas"
    before = contents(source)
    for to in ("", "labels.json"):
        result = run("consensus", "examples/replicas", "-o", f"examples/replicas/{to}", "--force")
        assert (result.exit_code, result.stdout, "is an input" in result.stderr) == (2, "", True)
    assert run("consensus", "examples/replicas", "-o", "/dev/null", "--force").exit_code == 2
    assert contents(source) == before
    for _ in range(2):
        assert run("consensus", "examples/replicas", "-o", "merged", "--force").exit_code == 0
    Path("merged/mine.txt").write_text("mine")
    assert run("consensus", "examples/replicas", "-o", "merged", "--force").exit_code == 2


def test_every_command_with_an_output_is_asked_here() -> None:
    """A command that writes is to be tried with what it reads, and with a device."""
    outputs = {
        name for name in COMMANDS
        for parameter in group.get_command(click.Context(group), name).params  # type: ignore[union-attr]
        if {"-o", "--output", "--report", "--write-baseline"} & set(parameter.opts)
    }  # fmt: skip
    assert outputs == {"convert", "validate", "consensus"}
