"""What a dataset needs before it is written as CVAT's JSON, and what that costs: steps shared by both formats.

A step takes (dataset, options) and returns the changed dataset and its losses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from annotools.formats.base import Options
from annotools.model import Condition, Dataset, Losses
from annotools.model.losses import Ledger
from annotools.model.tables import Bools
from annotools.tracks import to_keyframes

Step = Callable[[Dataset, Options], tuple[Dataset, Losses]]


def together(dataset: Dataset, options: Options, *steps: Step) -> tuple[Dataset, Losses]:
    """One step after the other."""
    losses = Losses()
    for step in steps:
        dataset, more = step(dataset, options)
        losses += more
    return dataset, losses


def _finite(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    if np.isfinite(shapes.values).all():
        return np.isfinite(shapes.rotation) & np.isfinite(shapes.score)
    bad = np.repeat(np.arange(len(shapes)), shapes.counts)[~np.isfinite(shapes.values)]
    good = np.isfinite(shapes.rotation) & np.isfinite(shapes.score)
    good[bad] = False
    return good


FINITE = Condition("shape with a coordinate that is no number", "JSON has no infinity and no NaN", _finite)


def finished_tracks(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Tracks as keyframes; their shapes have no score of their own."""
    ledger = Ledger()
    if not dataset.shapes.keyframe.all():
        dataset, losses = to_keyframes(dataset, options.quirks)
        ledger.extend(losses)
    shapes = dataset.shapes
    scored = (shapes.track >= 0) & (shapes.score != 1)
    if scored.any():
        why = "a keyframe of a track has no score"
        ledger.lost("score of track", why, int(scored.sum()), shapes.frame[scored])
        dataset = dataset.replace(shapes=shapes.replace(score=np.where(scored, 1.0, shapes.score)))
    return dataset, ledger.losses()


def one_home(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Rows of the task as a whole or of its jobs: where there are both, those of the task say it all."""
    names = ("tags", "shapes", "tracks", "intervals")
    tables: dict[str, Any] = {name: getattr(dataset, name) for name in names}
    jobs = np.concatenate([table.job for table in tables.values()])
    ledger = Ledger()
    if not (jobs < 0).any() or not (jobs >= 0).any():
        return dataset, ledger.losses()
    for name, table in tables.items():
        gone = table.job >= 0
        frames = table.frame[gone] if hasattr(table, "frame") else ()
        ledger.lost(f"{name} of jobs", "a bundle holds rows of the task or of its jobs", int(gone.sum()), frames)
    return dataset.select(**{name: table.job < 0 for name, table in tables.items()}), ledger.losses()


def finished_media(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The last frame of the source media, which follows from the others where nobody said it."""
    task = dataset.task
    if task.stop_frame is None:
        stop = task.start_frame + max(len(dataset.frames) - 1, 0) * task.step
        dataset = dataset.replace(task=replace(task, stop_frame=stop))
    return dataset, Losses()
