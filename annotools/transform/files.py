"""Steps of formats with a file for each picture: names and subsets that files can have, frames of a subset together.

subsets-named=train     frames without a subset are of the task's, or else of `train`
unnamed-subset=default  a subset that is called `default` is none: files of frames without a subset are called so
frames-by-subset        0 train, 1 val, 2 train  ->  0 train, 1 train, 2 val (0, 2 and 1 of before)
unique-stems            a.jpg, a.png             ->  a.jpg, a_1.png: their labels would lie in one file
unique-stems=all        the same where files of all subsets lie in one folder
server-file-names       frame_000004 of a video  ->  frame_000004.PNG, as the CVAT server names its pictures
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from posixpath import splitext
from typing import Any

import numpy as np

from annotools.errors import Problem, UsageError
from annotools.geometry.ragged import Bools, Ints
from annotools.matching import AMBIGUOUS, stem, stems
from annotools.model.codes import CUBOID
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.model.row_numbers import with_known_frames
from annotools.quirks import NONE, Quirks
from annotools.storage.media import STRAY
from annotools.transform.rows import no_argument

_EVERYWHERE = "all"
_VIDEO_SUFFIX = ".PNG"  # what CVAT calls the pictures of a video


def subsets_named(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every frame in a subset.  argument: that of frames without one, where the task has none either."""
    name = dataset.task.subset or argument
    subsets = [subset or name for subset in dataset.frames.subsets]
    return renamed(dataset, "subsets", subsets, "pictures are listed by subset, so each is in one")


