"""Bodies of the mock with a value of a field after the other that is odd, and lists by every column."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from tests.recorded.annotating import ODD
from tests.recorded.everyone import BODIES
from tests.recorded.talks import Talk

_LABEL = {"name": "a", "color": "#102030", "type": "polygon", "attributes": [
    {"name": "n", "mutable": True, "input_type": "number", "default_value": "1", "values": ["0", "5", "1"]},
]}  # fmt: skip
_SKELETON = {"name": "s", "type": "skeleton", "svg": '<circle r="1" cx="1" cy="2" data-type="element node" '
             'data-element-id="1" data-node-id="1" data-label-name="p"></circle>', "sublabels": [
                 {"name": "p", "type": "points"}]}  # fmt: skip
_TASK = {
    "name": "t", "project_id": None, "owner_id": 2, "assignee_id": 3, "bug_tracker": "b", "labels": [_LABEL],
    "subset": "s", "target_storage": {"location": "local"}, "source_storage": None, "overlap": 1, "segment_size": 5,
    "consensus_replicas": 2, "validation_params": None, "organization_id": None,
}  # fmt: skip
_CHANGED = {
    name: value for name, value in _TASK.items() if name not in ("overlap", "segment_size", "validation_params")
}
_EVENT = {"scope": "load:job", "timestamp": "2026-03-01T09:00:00Z", "obj_id": 1, "obj_name": "n", "obj_val": "v",
          "source": "s", "count": 1, "duration": 2, "project_id": 1, "task_id": 1, "job_id": 1, "user_id": 1,
          "user_name": "x", "payload": "{}", "org_id": 1, "org_slug": "o"}  # fmt: skip
_ISSUE = {"job": 1, "frame": 0, "position": [1, 2, 3, 4], "message": "m", "assignee": 2, "resolved": False,
          "assignee_id": 2}  # fmt: skip
_STORE = BODIES["cloudstorages_create"][0] | {
    "key": "k", "secret_key": "s", "session_token": "t", "account_name": "a", "specific_attributes": "region=x",
    "description": "d", "manifests": ["m.jsonl"], "connection_string": "c",
}  # fmt: skip
_HOOK = BODIES["webhooks_create"][0] | {"description": "d", "secret": "s", "content_type": "application/json",
                                        "is_active": True, "enable_ssl": False}  # fmt: skip
_TRUTH = {"type": "ground_truth", "task_id": 3, "frame_selection_method": "manual", "frames": [0], "assignee": 2}
_UNIFORM = {
    "type": "ground_truth",
    "task_id": 3,
    "frame_selection_method": "random_uniform",
    "frame_count": 2,
    "random_seed": 3,
}
_PER_JOB = {"type": "ground_truth", "task_id": 5, "frame_selection_method": "random_per_job",
            "frames_per_job_share": 0.5, "random_seed": 3}  # fmt: skip
TARGETS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "task": ("POST", "tasks", _TASK), "task-change": ("PATCH", "tasks/1", _CHANGED),
    "task-in-one": ("PATCH", "tasks/2", _CHANGED), "project": ("POST", "projects", _TASK),
    "project-change": ("PATCH", "projects/2", _CHANGED), "job-change": ("PATCH", "jobs/1", {
        "stage": "validation", "state": "completed", "assignee": 3}),
    "truth": ("POST", "jobs", _TRUTH),
    "truth-uniform": ("POST", "jobs", _UNIFORM), "truth-per-job": ("POST", "jobs", _PER_JOB),
    "truth-share": ("POST", "jobs", {**_UNIFORM, "frame_share": 0.5}),
    "label": ("PATCH", "labels/1", {**_LABEL, "deleted": False}),
    "skeleton": ("PATCH", "labels/3", _SKELETON), "issue": ("POST", "issues", _ISSUE),
    "issue-change": ("PATCH", "issues/1", _ISSUE), "comment": ("POST", "comments", {"issue": 1, "message": "m"}),
    "comment-change": ("PATCH", "comments/1", {"message": "m", "issue": 2}),
    "user": ("PATCH", "users/3", {"username": "x", "first_name": "a", "last_name": "b", "email": "a@b.cd",
                                  "groups": ["user"], "is_staff": True, "is_superuser": False, "is_active": True}),
    "organization": ("POST", "organizations", {"slug": "new", "name": "n", "description": "d", "contact": {
        "email": "a@b.cd"}}),
    "organization-change": ("PATCH", "organizations/1", {"slug": "new", "name": "n", "description": "d", "contact": {
        "email": "a@b.cd"}}),
    "member": ("PATCH", "memberships/4", {"role": "supervisor", "user": 3, "is_active": False}),
    "invitation": ("POST", "invitations?org=one", {"email": "jim@example.com", "role": "worker"}),
    "guide": ("POST", "guides", {"task_id": 2, "project_id": None, "markdown": "m"}),
    "guide-change": ("PATCH", "guides/1", {"markdown": "m", "task_id": 2}), "hook": ("POST", "webhooks", _HOOK),
    "hook-change": ("PATCH", "webhooks/1", _HOOK), "hook-whole": ("PUT", "webhooks/2", _HOOK),
    "store": ("POST", "cloudstorages", _STORE), "store-change": ("PATCH", "cloudstorages/1", _STORE),
    "key": ("POST", "auth/access_tokens", {"name": "n", "expiry_date": "2026-03-02", "read_only": True}),
    "key-change": ("PATCH", "auth/access_tokens/1", {"name": "n", "expiry_date": "2026-03-02T00:00:00+02:00",
                                                     "read_only": True}),
    "register": ("POST", "auth/register", {"username": "somebody", "email": "s@b.cd", "password1": "pass word 1",
                                           "password2": "pass word 1", "first_name": "a", "last_name": "b"}),
    "password": ("POST", "auth/password/change", {"old_password": "mock", "new_password1": "pass word 1",
                                                  "new_password2": "pass word 1"}),
    "reset": ("POST", "auth/password/reset", {"email": "ann@example.com"}),
    "confirm": ("POST", "auth/password/reset/confirm", {"new_password1": "pass word 1", "new_password2": "pass word 1",
                                                        "uid": "u", "token": "t"}),
    "login": ("POST", "auth/login", {"username": "ann", "email": "", "password": "mock"}),
    "events": ("POST", "events", {"events": [_EVENT], "timestamp": "2026-03-01T09:00:00Z", "previous_event": None}),
    "layout": ("PATCH", "jobs/8/validation_layout", {"frame_selection_method": "manual", "honeypot_real_frames": [13,
                                                                                                                12]}),
    "task-layout": ("PATCH", "tasks/4/validation_layout", {"disabled_frames": [12], "frame_selection_method": "manual",
                                                           "honeypot_real_frames": [13, 15, 14, 15]}),
    "meta": ("PATCH", "jobs/1/data/meta", {"deleted_frames": [1]}), "task-meta": ("PATCH", "tasks/1/data/meta", {
        "deleted_frames": [1]}), "quality-report": ("POST", "quality/reports", {"task_id": 1, "project_id": 1}),
    "merge": ("POST", "consensus/merges", {"task_id": 1, "job_id": 1}),
}  # fmt: skip
_MORE: tuple[Any, ...] = ([0], [99], [-1], [0, 0], ["x"], "x" * 70, "x" * 300, "a@b", "2026-13-01", 1.0, 0.5, [[]],
                          "new", "#12345", "annotation", False, {"location": "cloud_storage"}, " a ", "é",
                          2**31)  # fmt: skip
COLUMNS = tuple(
    re.findall(
        r"\w+",
        """id name owner assignee status state stage updated_date created_date project_name task_name task_id mode
