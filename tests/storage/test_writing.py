"""Writing all or nothing, also when killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotools.errors import InputError, UsageError
from annotools.storage import Permit, folders, open_source, write_members
from tests.processes import interruptible

CHILD = """
import sys, time
from annotools.storage import Permit, write_members
def pieces():
    yield b"half"
    print("ready", flush=True)
    time.sleep(60)
write_members(sys.argv[1], [("done.txt", [b"1"]), ("a.json", pieces())], Permit(True, ("a.json",)))
"""
OURS = Permit(force=True, members=("a", "a.json", "b", "sub/a"))
TARGETS = ["out", "out.zip", "out.json"]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def interrupted(where: Path, number: int) -> int:
    """The exit code of a child that gets a signal in the middle of a write."""
    code = CHILD if where.suffix != ".json" else CHILD.replace('("done.txt", [b"1"]), ', "")
    command = interruptible([sys.executable, "-c", code, str(where)])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(number)
        return child.wait(30)


@pytest.mark.parametrize("target", TARGETS)
def test_a_killed_run_changes_nothing_and_the_next_one_cleans_up(tmp_path: Path, target: str) -> None:
    where = tmp_path / target
    write_members(where, [("a.json", [b"old"])])
    before = tree(tmp_path)
    assert interrupted(where, signal.SIGKILL) == -signal.SIGKILL
    left = tree(tmp_path)
    assert before.items() < left.items() or len(list(tmp_path.iterdir())) == 2
    write_members(where, [("a.json", [b"new"])], OURS)
    assert [path.name for path in tmp_path.iterdir()] == [target]
    source = open_source(where)
    assert [source.read(name) for name in source.members()] == [b"new"]
    source.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("target", TARGETS)
def test_a_stopped_run_leaves_nothing(tmp_path: Path, target: str, number: int) -> None:
    where = tmp_path / target
    write_members(where, [("a.json", [b"old"])])
    before = tree(tmp_path)
    assert interrupted(where, number) != 0
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == [target]


@pytest.mark.parametrize("target", TARGETS)
def test_an_exception_leaves_what_was_there(tmp_path: Path, target: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise LookupError("in the middle")

    write_members(tmp_path / target, [("a.json", [b"old"])])
    before = tree(tmp_path)
    with pytest.raises(LookupError):
        write_members(tmp_path / target, [("a.json", pieces())], OURS)
    assert tree(tmp_path) == before
    with pytest.raises(LookupError):
        write_members(f"memory://writing/{target}", [("a.json", pieces())], OURS)
    with pytest.raises(InputError):
        open_source(f"memory://writing/{target}")


def test_a_folder_moved_aside_by_a_killed_run_is_put_back(tmp_path: Path) -> None:
    old = tmp_path / ".out.01234567.old"
    old.mkdir()
    (old / "kept").write_bytes(b"1")
    (tmp_path / ".out.01234567.new").mkdir()
    with pytest.raises(UsageError, match="has files in it"):
        write_members(tmp_path / "out", [("a", [])])
    assert tree(tmp_path) == {"out/kept": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_at_work_is_not_cleaned_away(tmp_path: Path) -> None:
    with folders.staged_folder(tmp_path / "out") as aside:
        (aside / "x").write_bytes(b"1")
        write_members(tmp_path / "out", [("y", [b"2"])])
        assert aside.is_dir()
    assert tree(tmp_path) == {"out/x": b"1"}


def test_swapping_without_the_system_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    write_members(tmp_path / "out", [("a", [b"1"])])
    write_members(tmp_path / "out", [("b", [b"2"])], OURS)
    assert tree(tmp_path) == {"out/b": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_may_be_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    write_members(tmp_path / "empty", [("a", [b"1"])])
    with pytest.raises(UsageError, match="or force=True"):
        write_members(tmp_path / "empty", [("b", [b"2"])])
    write_members(tmp_path / "new" / "deep" / "a.json", [("x", [b"1"])])
    write_members(tmp_path / "new" / "deep" / "a.json", [("x", [b"2"])])
    (tmp_path / "dir.json").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        write_members(tmp_path / "dir.json", [("x", [b"1"])], OURS)
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UsageError, match="working folder"):
        write_members("..", [("x", [b"1"])], OURS)
    assert tree(tmp_path) == {"empty/a": b"1", "new/deep/a.json": b"2"}


@pytest.mark.parametrize("members", [[], [("a", [b"1"]), ("b", [b"2"])]])
def test_a_single_file_takes_exactly_one_member(tmp_path: Path, members: list[tuple[str, list[bytes]]]) -> None:
    with pytest.raises(UsageError):
        write_members(tmp_path / "a.json", members)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["out", "out.zip"])
@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a/b/c", "a"), ("a/b", "a/c", "a/b/d")])
def test_names_that_cannot_stand_beside_each_other(tmp_path: Path, target: str, names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="comes twice, or is a file and a folder"):
        write_members(tmp_path / target, [(name, [b"1"]) for name in names])
    assert list(tmp_path.iterdir()) == []


def test_links_in_a_replaced_folder_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(tmp_path / "else")
    with pytest.raises(UsageError, match="does not write: sub, expected another place"):
        write_members(tmp_path / "out", [("sub/a", [b"1"])], OURS)
    (tmp_path / "out" / "sub").unlink()
    (tmp_path / "else" / "a").write_bytes(b"1")
    (tmp_path / "out" / "a").symlink_to(tmp_path / "else" / "a")
    write_members(tmp_path / "out", [("a", [b"2"])], OURS)
    assert tree(tmp_path) == {"out/a": b"2", "else/a": b"1"}


def test_equal_members_give_equal_bytes(tmp_path: Path) -> None:
    members = [("b", [b"1" * 5000]), ("a/ü.png", [b"2", b"3"]), ("a/x.json", [b"{}"])]
    write_members(tmp_path / "one.zip", members)
    os.utime(tmp_path / "one.zip", (0, 0))
    write_members(tmp_path / "two.zip", [(name, [b"".join(pieces)]) for name, pieces in reversed(members)])
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.zip").stat().st_size < 1000


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_memory_is_flat_for_a_large_member(tmp_path: Path, target: str) -> None:
    piece = os.urandom(1 << 18)
    tracemalloc.start()
    write_members(tmp_path / target, [("big.bin", (piece for _ in range(200))), ("a", [b"1"])])
    size = 0
    with open_source(tmp_path / target) as source, source.open("big.bin") as stream:
        while read := stream.read(1 << 18):
            size += len(read)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 200 << 18
    assert peak < 20 << 20


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_members("-", [("a.json", [b"{", b"}"])])
    assert capfdbinary.readouterr().out == b"{}"


def test_signals_wait_while_what_was_begun_is_removed(tmp_path: Path) -> None:
    """Of three signals, two fall into the removal, which is not to end half-way; another thread could take them."""
    code = """
import os, signal, sys, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
from annotools.storage import folders, write_members
removed = folders._remove
def slowly(path):
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    removed(path)
folders._remove = slowly
def pieces():
    yield b"half"
    os.kill(os.getpid(), signal.SIGTERM)
write_members(sys.argv[1], [("a.json", pieces())])
"""
    ran = subprocess.run(interruptible([sys.executable, "-c", code, str(tmp_path / "out")]), capture_output=True)
    assert ran.returncode != 0
    assert list(tmp_path.iterdir()) == []
