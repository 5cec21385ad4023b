"""Attributes by name -> the table of attributes, each where CVAT keeps it.

    colour (mutable=False) on keyframes 0 and 5   ->  on the track, with the value of the last one
    speed  (mutable=True)  on the track           ->  on every keyframe that has none

Names and values are kept once; what rows say are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from annotools.formats.kernel.label_names import looked_up, with_specs
from annotools.model import Attributes, AttributeSpec, Dataset, Labels, Owner
from annotools.model.columns import Array, Ints, distinct
from annotools.model.losses import Ledger
from annotools.transform.attribute_owners import at_home

_SHIFT = 32


class Words(msgspec.Struct, frozen=True):
    """Texts as numbers: `pool[code]` is the text of a row."""

    codes: Array
    pool: Sequence[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Words:
        """A column of texts."""
        number: dict[str, int] = {}
        codes = [number.setdefault(text, len(number)) for text in texts]
        return cls(np.array(codes, np.int64), list(number))


class AttributeValues(msgspec.Struct):
    """What rows say.  Owners are numbered as the rows of their tables are while a file is read."""

    _pool: dict[str, int] = msgspec.field(default_factory=dict)
    _parts: list[tuple[Ints, Ints, Ints, Ints]] = msgspec.field(default_factory=list)

    def add(self, kind: Owner, rows: Array, names: Words, values: Words) -> None:
        """One name and one value of each row; a row may come as often as it has attributes."""
        if not len(rows):
            return
        name, value = (self._pooled(words) for words in (names, values))
        self._parts.append((np.full(len(rows), int(kind)), np.asarray(rows, np.int64), name, value))

    def _pooled(self, words: Words) -> Ints:
        places = [self._pool.setdefault(word, len(self._pool)) for word in words.pool]
        return np.array(places, np.int64)[words.codes] if places else np.zeros(0, np.int64)

    def settle(self, dataset: Dataset, homes: Mapping[Owner, Ints], widen: bool, ledger: Ledger) -> Dataset:
        """A dataset with the attributes of its rows.

        homes: which row of its table each owner has become, -1 for one that was left out.  widen: whether labels get
        the attributes that they lack; otherwise such values are lost.
        """
        if not self._parts:
            return dataset
        kind, rows, name, value = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        owner = np.full(len(rows), -1, np.int64)
        for each in homes:
            owner[kind == each] = homes[each][rows[kind == each]]
        kind, owner, name, value = (column[owner >= 0] for column in (kind, owner, name, value))
        values = _Said(kind, owner, name, value, list(self._pool))
        if widen:
            dataset = dataset.replace(labels=values.widened(dataset))
        return at_home(dataset.replace(attributes=values.table(dataset, ledger)), ledger)


class _Said(msgspec.Struct, frozen=True):
    """Names and values on rows of tables, as places in the pool."""

    kind: Ints
    owner: Ints
    name: Ints
    value: Ints
    pool: list[str]

    def labels(self, dataset: Dataset) -> Ints:
        """The label of each owner."""
        return self._column(dataset, "label")

    def _column(self, dataset: Dataset, name: str) -> Ints:
        cells = np.full(len(self.kind), -1, np.int64)
        for kind in distinct(self.kind).tolist():
            mine = self.kind == kind
            column = getattr(dataset.table(Owner(kind)), name, None)
            cells[mine] = -1 if column is None else column[self.owner[mine]]
        return cells

    def widened(self, dataset: Dataset) -> Labels:
        """Labels with every attribute that their rows have; what rows of tracks say can change."""
        of_track = np.zeros(len(self.kind), np.bool_)
        mine = self.kind == Owner.SHAPE
        of_track[mine] = dataset.shapes.track[self.owner[mine]] >= 0
        keys = self.labels(dataset) << _SHIFT | self.name
        unique, first = np.unique(keys, return_index=True)
        changing = set(distinct(keys[of_track]).tolist())
        wanted = {}
        for key in unique[np.argsort(first)].tolist():
            label, word = dataset.labels.by_id.get(key >> _SHIFT), self.pool[key & (1 << _SHIFT) - 1]
            if label is not None and (label.id, word) not in dataset.labels.specs_by_name:
                wanted[label.id, word] = AttributeSpec(0, word, key in changing)
        return with_specs(dataset.labels, wanted) if wanted else dataset.labels

    def table(self, dataset: Dataset, ledger: Ledger) -> Attributes:
        """Those that their label's definition has; the others are lost."""
        specs = dataset.labels.specs_by_name

        def look(key: int) -> int:
            spec = specs.get((key >> _SHIFT, self.pool[key & (1 << _SHIFT) - 1]))
            return spec.id if spec else -1

        spec = looked_up(self.labels(dataset) << _SHIFT | self.name, look)
        frames = self._column(dataset, "frame")[spec < 0]
        why = "its label has no attribute of that name"
        ledger.noted("attribute", why, len(frames), frames[frames >= 0], kind="lost", table="attributes")
        kept = spec >= 0
        pool, value = np.unique(self.value[kept], return_inverse=True)
        return Attributes.of(
            int(kept.sum()), kind=self.kind[kept], owner=self.owner[kept], spec=spec[kept], value=value.reshape(-1),
            pool=tuple(self.pool[code] for code in pool.tolist()),
        )  # fmt: skip
