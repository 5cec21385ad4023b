"""Requests to the mock, in the process: every route asked by everyone, lists in every order, and annotations that come,
change and go.  Of times the answers keep nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from mockserver.core.effects import EFFECTS
from mockserver.core.routes import TABLE
from tests.recorded import between, errands, manners, seeds
from tests.recorded.annotating import all_tracks, cut, life, odd_shapes, of_task
from tests.recorded.everyone import asked
from tests.recorded.fields import TARGETS, by_column, odd_fields
from tests.recorded.office import PEOPLE
from tests.recorded.records import Cases
from tests.recorded.talks import BASE, Talk

LISTS = (
    "jobs",
    "tasks",
    "projects",
    "labels",
    "issues",
    "comments",
    "users",
    "requests",
    "cloudstorages",
    "organizations",
    "memberships",
    "invitations",
    "webhooks",
)
QUERIES = (
    "page_size=2", "page_size=2&page=2", "page=99", "page=0", "page_size=0", "page=x", "sort=id", "sort=-id",
        "sort=-updated_date,id", "sort=nothing",
    "search=a", "search=zzz", "name=street", "state=new", "state=completed", "stage=annotation", "stage=odd",
        "type=annotation", "type=ground_truth",
    "task_id=1", "task_id=x", "job_id=1", "assignee=ann", "owner=admin", "mode=interpolation", "dimension=2d",
        "status=annotation", "resolved=false",
    "resolved=maybe", "project_id=1", "username=bob", "is_active=true", "org=none", "org_id=1", "filter=",
        "filter=x", "filter={}",
    *(f"filter={quote(json.dumps(rule))}" for rule in (
        {"==": [{"var": "id"}, 1]}, {">": [{"var": "id"}, 2]}, {"<=": [1, {"var": "id"}, 2]}, {"<": [{"var": "id"},
            2]}, {">=": [{"var": "id"}, 3]},
        {"!": {"==": [{"var": "id"}, 1]}}, {"and": [{">": [{"var": "id"}, 1]}, {"<": [{"var": "id"}, 4]}]},
            {"or": [{"==": [{"var": "id"}, 1]}, {"==": [{"var": "id"}, 3]}]},
        {"in": ["a", {"var": "name"}]}, {"in": [{"var": "id"}, [1, 2]]}, {"==": [{"var": "state"}, "new"]},
            {"==": [{"var": "assignee"}, "ann"]},
        {"==": [{"var": "odd"}, 1]}, {"!!": {"var": "id"}}, {"==": [{"var": "id"}, None]}, {"xor": [1]}, {"and": 1},
            {"==": [1]}, {"==": [{"var": "updated_date"}, "2024"]},
    )),
)  # fmt: skip


def groups() -> Iterator[str]:
    """What is asked."""
    yield from (
        "routes", "lists", "columns", "fields", "data", "imports", "manners", "annotations", "tracks", "ground-truth",
        "people", "exchange", "demo", "between", "seeds",
    )  # fmt: skip


def cases(group: str) -> Cases:
    """The talks of a group."""
    yield from _GROUPS[group]()


def _routes() -> Cases:
    for line in TABLE.splitlines():
        method, pattern, operation, handler, *_ = [*line.split(), "", "", "", ""][:5]
        if method and handler != "-":
            yield f"{operation}/{method}", partial(asked, method, pattern, operation)


def _lists() -> Cases:
    for name in LISTS:
        yield name, partial(_all_queries, name)


def _all_queries(name: str) -> list[Any]:
    talk = Talk("office")
    for query in QUERIES:
        talk.ask("GET", f"/api/{name}?{query}")
        talk.ask("GET", f"/api/{name}?{query}", user="ann")
    for user in PEOPLE:
        talk.ask("GET", f"/api/{name}", user=user)
    return talk.changes()


def _columns() -> Cases:
    for name in LISTS:
        yield name, partial(by_column, name)


def _fields() -> Cases:
    for target in TARGETS:
        yield target, partial(odd_fields, target)


def _data() -> Cases:
    for word in errands.DATA:
        yield word, partial(errands.of_data, word)
    yield "in-pieces", errands.in_pieces
    yield "validated", errands.validated


def _imports() -> Cases:
    for target, form in (("jobs/1", "COCO 1.0"), ("tasks/1", "CVAT for images 1.1"), ("tasks/2", "CVAT for video 1.1"),
                         ("tasks/4", "Segmentation mask 1.1"), ("tasks/5", "YOLO 1.1"), ("projects/1", "COCO 1.0"),
                         ("projects/2", "CVAT for images 1.1"), ("jobs/5", "MOT 1.1"), ("tasks/3", "Datumaro 1.0"),
                         ("jobs/4", "Ultralytics YOLO Detection 1.0")):  # fmt: skip
        yield f"{target.replace('/', '-')}-{form.replace(' ', '_')}", partial(errands.exchanged, target, form)
    for target in ("tasks/1", "tasks/2", "tasks/4", "tasks/5", "tasks/6", "projects/1", "projects/2"):
        yield f"{target.replace('/', '-')}-backup", partial(errands.backed_up, target)
    yield "judged", errands.judged
    yield "agreed", errands.agreed


def _manners() -> Cases:
    yield from (
        ("login", manners.logged_in), ("labels", manners.labelled), ("moves", manners.moved), ("told", manners.told),
    )  # fmt: skip
    for where in ("jobs/1", "jobs/4", "jobs/6", "jobs/11", "tasks/1", "tasks/2", "tasks/5", "tasks/6"):
        yield f"seen/{where}", partial(manners.looked_at, where)
    for effect in EFFECTS:
        yield f"fault/{effect}", partial(manners.struck, effect)
    for dialect in ("real", "lenient"):
        for word, more in (("plain", {}), ("server-2.80", {"server": "2.80"}), ("crashing", {"bug_for_bug": True})):
            yield f"{dialect}/{word}", partial(manners.configured, dialect=dialect, **more)
    yield "server-2.76", partial(manners.configured, server="2.76")
    yield "strict", partial(manners.configured, strict=True)


def _annotations() -> Cases:
    for job in range(1, 10):
        yield f"job-{job}", partial(life, "default", job)
    for dialect in ("lenient",):
        yield f"job-1-{dialect}", partial(life, "default", 1, dialect)
    for job in (1, 4, 5, 8, 11):
        yield f"office-{job}", partial(life, "office", job)
    yield "odd-shapes", odd_shapes
    yield "task", of_task
    yield "cut", cut


def _tracks() -> Cases:
    ways = ((0, 4), (1, 3, 5), (0, 1), (9,), (5, 5), (3, 1), (0, 20), (30, 40), (-2, 2), ())
    for dialect in ("real", "lenient"):
        for job in (1, 2, 5):
            yield f"{dialect}/job-{job}", partial(all_tracks, dialect, job, ways)


def _ground_truth() -> Cases:
    for task in (1, 2, 3, 4, 5, 6):
        yield f"task-{task}", partial(_truth, task)


def _truth(task: int) -> list[Any]:
    """A ground truth job of a task: made in all ways, changed, deleted by some who may not and by one who may."""
    talk = Talk("office")
    ways: list[dict[str, Any]] = [{"frame_selection_method": "manual", "frames": [0, 2]},
        {"frame_selection_method": "manual", "frames": []}, {"frame_selection_method": "manual", "frames": [0, 999]},
        {"frame_selection_method": "random_uniform", "frame_count": 2, "random_seed": 5},
            {"frame_selection_method": "random_uniform", "frame_share": 0.5, "random_seed": 1},
        {"frame_selection_method": "random_uniform", "frame_count": 0}, {"frame_selection_method": "random_uniform",
            "frame_share": 1.5}, {"frame_selection_method": "odd"}, {}]  # fmt: skip
    for way in ways:
        made = talk.ask("POST", "/api/jobs", {"type": "ground_truth", "task_id": task, **way})
        number = made.get("id", 999)
        talk.ask("GET", f"/api/tasks/{task}/validation_layout")
        talk.ask("PATCH", f"/api/tasks/{task}/validation_layout", {"disabled_frames": [0]})
        talk.ask("GET", f"/api/jobs/{number}/data/meta")
        talk.ask("PATCH", f"/api/jobs/{number}/data/meta", {"deleted_frames": [0]})
        talk.ask("GET", f"/api/jobs/{number}/validation_layout")
        talk.ask("PATCH", f"/api/jobs/{number}", {"assignee": 2})
        for user in (None, "bob", "ann", "admin"):
            talk.ask("DELETE", f"/api/jobs/{number}", user=user)
    for job in talk.ask("GET", f"/api/jobs?task_id={task}").get("results", []):
        talk.ask("GET", f"/api/jobs/{job['id']}/data/meta")
        talk.ask("PATCH", f"/api/jobs/{job['id']}/data/meta", {"deleted_frames": [1, 2]})
        talk.ask("DELETE", f"/api/jobs/{job['id']}")
    talk.ask("GET", f"/api/tasks/{task}")
    return talk.changes()


def _people() -> Cases:
    for role in ("owner", "maintainer", "supervisor", "worker", "none"):
        yield role, partial(_in_organization, role)


def _in_organization(role: str) -> list[Any]:
    """What somebody of a role may do with a task of an organization."""
    talk = Talk()
    talk.ask("POST", "/api/organizations", {"slug": "one", "name": "One"}, "ann" if role == "owner" else "admin")
    member = "ann" if role == "owner" else "bob"
    if role not in ("owner", "none"):
        invited = talk.ask("POST", "/api/invitations?org=one", {"email": "bob@example.org", "role": role})
        talk.ask("POST", f"/api/invitations/{invited.get('key', 'x')}/accept", {}, "bob")
    task = talk.ask("POST", "/api/tasks?org=one", {"name": "ours", "labels": [{"name": "car"}]})
    number = task.get("id", 999)
    home = talk.ask("GET", "/api/organizations?slug=one").get("results", [{}])[0].get("id", 99)
    last = talk.ask("GET", "/api/memberships?org=one&sort=-id").get("results", [{}])[0].get("id", 99)
    requests: list[tuple[str, str, Any]] = [("GET", f"/api/tasks/{number}", None), ("GET", "/api/tasks?org=one",
        None), ("GET", "/api/memberships?org=one", None), ("PATCH", f"/api/tasks/{number}", {"name": "x"}),
        ("PATCH", f"/api/tasks/{number}", {"assignee_id": 3}), ("POST", "/api/tasks?org=one", {"name": "y",
            "labels": []}), ("POST", "/api/projects?org=one", {"name": "p", "labels": [{"name": "a"}]}),
        ("GET", f"/api/tasks/{number}/annotations", None), ("PATCH", f"/api/organizations/{home}", {"name": "z"}),
            ("POST", "/api/invitations?org=one", {"email": "dan@example.org", "role": "worker"}),
        ("GET", "/api/organizations", None), ("PATCH", f"/api/memberships/{last}", {"role": "maintainer"}), ("DELETE",
            f"/api/memberships/{last}", None), ("DELETE", f"/api/tasks/{number}", None), ("DELETE",
            f"/api/organizations/{home}", None)]  # fmt: skip
    for method, path, body in requests:
        talk.ask(method, path, body, member)
    return talk.changes()


def _exchange() -> Cases:
    for form in (
        "COCO 1.0",
        "CVAT for images 1.1",
        "CVAT for video 1.1",
        "YOLO 1.1",
        "Datumaro 1.0",
        "PASCAL VOC 1.1",
        "Odd 1.0",
    ):
        yield form.replace(" ", "_"), partial(_exported, form)
    yield "backup", _backed_up


def _exported(form: str) -> list[Any]:
    talk = Talk()
    for part in ("jobs/1", "tasks/44", "projects/1"):
        answer = talk.ask("POST", f"/api/{part}/dataset/export?format={quote(form)}&save_images=false")
        key = answer.get("rq_id", "none")
        for _ in range(2):
            talk.ask("GET", f"/api/requests/{key}")
        result = talk.ask("GET", f"/api/requests/{key}").get("result_url") or "/x"
        talk.ask("GET", result.replace(BASE, ""))
        talk.ask("GET", result.replace(BASE, ""), user="dan")
    talk.ask("GET", "/api/requests")
    return talk.changes()


def _backed_up() -> list[Any]:
    talk = Talk()
    answer = talk.ask("POST", "/api/tasks/43/backup/export")
    key = answer.get("rq_id", "none")
    talk.ask("GET", f"/api/requests/{key}")
    talk.ask("GET", (talk.ask("GET", f"/api/requests/{key}").get("result_url") or "/x").replace(BASE, ""))
    return talk.changes()


def _demo() -> Cases:
    for task in range(37, 51):
        yield f"task-{task}", partial(_looked_at, task)


def _looked_at(task: int) -> list[Any]:
    talk = Talk("demo")
    for rest in ("", "/annotations", "/data/meta", "/validation_layout", "/status"):
        talk.ask("GET", f"/api/tasks/{task}{rest}", user="demo_admin")
    for job in talk.ask("GET", f"/api/jobs?task_id={task}&page_size=20", user="demo_admin").get("results", [])[:4]:
        for rest in ("", "/annotations", "/data/meta", "/validation_layout"):
            talk.ask("GET", f"/api/jobs/{job['id']}{rest}", user="demo_admin")
    return talk.changes()


_GROUPS = {
    "routes": _routes, "lists": _lists, "columns": _columns, "fields": _fields, "data": _data, "imports": _imports,
    "manners": _manners, "annotations": _annotations, "tracks": _tracks,
        "ground-truth": _ground_truth,
    "people": _people, "between": between.answers, "seeds": seeds.answers, "exchange": _exchange, "demo": _demo,
}  # fmt: skip
