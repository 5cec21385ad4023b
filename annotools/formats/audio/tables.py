"""Tables of intervals, as lines of cells between tabs; and times of day as milliseconds.

    id  filename  start    stop            label   source  score  speaker
    1   a.mp3     0:00:00  0:00:02.450000  speech  manual  1.0    anna

Cells with a tab, a quote or a line feed in them stand in quotes.
Source: RFC 4180 with tabs; Python's text of a timedelta
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from annotools.errors import InputError, Problem, Problems
from annotools.storage import Source

NEEDED = ("start", "stop", "label")
COLUMNS = ("id", "filename", "start", "stop", "label", "source", "score")
RESERVED = (*COLUMNS, "group")
_TIME = re.compile(
    r"(?:(?P<days>\d+) days?, )?(?P<hours>\d+):(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]?\d)(?:\.(?P<rest>\d+))?"
)
_BOM = b"\xef\xbb\xbf"
_LAST = 256  # times that are kept in mind: many rows have the same odd one
_LONGEST = 20  # digits of a number of hours


class Table(msgspec.Struct):
    """The rows of a file.  cells: by column, of each row; line: of each row, from 1; last: the last
    row as it came, and its cells.
    """

    member: str
    columns: Sequence[str] = ()
    cells: list[dict[str, str]] = msgspec.field(default_factory=list)
    line: list[int] = msgspec.field(default_factory=list)
    last: tuple[list[str] | None, dict[str, str]] = (None, {})


def members_of(source: Source) -> list[str]:
    """The files of a source that may be tables; the only one may be called as somebody likes."""
    members = list(source.members())
    return [name for name in members if name.lower().endswith(".tsv")] or (members if len(members) == 1 else [])


def is_table(source: Source) -> bool:
    """Whether a source is certainly a table of intervals: its first line names the columns that it needs."""
    for name in members_of(source):
        with source.open(name) as stream:
            head = stream.read(1 << 16).removeprefix(_BOM).split(b"\n", 1)[0]
        if {*NEEDED} <= set(head.decode("utf-8", "replace").strip().split("\t")):
            return True
    return False


def table_of(source: Source, member: str, problems: Problems) -> Table:
    """The rows of a file; what is none is a problem with its line."""
    table = Table(member)
    try:
        text = source.read(member).removeprefix(_BOM).decode("utf-8")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
        for row in rows:
            _take(table, row, rows.line_num, problems)
            if table.columns and not {*NEEDED} <= set(table.columns):
                return Table(member)
    except InputError as error:
        problems.extend(error.problems)
    except UnicodeDecodeError as error:
        problems.append(Problem(f"is not UTF-8 at byte {error.start}", member, expected="a table in UTF-8"))
    except csv.Error as error:
        problems.append(Problem(f"cannot be read: {error}", member, expected="cells between tabs"))
    if not table.columns and not len(problems):
        problems.append(Problem("is empty", member, expected="a line with start, stop and label"))
    return table


def _take(table: Table, row: list[str], line: int, problems: Problems) -> None:
    """Take in a row, the first as the names of columns."""
    if not table.columns:
        table.columns = [name.strip() for name in row]
        missing = [name for name in NEEDED if name not in table.columns]
        if missing:
            message = f"has no column {' and no column '.join(missing)}"
            problems.append(Problem(message, table.member, line, expected="start, stop and label"))
    elif len(row) > len(table.columns):
        message, expected = f"{len(row)} columns", f"{len(table.columns)}, as many as have names"
        problems.append(Problem(message, table.member, line, expected=expected))
    elif row == table.last[0]:  # as lines of junk are: they share their cells
        table.cells.append(table.last[1])
        table.line.append(line)
    elif any(map(str.strip, row)):
        cells = dict.fromkeys(table.columns, "") | dict(zip(table.columns, row, strict=False))
        table.cells.append(cells)
        table.line.append(line)
        table.last = row, cells


def lines_of(columns: Sequence[str], rows: Iterable[Sequence[object]], end: str = "\n") -> Iterator[bytes]:
    """A table as text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="\t", lineterminator=end)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(row)
        if stream.tell() > 1 << 16:
            yield stream.getvalue().encode()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue().encode()


def time_text(milliseconds: int) -> str:
    """A time as the server writes it: no leading 0 of hours, no fraction of whole seconds, days where there are any."""
    seconds, rest = divmod(milliseconds, 1000)
    days, seconds = divmod(seconds, 86_400)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:03}000" if rest else "")
    return f"{days} day{'s' * (days != 1)}, {text}" if days else text


def milliseconds(text: str) -> tuple[int, bool]:
    """A time in whole milliseconds, and whether it was finer than that.  Raises ValueError for what is none."""
    time = time_of(text)
    if time is None:
        raise ValueError(f"{text!r} is not a time")
    return time


@lru_cache(_LAST)
def time_of(text: str) -> tuple[int, bool] | None:
    """The same, None for what is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None or len(match["hours"]) + len(match["days"] or "") > _LONGEST // 2:
        return None
    days, hours, minutes, seconds = (int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds"))
    rest = match["rest"] or ""
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return whole * 1000 + int(rest[:3].ljust(3, "0")), bool(rest[3:].strip("0"))
