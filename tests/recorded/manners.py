"""How the mock is spoken with: logins, pictures, labels, versions, dialects, faults on order, the calls of tests."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from mockserver.core.effects import EFFECTS
from mockserver.protocol.http import Request
from tests.recorded.everyone import BODIES
from tests.recorded.talks import BASE, Talk

ME = "/api/users/self"


def logged_in() -> list[Any]:
    """Every way to say who one is, right and wrong, and what ends it."""
    talk = Talk("office")
    body = {"username": "ann", "password": "mock"}
    key = talk.ask("POST", "/api/auth/login", body, None)
    asked = Request("POST", "/api/auth/login", [], {"content-type": "application/json"}, json.dumps(body).encode())
    set_ = [value.partition(";")[0] for name, value in talk.app.handle(asked).headers if name.lower() == "set-cookie"]
    token = talk.ask("POST", "/api/auth/access_tokens", {"name": "x", "expiry_date": "2026-03-02"}, "ann").get("value")
    ways = [f"Token {key.get('key')}", "Token", "Token a b", "Token wrong", "Bearer annskey", "Bearer oldkey",
            "Bearer lookkey", f"Bearer {token}", "token annskey", "Basic", "Basic !", "Basic YW5u",
            "Basic YW5uOm1vY2s=", "Basic YW5uOndyb25n", "Basic Z29uZTptb2Nr",
            "Basic YW5uQGV4YW1wbGUuY29tOm1vY2s=", "Odd x", ""]  # fmt: skip
    for _ in range(2):
        for way in ways:
            talk.ask("GET", ME, None, None, authorization=way)
            talk.ask("GET", "/api/auth/access_tokens/self", None, None, authorization=way)
            talk.ask("POST", "/api/organizations", {}, None, authorization=way)
        for csrf in ({}, {"x_csrftoken": set_[0].partition("=")[2]}, {"x_csrftoken": "odd"}):
            for cookie in ("; ".join(set_), "sessionid=odd", set_[1], "=;", "a"):
                talk.ask("POST", "/api/organizations", {}, None, cookie=cookie, **csrf)
                talk.ask("GET", ME, None, None, cookie=cookie, **csrf)
        talk.ask("POST", "/api/auth/logout", {}, None, authorization=ways[0], cookie="; ".join(set_))
        talk.app.env.clock.advance(24 * 3600)
    for number in range(104):
        talk.app.env.clock.offset -= timedelta(seconds=1 - 0.25 * (number > 100))
        talk.ask("GET", "/api/server/about", user=None)
    return talk.changes()


def looked_at(where: str) -> list[Any]:
    """Pictures, blocks and pictures beside, by right and wrong parameters."""
    talk = Talk("office")
    for kind in ("frame", "chunk", "context_image", "preview", "odd", ""):
        for rest in ("", "&number=0", "&number=1", "&number=8", "&number=-1", "&number=99", "&number=x", "&index=0",
                     "&index=1", "&index=9", "&number=0&index=0", "&index=x"):  # fmt: skip
            for quality in ("", "&quality=original", "&quality=odd"):
                talk.ask("GET", f"/api/{where}/data?type={kind}{rest}{quality}", user="admin")
    for more in ({}, {"prefer": "handling=empty"}, {"range": "bytes=0-3"}):
        talk.ask("GET", f"/api/{where}/preview", **more)
        talk.ask("GET", f"/api/{where}/data?type=chunk&number=0", **more)
    return talk.lines


def labelled() -> list[Any]:
    """Labels of tasks and projects that come, change and go, and what becomes of annotations."""
    talk = Talk("office")
    label = {"name": "new", "color": "#112233", "type": "rectangle", "attributes": []}
    spec = {"name": "colour", "mutable": False, "input_type": "select", "default_value": "red", "values": ["red", "x"]}
    for where, number in (("tasks/1", 8), ("projects/1", 1), ("projects/2", 6), ("tasks/3", 1), ("tasks/4", 20)):
        known = talk.ask("GET", f"/api/labels?{where[:-3]}_id={where[-1]}").get("results") or [{"id": number}]
        first = {"id": known[0]["id"]}
        old = (known[0].get("attributes") or [{"id": 99}])[0]
        for entry in (
            label, {**label, "name": known[0].get("name")}, {**first, "name": "other"}, {**first, "color": "red"},
            {**first, "type": "mask"}, {**first, "attributes": [spec]}, {**first, "attributes": [old | {"values": [
            "red", "green"]}]}, {**first, "attributes": [old | {"mutable": True}]}, {**first, "attributes": [{"id":
            old["id"], "deleted": True}]}, {**first, "attributes": [{**old, "name": "speed"}]}, {"id": 999},
            {**first, "deleted": True}, {"name": "x", "deleted": True}, {**label, "name": "s", "type": "skeleton",
            "sublabels": [{"name": "p"}, {"name": "p"}], "svg": ""}, {"id": known[-1]["id"], "deleted": True},
        ):  # fmt: skip
            talk.ask("PATCH", f"/api/{where}", {"labels": [entry]})
            talk.ask("PATCH", f"/api/labels/{number}", entry)
            talk.ask("GET", f"/api/labels?{where[:-3]}_id={where[-1]}")
        talk.ask("GET", f"/api/{where}/annotations")
        talk.ask("DELETE", f"/api/labels/{number}")
    return talk.changes()


def moved() -> list[Any]:
    """Tasks and projects that go elsewhere, and a member who goes."""
    talk = Talk("office")
    for method, path, body in (
        ("PATCH", "tasks/1", {"project_id": 1}), ("PATCH", "tasks/1", {"project_id": 1, "labels": [{"id": 9, "name":
        "wheel"}]}), ("PATCH", "tasks/4", {"project_id": 2}), ("PATCH", "tasks/2", {"project_id": 2}), ("PATCH",
        "tasks/3", {"project_id": 2}), ("PATCH", "tasks/5", {"project_id": None}), ("PATCH", "tasks/1", {
        "organization_id": 1}), ("PATCH", "tasks/2", {"organization_id": 2}), ("PATCH", "tasks/2", {"organization_id":
        None}), ("PATCH", "tasks/3", {"organization_id": 2}), ("PATCH", "projects/2", {"organization_id": 1}),
        ("PATCH", "projects/1", {"organization_id": 99}), ("PATCH", "projects/1", {"organization_id": 2}),
        ("PATCH", "tasks/1", {"assignee_id": None}), ("PATCH", "tasks/6", {"project_id": 2}), ("DELETE",
        "memberships/4", None), ("POST", "invitations/k1/accept", {}), ("POST", "invitations/k2/decline", {}),
        ("POST", "invitations/k1/resend", {}), ("DELETE", "users/2", None), ("DELETE", "organizations/2", None),
        ("DELETE", "projects/2", None), ("DELETE", "jobs/4", None), ("DELETE", "tasks/1", None),
    ):  # fmt: skip
        for user in ("dan", "jon", "ann", "max", "admin"):
            talk.ask(method, f"/api/{path}", body, user)
        for where in ("tasks/1", "tasks/2", "jobs/1", "projects/1", "labels?page_size=50", "jobs?page_size=50"):
            talk.ask("GET", f"/api/{where}")
    return talk.changes()


def configured(**config: Any) -> list[Any]:
    """A few requests of every kind to a server that behaves otherwise."""
    talk = Talk("office", **config)
    for operation in ("tasks", "projects", "issues", "comments", "webhooks", "organizations", "jobs"):
        for body in ({}, *BODIES[f"{operation}_create"], {"odd": 1}, [], "x"):
            talk.ask("POST", f"/api/{operation}", body)
            talk.ask("POST", f"/api/{operation}/", body, "ann")
        for query in ("", "/", "?page=x", "?filter=x", "?sort=odd", "?org=none", "/1", "/1/", "/1.json", "/1.xml"):
            talk.ask("GET", f"/api/{operation}{query}")
    for path in ("jobs/1", "tasks/1", "tasks/1/annotations", "jobs/1/annotations/", "jobs/1/data?type=frame", ME[5:],
                 "server/about", "server/about/", "quality/settings", "consensus/settings", "webhooks/events",
                 "tasks/1/data?type=frame&number=x", "server/annotation/formats", "users", "nothing",
                 "lambda/functions",
    ):  # fmt: skip
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            talk.ask(method, f"/api/{path}", None, accept="application/json", accept_encoding="gzip, br")
            talk.ask(method, f"/api/{path}", None, accept="text/html", origin="http://other.test")
    for accept in ("application/yaml", "application/vnd.oai.openapi", "application/json",
                   "application/vnd.oai.openapi+json",
                   "*/*", "", "text/html", "application/*;q=0.5", "x/y, application/json"):  # fmt: skip
        for path in ("schema/", "schema", "swagger/", "swagger", "schema/?scheme=json", "schema/?scheme=odd"):
            answer = talk.ask("GET", f"/api/{path}", accept=accept)
            talk.lines[-1] = f"{talk.lines[-1][:600]} {len(answer)} {len(talk.lines[-1])}"
    shape = {"type": "rectangle", "frame": 0, "label_id": 8, "points": [1, 2, 3, 4]}
    for rest in ("", "?action=create", "?action=odd", "?action=update"):
        for body in ({"shapes": [shape]}, {"shapes": [shape | {"id": 1}]}, {"shapes": [shape | {"odd": 1}]}, [shape],
                     {"shapes": [shape | {"points": [1, 2, 3]}]}, {"shapes": shape}, {}):  # fmt: skip
            for method in ("PUT", "PATCH"):
                talk.ask(method, f"/api/jobs/1/annotations{rest}", body)
    return talk.changes()


def struck(effect: str) -> list[Any]:
    """A fault on order, and what it does to requests that it is for and to others."""
    talk, write = Talk("office"), BODIES["jobs_update_annotations"][0]
    first = next(iter(EFFECTS[effect][1]), "odd")
    for more in ({"nth": 2, "times": 2}, {"parameters": {first: 3}, "when": {"until": "2026-03-01T09:00:30+00:00"}},
                 {"probability": 0.5, "seed": 3, "times": 9}):  # fmt: skip
        talk.ask("DELETE", "/_mock/faults")
        talk.ask("POST", "/_mock/faults", {"match": "*", "effect": effect, **more})
        asked = talk.ask("POST", "/api/jobs/1/dataset/export?format=COCO 1.0")
        at = (talk.ended(asked).get("result_url") or "/x").replace(BASE, "")
        for method, path, body in (("GET", at, None), ("GET", "/api/tasks/1", None), ("POST", "/api/auth/login",
                                   {"username": "ann", "password": "mock"}), (
                                   "PATCH", "/api/jobs/1/annotations?action=create", write), ("GET", ME, None),
        ):  # fmt: skip
            talk.ask(method, path, body)
        begun = talk.ask("POST", "/api/tasks/backup", b"", upload_length="6")
        kind = {"content_type": "application/offset+octet-stream", "upload_offset": "0"}
        talk.ask("PATCH", begun.get(":location", "/x").replace(BASE, ""), b"abcdef", **kind)
        talk.ask("HEAD", begun.get(":location", "/x").replace(BASE, ""))
        talk.ask("GET", "/_mock/faults")
    return talk.changes()


def told() -> list[Any]:
    """The calls under /_mock/, right and wrong ones."""
    talk = Talk("office")
    talk.ask("PATCH", "/api/tasks/1", {"name": "x", "odd": 1})
    for method, name, body in (
        ("GET", "", None), ("GET", "state", None), ("GET", "requests", None), ("GET", "requests?last=1", None),
        ("GET", "requests?last=x", None), ("GET", "faults", None), ("POST", "faults", {"match": "*"}), ("POST",
        "faults", {"match": "*", "effect": "odd"}), ("POST", "faults", {"match": "odd_operation", "effect": "reset"}),
        ("POST", "faults", {"match": "tasks_list", "effect": "reset", "odd": 1}), ("POST", "faults", []), ("POST",
        "faults", {"match": "GET /api/tsks", "effect": "reset", "nth": 0}), ("GET", "clock", None), ("POST", "clock",
        {"advance": 60}), ("POST", "clock", {"advance": -1}), ("POST", "clock", {"mode": "odd"}), ("POST", "clock",
        {"mode": "manual", "advance": 5}), ("GET", "health", None), ("GET", "coverage", None), ("GET", "odd", None),
        ("DELETE", "state", None), ("POST", "seed", "odd"), ("POST", "seed", {"users": [{"id": 0}]}), ("PUT",
        "snapshot", b"odd"), ("POST", "reset", None), ("GET", "requests", None), ("POST", "seed", "empty"), ("GET",
        "state", None), ("POST", "seed", {}), ("GET", "state", None),
    ):  # fmt: skip
        talk.ask(method, f"/_mock/{name}", body)
        talk.ask(method, f"/_mock/{name}", body, origin="http://other.test")
        talk.ask("GET", "/api/tasks?page_size=1")
    return [re.sub(r"2\d\d\d-(?!03-01)[\d-]+T[\d:.]+", "<now>", line) for line in talk.lines]
