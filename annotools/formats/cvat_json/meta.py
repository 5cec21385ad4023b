"""Frames as the API lists them: data_meta.json of a task or of a job.

    {"size": 12, "start_frame": 0, "stop_frame": 11, "frame_filter": "step=2", "chunk_size": 72, "image_quality": 70,
     "frames": [{"width": 640, "height": 480, "name": "a.jpg", "related_files": 0}],
     "deleted_frames": [3], "included_frames": null}

A video has one entry in `frames`.  `start_frame`, `stop_frame` and `included_frames` count the source media, and
`deleted_frames` the frames of the task.  Source: CVAT's OpenAPI document, DataMetaRead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import numpy as np

from annotools.formats.cvat_json.fields import Fields
from annotools.model import Dataset, Frames, Job, Task
from annotools.model.definitions import last_source_frame, source_frames, task_frames, video_name
from annotools.model.tables import Array
from annotools.transform.video_source import is_plain_video

MOST_FRAMES = 5_000_000
_STEP = re.compile(r"\s*step\s*=\s*([1-9][0-9]{0,8})\s*")
FrameRow = tuple[str, int, int, int]
Item = dict[str, Any]


class Meta(msgspec.Struct, frozen=True):
    """A data_meta.json.  first: the task's frame that its first frame is; rows: name, width, height, related files."""

    first: int = 0
    size: int = 0
    start: int = 0
    stop: int | None = None
    step: int = 1
    chunk_size: int | None = None
    quality: int | None = None
    rows: tuple[FrameRow, ...] = ()
    deleted: tuple[int, ...] = ()
    included: tuple[int, ...] | None = None

    @property
    def is_video(self) -> bool:
        """Whether one entry stands for all frames."""
        return len(self.rows) == 1 and self.size > 1


def read_meta(fields: Fields, first: int = 0) -> Meta:
    """A data_meta.json.  first: the task's frame that its first frame is (of a job: its start)."""
    rows = _frame_rows(fields)
    start, stop, step = fields.integer("start_frame"), fields.optional("stop_frame"), read_step(fields)
    if fields.has("included_frames"):
        included = _included(fields, start, step)
        size = _span(fields, len(rows), start, step)
    else:
        included, size = None, _size(fields, len(rows))
    return Meta(
        first, size, start, stop, step, fields.optional("chunk_size"), fields.optional("image_quality"), rows,
        fields.integers("deleted_frames"), included,
    )  # fmt: skip


def _included(fields: Fields, start: int, step: int) -> tuple[int, ...]:
    """The frames of the source that a ground truth job shows; those that no frame of the task is are a problem."""
    numbers = fields.integers("included_frames")
    right = tuple(number for number in numbers if number >= start and (number - start) % step == 0)
    if len(right) < len(numbers):
        wrong = next(number for number in numbers if number not in right)
        fields.fault("included_frames", numbers, f"frames of the source from {start} with step {step}, not {wrong}")
    return right


def _span(fields: Fields, rows: int, start: int, step: int) -> int:
    """The number of frames of a ground truth job, of which `size` counts the included ones: its whole range.

    Pictures are listed all, with a stand-in for those that are not included; a video has one entry.
    """
    stop = fields.optional("stop_frame")
    if rows != 1 or stop is None:
        return rows
    size = (stop - start) // step + 1
    if 1 <= size <= MOST_FRAMES:
        return size
    fields.fault("stop_frame", stop, f"{start} or more, and at most {MOST_FRAMES} frames")
    return rows


def _size(fields: Fields, rows: int) -> int:
    """The number of frames; that of the listed ones where it cannot be true."""
    size = fields.integer("size", rows, least=0)
    if size == rows or (rows == 1 and size <= MOST_FRAMES):
        return size
    fields.fault("size", size, f"{rows}, the number of frames" if rows != 1 else f"at most {MOST_FRAMES}")
    return rows


def read_step(fields: Fields) -> int:
    """The step of a frame filter."""
    text = fields.text("frame_filter")
    match = _STEP.fullmatch(text)
    if text.strip() and not match:
        fields.fault("frame_filter", text, "step=N")
    return int(match[1]) if match else 1


class _Frame(msgspec.Struct, gc=False):
    """An entry of `frames` that is as it should be."""

    name: str = ""
    width: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    height: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    related_files: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0


def _frame_rows(fields: Fields) -> tuple[FrameRow, ...]:
    try:
        rows = msgspec.convert(fields.value.get("frames"), list[_Frame])
        names = _made_anew([row.name for row in rows])
    except (msgspec.ValidationError, UnicodeEncodeError):
        return tuple(_frame_row(item) for item in fields.objects("frames"))
    return tuple((name, row.width, row.height, row.related_files) for name, row in zip(names, rows, strict=True))


def _made_anew(names: list[str]) -> list[str]:
    """The same names, side by side in memory.  Raises UnicodeEncodeError for what is no text.

    As they are read they lie among all else that is: of 50,000 frames 11 MB, which cannot be given back for their sake.
    """
    text = "\n".join(names)
    text.encode()
    anew = text.split("\n")
    return anew if len(anew) == len(names) else names  # as where one has a line feed in it


