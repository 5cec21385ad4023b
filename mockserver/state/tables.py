"""The server's tables, with undo, snapshots and a reset that costs microseconds.

    state.tables["jobs"][7]                   read a record (never change it in place)
    state.put("jobs", 7, {**job, "state": "completed"})
    state.delete("jobs", 7)
    state.next_id("jobs")                     the table's own sequence
    with state.transaction(): ...             an exception undoes everything written inside

A record is a plain dict as the API shows it to a superuser, minus what follows from other records (urls, counts,
names of the task in a job) and with users and organizations as ids (`assignee_id`, `owner_id`, `organization_id`).
Since a record is replaced and never changed, a copy of the tables is a copy of a few dicts.

Tables (key -> record):
    users, organizations, memberships, projects, tasks, jobs, labels (id; with attributes and sublabels nested),
    issues, comments            id -> record
    data_meta                   task id -> answer of tasks/{id}/data/meta
    validation                  task id -> {"layout", "jobs", "gt_job"}, as in the seed
    annotations                 job id -> a value of `annotations.job_annotations` (a seed's LabeledData at first)
    requests, uploads, blobs    rq_id -> record, file id -> record, name -> bytes
    sessions, tokens            key -> record
    guides, webhooks, cloudstorages        id -> record
    quality_settings, quality_reports, quality_conflicts, consensus_settings     id -> record
A job of selected frames (ground truth) has `frames`: the sorted task frame numbers; other jobs have None.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

Record = dict[str, Any]
Table = dict[Any, Any]
TABLES = (
    "users", "organizations", "memberships", "projects", "tasks", "jobs", "labels", "issues", "comments",
    "data_meta", "validation", "annotations", "requests", "uploads", "blobs", "sessions", "tokens",
    "guides", "webhooks", "cloudstorages",
    "quality_settings", "quality_reports", "quality_conflicts", "consensus_settings",
)  # fmt: skip
_MAGIC = b"annotools-mock "
_MISSING = object()


class State:
    """Tables, sequences and the undo log of the running request."""

    def __init__(self, tables: dict[str, Table] | None = None, sequences: dict[str, int] | None = None) -> None:
        self.tables: dict[str, Table] = {name: dict((tables or {}).get(name, {})) for name in TABLES}
        self.sequences: dict[str, int] = dict(sequences or {})
        self.version = "2.73.0"
        self._undo: list[tuple[str, Any, Any]] = []
        self._mark()

    def _mark(self) -> None:
        self._baseline = ({name: dict(table) for name, table in self.tables.items()}, dict(self.sequences))

    def reset(self) -> None:
        """Back to what was seeded or restored last."""
        tables, sequences = self._baseline
        self.tables = {name: dict(table) for name, table in tables.items()}
        self.sequences = dict(sequences)
        self._undo.clear()

    def put(self, table: str, key: Any, record: Any) -> None:
        """Insert or replace one record."""
        rows = self.tables[table]
        self._undo.append((table, key, rows.get(key, _MISSING)))
        rows[key] = record

    def update(self, table: str, key: Any, /, **changes: Any) -> Record:
        """Replace some fields of a record; gives the new record."""
        record: Record = {**self.tables[table][key], **changes}
        self.put(table, key, record)
        return record

    def delete(self, table: str, key: Any) -> None:
        """Remove one record; a missing one is fine."""
        old = self.tables[table].pop(key, _MISSING)
        if old is not _MISSING:
            self._undo.append((table, key, old))

    def next_id(self, sequence: str, count: int = 1) -> int:
        """First of `count` fresh ids; like a database's, a sequence does not go back when a request fails."""
        first = self.sequences.get(sequence, 1)
        self.sequences[sequence] = first + count
        return first

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception leaves the tables as they were. Does not nest."""
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._undo.clear()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Within a transaction: an exception undoes what was written inside, and goes on its way."""
        mark = len(self._undo)
        try:
            yield
        except BaseException:
            self._roll_back(mark)
            raise

    def changed(self) -> set[tuple[str, Any]]:
        """(table, key) of everything written since the transaction began."""
        return {(table, key) for table, key, _ in self._undo}

    def _roll_back(self, mark: int = 0) -> None:
        while len(self._undo) > mark:
            table, key, old = self._undo.pop()
            if old is _MISSING:
                self.tables[table].pop(key, None)
            else:
                self.tables[table][key] = old

    def snapshot(self) -> bytes:
        """Everything as bytes, for `restore`."""
        tables = {
            name: [(key, pack(name, record)) for key, record in table.items()] for name, table in self.tables.items()
        }
        content = {"tables": tables, "sequences": self.sequences, "server": self.version}
        packed = pack("", content)
        return _MAGIC + b"%d\n" % FORMAT_VERSION + sum_of(packed).to_bytes(4) + packed

    def restore(self, data: bytes) -> None:
        """Take over a snapshot of this or an older version; `reset` comes back to it. Raises: SnapshotError."""
        head, _, content = data.partition(b"\n")
        version = head.removeprefix(_MAGIC)
        if not head.startswith(_MAGIC) or not version.isdigit():
            raise SnapshotError("not a snapshot of the mock server")
        check_version(int(version))
        if int(version) >= SUMMED_FROM:
            content, checksum = content[4:], int.from_bytes(content[:4])
            if sum_of(content) != checksum:
                raise SnapshotError("damaged snapshot: it is not what was saved")
        loaded = unpack(content)
        try:
            tables = {name: {key: unpack(record) for key, record in loaded["tables"].get(name, ())} for name in TABLES}
            sequences, server = dict(loaded["sequences"]), str(loaded["server"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SnapshotError(f"damaged snapshot: {type(error).__name__}: {error}") from None
        check_records(tables)
        self.tables, self.sequences, self.version = tables, sequences, server
        self._undo.clear()
        self._mark()

    def baseline(self) -> State:
        """What `reset` goes back to, as a state of its own."""
        tables, sequences = self._baseline
        state = State(tables, sequences)
        state.version = self.version
        return state

    def rebase(self, other: State) -> None:
        """Make `reset` go back to another state from now on."""
        self._baseline = ({name: dict(table) for name, table in other.tables.items()}, dict(other.sequences))


def check_records(tables: dict[str, Table]) -> None:
    """Raises: SnapshotError for a record that is not the one its key says."""
    for name, table in tables.items():
        for key, record in table.items():
            fits = isinstance(record, bytes) if name == "blobs" else isinstance(record, dict)
            if not fits or (isinstance(key, int) and record.get("id", key) != key):
                raise SnapshotError(f"damaged record: {name}, {key!r}")
