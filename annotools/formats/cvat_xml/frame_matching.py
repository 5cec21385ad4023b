"""Images and frame numbers of the file -> frames of the task.

With a context, its frames count: images are matched by name, numbers of tracks through the task's start and step.
Without one the file says which frames there are; what lies between them is a deleted frame.  In a project ids and
names begin anew in each task.

    <image id="6" name="c/06.jpg" .../> in a task that starts at 4 with step 2: frame 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from os.path import splitext

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.cvat_xml.meta import Meta, ProjectTask
from annotools.formats.kernel.places import At
from annotools.matching import CvatMatcher, FrameMatcher, Match, mismatch
from annotools.model.columns import distinct
from annotools.model.dataset import Dataset
from annotools.model.definitions import Task, task_frames, video_name
from annotools.model.frames import Frames
from annotools.model.tables import Bools, Ints

_MOST = 2_000_000  # frames that are made up from numbers alone
Matching = Callable[[Dataset], Callable[[str, int], Match]]


class Images(msgspec.Struct, frozen=True):
    """The `<image>` elements of all files: what they say of themselves, -1 for numbers that are not said."""

    id: Ints
    width: Ints
    height: Ints
    names: list[str]
    subsets: list[str]
    tasks: list[str]
    at: At

    def __len__(self) -> int:
        return len(self.names)


class FramePlaces(msgspec.Struct, frozen=True):
    """Where rows stand.

    base: task, frames and jobs.  images: the frame of each image, -1 for none.  tasks: those of a project by their id.
    by_end: the frames that are an image's only by the end of its name.
    """

    base: Dataset
    images: Ints
    tasks: dict[str, ProjectTask] = msgspec.field(default_factory=dict)
    by_end: Sequence[int] = ()

    def of_numbers(self, numbers: Ints, tasks: list[str]) -> tuple[Ints, Bools]:
        """Numbers of the source media as frames, and which of them are met.  tasks: ids of tasks of a project."""
        if not self.tasks:
            return task_frames(self.base.task, numbers)
        nothing = ProjectTask("", 0)
        known = [self.tasks.get(task, nothing) for task in tasks]
        columns = ([getattr(one, name) for one in known] for name in ("first", "start", "step"))
        first, start, step = (np.array(column, np.int64) for column in columns)
        frames, rest = np.divmod(numbers - start, step)
        return first + frames, rest == 0


def matched(images: Images, context: Dataset, matching: Matching, problems: Problems) -> FramePlaces:
    """Images among the frames of a context; one that fits none is a problem."""
    match = matching(context)
    frames = np.full(len(images), -1, np.int64)
    by_end = []
    for row, (name, number) in enumerate(zip(images.names, images.id.tolist(), strict=True)):
        result = match(name, number)
        if result.frame is None:
            fault = mismatch(name, result, "")
            problems.append(images.at.problem(row, fault.message, expected=fault.expected, kind=fault.kind))
            continue
        frames[row] = result.frame
        if result.how.startswith(("suffix", "name")):
            by_end.append(result.frame)
    return FramePlaces(context, frames, by_end=by_end)


def by_name(context: Dataset) -> Callable[[str, int], Match]:
    """Images by their names; of several frames that fit the number decides."""
    frames, task = context.frames, context.task
    matcher = FrameMatcher(frames.names)

    def match(name: str, number: int) -> Match:
        result = matcher.match(name)
        frame, rest = divmod(number - task.start_frame, task.step)
        fits = frame in result.candidates if name else 0 <= frame < len(frames)
        return Match(frame, "id") if not rest and fits else result

    return match


def as_server(context: Dataset) -> Callable[[str, int], Match]:
    """Images as the server finds them: by path, then by number."""
    matcher = CvatMatcher(context.frames.names, video=context.task.is_video)

    def match(name: str, number: int) -> Match:
        stem, extension = splitext(name)
        return matcher.match(stem, extension=extension, number=number)

    return match


def listed(images: Images, numbers: Ints, meta: Meta, problems: Problems) -> FramePlaces:
    """Frames as the file has them.  numbers: of the source media, those that tracks stand on."""
    task, size = _span(meta, numbers, len(images) > 0)
    if size is not None and size > _MOST:
        problems.add(f"has {size:,} frames", expected=f"at most {_MOST:,}")
        size = 0
    tasks = {one.id: one for one in meta.tasks} if len(meta.tasks) > 1 else {}
    if not len(images):
        task = replace(task, stop_frame=_stop(task, size or 0))
        return FramePlaces(Dataset(task=task, frames=_numbered(task, size or 0, meta)), images.id, tasks)
    frames = _in_project(images, tasks) if tasks else _by_id(images, task, size)
    if frames is not None and tasks:
        size = sum(one.size for one in meta.tasks)
    if frames is None:
        frames, size = _in_order(images)
        task = replace(task, start_frame=0, step=1)
    count = int(frames.max()) + 1 if size is None else size
    if task.stop_frame is None:
        task = replace(task, stop_frame=_stop(task, count))
    return FramePlaces(Dataset(task=task, frames=_frames(images, frames, count, meta)), frames, tasks)


def _span(meta: Meta, numbers: Ints, has_images: bool) -> tuple[Task, int | None]:
    """The task with its true start, and how many frames it has, None where that is not said."""
    task = meta.task
    if meta.kind == "job" and len(meta.jobs) == 1:
        job = meta.jobs[0]
        start = max(task.start_frame - job.start_frame * task.step, 0)
        return replace(task, start_frame=start), job.stop_frame + 1
    if len(meta.tasks) > 1:
        return task, None if has_images else sum(one.size for one in meta.tasks)
    if meta.size is not None:
        return task, meta.size
    if task.stop_frame is not None:
        return task, max(task.stop_frame - task.start_frame, -1) // task.step + 1
    return task, None if has_images else int(numbers.max(initial=-1)) + 1


def _stop(task: Task, count: int) -> int:
    return task.start_frame + task.step * max(count - 1, 0) if task.stop_frame is None else task.stop_frame


def _by_id(images: Images, task: Task, size: int | None) -> Ints | None:
    """The frame of each image by its number; None where numbers contradict names, or are too far apart to be any."""
    frames, exact = task_frames(task, images.id)
    most = 4 * len(images) + 1000 if size is None else size
    if not exact.all() or (frames < 0).any() or (frames >= most).any():
        return None
    return frames if _one_a_frame(images, frames) else None


def _in_project(images: Images, tasks: dict[str, ProjectTask]) -> Ints | None:
    """The frame of each image by its task and number; None as above."""
    known = [tasks.get(task) for task in images.tasks]
    frames = np.full(len(images), -1, np.int64)
    for row, (one, number) in enumerate(zip(known, images.id.tolist(), strict=True)):
        frame, rest = divmod(number - one.start, one.step) if one is not None else (-1, 0)
        if one is None or rest or not 0 <= frame < one.size:
            return None
        frames[row] = one.first + frame
    return frames if _one_a_frame(images, frames) else None


def _one_a_frame(images: Images, frames: Ints) -> bool:
    if len(distinct(frames)) == len(frames):
        return True
    named = set(zip(frames.tolist(), images.tasks, images.subsets, images.names, strict=True))
    return len({frame for frame, *_ in named}) == len(named)


def _in_order(images: Images) -> tuple[Ints, int]:
    """Images numbered as they come; what has the same task, subset, number and name is the same image."""
    places: dict[tuple[str, str, int, str], int] = {}
    named = zip(images.tasks, images.subsets, images.id.tolist(), images.names, strict=True)
    frames = [places.setdefault(key, len(places)) for key in named]
    return np.array(frames, np.int64), len(places)


def _numbered(task: Task, size: int, meta: Meta) -> Frames:
    numbers = range(task.start_frame, task.start_frame + task.step * size, task.step)
    frames = Frames.of(map(video_name, numbers), meta.width, meta.height)
    if len(meta.tasks) < 2 or size != sum(one.size for one in meta.tasks):
        return frames
    sizes = [one.size for one in meta.tasks]
    subsets = tuple(one.subset for one in meta.tasks for _ in range(one.size))
    width, height = (np.repeat([getattr(one, n) for one in meta.tasks], sizes) for n in ("width", "height"))
    return replace(frames, subsets=subsets, width=width, height=height)


def _frames(images: Images, rows: Ints, count: int, meta: Meta) -> Frames:
    names, subsets = [""] * count, [""] * count
    width, height = np.zeros(count, np.int64), np.zeros(count, np.int64)
    width[rows], height[rows] = np.maximum(images.width, 0), np.maximum(images.height, 0)
    for frame, name, subset in zip(rows.tolist(), images.names, images.subsets, strict=True):
        names[frame], subsets[frame] = name, subset
    missing: Bools = np.ones(count, np.bool_)
    missing[rows] = False
    if meta.kind == "job" and len(meta.jobs) == 1:
        missing[: meta.jobs[0].start_frame] = False
    return Frames.of(names, width, height, deleted=np.flatnonzero(missing), subsets=subsets)
