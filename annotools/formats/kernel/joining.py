"""Several sources as one: frames one after the other, labels united by name, pictures with their frames.

    a (0001.jpg, 0002.jpg) and b (0001.jpg)     ->  a/0001.jpg, a/0002.jpg, b/0001.jpg

Where two sources have a frame of the same name, every frame gets its source's name as a folder before its own: two
files of one name could not stand in one output.  Where ids that a file gave meet, the later gets a new one.  What is
said of a task as a whole is that of the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import count
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from annotools.errors import Problem
from annotools.formats.base import Read
from annotools.formats.kernel.repairs import Repairs
from annotools.formats.kernel.rows import PROBLEM
from annotools.model import Dataset, Label, Losses, Task, concat
from annotools.model.columns import Ints, distinct
from annotools.model.dataset import OWNERS
from annotools.model.extras import Extra, is_foreign_id
from annotools.model.losses import Ledger
from annotools.model.row_numbers import is_number
from annotools.sequences import Run, chosen, parts_of
from annotools.storage import Media, MediaFile, Source
from annotools.storage.sources import link_problems

_PARTS = ("frames", *OWNERS.values())
_IDS = {"tags": ("annotation_id",), "shapes": ("annotation_id",)}  # others there are references
_LINE_BITS = 40
_WHY = "several sources are counted as one"


def joined(reads: Sequence[Read], places: Sequence[str]) -> Read:
    """One for all.  places: where each came from.  Problems are left to the caller."""
    if len(reads) == 1:
        return reads[0]
    ledger = Ledger("join")
    datasets = [_with_subsets(read.dataset, reads) for read in reads]
    if _clashing(datasets):
        datasets = [_in_folder(dataset, name) for dataset, name in zip(datasets, _folders(places), strict=True)]
    whole = concat(datasets)
    _tell_names(whole, reads, ledger)
    _tell_records(whole, [read.dataset for read in reads], ledger)
    whole = _with_jobs(_with_distinct_ids(whole, datasets, ledger), datasets, ledger)
    losses = sum((read.losses for read in reads), Losses())
    return Read(whole, _pictures(reads), losses=losses + ledger.losses())


def with_unread(result: Read) -> Read:
    """What was read, with as many losses as there are problems: each is of something that is left out.

    Several problems of one line are of one thing.
    """
    counted = sum(loss.count for loss in result.losses.of("lost") if loss.step == "read" and loss.why == PROBLEM)
    ledger = Ledger("read")
    in_lines = chosen(result.problems, lambda problem: problem.line is not None)
    parts = _lines(in_lines) + len(result.problems) - len(in_lines)
    ledger.noted("part of the input", PROBLEM, max(parts - counted, 0), kind="lost")
    return replace(result, losses=result.losses + ledger.losses())


def with_links(result: Read, source: Source, *, only_pictures: bool = False) -> Read:
    """What was read, and what symbolic links that are not followed would have led to.

    One to anything but pictures is a problem: there may be annotations behind it.  only_pictures: nothing else of the
    source is of use.
    """
    pictured = [link for link in source.links if source.leads_to_pictures(link)]
    others = [] if only_pictures else link_problems(link for link in source.links if link not in set(pictured))
    if not source.links:
        return result
    ledger = Ledger("read")
    why = f"it leads outside or nowhere, and is not followed, as in {pictured[0]}" if pictured else ""
    ledger.noted("symbolic link to pictures", why, len(pictured), kind="lost")
    losses = result.losses + ledger.losses()
    return replace(result, problems=(*result.problems, *others) if others else result.problems, losses=losses)


def with_beside(result: Read, beside: Sequence[str]) -> Read:
    """What was read, and the files that were not, since others have their names in the letters of the format."""
    if not beside:
        return result
    ledger = Ledger("read")
    why = f"another has that name in the usual letters, as of {beside[0]}"
    ledger.noted("file", why, len(beside), kind="lost", table="members")
    return replace(result, losses=result.losses + ledger.losses())


def _lines(problems: Sequence[Problem]) -> int:
    """How many lines some problems are of."""
    codes: defaultdict[str, int] = defaultdict(count().__next__)
    lines: list[Ints] = [np.zeros(0, np.int64)]
    for part in parts_of(problems):
        if isinstance(part, Run) and all(len(kind) <= 1 for kind in part.kinds):  # not one of them is made
            files = np.array([codes[kind[0].file] if kind else -1 for kind in part.kinds])
            each = np.zeros(len(part.places), np.int64) if part.numbers is None else np.asarray(part.numbers)
            numbers = np.where(files[each] < 0, -1, (files[each] << _LINE_BITS) + np.asarray(part.places))
            lines.append(numbers[numbers >= 0])
        else:
            lines.append(np.array([(codes[one.file] << _LINE_BITS) + (one.line or 0) for one in part], np.int64))
    return len(distinct(np.concatenate(lines)))


def with_repairs(result: Read, repairs: Repairs) -> Read:
    """What was read, and what was taken for what it was not."""
    ledger = Ledger("read")
    for what, why, number in repairs:
        ledger.noted(what, why, number)
    return replace(result, losses=result.losses + ledger.losses())


def below(result: Read, folder: str) -> Read:
    """What was read from a folder of an archive at whose top it should be."""
    ledger = Ledger("read")
    ledger.noted("place in the archive", f"it lies in {folder}, where it is expected at the top", 1)
    return replace(result, losses=result.losses + ledger.losses())


def _with_subsets(dataset: Dataset, reads: Sequence[Read]) -> Dataset:
    """Frames in the subset of their task, where tasks have several."""
    subset = dataset.task.subset
    if len({read.dataset.task.subset for read in reads}) == 1:
        return dataset
    frames = dataset.frames
    named = tuple(one or subset for one in (frames.subsets or [""] * len(frames)))
    return dataset.replace(frames=replace(frames, subsets=named), task=replace(dataset.task, subset=""))


def _clashing(datasets: Sequence[Dataset]) -> bool:
    seen = Counter(name for dataset in datasets for name in set(dataset.frames.names))
    return any(count > 1 for name, count in seen.items() if name)


def _folders(places: Sequence[str]) -> list[str]:
    """A folder for each source: its name without an ending, numbered where two are alike."""
    stems = [PurePosixPath(path).stem.lstrip(".") or "source" for path in places]
    seen: Counter[str] = Counter()
    folders = []
    for stem in stems:
        seen[stem] += 1
        folders.append(stem if stems.count(stem) == 1 else f"{stem}-{seen[stem]}")
    return folders


def _in_folder(dataset: Dataset, folder: str) -> Dataset:
    names = tuple(name and f"{folder}/{name}" for name in dataset.frames.names)
    return dataset.replace(frames=replace(dataset.frames, names=names))


def _tell_names(whole: Dataset, reads: Sequence[Read], ledger: Ledger) -> None:
    before = [read.dataset.frames for read in reads]
    names = [name for frames in before for name in frames.names]
    renamed = [row for row, (old, new) in enumerate(zip(names, whole.frames.names, strict=True)) if old != new]
    why = "several sources have a frame of one name: each frame is in a folder named after its source"
    ledger.changed("name of frame", why, whole, "frames", renamed, column="name")


def _with_jobs(whole: Dataset, datasets: Sequence[Dataset], ledger: Ledger) -> Dataset:
    """Jobs numbered from 1, and replicas of those that they were of."""
    homes = [(index, job) for index, one in enumerate(datasets) for job in one.jobs]
    new = {(index, job.id): number for number, (index, job) in enumerate(homes, 1)}
    parents = [None if job.parent_job is None else new.get((index, job.parent_job)) for index, job in homes]
    lost = [row for row, (_, job) in enumerate(homes) if job.parent_job is not None and parents[row] is None]
    ledger.lost("parent job of job", "no job of its source has that id", whole, "jobs", lost, column="parent_job")
    rows = zip(whole.jobs, parents, strict=True)
    return whole.replace(jobs=tuple(replace(job, id=n, parent_job=parent) for n, (job, parent) in enumerate(rows, 1)))


def _tell_records(whole: Dataset, datasets: Sequence[Dataset], ledger: Ledger) -> None:
    """What is said of tasks but the first, of labels but the first of a name, and ids that are counted anew."""
    first, rest = datasets[0], datasets[1:]
    ledger.lost("id of task", _WHY, whole, "task", [0] if first.task.id >= 0 else [], column="id")
    for name in _said_of_tasks(first, rest):
        ledger.lost(
            f"{name.replace('_', ' ')} of task", "it is that of the first source", whole, "task", [0], column=name
        )
    for name in dict.fromkeys(name for one in rest for name, extra in one.extras["dataset"].items() if _counts(extra)):
        why = "it is that of the first source"
        ledger.lost(f"{name} of file", why, whole, "dataset", [0], column=f"extras.{name}")
    for name in OWNERS.values():
        ids = np.concatenate([getattr(one, name).id for one in datasets])
        ledger.changed(f"id of {name.removesuffix('s')}", _WHY, whole, name, ids >= 0, column="id")
    numbers = [job.id for one in datasets for job in one.jobs]
    ledger.changed("id of job", _WHY, whole, "jobs", [row for row, one in enumerate(numbers) if one >= 0], column="id")
    labels = {label.name: row for row, label in enumerate(whole.labels)}
    unlike = sorted({labels[label.name] for one in rest for label in one.labels.top if _is_unlike(whole, label)})
    ledger.lost(
        "label as a later source defines it", "the first of a name counts", whole, "labels", unlike, column="extras"
    )


def _counts(extra: Extra) -> bool:
    return not extra.derived and bool(extra.present.any())


def _said_of_tasks(first: Dataset, rest: Sequence[Dataset]) -> Iterator[str]:
    """The fields in which a later task says something else than the first."""
    for field in fields(Task):
        usual, known = getattr(Task(), field.name), getattr(first.task, field.name)
        later = [getattr(one.task, field.name) for one in rest]
        if field.name not in ("id", "subset", "stop_frame") and any(one not in (usual, known) for one in later):
            yield field.name


def _is_unlike(whole: Dataset, label: Label) -> bool:
    """Whether a label says something else than the one of its name."""
    known = whole.labels.find(label.name)
    mine, theirs = dict(label.extras), {} if known is None else dict(known.extras)
    return known is not None and any(theirs.get(name, value) != value for name, value in mine.items())


def _with_distinct_ids(whole: Dataset, datasets: Sequence[Dataset], ledger: Ledger) -> Dataset:
    """The ids that a file gave, each for one thing only."""
    changed = {}
    for table in _PARTS:
        extras = dict(getattr(whole, table).extras)
        source = np.repeat(np.arange(len(datasets)), [len(getattr(one, table)) for one in datasets])
        for name in [name for name in extras if name in _IDS.get(table, _foreign(table, extras))]:
            extras[name], moved = _distinct(extras[name], source)
            what, why = f"{name} of {table.removesuffix('s')}", "another source has it"
            ledger.changed(what, why, whole, table, moved, column=f"extras.{name}")
        changed[table] = extras
    return whole.replace(extras=changed, labels=whole.labels.with_extras(_category_ids(whole, ledger)))


def _foreign(table: str, names: Any) -> tuple[str, ...]:
    return tuple(name for name in names if is_foreign_id(name) and not is_number(name)) if table != "intervals" else ()


def _distinct(extra: Extra, source: np.ndarray[Any, Any]) -> tuple[Extra, list[int]]:
    """Ids of which no two sources have the same, and the rows that got new ones."""
    owner: dict[Any, int] = {}
    new: dict[tuple[int, Any], int] = {}
    given = extra.plain()
    fresh = count(max((value for value in given if isinstance(value, int)), default=0) + 1)
    values, moved = extra.values.copy(), []
    for row, (value, where) in enumerate(zip(given, source.tolist(), strict=True)):
        if value is None or owner.setdefault(value, where) == where:
            continue
        if (where, value) not in new:
            new[where, value] = next(fresh)
        values[row] = new[where, value]
        moved.append(row)
    return replace(extra, values=values), moved


def _category_ids(whole: Dataset, ledger: Ledger) -> dict[str, Extra]:
    """Extras of labels, ids of which no two labels have the same."""
    extras = dict(whole.labels.extras)
    for name in [name for name in extras if is_foreign_id(name)]:
        extras[name], moved = _distinct(extras[name], np.arange(len(whole.labels)))
        ledger.changed(f"{name} of label", "another label has it", whole, "labels", moved, column=f"extras.{name}")
    return extras


def _pictures(reads: Sequence[Read]) -> Media:
    pictures: dict[int, MediaFile] = {}
    left_out: list[Problem] = []
    start = 0
    for media, frames in ((read.media or Media(), read.dataset.frames) for read in reads):
        pictures |= {frame + start: file for frame, file in media.items()}
        left_out += media.left_out
        start += len(frames)
    return Media(pictures, left_out)
