"""video-source: the name of a video's file, where one entry of a list of frames says all of them.

A list that names each frame has no place for the name of the file.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.definitions import Task, source_frames, video_name
from annotools.model.frames import Frames
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def video_source(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without the name of the source where frames are listed one by one."""
    no_argument("video-source", argument)
    task, ledger = dataset.task, Ledger()
    if not task.source_name or is_plain_video(task, dataset.frames):
        return dataset, Losses()
    why = "frames are listed one by one, with names of their own"
    ledger.lost("source name of task", why, dataset, "task", [0], column="source_name")
    return dataset.replace(task=replace(task, source_name="")), ledger.losses()


def is_plain_video(task: Task, frames: Frames) -> bool:
    """Whether one entry says it all: a video whose frames are named after their numbers and are of one size."""
    if not task.is_video or not len(frames):
        return False
    numbers = source_frames(task, np.arange(len(frames))).tolist()
    alike = all(len(set(column.tolist())) == 1 for column in (frames.width, frames.height))
    return alike and len(set(frames.related)) == 1 and all(map(str.__eq__, frames.names, map(video_name, numbers)))
