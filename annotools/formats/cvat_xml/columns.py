"""A piece of a file as columns: which XML attributes make the columns of each kind of element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annotools.formats.cvat_xml.cells import Cells, Vocabulary
from annotools.formats.cvat_xml.points import points_of
from annotools.model.tables import Bools, Floats, Ints


@dataclass(frozen=True)
class Columns:
    """Rows of one kind.  good: those that can be rows.  words: their texts (label, name) by place in the vocabulary."""

    numbers: dict[str, Ints]
    words: dict[str, Ints]
    reals: dict[str, Floats]
    good: Bools
    values: Floats
    counts: Ints


class Columnar:
    """Turns cells into columns.

    decimals: how exactly the far sides of ellipses are added up.  flag: how `occluded` and the like are read.
    required: what rows of tracks, and what elements, must say.
    """

    def __init__(self, decimals: int, flag: Callable[[str], int], required: tuple[tuple[str, ...], ...]) -> None:
        self.words = Vocabulary()
        self.odd_sources: Counter[str] = Counter()
        self._decimals = decimals
        self._flag = flag
        self._of_tracks, self._of_elements = required

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
        for name in self._of_tracks:
            cells.require(name, numbers["track"] >= 0)
        for name in self._of_elements:
            cells.require(name, numbers["parent"] >= 0)
        numbers |= cells.belonging(self.odd_sources) | {
            name: cells.column(name, self._flag, default, "0 or 1")
            for name, default in (("occluded", "0"), ("outside", "0"), ("keyframe", "1"))
        }
        numbers |= {name: cells.column(name, int, "0", "a whole number") for name in ("z_order", "frame")}
        rotation = cells.column("rotation", float, "0", "a number", np.float64)
        values, counts = points_of(cells, self._decimals)
        return self._of(cells, numbers, ("label",), {"rotation": rotation}, (values, counts))

    def _of(
        self, cells: Cells, numbers: dict[str, Ints], names: Sequence[str], reals: dict[str, Floats] | None = None,
        points: tuple[Floats, Ints] | None = None,
    ) -> Columns:  # fmt: skip
        words = {name: cells.words(name, self.words) for name in names}
        values, counts = points or (np.zeros(0), np.zeros(0, np.int64))
        numbers["line"] = cells.places["line"]
        return Columns(numbers, words, reals or {}, cells.good, values, counts)
