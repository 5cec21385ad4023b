"""Labels that nothing is beside which says what classes are called: a lone file, or folders without a data.yaml.

    a.txt                           0 0.5 0.25 0.1 0.05
    images/a.jpg  labels/a.txt      3 0.5 0.25 0.1 0.05 0.9

Every text file that is no note is of a picture, and only boxes tell that they are some: a class and four shares, and
the score of a prediction.  Classes are those of the task, or called after their numbers.
"""

from __future__ import annotations

import re
from itertools import islice

from annotools.errors import Problems
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import are_alone
from annotools.formats.yolo.layout import Layout
from annotools.formats.yolo.loose_labels import entries_of, label_files
from annotools.storage import Source

_FEW = 20  # files that are looked at
_MOST_CLASSES = 100_000
_SHARE = rb"(?:\d(?:\.\d*+)?+[eE]-\d++|[01](?:\.\d*+)?+(?:[eE]\+0++)?+|\.\d++(?:[eE]-\d++)?+)"  # in one way only
_CLASS = rb"(?:\d{1,6}(?:\.0*+)?+|\d(?:\.\d*+)?+[eE]\+0\d)"  # NumPy writes all numbers alike: 1.000000e+00
_LINE = re.compile(_CLASS + rb"(?:\s+" + _SHARE + rb"){4,5}")
_WHOLE = re.compile(_CLASS)


def cells_of(source: Source, name: str) -> list[list[bytes]]:
    """The cells of the lines of a file that have some."""
    return [cells for line in text_lines(source, name, Problems()) if (cells := line.split())]


def are_boxes(source: Source) -> bool:
    """Whether text files are certainly lines of boxes, as far as the first of them go; all but empty ones have some."""
    if not are_alone(source, ".txt"):
        return False
    files = islice(label_files(source.members(), ()), _FEW)
    lines = [b" ".join(cells) for name in files for cells in cells_of(source, name)]
    return bool(lines) and b"." in b"".join(lines) and all(map(_LINE.fullmatch, lines))


def nameless_layout(source: Source) -> Layout:
    """Pictures and labels, and as many classes as lines speak of."""
    members = source.members()
    cells = (cells[0] for name in label_files(members, ()) for cells in cells_of(source, name))
    numbers = {number for cell in cells if (number := class_number(cell)) is not None}
    names = {number: f"class_{number}" for number in range(max(numbers, default=-1) + 1)}
    return Layout(source.name, names, [*entries_of("", members, [], False)], named=False)


def class_number(cell: bytes) -> int | None:
    """The number of a class, as a whole number or as one with a point; None for what is none, or is too large."""
    value = float(cell) if _WHOLE.fullmatch(cell) else -1.0
    return int(value) if value.is_integer() and 0 <= value < _MOST_CLASSES else None
