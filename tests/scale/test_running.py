"""Calls on workers: outcomes in order, whatever happens to one of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from annotools.errors import AnnotoolsError, InputError, StorageError, UsageError
from annotools.scale import Call, Crew
from annotools.scale.calls import attempt
from annotools.scale.processes import processes
from annotools.scale.running import run
from tests.paths import ROOT
from tests.processes import interruptible
from tests.scale import work


@pytest.mark.parametrize("crew", [Crew(), Crew(3), Crew(executor=ThreadPoolExecutor(2))], ids=["one", "3", "threads"])
def test_outcomes_come_in_the_order_of_the_calls(crew: Crew) -> None:
    heard: list[int] = []
    outcomes = run([Call(work.refused, (number,)) for number in range(7)], crew, heard.append)
    assert [outcome.value for outcome in outcomes] == [0, None, 2, None, 4, None, 6]
    assert [str(outcome.error) for outcome in outcomes if outcome.error][1] == "3 is odd, expected an even one"
    assert sorted(heard) == list(range(7))


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("input", InputError, "a.txt:7: 2 numbers, expected 5 numbers"),
        ("full", StorageError, "the system refused: no space left on device"),
        ("memory", StorageError, "the system has no more memory to give"),
        ("fault", AnnotoolsError, "internal error: ZeroDivisionError: of ours"),
    ],
)
def test_an_error_of_one_call_is_its_outcome(kind: str, error: type[AnnotoolsError], message: str) -> None:
    for crew in (Crew(), Crew(2)):
        outcomes = run([Call(work.broken, (kind,)), Call(work.squared, (3,))], crew)
        assert (type(outcomes[0].error), str(outcomes[0].error)) == (error, message)
        assert outcomes[1].value == 9


def test_a_call_whose_process_is_killed_is_made_again(tmp_path: Path) -> None:
    calls = [Call(work.killed_once, (str(tmp_path / "marker"), number)) for number in range(6)]
    assert [outcome.value for outcome in run(calls, Crew(2))] == list(range(6))


def test_a_call_that_kills_its_process_each_time_ends_no_other() -> None:
    outcomes = run([Call(work.killed, (number,)) for number in range(5)], Crew(2))
    assert [outcome.value for outcome in outcomes] == [0, 1, None, 3, 4]
    assert str(outcomes[2].error) == "the process that worked on it was killed, expected more memory or fewer workers"


def test_all_processes_are_begun_at_once_and_none_is_left_where_one_is_killed() -> None:
    # One that is begun while another is killed is nobody's: the executor waits for it for ever.
    before = len(multiprocessing.active_children())
    with processes(3) as pool:
        assert len(multiprocessing.active_children()) == before + 3
        with pytest.raises(BrokenProcessPool):
            pool.submit(os._exit, 3).result()
    assert len(multiprocessing.active_children()) == before


def test_a_worker_of_another_version_is_refused() -> None:
    outcome = attempt(Call(work.squared, (3,), version="0.0.1"))
    assert isinstance(outcome.error, UsageError)
    assert str(outcome.error).endswith("expected 0.0.1")


class _Lossy(Executor):
    """Loses its workers."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(ConnectionResetError("gone"))
        return future


def test_a_call_that_an_executor_loses_is_a_failure_and_no_silence() -> None:
    (outcome,) = run([Call(work.squared, (3,))], Crew(executor=_Lossy()))
    assert str(outcome.error) == "no worker came to an end with it: ConnectionResetError: gone"


def test_fewer_than_one_worker_are_refused() -> None:
    with pytest.raises(UsageError, match="workers is 0, expected 1 or more"):
        Crew(0)


SCRIPT = """
from annotools.scale import Call, Crew
from annotools.scale.running import run
from tests.scale import work
calls = [Call(work.written_slowly, (f"{name}.txt", 60)) for name in "abcd"]
%srun(calls, Crew(2))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_processes_end_with_the_first_and_leave_nothing_half(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "main.py").write_text(SCRIPT % "if __name__ == '__main__': ", "utf-8")
    words = interruptible([sys.executable, "main.py"])
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as child:
        begun = _wait_for(tmp_path, 2)
        child.send_signal(number)
        assert child.wait(20) != 0
    _wait_for_end(begun)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".begun")) == ["main.py"]


def _wait_for(folder: Path, count: int) -> list[int]:
    """The processes that have written a half."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        texts = [path.read_text("utf-8") for path in folder.glob("*.begun")]
        if len(texts) == count and all(texts):
            return list(map(int, texts))
        time.sleep(0.05)
    raise AssertionError("nobody began")


def _wait_for_end(processes: list[int]) -> None:
    end = time.monotonic() + 20
    while any(_is_alive(process) for process in processes):
        assert time.monotonic() < end, "a process is left"
        time.sleep(0.05)


def _is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for is none."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_program_that_no_process_can_import_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SCRIPT % "", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60
    )
    assert b"no process could be started, expected the call in a module that can be imported" in ran.stderr
    assert not list(tmp_path.glob("*.begun"))


def test_a_worker_begins_with_what_a_conversion_loads() -> None:
    with processes(1) as pool:
        assert pool.submit(eval, "'annotools.convert.conversion' in __import__('sys').modules").result()
