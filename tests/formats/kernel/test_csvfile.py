"""Tables with a head."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.errors import Problems
from annotools.formats.kernel.csvfile import Table, read_table, table_text
from tests.formats.kernel.sources import zipped


def table(text: bytes, required: tuple[str, ...] = ("a", "b"), head: tuple[str, ...] = ()) -> tuple[Table, list[str]]:
    problems = Problems()
    cells = read_table(zipped({"t.csv": text}), "t.csv", problems, required, head)
    return cells, [str(problem) for problem in problems]


def test_columns_are_found_by_name_and_rows_by_line() -> None:
    cells, problems = table(b'\xef\xbb\xbfb,c,a\r\n1,"x, y",2\r\n\r\n"3\n4",,5\r\n')
    assert problems == []
    assert (cells["a"], cells["b"], cells["c"], cells["d"]) == (["2", "5"], ["1", "3\n4"], ["x, y", ""], ["", ""])
    assert cells.lines.tolist() == [2, 5]
    assert cells.taken(np.array([1]))["c"] == [""]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"a,c\n1,2\n", "t.csv:1: has no column b, expected a, b"),
        (b"a,b\n1\n3,4\n", "t.csv:2: 1 columns, expected 2 columns"),
    ],
)
def test_a_fault_is_one_problem(text: bytes, problem: str) -> None:
    assert table(text)[1] == [problem]


@pytest.mark.parametrize("text", [b'a,b\n1,2\n"3,4\n5,6\n', b'a,b\n1,2\n3,"4'])
def test_a_quote_without_an_end_swallows_no_rows_in_silence(text: bytes) -> None:
    cells, problems = table(text)
    assert (cells["a"], cells["b"]) == (["1"], ["2"])
    expected = "t.csv:3: a quote is not closed, from here on nothing is read, expected two quotes about a cell"
    assert problems == [expected]


def test_a_table_may_have_no_head() -> None:
    for text in (b"x,y\nz,w\n", b"a,b\nx,y\nz,w\n"):
        cells, problems = table(text, head=("a", "b"))
        assert (cells["a"], cells["b"], problems) == (["x", "z"], ["y", "w"], [])


def test_an_empty_table_has_no_rows() -> None:
    assert len(table(b"")[0]) == 0
    cells, problems = table(b"a,b\n")
    assert (cells["a"], problems) == ([], [])


def test_numbers_are_problems_one_by_one() -> None:
    cells, _ = table(b"a,b\n1,\nx,2\n3,nan\n")
    problems, good = Problems(), np.ones(3, np.bool_)
    assert cells.numbers("a", good, problems).tolist() == [1, 0, 3]
    assert cells.numbers("b", good, problems, 7).tolist() == [7, 2, 0]
    assert good.tolist() == [True, False, False]
    assert [str(problem) for problem in problems] == [
        "t.csv:3: a is 'x', expected a number", "t.csv:4: b is 'nan', expected a number",
    ]  # fmt: skip


def test_what_is_written_is_read() -> None:
    rows = [("1", 'say "x", y'), ("2", "line\nbreak")]
    cells, problems = table(table_text(("a", "b"), rows))
    assert (list(zip(cells["a"], cells["b"], strict=True)), problems) == (rows, [])
