"""What lies beside a file that is judged alone: the other members of its bundle or backup say labels, frames and jobs.

task/annotations.json                with task/labels.json, task/data_meta.json, ...      the task
task/jobs/3/annotations.json         below a task of several jobs                         the task, and its job 3
backup/annotations.json              with backup/task.json                                the task
"""

from __future__ import annotations

import os
from pathlib import Path

from annotools import formats
from annotools.errors import AmbiguityError, InputError
from annotools.storage import Source, open_source

_MEMBERS = ("labels.json", "data_meta.json", "task.json", "job.json")
_SLUGS = ("cvat-api", "cvat-backup")


def task_beside(file: str) -> tuple[Source | None, int | None]:
    """The folder that a file is a member of, opened, and the job that the file is of; None where there is none."""
    path = Path(file)
    if not file or path.name != "annotations.json" or not os.path.isfile(path):
        return None, None
    folder = path.resolve().parent
    root = folder.parent.parent
    if folder.parent.name == "jobs" and folder.name.isdecimal() and _is_task(root):
        return _opened(root), int(folder.name)
    return (_opened(folder), None) if _is_task(folder) else (None, None)


def _is_task(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _MEMBERS)


def _opened(folder: Path) -> Source | None:
    source = open_source(folder)
    try:
        known = formats.sniff(source) in _SLUGS
    except (AmbiguityError, InputError):
        known = False
    if known:
        return source
    source.close()
    return None
