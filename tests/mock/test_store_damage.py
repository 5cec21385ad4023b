"""State files and snapshots that are damaged, changed, newer or killed in the middle."""

from __future__ import annotations

import contextlib
import json
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest
import requests

from annotools.errors import InputError
from mockserver.mock import Mock
from mockserver.seeds.checks import SeedError
from mockserver.state.packing import SnapshotError
from mockserver.state.store import Store
from tests.mock.fault_calls import SHAPE, ask


def test_what_is_no_state_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"not a database, but long enough to be one" * 100)
    with pytest.raises(InputError, match="not a database"):
        Mock(state_file=path)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(InputError, match="another program"):
        Mock(state_file=foreign)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A state file that a disk or an editor has spoiled."""
    spoiled, position = bytearray(data), rng.randrange(len(data))
    kind = rng.choice(["bytes", "end", "zeros", "more"])
    if kind == "bytes":
        for _ in range(rng.choice([5, 50, 500])):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    elif kind == "end":
        del spoiled[position:]
    elif kind == "zeros":
        spoiled[position : position + 5000] = bytes(len(spoiled[position : position + 5000]))
    else:
        spoiled[position:position] = rng.randbytes(rng.choice([1, 100]))
    return bytes(spoiled)


def test_a_damaged_state_file_is_named(tmp_path: Path) -> None:
    """Refused with its name, or of use: no other error, neither now nor when it is written to."""
    good = tmp_path / "good.db"
    Mock(state_file=good).stop()
    refusals = {}
    for number in range(150):
        path = tmp_path / f"{number}.db"
        path.write_bytes(damaged(good.read_bytes(), random.Random(number)))
        try:
            mock = Mock(state_file=path)
        except SnapshotError as error:
            refusals[path] = str(error)
        else:
            mock.reset()
            mock.stop()
    assert len(refusals) > 100
    assert all(text.startswith(f"{path}: ") for path, text in refusals.items())


@pytest.mark.parametrize(
    ("table", "key", "record"),
    [
        ("jobs", 1, b"\x90"), ("jobs", 1, b"\x81\xa2id\x02"), ("nowhere", 1, b"\x80"), ("blobs", "a", b"\x80"),
        ("jobs", 1, b"\xc1"),
    ],
)  # fmt: skip
def test_a_record_that_is_none_is_named_with_its_file(tmp_path: Path, table: str, key: object, record: bytes) -> None:
    path = tmp_path / "a.db"
    Mock(state_file=path).stop()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("REPLACE INTO record VALUES (?, ?, ?, NULL)", (table, msgspec.msgpack.encode(key), record))
    with pytest.raises(SnapshotError, match=rf"{re.escape(str(path))}: damaged state file: "):
        Mock(state_file=path)


@pytest.mark.parametrize(("table", "column"), [("record", "value"), ("record", "key"), ("sequence", "next")])
def test_a_record_that_has_been_changed_is_named(tmp_path: Path, table: str, column: str) -> None:
    path = tmp_path / "a.db"
    Mock(state_file=path).stop()
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute(f"SELECT * FROM {table}").fetchall()
    changes = {"value": msgspec.msgpack.encode({"id": 1}), "key": msgspec.msgpack.encode(999), "next": 7}
    for row in rows[:5]:
        keys = ("kind", "key") if table == "record" else ("name",)
        where = " AND ".join(f"{name} = ?" for name in keys)
        spoiled = tmp_path / "b.db"
        spoiled.write_bytes(path.read_bytes())
        with contextlib.closing(sqlite3.connect(spoiled)) as db, db:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (changes[column], *row[: len(keys)]))
        with pytest.raises(SnapshotError, match="damaged state file: damaged record: "):
            Mock(state_file=spoiled)


def test_a_file_without_sums_is_still_read_and_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Mock(state_file=path) as mock:
        ask(mock, "PATCH", "/api/jobs/1", json={"state": "completed"})
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "CREATE TABLE plain (kind TEXT, key BLOB, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        db.execute("INSERT INTO plain SELECT kind, key, value FROM record")
        db.executescript("DROP TABLE record; ALTER TABLE plain RENAME TO record; ALTER TABLE sequence DROP COLUMN sum;")
        db.execute("PRAGMA user_version = 2")
    for state in ("completed", "rejected"):
        with Mock(state_file=path) as again:
            assert again.resumed
            assert again.state.tables["jobs"][1]["state"] == state
            ask(again, "PATCH", "/api/jobs/1", json={"state": "rejected"})
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM record WHERE sum IS NOT NULL").fetchone()[0] == 1


def test_a_snapshot_that_has_been_changed_is_refused() -> None:
    mock = Mock()
    good = mock.snapshot()
    rng = random.Random(1)
    for position in (len(good) - 1, *(rng.randrange(20, len(good)) for _ in range(30))):
        spoiled = bytearray(good)
        spoiled[position] ^= 1 << rng.randrange(8)
        with pytest.raises(SnapshotError, match="it is not what was saved"):
            mock.restore(bytes(spoiled))
    mock.restore(good)


def test_a_snapshot_without_a_sum_is_still_read() -> None:
    mock = Mock()
    head, _, content = mock.snapshot().partition(b"\n")
    assert head == b"annotools-mock 3"
    mock.restore(b"annotools-mock 2\n" + content[4:])
    assert len(mock.state.tables["jobs"]) == 9


def test_a_newer_state_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SnapshotError, match="99"):
        Store(path)


def test_a_file_that_was_refused_is_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    Store(path).close()
    sound = path.read_bytes()
    path.write_bytes(sound[:40] + b"\xff" * 60 + sound[100:])
    with pytest.raises(SnapshotError, match="unsupported file format") as refused:
        Store(path)
    path.write_bytes(sound)
    Store(path).close()  # while the error is still held, and with it what was open
    assert "locked" not in str(refused.value)


def test_a_write_that_cannot_be_kept_is_not_done(tmp_path: Path) -> None:
    with Mock(state_file=tmp_path / "state.db") as mock:
        before = mock.annotations(1)
        store = mock.app.store
        assert isinstance(store, Store)
        store._db.execute("PRAGMA query_only = 1")
        answer = ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]})
        store._db.execute("PRAGMA query_only = 0")
        assert answer.status_code == 500
        assert mock.annotations(1) == before


def test_a_kill_in_the_middle_of_writes_loses_nothing_answered(tmp_path: Path) -> None:
    """Several clients write until the server is killed; every answered id is there afterwards."""
    path, answered = tmp_path / "state.db", []
    command = [sys.executable, "-m", "annotools", "mock", "serve", "--state", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        facts = json.loads(server.stdout.readline())
        headers = {"Authorization": f"Token {facts['token']}"}

        def write() -> None:
            try:
                while True:
                    url = f"{facts['url']}/api/jobs/1/annotations?action=create"
                    answer = requests.patch(url, headers=headers, json={"shapes": [SHAPE]}, timeout=5)
                    answered.append(answer.json()["shapes"][0]["id"])
            except (requests.RequestException, ValueError):
                return

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        end = time.monotonic() + 20
        while len(answered) < 40 and time.monotonic() < end:
            time.sleep(0.005)
        server.send_signal(signal.SIGKILL)
        for writer in writers:
            writer.join()
    with Mock(state_file=path) as again:
        kept = [shape["id"] for shape in again.annotations(1)["shapes"]]
    assert len(answered) >= 40
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))


def test_a_seed_that_is_refused_leaves_the_state_file_free(tmp_path: Path) -> None:
    with pytest.raises(SeedError) as refused:
        Mock(seed="no such seed", state_file=tmp_path / "state.db")
    with Mock(state_file=tmp_path / "state.db") as mock:
        assert not mock.resumed
    assert refused.tb is not None  # which knows all that was open
