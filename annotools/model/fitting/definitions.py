"""What becomes of what annotations refer to: task, labels, frames, jobs, and of what formats say beside."""

from __future__ import annotations

from dataclasses import replace
from operator import ne
from typing import Any

import numpy as np

from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.definitions import Job, Labels, Task, last_source_frame, source_frames, video_name
from annotools.model.extras import Extra
from annotools.model.fitting.state import Fitting
from annotools.model.row_numbers import is_number

_NO_FIELD = "the format does not keep the {} of {}"
_BLANK_LABEL: dict[str, Any] = {"type": "any", "color": "", "attributes": (), "svg": ""}
WORDS = {
    "svg": "drawing",
    "deleted": "deletion",
    "related": "related files",
    "included": "included frames",
    "disabled": "disabled frames",
}

_OTHERS = {"voc": "other XML elements", "open_images": "other columns"}


def task_field(fitting: Fitting, name: str) -> None:
    """A field of the task.  The last frame is told by the first, the step and the number of frames."""
    task = fitting.dataset.task
    default = getattr(Task(), name)
    value = getattr(task, name)
    if name in fitting.keeps.task or value == default:
        return
    follows = name == "stop_frame" and value == last_source_frame(task, len(fitting.dataset.frames))
    fitting.lose("task", name, [] if follows else [0], f"{word(name)} of task", _NO_FIELD.format(word(name), "tasks"))
    if not fitting.stays("task", name):
        fitting.dataset = fitting.dataset.replace(task=replace(task, **{name: default}))


def sublabels(fitting: Fitting) -> None:
    """The points of skeletons: the last of what is asked of labels, so that all losses count the same rows of them."""
    lost = _leaving(fitting)
    if not lost.any():
        return
    fitting.lose("labels", "", lost, "sublabel definition", "the format has no skeletons")
    if not fitting.stays("labels", "sublabels"):
        fitting.dataset = fitting.dataset.replace(labels=Labels(fitting.dataset.labels.top))


def _leaving(fitting: Fitting) -> Bools:
    """Which labels go as a whole."""
    gone = "sublabels" not in fitting.keeps.labels
    return np.array([gone and label.parent is not None for label in fitting.dataset.labels], np.bool_)


def label_field(fitting: Fitting, name: str) -> None:
    """A field of labels.  Ids are only counted: rows refer to them, and a reader makes its own."""
    labels = fitting.dataset.labels
    if name in fitting.keeps.labels:
        return
    blank = _BLANK_LABEL.get(name)
    lost = np.array([getattr(label, name) != blank for label in labels], np.bool_)
    reported = lost & ~_leaving(fitting)
    fitting.lose("labels", name, reported, f"{word(name)} of label", _NO_FIELD.format(word(name), "labels"))
    if lost.any() and name in _BLANK_LABEL and not fitting.stays("labels", name):
        reset: dict[str, Any] = {name: blank}
        rows = tuple(replace(label, **reset) for label in labels)
        fitting.dataset = fitting.dataset.replace(labels=Labels(rows))


def frame_field(fitting: Fitting, name: str) -> None:
    """A field of frames.  Where frames are not listed, their names are those of frames of a video."""
    if name in fitting.keeps.frames:
        return
    frames = fitting.dataset.frames
    new = _BLANK_FRAMES[name](fitting.dataset)
    lost = np.zeros(len(frames), np.bool_)
    for column, values in new.items():
        given = getattr(frames, column)
        if isinstance(given, np.ndarray):
            lost |= given != values
        else:
            lost |= np.fromiter(map(ne, given, values), np.bool_, len(frames))
    fitting.lose("frames", name, lost, f"{word(name)} of frame", _NO_FIELD.format(word(name), "frames"))
    if lost.any() and not fitting.stays("frames", name):
        fitting.dataset = fitting.dataset.replace(frames=replace(frames, **new))


_BLANK_FRAMES: dict[str, Any] = {
    "name": lambda dataset: {"names": _video_names(dataset)},
    "size": lambda dataset: {name: np.zeros(len(dataset.frames), np.int64) for name in ("width", "height")},
    "deleted": lambda dataset: {"deleted": np.zeros(len(dataset.frames), np.bool_)},
    "subsets": lambda dataset: {"subsets": ("",) * len(dataset.frames)},
    "related": lambda dataset: {"related": (0,) * len(dataset.frames)},
}


def _video_names(dataset: Dataset) -> tuple[str, ...]:
    numbers = source_frames(dataset.task, np.arange(len(dataset.frames)))
    return tuple(map(video_name, numbers.tolist()))


def jobs(fitting: Fitting) -> None:
    """Jobs as such, where the format has none."""
    if fitting.keeps.jobs or not fitting.dataset.jobs:
        return
    for name in ("included",):  # of a class of its own
        lost = [row for row, job in enumerate(fitting.dataset.jobs) if getattr(job, name) is not None]
        fitting.lose("jobs", name, lost, f"{word(name)} of job", "the format has no jobs")
    fitting.lose("jobs", "", np.arange(len(fitting.dataset.jobs)), "job", "the format has no jobs")
    if not fitting.stays("jobs", "id"):
        fitting.dataset = fitting.dataset.replace(jobs=())


def job_field(fitting: Fitting, name: str) -> None:
    """A field of jobs, where the format has jobs."""
    rows = fitting.dataset.jobs
    if not fitting.keeps.jobs or name in fitting.keeps.jobs:
        return
    default = getattr(Job(), name)
    lost = np.array([getattr(job, name) != default for job in rows], np.bool_)
    fitting.lose("jobs", name, lost, f"{word(name)} of job", _NO_FIELD.format(word(name), "jobs"))
    if lost.any() and not fitting.stays("jobs", name):
        fitting.dataset = fitting.dataset.replace(jobs=tuple(replace(job, **{name: default}) for job in rows))


def extras(fitting: Fitting, table: str) -> None:
    """What a format says beside of the rows of a table; what follows from geometry is no loss."""
    columns = fitting.dataset.extras[table]
    gone: set[str] = set()
    for name, extra in columns.items():
        if is_number(name) or fitting.keeps.keeps_extra(table, name):
            continue
        if extra.derived:
            gone |= {name} if fitting.final else set()
            continue
        reported = extra.present & ~_leaving(fitting) if table == "labels" else extra.present
        _lose_extra(fitting, table, name, reported)
        gone |= set() if fitting.stays(table, f"extras.{name}") else {name}
    if gone:
        remaining: dict[str, Extra] = {name: extra for name, extra in columns.items() if name not in gone}
        fitting.dataset = fitting.dataset.replace(extras={table: remaining})


def _lose_extra(fitting: Fitting, table: str, name: str, present: Bools) -> None:
    owner = table if table == "dataset" else table[:-1]
    others = _OTHERS.get(name)  # what another tool wrote beside, as a whole
    why = f"the format has no place for {others}" if others else f"the format has no {name}"
    fitting.lose(table, f"extras.{name}", present, f"{others or name} of {owner}", why)


def word(name: str) -> str:
    """What people call a field."""
    return WORDS.get(name, name.replace("_", " "))
