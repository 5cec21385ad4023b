r"""What stands between the values of XML attributes, in files as programs write them.

    <box label="car" occluded="0">\n  <attribute name="colour">red</attribute>\n  </box>\n  <box label="..
    -----------   -----------   ----------------------------   -------------------------------------------
    opens box      next         opens attribute, and next      text, closes attribute and box, opens box, next

Cut at the quotes, a file is values and these tokens in turn, and of the tokens only a few are different: each is
looked at once.  What is no token of this grammar (comments, sections, document types, text where none belongs, unknown
elements, single quotes) is irregular, and for the parser.
Source: XML 1.0, 3.1 (tags), 2.4 (character data), 2.11 (line ends).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from annotools.formats.cvat_xml.shapes import TAGS

NAMES = {name.encode(): code for code, name in enumerate((*TAGS, "tag", "attribute", "image", "track"))}
ANY = -1  # the name of what `/>` closes
NOTHING, CLOSED, EMPTY, INSIDE = range(4)  # what a token begins with: no tag, `>`, `/>`, or the middle of a start tag

_LONG = 512  # tokens that are not kept
_BLANK = rb"[ \t\n]*"
_NEXT = re.compile(rb"[ \t\n]+([A-Za-z_][\w.-]*)=")
_TAG = re.compile(
    _BLANK + rb"<(?:/(?P<end>\w+)[ \t\n]*>"
    rb"|(?P<start>\w+)(?:[ \t\n]*(?P<close>/?)>|[ \t\n]+(?P<next>[A-Za-z_][\w.-]*)=))"
)  # fmt: skip
_TEXT = re.compile(rb"[ \t\n]*>([^<]+)(?=</attribute[ \t\n]*>)")
_FIRST = re.compile(rb"[ \t\n]*(/?)>")
_REST = re.compile(_BLANK)


class IrregularError(Exception):
    """A part of a file has to go through the parser."""


class Token(NamedTuple):
    """What is known of a token.

    begin: NOTHING, CLOSED, EMPTY or INSIDE.  names: of the elements that start and end in it, ANY for one that `/>`
    ends; steps: 1 for a start, -1 for an end; lines: line ends before each.  next: the name of the value behind,
    nothing at the end.
    tags, breaks, tabs: how many `<`, line ends and tabs there are.
    """

    begin: int
    names: tuple[int, ...]
    steps: tuple[int, ...]
    lines: tuple[int, ...]
    next: bytes
    tags: int
    breaks: int
    tabs: int


def split_text(token: bytes) -> tuple[bytes, bytes]:
    """A token without the text of the attribute that it ends, and the text."""
    found = _TEXT.match(token)
    return (token[: found.start(1)] + token[found.end(1) :], found[1]) if found else (token, b"")


def token_of(text: bytes) -> Token:
    """What a token says.  Raises IrregularError."""
    return _known(text) if len(text) < _LONG else _looked_at(text)


def _looked_at(text: bytes) -> Token:
    inside = _NEXT.fullmatch(text)
    counts = text.count(b"<"), text.count(b"\n"), text.count(b"\t")
    if inside:
        return Token(INSIDE, (), (), (), inside[1], *counts)
    first = _FIRST.match(text)
    begin = NOTHING if first is None else EMPTY if first[1] else CLOSED
    steps, following = _steps(text, first.end() if first else 0)
    if begin == EMPTY:
        steps.insert(0, (ANY, -1, 0))
    names, ways, lines = zip(*steps, strict=True) if steps else ((), (), ())
    return Token(begin, names, ways, lines, following, *counts)


_known = lru_cache(1 << 12)(_looked_at)


def _steps(text: bytes, place: int) -> tuple[list[tuple[int, int, int]], bytes]:
    """Names, ways and lines of the tags from a place on, and what the value behind is called."""
    steps: list[tuple[int, int, int]] = []
    following, line, counted = b"", 0, 0
    while not following and (found := _TAG.match(text, place)):
        place = found.end()
        start = text.index(b"<", found.start())
        line, counted = line + text.count(b"\n", counted, start), start
        name = NAMES.get(found["end"] or found["start"])
        if name is None:
            raise IrregularError
        steps.append((name, -1 if found["end"] else 1, line))
        if found["close"]:
            steps.append((ANY, -1, line))
        following = found["next"] or b""
    if not _REST.fullmatch(text, place):
        raise IrregularError
    return steps, following
