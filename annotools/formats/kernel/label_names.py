"""Names of labels -> labels: those of the context, those that the file defines, or those that its rows use.

An unknown name is one problem, with the first place it stands at and how often it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.places import At
from annotools.model import Dataset, Label, Labels
from annotools.model.columns import Array, Ints
from annotools.model.definitions import AttributeSpec

_SHIFT = 32  # names of one file are fewer


class LabelNames:
    """Looks names up.  Without labels of a context, and until `define` closes them, unknown names become labels."""

    def __init__(self, context: Dataset | None, problems: Problems) -> None:
        self._known = Labels() if context is None else context.labels
        self._open = not self._known
        self._made: dict[tuple[str, int], Label] = {}
        self._fresh = count(1)
        self._problems = problems

    @property
    def open(self) -> bool:
        """Whether names that are not known become labels, and labels get the attributes that they lack."""
        return self._open

    def define(self, labels: Iterable[Label], *, closed: bool) -> None:
        """The labels that the file defines; a context's count for more.  closed: whether there are no others."""
        if self._open:
            self._known, self._open = Labels(tuple(labels)), not closed
            self._fresh = count(max(self._known.by_id, default=0) + 1)

    def ids(self, names: Sequence[str], parents: Array | None, at: At) -> Ints:
        """The label of each name, -1 for none.  parents: the label of the skeleton above, -1 for none."""
        words = list(dict.fromkeys(names))
        number = {word: place for place, word in enumerate(words)}
        codes = np.fromiter((number[name] for name in names), np.int64, len(names))
        above = np.full(len(codes), -1) if parents is None else np.asarray(parents, np.int64)

        def look(key: int) -> int:
            return self._id(words[key & (1 << _SHIFT) - 1], key >> _SHIFT)

        found = looked_up(above << _SHIFT | codes, look)
        self._complain(np.flatnonzero(found < 0), codes, words, at)
        return found

    def _id(self, name: str, parent: int) -> int:
        label = self._known.resolve(name, parent)
        if label is None:
            label = self._made.get((name, parent))
        if label is None and self._open:
            label = self._make(name, parent)
        return label.id if label is not None else -1

    def _make(self, name: str, parent: int) -> Label:
        inner = parent >= 0
        label = Label(next(self._fresh), name, parent if inner else None, "points" if inner else "any")
        self._made[name, parent] = label
        return label

    def _complain(self, bad: Ints, codes: Ints, words: Sequence[str], at: At) -> None:
        unique, first, times = np.unique(codes[bad], return_index=True, return_counts=True)
        for word, row, often in zip(unique.tolist(), bad[first].tolist(), times.tolist(), strict=True):
            more = f", {often:,} times from here on" if often > 1 else ""
            said = f"label {words[word]!r} is not defined{more}"
            self._problems.append(at.problem(row, said, expected="a label of the task"))

    def labels(self) -> Labels:
        """All labels, those that were made at the end, a skeleton followed by its points."""
        made = list(self._made.values())
        if not made:
            return self._known
        boned = {label.parent for label in made}
        tops = [replace(lb, type="skeleton") if lb.id in boned else lb for lb in made if lb.parent is None]
        rows: list[Label] = []
        for label in (*self._known, *tops):
            rows.append(label)
            last = [lb.id for lb in self._known if lb.parent == label.parent][-1:] if label.parent is not None else []
            if label.parent is None or last == [label.id]:
                above = label.id if label.parent is None else label.parent
                known = label.parent is None and any(lb.parent == label.id for lb in self._known)
                rows += [] if known else [lb for lb in made if lb.parent == above]
        return Labels(tuple(rows))


def looked_up(keys: Ints, look: Callable[[int], int]) -> Ints:
    """What each key means; equal ones are looked up once, in the order in which they first come."""
    if not len(keys):
        return keys
    unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    found = np.empty(len(unique), np.int64)
    found[order] = [look(key) for key in unique[order].tolist()]
    return found[inverse.reshape(-1)]


def with_specs(labels: Labels, wanted: dict[tuple[int, str], AttributeSpec]) -> Labels:
    """Labels with further attributes, by label and name; their ids are made here."""
    fresh = count(max(labels.specs, default=0) + 1)
    added: dict[int, list[AttributeSpec]] = {}
    for (owner, _), spec in wanted.items():
        added.setdefault(owner, []).append(spec)
    rows = []
    for label in labels:
        more = [replace(spec, id=next(fresh)) for spec in added.get(label.id, ())]
        rows.append(replace(label, attributes=(*label.attributes, *more)) if more else label)
    return Labels(tuple(rows))
