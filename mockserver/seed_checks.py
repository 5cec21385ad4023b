"""What a seed must say, so that the server can answer from it: fields and their types, and that references lead somewhere.

    check({"users": [{"id": 1}]})     SeedError: Object missing required field `username` - at `$.users[0]`

A kind that is left out is empty; fields that are not named here may be missing or anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from annotools.errors import InputError
from mockserver.records import LabeledData

Id = Annotated[int, Meta(ge=1, le=2**53)]
Frame = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Size = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")]


class SeedError(InputError):
    """What was given cannot be a seed."""


class Named(Struct):
    """A reference with more than the id."""

    id: Id


Person = Named | Id | None


class User(Struct):
    """Somebody who can log in."""

    id: Id
    username: str
    password: str = ""
    groups: list[str] = []
    email: str | None = None
    is_superuser: bool = False
    is_active: bool = True


class Organization(Struct):
    """An organization."""

    id: Id
    slug: str
    name: str
    description: str
    created_date: Date
    updated_date: Date
    contact: dict[str, Any]
    owner: Person


class Membership(Struct):
    """Somebody in an organization."""

    id: Id
    user: Person
    organization: Id
    is_active: bool
    role: Literal["owner", "maintainer", "supervisor", "worker"]
    joined_date: Date | None


class Project(Struct):
    """A project."""

    id: Id
    name: str
    owner: Person
    assignee: Person
    bug_tracker: str
    created_date: Date
    updated_date: Date
    status: str
    organization: Id | None


class Task(Project):
    """A task; the data fields are there when it has data."""

    project_id: Id | None
    subset: str
    overlap: Frame | None
    segment_size: Frame
    dimension: str
    mode: str
    media_type: str
    data: int | None = None
    size: int | None = None


class Job(Struct):
    """A job."""

    id: Id
    task_id: Id
    assignee: Person
    status: str
    stage: Literal["annotation", "validation", "acceptance"]
    state: Literal["new", "in progress", "completed", "rejected"]
    type: str
    frame_count: Frame
    start_frame: Frame
    stop_frame: Frame
    created_date: Date
    updated_date: Date
    assignee_updated_date: Date | None
    parent_job_id: Id | None


class Spec(Struct):
    """An attribute of a label."""

    id: Id
    name: str
    mutable: bool
    input_type: str
    default_value: str
    values: list[str]


class Sublabel(Struct):
    """A part of a skeleton label."""

    id: Id
    name: str
    color: str
    type: str
    attributes: list[Spec]


class Label(Sublabel):
    """A label of a task or project."""

    sublabels: list[Sublabel]
    task_id: Id | None = None
    project_id: Id | None = None


class Issue(Struct):
    """An issue."""

    id: Id
    frame: Frame
    position: list[float]
    job: Id
    owner: Person
    assignee: Person
    created_date: Date
    updated_date: Date
    resolved: bool


class Comment(Struct):
    """A comment on an issue."""

    id: Id
    issue: Id
    owner: Person
    message: str
    created_date: Date
    updated_date: Date


class File(Struct):
    """A picture, or the file of a video."""

    name: str
    width: Size | None = None
    height: Size | None = None
    related_files: Frame | None = 0


class DataMeta(Struct):
    """The frames of a task."""

    chunks_updated_date: Date
    chunk_size: Size | None
    size: Frame
    start_frame: Frame
    stop_frame: Frame
    frame_filter: str | None
    frames: list[File]
    deleted_frames: list[Frame]


class Layout(Struct):
    """The validation layout of a task."""

    mode: str | None = None
    validation_frames: list[Frame] = []
    disabled_frames: list[Frame] = []
    honeypot_frames: list[Frame] = []
    honeypot_real_frames: list[Frame] = []


class GroundTruth(Struct):
    """The ground-truth job of a task."""

    id: Id
    included_frames: list[Frame] | None
    deleted_frames: list[Frame]


class Validation(Struct):
    """Ground truth and honeypots of a task."""

    layout: Layout
    jobs: dict[str, dict[str, Any]] = {}
    gt_job: GroundTruth | None = None


class Server(Struct):
    """What the seed was recorded from."""

    version: str = "2.73.0"


class Seed(Struct):
    """A whole seed."""

    server: Server = msgspec.field(default_factory=Server)
    users: list[User] = []
    organizations: list[Organization] = []
    memberships: list[Membership] = []
    projects: list[Project] = []
    tasks: list[Task] = []
    jobs: list[Job] = []
    labels: list[Label] = []
    issues: list[Issue] = []
    comments: list[Comment] = []
    data_meta: dict[Id, DataMeta] = {}
    validation: dict[Id, Validation] = {}
    annotations: dict[Id, LabeledData] = {}


def check(seed: Any) -> None:
    """Raises: SeedError with the place of the first field that is missing or odd, or of a reference into nothing."""
    try:
        found = msgspec.convert(seed, Seed, str_keys=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise SeedError(str(error)) from None
    _check_people(found)
    _check_tasks(found)
    _check_jobs(found)


def _require(holds: bool, text: str) -> None:
    if not holds:
        raise SeedError(text)


def _ids(rows: Iterable[Any], kind: str) -> set[int]:
    numbers = [row.id for row in rows]
    _require(len(numbers) == len(set(numbers)), f"two {kind} have the same id")
    return set(numbers)


def _id(person: Named | int | None) -> int | None:
    return person.id if isinstance(person, Named) else person


def _check_people(seed: Seed) -> None:
    users = _ids(seed.users, "users") | {None}  # type: ignore[operator]  # nobody is somebody here
    organizations = _ids(seed.organizations, "organizations") | {None}  # type: ignore[operator]
    for row in (*seed.organizations, *seed.projects, *seed.tasks, *seed.issues, *seed.comments):
        _require(_id(row.owner) in users, f"{type(row).__name__} {row.id}: its owner is no user of the seed")
    for held in (*seed.projects, *seed.tasks, *seed.jobs, *seed.issues):
        _require(_id(held.assignee) in users, f"{type(held).__name__} {held.id}: its assignee is no user of the seed")
    for placed in (*seed.projects, *seed.tasks, *seed.memberships):
        _require(placed.organization in organizations, f"organization {placed.organization} is not there")
    for member in seed.memberships:
        _require(_id(member.user) in users, f"membership {member.id}: its user is not there")


def _check_tasks(seed: Seed) -> None:
    projects, tasks = _ids(seed.projects, "projects"), _ids(seed.tasks, "tasks")
    for task in seed.tasks:
        _require(task.project_id is None or task.project_id in projects, f"task {task.id}: its project is not there")
        _require(task.id not in seed.data_meta or task.size is not None, f"task {task.id}: data_meta, but no size")
    for label in seed.labels:
        _require(label.task_id in tasks or label.project_id in projects, f"label {label.id} belongs to nothing")
    for pk, meta in seed.data_meta.items():
        _require(pk in tasks, f"data_meta {pk}: there is no such task")
        _require(len(meta.frames) > 0, f"data_meta {pk}: no frames")
    for pk, validation in seed.validation.items():
        layout = validation.layout
        _require(pk in seed.data_meta, f"validation {pk}: there is no such task with data")
        _require(len(layout.honeypot_frames) == len(layout.honeypot_real_frames), f"validation {pk}: uneven honeypots")


def _check_jobs(seed: Seed) -> None:
    jobs, issues = _ids(seed.jobs, "jobs"), _ids(seed.issues, "issues")
    for job in seed.jobs:
        meta = seed.data_meta.get(job.task_id)
        _require(meta is not None, f"job {job.id}: its task is not there or has no data")
        last = meta.size - 1 if meta else 0
        _require(job.start_frame <= job.stop_frame <= last, f"job {job.id}: its frames are not those of its task")
    for pk in seed.annotations:
        _require(pk in jobs, f"annotations {pk}: there is no such job")
    for issue in seed.issues:
        _require(issue.job in jobs, f"issue {issue.id}: its job is not there")
    for comment in seed.comments:
        _require(comment.issue in issues, f"comment {comment.id}: its issue is not there")
    _check_rows(seed.annotations.values())


def _check_rows(documents: Iterable[LabeledData]) -> None:
    """Every annotation of a seed has an id, and a track a keyframe."""
    for data in documents:
        rows = (*data.tags, *data.shapes, *data.tracks, *data.intervals)
        parts = [part for row in (*data.shapes, *data.tracks) if row.elements for part in row.elements]
        _require(all(row.id is not None for row in (*rows, *parts)), "an annotation without id")
        tracks = [part for part in (*data.tracks, *parts) if hasattr(part, "shapes")]
        _require(all(track.shapes for track in tracks), "a track without keyframes")
        keyframes = [shape for track in tracks for shape in track.shapes]
        _require(all(shape.id is not None for shape in keyframes), "a keyframe without id")
