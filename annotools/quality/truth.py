"""Two sources of annotations as one task: what is judged, and a ground truth from elsewhere as one more job.

    predictions.json of a.jpg, b.jpg, truth.zip of b.jpg, c.jpg     frames a, b, c; b and c are validated, c has nothing

Labels are the same by their names, frames by theirs (`matching`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.errors import InputError
from annotools.geometry.ragged import Ints
from annotools.matching import FrameMatcher
from annotools.model import Dataset, Frames, Job, concat
from annotools.model.dataset import OWNERS
from annotools.tracks.merging import merge_jobs

_BLANK = -1


def with_truth(dataset: Dataset, truth: Dataset) -> Dataset:
    """The dataset with a ground truth job that has the annotations of another task.

    A ground truth of its own is left out, and so are annotations of jobs that are not judged.
    Raises: InputError where no frame of the one is one of the other.
    """
    dataset = _judged(dataset)
    truth = merge_jobs(truth)[0].replace(jobs=())
    frame = _frames(dataset, truth)
    size = len(dataset.frames)
    if not (frame < size).any():
        raise InputError("no picture of the ground truth has the name of one that is judged")
    joined = _with_ids(concat([dataset.replace(jobs=()), truth]), [dataset, truth])
    new = np.concatenate([np.arange(size), frame])
    number = max((job.id for job in dataset.jobs), default=0) + 1
    job = Job(
        number, "ground_truth", 0, int(frame.max(initial=size - 1)), stage="acceptance", state="completed",
        included=tuple(sorted(frame.tolist())),
    )  # fmt: skip
    return _moved(joined, dataset, truth, new).replace(jobs=(*dataset.jobs, job), task=dataset.task)


def _judged(dataset: Dataset) -> Dataset:
    """Without a ground truth, and with one job where there is none."""
    rows = [row for row, job in enumerate(dataset.jobs) if job.type != "ground_truth"]
    if not rows:
        last = max(len(dataset.frames) - 1, 0)
        return merge_jobs(dataset)[0].replace(jobs=(Job(1, start_frame=0, stop_frame=last),))
    gone = [row for row in range(len(dataset.jobs)) if row not in rows]
    tables = {name: ~np.isin(getattr(dataset, name).job, gone) for name in OWNERS.values()}
    remaining = dataset.select(**tables)
    new_job = np.full(len(dataset.jobs) + 1, _BLANK)
    new_job[rows] = np.arange(len(rows))
    moved = {
        name: getattr(remaining, name).replace(job=new_job[getattr(remaining, name).job]) for name in OWNERS.values()
    }  # fmt: skip
    return remaining.replace(jobs=tuple(dataset.jobs[row] for row in rows), **moved)


def _frames(dataset: Dataset, truth: Dataset) -> Ints:
    """For each frame of the ground truth that of the dataset, or a new one behind all."""
    matches = FrameMatcher(dataset.frames.names).match_all(truth.frames.names)
    frames = np.array([_BLANK if match.frame is None else match.frame for match in matches], np.int64)
    first = np.zeros(len(frames), np.bool_)
    first[np.unique(frames, return_index=True)[1]] = True
    alone = (frames == _BLANK) | ~first
    frames[alone] = len(dataset.frames) + np.arange(alone.sum())
    return frames


def _with_ids(joined: Dataset, parts: list[Dataset]) -> Dataset:
    """The ids that rows had before they were joined."""
    ids = {name: np.concatenate([getattr(part, name).id for part in parts]) for name in OWNERS.values()}
    return joined.replace(**{name: getattr(joined, name).replace(id=column) for name, column in ids.items()})


def _moved(joined: Dataset, dataset: Dataset, truth: Dataset, new: Ints) -> Dataset:
    """Rows of the ground truth in its job, on the frames that are theirs."""
    home = len(dataset.jobs)
    tables = {}
    for name in OWNERS.values():
        table, count = getattr(joined, name), len(getattr(dataset, name))
        job = np.concatenate([getattr(dataset, name).job, np.full(len(table) - count, home)])
        frame = {"frame": _renumbered(table.frame, new)} if hasattr(table, "frame") else {}
        tables[name] = table.replace(job=job, **frame)
    return joined.replace(frames=_all_frames(joined.frames, len(dataset.frames), new), **tables)


def _renumbered(frame: Ints, new: Ints) -> Ints:
    known = (frame >= 0) & (frame < len(new))
    return np.where(known, np.append(new, 0)[np.where(known, frame, len(new))], frame)


def _all_frames(frames: Frames, size: int, new: Ints) -> Frames:
    """Each frame once; sizes that only the ground truth knows are taken over."""
    later = np.arange(size, len(new))
    table = frames.take(np.concatenate([np.arange(size), later[new[size:] >= size]]))
    width, height = table.width.copy(), table.height.copy()
    blank = (width[new[size:]] == 0) | (height[new[size:]] == 0)
    width[new[size:][blank]] = frames.width[later[blank]]
    height[new[size:][blank]] = frames.height[later[blank]]
    return replace(table, width=width, height=height)
