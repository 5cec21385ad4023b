"""Whether a seed says enough for the server to answer from it: fields, and references that lead somewhere.

check({"users": [{"id": 1}]})     SeedError: Object missing required field `username` - at `$.users[0]`
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from annotools.errors import InputError
from annotools.labeled_data import LabeledData
from mockserver.seeds.schema import Named, Seed


class SeedError(InputError):
    """What was given cannot be a seed."""


def check(seed: Any) -> None:
    """Raises: SeedError with the path of the first field that is missing or odd, or of a reference to nothing."""
    try:
        converted = msgspec.convert(seed, Seed, str_keys=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise SeedError(str(error)) from None
    _check_people(converted)
    _check_tasks(converted)
    _check_jobs(converted)
    _check_records(converted)


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
    users: set[int | None] = {None, *_ids(seed.users, "users")}
    organizations: set[int | None] = {None, *_ids(seed.organizations, "organizations")}
    owned: list[Any] = [*seed.organizations, *seed.projects, *seed.tasks, *seed.issues, *seed.comments]
    owned += [*seed.webhooks, *seed.cloudstorages, *seed.access_tokens]
    for row in owned:
        _require(_id(row.owner) in users, f"{type(row).__name__} {row.id}: its owner is not a user of the seed")
    assigned: list[Any] = [*seed.projects, *seed.tasks, *seed.jobs, *seed.issues]
    for row in assigned:
        _require(_id(row.assignee) in users, f"{type(row).__name__} {row.id}: its assignee is not a user of the seed")
    inside: list[Any] = [*seed.projects, *seed.tasks, *seed.memberships, *seed.webhooks, *seed.cloudstorages]
    for row in inside:
        _require(row.organization in organizations, f"organization {row.organization} is not there")
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


def _check_records(seed: Seed) -> None:
    """Guides, webhooks and invitations belong to something."""
    tasks, projects = {task.id for task in seed.tasks}, {project.id for project in seed.projects}
    users, organizations = {user.id for user in seed.users}, {row.id for row in seed.organizations}
    _ids(seed.guides, "guides"), _ids(seed.webhooks, "webhooks"), _ids(seed.cloudstorages, "cloudstorages")
    for guide in seed.guides:
        _require(guide.task_id in tasks or guide.project_id in projects, f"guide {guide.id} belongs to nothing")
    for webhook in seed.webhooks:
        valid = webhook.project_id in projects or webhook.organization in organizations
        _require(valid, f"webhook {webhook.id} belongs to nothing")
    for row in seed.invitations:
        valid = {_id(row.user), _id(row.owner)} <= {None, *users} and row.organization in organizations
        _require(valid, f"invitation {row.key}: its people or its organization are not there")


def _check_rows(documents: Iterable[LabeledData]) -> None:
    """Every annotation of a seed has an id, and a track a keyframe."""
    for data in documents:
        rows = (*data.tags, *data.shapes, *data.tracks, *data.intervals)
        whole: list[Any] = [*data.shapes, *data.tracks]
        parts = [part for row in whole if row.elements for part in row.elements]
        _require(all(row.id is not None for row in (*rows, *parts)), "an annotation without id")
        tracks = [part for part in (*data.tracks, *parts) if hasattr(part, "shapes")]
        _require(all(track.shapes for track in tracks), "a track without keyframes")
        keyframes = [shape for track in tracks for shape in track.shapes]
        _require(all(shape.id is not None for shape in keyframes), "a keyframe without id")
