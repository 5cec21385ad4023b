"""Tables with a head: columns by name, and the line of each row.

    ImageID,LabelName,XMin        {"ImageID": ["a", "b"], "LabelName": ["car", "bus"], "XMin": ["0.1", "0.2"]}
    a,car,0.1                     lines [2, 3]
    b,bus,0.2

A row with fewer cells than the head is a problem, and so is a column that must be there and is not; it costs no other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import first_lines, text_lines, typed
from annotools.formats.kernel.places import At
from annotools.model.columns import Bools, Floats, Ints
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

_END = "end of the table"  # what is read last, unless a quote is open


class Table(msgspec.Struct, frozen=True):
    """cells: texts by column.  lines: (n,) 1-based."""

    member: str
    cells: dict[str, list[str]]
    lines: Ints

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> list[str]:
        """A column, empty texts where the table has none of that name."""
        return self.cells.get(name) or [""] * len(self)

    def taken(self, rows: Ints) -> Table:
        """Some of its rows."""
        cells = {name: [column[row] for row in rows.tolist()] for name, column in self.cells.items()}
        return Table(self.member, cells, self.lines[rows])

    @property
    def at(self) -> At:
        """Where its rows stand."""
        return At(self.member, self.lines)

    def numbers(self, name: str, good: Bools, problems: Problems, default: float | None = None) -> Floats:
        """A column of numbers.  good: rows that are none become False, with a problem.  default: of empty cells."""
        texts = [text or str(default) if default is not None else text for text in self[name]]
        values, bad = typed([text.encode() for text in texts], float)
        wrong = RowProblems(LINES)
        for row in np.flatnonzero(bad & good).tolist():
            wrong.add(int(self.lines[row]), f"{name} is {texts[row][:40]!r}", self.member, "a number")
        problems.extend(wrong.all())
        good[bad] = False
        return values


def records(source: Source, member: str, problems: Problems) -> list[tuple[int, list[str]]]:
    """The cells of each record, with the line that it ends in; what a quote without an end swallows is a problem."""
    texts = text_lines(source, member, problems)
    lines = (line.decode("utf-8", "replace") + "\n" for line in texts)
    between = ";" if _has_semicolons(texts) else ","
    reader = csv.reader(chain(lines, [_END]), skipinitialspace=True, delimiter=between)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows += ((reader.line_num, [cell.strip() for cell in record]) for record in reader)
    except csv.Error as error:
        problems.append(Problem(f"is not a table: {error}", member, reader.line_num, expected="cells and commas"))
        return rows
    if rows.pop()[1] != [_END]:
        message = "a quote is not closed, from here on nothing is read"
        problems.append(Problem(message, member, rows[-1][0] + 1 if rows else 1, expected="two quotes about a cell"))
    return rows


def _has_semicolons(lines: Iterable[bytes]) -> bool:
    """Whether these stand between cells, as a spreadsheet writes where commas are points."""
    first = next(filter(bytes.strip, lines), b"")
    return b";" in first and b"," not in first


def demand_commas(source: Source, members: Iterable[str], problems: Problems) -> None:
    """A problem for each table that is read with semicolons, which the server's importer does not know."""
    for member in members:
        if _has_semicolons(first_lines(source, member)):
            problems.append(Problem("has semicolons between its cells", member, 1, expected="commas"))


def read_table(
    source: Source, member: str, problems: Problems, required: Sequence[str], head: Sequence[str] = ()
) -> Table:  # fmt: skip
    """The rows of a member.  required: columns that must be there.  head: that of a table which has none of its own."""
    rows = [(line, cells) for line, cells in records(source, member, problems) if any(cells)]
    names = list(head)
    if rows and (not head or set(required) <= set(rows[0][1])):
        names = rows.pop(0)[1]
    missing = [name for name in required if name not in names]
    if missing and (names or rows):
        problems.append(Problem(f"has no column {', '.join(missing)}", member, 1, expected=", ".join(required)))
        rows = []
    return _table(member, names, rows, len(required) if head else len(names), problems)


def _table(
    member: str, names: Sequence[str], rows: Sequence[tuple[int, list[str]]], least: int, problems: Problems
) -> Table:  # fmt: skip
    whole, wrong = [], RowProblems(LINES)
    for line, cells in rows:
        if len(cells) < least:
            wrong.add(line, f"{len(cells)} columns", member, f"{least} columns")
        else:
            whole.append((line, [*cells, *[""] * (len(names) - len(cells))]))
    problems.extend(wrong.all())
    columns = zip(*(cells[: len(names)] for _, cells in whole), strict=True) if whole else ([] for _ in names)
    by_name = {name: list(column) for name, column in zip(names, columns, strict=True)}
    return Table(member, by_name, np.array([line for line, _ in whole], np.int64))


def table_text(columns: Sequence[str], rows: Iterable[Sequence[object]], *, head: bool = True) -> bytes:
    """The text of a table.  head: whether it says its columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if head:
        writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
