"""Junk in the files of formats that have lines, rows and cells: short, long, broken, equal.  As in `bundles`."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.heavy.bundles import Make, Members
from benchmarks.heavy.layouts import PICTURES, Layout, png


def named(layout: Layout, contents: list[bytes]) -> Members:
    """The members of a layout, each with its content, and what stands beside."""
    if "{}" not in layout.member:
        contents = [b"".join(contents)]
    members = {layout.member.format(f"{i:06}"): content for i, content in enumerate(contents)}
    if layout.pictures:
        members |= {layout.pictures.format(f"{i:06}"): png() for i in range(min(max(len(contents), 1), PICTURES))}
    return layout.beside | members


def filled(layout: Layout, rows: list[bytes]) -> bytes:
    """A member with these rows."""
    return layout.head + layout.between.join(rows) + (layout.tail or layout.between)


def ordinary(layout: Layout) -> Make:
    """Rows in members of twenty."""

    def make(count: int) -> Members:
        rows = [layout.row(i) for i in range(count)]
        if "{}" not in layout.member:
            return named(layout, [filled(layout, rows)])
        each = max(count // PICTURES, 20)
        return named(layout, [filled(layout, rows[at : at + each]) for at in range(0, count, each)])

    return make


def _rows(change: Callable[[Layout, int], bytes]) -> Callable[[Layout], Make]:
    """So many rows in one member, each made by `change`, up to so many bytes."""

    def kind(layout: Layout) -> Make:
        def make(size: int) -> Members:
            rows: list[bytes] = []
            used = 0
            while used < size:
                rows.append(change(layout, len(rows)))
                used += len(rows[-1]) + len(layout.between)
            return named(layout, [filled(layout, rows)])

        return make

    return kind


def _members(change: Callable[[Layout, int], bytes]) -> Callable[[Layout], Make]:
    """A member for each row."""

    def kind(layout: Layout) -> Make:
        def make(size: int) -> Members:
            number = min(size // 250, 2000)
            return named(layout, [filled(layout, [change(layout, i)]) for i in range(number)])

        return make

    return kind


def _whole(piece: bytes, wrapped: bool = True) -> Callable[[Layout], Make]:
    """One member of a piece, again and again."""

    def kind(layout: Layout) -> Make:
        def make(size: int) -> Members:
            data = piece * (size // len(piece))
            return named(layout, [layout.head + data + layout.tail if wrapped else data])

        return make

    return kind


def _long(before: int, piece: bytes) -> Callable[[Layout], Make]:
    """A row of which a word is so long.  before: how many words stay before it."""

    def kind(layout: Layout) -> Make:
        def make(size: int) -> Members:
            row = layout.row(0)
            cut = before * len(row) // 3
            return named(layout, [filled(layout, [row[:cut] + piece * (size // len(piece)) + row[cut:]])])

        return make

    return kind


JUNK: dict[str, Callable[[Layout], Make]] = {
    "lines 1": _rows(lambda layout, i: b"1"),
    "lines ,": _rows(lambda layout, i: b","),
    "lines 1,1,1": _rows(lambda layout, i: b"1,1,1"),
    "lines 1 and 2": _rows(lambda layout, i: b"12"[i % 2 : i % 2 + 1]),
    "lines {}": _rows(lambda layout, i: b"{}"),
    "empty rows": _whole(b"\n"),
    "equal rows": _rows(lambda layout, i: layout.row(0)),
    "rows with a column more": _rows(lambda layout, i: layout.row(i) + b" 1"),
    "rows with a cell more": _rows(lambda layout, i: layout.row(i) + b",1"),
    "rows cut short": _rows(lambda layout, i: layout.row(i)[:-6]),
    "rows cut in half": _rows(lambda layout, i: layout.row(i)[: len(layout.row(i)) // 2]),
    "rows of text": _rows(lambda layout, i: layout.row(i).replace(b"1", b"x")),
    "unknown labels": _rows(lambda layout, i: layout.row(i).replace(b"car", b"c%d" % i)),
    "members of a bad line": _members(lambda layout, i: b"1 x"),
    "members of half a row": _members(lambda layout, i: layout.row(i)[: len(layout.row(i)) // 2]),
    "a line of digits": _whole(b"7", wrapped=False),
    "a line of blanks": _whole(b" "),
    "a line of commas": _whole(b"1,"),
    "a line of numbers": _whole(b"0.5 "),
    "a line of quotes": _whole(b'"'),
    "a line of backslashes": _whole(b'\\"'),
    "a line of text": _whole(b"text "),
    "a line of tabs": _whole(b"a\t"),
    "lines of <": _whole(b"<a>"),
    "pieces {}": _whole(b"{},", wrapped=True),
    "pieces [": _whole(b"[", wrapped=True),
    "a long word": _long(1, b"w"),
    "a long number": _long(1, b"1"),
    "a long word behind": _long(2, b"w"),
    "a long number behind": _long(2, b"1"),
    "long blanks": _long(2, b" "),
    "returns": _whole(b"\r"),
    "zero bytes": _whole(b"\0"),
    "not utf-8": _whole(b"\xff"),
}
