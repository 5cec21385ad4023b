"""Labels under the names of somebody else: what was read is called as the task calls it.

    {"Car": "car", "vehicle": "car"}      rows of Car and of vehicle are rows of the task's car

Where a reader looks names up in the labels of a task, these answer to the old names too; where a file brings labels of
its own, these are renamed, as by `remap-labels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from annotools.errors import UsageError, suggest
from annotools.model.dataset import Dataset
from annotools.model.definitions import Label, Labels
from annotools.model.losses import Ledger, Losses
from annotools.transform.labels import remap_labels

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\,:/"})


@dataclass(frozen=True)
class RenamedLabels(Labels):
    """The labels of a task, which answer to other names too.  renames: old name -> new one.  asked: those looked up."""

    renames: Mapping[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set, compare=False)

    @cached_property
    def by_name(self) -> dict[tuple[str, int | None], Label]:
        """Labels by name and parent's id, old names among them."""
        known = Labels(self.rows).by_name
        old = {(name, None): known[new, None] for name, new in self.renames.items() if (new, None) in known}
        return known | old

    def find(self, name: str, parent: int | None = None) -> Label | None:
        """The label of that name, or of the one it stands for."""
        if parent is None and name in self.renames:
            self.asked.add(name)
        return super().find(name, parent)


def with_renames(context: Dataset, renames: Mapping[str, str]) -> Dataset:
    """A task whose labels answer to old names.  Raises: UsageError for a new name that it does not have."""
    names = [label.name for label in context.labels.top]
    for new in renames.values():
        if names and new not in names:
            raise UsageError(f"the task has no label {new!r}, expected {suggest(new, names)}")
    return context.replace(labels=RenamedLabels(context.labels.rows, renames))


def renamed(dataset: Dataset, renames: Mapping[str, str]) -> tuple[Dataset, Losses, set[str]]:
    """What was read under new names, what that changed, and which of the old ones there were."""
    labels = dataset.labels
    if isinstance(labels, RenamedLabels):
        ledger = Ledger("map")
        for name in sorted(labels.asked):
            ledger.noted("label", f"{name} is taken for {renames[name]}", 1)
        return dataset.replace(labels=Labels(labels.rows)), ledger.losses(), labels.asked
    there = {name: new for name, new in renames.items() if labels.find(name) is not None}
    pairs = ",".join(f"{old.translate(_SPECIAL)}:{new.translate(_SPECIAL)}" for old, new in there.items())
    if not pairs:
        return dataset, Losses(), set()
    dataset, losses = remap_labels(dataset, pairs)
    return dataset, losses, set(there)


def check_asked(renames: Mapping[str, str], asked: Iterable[str], known: Iterable[str]) -> None:
    """Raises: UsageError for an old name that nothing has.  known: the names that there are."""
    existing = set(asked)
    for name in renames:
        if name not in existing:
            raise UsageError(f"no label is called {name!r}, expected {suggest(name, dict.fromkeys(known))}")
