"""Exports of a project as CVAT XML: one file of all its tasks, in which numbers start again with every task.

    <meta><project> id name bugtracker created updated labels subsets owner assignee tasks </project> <dumped/></meta>
    <image id="0" name="a.jpg" subset="Train" task_id="7" ..>
    <track id="3" label="car" source="manual" task_id="7" subset="Train">
    images/Train/a.jpg

annotools writes each task; here they are put together. What is in no subset is in `default`; names of a subset that
meet get a number, and so do the tracks of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from annotools.convert.writing import fit_to_format
from annotools.formats.base import Format, Members, WriteOptions
from annotools.model import Dataset
from annotools.storage import Media
from mockserver.exchange import bundles
from mockserver.state.context import Context
from mockserver.state.tables import Record

FILE, DEFAULT = "annotations.xml", "default"
_TASK = re.compile(r"    <task>\n.*?    </task>\n", re.S)
_LABELS = re.compile(r" *<labels>\n.*?</labels>\n", re.S)
_IMAGE = re.compile(r'<image id="(\d+)" name="([^"]*)"')
_TRACK = re.compile(r'<track id="\d+"((?: label="[^"]*")?(?: source="[^"]*")?)')


@dataclass(slots=True)
class Joined:
    """What the file has so far."""

    tasks: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    taken: dict[str, set[str]] = field(default_factory=dict)
    tracks: int = 0

    def name(self, subset: str, name: str) -> str:
        """A name that no image of the subset has yet."""
        taken = self.taken.setdefault(subset, set())
        free_name = next(candidate for candidate in bundles.numbered(name) if candidate not in taken)
        taken.add(free_name)
        return free_name


def members(ctx: Context, project: Record, form: Format, options: WriteOptions) -> Members:
    """All members of the export. Raises: AnnotoolsError, WorkError."""
    joined, files = Joined(), list[tuple[str, Iterable[bytes]]]()
    for task in bundles.tasks_of_project(ctx, project):
        dataset, media = bundles.dataset_of(ctx, "task", task)
        dataset = bundles.without_honeypots(ctx, task, dataset)
        files += _add(joined, task, dataset, _written(form, dataset, media, options))
    yield FILE, [_document(ctx, project, joined).encode()]
    yield from files


def _written(
    form: Format, dataset: Dataset, media: Media, options: WriteOptions
) -> Iterator[tuple[str, Iterable[bytes]]]:
    assert form.write is not None  # it was chosen for its writer
    ready, _ = fit_to_format(dataset, form, options)
    return iter(form.write(ready, media if options.images else None, options))


def _add(joined: Joined, task: Record, dataset: Dataset, written: Members) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Add the XML of one task to the project's; gives its pictures."""
    subset, renamed = task["subset"] or DEFAULT, dict[str, str]()
    for name, pieces in written:
        if name != FILE:
            old_name = name.removeprefix("images/")
            new_name = renamed.get(old_name) or renamed.setdefault(old_name, joined.name(subset, old_name))
            yield f"images/{subset}/{new_name}", pieces
            continue
        text = b"".join(pieces).decode()
        block = _TASK.search(text)
        joined.tasks.append(_LABELS.sub("", block[0]) if block else "")
        body = text.partition("</meta>\n")[2].rpartition("</annotations>")[0]
        joined.bodies.append(_placed(joined, task, body, renamed))


def _placed(joined: Joined, task: Record, body: str, renamed: dict[str, str]) -> str:
    """Images and tracks, marked with their task and subset."""
    subset = task["subset"] or DEFAULT

    def image(match: re.Match[str]) -> str:
        new_name = renamed.setdefault(_plain(match[2]), joined.name(subset, _plain(match[2])))
        return f'<image id="{match[1]}" name={_quoted(new_name)} subset={_quoted(subset)} task_id="{task["id"]}"'

    def track(match: re.Match[str]) -> str:
        number, joined.tracks = joined.tracks, joined.tracks + 1
        return f'<track id="{number}"{match[1]} task_id="{task["id"]}" subset={_quoted(subset)}'

    return _TRACK.sub(track, _IMAGE.sub(image, body))


def _quoted(text: str) -> str:
    return quoteattr(text, {'"': "&quot;"})


def _plain(text: str) -> str:
    for entity, character in (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _document(ctx: Context, project: Record, joined: Joined) -> str:
    labels = _labels(ctx, project)
    subsets = dict.fromkeys(task["subset"] or DEFAULT for task in bundles.tasks_of_project(ctx, project))
    rows = [("id", str(project["id"])), ("name", project["name"]), ("bugtracker", project["bug_tracker"]),
            ("created", _moment(project["created_date"])), ("updated", _moment(project["updated_date"]))]  # fmt: skip
    named = "".join(f"      <{name}>{escape(value or '')}</{name}>\n" for name, value in rows)
    people = "".join(_person(ctx, role, project[f"{role}_id"]) for role in ("owner", "assignee"))
    tasks = "".join(re.sub("^", "    ", block, flags=re.M).removesuffix("    ") for block in joined.tasks)
    text = escape("\n".join(subsets))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <project>\n'
        f"{named}{labels}      <subsets>{text}</subsets>\n{people}      <tasks>\n{tasks}      </tasks>\n"
        f"    </project>\n    <dumped>{_moment(project['updated_date'])}</dumped>\n  </meta>\n"
        f"{''.join(joined.bodies)}</annotations>\n"
    )


def _labels(ctx: Context, project: Record) -> str:
    """The labels as annotools writes them, out of a task without frames."""
    empty = Dataset(labels=bundles.labels_of_project(ctx, project))
    written = dict(_written(bundles.images_format(), empty, Media(()), WriteOptions()))
    match = _LABELS.search(b"".join(written[FILE]).decode())
    return match[0] if match else ""


def _person(ctx: Context, role: str, pk: int | None) -> str:
    user = ctx.table("users").get(pk) or {}
    if not user:
        return f"      <{role}></{role}>\n"
    name, email = escape(user["username"]), escape(user.get("email") or "")
    return f"      <{role}>\n        <username>{name}</username>\n        <email>{email}</email>\n      </{role}>\n"


def _moment(value: str) -> str:
    return value.replace("T", " ", 1).removesuffix("Z") + "+00:00"
