"""Names of labels -> labels: those of the context, those that the file defines, or those that its rows use.

An unknown name is one problem, with the first place it stands at and how often it does, what the task has, and what
may have been meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from annotools.close_words import close_words
from annotools.errors import Problems
from annotools.formats.kernel.places import At
from annotools.model import Dataset, Label, Labels
from annotools.model.columns import Array, Ints
from annotools.model.definitions import AttributeSpec

UNKNOWN_LABEL, UNKNOWN_ATTRIBUTE = "unknown-label", "unknown-attribute"  # kinds of problems
_SHIFT = 32  # names of one file are fewer
_SHOWN, _COMPARED = 10, 1000


def expected_name(name: str, known: Iterable[str], what: str = "a label of the task") -> str:
    """What was expected in the place of a name that is none of those known: what there is, and what may be meant."""
    names = list(dict.fromkeys(known))
    if not names:
        return what
    plain = {one.casefold(): one for one in reversed(names[:_COMPARED])}
    close = close_words(name.casefold(), list(plain), 1, 0.6)
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    suggestion = f", did you mean {plain[close[0]]}" if close else ""
    return f"{what} ({', '.join(names[:_SHOWN])}{more}){suggestion}"


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
        number = {word: code for code, word in enumerate(words)}
        codes = np.fromiter((number[name] for name in names), np.int64, len(names))
        return self.ids_of(words, codes, parents, at)

    def ids_of(self, words: Sequence[str], codes: Ints, parents: Array | None, at: At) -> Ints:
        """The same of names that are places in a list of words."""
        above = np.full(len(codes), -1) if parents is None else np.asarray(parents, np.int64)

        def look(key: int) -> int:
            return self._id(words[key & (1 << _SHIFT) - 1], key >> _SHIFT)

        ids = looked_up(above << _SHIFT | codes, look)
        self._complain(np.flatnonzero(ids < 0), codes, (words, above), at)
        return ids

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

    def _complain(self, bad: Ints, codes: Ints, asked: tuple[Sequence[str], Ints], at: At) -> None:
        words, above = asked
        unique, first, times = np.unique(codes[bad], return_index=True, return_counts=True)
        for word, row, often in zip(unique.tolist(), bad[first].tolist(), times.tolist(), strict=True):
            more = f", {often:,} times from here on" if often > 1 else ""
            message = f"label {words[word]!r} is not defined{more}"
            inner = above[row] >= 0
            known = self._known.sublabels(int(above[row])) if inner else self._known.top
            what = "a point of the skeleton" if inner else "a label of the task"
            expected = expected_name(words[word], (label.name for label in known), what)
            self._problems.append(at.problem(row, message, expected=expected, kind=UNKNOWN_LABEL))

    def labels(self) -> Labels:
        """All labels, those that were made at the end, a skeleton followed by its points."""
        made = list(self._made.values())
        if not made:
            return self._known
        boned = {label.parent for label in made}
        tops = [replace(lb, type="skeleton") if lb.id in boned else lb for lb in made if lb.parent is None]
        points = _by_parent(made)
        last = {parent: inner[-1].id for parent, inner in _by_parent(self._known).items()}
        rows: list[Label] = []
        for label in (*self._known, *tops):
            rows.append(label)
            if label.parent is None:
                rows += points.get(label.id, ()) if label.id not in last else ()
            elif last[label.parent] == label.id:
                rows += points.get(label.parent, ())
        return Labels(tuple(rows))


def _by_parent(labels: Iterable[Label]) -> dict[int, list[Label]]:
    """The points of each skeleton."""
    points: dict[int, list[Label]] = {}
    for label in labels:
        if label.parent is not None:
            points.setdefault(label.parent, []).append(label)
    return points


def looked_up(keys: Ints, look: Callable[[int], int]) -> Ints:
    """What each key means; equal ones are looked up once, in the order in which they first come."""
    if not len(keys):
        return keys
    least = keys.min()
    span = int(keys.max()) - int(least) + 1
    if span <= len(keys):
        # A table of them all takes a tenth of the time of sorting.
        places = keys - least
        first = np.full(span, -1)
        first[places[::-1]] = np.arange(len(keys) - 1, -1, -1)
        unique = np.flatnonzero(first >= 0)
        first, meanings = first[unique], np.empty(span, np.int64)
    else:
        unique, first, places = np.unique(keys, return_index=True, return_inverse=True)
        unique, meanings = np.arange(len(first)), np.empty(len(first), np.int64)
    order = np.argsort(first)
    meanings[unique[order]] = [look(key) for key in keys[first[order]].tolist()]
    values: Ints = meanings[places.reshape(-1)]
    return values


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
