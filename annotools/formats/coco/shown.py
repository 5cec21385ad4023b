"""The frames that an export shows, under new numbers: deleted frames and those of other jobs are left out.

COCO numbers its images without a gap, so what refers to frames is renumbered once everything has been counted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model import Dataset, Frames
from annotools.model.losses import Ledger
from annotools.model.tables import Bools, Ints

_VIDEO_SUFFIX = ".PNG"  # what CVAT calls the pictures of a video


def drop_hidden(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without the tags and shapes on frames that are not shown."""
    shown = np.zeros(len(dataset.frames), np.bool_)
    shown[dataset.shown_frames] = True
    why = "the frame is deleted, not of this job or not of the task"
    kept: dict[str, Bools] = {}
    for name in ("tags", "shapes"):
        frames: Ints = getattr(dataset, name).frame
        inside = (frames >= 0) & (frames < len(shown))
        inside[inside] = shown[frames[inside]]
        if not inside.all():
            ledger.lost(f"{name[:-1]} on a frame that is not shown", why, int((~inside).sum()), frames[~inside])
            kept[name] = inside
    return dataset.select(**kept) if kept else dataset


def renumber(dataset: Dataset, before: Dataset) -> Dataset:
    """Only the shown frames, those of one subset together, with the numbers of the rows that refer to them.

    before: the dataset when it still knew its jobs and deleted frames.  A frame without a subset is in the task's;
    a frame of a video gets an extension.
    """
    subsets = tuple(subset or before.task.subset for subset in before.frames.subsets)
    order = np.array(sorted(before.shown_frames.tolist(), key=lambda row: subsets[row] or "default"), np.int64)
    frames = replace(dataset.frames, subsets=subsets, names=_file_names(before)).take(order)
    new = np.full(len(subsets), -1)
    new[order] = np.arange(len(order))
    tables = {name: getattr(dataset, name) for name in ("shapes", "tracks")}
    moved = {name: table.replace(frame=_moved(table.frame, new)) for name, table in tables.items()}
    return dataset.replace(frames=frames, **moved)


def _moved(frames: Ints, new: Ints) -> Ints:
    places: Ints = np.append(new, -1)[np.clip(frames, -1, len(new))]
    return places


def _file_names(dataset: Dataset) -> tuple[str, ...]:
    frames: Frames = dataset.frames
    if not (dataset.task.is_video or dataset.task.media_type == "video"):
        return frames.names
    return tuple(name if "." in name.rsplit("/", 1)[-1] else name + _VIDEO_SUFFIX for name in frames.names)