def _frame_row(fields: Fields) -> FrameRow:
    size = fields.integer("width", least=0), fields.integer("height", least=0)
    return fields.text("name"), *size, fields.integer("related_files", least=0)


def with_media(task: Task, meta: Meta, *, whole: bool) -> Task:
    """The task with what a data_meta.json says about its media.  whole: it is the task's own, not a job's."""
    video = meta.is_video or (task.is_video and len(meta.rows) == 1)
    return replace(
        task, start_frame=meta.start - meta.first * meta.step, step=meta.step,
        chunk_size=task.chunk_size if meta.chunk_size is None else meta.chunk_size,
        stop_frame=meta.stop if whole else None, quality=task.quality if meta.quality is None else meta.quality,
        mode="interpolation" if video else task.mode, source_name=meta.rows[0][0] if video else "",
    )  # fmt: skip


def frames_of(task: Task, metas: list[Meta]) -> Frames:
    """The frames of the task; those of which no data_meta.json tells have no name and no size."""
    size = max((meta.first + meta.size for meta in metas), default=0)
    rows: list[FrameRow] = [("", 0, 0, 0)] * min(size, MOST_FRAMES)
    for meta in metas:
        numbers = range(meta.first, min(meta.first + meta.size, MOST_FRAMES))
        if meta.is_video or (task.is_video and len(meta.rows) == 1):
            _, width, height, related = meta.rows[0]
            named = zip(source_frames(task, np.asarray(numbers)).tolist(), numbers, strict=True)
            for source, number in named:
                rows[number] = (video_name(source), width, height, related)
        else:
            rows[numbers.start : numbers.stop] = meta.rows[: len(numbers)]
    names, widths, heights, related_files = zip(*rows, strict=True) if rows else ((),) * 4
    deleted = {number for meta in metas for number in meta.deleted}
    return Frames.of(names, widths or 0, heights or 0, deleted=deleted, related=related_files)


def with_included(job: Job, meta: Meta, task: Task, deleted: Array) -> Job:
    """A ground truth job with the frames it shows.  deleted: which frames the task itself has deleted."""
    if meta.included is None:
        return job
    included = tuple(task_frames(task, np.array(meta.included, np.int64))[0].tolist())
    gone = set(np.flatnonzero(deleted).tolist())
    return replace(job, included=included, disabled=tuple(n for n in meta.deleted if n not in gone))


def meta_item(dataset: Dataset, items: Sequence[Item]) -> Item:
    """The data_meta.json of a dataset's task.  items: of its frames.  The unknown end of a recording is null."""
    task, frames = dataset.task, dataset.frames
    stop = task.stop_frame
    if stop is None and not task.is_audio:
        stop = last_source_frame(task, len(frames))
    return _media(task) | {
        "size": len(frames), "start_frame": task.start_frame, "stop_frame": stop,
        "frames": items, "deleted_frames": np.flatnonzero(frames.deleted).tolist(),
        "included_frames": None,
    }  # fmt: skip


def job_meta_item(dataset: Dataset, job: Job, items: Sequence[Item]) -> Item:
    """The data_meta.json of one of its jobs.  items: of the task's frames."""
    task, frames = dataset.task, dataset.frames
    numbers = range(len(frames))[max(job.start_frame, 0) : max(job.stop_frame + 1, 0)]
    shown = job.frames()
    shown = shown[(shown >= 0) & (shown < len(frames))]
    deleted = sorted({*shown[frames.deleted[shown]].tolist(), *job.disabled})
    ends = source_frames(task, np.array([job.start_frame, job.stop_frame])).tolist()
    included = None if job.included is None else source_frames(task, np.asarray(job.included)).tolist()
    return _media(task) | {
        "size": len(shown), "start_frame": ends[0], "stop_frame": ends[1],
        "frames": items[:1] if numbers and len(items) < len(frames) else items[numbers.start : numbers.stop],
        "deleted_frames": deleted, "included_frames": included,
    }  # fmt: skip


def _media(task: Task) -> dict[str, Any]:
    step = f"step={task.step}" if task.step != 1 else ""
    return {"chunk_size": task.chunk_size, "image_quality": task.quality, "frame_filter": step}


def frame_items(dataset: Dataset) -> list[Item]:
    """An item of each frame; of a video whose frames say nothing of their own one for all."""
    frames, task = dataset.frames, dataset.task
    if is_plain_video(task, frames) and len(frames):
        return [_row((task.source_name, *frames.sizes(np.array([0]))[0].tolist(), frames.related[0]))]
    columns = (frames.names, frames.width.tolist(), frames.height.tolist(), frames.related)
    return [_row(row) for row in zip(*columns, strict=True)]


def _row(row: FrameRow) -> Item:
    name, width, height, related = row
    return {
        "width": width, "height": height, "name": name, "related_files": related, "has_related_context": related > 0,
    }  # fmt: skip
