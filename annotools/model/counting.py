"""How many of what a dataset has: the numbers of the table that a conversion prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from annotools.model.codes import ShapeType
from annotools.model.dataset import Dataset


def counts(dataset: Dataset) -> dict[str, int]:
    """Rows by kind and shape type, in a fixed order; what there is none of is left out.

    Elements of skeletons and the tracks of such elements are counted as elements, keyframes apart from shapes.
    """
    return {name: count for name, count in _all_counts(dataset).items() if count}


def summed(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counts of several datasets as one, in the same order."""
    totals = dict.fromkeys(_all_counts(Dataset()), 0)
    for tally in several:
        for name, count in tally.items():
            totals[name] += count
    return {name: count for name, count in totals.items() if count}


def _all_counts(dataset: Dataset) -> dict[str, int]:
    shapes, tracks = dataset.shapes, dataset.tracks
    plain = shapes.type[dataset.plain_shapes]
    by_type = np.bincount(plain, minlength=len(ShapeType))
    tracked = shapes.track >= 0
    of_element = np.append(tracks.parent >= 0, False)[shapes.track]  # the last is that of the row -1
    return {
        "frames": len(dataset.frames), "labels": len(dataset.labels.top), "jobs": len(dataset.jobs),
        "tags": len(dataset.tags), **{kind.word: int(by_type[kind]) for kind in ShapeType},
        "tracks": int((tracks.parent < 0).sum()), "shapes of tracks": int((tracked & ~of_element).sum()),
        "elements of skeletons": int((shapes.parent >= 0).sum() + of_element.sum()),
        "intervals": len(dataset.intervals), "attributes": len(dataset.attributes),
    }  # fmt: skip
