"""The state in a SQLite file (`--state FILE.db`): what was answered survives a kill of the process.

    store = Store("mock.db")
    app = App(store.load() or State(), store=store)

Every request that changes the state is one transaction, committed before its answer leaves. The file is in WAL mode
and locked by the one server that uses it. Tables: record(kind, key, value, sum) with MessagePack keys and values,
sequence(name, next, sum), note(name, value) with the snapshot that a reset goes back to; a `sum` is the CRC-32 of the
rest of its row, and none in files of format 2.
Source: https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mockserver.state.packing import (
    FORMAT_VERSION,
    SUMMED_FROM,
    SnapshotError,
    check_version,
    pack,
    sum_of,
    unpack,
)
from mockserver.state.tables import TABLES, State, check_records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record
    (kind TEXT, key BLOB, value BLOB NOT NULL, sum INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, next INTEGER NOT NULL, sum INTEGER);
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
_PUT = "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, sum = excluded.sum"
_PUT_SEQUENCE = (
    "INSERT INTO sequence VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next, sum = excluded.sum"
)
_PUT_NOTE = "INSERT INTO note VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


class Store:
    """A state file. Raises: SnapshotError when the file is no state file, newer than this program, or in use."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if self.uploads.exists() and not self.uploads.is_dir():
            raise SnapshotError(f"{self.uploads}: unfinished uploads are kept there, expected a folder")
        try:
            self._db = sqlite3.connect(self.path, timeout=1, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self.close()
                raise
        except (sqlite3.Error, SnapshotError, ValueError) as error:
            raise SnapshotError(f"{self.path}: cannot be used as a state file: {error}") from None

    def _open(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        check_version(version)
        if not version and self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise sqlite3.DatabaseError("it is a database of another program")
        self._check_pages()
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a kill loses nothing; only a power cut could
        self._db.executescript(_SCHEMA)
        if version and version < SUMMED_FROM:
            self._db.executescript("ALTER TABLE record ADD sum INTEGER; ALTER TABLE sequence ADD sum INTEGER;")
        self._db.execute(f"PRAGMA user_version = {FORMAT_VERSION:d}")

    def _check_pages(self) -> None:
        """What is damaged is said at the start, not with some later request."""
        verdict = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"it is damaged: {' '.join(verdict.split())}")

    @property
    def uploads(self) -> Path:
        """Folder for unfinished uploads, next to the file."""
        return self.path.with_name(self.path.name + "-uploads")

    def load(self) -> State | None:
        """The state as it was answered last, None from a new file. Raises: SnapshotError."""
        try:
            return self._load()
        except (SnapshotError, sqlite3.Error, AttributeError, LookupError, TypeError, ValueError) as error:
            self.close()
            raise SnapshotError(f"{self.path}: damaged state file: {error}") from None

    def _load(self) -> State | None:
        notes = dict(self._db.execute("SELECT name, value FROM note"))
        if "baseline" not in notes:
            return None
        state = State()
        state.restore(notes["baseline"])
        tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        for kind, key, value, checksum in self._db.execute("SELECT kind, key, value, sum FROM record"):
            if checksum is not None and checksum != sum_of(kind.encode(), key, value):
                raise SnapshotError(f"damaged record: {kind}, {unpack(key)!r}")
            tables[kind][unpack(key)] = unpack(value)
        # the order of a table is part of the state: by id, as the sequences gave them out
        state.tables = {name: dict(sorted(rows.items(), key=_place)) for name, rows in tables.items()}
        state.sequences = dict(self._sequences())
        check_records(state.tables)
        return state

    def _sequences(self) -> Iterator[tuple[str, int]]:
        for name, number, checksum in self._db.execute("SELECT name, next, sum FROM sequence"):
            if checksum is not None and (name, number, checksum) != _counter((name, number)):
                raise SnapshotError(f"damaged record: sequence {name}")
            yield name, number

    def save(self, state: State, changed: Iterable[tuple[str, Any]]) -> None:
        """Commit the records of these (table, key) and all sequences. Raises: sqlite3.Error, and nothing is saved."""
        with self._transaction():
            for table, key in changed:
                record = state.tables[table].get(key)
                if record is None:
                    self._db.execute("DELETE FROM record WHERE kind = ? AND key = ?", (table, pack("", key)))
                else:
                    self._db.execute(_PUT, _row(table, key, record))
            self._db.executemany(_PUT_SEQUENCE, map(_counter, state.sequences.items()))

    def replace(self, state: State) -> None:
        """Forget everything and keep this state, what it resets to included."""
        with self._transaction():
            self._db.execute("DELETE FROM record")
            self._db.execute("DELETE FROM sequence")
            for table, rows in state.tables.items():
                self._db.executemany(_PUT, (_row(table, key, record) for key, record in rows.items()))
            self._db.executemany(_PUT_SEQUENCE, map(_counter, state.sequences.items()))
            self._db.execute(_PUT_NOTE, ("baseline", state.baseline().snapshot()))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _row(table: str, key: Any, record: Any) -> tuple[str, bytes, bytes, int]:
    packed_key, value = pack("", key), pack(table, record)
    return table, packed_key, value, sum_of(table.encode(), packed_key, value)


def _counter(pair: tuple[str, int]) -> tuple[str, int, int]:
    return *pair, sum_of(f"{pair[0]} {pair[1]}".encode())


def _place(row: tuple[Any, Any]) -> tuple[bool, Any]:
    return isinstance(row[0], str), row[0]


class _Transaction:
    """BEGIN, then COMMIT or ROLLBACK (sqlite3's own context manager does not begin)."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("ROLLBACK" if kind else "COMMIT")
