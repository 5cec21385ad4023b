"""Tables: for nobody's screen they are laid out without rich, and look the same."""

from __future__ import annotations

from io import StringIO
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from annotools.cli import tables
from annotools.errors import one_line

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", "日本語", "e\u0301", "x y", "  x", "👩\u200d👧", "[bold]x[/]", "a\tb"]
)
VALUES = TEXTS | st.integers(-9999999, 9999999) | st.floats(allow_nan=False) | st.booleans()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


@st.composite
def _tables(draw: st.DrawFn) -> tuple[str, list[str], list[list[Any]]]:
    width = draw(st.integers(1, 4))
    head = draw(st.lists(TEXTS.map(one_line), min_size=width, max_size=width))
    return draw(TEXTS), head, draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=4))


@given(_tables())
@example(("", ["", ""], [["0 ", "x"], [0, "y"]]))
@example(("coco", ["", "read", "written"], [["frames", 12000, 3], ["tags", "", True]]))
def test_plain_tables_are_those_of_rich(table: tuple[str, list[str], list[list[Any]]]) -> None:
    title, head, rows = table
    body = [[tables.cell(value) for value in row] for row in rows]
    right = [any(type(value) in (int, float) for value in column) for column in zip(*rows, strict=True)]
    right = right or [False] * len(head)
    plain = tables.plain(one_line(title), head, body, right)
    assert plain is not None
    assert _lines(plain) == _lines(tables.drawn(one_line(title), head, body, right, StringIO()))


def test_a_table_wider_than_a_screen() -> None:
    """rich folds it."""
    assert tables.plain("x", ("what",), [["y" * 1001]], [False]) is None
    stream = StringIO()
    tables.show("x", ("what",), [["y" * 1001]], stream)
    assert stream.getvalue().count("y") == 1001
