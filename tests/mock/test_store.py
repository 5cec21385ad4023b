"""The state: snapshots, reset, and the file behind `--state`."""

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
from mockserver.seeds import packaged
from mockserver.seeds.sources import state_of
from mockserver.state.packing import FORMAT_VERSION, SnapshotError
from mockserver.state.store import Store
from mockserver.state.tables import State

SHAPE = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4.5]}


def ask(mock: Mock, method: str, path: str, **rest: object) -> requests.Response:
    headers = {"Authorization": f"Token {mock.token}"}
    return requests.request(method, mock.url + path, headers=headers, timeout=10, **rest)  # type: ignore[arg-type]


def test_a_snapshot_brings_everything_back() -> None:
    with Mock() as mock:
        ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]})
        saved, before = mock.snapshot(), mock.annotations(1)
        ask(mock, "DELETE", "/api/jobs/1/annotations")
        ask(mock, "DELETE", "/api/tasks/43")
        mock.restore(saved)
        assert mock.annotations(1) == before
        assert ask(mock, "GET", "/api/tasks/43").status_code == 200


@pytest.mark.parametrize("name", packaged.NAMES)
def test_a_snapshot_of_a_seed_is_stable(name: str) -> None:
    state, other = state_of(packaged.load(name)), State()
    other.restore(state.snapshot())
    assert other.snapshot() == state.snapshot()


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"annotools-mock x\n", b"annotools-mock 2\n\xc1", b"annotools-mock 2\n\x80"]
)
def test_what_is_no_snapshot_is_refused_and_changes_nothing(data: bytes) -> None:
    mock = Mock()
    before = mock.snapshot()
    with pytest.raises(SnapshotError):
        mock.restore(data)
    assert mock.snapshot() == before


def test_a_newer_snapshot_is_refused() -> None:
    with pytest.raises(SnapshotError, match=f"knows up to {FORMAT_VERSION}"):
        State().restore(b"annotools-mock 99\n\x80")


def test_a_reset_goes_back_to_the_seed_with_its_numbers() -> None:
    with Mock() as mock:
        first = ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]}).json()
        mock.reset()
        assert ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]}).json() == first


def test_the_file_keeps_what_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Mock(state_file=path) as mock:
        ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]})
        ask(mock, "PATCH", "/api/jobs/2", json={"state": "completed"})
        ask(mock, "DELETE", "/api/tasks/43")
        answers = [ask(mock, "GET", place).text for place in ("/api/jobs?page_size=all", "/api/jobs/1/annotations")]
        url = mock.url
    with Mock(state_file=path) as again:
        shown = [ask(again, "GET", place).text for place in ("/api/jobs?page_size=all", "/api/jobs/1/annotations")]
        assert shown == [answer.replace(url, again.url) for answer in answers]
        again.reset()
        assert ask(again, "GET", "/api/jobs/2").json()["state"] == "new", "the seed it began with is kept, too"
    with Mock(state_file=path) as third:
        assert ask(third, "GET", "/api/tasks/43").status_code == 200


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    mock = Mock(state_file=path)
    with pytest.raises(InputError, match="locked"):
        Mock(state_file=path)
    mock.stop()


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
    found, place = bytearray(data), rng.randrange(len(data))
    kind = rng.choice(["bytes", "end", "zeros", "more"])
    if kind == "bytes":
        for _ in range(rng.choice([5, 50, 500])):
            found[rng.randrange(len(found))] = rng.randrange(256)
    elif kind == "end":
        del found[place:]
    elif kind == "zeros":
        found[place : place + 5000] = bytes(len(found[place : place + 5000]))
    else:
        found[place:place] = rng.randbytes(rng.choice([1, 100]))
    return bytes(found)


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
    for place in (len(good) - 1, *(rng.randrange(20, len(good)) for _ in range(30))):
        spoiled = bytearray(good)
        spoiled[place] ^= 1 << rng.randrange(8)
        with pytest.raises(SnapshotError, match="it is not what was saved"):
            mock.restore(bytes(spoiled))
    mock.restore(good)


def test_a_snapshot_without_a_sum_is_still_read() -> None:
    mock = Mock()
    head, _, content = mock.snapshot().partition(b"\n")
    assert head == b"annotools-mock 3"
    mock.restore(b"annotools-mock 2\n" + content[4:])
    assert len(mock.state.tables["jobs"]) == 9


def test_a_file_where_the_uploads_belong_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db-uploads").touch()
    with pytest.raises(SnapshotError, match=r"a\.db-uploads: .* expected a folder"):
        Mock(state_file=tmp_path / "a.db")


def test_a_newer_state_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(SnapshotError, match="99"):
        Store(path)


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


def test_many_clients_hammering_one_job_lose_nothing() -> None:
    clients, turns, answered = 64, 3, []
    with Mock() as mock:
        before = [shape["id"] for shape in mock.annotations(2)["shapes"]]

        def write() -> None:
            for _ in range(turns):
                answer = ask(mock, "PATCH", "/api/jobs/2/annotations?action=create", json={"shapes": [SHAPE]})
                answered.append(answer.json()["shapes"][0]["id"])

        threads = [threading.Thread(target=write) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = [shape["id"] for shape in mock.annotations(2)["shapes"]]
    assert len(answered) == clients * turns
    assert sorted(kept) == sorted([*before, *answered])


def test_unfinished_uploads_are_private_and_go_with_the_server(tmp_path: Path) -> None:
    with Mock() as mock:
        headers = {"Upload-Length": "6", "Authorization": f"Token {mock.token}"}
        place = requests.post(mock.url + "/api/jobs/1/annotations", headers=headers, timeout=5).headers["Location"]
        piece = {
            "Authorization": f"Token {mock.token}", "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip
        assert requests.patch(place, headers=piece, data=b"abc", timeout=5).status_code == 204
        folder = mock.app.env.spool._folder
        assert folder is not None
        assert re.fullmatch("0o40700", oct(folder.stat().st_mode))
        assert [file.read_bytes() for file in folder.iterdir()] == [b"abc"]
    assert not folder.exists()


def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Mock(state_file=path) as mock:
        login = {"Authorization": f"Token {mock.token}"}
        begun = requests.post(mock.url + "/api/jobs/1/annotations", headers={**login, "Upload-Length": "6"}, timeout=5)
        place = begun.headers["Location"].removeprefix(mock.url)
        piece = {**login, "Content-Type": "application/offset+octet-stream"}
        requests.patch(mock.url + place, headers={**piece, "Upload-Offset": "0"}, data=b"abc", timeout=5)
        folder = mock.app.env.spool._folder
    assert folder is not None
    (folder / "1_orphan").write_bytes(b"left by a kill")
    with Mock(state_file=path) as again:
        assert len(list(folder.iterdir())) == 1
        answer = requests.patch(again.url + place, headers={**piece, "Upload-Offset": "3"}, data=b"def", timeout=5)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "6")
        again.reset()
    assert not folder.exists(), "nothing is left to upload"


def test_uploads_larger_than_allowed_are_refused() -> None:
    with Mock() as mock:
        mock.app.config.max_upload = 1000
        headers = {"Upload-Length": "1001", "Authorization": f"Token {mock.token}"}
        answer = requests.post(mock.url + "/api/jobs/1/annotations", headers=headers, timeout=5)
        assert (answer.status_code, answer.json()) == (413, "File size exceeds max limit of 1000 bytes")
