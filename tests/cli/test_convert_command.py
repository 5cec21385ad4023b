"""`annotools convert` as somebody uses it who has never seen it before."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from itertools import groupby
from pathlib import Path

import pytest
from pycocotools.coco import COCO

import annotools as at
from annotools.cli.messages import Amount
from annotools.progress import BYTES, heard_by
from tests.cli.conftest import Run, all_of, command, process
from tests.processes import interruptible

STREET = "examples/street"
LONG = 2.0  # seconds after which a terminal would show something


def test_the_first_command_of_the_readme(run: Run, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run("convert", STREET, "--to", "coco", "-o", "street-coco.zip")
    assert result.exit_code == 0
    for line in ("read", "written", "changed on the way", "lost: the format has no place for it"):
        assert line in result.stdout
    assert result.stderr == ""
    with zipfile.ZipFile("street-coco.zip") as packed:
        packed.extract("annotations/instances_default.json")
        pictures = [name for name in packed.namelist() if name.startswith("images/")]
    coco = COCO("annotations/instances_default.json")
    assert len(pictures) == len(coco.imgs) == 7, "one of eight frames is deleted"
    assert len(coco.anns) == 32, "four of them are skeletons, of which a box is written"
    drawn = [annotation for annotation in coco.anns.values() if annotation["segmentation"]]
    assert len(drawn) == 19
    assert all(coco.annToMask(annotation).any() for annotation in drawn)


def test_json_says_what_the_table_says(run: Run) -> None:
    result = run("convert", STREET, "--to", "coco", "-o", "out.zip", "--json", "--report", "losses.json")
    report = json.loads(result.stdout)
    assert report == json.loads(Path("losses.json").read_text("utf-8"))
    assert (report["read"]["frames"], report["written"]["frames"], report["pictures"]) == (8, 7, 7)
    lost = {row["what"]: (row["count"], row["frames"]) for row in report["losses"] if row["kind"] == "lost"}
    assert lost["tags"] == (3, "0, 3, 7")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere", "--to", "coco", "-o", "x.zip"], 3, "error: nowhere: no such file, expected a file, a zip"),
        ([STREET, "--to", "datumarro", "-o", "x.zip"], 2, "error: no format is called 'datumarro', expected datumaro"),
        ([STREET, "--to", "coco"], 2, "Missing option '-o'"),
        ([STREET, "--to", "cvat-images", "-o", "x.json"], 2, "cvat-images is written as .xml"),
        ([STREET, "--to", "cvat-backup", "-o", "x.json"], 2, "cvat-backup is several files"),
        ([STREET, "--to", "coco", "-o", "examples"], 2, "has files in it, expected an empty folder (or --force)"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--transform", "track-to-shape"], 2, "expected tracks-to-shapes"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--set", "mask=rle"], 2, "is called 'mask', expected masks"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--set", "masks"], 2, "expected NAME=VALUE"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--job", "7"], 2, "no job 7, expected one of 1, 2"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--images", "a", "--no-images"], 2, "expected one of them"),
        ([STREET, "--to", "coco", "-o", "x.zip", "--images", "nowhere"], 3, "error: nowhere: no such file"),
        ([STREET, "--to", "cvat-images", "-o", "-", "--json"], 2, "both want standard output"),
        (["examples/make_street.py", "--to", "coco", "-o", "x.zip"], 3, "is of no known format, expected"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_clear_line(run: Run, home: Path, words: list[str], code: int, said: str) -> None:
    before = sorted(home.rglob("*"))
    result = run("convert", *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(home.rglob("*")) == before


def test_a_wrong_command_is_told_what_was_meant(run: Run) -> None:
    result = run("convrt", STREET)
    assert (result.exit_code, "no command is called 'convrt', expected convert" in result.stderr) == (2, True)


def damaged(home: Path) -> None:
    """Two rows of the example that cannot be read."""
    where = home / STREET / "annotations.json"
    document = json.loads(where.read_text("utf-8"))
    document["shapes"][0]["points"] = "none"
    document["shapes"][3]["frame"] = "first"
    where.write_text(json.dumps(document), "utf-8")


def test_every_problem_is_told_with_its_place_and_nothing_is_written(run: Run, home: Path) -> None:
    damaged(home)
    result = run("convert", STREET, "--to", "coco", "-o", "out.zip", "--report", "report.json")
    assert result.exit_code == 3
    told = json.loads(Path("report.json").read_text("utf-8"))["problems"]
    assert [f"error: {problem['text']}" for problem in told] == result.stderr.splitlines()
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("error: examples/street/annotations.json:/shapes/") for line in lines)
    assert not Path("out.zip").exists()


def test_many_problems_are_counted_and_not_all_listed(run: Run, home: Path) -> None:
    where = home / STREET / "annotations.json"
    document = json.loads(where.read_text("utf-8"))
    for row in document["shapes"]:
        row["points"] = "none"
    where.write_text(json.dumps(document), "utf-8")
    lines = run("stats", STREET).stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == f"error: and {len(document['shapes']) - 20} more problems"


def test_the_rest_is_converted_when_asked(run: Run, home: Path) -> None:
    damaged(home)
    result = run("convert", STREET, "--to", "cvat-api", "-o", "out", "--on-error", "skip", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [problem["file"] for problem in report["problems"]] == [f"{STREET}/annotations.json"] * 2
    assert "annotations.json:/shapes/0" in result.stderr
    whole = json.loads(run("stats", "out", "--json").stdout)
    assert sum(whole["labels"]["road"].values()) == 6 + 6  # rows, and frames


def test_strict_writes_nothing_but_the_report(run: Run) -> None:
    result = run("convert", STREET, "--to", "coco", "-o", "out.zip", "--strict", "--report", "losses.json")
    assert result.exit_code == 1
    assert "error: would be lost: 3 x tags" in result.stderr
    assert not Path("out.zip").exists()
    assert {row["kind"] for row in json.loads(Path("losses.json").read_text("utf-8"))["losses"]} == {"lost"}
    assert run("convert", STREET, "--to", "cvat-api", "-o", "same.zip", "--strict").exit_code == 0


def test_the_same_call_gives_the_same_bytes(run: Run) -> None:
    for name in ("a.zip", "b.zip"):
        assert run("convert", STREET, "--to", "coco", "-o", name).exit_code == 0
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()


def test_standard_input_and_output(home: Path) -> None:
    read = process("convert", STREET, "--to", "cvat-images", "-o", "-")
    assert (read.returncode, read.stdout[:5]) == (0, b"<?xml")
    assert b"written" in read.stderr
    again = process("convert", "-", "--to", "cvat-images", "-o", "-", input=read.stdout)
    assert again.stdout == read.stdout
    for slug in ("coco", "coco-keypoints", "cvat-api", "cvat-images", "cvat-video"):
        read = process("convert", STREET, "--to", slug, "-o", "-")
        assert process("stats", "-", "--task", STREET, input=read.stdout).returncode == 0, slug
    empty = process("stats", "-", input=b"")
    assert (empty.returncode, empty.stderr.count(b"\n")) == (3, 1)
    assert empty.stderr.startswith(b"error: stdin: ")


def test_nobody_reads_the_output(home: Path) -> None:
    for words in (["formats"], ["convert", STREET, "--to", "cvat-images", "-o", "-"], ["stats", STREET, "--json"]):
        with subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stderr is not None
            child.stdout.close()
            assert (child.wait(60), child.stderr.read()) == (141, b"")


def big_bundle(home: Path) -> Path:
    """A bundle that takes seconds."""
    where = home / "big"
    where.mkdir()
    row = '{"type":"rectangle","frame":%d,"label_id":1,"points":[1.5,2.5,30.25,40.75],"attributes":[]}'
    rows = ",".join(row % (number % 50) for number in range(400_000))
    (where / "annotations.json").write_text(f'{{"tags":[],"shapes":[{rows}],"tracks":[]}}')
    (where / "labels.json").write_text('[{"id":1,"name":"car"}]')
    frames = [{"name": f"{number}.jpg", "width": 64, "height": 48} for number in range(50)]
    (where / "data_meta.json").write_text(json.dumps({"size": 50, "frames": frames}))
    return where


def test_an_interrupted_run_leaves_the_previous_output(home: Path) -> None:
    """Interrupted as soon as a member of the new output is seen beside the old one."""
    big_bundle(home)
    (home / "out").mkdir()
    (home / "out" / "annotations.xml").write_text("old")
    before = sorted(path for path in home.rglob("*") if "big" not in path.parts)
    words = interruptible(command("convert", "big", "--to", "cvat-images", "-o", "out", "--force"))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        while child.poll() is None and not list(home.glob(".out.*/annotations.xml")):
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert b"Traceback" not in err
    assert (child.returncode, out) == (130, b"")
    assert sorted(path for path in home.rglob("*") if "big" not in path.parts) == before
    assert (home / "out" / "annotations.xml").read_text() == "old"


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
    environment = os.environ | {"TERM": "xterm"}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe, env=environment) as child:
        time.sleep(LONG)
        assert child.communicate(body, timeout=60)[1] == b""
    main, side = pty.openpty()
    with subprocess.Popen(words, stdin=pipe, stdout=subprocess.DEVNULL, stderr=side, env=environment) as child:
        os.close(side)
        seen = _shown_until(main, rb"reading -  step 1, [1-9]\d* s")
        child.communicate(body, timeout=60)
        assert child.returncode == 0
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


def test_a_fault_of_our_own_is_told_shortly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr("annotools.cli.stats.stats", broken)
    result = run("stats", STREET)
    assert result.exit_code == 4
    assert result.stderr.splitlines()[0] == "error: internal error: ZeroDivisionError: by hand"
    assert "Traceback" not in result.stderr
    assert "annotools --traceback" in result.stderr
    assert "Traceback" in run("--traceback", "stats", STREET).stderr


def test_names_of_strangers_do_not_steer_the_terminal(run: Run, home: Path) -> None:
    where = home / STREET / "labels.json"
    where.write_text(where.read_text("utf-8").replace('"name": "car"', '"name": "c\\u001b[31mar\\n"'), "utf-8")
    output = run("stats", STREET).stdout
    assert "\x1b" not in output
    assert "c\\x1b[31mar\\n" in output


def test_many_sources_have_an_output_each(run: Run, home: Path) -> None:
    run("convert", STREET, "--to", "cvat-images", "-o", "b.xml")
    Path("bad.zip").write_bytes(b"PK")
    words = ["convert", STREET, "bad.zip", "b.xml", "--to", "coco", "-o", "out/{stem}.json", "--workers", "2"]
    result = run(*words, "--report", "report.json", "--json")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == "error: 1 of 3 sources were not converted: bad.zip"
    assert sorted(path.name for path in Path("out").iterdir()) == ["b.json", "street.json"]
    report = json.loads(result.stdout)
    assert report == json.loads(Path("report.json").read_text("utf-8"))
    assert [row["source"] for row in report["sources"]] == [STREET, "bad.zip", "b.xml"]
    assert "error" in report["sources"][1]
    assert report["written"]["frames"] == 14


def test_the_former_name_of_workers_is_noted(run: Run, home: Path) -> None:
    result = run("convert", STREET, "--to", "coco", "-o", "out.zip", "--jobs", "2")
    assert (result.exit_code, result.stderr) == (0, "note: --jobs is called --workers, and goes in 0.3\n")
    assert "--jobs" not in run("convert", "--help").stdout


def test_an_interrupt_of_many_says_what_is_there(home: Path) -> None:
    big_bundle(home)
    for name in "abc":
        shutil.copytree("big", name)
    words = command("convert", STREET, "a", "b", "c", "--to", "cvat-images", "-o", "out/{stem}.xml", "--workers", "2")
    with subprocess.Popen(interruptible(words), stderr=subprocess.PIPE) as child:
        end = time.monotonic() + 30
        while not Path("out/street.xml").exists() and time.monotonic() < end:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert said.endswith(b"of 4 sources are converted, and nothing half of another is left\n")
    assert all(path.suffix == ".xml" for path in Path("out").iterdir())


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
        big_bundle(home)
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


def test_a_terminal_sees_how_many_sources_are_done(home: Path) -> None:
    big_bundle(home)
    shutil.copytree("big", "again")
    main, side = pty.openpty()
    words = command("convert", STREET, "big", "again", "--to", "cvat-images", "-o", "out/{stem}.xml")
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=side, env=environment) as child:
        os.close(side)
        assert child.wait(60) == 0
    shown = all_of(main)
    assert b"1 of 3 sources are converted  33 %" in shown
    assert b"step 0" not in shown


def test_what_is_told_of_many_sources_begins_with_none(home: Path) -> None:
    steps: list[str] = []
    heard: list[tuple[int, int, str]] = []
    with heard_by(lambda *amount: heard.append(amount)):
        at.convert([STREET, STREET], "out/{number}.xml", "cvat-images", on_step=steps.append)
    assert steps == [f"{done} of 2 sources are converted" for done in range(3)]
    assert heard == [(done, 2, "") for done in range(3)]
