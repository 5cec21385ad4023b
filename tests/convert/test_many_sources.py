"""Many sources to an output each."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.convert.report import Conversion, Conversions
from annotools.errors import Problem, SourcesError
from tests.paths import STREET, contents


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Three that can be converted, of three formats."""
    at.convert(STREET, tmp_path / "a.zip", "cvat-images")
    at.convert(STREET, tmp_path / "b.json", "coco")
    shutil.copytree(STREET, tmp_path / "c.d")
    return [tmp_path / name for name in ("a.zip", "b.json", "c.d")]


def as_if_alone(sources: list[Path], folder: Path, ending: str, **choices: Any) -> list[Conversion]:
    """The same outputs from a call for each."""
    names = ["a", "b", "c.d"]
    return [
        at.convert(source, folder / f"{name}{ending}", **choices) for source, name in zip(sources, names, strict=True)
    ]


@pytest.mark.parametrize("ending", [".zip", ""])
def test_outputs_are_the_same_bytes_whoever_works(tmp_path: Path, sources: list[Path], ending: str) -> None:
    alone = as_if_alone(sources, tmp_path / "alone", ending, to="coco")
    reports = []
    for name, choices in {
        "one": {}, "two": {"workers": 2}, "threads": {"executor": ThreadPoolExecutor(2)},
    }.items():  # fmt: skip
        done = at.convert(sources, f"{tmp_path}/{name}/{{stem}}{ending}", "coco", **choices)
        assert contents(tmp_path / name) == contents(tmp_path / "alone")
        assert isinstance(done, Conversions)
        assert [one.source for one in done.each] == [str(source) for source in sources]
        reports.append([one.done.losses.as_list() for one in done.each if one.done])
        assert done.pictures == sum(one.pictures for one in alone)
        assert done.read["frames"] == sum(one.read["frames"] for one in alone) == 8 + 7 + 8
        assert done.losses.total == sum(one.losses.total for one in alone)
    assert reports == [[one.losses.as_list() for one in alone]] * 3


def test_a_source_that_fails_stops_no_other(tmp_path: Path, sources: list[Path]) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK")
    (tmp_path / "odd.json").write_text("{}", "utf-8")
    many = [sources[0], tmp_path / "bad.zip", sources[1], tmp_path / "odd.json"]
    with pytest.raises(SourcesError) as failed:
        at.convert(many, tmp_path / "out" / "{stem}.zip", "coco", workers=2)
    error = failed.value
    assert sorted(contents(tmp_path / "out")) == ["a.zip", "b.zip"]
    assert (list(error.failures), error.exit_code) == ([str(many[1]), str(many[3])], 3)
    assert str(error).splitlines()[-1] == f"2 of 4 sources were not converted: {many[1]}, {many[3]}"
    assert all(line.startswith(str(tmp_path)) for line in str(error).splitlines()[:-1])
    rows = error.done.as_dict()["sources"]
    assert [(Path(row["source"]).name, "error" in row, row.get("exit_code")) for row in rows] == [
        ("a.zip", False, None), ("bad.zip", True, 3), ("b.json", False, None), ("odd.json", True, 3),
    ]  # fmt: skip
    assert rows[1]["problems"][0]["file"] == str(many[1])


def test_losses_of_a_strict_conversion_are_those_of_its_source(tmp_path: Path, sources: list[Path]) -> None:
    at.convert(STREET, tmp_path / "plain.json", "coco")
    with pytest.raises(SourcesError) as failed:
        at.convert([tmp_path / "plain.json", STREET], tmp_path / "out" / "{stem}.json", "coco", strict=True)
    assert list(contents(tmp_path / "out")) == ["plain.json"]
    assert failed.value.exit_code == 1
    assert failed.value.done.as_dict()["sources"][1]["losses"][0]["kind"] == "lost"