subset dimension type project_id job_id frame resolved username first_name last_name slug message frame_id issue_id
provider_type resource credentials_type display_name description target_url organization user role accepted color
parent tracker_link validation_mode is_active key target severity report_id action format progress owner_id""",
    )
)


def odd_fields(target: str) -> list[Any]:
    """A body as it should be, without each of its fields, and with odd values in each; every change is undone."""
    talk = Talk("office")
    method, path, body = TARGETS[target]
    user = "ann" if target.startswith("key") else "admin"
    for spot, key in enumerate(body):
        values = [*ODD[spot % 2 :: 2], *_MORE[spot % 2 :: 2]]
        talk.ask(method, f"/api/{path}", {name: value for name, value in body.items() if name != key}, user)
        talk.ask(method, f"/api/{path}", {key: body[key]}, user)
        for odd in values:
            if method != "PATCH":
                talk.app.state.reset()
            talk.ask(method, f"/api/{path}", {**body, key: odd} if method != "PATCH" else {key: odd}, user)
    talk.app.state.reset()
    for strange in ([], "x", None, b"{", b"\xff", {**body, "strange": 1}, body, body):
        talk.ask(method, f"/api/{path}", strange, user)
    talk.ask(method, f"/api/{path}", json.dumps(body).encode(), user, content_type="text/plain")
    return talk.changes()


def by_column(name: str) -> list[Any]:
    """A list in the order of each column, both ways, and of what has a value in it."""
    talk = Talk("office")
    talk.ask("POST", "/api/tasks/1/dataset/export?format=COCO 1.0", user="ann")
    known = talk.ask("GET", f"/api/{name}?page_size=50").get("results") or [{}]
    for column in COLUMNS:
        value = known[len(column) % len(known)].get(column)
        value = value.get("username") or value.get("id") if isinstance(value, dict) else value
        rules: list[Any] = [{way: [{"var": column}, value]} for way in ("==", ">=")]
        rules += [{"in": [str(value)[:2], {"var": column}]}, {"!": {"var": column}}]  # fmt: skip
        for query in (f"sort={column}", f"sort=-{column},id", f"{column}={value}", f"search={str(value)[:4]}",
                      *(f"filter={quote(json.dumps(rule))}" for rule in rules)):  # fmt: skip
            talk.ask("GET", f"/api/{name}?{query}")
    return talk.lines
