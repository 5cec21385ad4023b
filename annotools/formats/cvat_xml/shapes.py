"""Rows of shapes as elements: what all of them share is looked up, numbers are made by the column.

    <box label="car" source="manual" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00" z_order="0">
    <ellipse ... cx cy rx ry rotation>  <cuboid ... xtl1 ytl1 xbl1 ybl1 xtr1 ...>  <mask ... rle left top width height>
    <polygon|polyline|points ... points="x,y;x,y">  <skeleton ...> <points label outside occluded points/> </skeleton>

In a track `frame`, `keyframe`, `outside`, `occluded` come first, and label, source and group stand in the track.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product

import msgspec
import numpy as np
import orjson

from annotools.formats.cvat_xml.texts import AttributeTexts, decimals, pairs, quoted
from annotools.geometry.ragged import take
from annotools.model.codes import CUBOID, ELLIPSE, MASK, RECTANGLE, SKELETON, Owner, ShapeType, Source
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.tables import Codes, Floats, Ints, Shapes

PIECE = 4096  # rows turned into text at a time

TAGS = tuple("box" if kind == RECTANGLE else kind.word for kind in ShapeType)
CORNERS = ("xtl", "ytl", "xbr", "ybr")
AXES = ("cx", "cy", "rx", "ry")
VERTICES = tuple(f"{axis}{place}{side}" for side in "12" for place in ("tl", "bl", "tr", "br") for axis in "xy")

_CORNERS, _AXES, _VERTICES = ("".join(f' {name}="%s"' for name in names) for names in (CORNERS, AXES, VERTICES))
_MASK = ' rle="%s" left="%d" top="%d" width="%d" height="%d"'


class Lines(msgspec.Struct, frozen=True):
    """Parts of the elements of some rows, one string a row: what comes before and after the geometry, what inside."""

    heads: list[str]
    tails: list[str]
    inner: list[str]

    def elements(self, shapes: Shapes, indent: str) -> list[str]:
        """The elements themselves."""
        tags = [TAGS[code] for code in shapes.type.tolist()]
        rows = zip(tags, self.heads, geometry(shapes), self.tails, self.inner, strict=True)
        return [
            f"{indent}<{tag}{head}{points}{tail}>\n{inner}{indent}</{tag}>\n" for tag, head, points, tail, inner in rows
        ]


def geometry(shapes: Shapes) -> list[str]:
    """The XML attributes that say where each row is."""
    texts: list[str] = []
    places = []
    for code in distinct(shapes.type).tolist():
        rows = np.flatnonzero(shapes.type == code)
        texts += _GEOMETRY.get(ShapeType(code), _points)(shapes, rows)
        places.append(rows)
    return [texts[row] for row in np.argsort(np.concatenate(places)).tolist()] if places else texts


def _values(shapes: Shapes, rows: Ints, count: int) -> Floats:
    values: Floats = shapes.values[shapes.offsets[:-1][rows, None] + np.arange(count)]
    return values


def _filled(template: str, values: Floats) -> Iterator[str]:
    """The template with each row of values in it: all at once, as one text of lines."""
    lines = (template + "\n") * len(values) % tuple(decimals(values.ravel()))
    return iter(lines.split("\n")[:-1])


def _box(shapes: Shapes, rows: Ints) -> Iterator[str]:
    return _filled(_CORNERS, _values(shapes, rows, 4))


def _ellipse(shapes: Shapes, rows: Ints) -> Iterator[str]:
    x, y, right, top = _values(shapes, rows, 4).T
    with np.errstate(over="ignore"):
        return _filled(_AXES, np.stack([x, y, right - x, y - top], 1))


def _cuboid(shapes: Shapes, rows: Ints) -> Iterator[str]:
    return _filled(_VERTICES, _values(shapes, rows, 16))


def _mask(shapes: Shapes, rows: Ints) -> Iterator[str]:
    stops = shapes.offsets[1:][rows]
    tails = np.trunc(shapes.values[stops[:, None] + np.arange(-4, 0)])
    tails[:, 2:] -= tails[:, :2] - 1
    runs, ends = take(shapes.values, shapes.offsets, rows)
    whole, bounds = runs.astype(np.int64).tolist(), ends.tolist()
    listed = orjson.dumps([whole[start : stop - 4] for start, stop in pairwise(bounds)]).decode("ascii")
    texts = listed[2:-2].replace(",", ", ").split("], [")
    return (_MASK % (text, *tail) for text, tail in zip(texts, tails.tolist(), strict=True))


def _points(shapes: Shapes, rows: Ints) -> Iterator[str]:
    values, offsets = shapes.values, shapes.offsets
    if len(rows) < len(shapes):
        values, offsets = take(values, offsets, rows)
    return (f' points="{text}"' for text in pairs(values, offsets))


def _nothing(shapes: Shapes, rows: Ints) -> Iterator[str]:
    return iter([""] * len(rows))


_GEOMETRY: dict[ShapeType, Callable[[Shapes, Ints], Iterator[str]]] = {
    RECTANGLE: _box, ELLIPSE: _ellipse, CUBOID: _cuboid, MASK: _mask, SKELETON: _nothing,
}  # fmt: skip


class Texts:
    """What rows of a dataset are called: labels and sources as XML attributes, attributes as elements."""

    def __init__(self, dataset: Dataset) -> None:
        self.attributes = {owner: AttributeTexts(dataset, owner) for owner in (Owner.TAG, Owner.SHAPE, Owner.TRACK)}
        self._labels = {label.id: f" label={quoted(label.name)}" for label in dataset.labels}
        self._sources = [f' source="{word}"' for word in Source.words()]

    def named(self, labels: Ints, sources: Codes | None = None) -> list[str]:
        """` label=".." source=".."` of each row."""
        if sources is None:
            return [self._labels[label] for label in labels.tolist()]
        pairs = list(zip(labels.tolist(), sources.tolist(), strict=True))
        both = {(label, code): self._labels[label] + self._sources[code] for label, code in set(pairs)}
        return [both[pair] for pair in pairs]

    def flags(self, shapes: Shapes, *names: str, always: bool) -> list[str]:
        """` occluded="0"` and the like of each row; those of skeletons only where true.

        always: whether skeletons say them like all others.
        """
        columns = [getattr(shapes, name).tolist() for name in names]
        combined = product((False, True), repeat=len(names))
        words = {key: "".join(map(' {}="{:d}"'.format, names, key)) for key in combined}
        texts = [words[key] for key in zip(*columns, strict=True)]
        if not always:
            for row in np.flatnonzero(shapes.type == SKELETON).tolist():
                true = (name for name, column in zip(names, columns, strict=True) if column[row])
                texts[row] = "".join(f' {name}="1"' for name in true)
        return texts


def orders(shapes: Shapes) -> list[str]:
    """` rotation=".." z_order=".."` of each row; rotation where there is one, of boxes and ellipses."""
    numbers = shapes.z_order.tolist()
    known = {number: f' z_order="{number}"' for number in set(numbers)}
    texts = [known[number] for number in numbers]
    turned = np.flatnonzero((shapes.rotation != 0) & np.isin(shapes.type, (RECTANGLE, ELLIPSE)))
    for row, angle in zip(turned.tolist(), decimals(shapes.rotation[turned]), strict=True):
        texts[row] = f' rotation="{angle}"{texts[row]}'
    return texts


def groups(numbers: Ints) -> list[str]:
    """` group_id=".."` of each row that is in a group."""
    return [f' group_id="{number}"' if number else "" for number in numbers.tolist()]
