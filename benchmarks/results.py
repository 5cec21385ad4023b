"""What was measured, as values: kept as JSON, shown as tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.sizes import SIZES


@dataclass(frozen=True)
class PeerRow:
    """Another tool at the same job.  Times in s, memory in bytes; note: why there are none."""

    peer: str
    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    written: int = 0
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A job at a size.

    annotations, size: of the input, the latter in bytes.  wall, cpu: s, the least of `runs`.  memory: bytes, the most.
    limits: s by name.  written, expected: annotations of the output, where they are counted.  note: why it failed.
    """

    job: str
    at: str
    annotations: int
    size: int
    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    runs: int = 0
    bare: float = 0.0
    limits: dict[str, float] = field(default_factory=dict)
    written: int = 0
    expected: int = 0
    note: str = ""
    peers: tuple[PeerRow, ...] = ()


@dataclass(frozen=True)
class Profile:
    """Where a job spends its time: shares of the own time of functions by module, with what the module is for."""

    job: str
    at: str
    parts: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class Results:
    """A whole run.  machine: what it ran on, by words."""

    machine: dict[str, str]
    rows: tuple[Row, ...]
    profiles: tuple[Profile, ...] = ()

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def read(path: Path) -> Results:
    """Results of an earlier run."""
    given: dict[str, Any] = json.loads(path.read_text("utf-8"))
    rows = [row | {"peers": tuple(PeerRow(**peer) for peer in row["peers"])} for row in given["rows"]]
    profiles = [profile | {"parts": tuple(map(tuple, profile["parts"]))} for profile in given["profiles"]]
    return Results(given["machine"], tuple(Row(**row) for row in rows), tuple(Profile(**each) for each in profiles))


def joined(runs: Sequence[Results]) -> Results:
    """Runs on one machine as one, sizes in their order; a job measured again at a size takes the place of the former.

    A row holds its own limits, so ratios stay those of a run.
    """
    last = {(row.job, row.at): row for run in runs for row in run.rows}
    rows = sorted(last.values(), key=lambda row: list(SIZES).index(row.at))
    profiles = [profile for run in runs for profile in run.profiles]
    return Results(runs[0].machine, tuple(rows), tuple(profiles))
