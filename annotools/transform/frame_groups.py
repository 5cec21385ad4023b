"""frame-groups: groups of one frame each, of two shapes at least.

    group 3 on frame 0: a b, on frame 1: c      ->      group 1: a b, and c in none

A document of pictures that puts together what belongs together says so of one picture.
"""

from __future__ import annotations

import numpy as np

from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def frame_groups(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes in groups of their frames; those that would be alone in theirs are in none."""
    no_argument("frame-groups", argument)
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.group > 0)
    pairs = np.stack([shapes.frame[rows], shapes.group[rows]], axis=1)
    homes, which, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    others = np.concatenate([getattr(dataset, name).group for name in OWNERS.values() if name != "shapes"])
    numbers, frames = np.unique(homes[:, 1], return_counts=True)
    split = np.isin(shapes.group[rows], [*numbers[frames > 1].tolist(), *others.tolist()])
    new = np.where(times[which] > 1, which + 1 + max(others.max(initial=0), shapes.group.max(initial=0)), 0)
    ledger, why = Ledger(), "a group is of shapes on one picture"
    ledger.changed("group", why, dataset, "shapes", rows[split | (new == 0)], column="group")
    group = shapes.group.astype(np.int64)
    group[rows] = new
    return dataset.replace(shapes=shapes.replace(group=group)), ledger.losses()
