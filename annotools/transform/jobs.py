"""merge-jobs: the annotations of jobs put together as those of the task (see `annotools.tracks.merging`)."""

from __future__ import annotations

from annotools import tracks
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def merge(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Annotations of jobs as annotations of the task; what two jobs have twice is there once."""
    no_argument("merge-jobs", argument)
    if len(dataset.jobs) < 2 and all((getattr(dataset, name).job < 0).all() for name in OWNERS.values()):
        return dataset, Losses()  # as most are: what puts jobs together is not even loaded
    return tracks.merge_jobs(dataset, quirks)
