"""`<meta>`, read: the task, its labels and its segments.

The block inside is called task, job or project.  Nothing of it is trusted to be there; a number that is none is a
problem and counts as not said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotools.errors import Problems
from annotools.formats.cvat_xml.pieces import Node
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task
from annotools.transform.task_meta import api_moment

_LAST_NUMBER = re.compile(r"(\d{1,18})/?$")
_FILTER = re.compile(r"step\s*=\s*(\d{1,9})")
_MOST = 1 << 40
_ANY = Node("meta")


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
    top = [node for node in nodes if not node.said("parent")]
    ordered = [n for t in top for n in (t, *(node for node in nodes if node.said("parent") == t.said("name")))]
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
    values = node.said("values")
    return AttributeSpec(
        number, node.said("name"), node.said("mutable").strip().lower() == "true", node.said("input_type") or "text",
        node.said("default_value"), tuple(values.split("\n")) if values else (),
    )  # fmt: skip
