"""`<meta>`: the task, or the one job, that the annotations are of, as it is read.

    <meta>
      <task> id name size mode overlap bugtracker created updated subset start_frame stop_frame frame_filter
             segments owner assignee labels [original_size source, of a video] </task>
      <dumped/>
    </meta>

The block inside is called task, job or project.  A job has no name, and its original_size comes after dumped.
Nothing is trusted to be there; a number that is none is a problem and counts as not said.  XML 1.0, of 2018, has one
text for each definition of an attribute:

    <attribute>@select=model:a,b,c</attribute>     fixed    <attribute>~radio=quality:good,bad</attribute>     mutable
    <attribute>~number=age:1,100,1</attribute>     the first value is the default

Source: CVAT 2.73 dataset_manager/bindings.py, meta, and
https://github.com/opencv/cvat/blob/v0.1.0/cvat/apps/documentation/xml_format.md
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from annotools.errors import Problems
from annotools.model.definitions import AttributeSpec, Job, Label, Labels, Task
from annotools.transform.task_meta import api_moment

_LAST_NUMBER = re.compile(r"(\d{1,18})/?$")
_FILTER = re.compile(r"step\s*=\s*(\d{1,9})")
_MOST = 1 << 40
_OLD_SPEC = re.compile(r"\s*([@~])(select|radio|checkbox|number|text)=(.*?):(.*)", re.DOTALL)


class Node(msgspec.Struct):
    """An element of the meta block."""

    tag: str
    text: str = ""
    children: list[Node] = msgspec.field(default_factory=list)

    def child(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def text_of(self, tag: str) -> str:
        """The text of the first child of that name, empty if there is none."""
        child = self.child(tag)
        return child.text if child else ""

    def all(self, tag: str) -> list[Node]:
        """All children of that name."""
        return [child for child in self.children if child.tag == tag]


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


class Meta(msgspec.Struct, frozen=True):
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
        tasks.append(ProjectTask(node.text_of("id"), first, count, start, _step(node), _subset(node), *sides))
        first += count
    return tuple(tasks)


def _step(node: Node) -> int:
    match = _FILTER.search(node.text_of("frame_filter"))
    return max(int(match[1]), 1) if match else 1


def _subset(node: Node) -> str:
    """The subset of a task; a project calls it `default` where there is none."""
    name = node.text_of("subset")
    return "" if name == "default" else name


class _Numbers:
    """Reads whole numbers of the meta block."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def of(self, node: Node, tag: str, least: int = 0) -> int | None:
        """A number; None if there is none.  least: what it may be; the last frame of a task without any is -1."""
        text = node.text_of(tag).strip()
        if not text:
            return None
        whole = text.removeprefix("-").isdecimal() and len(text) <= 12
        if not whole or not least <= int(text) <= _MOST:
            self._problems.add(f"<{tag}> in <{node.tag}> is {text[:40]!r}", expected="a whole number")
            return None
        return int(text)


def _task(block: Node, kind: str, number: _Numbers) -> Task:
    owner, assignee = block.child("owner") or _ANY, block.child("assignee") or _ANY
    mode = block.text_of("mode") or "annotation"
    stated: dict[str, Any] = {
        "id": (number.of(block, "id") or None) if kind == "task" else None,
        "start_frame": number.of(block, "start_frame"),
        "stop_frame": number.of(block, "stop_frame", least=-1), "overlap": number.of(block, "overlap"),
    }  # fmt: skip
    return Task(
        name=block.text_of("name"), mode=mode, media_type="video" if mode == "interpolation" else "image",
        subset=_subset(block), step=_step(block), bug_tracker=block.text_of("bugtracker"),
        owner=owner.text_of("username"), owner_email=owner.text_of("email"),
        assignee=assignee.text_of("username"), assignee_email=assignee.text_of("email"),
        created=api_moment(block.text_of("created")), updated=api_moment(block.text_of("updated")),
        source_name=block.text_of("source"),
        **{name: value for name, value in stated.items() if value is not None},
    )  # fmt: skip


def _job(segment: Node, number: _Numbers) -> Job:
    match = _LAST_NUMBER.search(segment.text_of("url").strip())
    start, stop = number.of(segment, "start") or 0, number.of(segment, "stop") or 0
    return Job(id=int(match[1]) if match else -1, start_frame=start, stop_frame=stop)


def _labels(block: Node) -> Labels:
    """Labels in their order, sublabels behind their skeletons; numbered from 1."""
    nodes = [node for holder in block.all("labels") for node in holder.all("label")]
    parts: dict[str, list[Node]] = {}
    for node in nodes:
        parts.setdefault(node.text_of("parent"), []).append(node)
    top = parts.pop("", [])
    ordered = [node for label in top for node in (label, *parts.get(label.text_of("name"), ()))]
    rows: list[Label] = []
    specs, above = 0, -1
    for number, node in enumerate(ordered, 1):
        above = above if node.text_of("parent") else number
        inner = [spec for holder in node.all("attributes") for spec in holder.all("attribute")]
        attributes = tuple(_spec(spec, specs + n) for n, spec in enumerate(inner, 1))
        specs += len(inner)
        parent = above if node.text_of("parent") else None
        name, color, svg = (node.text_of(tag) for tag in ("name", "color", "svg"))
        rows.append(Label(number, name, parent, node.text_of("type") or "any", color, attributes, svg))
    return Labels(tuple(rows))


def _spec(node: Node, number: int) -> AttributeSpec:
    old = spec_of(node.text, number)
    if old is not None:
        return old
    values = node.text_of("values")
    return AttributeSpec(
        number, node.text_of("name"), node.text_of("mutable").strip().lower() == "true",
        node.text_of("input_type") or "text", node.text_of("default_value"),
        tuple(values.split("\n")) if values else (),
    )  # fmt: skip


def spec_of(text: str, number: int) -> AttributeSpec | None:
    """The definition that a text is; None for another text."""
    match = _OLD_SPEC.fullmatch(text)
    if match is None:
        return None
    prefix, kind, name, rest = match.groups()
    values = [value.strip() for value in rest.split(",")]
    chosen = () if kind == "text" else tuple(values)
    default = rest.strip() if kind == "text" else values[0]
    return AttributeSpec(number, name.strip().strip('"'), prefix == "~", kind, default, chosen)
