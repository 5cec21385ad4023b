"""Pieces of columns put together: all rows of all files, still as the files number them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as copied
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.cells import Cells, ParsedCells
from annotools.formats.cvat_xml.columns import Columnar, Columns
from annotools.formats.cvat_xml.pieces import Piece, Rows
from annotools.formats.cvat_xml.regular import Stretch
from annotools.formats.kernel.places import At
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


@dataclass
class Collector:
    """Takes pieces in.  files: the problems of each file, by its name."""

    columnar: Columnar
    files: list[Problems] = field(default_factory=list)
    _parts: dict[str, list[tuple[Columns, int]]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    _said: list[dict[str, Ints]] = field(default_factory=list)

    def take(self, piece: Piece, problems: Problems) -> None:
        """Turn a piece of a file into columns.  problems: those of the file, which is the last one of `files`."""
        kinds = {kind: getattr(piece, kind) for kind in _KINDS}
        self._add({kind: ParsedCells(rows, problems) for kind, rows in kinds.items() if rows.lines})
        if piece.said.owner:
            said, codes = piece.said, self.columnar.words.codes
            owner = np.array(said.owner, np.int64)
            self._said.append({"owner": owner, "name": codes(said.name), "value": codes(said.value)})

    def take_stretch(self, stretch: Stretch) -> None:
        """The same of a stretch.  Raises IrregularError, and then takes nothing."""
        said = stretch.said(self.columnar.words)
        self._add(stretch.cells())
        if len(said["owner"]):
            self._said.append(said)

    def _add(self, cells: Mapping[str, Cells]) -> None:
        columns = [(kind, getattr(self.columnar, kind)(some)) for kind, some in cells.items()]
        for kind, some in columns:
            self._parts[kind].append((some, len(self.files) - 1))

    @property
    def words(self) -> list[str]:
        """All texts by place."""
        return list(self.columnar.words)

    def all(self, kind: str) -> FileRows:
        """All rows of a kind, which are let go of here."""
        empty = getattr(self.columnar, kind)(ParsedCells(Rows(), Problems()))
        parts = [*self._parts.pop(kind), (empty, 0)]
        named: dict[str, Any] = {}
        for group in ("numbers", "words", "reals"):
            for name in getattr(empty, group):
                named[name] = np.concatenate([getattr(part, group)[name] for part, _ in parts])
        counts = np.concatenate([part.counts for part, _ in parts])
        return FileRows(
            named, np.concatenate([np.full(len(part.good), file, np.int64) for part, file in parts]),
            np.concatenate([part.good for part, _ in parts]), np.concatenate([part.values for part, _ in parts]),
            np.concatenate(([0], np.cumsum(counts))), tuple(problems.file for problems in self.files),
        )  # fmt: skip

    def said(self) -> dict[str, Ints]:
        """Owner, name and value of every attribute."""
        empty = {name: np.zeros(0, np.int64) for name in ("owner", "name", "value")}
        return {name: np.concatenate([part[name] for part in [*self._said, empty]]) for name in empty}
