"""`<meta>`, written: the task, or the one job, that the annotations are of.

    <meta>
      <task> id name size mode overlap bugtracker created updated subset start_frame stop_frame frame_filter
             segments owner assignee labels [original_size source, of a video] </task>
      <dumped/>
    </meta>

A job has no name, and its original_size comes after dumped.  Source: CVAT 2.73 dataset_manager/bindings.py, meta.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from annotools.formats.cvat_xml.texts import text
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task, source_frames
from annotools.transform.task_meta import moment

Node = tuple[str, "str | list[Node]"]


def header(dataset: Dataset, job: Job | None) -> str:
    """Everything before the first image or track.  job: the one job that is written, None for the whole task."""
    lines = _lines(("meta", _meta(dataset, job)), "  ")
    return '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n' + "".join(lines)


def _lines(node: Node, indent: str) -> Iterator[str]:
    name, content = node
    if isinstance(content, str):
        yield f"{indent}<{name}>{text(content)}</{name}>\n"
        return
    yield f"{indent}<{name}>\n"
    for child in content:
        yield from _lines(child, indent + "  ")
    yield f"{indent}</{name}>\n"


def _meta(dataset: Dataset, job: Job | None) -> list[Node]:
    dumped: Node = ("dumped", moment(dataset.task.updated))
    size = _original_size(dataset)
    if job is not None:
        return [("job", _job(dataset, job)), dumped, *size]
    source: list[Node] = [("source", dataset.task.source_name.rsplit("/", 1)[-1])] if dataset.task.is_video else []
    return [("task", [*_task(dataset), *size, *source]), dumped]


def _task(dataset: Dataset) -> list[Node]:
    task = dataset.task
    first, last = task.start_frame, task.start_frame + task.step * (len(dataset.frames) - 1)
    stop = last if task.stop_frame is None else task.stop_frame
    named: list[Node] = [("id", str(max(task.id, 0))), ("name", task.name), ("size", str(len(dataset.frames)))]
    jobs = [job for job in dataset.jobs if job.type != "consensus_replica"]  # which shares a segment with its parent
    return named + _rest(task, (first, stop), jobs, dataset.labels)


def _job(dataset: Dataset, job: Job) -> list[Node]:
    task = dataset.task
    first, last = source_frames(task, np.array([job.start_frame, job.stop_frame])).tolist()
    last = last if task.stop_frame is None else min(last, task.stop_frame)
    size = job.stop_frame - job.start_frame + 1
    named: list[Node] = [("id", str(max(job.id, 0))), ("size", str(size))]
    return named + _rest(task, (first, last), (job,), dataset.labels)


def _rest(task: Task, span: tuple[int, int], jobs: Iterable[Job], labels: Labels) -> list[Node]:
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
        ("labels", [("label", _label(label, labels)) for label in labels]),
    ]


def _segment(job: Job) -> Node:
    number = str(max(job.id, 0))
    span: list[Node] = [("start", str(job.start_frame)), ("stop", str(job.stop_frame))]
    return ("segment", [("id", number), *span, ("url", f"/api/jobs/{number}")])


def _person(name: str, email: str) -> str | list[Node]:
    return [("username", name), ("email", email)] if name or email else ""


def _label(label: Label, labels: Labels) -> list[Node]:
    specs: list[Node] = [("attribute", _spec(spec)) for spec in label.attributes]
    said: list[Node] = [("name", label.name), ("color", label.color), ("type", label.type), ("attributes", specs)]
    if label.svg:
        said.append(("svg", label.svg))
    above = labels.by_id.get(label.parent) if label.parent is not None else None
    return [*said, ("parent", above.name)] if above else said


def _spec(spec: AttributeSpec) -> list[Node]:
    return [
        ("name", spec.name),
        ("mutable", str(spec.mutable)),
        ("input_type", spec.input_type),
        ("default_value", spec.default_value),
        ("values", "\n".join(spec.values)),
    ]


def _original_size(dataset: Dataset) -> list[Node]:
    frames = dataset.frames
    if not dataset.task.is_video or not len(frames):
        return []
    return [("original_size", [("width", str(frames.width[0])), ("height", str(frames.height[0]))])]
