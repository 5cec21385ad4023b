"""`annotools convert` as somebody uses it who has never seen it before."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from pycocotools.coco import COCO

from tests.cli.conftest import STREET, Run, command, process


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
    ("words", "code", "message"),
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
def test_a_wrong_call_is_one_clear_line(run: Run, home: Path, words: list[str], code: int, message: str) -> None:
    before = sorted(home.rglob("*"))
    result = run("convert", *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
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
    problems = json.loads(Path("report.json").read_text("utf-8"))["problems"]
    assert [f"error: {problem['text']}" for problem in problems] == result.stderr.splitlines()
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