def unnamed_subset(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without the subset that files of frames without one are called after.  argument: its name."""
    subsets = ["" if subset == argument else subset for subset in dataset.frames.subsets]
    return renamed(dataset, "subsets", subsets, f"files called {argument!r} are of pictures without a subset")


def frames_by_subset(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames of one subset together, in the order in which subsets first come.

    argument: what the list of frames without a subset is called; subsets are in the order of the names of lists then,
    and one that is called so is none.
    """
    ledger = Losses()
    if argument:
        subsets = ["" if subset == argument else subset for subset in dataset.frames.subsets]
        dataset, ledger = renamed(dataset, "subsets", subsets, f"the list {argument!r} is of pictures without a subset")
    names = dict.fromkeys(subset or argument for subset in dataset.frames.subsets)
    ranks = {name: rank for rank, name in enumerate(sorted(names) if argument else names)}
    order = np.argsort([ranks[subset or argument] for subset in dataset.frames.subsets], kind="stable").astype(np.int64)
    return in_order(dataset, order), ledger


def in_order(dataset: Dataset, order: Ints) -> Dataset:
    """The same frames in another order.  order: the number of before of each frame."""
    if (np.diff(order) > 0).all():
        return dataset
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks")}
    moved = {name: table.replace(frame=_moved(table.frame, new)) for name, table in tables.items()}
    return with_known_frames(dataset, order).replace(origin=None, **moved)


def _moved(frame: Ints, new: Ints) -> Ints:
    inside = (frame >= 0) & (frame < len(new))
    return np.where(inside, new[np.where(inside, frame, 0)], frame)


def unique_stems(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Names of frames that differ also without their endings, within their subset or, with `=all`, everywhere."""
    if argument not in ("", _EVERYWHERE):
        raise UsageError(f"transform unique-stems={argument}, expected {_EVERYWHERE} or nothing")
    frames = dataset.frames
    subsets = [""] * len(frames) if argument else frames.subsets
    taken = set(zip(subsets, stems(frames.names), strict=True))
    if len(taken) == len(frames):
        return dataset, Losses()
    seen: set[tuple[str, str]] = set()
    names = []
    for subset, name in zip(subsets, frames.names, strict=True):
        if (subset, stem(name)) in seen:
            head, end = splitext(name)
            free = (f"{head}_{n}{end}" for n in count(1))
            name = next(new for new in free if (subset, stem(new)) not in taken)
            taken.add((subset, stem(name)))
        seen.add((subset, stem(name)))
        names.append(name)
    return renamed(dataset, "names", names, "another picture has a file of that name for its labels")


def are_annotated(dataset: Dataset) -> Bools:
    """Whether anything that the server exports is on each frame."""
    shapes = dataset.shapes
    frames = np.concatenate([dataset.tags.frame, shapes.frame[(shapes.type != CUBOID) & ~shapes.outside]])
    return np.isin(np.arange(len(dataset.frames)), frames)


def annotated_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames that know whether anything is on them, of whatever kind: an extra, for writers that say so of frames."""
    no_argument("annotated-frames", argument)
    there = are_annotated(dataset)
    extra = Extra(there, np.ones(len(there), np.bool_), derived=True)
    return dataset.replace(extras={"frames": {**dataset.frames.extras, "annotated": extra}}), Losses()


def server_file_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames of a video called as the server's pictures of them are."""
    no_argument("server-file-names", argument)
    if not (dataset.task.is_video or dataset.task.media_type == "video"):
        return dataset, Losses()
    names = [name if "." in name.rsplit("/", 1)[-1] else name + _VIDEO_SUFFIX for name in dataset.frames.names]
    return renamed(dataset, "names", names, "the pictures of a video are PNG")


def other_files(names: Sequence[str]) -> Losses:
    """What is said of files that cannot stand in an output that is one file."""
    ledger = Ledger("write")
    why = f"the output is one file; not in it: {', '.join(names[:5])}{', ...' * (len(names) > 5)}"
    ledger.noted("file left out", why, len(names), table="members")
    return ledger.losses()


def hidden_pictures(frames: Sequence[int]) -> Losses:
    """What is said of frames whose picture another one of their name hides."""
    ledger = Ledger("write")
    if frames:
        why = "another frame has the name, and its picture is written"
        ledger.noted("picture left out", why, len(frames), frames, kind="lost", table="members")
    return ledger.losses()


def files_written_over(names: Sequence[str]) -> Losses:
    """What is said of files in whose place the server writes those of a later picture."""
    ledger = Ledger("write")
    if names:
        why = f"the server writes that of a later picture over it, as with {names[0]}"
        ledger.noted("file of a picture", why, len(names), kind="lost", table="members")
    return ledger.losses()


def video_pictures(count: int, why: str) -> Losses:
    """What is said of pictures of a video that came along and cannot be decoded here."""
    ledger = Ledger("write")
    ledger.noted("picture of a video left out", why, count, table="members")
    return ledger.losses()


def unmatched_pictures(problems: Sequence[Problem]) -> Losses:
    """What is said of pictures that came along and are of no single frame."""
    ledger = Ledger("write")
    second, stray = ([p for p in problems if (p.kind == STRAY) is stray] for stray in (False, True))
    for alike, table in ((second, "members"), (stray, "dataset")):  # nothing refers to a stray: it is on record alone
        if alike:
            first = alike[0]
            why = first.message if first.kind == AMBIGUOUS else f"{first.file!r} {first.message}"  # which names it
            more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
            ledger.noted("picture left out", why + more, len(alike), kind="lost", table=table)
    return ledger.losses()


def renamed(dataset: Dataset, column: str, values: Sequence[str], why: str) -> tuple[Dataset, Losses]:
    """Other names or subsets of frames."""
    before: Sequence[str] = getattr(dataset.frames, column)
    odd = np.array([old != new for old, new in zip(before, values, strict=True)], np.bool_)
    ledger = Ledger()
    word, field = ("name", "name") if column == "names" else ("subset", "subsets")
    ledger.changed(f"{word} of frame", why, dataset, "frames", odd, field)
    if not odd.any():
        return dataset, Losses()
    changed: dict[str, Any] = {column: tuple(values)}
    return dataset.replace(frames=replace(dataset.frames, **changed)), ledger.losses()
