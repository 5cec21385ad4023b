"""Whether an aim is met, and by how much it is missed."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.jobs import GROWTH, JOBS, memory_allowed
from benchmarks.results import PeerRow, Row
from benchmarks.sizes import SIZES

NEAR = 1.5
BY_TITLE = {job.title: job for job in JOBS}


def verdict(value: float, allowed: float) -> str:
    """Met, or how many times what is allowed it is."""
    return "met" if value <= allowed else f"missed {value / allowed:.2f} x"


def cpu(row: Row, limit: str) -> tuple[str, str]:
    """The aim for the CPU over a limit, and whether it is met; empty where there is none."""
    aim = BY_TITLE[row.job].limits[limit]
    return (str(aim), verdict(row.cpu, aim.allowed(row.limits[limit]))) if aim else ("", "")


def memory(row: Row) -> tuple[str, str]:
    """The same for memory."""
    allowed, aim = memory_allowed(BY_TITLE[row.job], row.size)
    return aim, verdict(row.memory / 1e6, allowed)


def summary(rows: Iterable[Row]) -> str:
    """How many aims for CPU are met, nearly met and missed."""
    ratios = []
    for row in rows:
        aims = {name: aim for name, aim in BY_TITLE[row.job].limits.items() if aim and name in row.limits}
        ratios += [row.cpu / aim.allowed(row.limits[name]) for name, aim in aims.items()]
    reached, near = (sum(ratio <= most for ratio in ratios) for most in (1.0, NEAR))
    words = f"{reached} met, {near - reached} missed by less than {NEAR:g} times, {len(ratios) - near} by more"
    return f"Of {len(ratios)} aims for CPU {words}."


def same_count(row: Row, peer: PeerRow) -> bool:
    """Whether another tool wrote as many annotations as the input has, and we as well."""
    return peer.written == row.written == row.expected


def growth(first: Row, last: Row) -> tuple[float, str]:
    """How many times the CPU per annotation of the smaller size that of the larger is, and whether that is too much."""
    times = (last.cpu / last.annotations) / (first.cpu / first.annotations)
    return times, verdict(times, GROWTH)


def stills(rows: list[Row]) -> list[Row]:
    """Rows that have times, of sizes without tracks, small first."""
    good = [row for row in rows if row.cpu and not BY_TITLE[row.job].given.tracked]
    return sorted(good, key=lambda row: SIZES[row.at].annotations)
