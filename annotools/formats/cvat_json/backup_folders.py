"""Backups that do not lie at the top of their archive: in a folder, and of a project, a folder for each task.

    task_1_backup/task.json, task_1_backup/annotations.json, ...      people zip the folder, not what is in it
    project.json, task_0/task.json, task_0/annotations.json, ...      CVAT's backup of a project
    data-main/README.md, data-main/backup/task.json, ...              either, further down

The tasks of a project are put one behind the other, as several sources are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import numpy as np

from annotools.errors import UsageError
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.joining import below, joined
from annotools.model.codes import Owner
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.origin import Origin, Place
from annotools.sequences import mapped, together
from annotools.storage import Source

TASK, ANNOTATIONS = "task.json", "annotations.json"
_NUMBERS = re.compile(r"(\d{1,18})")


def folders_of(source: Source) -> tuple[str, ...]:
    """The folders with a backup of a task each, by their numbers; "" for the top."""
    if source.has(TASK) and source.has(ANNOTATIONS):
        return ("",) if _is_list(source, ANNOTATIONS) else ()
    folders = [name.removesuffix(TASK) for name in source.members() if name.endswith(f"/{TASK}")]
    backups = [one for one in folders if source.has(one + ANNOTATIONS) and _is_list(source, one + ANNOTATIONS)]
    return tuple(
        sorted(backups, key=lambda name: [int(part) if part.isdecimal() else part for part in _NUMBERS.split(name)])
    )


def _is_list(source: Source, name: str) -> bool:
    with source.open(name) as stream:
        head = stream.read(1 << 10).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"[")


def read_folders(
    source: Source, folders: tuple[str, ...], options: ReadOptions, read: Callable[[Source, ReadOptions], Read]
) -> Read:
    """The tasks of some folders as one.  read: reads one.  Raises UsageError for a job of one of several tasks."""
    if len(folders) > 1 and options.job is not None:
        raise UsageError(f"{source.name}: holds the backups of {len(folders)} tasks, expected no job")
    reads = [_placed(read(source.sub(folder), options), folder) for folder in folders]
    whole = below(reads[0], folders[0]) if len(reads) == 1 else joined(reads, [name.rstrip("/") for name in folders])
    problems = together(one.problems for one in reads)
    return replace(whole, dataset=whole.dataset.replace(origin=_origin(reads)), problems=problems)


def _placed(result: Read, folder: str) -> Read:
    """What was read, with the places that it has in the archive."""
    dataset, origin = result.dataset, result.dataset.origin
    if origin is not None:
        members = tuple(folder + name for name in origin.members)
        dataset = dataset.replace(origin=msgspec.structs.replace(origin, members=members))
    problems = mapped(result.problems, lambda problem: replace(problem, file=folder + problem.file))
    return replace(result, dataset=dataset, problems=problems)


def _origin(reads: list[Read]) -> Origin | None:
    """Where the rows of all stood."""
    origins = [one.dataset.origin for one in reads if one.dataset.origin is not None]
    if len(origins) < len(reads):
        return None
    members = tuple(name for origin in origins for name in origin.members)
    places = {owner: Place.concat(_parts([one.dataset for one in reads], owner)) for owner in OWNERS}
    return Origin(members, places)


def _parts(datasets: list[Dataset], owner: Owner) -> Iterator[Place]:
    """The places of one kind of rows, each of the member of its own dataset."""
    before = 0
    for dataset in datasets:
        assert dataset.origin is not None  # all of them have one
        places, rows = dataset.origin.places.get(owner, Place()), len(dataset.table(owner))
        if rows:
            member = places.member if len(places.member) else np.zeros(rows, np.int32)
            yield msgspec.structs.replace(places, member=(member + before).astype(np.int32))
        before += len(dataset.origin.members)
