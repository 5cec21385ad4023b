"""The elements of boxes as bytes, those of a picture together.

    <object><name>car</name><pose>Unspecified</pose>...<bndbox><xmin>1</xmin>...</bndbox></object>

An element is put together of nine pieces: what stands before the box, of which there are few texts, four numbers with
what lies between, and what stands behind.  Pieces are made by columns and joined by pictures, which takes a fifth of
the time of filling in a pattern for each object; some thousand objects are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import orjson

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.xmlfile import text
from annotools.formats.voc.writing import attribute_elements, attributes_by_row, indented, number
from annotools.model import Dataset
from annotools.model.columns import Floats, Ints
from annotools.model.extras import Extra

_AT_ONCE = 1 << 12  # objects
_BEFORE = """\t<object>
\t\t<name>%s</name>
\t\t<pose>%s</pose>
\t\t<truncated>%d</truncated>
\t\t<occluded>%d</occluded>
\t\t<difficult>%d</difficult>
\t\t<bndbox>
\t\t\t<xmin>"""
_BETWEEN = (b"</xmin>\n\t\t\t<ymin>", b"</ymin>\n\t\t\t<xmax>", b"</xmax>\n\t\t\t<ymax>")
_BEHIND = "</ymax>\n\t\t</bndbox>\n%s\t</object>\n"
_PIECES = 9
_SMALL, _LARGE = 1e-3, 1e15


def elements(dataset: Dataset, boxes: ByFrame) -> Iterator[bytes]:
    """The elements of each frame.  boxes: rectangles."""
    before, behind, ends = _Before(dataset), _Behind(dataset), boxes.ends.tolist()
    for first, last in _together(boxes.ends):
        rows = boxes.order[ends[first] : ends[last]]
        pieces = [b""] * (_PIECES * len(rows))
        pieces[::_PIECES] = before.of(rows)
        texts = numbers(dataset.shapes.points_of(rows)[0])
        for column in range(4):
            pieces[1 + 2 * column :: _PIECES] = texts[column::4]
        for index, between in enumerate(_BETWEEN):
            pieces[2 + 2 * index :: _PIECES] = [between] * len(rows)
        pieces[_PIECES - 1 :: _PIECES] = behind.of(rows)
        bounds = (_PIECES * (boxes.ends[first : last + 1] - ends[first])).tolist()
        for start, stop in pairwise(bounds):
            yield b"".join(pieces[start:stop])


def _together(ends: Ints) -> Iterator[tuple[int, int]]:
    """First and last + 1 of frames whose objects are made together."""
    first, frames = 0, len(ends) - 1
    while first < frames:
        last = max(int(np.searchsorted(ends, ends[first] + _AT_ONCE, "right")) - 1, first + 1)
        yield first, last
        first = last


def numbers(values: Floats) -> list[bytes]:
    """Numbers as short as they can be: of each what `number` says, by an encoder of whole columns."""
    if not len(values):
        return []
    size = np.abs(values)
    # others may have an exponent, which encoders part in
    odd = np.flatnonzero(~((size < _LARGE) & ((size >= _SMALL) | (size == 0))))
    encoded = orjson.dumps(values + 0.0, option=orjson.OPT_SERIALIZE_NUMPY)  # + 0.0: of which there is but one zero
    texts = (encoded[1:-1] + b",").replace(b".0,", b",").split(b",")[:-1]
    for index in odd.tolist():
        texts[index] = number(float(values[index])).encode()
    return texts


class _Before(dict[tuple[Any, ...], bytes]):
    """What stands before the box: a few texts for all objects."""

    def __init__(self, dataset: Dataset) -> None:
        self._shapes = dataset.shapes
        self._names = {label.id: text(label.name) for label in dataset.labels}

    def __missing__(self, key: tuple[Any, ...]) -> bytes:
        label, occluded, pose, truncated, difficult = key
        words = self._names[label], text(pose or "Unspecified"), truncated or 0, occluded, difficult or 0
        self[key] = made = (_BEFORE % words).encode()
        return made

    def of(self, rows: Ints) -> list[bytes]:
        shapes = self._shapes
        extras = (self._extra(name, rows) for name in ("pose", "truncated", "difficult"))
        keys = zip(shapes.label[rows].tolist(), shapes.occluded[rows].tolist(), *extras, strict=False)
        return [*map(self.__getitem__, keys)]

    def _extra(self, name: str, rows: Ints) -> Iterable[Any]:
        extra = self._shapes.extras.get(name)
        return repeat(None) if extra is None else Extra(extra.values[rows], extra.present[rows]).plain()


class _Behind:
    """What stands behind the box: attributes, and elements that nobody knows; of most objects nothing."""

    def __init__(self, dataset: Dataset) -> None:
        rotation = dataset.shapes.rotation
        self._pairs = attributes_by_row(dataset)
        for row in np.flatnonzero(rotation).tolist():
            self._pairs.setdefault(row, []).append(("rotation", number(float(rotation[row]))))
        other = dataset.shapes.extras.get("voc")
        self._other = {} if other is None else dict(_present(other.plain()))
        self._odd = bool(self._pairs or self._other)

    def of(self, rows: Ints) -> Sequence[bytes]:
        plain = (_BEHIND % "").encode()
        if not self._odd:
            return [plain] * len(rows)
        return [self._of(row) for row in rows.tolist()]

    def _of(self, row: int) -> bytes:
        attributes = attribute_elements(self._pairs.get(row, ()), "\t\t")
        return (_BEHIND % (attributes + indented(self._other.get(row), 2))).encode()


def _present(values: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return ((row, value) for row, value in enumerate(values) if value is not None)
