"""frame-groups: groups of two shapes or more on one frame.

    frame 0: group 3 on a and b    frame 1: group 3 on c    ->    a and b of group 3, c of none

For formats that say in a file of a picture which of its objects belong together: neither a group of one, nor one over
several pictures can be said there.
"""

from __future__ import annotations

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_OTHERS = ("tags", "tracks", "intervals")


def frame_groups(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes grouped frame by frame; other rows are in no group."""
    no_argument("frame-groups", argument)
    shapes, ledger = dataset.shapes, Ledger()
    pairs = np.stack([shapes.frame.astype(np.int64), shapes.group.astype(np.int64)], axis=1)
    kinds, which, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    several = (times > 1) & (kinds[:, 1] != 0)
    numbers = np.where(several, np.cumsum(several), 0)[which.reshape(-1)] if len(pairs) else shapes.group
    alone = (shapes.group != 0) & (numbers == 0)
    why = "a group is of two objects or more of one picture"
    ledger.lost("group of shape", why, dataset, "shapes", alone, column="group")
    wide, count = np.unique(kinds[:, 1], return_counts=True)
    beside = [getattr(dataset, name).group for name in _OTHERS]
    spread = np.isin(shapes.group, np.concatenate([wide[count > 1], *beside]))
    ledger.changed("group of shape", why, dataset, "shapes", spread & (numbers != 0), column="group")
    bare = {}
    for name in _OTHERS:
        table = getattr(dataset, name)
        ledger.lost(f"group of {name[:-1]}", why, dataset, name, table.group != 0, column="group")
        bare[name] = table.replace(group=np.zeros(len(table), np.int64))
    return dataset.replace(shapes=shapes.replace(group=numbers), **bare), ledger.losses()
