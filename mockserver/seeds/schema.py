"""The fields of a seed that the server cannot do without, and their types; all others may be missing or anything."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from annotools.labeled_data import LabeledData

Id = Annotated[int, Meta(ge=1, le=2**53)]
Frame = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Size = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")]


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
    invitation: str | None = None


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


class Guide(Struct):
    """What annotators are told."""

    id: Id
    markdown: str
    created_date: Date
    updated_date: Date
    task_id: Id | None = None
    project_id: Id | None = None


class Owned(Struct):
    """A webhook or a cloud storage."""

    id: Id
    owner: Person
    created_date: Date
    updated_date: Date
    organization: Id | None = None


class Webhook(Owned, kw_only=True):
    """Whom the server would tell about events."""

    target_url: str
    type: Literal["organization", "project"]
    events: list[str]
    description: str = ""
    project_id: Id | None = None


class CloudStorage(Owned, kw_only=True):
    """A place outside."""

    provider_type: str
    resource: str
    display_name: str
    credentials_type: str


class AccessToken(Struct):
    """A token that a user made; `value` is what clients send."""

    id: Id
    name: str
    value: str
    owner: Named | Id
    expiry_date: Date | None = None


class Invitation(Struct):
    """An invitation into an organization."""

    key: str
    user: Named | Id
    owner: Person
    role: Literal["owner", "maintainer", "supervisor", "worker"]
    organization: Id
    created_date: Date


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
    guides: list[Guide] = []
    webhooks: list[Webhook] = []
    cloudstorages: list[CloudStorage] = []
    access_tokens: list[AccessToken] = []
    invitations: list[Invitation] = []
    data_meta: dict[Id, DataMeta] = {}
    validation: dict[Id, Validation] = {}
    annotations: dict[Id, LabeledData] = {}
