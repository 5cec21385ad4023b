"""Tables and JSON, on standard output or in a file.  rich is loaded when a table is drawn on a screen."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from textwrap import fill
from typing import Any, Literal, TextIO

import orjson

from annotools.cli.messages import coloured
from annotools.errors import one_line
from annotools.model import Loss, Losses
from annotools.model.losses import ranges
from annotools.storage import Permit, write_document

_WIDE = 1000  # columns, where nobody sees a screen
_GAP = 2


def to_json(value: Any) -> bytes:
    """Indented UTF-8 with a line end; keys in the order given."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError:  # a name that is no UTF-8, or a number beyond 64 bits
        import json

        return json.dumps(value, indent=2, default=lambda column: column.tolist()).encode() + b"\n"


def print_json(value: Any) -> None:
    """JSON on standard output."""
    sys.stdout.write(to_json(value).decode())


def write_json(where: str, value: Any, permit: Permit) -> None:
    """JSON in a file, all of it or nothing."""
    write_document(where, to_json(value), permit)


def loss_row(loss: Loss) -> tuple[Any, ...]:
    """A loss as cells: what, count, why, frames."""
    return loss.what, loss.count, loss.why, ranges(loss.frames, 5)


def in_short(losses: Losses) -> str:
    """What was lost and changed in one line: `id of task, 3 x id of shape, ...`."""
    counted = ((loss.what, loss.count) for loss in losses)
    return ", ".join(what if count == 1 else f"{count:,} x {what}" for what, count in counted)


def show_matrix(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A wide table on standard output; on a narrow screen one line a row, with what there is.

    0 and no are a dash: most of the cells.
    """
    body = [[value or "-" for value in row] for row in rows]
    widths = [max(len(cell(row[column])) for row in [head, *body]) for column in range(len(head))]
    if sys.stdout.isatty() and sum(widths) + _GAP * len(widths) > get_terminal_size().columns:
        show(title, (head[0], ""), [(row[0], _in_words(head[1:], row[1:])) for row in body])
    else:
        show(title, head, body)


def _in_words(head: Sequence[str], row: Sequence[Any]) -> str:
    """`rectangle 2, tracks 1`; a yes is its heading alone, and what has no heading itself."""
    words = []
    for name, value in zip(head, row, strict=True):
        if value is True or not name:
            words.append(name or cell(value))
        elif value != "-":
            words.append(f"{name} {cell(value)}")
    return ", ".join(words)


def show_text(text: str) -> None:
    """Paragraphs on standard output, on a terminal as wide as it is; indented blocks stay as they are."""
    blocks = text.split("\n\n")
    if sys.stdout.isatty():
        width = get_terminal_size().columns
        blocks = [block if block.startswith(" ") else fill(" ".join(block.split()), width) for block in blocks]
    sys.stdout.write("\n\n".join(blocks) + "\n\n")


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO | None = None) -> None:
    """A table with a title; numbers to the right.  Colours only on a terminal, lines are never cut off it."""
    stream = stream or sys.stdout
    values = [list(row) for row in rows]
    body = [[cell(value) for value in row] for row in values]
    right = [any(map(_is_number, column)) for column in zip(*values, strict=True)] or [False] * len(head)
    text = None if stream.isatty() else plain(one_line(title), head, body, right)
    text = drawn(one_line(title), head, body, right, stream) if text is None else text
    stream.write("\n".join(line.rstrip() for line in text.splitlines()) + "\n\n")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def plain(title: str, head: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[bool]) -> str | None:
    """A table for nobody's screen; None where it is too wide for that.

    The same as `drawn` gives, for a tenth of the CPU of a small conversion less.
    """
    table = [list(head), *body] if any(head) else body
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    if max(_width(title), sum(widths) + _GAP * len(widths)) > _WIDE:
        return None
    lines = [title]
    for row in table:
        texts = [text.rstrip() for text in row]
        gaps = [" " * (width - _width(text)) for text, width in zip(texts, widths, strict=True)]
        cells = (gap + text if to_right else text + gap for text, gap, to_right in zip(texts, gaps, right, strict=True))
        lines.append((" " * _GAP).join(cells))
    return "".join(f"{line}\n" for line in lines)


def _width(text: str) -> int:
    """Cells of a screen."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len  # a letter may be two cells wide, or none

    return cell_len(text)


def drawn(
    title: str, head: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[bool], stream: TextIO
) -> str:  # fmt: skip
    """A table as wide as a screen, in its colours."""
    from rich.console import Console  # heavy, and what nobody looks at does without
    from rich.table import Table
    from rich.text import Text

    width = None if stream.isatty() else _WIDE
    console = Console(file=stream, width=width, no_color=not coloured(stream), highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=any(head))
    for name, number in zip(head, right, strict=True):
        how: Literal["left", "right"] = "right" if number else "left"
        table.add_column(Text(name), justify=how, header_style="dim", overflow="fold", no_wrap=number)
    for row in body:
        table.add_row(*map(Text, row))
    with console.capture() as captured:  # rich would end the program itself when nobody reads its output
        console.print(Text(title, "bold"))
        console.print(table)
    return captured.get()


def cell(value: Any) -> str:
    """A value as text: thousands with commas, names of strangers made harmless."""
    if isinstance(value, bool):
        return "yes" if value else "-"
    if isinstance(value, int):
        return f"{value:,}"
    return one_line(f"{value:g}" if isinstance(value, float) else str(value))
