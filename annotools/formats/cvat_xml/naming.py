"""Names in the file -> labels and attributes of the task; where the file defines none, those that it uses.

Every unknown name is one problem, with the first line it stands on and how often it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.gathering import Gathered
from annotools.model.definitions import AttributeSpec, Label, Labels
from annotools.model.tables import Array, Bools, Ints
from annotools.transform.row_conditions import resolved

_SHIFT = 40


class Names:
    """Looks names up.  words: all texts by place."""

    def __init__(self, labels: Labels, words: list[str], files: list[Problems]) -> None:
        self.labels = labels
        self._words = words
        self._files = files

    def labels_of(self, rows: Gathered, wanted: Bools, parent: Ints | None = None) -> Ints:
        """The label of each wanted row, -1 for none.  parent: ids of the labels above, where there are some."""
        above = np.full(len(rows), -1) if parent is None else parent
        found = np.full(len(rows), -1, np.int64)

        def look(key: int) -> int:
            over, word = key >> _SHIFT, key & (1 << _SHIFT) - 1
            label = resolved(self.labels, self._words[word], over)
            return label.id if label else -1

        key = above[wanted] << _SHIFT | rows.label[wanted]
        found[wanted] = _looked_up(key, look)
        self._complain(rows, wanted & (found < 0), rows.label, "label")
        return found

    def specs_of(self, label: Ints, name: Ints) -> Ints:
        """The attribute of each pair of a label's id and a name, -1 for none."""
        by_id = self.labels.by_id

        def look(key: int) -> int:
            known = by_id.get(key >> _SHIFT)
            spec = known.spec(self._words[key & (1 << _SHIFT) - 1]) if known else None
            return spec.id if spec else -1

        return _looked_up(label << _SHIFT | name, look)

    def _complain(self, rows: Gathered, bad: Bools, words: Array, what: str) -> None:
        places = np.flatnonzero(bad)
        unique, first, count = np.unique(words[places], return_index=True, return_counts=True)
        for word, place, times in zip(unique.tolist(), places[first].tolist(), count.tolist(), strict=True):
            often = f", {times:,} times from here on" if times > 1 else ""
            problems = self._files[int(rows.file[place])]
            said = f"{what} {self._words[word]!r} is not defined{often}"
            problems.add(said, line=int(rows.line[place]), expected=f"a {what} of the task")

    def unknown_attributes(self, rows: Gathered, owner: Ints, label: Ints, name: Ints) -> None:
        """Note attributes that their label does not have.  owner: rows of `rows`."""
        pairs = np.stack([label, name], 1)
        unique, first, count = np.unique(pairs, axis=0, return_index=True, return_counts=True)
        for (number, word), place, times in zip(unique.tolist(), owner[first].tolist(), count.tolist(), strict=True):
            often = f", {times:,} times from here on" if times > 1 else ""
            said = f"label {self.labels.by_id[number].name!r} has no attribute {self._words[word]!r}{often}"
            self._files[int(rows.file[place])].add(said, line=int(rows.line[place]), expected="one that is defined")


def _looked_up(keys: Ints, look: Callable[[int], int]) -> Ints:
    unique, inverse = np.unique(keys, return_inverse=True)
    return np.array([look(key) for key in unique.tolist()], np.int64)[inverse] if len(keys) else keys


def labels_in_use(words: list[str], tops: Ints, skeletons: Ints, points: set[tuple[int, int]]) -> Labels:
    """Labels as the rows name them.  tops: names of labels; skeletons: of skeletons; points: (skeleton, point)."""
    rows: list[Label] = []
    boned = set(skeletons.tolist())
    for word in dict.fromkeys(tops.tolist()):
        label = Label(len(rows) + 1, words[word], type="skeleton" if word in boned else "any")
        rows.append(label)
        parts = sorted(words[point] for skeleton, point in points if skeleton == word)
        rows += [Label(len(rows) + n, part, label.id, "points") for n, part in enumerate(parts, 1)]
    return Labels(tuple(rows))


def with_attributes(labels: Labels, used: set[tuple[int, str]], changing: set[tuple[int, str]]) -> Labels:
    """Labels with the attributes that their rows have.  changing: those of rows of tracks."""
    number, rows = 0, []
    for label in labels:
        names = sorted(name for owner, name in used if owner == label.id)
        specs = [AttributeSpec(number + n, name, (label.id, name) in changing) for n, name in enumerate(names, 1)]
        number += len(specs)
        rows.append(replace(label, attributes=tuple(specs)))
    return Labels(tuple(rows))
