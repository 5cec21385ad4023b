"""A job at a size: runs of it and of what it is held against, by turns, each in a fresh process."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.inputs import INPUTS, bytes_of
from benchmarks.jobs import Job
from benchmarks.peers.table import compare
from benchmarks.processes import Cost, FailureError, answer, run
from benchmarks.results import PeerRow, Row
from benchmarks.sizes import Size

LONGEST = 600.0
ROOM = 4_000_000_000
BLOCK = """import sys
sys.modules.update(dict.fromkeys(sys.argv.pop(1).split(",")))
from annotools.cli import main
main()"""


@dataclass(frozen=True)
class MeasureOptions:
    """How to measure.

    repeat: runs of each job, as many as begin within `seconds`.  python, peers: interpreter and names of peers.
    blocked: modules without which each job is measured as well, but at L.
    """

    repeat: int = 3
    seconds: float = 60.0
    python: str = sys.executable
    peers: Sequence[str] = ()
    blocked: Sequence[str] = ()


@dataclass(frozen=True)
class Turns:
    """Costs of the runs of a job, CPU seconds of those without an extra, and seconds of its limits."""

    costs: list[Cost]
    bare: list[float]
    limits: dict[str, list[float]]

    def spent(self) -> float:
        """Seconds on the clock."""
        return sum(cost.wall for cost in self.costs)


@dataclass(frozen=True)
class Bench:
    """The inputs of one size, made when first asked for, and a folder in memory for outputs."""

    size: Size
    inputs: Path
    outputs: Path
    options: MeasureOptions

    def path(self, name: str) -> Path:
        """An input."""
        path = self.inputs / INPUTS[name].file
        if not path.exists():
            answer("inputs", name, self.size.name, str(self.inputs))
        return path

    def command(self, job: Job, start: Sequence[str] = ("-m", "annotools")) -> list[str]:
        """A run of annotools.  start: what is given to the interpreter first."""
        context = str(self.path(job.given.context)) if job.given.context else ""
        words = job.words(str(self.path(job.source)), context, str(self.outputs / job.output))
        return [sys.executable, *start, *words]

    def emptied(self) -> Path:
        """The folder of outputs, with nothing in it."""
        for path in self.outputs.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return self.outputs

    def row(self, job: Job) -> Row:
        """All that is measured of a job."""
        count = self.size.tracks * self.size.keyframes if job.given.tracked else self.size.annotations
        start = Row(job.title, self.size.name, count, bytes_of(self.path(job.source)))
        try:
            turns, written = self._turns(job), self._written(job)
        except FailureError as error:
            return replace(start, note=str(error))
        best = [min(column) for column in zip(*turns.costs, strict=True)]
        return replace(
            start, wall=best[0], cpu=best[1], memory=max(cost.memory for cost in turns.costs), runs=len(turns.costs),
            limits={name: min(times) for name, times in turns.limits.items()}, bare=min(turns.bare, default=0.0),
            written=written, expected=getattr(self.size, job.expected) if job.expected else 0,
            peers=tuple(self._peers(job)),
        )  # fmt: skip

    def _turns(self, job: Job) -> Turns:
        turns = Turns([], [], {name: [] for name in job.limits})
        while not turns.costs or (len(turns.costs) < self.options.repeat and turns.spent() < self.options.seconds):
            turns.costs.append(self._cost(job, "-m", "annotools"))
            if self.options.blocked and self.size.name != "L":
                turns.bare.append(self._cost(job, "-c", BLOCK, ",".join(self.options.blocked)).cpu)
            for name, times in turns.limits.items():
                times.append(float(answer("limits", name, str(self.path(job.source)), job.given.counted)))
        return turns

    def _cost(self, job: Job, *start: str) -> Cost:
        command = self.command(job, start)
        self.emptied()
        return run(command, LONGEST, allowed=(0,) if job.to else (0, 1))

    def _written(self, job: Job) -> int:
        return int(answer("counts", job.to, str(self.outputs / job.output))) if job.expected else 0

    def _peers(self, job: Job) -> Iterator[PeerRow]:
        if not job.expected or job.given.file.endswith(".zip"):  # nothing to compare by, or nothing they read
            return
        for peer in self.options.peers:
            row = compare(job, peer, self.options.python, self.path(job.source), self.emptied())
            if row:
                yield row


def rows(jobs: Sequence[Job], sizes: Sequence[Size], options: MeasureOptions) -> Iterator[Row]:
    """Every job at every size that its input has."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as inputs, tempfile.TemporaryDirectory(dir=in_memory()) as outputs:
            bench = Bench(size, Path(inputs), Path(outputs), options)
            for job in jobs:
                if job.given.is_at(size):
                    yield bench.row(job)


def in_memory() -> str | None:
    """A folder of the system's that lies in memory, where there is one with room: nothing there waits for a disk."""
    there = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > ROOM
    return "/dev/shm" if there else None
