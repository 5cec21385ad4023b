"""Elements as columns: which XML attributes make those of each kind, and pieces of files put together.

What comes of all files is still as the files number it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from annotools.errors import Problems
from annotools.formats.cvat_xml.cells import Cells, ParsedCells, points_of
from annotools.formats.cvat_xml.parsing import Piece, Rows
from annotools.formats.cvat_xml.regular import Stretch
from annotools.formats.kernel.places import At
from annotools.formats.kernel.slices import Vocabulary
from annotools.geometry.ragged import offsets_of
from annotools.model.codes import ELLIPSE
from annotools.model.column_buffer import ColumnBuffer, RowBuffer
from annotools.model.columns import condensed, uniform
from annotools.model.tables import Array, Bools, Floats, Ints

_FLAGS = ("occluded", "outside", "keyframe")


class Columns(msgspec.Struct, frozen=True):
    """Rows of one kind.  good: those that can be rows.  words: their texts (label, name) by place in the vocabulary."""

    numbers: dict[str, Ints]
    words: dict[str, Ints]
    reals: dict[str, Floats]
    good: Bools
    values: Floats
    counts: Ints


class Manner(NamedTuple):
    """How a program reads the elements of files.

    decimals: to which the far sides of ellipses are added up.  flag: the text of `occluded` and the like -> 0 or 1, or
    a ValueError.  required: what rows of tracks, and what elements, must say.  tails: whether a list of points may end
    in `;`, as programs write it that put one behind each point.
    """

    decimals: int
    flag: Callable[[str], int]
    required: tuple[tuple[str, ...], tuple[str, ...]]
    tails: bool


class Columnar:
    """Turns cells into columns, and remembers what programs read in different manners."""

    def __init__(self, manner: Manner) -> None:
        self.words = Vocabulary()
        self.odd_sources: Counter[str] = Counter()
        self._manner = manner
        self._flags: set[str] = set()
        self._lacking: tuple[set[str], set[str]] = (set(), set())
        self._ellipses = self._tailed = False

    def same_in(self, manner: Manner) -> bool:
        """Whether another manner would have made the same of all that came, as far as can be told."""
        if self._ellipses and manner.decimals != self._manner.decimals:
            return False
        if self._tailed and manner.tails != self._manner.tails:
            return False
        lacking = [part & set(names) for names, part in zip(manner.required, self._lacking, strict=True)]
        own, other = ([_value(one.flag, text) for text in self._flags] for one in (self._manner, manner))
        return None not in own and own == other and not any(lacking)

    def _flag(self, text: str) -> int:
        self._flags.add(text)
        return self._manner.flag(text)

    def images(self, cells: Cells) -> Columns:
        """Images: id, width, height (-1 where not said), name, subset, task."""
        numbers = {name: cells.column(name, int, "-1", "a whole number") for name in ("id", "width", "height")}
        return self._of(cells, numbers, ("name", "subset", "task_id"))

    def tracks(self, cells: Cells) -> Columns:
        """Tracks: label, source, group, task, and the track that it is in."""
        cells.require("label")
        numbers = cells.belonging(self.odd_sources) | {"parent": cells.places["parent"]}
        return self._of(cells, numbers, ("label", "task_id"))

    def tags(self, cells: Cells) -> Columns:
        """Tags: image, label, source, group."""
        cells.require("label")
        return self._of(cells, cells.belonging(self.odd_sources) | {"image": cells.places["image"]}, ("label",))

    def shapes(self, cells: Cells) -> Columns:
        """Shapes with their points; frame is that of the source media, of rows of tracks."""
        numbers = {name: cells.places[name] for name in ("image", "track", "parent", "code")}
        cells.require("label", (numbers["track"] < 0) | (numbers["parent"] >= 0))
        cells.require("frame", (numbers["track"] >= 0) & (numbers["parent"] < 0))
        self._require(cells, numbers)
        numbers |= cells.belonging(self.odd_sources) | {
            name: cells.column(name, self._flag, default, "0 or 1")
            for name, default in zip(_FLAGS, ("0", "0", "1"), strict=True)
        }
        numbers |= {name: cells.column(name, int, "0", "a whole number") for name in ("z_order", "frame")}
        if isinstance(cells, ParsedCells) and self._manner.tails:
            self._tailed |= _without_tails(cells)
        rotation = cells.column("rotation", float, "0", "a number", np.float64)
        values, counts = points_of(cells, self._manner.decimals)
        self._ellipses = self._ellipses or ELLIPSE in numbers["code"]
        return self._of(cells, numbers, ("label",), {"rotation": rotation}, (values, counts))

    def _require(self, cells: Cells, numbers: dict[str, Ints]) -> None:
        """See to it that rows of tracks, and elements, say what they must."""
        of_rows = (numbers["track"] >= 0, numbers["parent"] >= 0)
        for names, where, lacking in zip(self._manner.required, of_rows, self._lacking, strict=True):
            for name in names:
                cells.require(name, where)
            if where.any():
                lacking.update(name for name in _FLAGS if name not in lacking and cells.lacks(name, where))

    def _of(
        self, cells: Cells, numbers: dict[str, Ints], names: Sequence[str], reals: dict[str, Floats] | None = None,
        points: tuple[Floats, Ints] | None = None,
    ) -> Columns:  # fmt: skip
        words = {name: cells.words(name, self.words) for name in names}
        values, counts = points or (np.zeros(0), np.zeros(0, np.int64))
        numbers["line"] = cells.places["line"]
        return Columns(numbers, words, reals or {}, cells.good, values, counts)


def _without_tails(cells: ParsedCells) -> bool:
    """Take `;` behind the last point of lists away; whether there was any."""
    tailed = [row for row in cells.rows if row.get("points", "").rstrip().endswith(";")]
    for row in tailed:
        row["points"] = row["points"].rstrip("; \t\n")
    return bool(tailed)


def _value(flag: Callable[[str], int], text: str) -> int | None:
    """What a text is as a flag, None for none."""
    try:
        return flag(text)
    except ValueError:
        return None


_KINDS = ("images", "tracks", "shapes", "tags")


class FileRows(msgspec.Struct, frozen=True):
    """One kind of row.  columns: by name, words by place; file: which file each is of; good: which can be rows."""

    columns: dict[str, Array]
    file: Ints
    good: Bools
    values: Floats
    offsets: Ints
    members: tuple[str, ...]

    def __getattr__(self, name: str) -> Array:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.good)

    @property
    def at(self) -> At:
        """Where each row stood."""
        return At(self.members, self.columns["line"], which=self.file)

    @property
    def points(self) -> tuple[Floats, Ints]:
        """Of shapes, ragged."""
        return self.values, self.offsets

    def replace(self, **columns: Array) -> FileRows:
        """The same rows with other values in some columns, `good` among them."""
        good = columns.pop("good", self.good)
        return replace(self, columns={**self.columns, **columns}, good=good)


class _Grown:
    """Rows of one kind as they come, put together without being there twice."""

    def __init__(self) -> None:
        self._columns: dict[str, ColumnBuffer] = {}
        self._good, self._file = ColumnBuffer(), ColumnBuffer()
        self._points = RowBuffer()

    def add(self, some: Columns, file: int) -> None:
        """Put rows of a file at the end."""
        for name, column in {**some.numbers, **some.words, **some.reals}.items():
            self._columns.setdefault(name, ColumnBuffer()).add(condensed(column))
        self._good.add(condensed(some.good))
        self._file.add(uniform(np.int64(file), len(some.good)))
        self._points.add(some.values, offsets_of(some.counts))

    def rows(self, members: tuple[str, ...]) -> FileRows:
        """All of them.  members: the files."""
        columns = {name: column.column() for name, column in self._columns.items()}
        values, offsets = self._points.ragged()
        return FileRows(columns, self._file.column(), self._good.column(), values, offsets, members)


class Collector:
    """Takes pieces and stretches in.  files: the problems of each file, by its name."""

    def __init__(self, columnar: Columnar) -> None:
        self.columnar = columnar
        self.files: list[Problems] = []
        self._kinds = {kind: _Grown() for kind in _KINDS}
        self._attributes = {name: ColumnBuffer() for name in ("owner", "name", "value")}
        self._add_attributes({name: np.zeros(0, np.int64) for name in self._attributes})
        for kind in _KINDS:
            self._add(kind, getattr(columnar, kind)(ParsedCells(Rows(), "")))  # names and types of columns

    def take(self, piece: Piece, problems: Problems) -> None:
        """Turn a piece of a file into columns.  problems: those of the file, which is the last one of `files`."""
        for kind in _KINDS:
            rows = getattr(piece, kind)
            if rows.lines:
                cells = ParsedCells(rows, problems.file)
                self._add(kind, getattr(self.columnar, kind)(cells))
                problems.extend(cells.problems())
        attributes, codes = piece.attributes, self.columnar.words.codes
        owner = np.array(attributes.owner, np.int64)
        self._add_attributes({"owner": owner, "name": codes(attributes.name), "value": codes(attributes.value)})

    def take_stretch(self, stretch: Stretch) -> None:
        """The same of a stretch.  Raises IrregularError, and then takes nothing."""
        attributes = stretch.attributes(self.columnar.words)
        columns = {kind: getattr(self.columnar, kind)(cells) for kind, cells in stretch.cells().items()}
        for kind, some in columns.items():
            self._add(kind, some)
        self._add_attributes(attributes)

    def _add(self, kind: str, some: Columns) -> None:
        self._kinds[kind].add(some, len(self.files) - 1)

    def _add_attributes(self, attributes: Mapping[str, Ints]) -> None:
        for name, column in attributes.items():
            self._attributes[name].add(column)

    @property
    def words(self) -> list[str]:
        """All texts by place."""
        return list(self.columnar.words)

    def all(self, kind: str) -> FileRows:
        """All rows of a kind.  Nothing can be added while they are in use."""
        return self._kinds[kind].rows(tuple(problems.file for problems in self.files))

    def attributes(self) -> dict[str, Ints]:
        """Owner, name and value of every attribute."""
        return {name: column.column() for name, column in self._attributes.items()}
