"""A cluster of Dask with two workers, one of which is killed in the middle: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.errors import StorageError, UsageError
from annotools.scale.engines import executor_at
from tests.cli.conftest import process
from tests.paths import ROOT, STREET, contents

COUNT = 12


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[int]]]:
    """The address of the scheduler, and the numbers of the processes of its workers."""
    pytest.importorskip("distributed", reason="Dask is not installed (extra dask)")
    words = [sys.executable, "-m", "tests.scale.cluster"]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdin
        assert child.stdout
        try:
            address, *workers = child.stdout.readline().split()
            yield address.decode(), list(map(int, workers))
        finally:
            child.stdin.close()
            child.wait(30)


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    tmp_path: Path, cluster: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = cluster
    for number in range(COUNT):
        shutil.copytree(STREET, tmp_path / f"source{number}")
    monkeypatch.chdir(tmp_path)  # the workers are somewhere else
    sources = [f"source{number}" for number in range(COUNT)]
    steps: list[str] = []

    def hear(step: str) -> None:
        steps.append(step)
        if len(steps) == 2:
            os.kill(workers[0], signal.SIGKILL)

    with executor_at(f"dask://{address}") as executor:
        done = at.convert(sources, "out/{stem}", "coco", executor=executor, on_step=hear)
    alone = at.convert(sources, "alone/{stem}", "coco")
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(sources), "and nothing beside them"
    assert steps[-1] == f"{COUNT} of {COUNT} sources are converted"
    assert (done.read, done.written, done.pictures) == (alone.read, alone.written, alone.pictures)
    assert [one.source for one in done.each] == sources
    assert [one.done.losses.as_list() for one in done.each] == [one.done.losses.as_list() for one in alone.each]
    ran = process(
        "convert", "source1", "--to", "coco", "-o", "more/{stem}.zip", "--engine", f"dask://{address}", cwd=tmp_path
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "more" / "source1.zip").exists()


class _Forgetful(Executor):
    """Loses what each call returned, and makes it again, as a cluster whose worker ends at the wrong moment."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        fn(*args, **kwargs)
        future.set_result(fn(*args, **kwargs))
        return future


def test_an_output_that_is_made_twice_is_there_once(tmp_path: Path) -> None:
    done = at.convert([STREET], tmp_path / "out" / "{stem}", "coco", executor=_Forgetful())
    at.convert(STREET, tmp_path / "alone", "coco")
    assert contents(tmp_path / "out" / "street") == contents(tmp_path / "alone")
    assert done.written["frames"] == 7


@pytest.mark.parametrize(
    "engine",
    [
        "spark://localhost:1", "dask://", "dask", "dask://nowhere", "dask://u:p@host:1", "dask://host:99999",
        "dask://host:1/a", "tcp://host:1",
    ],
)  # fmt: skip
def test_other_engines_are_refused(engine: str) -> None:
    with (
        pytest.raises(UsageError, match=f"{engine}: is no engine that is known, expected dask://HOST:PORT"),
        executor_at(engine),
    ):
        raise AssertionError("is none")


def test_an_engine_without_its_package_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('is not there')", "utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from annotools.cli import main; main()"
    words = [
        "convert",
        str(STREET),
        "--to",
        "coco",
        "-o",
        str(tmp_path / "{stem}.zip"),
        "--engine",
        "dask://localhost:1",
    ]
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, check=False, timeout=60, cwd=ROOT
    )
    message = b"error: dask://localhost:1: Dask is not installed, expected pip install 'annotools-cvat[dask]'\n"
    assert (ran.returncode, ran.stderr) == (2, message)


@pytest.mark.parametrize("engine", ["dask://127.0.0.1:1", "dask://nowhere.invalid:1"])
def test_a_scheduler_that_does_not_answer_is_told(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed (extra dask)")
    monkeypatch.setattr("annotools.scale.engines._PATIENCE", 1)
    with pytest.raises(StorageError, match=f"{engine}: no scheduler of Dask answers"), executor_at(engine):
        raise AssertionError("is none")
