"""A piece of a file as columns: which XML attributes make the columns of each kind of element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotools.formats.cvat_xml.cells import Cells
from annotools.formats.cvat_xml.points import points_of
from annotools.formats.kernel.slices import Vocabulary
from annotools.model.codes import ELLIPSE
from annotools.model.tables import Bools, Floats, Ints

_FLAGS = ("occluded", "outside", "keyframe")


@dataclass(frozen=True)
class Columns:
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
    a ValueError.  required: what rows of tracks, and what elements, must say.
    """

    decimals: int
    flag: Callable[[str], int]
    required: tuple[tuple[str, ...], tuple[str, ...]]


class Columnar:
    """Turns cells into columns, and remembers what programs read in different manners."""

    def __init__(self, manner: Manner) -> None:
        self.words = Vocabulary()
        self.odd_sources: Counter[str] = Counter()
        self._manner = manner
        self._flags: set[str] = set()
        self._lacking: tuple[set[str], set[str]] = (set(), set())
        self._ellipses = False

    def same_in(self, manner: Manner) -> bool:
        """Whether another manner would have made the same of all that came, as far as can be told."""
        if self._ellipses and manner.decimals != self._manner.decimals:
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


def _value(flag: Callable[[str], int], text: str) -> int | None:
    """What a text is as a flag, None for none."""
    try:
        return flag(text)
    except ValueError:
        return None