@pytest.mark.parametrize(
    ("pattern", "choices", "message"),
    [
        ("{tmp}/same/x{{number}}/../y.zip", {}, "would have one output"),
        ("{tmp}/out/{{stem}}.xml", {}, "is written as .json, expected that"),
        ("{tmp}/{{name}}", {"force": True}, "is an input or in one, expected another place"),
        ("{tmp}/full/{{stem}}", {}, "has files in it, expected an empty folder"),
        ("{tmp}/out/{{stem}}.zip", {"transforms": "track-to-shape"}, "expected tracks-to-shapes"),
        ("{tmp}/out/{{stem}}.zip", {"workers": 0}, "workers is 0, expected 1 or more"),
        ("{tmp}/out/{{stem}}.zip", {"images": "{tmp}/nowhere"}, "nowhere: no such file"),
        ("{tmp}/out/{{stem}}.zip", {"context": "{tmp}/nowhere"}, "nowhere: no such file"),
    ],
)
def test_nothing_is_written_where_the_call_makes_no_sense(
    tmp_path: Path, sources: list[Path], pattern: str, choices: dict[str, Any], message: str
) -> None:
    (tmp_path / "full" / "a").mkdir(parents=True)
    (tmp_path / "full" / "a" / "x.txt").touch()
    before = contents(tmp_path)
    filled = {name: value.format(tmp=tmp_path) if isinstance(value, str) else value for name, value in choices.items()}
    with pytest.raises(at.AnnotoolsError, match=re.escape(message)):
        at.convert(sources, pattern.format(tmp=tmp_path), "coco", **filled)
    assert contents(tmp_path) == before


def test_nothing_to_convert_is_refused(tmp_path: Path) -> None:
    with pytest.raises(at.UsageError, match="nothing to read"):
        at.convert([], tmp_path / "{stem}.zip", "coco")


def test_a_context_is_that_of_each_source(tmp_path: Path, sources: list[Path]) -> None:
    for name in "xy":
        at.convert(STREET, tmp_path / f"{name}.zip", "yolo-ultralytics-detection", images=False)
    many = [tmp_path / "x.zip", tmp_path / "y.zip"]
    for kind in (STREET, at.read(STREET).dataset):
        done = at.convert(many, tmp_path / "{stem}.json", "coco", context=kind, workers=2)
        assert done.written["frames"] == 14
        assert (tmp_path / "x.json").read_bytes() == (tmp_path / "y.json").read_bytes()


def test_the_former_name_of_workers_is_told_and_works(tmp_path: Path, sources: list[Path]) -> None:
    with pytest.warns(DeprecationWarning, match="jobs is called workers, and goes in 0.3") as warned:
        at.convert(sources[:2], tmp_path / "out.zip", "coco", jobs=2)
    assert warned[0].filename == __file__
    assert (tmp_path / "out.zip").exists()


def test_a_word_that_nobody_knows_is_refused_also_for_many(tmp_path: Path, sources: list[Path]) -> None:
    with pytest.raises(TypeError, match="did you mean workers"):
        at.convert(sources, tmp_path / "{stem}.zip", "coco", worker=2)


def test_reports_are_json(tmp_path: Path, sources: list[Path]) -> None:
    done = at.convert(sources, tmp_path / "{stem}.xml", "cvat-images", workers=2)
    report = json.loads(json.dumps(done.as_dict()))
    assert [Path(row["output"]).name for row in report["sources"]] == ["a.xml", "b.xml", "c.d.xml"]
    assert report["written"] == done.written


def test_reports_come_back_from_json() -> None:
    problems = tuple(Problem("is bad", "a.json", frame=frame, line=1) for frame in (0, 3))
    done = Conversion("out", "coco", problems=problems)
    document = json.loads(json.dumps(done.as_dict()))
    assert [problem["frame"] for problem in document["problems"]] == [0, 3]
    assert [str(problem) for problem in Conversion.from_dict(document).problems] == [str(one) for one in problems]
