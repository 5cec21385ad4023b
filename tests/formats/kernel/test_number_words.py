"""Files of nothing but numbers, read at once: as cell by cell, or not at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from annotools.errors import Problems
from annotools.formats.kernel import number_words as words_of_numbers
from annotools.formats.kernel import split_lines
from annotools.formats.kernel.lines import Cell, line_rows
from annotools.formats.kernel.number_words import number_words
from annotools.geometry.ragged import offsets_of
from tests.formats.kernel.sources import zipped


@pytest.mark.parametrize(
    ("texts", "rows", "lines"),
    [
        ([b"0 1\n2\n"], [[0, 1], [2]], [2]),
        ([b"0 1", b"", b"\n\n3 4 5"], [[0, 1], [], [], [3, 4, 5]], [1, 0, 3]),
        ([b" 0\t 1 \r\n\r\n2\x0b3\r\n"], [[0, 1], [], [2, 3]], [3]),
        ([b"1\r2 \r 3\r\r\n4"], [[1], [2], [3], [], [4]], [5]),
        ([b"-0.5 1e-3 7\n"], [[-0.5, 0.001, 7]], [1]),
        ([b""], [], [0]),
        ([], [], []),
    ],
)
def test_numbers_stand_where_they_stood(texts: list[bytes], rows: list[list[float]], lines: list[int]) -> None:
    words = number_words(texts)
    assert words is not None
    by_row = [words.values[a:b].tolist() for a, b in pairwise(offsets_of(words.counts).tolist())]
    assert (by_row, words.lines.tolist()) == ([row for row in rows if row], lines)
    assert words.places.tolist() == [number for number, row in enumerate(rows) if row]


@pytest.mark.parametrize(
    "text",
    [b"0 x", b"0 nan", b"1,2 3", b"[1] 2", b"true", b'"1"', b"1e999", b"9007199254740993", b".5", b"\xff"],
)
def test_anything_else_is_looked_at_cell_by_cell(text: bytes) -> None:
    assert number_words([b"0 1\n", text]) is None


@pytest.mark.parametrize("pieces", [1, 7])
def test_many_files_are_read_in_pieces(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_of_numbers, "_PIECE", pieces)
    texts = [b"%d 0.5\n" % n for n in range(20)]
    words = number_words(texts)
    assert words is not None
    assert words.values[::2].tolist() == list(range(20))
    assert words.lines.tolist() == [1] * 20


@pytest.mark.parametrize("bad", ["", "x 1\n"])
def test_a_large_file_is_read_some_lines_at_a_time(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_of_numbers, "_LARGE", 4)
    monkeypatch.setattr(split_lines, "_LARGE", 4)
    texts = {"a.txt": "\n\n\n1 2\n\n" * 5 + bad, "b.txt": "\n3 4", "c.txt": "1 2\n"}
    problems = Problems()
    lines = line_rows(zipped(texts), [*texts], problems, Cell("a", int), Cell("b"))
    assert lines["a"].tolist() == [1] * 5 + [3, 1]
    assert lines.member.tolist() == [0] * 5 + [1, 2]
    assert lines.line.tolist() == [4, 9, 14, 19, 24, 2, 1]
    assert [problem.line for problem in problems] == ([26] if bad else [])


@pytest.mark.parametrize("bad", ["", "0 x 1\n"])
@pytest.mark.parametrize("rest", ["numbers", "ignore"])
def test_rows_are_the_same_either_way(bad: str, rest: str) -> None:
    """With a line that is none the slow way is gone, which finds the same in the others."""
    cells = (Cell("a", int), Cell("b"), Cell("c", float, 9.0))
    members: dict[str, bytes | str] = {"a.txt": "0 0.5\n\n1 0.25 7 8\n", "b.txt": f"2 0.125 3\n{bad}"}
    problems = Problems()
    parsed = line_rows(zipped(members), ["a.txt", "b.txt"], problems, *cells, rest=rest)  # type: ignore[arg-type]
    assert len(list(problems)) == bool(bad)
    assert {name: column.tolist() for name, column in parsed.columns.items()} == {
        "a": [0, 1, 2], "b": [0.5, 0.25, 0.125], "c": [9, 7, 3],
    }  # fmt: skip
    assert (parsed.member.tolist(), parsed.line.tolist()) == ([0, 0, 1], [1, 3, 1])
    assert parsed.rest[0].tolist() == ([8] if rest == "numbers" else [])
    assert parsed["a"].dtype == np.int64
