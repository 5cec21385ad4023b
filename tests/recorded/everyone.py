"""Every route of the mock asked by everyone of the office, and what the first who may has changed by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.state import comparing
from tests.recorded.office import PEOPLE
from tests.recorded.talks import Talk

IDS: dict[str, tuple[Any, ...]] = {
    "tasks": (1, 2, 3, 4, 5, 7, 99), "jobs": (1, 2, 4, 5, 7, 8, 11, 12, 99), "projects": (1, 2, 99), "labels": (1, 9),
    "issues": (1, 2, 99), "comments": (1, 2), "users": (1, 2, 13, 99), "organizations": (1, 2, 99),
    "memberships": (1, 2, 3, 4, 7, 99), "invitations": ("k1", "k2", "kx"), "guides": (1, 2), "webhooks": (1, 2, 3, 99),
    "cloudstorages": (1, 2, 99), "auth": (1, 3, 99), "quality": (1, 2), "consensus": (1, 2),
}  # fmt: skip
_NEW = {"name": "new", "labels": [{"name": "a", "attributes": []}]}
_SHAPE = {"shapes": [{"type": "rectangle", "frame": 1, "label_id": 1, "points": [1, 2, 3, 4]}]}
_HOOK = {"type": "project", "project_id": 1, "target_url": "http://x.test", "events": ["update:job"]}
_STORE = {
    "provider_type": "AWS_S3_BUCKET",
    "resource": "b",
    "display_name": "d",
    "credentials_type": "ANONYMOUS_ACCESS",
}
BODIES: dict[str, tuple[Any, ...]] = {
    "tasks_partial_update": ({"name": "x"}, {"assignee_id": 2}, {"owner_id": 3}, {"organization_id": 2},
                             {"project_id": 2}, {"organization_id": None}),
    "jobs_partial_update": ({"state": "completed"}, {"stage": "validation"}, {"assignee": 2}, {"assignee": 5}),
    "projects_partial_update": ({"name": "x"}, {"assignee_id": 2}, {"owner_id": 3}, {"organization_id": 2}),
    "labels_partial_update": ({"name": "x"},), "issues_partial_update": ({"resolved": True}, {"assignee_id": 2}),
    "comments_partial_update": ({"message": "x"},), "users_partial_update": ({"first_name": "X"}, {"is_active": False},
                                                                             {"groups": ["admin"]}),
    "organizations_partial_update": ({"name": "x"},),
    "memberships_partial_update": ({"role": "worker"}, {"role": "maintainer"}),
    "jobs_partial_update_annotations?action=create": (_SHAPE,), "tasks_partial_update_annotations?action=create": (
        _SHAPE,), "jobs_update_annotations": (_SHAPE,), "tasks_update_annotations": (_SHAPE,),
    "jobs_partial_update_data_meta": ({"deleted_frames": [1]},), "tasks_partial_update_data_meta": (
        {"deleted_frames": [1]},), "jobs_partial_update_validation_layout": ({"frame_selection_method":
                                                                             "random_uniform"},),
    "tasks_partial_update_validation_layout": ({"disabled_frames": [5]}, {"disabled_frames": [13]}),
    "projects_create": (_NEW,), "tasks_create": (_NEW, {"name": "in", "project_id": 1}, {"name": "in",
                                                                                         "project_id": 2}),
    "jobs_create": tuple({"type": "ground_truth", "task_id": task, "frame_selection_method": "random_uniform",
                          "frame_count": 1} for task in (1, 3, 5, 6)),
    "issues_create": ({"job": 1, "frame": 0, "position": [1, 2], "message": "m"}, {"job": 7, "frame": 0, "position":
                                                                                  [1, 2], "message": "m"}),
    "comments_create": ({"issue": 1, "message": "m"}, {"issue": 2, "message": "m"}),
    "guides_create": ({"task_id": 2}, {"task_id": 4}, {"project_id": 2}, {}), "guides_partial_update": ({"markdown":
                                                                                                         "x"},),
    "webhooks_create": (_HOOK, _HOOK | {"project_id": 2}, {**_HOOK, "type": "organization", "project_id": None}),
    "webhooks_partial_update": ({"is_active": False},), "webhooks_update": ({"target_url": "http://y.test",
                                                                            "events": ["create:task"]},),
    "cloudstorages_create": (_STORE,), "cloudstorages_partial_update": ({"display_name": "x"},),
    "organizations_create": ({"slug": "new"},), "invitations_create": ({"email": "dan@example.com", "role": "worker"},
                                                                       {"email": "x@example.com", "role": "owner"}),
    "auth_create_access_tokens": ({"name": "x"},), "auth_partial_update_access_tokens": ({"name": "y"},),
    "quality_partial_update_settings": ({"iou_threshold": 0.5},), "consensus_partial_update_settings": (
        {"iou_threshold": 0.5},), "quality_create_report": ({"task_id": 1}, {"project_id": 1}, {"project_id": 2}),
    "consensus_create_merge": ({"task_id": 1}, {"job_id": 7}), "tasks_create_data": ({"image_quality": 70},),
}  # fmt: skip
_QUERIES = {
    "dataset/export": ("?format=COCO 1.0", "?format=COCO 1.0&save_images=true"),
    "annotations[/]": ("?format=COCO 1.0",),
    "data": ("?type=frame&number=1",), "data[/]": ("?type=frame&number=1",), "dataset[/]": ("?format=COCO 1.0",),
}  # fmt: skip
_OF_ORGANIZATIONS = ("", "?org=one", "?org=two", "?org=")


def asked(method: str, pattern: str, operation: str) -> list[Any]:
    """One route, with ids of the office; what was changed is undone before the next asks."""
    talk = Talk("office")
    for path, body in _requests(method, pattern, operation):
        before = True
        for user in PEOPLE:
            talk.ask(method, path, body, user)
            if method not in ("GET", "HEAD", "OPTIONS") and ": 2" in talk.lines[-1][: len(path) + 30]:
                state = talk.app.state
                if before:
                    talk.lines += comparing.changes(state.baseline(), state)
                    before = False
                state.reset()
    return talk.lines


def _requests(method: str, pattern: str, operation: str) -> Iterator[tuple[str, Any]]:
    resource = pattern.split("/")[2]
    rest = re.split(r"\}/", pattern)[-1]
    with_id = re.search(r"\{\w+\}", pattern) is not None
    queries = _QUERIES.get(rest, ("",)) if with_id and method in ("GET", "POST") else ("",)
    queries = _OF_ORGANIZATIONS if not with_id and method in ("GET", "POST") else queries
    named = next((name for name in BODIES if name.partition("?")[0] == operation), operation)
    queries = (f"?{named.partition('?')[2]}",) if "?" in named else queries
    bodies: tuple[Any, ...] = (None,) if method in ("GET", "HEAD", "DELETE", "OPTIONS") else BODIES.get(named, ({},))
    for number in IDS.get(resource, (1, 99)) if with_id else ("",):
        path = re.sub(r"\{\w+\}", str(number), pattern.removesuffix("[/]"))
        for query in queries:
            yield from ((path + query, body) for body in bodies)
