"""`<meta>`: the task, or the one job, that the annotations are of; written and read.

    <meta>
      <task> id name size mode overlap bugtracker created updated subset start_frame stop_frame frame_filter
             segments owner assignee labels [original_size source, of a video] </task>
      <dumped/>
    </meta>

The block inside is called task, job or project.  A job has no name, and its original_size comes after dumped.  When it
is read, nothing is trusted to be there; a number that is none is a problem and counts as not said.
Source: CVAT 2.73 dataset_manager/bindings.py, meta.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from annotools.cvat_limits import REPLICA_TYPES
from annotools.errors import Problems
from annotools.formats.cvat_xml.attribute_texts import spec_of
from annotools.formats.cvat_xml.pieces import Node
from annotools.formats.kernel.xmlfile import text
from annotools.model.dataset import Dataset
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task, source_frames
from annotools.transform.task_meta import api_moment, moment

Element = tuple[str, "str | list[Element]"]
_LAST_NUMBER = re.compile(r"(\d{1,18})/?$")
_FILTER = re.compile(r"step\s*=\s*(\d{1,9})")
_MOST = 1 << 40
_ANY = Node("meta")


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
    said: list[Element] = [("name", label.name), ("color", label.color), ("type", label.type), ("attributes", specs)]
    if label.svg:
        said.append(("svg", label.svg))
    above = labels.by_id.get(label.parent) if label.parent is not None else None
    return [*said, ("parent", above.name)] if above else said


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


class ProjectTask(NamedTuple):
    """A task of a project.  first: its first frame among those of all; start, step: of the source; px, 0 if unknown."""

    id: str
    first: int
    size: int = 0
    start: int = 0
    step: int = 1
    subset: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Meta:
    """What the meta block says.  kind: task, job, project or empty.

    size, first, stop: of the task's frames, stop and first in the source media, None where not said.  width, height:
    of a video's frames, 0 where not said.  tasks: those of a project.
    """

    kind: str
    task: Task
    labels: Labels
    jobs: tuple[Job, ...]
    size: int | None
    width: int
    height: int
    tasks: tuple[ProjectTask, ...] = ()


def meta_of(node: Node | None, problems: Problems) -> Meta:
    """The meta block, or what is known without one."""
    outer = node or _ANY
    kind = next((kind for kind in ("task", "job", "project") if outer.child(kind)), "")
    block = outer.child(kind) or _ANY
    number = _Numbers(problems)
    size = block.child("original_size") or outer.child("original_size") or _ANY
    jobs = tuple(_job(segment, number) for holder in block.all("segments") for segment in holder.all("segment"))
    tasks = [task for holder in block.all("tasks") for task in holder.all("task")] if kind == "project" else []
    if tasks:
        block = tasks[0] if len(tasks) == 1 else block
    return Meta(
        kind, _task(block, kind, number), _labels(block if block.child("labels") else outer.child(kind) or _ANY), jobs,
        number.of(block, "size"), number.of(size, "width") or 0, number.of(size, "height") or 0,
        _project(tasks, number),
    )  # fmt: skip


def _project(nodes: list[Node], number: _Numbers) -> tuple[ProjectTask, ...]:
    """The tasks of a project, their frames one after the other."""
    first, tasks = 0, []
    for node in nodes:
        count, size = number.of(node, "size") or 0, node.child("original_size") or _ANY
        sides = (number.of(size, name) or 0 for name in ("width", "height"))
        start = number.of(node, "start_frame") or 0
        tasks.append(ProjectTask(node.said("id"), first, count, start, _step(node), _subset(node), *sides))
        first += count
    return tuple(tasks)


def _step(node: Node) -> int:
    found = _FILTER.search(node.said("frame_filter"))
    return max(int(found[1]), 1) if found else 1


def _subset(node: Node) -> str:
    """The subset of a task; a project calls it `default` where there is none."""
    name = node.said("subset")
    return "" if name == "default" else name


class _Numbers:
    """Reads whole numbers of the meta block."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def of(self, node: Node, tag: str, least: int = 0) -> int | None:
        """A number; None if there is none.  least: what it may be; the last frame of a task without any is -1."""
        text = node.said(tag).strip()
        if not text:
            return None
        whole = text.removeprefix("-").isdecimal() and len(text) <= 12
        if not whole or not least <= int(text) <= _MOST:
            self._problems.add(f"<{tag}> in <{node.tag}> is {text[:40]!r}", expected="a whole number")
            return None
        return int(text)


def _task(block: Node, kind: str, number: _Numbers) -> Task:
    owner, assignee = block.child("owner") or _ANY, block.child("assignee") or _ANY
    mode = block.said("mode") or "annotation"
    stated: dict[str, Any] = {
        "id": (number.of(block, "id") or None) if kind == "task" else None,
        "start_frame": number.of(block, "start_frame"),
        "stop_frame": number.of(block, "stop_frame", least=-1), "overlap": number.of(block, "overlap"),
    }  # fmt: skip
    return Task(
        name=block.said("name"), mode=mode, media_type="video" if mode == "interpolation" else "image",
        subset=_subset(block), step=_step(block), bug_tracker=block.said("bugtracker"),
        owner=owner.said("username"), owner_email=owner.said("email"),
        assignee=assignee.said("username"), assignee_email=assignee.said("email"),
        created=api_moment(block.said("created")), updated=api_moment(block.said("updated")),
        source_name=block.said("source"),
        **{name: value for name, value in stated.items() if value is not None},
    )  # fmt: skip


def _job(segment: Node, number: _Numbers) -> Job:
    found = _LAST_NUMBER.search(segment.said("url").strip())
    start, stop = number.of(segment, "start") or 0, number.of(segment, "stop") or 0
    return Job(id=int(found[1]) if found else -1, start_frame=start, stop_frame=stop)


def _labels(block: Node) -> Labels:
    """Labels in their order, sublabels behind their skeletons; numbered from 1."""
    nodes = [node for holder in block.all("labels") for node in holder.all("label")]
    parts: dict[str, list[Node]] = {}
    for node in nodes:
        parts.setdefault(node.said("parent"), []).append(node)
    top = parts.pop("", [])
    ordered = [node for label in top for node in (label, *parts.get(label.said("name"), ()))]
    rows: list[Label] = []
    specs, above = 0, -1
    for place, node in enumerate(ordered, 1):
        above = above if node.said("parent") else place
        found = [spec for holder in node.all("attributes") for spec in holder.all("attribute")]
        attributes = tuple(_spec(spec, specs + n) for n, spec in enumerate(found, 1))
        specs += len(found)
        parent = above if node.said("parent") else None
        name, color, svg = (node.said(tag) for tag in ("name", "color", "svg"))
        rows.append(Label(place, name, parent, node.said("type") or "any", color, attributes, svg))
    return Labels(tuple(rows))


def _spec(node: Node, number: int) -> AttributeSpec:
    old = spec_of(node.text, number)
    if old is not None:
        return old
    values = node.said("values")
    return AttributeSpec(
        number, node.said("name"), node.said("mutable").strip().lower() == "true", node.said("input_type") or "text",
        node.said("default_value"), tuple(values.split("\n")) if values else (),
    )  # fmt: skip
