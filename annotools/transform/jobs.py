"""merge-jobs: the annotations of jobs put together as those of the task (see `annotools.tracks.merging`)."""

from __future__ import annotations

from annotools.model.dataset import Dataset
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks import merge_jobs
from annotools.transform.rows import no_argument


def merge(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Annotations of jobs as annotations of the task; what two jobs have twice is there once."""
    no_argument("merge-jobs", argument)
    return merge_jobs(dataset, quirks)
