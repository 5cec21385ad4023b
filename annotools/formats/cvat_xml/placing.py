"""Images and frame numbers of the file -> frames of the task.

With a context, its frames count: images are matched by name, numbers of tracks through the task's start and step.
Without one the file says which frames there are; what lies between them is a deleted frame.

    <image id="6" name="c/06.jpg" .../> in a task that starts at 4 with step 2: frame 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from os.path import splitext

import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.definitions import Meta
from annotools.matching import CvatMatcher, FrameMatcher, Match, mismatch
from annotools.model.definitions import Frames, Task, task_frames, video_name
from annotools.model.tables import Bools, Ints

_MOST = 2_000_000  # frames that are made up from numbers alone


@dataclass(frozen=True)
class Images:
    """The `<image>` elements of all files: what they say of themselves, -1 for numbers that are not said."""

    id: Ints
    width: Ints
    height: Ints
    names: list[str]
    subsets: list[str]
    line: Ints
    file: Ints

    def __len__(self) -> int:
        return len(self.names)


def matched(images: Images, frames: Frames, task: Task, files: list[Problems], *, cvat: bool) -> Ints:
    """The frame of each image among those of a context, -1 where there is none, which is a problem.

    cvat: found as the server does: by path, then by number.
    """
    match = _as_cvat(frames, task) if cvat else _by_name(frames, task)
    found = np.full(len(images), -1, np.int64)
    for place, (name, number) in enumerate(zip(images.names, images.id.tolist(), strict=True)):
        result = match(name, number)
        if result.frame is None:
            file = files[int(images.file[place])]
            file.append(mismatch(name, result, file.file, line=int(images.line[place])))
        else:
            found[place] = result.frame
    return found


def _by_name(frames: Frames, task: Task) -> Callable[[str, int], Match]:
    matcher = FrameMatcher(frames.names)

    def match(name: str, number: int) -> Match:
        result = matcher.match(name)
        frame, rest = divmod(number - task.start_frame, task.step)
        fits = frame in result.candidates if name else 0 <= frame < len(frames)
        return Match(frame, "id") if not rest and fits else result

    return match


def _as_cvat(frames: Frames, task: Task) -> Callable[[str, int], Match]:
    matcher = CvatMatcher(frames.names, video=task.is_video)

    def match(name: str, number: int) -> Match:
        stem, extension = splitext(name)
        return matcher.match(stem, extension=extension, number=number)

    return match


@dataclass(frozen=True)
class Told:
    """What the file says about frames.  images: the frame of each image.  bases: by project task, its first frame."""

    frames: Frames
    task: Task
    images: Ints
    bases: dict[str, int]


def told(images: Images, numbers: Ints, meta: Meta, problems: Problems) -> Told:
    """Frames as the file has them.  numbers: of the source media, those that tracks stand on."""
    task, size = _span(meta, numbers, len(images) > 0)
    if size is not None and size > _MOST:
        problems.add(f"has {size:,} frames", expected=f"at most {_MOST:,}")
        size = 0
    if not len(images):
        task = replace(task, stop_frame=_stop(task, size or 0))
        return Told(_numbered(task, size or 0, meta), task, images.id, _bases(meta))
    found = _by_id(images, task, size)
    if found is None:
        found, size = _in_order(images)
        task = replace(task, start_frame=0, step=1)
    count = int(found.max()) + 1 if size is None else size
    if task.stop_frame is None:
        task = replace(task, stop_frame=_stop(task, count))
    return Told(_listed(images, found, count, meta), task, found, _bases(meta))


def _span(meta: Meta, numbers: Ints, listed: bool) -> tuple[Task, int | None]:
    """The task with its true start, and how many frames it has, None where that is not said."""
    task = meta.task
    if meta.kind == "job" and len(meta.jobs) == 1:
        job = meta.jobs[0]
        start = max(task.start_frame - job.start_frame * task.step, 0)
        return replace(task, start_frame=start), job.stop_frame + 1
    if len(meta.tasks) > 1:
        return task, None if listed else sum(size for _, size in meta.tasks)
    if meta.size is not None:
        return task, meta.size
    if task.stop_frame is not None:
        return task, max(task.stop_frame - task.start_frame, -1) // task.step + 1
    return task, None if listed else int(numbers.max(initial=-1)) + 1


def _stop(task: Task, count: int) -> int:
    return task.start_frame + task.step * max(count - 1, 0) if task.stop_frame is None else task.stop_frame


def _bases(meta: Meta) -> dict[str, int]:
    sizes = np.cumsum([0] + [size for _, size in meta.tasks]).tolist()
    return {name: base for (name, _), base in zip(meta.tasks, sizes, strict=False)} if len(meta.tasks) > 1 else {}


def _by_id(images: Images, task: Task, size: int | None) -> Ints | None:
    """The frame of each image by its number; None where numbers contradict names, or are too far apart to be any."""
    frames, met = task_frames(task, images.id)
    most = 4 * len(images) + 1000 if size is None else size
    if not met.all() or (frames < 0).any() or (frames >= most).any():
        return None
    pairs = set(zip(frames.tolist(), images.names, strict=True))
    return frames if len({frame for frame, _ in pairs}) == len(pairs) else None


def _in_order(images: Images) -> tuple[Ints, int]:
    """Images numbered as they come; the same name in the same subset is the same image."""
    places: dict[tuple[str, str], int] = {}
    named = zip(images.subsets, images.names, strict=True)
    found = [places.setdefault(pair, len(places)) for pair in named]
    return np.array(found, np.int64), len(places)


def _numbered(task: Task, size: int, meta: Meta) -> Frames:
    numbers = range(task.start_frame, task.start_frame + task.step * size, task.step)
    return Frames.of(map(video_name, numbers), meta.width, meta.height)


def _listed(images: Images, found: Ints, count: int, meta: Meta) -> Frames:
    names, subsets = [""] * count, [""] * count
    width, height = np.zeros(count, np.int64), np.zeros(count, np.int64)
    width[found], height[found] = np.maximum(images.width, 0), np.maximum(images.height, 0)
    for frame, name, subset in zip(found.tolist(), images.names, images.subsets, strict=True):
        names[frame], subsets[frame] = name, subset
    missing: Bools = np.ones(count, np.bool_)
    missing[found] = False
    if meta.kind == "job" and len(meta.jobs) == 1:
        missing[: meta.jobs[0].start_frame] = False
    return Frames.of(names, width, height, deleted=np.flatnonzero(missing), subsets=subsets)
