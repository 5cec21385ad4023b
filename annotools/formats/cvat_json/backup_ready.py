"""What a dataset needs before it is written as a backup, and what that costs.

Annotations job by job, labels and attributes that have names of their own, media that start at the first frame.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools import tracks
from annotools.formats.base import Options
from annotools.formats.cvat_json.backup_parts import plain_job, segments
from annotools.formats.cvat_json.meta import is_plain_video
from annotools.formats.cvat_json.ready import FINITE, finished_media, finished_tracks, one_home, together
from annotools.model import Condition, Dataset, Frames, Job, Losses
from annotools.model.definitions import source_frames, video_name
from annotools.model.keeps import (
    EVERYTHING,
    INTERVAL_COLUMNS,
    LABEL_FIELDS,
    SHAPE_COLUMNS,
    TAG_COLUMNS,
    TRACK_COLUMNS,
)
from annotools.model.losses import Ledger
from annotools.model.tables import Array, Bools
from annotools.transform.attributes import named_attributes

_LARGEST_CHUNK, _CHUNK_PIXELS, _VIDEO_CHUNK = 72, 36 * 1920 * 1080, 36
_UNNAMED = "a backup has names, and no name leads to that id"


def _named_labels(dataset: Dataset) -> tuple[Array, Array]:
    """Ids of labels that a name leads to, and for each the id of its parent or -1."""
    labels = dataset.labels
    rows = [label for (name, parent), label in labels.by_name.items() if labels.by_id.get(label.id) is label]
    ids = np.array(sorted(label.id for label in rows), np.int64)
    parents = {label.id: -1 if label.parent is None else label.parent for label in rows}
    return ids, np.array([parents[number] for number in ids.tolist()], np.int64)


def _found(dataset: Dataset, label: Array, parent: Array) -> Bools:
    """Whether the name of each label, under that of its parent's label (-1 for none), leads back to it."""
    ids, parents = _named_labels(dataset)
    if not len(ids):
        return np.zeros(len(label), np.bool_)
    place = np.minimum(np.searchsorted(ids, label), len(ids) - 1)
    return np.asarray((ids[place] == label) & (parents[place] == parent))


def _named_tags(dataset: Dataset) -> Bools:
    return _found(dataset, dataset.tags.label, np.full(len(dataset.tags), -1))


def _named_tracks(dataset: Dataset) -> Bools:
    table = dataset.tracks
    return _found(dataset, table.label, np.where(table.parent >= 0, table.label[table.parent], -1))


def _named_shapes(dataset: Dataset) -> Bools:
    shapes = dataset.shapes
    own = _found(dataset, shapes.label, np.where(shapes.parent >= 0, shapes.label[shapes.parent], -1))
    return np.asarray(own | (shapes.track >= 0))


NAMED = (
    Condition("tag with an unknown label", _UNNAMED, _named_tags, "tags"),
    Condition("track with an unknown label", _UNNAMED, _named_tracks, "tracks"),
    Condition("shape with an unknown label", _UNNAMED, _named_shapes, "shapes"),
)
KEEPS = replace(
    EVERYTHING,
    shapes={kind: names - {"id"} for kind, names in EVERYTHING.shapes.items()},
    elements=SHAPE_COLUMNS - {"id"}, tags=TAG_COLUMNS - {"id"}, tracks=TRACK_COLUMNS - {"id"},
    intervals=INTERVAL_COLUMNS - {"id"},
    labels=LABEL_FIELDS - {"id"},
    frames={"name", "size", "deleted"},
    jobs={"type", "start_frame", "stop_frame"},
    extras={},
    task={
        "name", "mode", "subset", "start_frame", "stop_frame", "step", "segment_size", "overlap", "chunk_size",
        "quality", "bug_tracker", "status", "source_name",
    },
    conditions=(FINITE, *NAMED),
)  # fmt: skip


def prepare(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Everything that a backup needs; that it holds no media is among the changes."""
    steps = (finished_tracks, _named_attributes, one_home, _in_jobs, _plain_frames, finished_media, _plain_jobs, _media)
    return together(dataset, options, *steps)


def _named_attributes(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    ledger = Ledger()
    return named_attributes(dataset, ledger), ledger.losses()


def _in_jobs(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Rows of the task as a whole, cut at the borders of its jobs; one job where there is none."""
    if not dataset.jobs:
        dataset = dataset.replace(jobs=(Job(start_frame=0, stop_frame=max(len(dataset.frames) - 1, 0)),))
    tables = {name: getattr(dataset, name) for name in ("tags", "shapes", "tracks", "intervals")}
    if not any((table.job < 0).any() for table in tables.values()):
        return dataset, Losses()
    job = dataset.jobs[0]
    if len(dataset.jobs) == 1 and job.start_frame == 0 and job.stop_frame >= len(dataset.frames) - 1:
        return dataset.replace(**{n: table.replace(job=table.job * 0) for n, table in tables.items()}), Losses()
    return tracks.split_into_jobs(dataset, options.quirks)


def _plain_frames(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Pictures count from 0 without a step; frames of a video are named after their numbers and of one size."""
    task, frames = dataset.task, dataset.frames
    ledger = Ledger()
    everything = np.arange(len(frames))
    if not task.is_video:
        count = len(frames) if task.start_frame != 0 or task.step != 1 else 0
        ledger.changed("number of frame in the source", "the listed pictures count from 0", count, everything)
        task = replace(task, start_frame=0, step=1, stop_frame=max(len(frames) - 1, 0), source_name="")
    elif len(frames) and not is_plain_video(task, frames):
        ledger.changed("frame of video", "one size and numbers for names stand for all", len(frames), everything)
        names = map(video_name, source_frames(task, everything).tolist())
        size = int(frames.width[0]), int(frames.height[0])
        frames = Frames.of(names, *size, deleted=np.flatnonzero(frames.deleted), subsets=frames.subsets)
    return dataset.replace(task=task, frames=frames), ledger.losses()


def _plain_jobs(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """Jobs as a backup holds them, and the segments that follow from them."""
    ledger = Ledger()
    jobs = tuple(plain_job(row, job) for row, job in enumerate(dataset.jobs, 1))
    for name in ("stage", "state", "assignee", "included", "disabled", "honeypots"):
        pairs = zip(jobs, dataset.jobs, strict=True)
        count = sum(getattr(plain, name) != getattr(job, name) for plain, job in pairs)
        ledger.lost(f"{name} of job", "a backup does not hold it, or not in a way that is known", count)
    ledger.lost("parent of job", "a backup does not hold it", sum(job.parent_job is not None for job in dataset.jobs))
    size, overlap = segments(jobs)
    task = replace(dataset.task, segment_size=size, overlap=overlap)
    if task.chunk_size is None:
        task = replace(task, chunk_size=_chunk_size(dataset))
    return dataset.replace(jobs=jobs, task=task), ledger.losses()


def _chunk_size(dataset: Dataset) -> int:
    """What the server chooses where nobody did."""
    frames = dataset.frames
    pixels = int(frames.width[0] * frames.height[0]) if len(frames) else 0
    if dataset.task.is_video or not pixels:
        return _VIDEO_CHUNK
    return max(2, min(_LARGEST_CHUNK, _CHUNK_PIXELS // pixels))


def _media(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """A note where no media will be in the backup."""
    ledger = Ledger()
    if dataset.task.is_video:
        ledger.changed("backup without its video", "a server that restores it will ask for the file", 1)
    elif not options.images:
        ledger.changed("backup without pictures", "a server that restores it will ask for them", 1)
    return dataset, ledger.losses()
