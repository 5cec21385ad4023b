"""Findings that are kept quiet: by label, file, comment, or an earlier baseline.  They are counted, never just gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from msgspec.structs import replace

from annotools.model import Dataset, Owner
from annotools.model.tables import Bools, Ints
from annotools.validate.baseline import read_baseline
from annotools.validate.comments import quiet_lines, quieted
from annotools.validate.context import Subject
from annotools.validate.findings import OWNER_OF, Found
from annotools.validate.report import Batch, Silenced
from annotools.validate.settings import ValidateSettings, exactness


class Silencer:
    """Takes out of batches what the settings keep quiet.  silenced: that, with the reason."""

    def __init__(self, subject: Subject, settings: ValidateSettings) -> None:
        self._dataset = subject.dataset
        self._names = (subject.member, subject.place, f"{subject.place}/{subject.member}")
        self._settings = settings
        self._baseline = read_baseline(settings.baseline) if settings.baseline else None
        members = subject.dataset.origin.members if subject.dataset.origin else ()
        self._comments = quiet_lines(subject.source, members) if subject.source else []
        self.silenced: list[Silenced] = []

    @property
    def ignored(self) -> Counter[str]:
        """How many findings were kept quiet, by reason."""
        counts: Counter[str] = Counter()
        for quiet in self.silenced:
            counts[quiet.why] += len(quiet.batch)
        return counts

    def __call__(self, batch: Batch) -> Batch:
        """The batch without what is kept quiet."""
        if self._file_is_quiet(batch):
            return self._without(batch, "file", np.ones(len(batch), np.bool_))
        quiet = self._quiet_labels(batch)
        if quiet:
            batch = self._without(batch, "label", self._labelled(batch.found, quiet))
        if self._comments:
            mask = quieted(self._comments, batch.rule, batch.found, self._dataset)
            batch = self._without(batch, "comment", mask)
        if self._baseline is None:
            return batch
        return self._without(batch, "baseline", self._baseline.quiet(batch.rule, batch.found, self._dataset))

    def _without(self, batch: Batch, why: str, mask: Bools) -> Batch:
        if not mask.any():
            return batch
        self.silenced.append(Silenced(replace(batch, found=batch.found.take(mask)), why))
        return replace(batch, found=batch.found.take(~mask))

    def _file_is_quiet(self, batch: Batch) -> bool:
        patterns = _patterns(self._settings.file_ignores, batch)
        return any(fnmatchcase(name, p) for p in patterns for name in self._names)

    def _quiet_labels(self, batch: Batch) -> set[int]:
        patterns = _patterns(self._settings.label_ignores, batch)
        return {label.id for label in self._dataset.labels if any(fnmatchcase(label.name, p) for p in patterns)}

    def _labelled(self, answer: Found, quiet: set[int]) -> Bools:
        labels = label_ids(self._dataset, answer)
        return np.zeros(len(answer), np.bool_) if labels is None else np.isin(labels, list(quiet))


def _patterns(ignores: Mapping[str, tuple[str, ...]], batch: Batch) -> list[str]:
    return [pattern for pattern, words in ignores.items() if exactness(batch.rule, words)]


def label_ids(dataset: Dataset, answer: Found) -> Ints | None:
    """The label id of what each finding is about, None where that has no label."""
    if answer.kind in OWNER_OF:
        return _of_table(dataset, OWNER_OF[answer.kind], answer.rows)
    if answer.kind == "label":
        return np.asarray([label.id for label in dataset.labels], np.int64)[answer.rows]
    if answer.kind != "attribute":
        return None
    owners, kinds = dataset.attributes.owner[answer.rows], dataset.attributes.kind[answer.rows]
    ids = np.full(len(answer), -1, np.int64)
    for owner in Owner:
        mine = kinds == owner
        ids[mine] = _of_table(dataset, owner, owners[mine])
    return ids


def _of_table(dataset: Dataset, owner: Owner, rows: Any) -> Ints:
    table: Any = dataset.table(owner)
    labels: Ints = table.label[rows]
    return labels
