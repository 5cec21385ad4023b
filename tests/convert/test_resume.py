"""An interrupted run goes on where it was, and whatever has changed is made again."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import annotools as at
from annotools.convert import records
from annotools.convert.report import Conversions
from tests.cli.conftest import command, process
from tests.paths import STREET
from tests.processes import Held

NAMES = ("a.json", "b.json", "c.json")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as COCO."""
    where = tmp_path_factory.mktemp("source") / "street.json"
    at.convert(STREET, where, "coco", images=False)
    return where


@pytest.fixture
def home(tmp_path: Path, original: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three sources, a context and a folder of pictures."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        shutil.copy(original, name)
    shutil.copytree(STREET, "task")
    Path("pictures").mkdir()
    shutil.copy(STREET / "south" / "street.02.jpg", "pictures")
    return tmp_path


def run(ending: str = ".zip", **choices: Any) -> tuple[Conversions, list[str]]:
    """The report, and which sources were converted."""
    given: dict[str, Any] = {"to": "coco", "context": "task", "images": "pictures", "resume": True} | choices
    done = at.convert(NAMES, f"out/{{stem}}{ending}", **given)
    assert isinstance(done, Conversions)
    return done, [one.source for one in done.each if not one.unchanged]


def contents() -> dict[str, tuple[bytes, int]]:
    """Bytes and the number of the file, which a new one has not."""
    files = [path for path in sorted(Path("out").rglob("*")) if path.is_file() and ".annotools" not in path.parts]
    return {str(path): (path.read_bytes(), path.stat().st_ino) for path in files}


@pytest.mark.parametrize("ending", [".zip", ".json", ""])
def test_what_has_not_changed_stays_as_it_is(home: Path, ending: str) -> None:
    first, made = run(ending)
    assert made == list(NAMES)
    before = contents()
    again, made = run(ending, workers=2)
    assert made == []
    assert contents() == before
    assert again.losses.as_list() == first.losses.as_list()
    assert (again.read, again.written, again.pictures) == (first.read, first.written, first.pictures)
    rows = [{key: value for key, value in row.items() if key != "unchanged"} for row in again.as_dict()["sources"]]
    assert rows == first.as_dict()["sources"]


def _other_bytes(where: str) -> None:
    """One byte is another; size and dates are what they were."""
    before = os.stat(where)
    data = bytearray(Path(where).read_bytes())
    position = data.index(b"street")
    data[position : position + 1] = b"S"
    Path(where).write_bytes(data)
    os.utime(where, ns=(before.st_atime_ns, before.st_mtime_ns))


def _appended(where: str) -> None:
    with open(where, "ab") as stream:
        stream.write(b"\n")


def _other_picture() -> None:
    stream = io.BytesIO()
    Image.new("L", (320, 240), 7).save(stream, "JPEG")
    Path("pictures/street.02.jpg").write_bytes(stream.getvalue())


def _record_of(output: str) -> Path:
    return next(
        path for path in Path("out/.annotools").iterdir()
        if json.loads(path.read_text("utf-8"))["report"]["output"] == output
    )  # fmt: skip


CHANGES: dict[str, tuple[Callable[[], object], str]] = {
    "a byte of a source": (lambda: _other_bytes("b.json"), "b"),
    "the size of a source": (lambda: _appended("b.json"), "b"),
    "the context": (lambda: _other_bytes("task/task.json"), "abc"),
    "pictures that are matched": (_other_picture, "abc"),
    "a picture more": (lambda: shutil.copy("pictures/street.02.jpg", "pictures/x.jpg"), "abc"),
    "no output": (lambda: Path("out/b.zip").unlink(), "b"),
    "an output that somebody changed": (lambda: _appended("out/b.zip"), "b"),
    "an output that is another's": (lambda: shutil.copy("out/a.zip", "out/b.zip"), ""),
    "no record": (lambda: _record_of("out/b.zip").unlink(), "b"),
    "half a record": (lambda: _record_of("out/b.zip").write_text('{"key": "', "utf-8"), "b"),
    "a record of something else": (lambda: _record_of("out/b.zip").write_text("[]", "utf-8"), "b"),
    "nothing": (lambda: None, ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_has_changed_is_made_again_and_nothing_else(home: Path, name: str) -> None:
    run()
    change, sources = CHANGES[name]
    change()
    _, made = run()
    assert made == [f"{letter}.json" for letter in sources]
    resumed = contents()
    shutil.rmtree("out")
    run()
    assert {path: data for path, (data, _) in resumed.items()} == {p: data for p, (data, _) in contents().items()}
    assert run()[1] == []


@pytest.mark.parametrize(
    "choices",
    [
        {"to": "voc"}, {"compat": True}, {"map": {"car": "tree"}}, {"transforms": ["masks-to-polygons"]},
        {"settings": {"masks": "polygons"}}, {"on_error": "skip"}, {"images": False}, {"context": None},
        {"source_format": "coco"},
    ],
    ids=str,
)  # fmt: skip
def test_other_options_are_another_output(home: Path, choices: dict[str, Any]) -> None:
    run()
    assert run(**choices)[1] == list(NAMES)
    assert run(**choices)[1] == []


@pytest.mark.parametrize("source", ["a.json", "task"])
def test_a_source_that_is_called_otherwise_is_another(home: Path, source: str) -> None:
    """Its bytes and the place of the output are what they were, but the output may say its name."""

    def made(*names: str) -> list[str]:
        done = at.convert(names, "out/{number}.zip", "coco", images=False, resume=True)
        assert isinstance(done, Conversions)
        return [one.source for one in done.each if not one.unchanged]

    assert made(source, "b.json") == [source, "b.json"]
    os.rename(source, "z.json")
    assert made("z.json", "b.json") == ["z.json"]
    Path("elsewhere").mkdir()
    os.rename("z.json", "elsewhere/z.json")
    assert made("elsewhere/z.json", "b.json") == []


def test_another_version_makes_all_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr(records, "__version__", "9.9.9")
    assert run()[1] == list(NAMES)


def test_another_package_with_formats_makes_all_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new one, another version of it, another place of its code, and one that is no longer there."""
    site = home / "site" / "more_formats.dist-info"
    site.mkdir(parents=True)
    monkeypatch.syspath_prepend(site.parent)

    def install(version: str, code: str) -> None:
        (site / "METADATA").write_text(f"Metadata-Version: 2.1\nName: more-formats\nVersion: {version}\n", "utf-8")
        entries = f"[annotools.formats]\nmine = {code}\n" if code else ""
        (site / "entry_points.txt").write_text(entries, "utf-8")

    run()
    for version, code in (("1.0", "one:A"), ("1.1", "one:A"), ("1.1", "one:B"), ("1.1", "")):
        install(version, code)
        assert run()[1] == list(NAMES)
        assert run()[1] == []


def test_a_dataset_as_context_is_known_by_what_it_holds(home: Path) -> None:
    run(context=at.read("task").dataset)
    assert run(context=at.read("task").dataset)[1] == []
    other = at.read("task").dataset
    frames = other.frames.names
    assert frames
    assert run(context=other.replace(labels=tuple(reversed(list(other.labels.top)))))[1] == list(NAMES)


def test_a_source_that_failed_is_tried_again(home: Path) -> None:
    good = Path("b.json").read_bytes()
    Path("b.json").write_bytes(good[:-9])
    with pytest.raises(at.SourcesError):
        run()
    Path("b.json").write_bytes(good)
    assert run()[1] == ["b.json"]


def test_a_folder_of_somebody_else_stays(home: Path) -> None:
    run("")
    (home / "out" / "b" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(at.UsageError, match=r"out/b: has what this format does not write: mine\.txt"):
        run("")
    shutil.rmtree("out/.annotools")
    (home / "out" / "b" / "mine.txt").unlink()
    with pytest.raises(at.UsageError, match="has files in it, expected an empty folder"):
        run("")


def test_records_are_no_part_of_a_dataset(home: Path) -> None:
    at.convert(["a.json"], "one/{stem}.json", "coco", resume=True)
    assert at.read("one").dataset == at.read("one/a.json").dataset


def test_an_output_of_all_sources_cannot_be_resumed(home: Path) -> None:
    with pytest.raises(at.UsageError, match="nothing to resume, expected an output for each source, as out/"):
        at.convert(NAMES, "all.zip", "coco", resume=True)


def test_a_run_that_was_killed_goes_on(tmp_path: Path, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("held", "other"):
        shutil.copytree(STREET, name)
    words = ["convert", str(STREET), "held", "other", "--to", "cvat-images", "-o", "out/{stem}.xml", "--resume"]
    with subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, env=held.environment) as child:
        held.wait(child)
        assert list(Path("out").glob(".held.*"))
        child.send_signal(signal.SIGKILL)
    assert not Path("out/other.xml").exists()
    ran = process(*words, "--workers", "2")
    assert (ran.returncode, ran.stderr) == (0, b"note: 1 of 3 outputs stay as they were: nothing of them has changed\n")
    assert sorted(path.name for path in Path("out").iterdir()) == [".annotools", "held.xml", "other.xml", "street.xml"]
    at.convert("held", "alone.xml", "cvat-images")
    assert Path("out/held.xml").read_bytes() == Path("alone.xml").read_bytes()
