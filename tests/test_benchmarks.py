"""The benchmarks run: at the smallest size, without a word about how long anything takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import annotools as at
from annotools import formats
from annotools.model import MASK, POLYGON, RECTANGLE
from benchmarks import counts, measuring, tables, verdicts
from benchmarks.generators.content import runs, staircase
from benchmarks.inputs import INPUTS, make
from benchmarks.jobs import JOBS, Aim
from benchmarks.limits import EMPTY, PARSERS, WORDS, seconds
from benchmarks.peers import conversions
from benchmarks.processes import FailureError, run
from benchmarks.results import PeerRow, Profile, Results, Row, joined, read
from benchmarks.sizes import SIZES
from benchmarks.suites import SUITES
from tests.paths import ROOT

TINY = SIZES["XS"]
PARTS = TINY.annotations // 10  # annotations of two parts
MASKS = TINY.annotations // 100


def command(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=ROOT, capture_output=True, text=True, timeout=500, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_every_task_runs_on_an_ordinary_input() -> None:
    """What is to be slow is not tried here, but all that it is compared with."""
    done = command("heavy", "no such input")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1


def program(code: str) -> str:
    arguments = [sys.executable, "-c", code]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    for name in INPUTS:
        make(name, TINY, folder)
    return folder


def kinds(dataset: at.Dataset) -> dict[int, int]:
    numbers, each = np.unique(dataset.shapes.type, return_counts=True)
    return dict(zip(numbers.tolist(), each.tolist(), strict=True))


@pytest.mark.parametrize("name", [name for name, given in INPUTS.items() if name != "task" and not given.tracked])
def test_inputs_hold_what_their_size_says(inputs: Path, name: str) -> None:
    given = INPUTS[name]
    context = inputs / INPUTS[given.context].file if given.context else None
    dataset = at.read(inputs / given.file, given.slug, context=context).dataset
    boxes = {int(RECTANGLE): TINY.annotations}
    outlines = {int(POLYGON): TINY.annotations - MASKS + PARTS, int(MASK): MASKS}
    alone = "boxes" in name or given.slug.startswith(("yolo", "voc"))
    assert kinds(dataset) == (boxes if alone else outlines)
    assert len(dataset.frames) == TINY.frames
    assert len(dataset.labels) == 80


@pytest.mark.parametrize("name", ["api-tracks", "xml-tracks"])
def test_tracks_hold_what_their_size_says(inputs: Path, name: str) -> None:
    dataset = at.read(inputs / INPUTS[name].file, INPUTS[name].slug).dataset
    assert len(dataset.tracks) == TINY.tracks
    assert int(dataset.shapes.keyframe.sum()) == TINY.tracks * TINY.keyframes


def test_the_same_outlines_are_in_all_formats(inputs: Path) -> None:
    sums = []
    for name in ("coco", "api", "xml"):
        shapes = at.read(inputs / INPUTS[name].file, INPUTS[name].slug).dataset.shapes
        sums.append(sorted(np.round(np.add.reduceat(shapes.values, shapes.offsets[:-1]), 2).tolist()))
    assert len(sums[0]) == TINY.annotations + PARTS
    assert sums[0] == sums[1] == sums[2]


def test_runs_begin_with_what_is_not_set() -> None:
    assert runs(np.array([False, True, True, False])) == [1, 2, 1]
    assert runs(np.array([True, False])) == [0, 1, 1]
    left, top, pixels = staircase(100)
    assert sum(runs(pixels.ravel())) == pixels.size
    assert (left + pixels.shape[1], top + pixels.shape[0]) < (640, 480)


@pytest.mark.parametrize("name", ["voc", "voc-zip", "coco", "coco-boxes"])
def test_annotations_are_counted(inputs: Path, name: str) -> None:
    assert counts.COUNTED[INPUTS[name].slug](inputs / INPUTS[name].file) == TINY.annotations


@pytest.mark.parametrize("name", ["yolo", "yolo-zip"])
def test_lines_of_yolo_are_counted_and_lists_are_not(inputs: Path, name: str) -> None:
    assert counts.yolo(inputs / INPUTS[name].file) == TINY.annotations


def test_the_table_names_what_there_is() -> None:
    assert len({job.name for job in JOBS} | SUITES.keys()) == len(JOBS) + len(SUITES)
    for job in JOBS:
        assert job.source in INPUTS
        assert not job.to or job.to in formats.slugs()
        assert job.limits.keys() <= PARSERS.keys()
        assert not job.expected or (job.to in counts.COUNTED and hasattr(TINY, job.expected))
    assert PARSERS.keys() == WORDS.keys() == EMPTY.keys()


@pytest.mark.parametrize("name", ["coco", "api", "xml", "yolo", "yolo-zip", "voc-zip"])
def test_limits_read_the_files_that_count(inputs: Path, name: str) -> None:
    given = INPUTS[name]
    for limit in {limit for job in JOBS if job.source == name for limit in job.limits}:
        assert seconds(limit, inputs / given.file, given.counted) > 0


def test_list_names_all() -> None:
    names = [line.split()[0] for line in command("--list").stdout.splitlines()]
    assert names == [job.name for job in JOBS] + list(SUITES)


def test_an_unknown_name_is_told() -> None:
    done = command("coco-to-nothing")
    assert (done.returncode, done.stderr.strip()) == (
        1, "no benchmark is called coco-to-nothing, expected one of --list"
    )  # fmt: skip


def test_a_run_prints_a_table_and_writes_page_and_results(tmp_path: Path) -> None:
    files = tmp_path / "results.json", tmp_path / "page.md"
    chosen = ("coco-boxes-to-yolo", "api-json-tracks-to-mot", "validate-coco")
    done = command(*chosen, "--size", "XS", "--repeat", "1", "--json", str(files[0]), "--markdown", str(files[1]))
    assert done.returncode == 0, done.stdout
    results = read(files[0])
    assert [row.job for row in results.rows] == ["COCO boxes -> YOLO", "API JSON tracks -> MOT", "validate COCO"]
    assert [row.written for row in results.rows] == [TINY.annotations, TINY.tracked_boxes, 0]
    for row in results.rows:
        assert min(row.cpu, row.wall, row.memory, row.size, *row.limits.values()) > 0
        assert re.search(rf"^{row.job} +\d", done.stdout, re.MULTILINE)
        assert f"| {row.job} |" in files[1].read_text("utf-8")
    assert str(tmp_path) not in files[1].read_text("utf-8") + files[0].read_text("utf-8")


def test_the_page_of_the_docs_is_of_the_present_words() -> None:
    template = (ROOT / "benchmarks" / "page.md").read_text("utf-8")
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    fixed = [text for text in re.split(r"\$\w+", template) if text.strip()]
    assert len(fixed) > 5
    assert [text for text in fixed if text not in page] == []


def test_whoever_measures_is_small() -> None:
    """A process begins with the highest resident size of the one that started it."""
    code = "import sys, benchmarks.__main__; print(*{'numpy', 'orjson', 'annotools', 'msgspec'} & set(sys.modules))"
    assert program(code) == ""


def test_memory_is_that_of_the_child() -> None:
    code = (
        "import sys; from benchmarks.processes import run\n"
        "print(*(run([sys.executable, '-c', 'x = b\"1\" * %d' % size], 60).memory for size in (1, 150 << 20)))"
    )
    small, large = map(int, program(code).split())
    assert small < 100e6
    assert 150 << 20 <= large < 150 * (1 << 20) + 100e6


def test_a_child_that_fails_says_why_without_paths() -> None:
    with pytest.raises(FailureError, match=r"^status 1: file.txt is no good$"):
        run([sys.executable, "-c", "import sys; sys.exit('/some/where/file.txt is no good')"], 60)


def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(FailureError, match="takes too long"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], 0.2)


def test_a_package_is_missing_where_it_is_blocked() -> None:
    words = [sys.executable, "-c", measuring.BLOCK]
    assert run([*words, "isal,no_such_module", "--version"], 60).status == 0
    with pytest.raises(FailureError, match="click"):
        run([*words, "click", "--version"], 60)


ROW = Row(
    "COCO boxes -> YOLO", "S", 36_000, 10**8, wall=2.0, cpu=2.4, memory=10**8, runs=3, limits={"orjson": 1.0},
    written=36_000, expected=36_000,
)  # fmt: skip


def test_aims_are_computed() -> None:
    assert verdicts.cpu(ROW, "orjson") == ("1.2 x", "missed 2.00 x")
    assert verdicts.memory(ROW) == ("1.7 x", "met")
    assert Aim(1, 1.0).allowed(0.5) == 1.5
    assert str(Aim(1, 1.0)) == "1 x + 1 s"
    near = replace(ROW, cpu=1.5)
    assert verdicts.summary([ROW, near, near, replace(ROW, cpu=1.2)]) == (
        "Of 4 aims for CPU 1 met, 2 missed by less than 1.5 times, 1 by more."
    )
    larger = Row(ROW.job, "L", 360_000, 10**9, wall=20.0, cpu=48.0, memory=10**9, limits={"orjson": 10.0})
    assert list(tables.growth_cells([larger, ROW])) == [
        ["COCO boxes -> YOLO", "S", "66.7", "L", "133.3", "2.00", "missed 1.90 x"]
    ]


@pytest.mark.parametrize(
    ("peer", "words"),
    [
        (PeerRow("globox", 5.0, 4.8, 10**8, written=36_000), "2.00 x our CPU"),
        (PeerRow("globox", 5.0, 4.8, 10**8, written=35_000), "writes 35,000"),
        (PeerRow("globox", note="status 1: no pictures"), "status 1: no pictures"),
    ],
)
def test_peers_are_compared_where_they_did_the_same(peer: PeerRow, words: str) -> None:
    assert tables.peer_cells(ROW, peer)[4] == words


def test_a_peer_that_is_not_installed_and_a_conversion_that_is_not_offered_have_a_status() -> None:
    words = [sys.executable, str(ROOT / "benchmarks" / "peers" / "conversions.py")]
    assert subprocess.run([*words, "no-such-tool", "coco", "coco", "in", "out"], timeout=60).returncode == 3
    with pytest.raises(SystemExit) as status:
        conversions.offered({"coco": 1}, "voc")
    assert status.value.code == 4


def test_results_come_back(tmp_path: Path) -> None:
    peers = (PeerRow("globox", 5.0, 4.8, 10**8, written=36_000),)
    row = Row("validate COCO", "S", 1, 2, wall=3.0, cpu=4.0, limits={"orjson": 7.0}, peers=peers)
    results = Results({"cores": "2"}, (row,), (Profile("COCO -> COCO", "S", (("numpy", 0.5, ""),)),))
    results.write(tmp_path / "results.json")
    assert read(tmp_path / "results.json") == results
    again = Results({}, (replace(row, cpu=3.0), replace(row, at="XS")))
    assert joined([results]) == results
    assert [(each.at, each.cpu) for each in joined([results, again]).rows] == [("XS", 4.0), ("S", 3.0)]
    assert json.loads((tmp_path / "results.json").read_text("utf-8"))["machine"] == {"cores": "2"}


def test_the_main_job_runs_as_a_script(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "benchmarks" / "main_job.py"), "200"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    titles = ("API JSON -> COCO", "COCO -> CVAT XML", "COCO -> YOLO", "COCO -> VOC", "YOLO -> COCO", "VOC -> COCO")
    assert [title for title in titles if title not in done.stdout] == []


def test_programs_of_their_own_take_further_words() -> None:
    done = command("tracks", "4", "3")
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "4 rectangle tracks of 3 keyframes")


@pytest.mark.parametrize("module", [module for module, _ in SUITES.values()])
def test_programs_of_their_own_are_there(module: str) -> None:
    path = ROOT / "benchmarks" / module
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
