"""XML of many small files: parsed without document types, with lines for problems; and text for writing.

    document = parse(data, "a.xml", problems)           None, and a problem, for what is no XML
    document.root.find("object")                        elements of the standard library
    document.lines("object")                            [12, 31]   the line of each <object>

The elements are made in C, which knows no lines; where they are wanted they are counted in the text, which is ten times
as fast as parsing with callbacks.  A document type is refused, and with it entities: nothing expands.
Source: XML 1.0, 2.2 (characters), 2.11 (line ends).
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from codecs import getincrementaldecoder, lookup
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.model.columns import Ints

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from annotools.storage import Source

_HEAD = 1 << 9  # in which a declaration stands
# A ParseError is a SyntaxError, LookupError a damaged name of an encoding, ValueError one of several bytes a letter.
_DAMAGE = (SyntaxError, LookupError, ValueError, RecursionError)
_NO_MARKUP = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_LEADS = (0, 0xC0, 0xE0, 0xF0)  # the first bytes of characters of one byte, of two, three and four
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding=[\"']([\w.-]+)[\"']", re.ASCII)
# Encodings of several bytes a letter, as old programs of Windows write them.
_WIDE = frozenset({"gb2312", "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc-jp", "euc-kr", "cp949"})
_NO_BYTES = frozenset({"utf-16", "utf16", "utf-16le", "utf-16be", "ucs-2", "unicode"})  # of texts of bytes a lie
# What Python decodes and no document is written in: ways to write names and texts, of which some take squared time.
_NO_ENCODINGS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
_LATE = re.compile(rb"(?:\xef\xbb\xbf)?\s+<\?xml\s")  # a declaration has to be the first
_WRITTEN = re.compile(r"^\ufeff?(\s*)<\?xml\s.*?\?>", re.DOTALL)
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BARE = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}  # a declaration without a mark before it


class Document(msgspec.Struct, frozen=True, eq=False):
    """A parsed file.  data: its text, in which lines are counted."""

    root: Element
    member: str
    data: bytes

    def lines(self, tag: str) -> Ints:
        """The line of each start tag, in the order of the elements; 0 for all where the text cannot tell."""
        text = _NO_MARKUP.sub(_blank, self.data) if b"<!" in self.data else self.data
        starts = np.array([match.start() for match in _start_tag(tag).finditer(text)], np.int64)
        if len(starts) != sum(1 for _ in self.root.iter(tag)):
            return np.zeros(sum(1 for _ in self.root.iter(tag)), np.int64)
        ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        return np.searchsorted(ends, starts) + 1

    def line(self, tag: str, number: int) -> int | None:
        """The line of one element of a tag; None where the text cannot tell."""
        lines = self.lines(tag)
        return int(lines[number]) or None if number < len(lines) else None


def parse(data: bytes, member: str, problems: Problems, expected: str = "an XML document") -> Document | None:
    """The document; None, and a problem, for what is none.  expected: what it should have been."""
    from xml.etree import ElementTree  # 2 ms, and most inputs are no XML

    text = as_utf8(data)
    if b"<!DOCTYPE" in text and b"<!DOCTYPE" in _NO_MARKUP.sub(_blank, text):
        line = text[: text.index(b"<!DOCTYPE")].count(b"\n") + 1
        problems.append(Problem("has a document type declaration", member, line, expected=expected))
        return None
    try:
        return Document(ElementTree.fromstring(text), member, text)
    except _DAMAGE as error:
        reason, where = _reason(error, text)
        problems.append(Problem(f"is not well-formed XML: {reason}", member, where, expected=expected))
        return None


def opened(source: Source, member: str) -> BinaryIO:
    """A member to be parsed piece by piece, as UTF-8 where the parser could not take it as it stands."""
    return io.BytesIO(as_utf8(source.read(member))) if is_odd(source, member) else source.open(member)


def is_odd(source: Source, member: str) -> bool:
    """Whether the parser could not take a member as it stands, for how it begins; UTF-16 it knows."""
    with source.open(member) as stream:
        head = stream.read(_HEAD)
    return bool(_encoding(head)) and not wide_encoding(head)


def wide_encoding(data: bytes) -> str:
    """The encoding of a text in UTF-16, by its first bytes; empty for any other."""
    return _MARKS.get(data[:2]) or _BARE.get(data[:4], "")


def as_utf8(data: bytes) -> bytes:
    """What the parser does not know, or is told wrong of, as UTF-8 without a declaration, which would contradict it.

    That is UTF-16, the encodings of `_WIDE`, bytes that are declared to be UTF-16, as .NET writes UTF-8, and what has
    blanks before its declaration.  All else stays as it is.
    """
    encoding = _encoding(data)
    if not encoding:
        return data
    try:
        text = data.decode(encoding, "replace" if encoding.startswith("utf-16") else "strict")
    except (UnicodeError, LookupError):
        return data
    return _WRITTEN.sub(r"\1", text, count=1).encode()


def _encoding(data: bytes) -> str:
    """The encoding of a text that the parser could not take as it stands; empty where it can."""
    declared, late = _DECLARED.match(data), _LATE.match(data)
    word = declared[1].decode().lower() if declared else ""
    known = word if word in _WIDE or (late and _is_encoding(word)) else ""
    return wide_encoding(data) or ("utf-8" if word in _NO_BYTES or (late and not word) else known)


def _is_encoding(word: str) -> bool:
    """Whether a document may be written in it."""
    try:
        return lookup(word).name.replace("_", "-") not in _NO_ENCODINGS
    except LookupError:
        return False


def _blank(markup: re.Match[bytes]) -> bytes:
    """As many lines, and nothing on them."""
    return b"\n" * markup[0].count(b"\n")


def _reason(error: Exception, text: bytes) -> tuple[str, int | None]:
    from xml.etree.ElementTree import ParseError

    if isinstance(error, ParseError):
        begun = text.lstrip()[:1] == b"<"  # what begins otherwise is no XML, whatever its bytes
        return unfit(expat.ErrorString(error.code) or "damaged", text if begun else b""), error.position[0]
    return ("is nested too deeply" if isinstance(error, RecursionError) else str(error).lower()), None


def unfit(message: str, text: bytes) -> str:
    """What a parser said of a text, or that it is no UTF-8, of which a parser says only that it is not well-formed.

    text: what is damaged, or all of it.
    """
    if "invalid token" in message and not is_utf8(text):
        return "holds bytes that are not UTF-8"
    return message


def first_character(text: bytes) -> bytes:
    """The bytes that its first character has in UTF-8, or would have."""
    return text[: bisect_right(_LEADS, text[0])] if text else b""


def is_utf8(text: bytes) -> bool:
    """Whether it is text, but for a character that may be cut off at the end."""
    try:
        getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True


@lru_cache
def _start_tag(tag: str) -> re.Pattern[bytes]:
    return re.compile(rb"<" + re.escape(tag.encode()) + rb"[\s/>]")


def child_text(element: Element, tag: str) -> str:
    """The stripped text of a child, empty where there is none."""
    return (element.findtext(tag) or "").strip()


@lru_cache(1 << 15)
def text(value: str) -> str:
    """Text between tags.  A carriage return would otherwise come back as a line feed."""
    return _escaped(value).replace("\r", "&#13;")


def quoted(value: str) -> str:
    """The value of an attribute, with quotes of a kind that it lacks; lines and tabs stay what they are."""
    plain = _escaped(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in plain:
        return f'"{plain}"'
    return f"'{plain}'" if "'" not in plain else '"' + plain.replace('"', "&quot;") + '"'


def _escaped(value: str) -> str:
    """As `xml.sax.saxutils` does it, whose import brings all of the web with it: 30 ms at each start."""
    return value.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
