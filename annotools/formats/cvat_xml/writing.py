"""What both formats write alike: `<meta>` and the document, the pictures, and the points of skeletons.

Source: CVAT 2.73 dataset_manager/bindings.py, meta; `meta` has it in miniature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from annotools.cvat_limits import REPLICA_TYPES
from annotools.formats.base import Members, Options, WriteOptions
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.xmlfile import text
from annotools.geometry.ragged import expand_ranges
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task, source_frames
from annotools.model.tables import Array, Ints
from annotools.storage import Media
from annotools.transform.job_scope import only_job
from annotools.transform.task_meta import moment

FILE = "annotations.xml"
Element = tuple[str, "str | list[Element]"]


def members(
    dataset: Dataset, media: Media | None, options: WriteOptions, pieces: Iterable[Iterable[str]]
) -> Members:  # fmt: skip
    """`annotations.xml`, and with pictures `images/[subset/]name`.  pieces: its elements, some at a time."""
    yield FILE, _document(dataset, options, pieces)
    if options.images and media is not None:
        yield from pictures(dataset, media)


def _document(dataset: Dataset, options: Options, pieces: Iterable[Iterable[str]]) -> Iterator[bytes]:
    yield header(dataset, only_job(dataset, alone=options.job is not None)).encode()
    for elements in pieces:
        yield "".join(elements).encode()
    yield b"</annotations>\n"


def pictures(dataset: Dataset, media: Media) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Names and pieces of the pictures."""
    frames, names = dataset.frames, file_names(dataset, media)
    for frame in dataset.shown_frames.tolist():
        if frame in media:
            folder = f"{frames.subsets[frame]}/" if frames.subsets[frame] else ""
            yield f"images/{folder}{names[frame]}", media[frame].pieces()


def of_skeletons(
    owner: Array, elements: Ints, rows: Ints, lines_of: Callable[[Ints], list[str]]
) -> Iterator[tuple[int, str]]:  # fmt: skip
    """Place in `rows` of each skeleton, and all its elements as text.

    owner: ascending, the skeleton of each of `elements`.  lines_of: what makes a line of each of some elements.
    """
    starts = np.searchsorted(owner, rows, "left")
    counts = np.searchsorted(owner, rows, "right") - starts
    mine = elements[expand_ranges(starts, counts)]
    if not len(mine):
        return
    lines = lines_of(mine)
    for nth, (end, count) in enumerate(zip(np.cumsum(counts).tolist(), counts.tolist(), strict=True)):
        if count:
            yield nth, "".join(lines[end - count : end])


def header(dataset: Dataset, job: Job | None) -> str:
    """Everything before the first image or track.  job: the one job that is written, None for the whole task."""
    lines = _lines(("meta", _meta(dataset, job)), "  ")
    return '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n' + "".join(lines)


def _lines(node: Element, indent: str) -> Iterator[str]:
    name, content = node
    if isinstance(content, str):
        yield f"{indent}<{name}>{text(content)}</{name}>\n"
        return
    yield f"{indent}<{name}>\n"
    for child in content:
        yield from _lines(child, indent + "  ")
    yield f"{indent}</{name}>\n"


def _meta(dataset: Dataset, job: Job | None) -> list[Element]:
    dumped: Element = ("dumped", moment(dataset.task.updated))
    size = _original_size(dataset)
    if job is not None:
        return [("job", _job_element(dataset, job)), dumped, *size]
    source: list[Element] = [("source", dataset.task.source_name.rsplit("/", 1)[-1])] if dataset.task.is_video else []
    return [("task", [*_task_element(dataset), *size, *source]), dumped]


def _task_element(dataset: Dataset) -> list[Element]:
    task = dataset.task
    first, last = task.start_frame, task.start_frame + task.step * (len(dataset.frames) - 1)
    stop = last if task.stop_frame is None else task.stop_frame
    named: list[Element] = [("id", str(max(task.id, 0))), ("name", task.name), ("size", str(len(dataset.frames)))]
    jobs = [job for job in dataset.jobs if job.type not in REPLICA_TYPES]  # which share a segment with their parents
    return named + _rest(task, (first, stop), jobs, dataset.labels)


def _job_element(dataset: Dataset, job: Job) -> list[Element]:
    task = dataset.task
    first, last = source_frames(task, np.array([job.start_frame, job.stop_frame])).tolist()
    last = last if task.stop_frame is None else min(last, task.stop_frame)
    size = job.stop_frame - job.start_frame + 1
    named: list[Element] = [("id", str(max(job.id, 0))), ("size", str(size))]
    return named + _rest(task, (first, last), (job,), dataset.labels)


def _rest(task: Task, span: tuple[int, int], jobs: Iterable[Job], labels: Labels) -> list[Element]:
    return [
        ("mode", task.mode),
        ("overlap", str(task.overlap)),
        ("bugtracker", task.bug_tracker),
        ("created", moment(task.created)),
        ("updated", moment(task.updated)),
        ("subset", task.subset or "default"),
        ("start_frame", str(span[0])),
        ("stop_frame", str(span[1])),
        ("frame_filter", f"step={task.step}" if task.step != 1 else ""),
        ("segments", [_segment(job) for job in jobs]),
        ("owner", _person(task.owner, task.owner_email)),
        ("assignee", _person(task.assignee, task.assignee_email)),
        ("labels", [("label", _label_element(label, labels)) for label in labels]),
    ]


def _segment(job: Job) -> Element:
    number = str(max(job.id, 0))
    span: list[Element] = [("start", str(job.start_frame)), ("stop", str(job.stop_frame))]
    return ("segment", [("id", number), *span, ("url", f"/api/jobs/{number}")])


def _person(name: str, email: str) -> str | list[Element]:
    return [("username", name), ("email", email)] if name or email else ""


def _label_element(label: Label, labels: Labels) -> list[Element]:
    specs: list[Element] = [("attribute", _spec_element(spec)) for spec in label.attributes]
    parts: list[Element] = [("name", label.name), ("color", label.color), ("type", label.type), ("attributes", specs)]
    if label.svg:
        parts.append(("svg", label.svg))
    above = labels.by_id.get(label.parent) if label.parent is not None else None
    return [*parts, ("parent", above.name)] if above else parts


def _spec_element(spec: AttributeSpec) -> list[Element]:
    return [
        ("name", spec.name),
        ("mutable", str(spec.mutable)),
        ("input_type", spec.input_type),
        ("default_value", spec.default_value),
        ("values", "\n".join(spec.values)),
    ]


def _original_size(dataset: Dataset) -> list[Element]:
    frames = dataset.frames
    if not dataset.task.is_video or not len(frames):
        return []
    return [("original_size", [("width", str(frames.width[0])), ("height", str(frames.height[0]))])]
