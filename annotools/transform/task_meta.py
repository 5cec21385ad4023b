"""task-meta: what CVAT's XML says of the task, or of the one job (`task-meta=alone`), as it will be read back.

the last frame is counted out, `default` is no subset, times are those of the API, the source is a file's name;
of a job there is no name of the task, no source, and its last frame is the last of all
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from annotools.model.dataset import Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.job_scope import is_alone, only_job

_WHY = "the format says it in another way"
_NOT_OF_JOBS = "the format does not say it of a job"


def moment(value: str) -> str:
    """A time of the API as in XML: `2026-11-23T23:06:16.774408Z` -> `2026-11-23 23:06:16.774408+00:00`."""
    if value[10:11] != "T":
        return value
    return value.replace("T", " ", 1).removesuffix("Z") + ("+00:00" if value.endswith("Z") else "")


def api_moment(value: str) -> str:
    """A time of XML as in the API: the other way round."""
    if value[10:11] != " " or not value.endswith("+00:00"):
        return value
    return value.replace(" ", "T", 1).removesuffix("+00:00") + "Z"


def task_meta(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The task as it comes back."""
    job = only_job(dataset, alone=is_alone("task-meta", argument))
    task = dataset.task
    new = {"stop_frame": _stop(dataset, job), "media_type": "video" if task.is_video else "image"}
    new |= {name: api_moment(moment(getattr(task, name))) for name in ("created", "updated")}
    new |= {"subset": "" if task.subset == "default" else task.subset}
    new |= {"source_name": task.source_name.rsplit("/", 1)[-1] if task.is_video else ""}
    ledger = Ledger()
    if job is not None:
        new |= {"name": "", "source_name": ""}
    for name, value in new.items():
        old = getattr(task, name)
        if old != value and old is not None:
            lost = ledger.lost if value == "" else ledger.changed
            word = name.replace("_", " ")
            lost(f"{word} of task", _WHY if job is None else _NOT_OF_JOBS, dataset, "task", [0], column=name)
    changed: dict[str, Any] = new
    return dataset.replace(task=replace(task, **changed)), ledger.losses()


def _stop(dataset: Dataset, job: Job | None) -> int:
    """The last frame in the source."""
    task, last = dataset.task, len(dataset.frames) - 1 if job is None else job.stop_frame
    stop = task.start_frame + task.step * last
    if task.stop_frame is None:
        return stop
    return task.stop_frame if job is None else min(stop, task.stop_frame)
