"""Edits in the words of the hub -> changes of CVAT's XML.

    <box label="car" occluded="0" xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00" z_order="0">
    Put("shape", 3, "points", [10, 10, 60, 40])         four attribute values of the element that row 3 stood in

The origin of a row is its line.  Where several elements of a tag begin on one line, as many programs write all of a
file, the rows stand in their order; if one of them was not read it is not known which is meant, and such a fix is
refused.  Frames of images stand in the element round it, so they are not changed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, singledispatchmethod
from html import escape
from typing import Any

import numpy as np

from annotools.geometry.cuboids import XML_NAMES
from annotools.model import Dataset, Owner, ShapeType
from annotools.validate.edits import AddAttributes, Copy, Drop, DropAttribute, Edit, Order, Put, PutAttribute, PutBytes
from annotools.validate.findings import OWNER_OF
from annotools.validate.fixing.changes import CannotError, Mark, OneFix, Span
from annotools.validate.fixing.xml_text import XmlText

_ATTRIBUTE = re.compile(rb"\s*<attribute\b(?:[^>\"'/]|\"[^\"]*\"|'[^']*')*(?:/>|>[^<]*</attribute>)")
_NAMED = re.compile(rb"<attribute\s+name\s*=\s*[\"']([^\"'<>]*)[\"']\s*>[^<]*</attribute>")
_BOX = ("xtl", "ytl", "xbr", "ybr")
_FLAGS = frozenset({"occluded", "outside"})
_NAMES = {"group": "group_id"}


class XmlEdits(OneFix):
    """Applies edits to the members of an XML input.  read(member) gives its bytes."""

    def __init__(self, dataset: Dataset, read: Callable[[str], bytes]) -> None:
        self._dataset, self._read = dataset, read
        self._texts: dict[str, XmlText] = {}
        self._step: dict[str, Mark] = {}
        self._numbered: dict[Owner, dict[int, tuple[int, int]]] = {}
        self._listed: tuple[XmlText | None, int, dict[bytes, list[Span]]] = (None, 0, {})  # as `_items_of` gave it last

    def results(self) -> Mapping[str, bytes]:
        """The members that changed."""
        return {member: text.result() for member, text in self._texts.items() if text}

    def marks(self) -> dict[str, Mark]:
        """The state to go back to when a fix is refused: of each member from where the fix comes to it."""
        self._step = {}
        return self._step

    def back(self, marks: Mapping[str, Mark]) -> None:
        """Forget what came after."""
        for member, mark in marks.items():
            self._texts[member].back(mark)

    def since(self, marks: Mapping[str, Mark]) -> dict[str, list[tuple[int, int, bytes]]]:
        """What came after some marks, by member, as (start, stop, new bytes)."""
        changes_of = {member: self._texts[member].since(mark) for member, mark in marks.items()}
        return {member: changes for member, changes in changes_of.items() if changes}

    def _place(self, kind: str, row: int) -> tuple[XmlText, Span]:
        origin, owner = self._dataset.origin, OWNER_OF[kind]
        line = origin.line(owner, row) if origin else None
        if origin is None or line is None or (owner == Owner.TRACK and self._dataset.tracks.parent[row] >= 0):
            raise CannotError(f"it is not known where {kind} {row} stood")
        text = self._text(origin.member(owner, row))
        return text, self._element(text, owner, row, line)

    def _text(self, member: str) -> XmlText:
        if member not in self._texts:
            self._texts[member] = XmlText(self._read(member))
        if member not in self._step:
            self._step[member] = self._texts[member].mark()
        return self._texts[member]

    def _element(self, text: XmlText, owner: Owner, row: int, line: int) -> Span:
        """The element of a row, which begins on a line.  Raises: CannotError."""
        if owner not in self._numbered:
            self._numbered[owner] = _numbers(self._dataset, owner)
        tag = self._tag(owner, row)
        spans, (number, size) = text.elements(line, tag), self._numbered[owner].get(row, (0, 1))
        if len(spans) != size:
            raise CannotError(f"{len(spans)} <{tag}> begin on line {line}, of which {size} can be read")
        return spans[number]

    def _tag(self, owner: Owner, row: int) -> str:
        return _tag(ShapeType(int(self._dataset.shapes.type[row])).word) if owner == Owner.SHAPE else owner.word

    @singledispatchmethod
    def apply(self, edit: Edit) -> None:
        """Apply one edit.  Raises: CannotError, ClashError."""
        raise CannotError(f"{type(edit).__name__} is not an edit of XML")

    @apply.register
    def _put(self, edit: Put) -> None:
        text, span = self._place(edit.kind, edit.row)
        for name, value in self._attributes(edit.kind, edit.row, edit.column, edit.value):
            text.put(span, name, value)

    def _attributes(self, kind: str, row: int, column: str, value: Any) -> Iterator[tuple[str, str]]:
        """What a column is in the element of a row."""
        tracked = kind == "shape" and self._dataset.shapes.track[row] >= 0
        if tracked and column in ("label", "group", "source"):
            raise CannotError("a keyframe takes it from its track")
        if column == "points" and value is not None:
            yield from _points(ShapeType(int(self._dataset.shapes.type[row])).word, value)
        elif column == "label":
            yield "label", self._dataset.labels.by_id[value].name
        elif column in ("rotation", "z_order", "group", "source", *_FLAGS) and value is not None:
            yield _NAMES.get(column, column), str(int(value)) if column in _FLAGS else f"{value}"
        else:
            raise CannotError(f"{column} of an element is not changed in XML")

    @apply.register
    def _drop(self, edit: Drop) -> None:
        text, span = self._place(edit.kind, edit.row)
        text.cut(span)

    @apply.register
    def _copy(self, edit: Copy) -> None:
        text, span = self._place(edit.kind, edit.row)
        data = text.data[span.start : span.stop]
        piece = XmlText(_ATTRIBUTE.sub(b"", data) if "label" in edit.changes else data)  # attributes are a label's
        whole = Span(0, len(piece.data))
        for column, value in edit.changes.items():
            for name, written in self._attributes(edit.kind, edit.row, column, value):
                piece.put(whole, name, written)
        text.insert(span.stop, text.indent(span) + piece.result())

    @apply.register
    def _order(self, edit: Order) -> None:
        if edit.kind != "track" or edit.part != "shapes":
            raise CannotError("elements of a skeleton have no order here")
        rows = self._keyframes.get(edit.row, [])
        places = [self._place("shape", row) for row in rows]
        if sorted(edit.order) != list(range(len(rows))):
            raise CannotError("the track has other keyframes than the rows that were read")
        pieces = [text.data[span.start : span.stop] for text, span in places]
        for (text, span), source in zip(places, edit.order, strict=True):
            text.touch(span)
            text.replace(span, pieces[source])

    @cached_property
    def _keyframes(self) -> dict[int, list[int]]:
        """The rows of the keyframes of each track, in the order of the input."""
        rows_of: dict[int, list[int]] = {}
        for row, track in enumerate(self._dataset.shapes.track.tolist()):
            rows_of.setdefault(track, []).append(row)
        return rows_of

    @apply.register
    def _put_attribute(self, edit: PutAttribute) -> None:
        text, span = self._attribute(edit.row)
        head = text.head(span)
        if text.is_empty(head):
            raise CannotError("the attribute has no text")
        text.touch(span)
        tag = text.data[head.start : head.stop]
        text.replace(span, tag + escape(edit.value, quote=False).encode() + b"</attribute>")

    @apply.register
    def _drop_attribute(self, edit: DropAttribute) -> None:
        text, span = self._attribute(edit.row)
        text.cut(span)

    @apply.register
    def _add_attributes(self, edit: AddAttributes) -> None:
        text, span = self._place(edit.kind, edit.row)
        if edit.kind == "track":
            raise CannotError("attributes of a track stand in all of its rows")
        items = []
        for spec, value in edit.items:
            name = escape(self._dataset.labels.specs[spec][1].name)
            items.append(f'<attribute name="{name}">{escape(value, quote=False)}</attribute>')
        lead = text.indent(span) + b"  "
        text.fill(span, b"".join(lead + item.encode() for item in items))

    @apply.register
    def _put_bytes(self, edit: PutBytes) -> None:
        self._text(edit.member).exchange(Span(edit.start, edit.stop), edit.data)

    def _attribute(self, row: int) -> tuple[XmlText, Span]:
        table = self._dataset.attributes
        kind = Owner(int(table.kind[row])).word
        if kind == "track":
            raise CannotError("attributes of a track stand in all of its rows")
        text, span = self._place(kind, int(table.owner[row]))
        name = self._dataset.labels.specs[int(table.spec[row])][1].name
        spans = self._items_of(text, span).get(escape(name).encode(), [])
        if len(spans) != 1:
            raise CannotError(f"{name} is there {len(spans)} times")
        return text, spans[0]

    def _items_of(self, text: XmlText, span: Span) -> dict[bytes, list[Span]]:
        """Where the attributes of an element stand, by their name as it is written."""
        if self._listed[0] is not text or self._listed[1] != span.start:
            spans: dict[bytes, list[Span]] = {}
            for match in _NAMED.finditer(text.data, *span):
                spans.setdefault(match[1], []).append(Span(*match.span()))
            self._listed = text, span.start, spans
        return self._listed[2]


def _tag(word: str) -> str:
    """The tag of a type of shape."""
    return "box" if word == "rectangle" else word


def _numbers(dataset: Dataset, owner: Owner) -> dict[int, tuple[int, int]]:
    """Of rows whose elements begin on a line with others of their tag, the number of each and how many they are."""
    rows_at, size = dataset.origin.places.get(owner) if dataset.origin else None, len(dataset.table(owner))
    if rows_at is None or not len(rows_at.lines) or not size:
        return {}
    members = rows_at.member if len(rows_at.member) else np.zeros(size, np.int64)
    types = dataset.shapes.type if owner == Owner.SHAPE else np.zeros(size, np.int64)
    order = np.lexsort((np.arange(size), types, rows_at.lines, members))
    keys = np.stack((members, rows_at.lines, types), axis=1)[order]
    starts = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1)))
    sizes = np.diff(np.append(starts, size))
    number, count = np.arange(size) - np.repeat(starts, sizes), np.repeat(sizes, sizes)
    several = count > 1
    pairs = zip(number[several].tolist(), count[several].tolist(), strict=True)
    return dict(zip(order[several].tolist(), pairs, strict=True))


def _points(kind: str, values: Sequence[float]) -> Iterator[tuple[str, str]]:
    """Points as the attributes of an element."""
    texts = [f"{value:.2f}" for value in values]
    if kind in ("rectangle", "cuboid"):
        yield from zip(_BOX if kind == "rectangle" else XML_NAMES, texts, strict=True)
    elif kind == "ellipse":
        x, y, right, top = values
        yield from zip(("cx", "cy", "rx", "ry"), (f"{v:.2f}" for v in (x, y, right - x, y - top)), strict=True)
    elif kind == "mask":
        *runs, left, top, right, bottom = map(int, values)
        yield "rle", ", ".join(map(str, runs))
        sides = {"left": left, "top": top, "width": right - left + 1, "height": bottom - top + 1}
        yield from ((name, str(side)) for name, side in sides.items())
    else:
        yield "points", ";".join(f"{x},{y}" for x, y in zip(texts[::2], texts[1::2], strict=True))
