"""Pieces of columns put together: all rows of all files, still as the files number them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as copied

import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.cells import ParsedCells
from annotools.formats.cvat_xml.columns import Columnar, Columns
from annotools.formats.cvat_xml.pieces import Piece, Rows
from annotools.formats.cvat_xml.regular import Stretch
from annotools.formats.kernel.places import At
from annotools.geometry.ragged import offsets_of
from annotools.model.column_buffer import ColumnBuffer, RowBuffer
from annotools.model.tables import Array, Bools, Floats, Ints

_KINDS = ("images", "tracks", "shapes", "tags")


@dataclass(frozen=True)
class FileRows:
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
        return copied(self, columns={**self.columns, **columns}, good=good)


class _Grown:
    """Rows of one kind as they come, put together without being there twice."""

    def __init__(self) -> None:
        self._columns: dict[str, ColumnBuffer] = {}
        self._good, self._file = ColumnBuffer(), ColumnBuffer()
        self._points = RowBuffer()

    def add(self, some: Columns, file: int) -> None:
        """Put rows of a file at the end."""
        for name, column in {**some.numbers, **some.words, **some.reals}.items():
            self._columns.setdefault(name, ColumnBuffer()).add(column)
        self._good.add(some.good)
        self._file.add(np.full(len(some.good), file, np.int64))
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
        self._said = {name: ColumnBuffer() for name in ("owner", "name", "value")}
        self._say({name: np.zeros(0, np.int64) for name in self._said})
        for kind in _KINDS:
            self._add(kind, getattr(columnar, kind)(ParsedCells(Rows(), Problems())))  # names and types of columns

    def take(self, piece: Piece, problems: Problems) -> None:
        """Turn a piece of a file into columns.  problems: those of the file, which is the last one of `files`."""
        for kind in _KINDS:
            rows = getattr(piece, kind)
            if rows.lines:
                self._add(kind, getattr(self.columnar, kind)(ParsedCells(rows, problems)))
        said, codes = piece.said, self.columnar.words.codes
        owner = np.array(said.owner, np.int64)
        self._say({"owner": owner, "name": codes(said.name), "value": codes(said.value)})

    def take_stretch(self, stretch: Stretch) -> None:
        """The same of a stretch.  Raises IrregularError, and then takes nothing."""
        said = stretch.said(self.columnar.words)
        columns = {kind: getattr(self.columnar, kind)(cells) for kind, cells in stretch.cells().items()}
        for kind, some in columns.items():
            self._add(kind, some)
        self._say(said)

    def _add(self, kind: str, some: Columns) -> None:
        self._kinds[kind].add(some, len(self.files) - 1)

    def _say(self, said: Mapping[str, Ints]) -> None:
        for name, column in said.items():
            self._said[name].add(column)

    @property
    def words(self) -> list[str]:
        """All texts by place."""
        return list(self.columnar.words)

    def all(self, kind: str) -> FileRows:
        """All rows of a kind.  Nothing can be added while they are in use."""
        return self._kinds[kind].rows(tuple(problems.file for problems in self.files))

    def said(self) -> dict[str, Ints]:
        """Owner, name and value of every attribute."""
        return {name: column.column() for name, column in self._said.items()}
