"""Rows taken out of a table, with everything that this takes along told.

    dataset = without(dataset, "shapes", bad, ledger, "shape with a wrong number of values", "its type needs another")

What refers to a row goes with it.  A track or a skeleton that is left without any of its parts goes too, which is a
loss of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import asdict

from annotools.model.columns import Array, Bools
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger
from annotools.model.selection import Selection, settle


def without(dataset: Dataset, table: str, gone: Bools, ledger: Ledger, what: str, why: str) -> Dataset:
    """The dataset without some rows of `tags`, `shapes` or `tracks`.  gone: a mask over the rows."""
    if not gone.any():
        return dataset
    ledger.lost(what, why, dataset, table, gone)
    chosen: dict[str, Any] = {table: ~gone}
    selection = Selection(**chosen)
    settle(dataset, selection)
    if selection.shapes is not None and selection.tracks is not None:
        _tell_emptied(dataset, selection.shapes, selection.tracks, {table: gone}, ledger)
    return dataset.select(**asdict(selection))


def _tell_emptied(dataset: Dataset, shapes: Bools, tracks: Bools, asked: dict[str, Bools], ledger: Ledger) -> None:
    """Note the tracks and skeletons that go although nobody asked for it.  shapes, tracks: those that stay."""
    table = dataset.tracks
    lone = ~tracks & _stays(table.parent, tracks) & ~asked.get("tracks", np.bool_(False))
    ledger.lost("track", "none of its keyframes is left", dataset, "tracks", lone)
    rows = dataset.shapes
    lone = ~shapes & _stays(rows.track, tracks) & _stays(rows.parent, shapes) & ~asked.get("shapes", np.bool_(False))
    ledger.lost("skeleton", "none of its elements is left", dataset, "shapes", lone)


def _stays(reference: Array, kept: Bools) -> Bools:
    """Whether what each row refers to is still there, or it refers to nothing."""
    return np.asarray(np.append(kept, True)[reference])
