"""The lines of a picture's file: where words are, and what they say.

158 128 411 181 "Footpath"                          a box: left, top, right, bottom
38, 43, 920, 215, "Tiredness"                       the same with commas
377,117,463,117,465,130,374,130,Genaxis, Theatre    four corners and a word, which may have commas; ### cannot be read
377,117,463,117,465,130,374,130,Latin,Genaxis       the same with a script (2017, multi-lingual)
0.5,1,2,3,4,5.25,6,7,8,9,"in quotes"                an outline of any number of corners, as annotools and CVAT write it

Numbers behind the fourth corner are part of the word where words of the source are not in quotes, else further corners.
Source: https://rrc.cvc.uab.es, tasks of text localization 2013, 2015 and 2017
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite

import msgspec

from annotools.formats.icdar.texts import unquoted

SCRIPTS = frozenset({"Arabic", "Bangla", "Chinese", "Hindi", "Japanese", "Korean", "Latin", "Symbols", "Mixed", "None"})
_BOX, _QUAD, _LEAST = 4, 8, 6
_QUOTED = re.compile(r'([^"]*+)"(.*)"')
_BETWEEN = re.compile(r"[\s,]*+")


class Word(msgspec.Struct, frozen=True):
    """points: 4 of a box, or 6 and more of an outline.  text, script: None where the line does not say."""

    points: list[float]
    text: str | None = None
    script: str | None = None


Parser = Callable[[str], Word | None]


def parser(lines: Sequence[str]) -> Parser:
    """How the lines of a source are read."""
    bare = sum(_is_bare(line) for line in lines)
    quoted = sum(line.endswith('"') for line in lines)
    return bare_word if bare > quoted else quoted_word


def _is_bare(line: str) -> bool:
    """Whether behind four corners stands a word that is not in quotes."""
    cells = line.split(",")
    return not line.endswith('"') and _numbers(cells) == _QUAD < len(cells)


def quoted_word(line: str) -> Word | None:
    """A line of a source in which words are in quotes, if there are any.  None for one that cannot be read."""
    match = _QUOTED.fullmatch(line)
    if match is None:
        return bare_word(line, outline=True)
    before = match[1]
    cells = _cells(before[: len(before) - _BETWEEN.match(before[::-1]).end()])  # type: ignore[union-attr]  # nothing is one
    count = _numbers(cells)
    script = cells[count] if cells[count:] and cells[count] in SCRIPTS else None
    if count + (script is not None) != len(cells):
        return bare_word(line)
    points = _points(cells)
    return Word(points, unquoted(match[2]), script) if points else None


def bare_word(line: str, *, outline: bool = False) -> Word | None:
    """A line that ends with a word as it is.  outline: whether all is corners if all is numbers."""
    cells = _cells(line)
    count = _numbers(cells)
    if outline and count == len(cells) and count != _BOX:
        points = _points(cells)
        return Word(points) if points else None
    size = _QUAD if count >= _QUAD else _BOX
    if count < _BOX:
        return None
    points, rest = [float(cell) for cell in cells[:size]], cells[size:]
    script = rest[0] if len(rest) > 1 and size == _QUAD and rest[0] in SCRIPTS else None
    return Word(points, _behind(line, size + (script is not None)) if rest else None, script)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")] if "," in line else line.split()


def _behind(line: str, cells: int) -> str:
    """What stands behind so many cells."""
    return (line.split(",", cells) if "," in line else line.split(None, cells))[cells].strip()


def _numbers(cells: Sequence[str]) -> int:
    """How many numbers stand before anything else."""
    return next((index for index, cell in enumerate(cells) if not _is_number(cell)), len(cells))


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _points(cells: Sequence[str]) -> list[float]:
    """The numbers at the start, if they are a box or an outline; none else."""
    points = [float(cell) for cell in cells[: _numbers(cells)]]
    return points if len(points) == _BOX or (len(points) >= _LEAST and len(points) % 2 == 0) else []
