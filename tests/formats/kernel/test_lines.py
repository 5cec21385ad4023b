"""Lines of files as columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotools.errors import Problems
from annotools.formats.kernel.lines import Cell, Lines, first_lines, line_rows
from tests.formats.kernel.sources import zipped

BOX = (Cell("class", int), Cell("x"), Cell("y"))


def rows_of(text: bytes, *cells: Cell, **options: object) -> tuple[Lines, list[str]]:
    problems = Problems()
    lines = line_rows(zipped({"a.txt": text}), "a.txt", problems, *cells, **options)  # type: ignore[arg-type]
    return lines, [str(problem) for problem in problems]


def test_files_become_columns_with_their_lines() -> None:
    problems = Problems()
    source = zipped({"a.txt": "0 1.5 2\n\n2 3 4\n", "b.txt": "", "c.txt": b"\xef\xbb\xbf7\t5\t6\r\n8 .5 1e1\r\n"})
    lines = line_rows(source, ["a.txt", "b.txt", "c.txt"], problems, *BOX)
    assert lines["class"].tolist() == [0, 2, 7, 8]
    assert lines["class"].dtype == np.int64
    assert lines.stack("x", "y").tolist() == [[1.5, 2], [3, 4], [5, 6], [0.5, 10]]
    assert lines.member.tolist() == [0, 0, 2, 2]
    assert lines.line.tolist() == [1, 3, 1, 2]
    assert len(problems) == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 2", "a.txt:2: 2 columns, expected 3 columns"),
        ("1", "a.txt:2: 1 column, expected 3 columns"),
        ("1 2 3 4", "a.txt:2: 4 columns, expected 3 columns"),
        ("1 x 3", "a.txt:2: x is 'x', expected a number"),
        ("1 nan 3", "a.txt:2: x is 'nan', expected a number"),
        ("1 inf 3", "a.txt:2: x is 'inf', expected a number"),
        ("1 1_0 3", "a.txt:2: x is '1_0', expected a number"),
        ("1 1,5 3", "a.txt:2: x is '1,5', expected a number"),
        ("1.5 2 3", "a.txt:2: class is '1.5', expected a whole number"),
        ("car 2 3", "a.txt:2: class is 'car', expected a whole number"),
        (f"{1 << 63} 2 3", f"a.txt:2: class is '{1 << 63}', expected a whole number"),
        ("9" * 5000 + " 2 3", f"a.txt:2: class is '{'9' * 40}', expected a whole number"),
        ("1 " + "9" * 400 + " 3", f"a.txt:2: x is '{'9' * 40}', expected a number"),
        ("null 2 3", "a.txt:2: class is 'null', expected a whole number"),
    ],
)
def test_a_bad_line_costs_no_other(line: str, message: str) -> None:
    lines, problems = rows_of(f"0 1 2\n{line}\n5 6 7\n".encode(), *BOX)
    assert problems == [message]
    assert lines["class"].tolist() == [0, 5]
    assert lines.line.tolist() == [1, 3]
    assert lines.stack("x", "y").tolist() == [[1, 2], [6, 7]]


def test_whole_numbers_are_written_in_many_ways() -> None:
    lines, problems = rows_of(b"1.0 0 0\n+2 0 0\n03 0 0\n4e0 0 0\n9007199254740993 0 0\n-0 0 0\n", *BOX)
    assert lines["class"].tolist() == [1, 2, 3, 4, 9007199254740993, 0]
    assert problems == []


def test_a_line_that_says_two_wrong_things_is_one_problem() -> None:
    assert rows_of(b"a b c\n", *BOX)[1] == ["a.txt:1: class is 'a', expected a whole number"]


def test_cells_with_defaults_may_be_missing() -> None:
    cells = (Cell("name", str), Cell("x"), Cell("score", float, 1.0))
    lines, problems = rows_of(b"car 1\ntruck 2 0.5\nbus\n", *cells)
    assert lines["name"].tolist() == ["car", "truck"]
    assert lines["score"].tolist() == [1.0, 0.5]
    assert problems == ["a.txt:3: 1 column, expected 2 columns"]


def test_numbers_behind_the_cells_are_ragged() -> None:
    lines, problems = rows_of(b"1 2\n1 2 3 4\n1 2 z\n1 2 5\n", Cell("class", int), Cell("x"), rest="numbers")
    values, offsets = lines.rest
    assert (values.tolist(), offsets.tolist()) == ([3, 4, 5], [0, 0, 2, 3])
    assert problems == ["a.txt:3: a column is 'z', expected a number"]


def test_cells_apart_by_a_sign_and_comments() -> None:
    text = "# name;x\n traffic light ; 1.5\n\nÄhre;2\n".encode()
    lines, problems = rows_of(text, Cell("name", str), Cell("x"), sep=b";", comment=b"#")
    assert lines["name"].tolist() == ["traffic light", "Ähre"]
    assert lines.line.tolist() == [2, 4]
    assert problems == []


def test_text_that_is_no_utf8_is_a_problem_of_its_line() -> None:
    lines, problems = rows_of(b"\xff\xfa 1\nok 2\n", Cell("name", str), Cell("x"))
    assert lines["name"].tolist() == ["ok"]
    assert problems == ["a.txt:1: name is '��', expected text in UTF-8"]


@pytest.mark.parametrize("data", ["0 1 2".encode("utf-16"), b"\x89PNG\r\n\x1a\n\0\0\0"])
def test_what_is_no_text_is_one_problem(data: bytes) -> None:
    lines, problems = rows_of(data, *BOX)
    assert len(lines) == 0
    assert problems == ["a.txt: is not text, expected lines in UTF-8"]


def test_a_member_that_is_missing_is_a_problem() -> None:
    problems = Problems()
    assert len(line_rows(zipped({}), "b.txt", problems, *BOX)) == 0
    assert [problem.file for problem in problems] == ["b.txt"]


@given(st.lists(st.tuples(st.integers(-(1 << 63), (1 << 63) - 1), st.floats(allow_nan=False, allow_infinity=False))))
def test_numbers_come_back(numbers: list[tuple[int, float]]) -> None:
    text = "".join(f"{whole} {real!r}\n" for whole, real in numbers)
    lines, problems = rows_of(text.encode(), Cell("a", int), Cell("b"))
    assert problems == []
    assert list(zip(lines["a"].tolist(), lines["b"].tolist(), strict=True)) == numbers


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_problems(data: bytes) -> None:
    lines, problems = rows_of(data, *BOX, rest="numbers")
    whole = [line for line in data.removeprefix(b"\xef\xbb\xbf").splitlines() if line.split()]
    assert len(lines) + len(problems) == len(whole) or problems == ["a.txt: is not text, expected lines in UTF-8"]


def test_equal_bad_lines_are_told_at_each_of_their_places() -> None:
    """Also where a line has two bad cells, of which the first counts, and where the member differs."""
    problems = Problems()
    texts = {"a.txt": b"1,x,y\n1,2,3\n" * 10, "b.txt": b"1,x,y\n"}
    cells = (Cell("one"), Cell("two"), Cell("three"))
    lines = line_rows(zipped(texts), ["a.txt", "b.txt"], problems, *cells, sep=b",")
    bad = [f"a.txt:{n}: two is 'x', expected a number" for n in range(1, 20, 2)]
    assert [str(problem) for problem in problems] == [*bad, "b.txt:1: two is 'x', expected a number"]
    assert lines["three"].tolist() == [3.0] * 10
    behind = Problems()
    line_rows(zipped(texts), "a.txt", behind, cells[0], sep=b",", rest="numbers")
    expected = [f"a.txt:{n}: a column is 'x', expected a number" for n in range(1, 20, 2)]
    assert [str(problem) for problem in behind] == expected


@pytest.mark.parametrize(("text", "count"), [(b"1 2\n" * 9, 9), (b"1 2\n" * 300_000, 262_144), (b"1" * 2_000_000, 1)])
def test_what_a_file_may_be_is_seen_in_its_first_lines(text: bytes, count: int) -> None:
    lines = first_lines(zipped({"a.txt": text}), "a.txt")
    assert (len(lines), lines[-1][:3]) == (count, text[:3])
    assert first_lines(zipped({"a.txt": b"\0"}), "a.txt") == []
