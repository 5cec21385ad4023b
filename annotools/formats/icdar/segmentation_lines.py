"""What a file of text segmentation says of the colours in its picture.

128 0 0 - - 10 20 60 40 "a"       red, green, blue, centre x, y, left, top, right, bottom, what is written there
0 128 0 35.5 30 10 20 60 40 "b"
                                  an empty line: what follows belongs to another word
#0 0 128 - - 1 1 2 2 " "          nobody is to look at it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.icdar.texts import unquoted
from annotools.formats.kernel.lines import text_lines
from annotools.storage import Source

_LINE = re.compile(
    r"(?P<color>\d{1,3}\s+\d{1,3}\s+\d{1,3})\s+(?P<center>\S+\s+\S+)\s+(?P<box>\S+\s+\S+\s+\S+\s+\S+)"
    r'(?:\s+(?:"(?P<quoted>.*)"|(?P<bare>\S.*)))?'
)
_UNKNOWN = "- -"
_HEAD = 1 << 12
_EXPECTED = "3 numbers of a colour, a centre, 4 numbers of a box, and what is written there"


class Segment(msgspec.Struct, frozen=True):
    """A line.  color: 0xrrggbb.  word: which block of lines it is in.  center: as it stands, empty for unknown."""

    color: int
    word: int
    text: str | None
    center: str
    line: int


class Segments(msgspec.Struct, frozen=True):
    """What a file says.  ignored: colours that nobody is to look at."""

    rows: Sequence[Segment]
    ignored: frozenset[int]


def starts_with_segment(source: Source, member: str, *, empty: bool) -> bool:
    """Whether the first line of a file with something on it is one of colours.  empty: what it is without any."""
    with source.open(member) as stream:
        lines = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")
    first = next((text for line in lines if (text := line.strip())), "")
    return _LINE.fullmatch(first.removeprefix("#").strip()) is not None if first else empty


def read_segments(source: Source, member: str, problems: Problems) -> Segments:
    """The lines of a file; one that is none, and a second one of a colour, is a problem."""
    rows: dict[int, Segment] = {}
    ignored = set()
    word = 0
    for number, text in _texts(source, member, problems):
        word += not text
        match = _LINE.fullmatch(text.lstrip("#").strip()) if text else None
        color = _color(match["color"]) if match else -1
        if text.startswith("#"):
            ignored.add(color)
        elif text and color < 0:
            problems.append(Problem(f"is {text[:40]!r}", member, number, expected=_EXPECTED))
        elif color in rows:
            message = f"has the colour of line {rows[color].line} again"
            problems.append(Problem(message, member, number, expected="a colour of its own"))
        elif match:
            center = " ".join(match["center"].split())
            rows[color] = Segment(color, word, _text(match), "" if center == _UNKNOWN else center, number)
    return Segments([*rows.values()], frozenset(ignored))


def _texts(source: Source, member: str, problems: Problems) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_lines(source, member, problems), 1):
        yield number, line.decode("utf-8", "replace").strip()


def _color(text: str) -> int:
    """0xrrggbb; -1 for what is not a colour."""
    red, green, blue = map(int, text.split())
    return red << 16 | green << 8 | blue if max(red, green, blue) < 256 else -1


def _text(match: re.Match[str]) -> str | None:
    return unquoted(match["quoted"]) if match["quoted"] is not None else match["bare"]
