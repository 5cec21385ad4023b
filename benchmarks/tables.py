"""Results as tables: aligned for a terminal, row by row as they come, or in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from benchmarks import verdicts
from benchmarks.results import PeerRow, Row
from benchmarks.sizes import SIZES


class Column(NamedTuple):
    """A column: its heading, its width on a terminal (negative: to the left)."""

    heading: str
    width: int


COLUMNS = (
    Column("conversion", -28), Column("MB", 6), Column("wall s", 6), Column("CPU s", 6), Column("limit", -18),
    Column("ratio", 8), Column("CPU aim", -9), Column("CPU verdict", -13), Column("peak MB", 7), Column("x input", 7),
    Column("of it", -7), Column("memory verdict", -14),
)  # fmt: skip
GROWTH_COLUMNS = (
    Column("conversion", -30), Column("smaller", -7), Column("us each", 8), Column("larger", -7),
    Column("us each", 8), Column("growth", 7), Column("aim 1.05", -14),
)  # fmt: skip
EXTRA_COLUMNS = (
    Column("conversion", -30), Column("size", -5), Column("CPU s", 7), Column("without", 7), Column("times", 7),
)  # fmt: skip


def cells(row: Row) -> Iterator[list[str]]:
    """A line for a job, one for each further limit, one for each peer."""
    if row.note:
        yield [row.job, f"{row.size / 1e6:.1f}", "", "", row.note]
        return
    head = [row.job, f"{row.size / 1e6:.1f}", f"{row.wall:.2f}", f"{row.cpu:.2f}"]
    tail = [f"{row.memory / 1e6:.0f}", f"{row.memory / row.size:.2f}", *verdicts.memory(row)]
    for name, seconds in row.limits.items():
        middle = [f"{name} {seconds:.3f}", f"{row.cpu / seconds:.2f} x", *verdicts.cpu(row, name)]
        yield [*head, *middle, *tail]
        head, tail = ["", "", "", ""], []
    if row.written != row.expected:
        yield ["  !", "", "", "", f"writes {row.written:,} annotations of {row.expected:,}"]
    yield from (peer_cells(row, peer) for peer in row.peers)


def peer_cells(row: Row, peer: PeerRow) -> list[str]:
    """The line of another tool: in place of the limit what it did, in place of the ratio that to our time."""
    name = f"  by {peer.peer}"
    if peer.note:
        return [name, "", "", "", peer.note]
    times = ["", f"{peer.wall:.2f}", f"{peer.cpu:.2f}"]
    limit, ratio = next(iter(row.limits.values())), ""
    what = "" if verdicts.same_count(row, peer) else f"writes {peer.written:,}"
    if not what:
        what, ratio = f"{peer.cpu / row.cpu:.2f} x our CPU", f"{peer.cpu / limit:.2f} x"
    return [name, *times, what, ratio, "", "", f"{peer.memory / 1e6:.0f}", f"{peer.memory / row.size:.2f}"]


def growth_cells(rows: Iterable[Row]) -> Iterator[list[str]]:
    """Cost per annotation at the smallest and the largest size of stills."""
    by_job: dict[str, list[Row]] = {}
    for row in verdicts.stills(list(rows)):
        by_job.setdefault(row.job, []).append(row)
    for job, (first, *_, last) in ((job, pair) for job, pair in by_job.items() if len(pair) > 1):
        times, verdict = verdicts.growth(first, last)
        costs = [(row.at, f"{row.cpu / row.annotations * 1e6:.1f}") for row in (first, last)]
        yield [job, *costs[0], *costs[1], f"{times:.2f}", verdict]


def extra_cells(rows: Iterable[Row]) -> Iterator[list[str]]:
    """CPU with the extra `fast` and without it, where it makes a difference of a twentieth."""
    for row in rows:
        if row.bare and row.bare > 1.05 * row.cpu:
            yield [row.job, row.at, f"{row.cpu:.2f}", f"{row.bare:.2f}", f"{row.bare / row.cpu:.2f}"]


def size_words(name: str) -> str:
    """A size in words."""
    size = SIZES[name]
    drawn = [f"{size.annotations:,} annotations"] if size.annotations else []
    moving = [f"{size.tracks:,} tracks of {size.keyframes} keyframes"] if size.tracks else []
    return f"{name}: {size.frames:,} pictures, {' and '.join(drawn + moving)}"


def aligned(line: Sequence[str], columns: Sequence[Column]) -> str:
    """One line for a terminal."""
    padded = [
        text.ljust(-column.width) if column.width < 0 else text.rjust(column.width)
        for text, column in zip(line, columns, strict=False)
    ]
    return " ".join(padded).rstrip()


def headings(columns: Sequence[Column]) -> list[str]:
    """The first line."""
    return [column.heading for column in columns]


def markdown(lines: Iterable[Sequence[str]], columns: Sequence[Column]) -> str:
    """A table in Markdown."""
    rules = ["---" if column.width < 0 else "---:" for column in columns]
    full = [[*line, *[""] * (len(columns) - len(line))] for line in (headings(columns), rules, *lines)]
    return "\n".join(f"| {' | '.join(text.strip().replace('|', '/') for text in line)} |" for line in full)
