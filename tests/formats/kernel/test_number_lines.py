"""Lines of nothing but numbers: the fast way gives what the slow one gives, or steps aside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.errors import Problems
from annotools.formats.kernel import number_lines as module
from annotools.formats.kernel.lines import Cell, Lines, line_rows
from annotools.formats.kernel.number_lines import number_lines, number_table
from tests.formats.kernel.sources import zipped

CELLS = (Cell("frame", int), Cell("x"), Cell("score", float, 1.0))
NUMBER = st.floats(-1e9, 1e9) | st.integers(-1000, 1000)


def written(columns: list[np.ndarray], *, points: bool = False) -> bytes:
    size = len(columns[0])
    return b"".join(number_lines(size, lambda part: [column[part] for column in columns], points=points))


def rows_of(text: bytes) -> tuple[Lines, list[str]]:
    problems = Problems()
    lines = line_rows(zipped({"a.txt": text}), "a.txt", problems, *CELLS, sep=b",", rest="numbers")
    return lines, [str(problem) for problem in problems]


@given(st.lists(st.tuples(st.integers(0, 1 << 50), NUMBER, NUMBER, NUMBER), min_size=1))
def test_what_is_written_is_read(rows: list[tuple[float, ...]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    text = written(columns)
    table = number_table(text, b",")
    assert table is not None
    assert [column.tolist() for column in table.T] == [column.tolist() for column in columns]
    lines, problems = rows_of(text)
    assert problems == []
    assert lines["frame"].tolist() == columns[0].tolist()
    assert lines.rest[0].tolist() == columns[3].tolist()
    assert lines.line.tolist() == list(range(1, len(rows) + 1))


def test_whole_numbers_have_no_point_unless_they_are_to() -> None:
    columns = [np.array([1, 2]), np.array([1.0, 2.0]), np.array([1.0, 2.5])]
    assert written(columns) == b"1,1,1.0\n2,2,2.5\n"
    assert written(columns, points=True) == b"1,1.0,1.0\n2,2.0,2.5\n"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"1,2\n\n3,4",
        b"1,2\n3",
        b"1,2\n3,4,5",
        b"1,x",
        b"1,",
        b"1,nan",
        b"9007199254740993,1",
        b"01,2",
        b"1,.5",
        b"1,2,\r3,4\n",
        b"\r1,2",
    ],
)
def test_what_is_no_table_is_left_to_others(text: bytes) -> None:
    assert number_table(text, b",") is None


def test_what_is_left_to_others_is_read_all_the_same() -> None:
    lines, problems = rows_of(b"01,.5\n\n2,1e1,7\r\n3,x\n4,5,6,7\n")
    assert lines["frame"].tolist() == [1, 2, 4]
    assert lines["score"].tolist() == [1, 7, 6]
    assert problems == ["a.txt:4: x is 'x', expected a number"]
    lines, problems = rows_of(b"1,2\r3, \r4,5")
    assert (lines["frame"].tolist(), problems) == ([1, 4], ["a.txt:2: x is '', expected a number"])
    lines, problems = rows_of(b"1.5,2\n3,4\n")
    assert problems == ["a.txt:1: frame is '1.5', expected a whole number"]


def test_long_texts_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIECE", 64)
    monkeypatch.setattr(module, "_ROWS", 7)
    columns = [np.arange(100), np.arange(100) / 4, np.arange(100.0), np.append(np.zeros(99), 0.5)]
    text = written(columns)
    table = number_table(text, b",")
    assert table is not None
    assert table.tolist() == np.stack(columns, axis=1).tolist()
    assert text.startswith(b"0,0.0,0,0.0\n")  # whether a column has fractions is told by all of it
    assert number_table(text + b"1,2,3\n", b",") is None
