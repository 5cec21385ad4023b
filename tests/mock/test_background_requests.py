"""Background requests: their life, how long they are kept, who may see them, how they are listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Clock, Config, Env
from tests.mock.conftest import Client
from tests.mock.exchange_calls import EXPORT, JOB, imported, request, started
from tests.mock.task_calls import MULTIPART, form


def _kept(done: Any) -> timedelta:
    """How long a request is kept after its end."""
    ends = [datetime.fromisoformat(done[name].replace("Z", "+00:00")) for name in ("finished_date", "expiry_date")]
    return ends[1] - ends[0]


def test_how_long_requests_are_kept(demo: Client) -> None:
    """A day for an export, an hour for an import, 30 days for one that failed."""
    assert _kept(request(demo, started(demo, EXPORT))) == timedelta(days=1)
    good = imported(demo, "CVAT 1.1", {"a.xml": b"<annotations></annotations>"})
    assert (good["status"], _kept(good)) == ("finished", timedelta(hours=1))
    bad = imported(demo, "CVAT 1.1", {"a.xml": b"<annotations><image"})
    assert (bad["status"], _kept(bad)) == ("failed", timedelta(days=30))


def test_who_may_see_a_request(demo: Client) -> None:
    demo.send("PATCH", JOB, {"assignee": 23})
    export, reading = started(demo, EXPORT), imported(demo, "CVAT 1.1", {"a.xml": b"<annotations/>"})["id"]
    url = request(demo, export)["result_url"].removeprefix("http://mock.test")
    assert demo.get(f"/api/requests/{quote(export)}", user="ann1").status == 403
    assert demo.get(url, user="ann1").status == 403
    assert request(demo, reading, user="ann1")["id"] == reading
    assert demo.get(f"/api/requests/{quote(reading)}", user="ann2").status == 403
    assert demo.get("/api/requests", user="ann1").json()["count"] == 0
    assert demo.get("/api/requests/x").body == b"There is no request with specified id"


def test_requests_are_listed(demo: Client) -> None:
    for url in (EXPORT, "/api/tasks/38/dataset/export?format=COCO 1.0"):
        started(demo, url)
    assert demo.get("/api/requests").json()["count"] == 2
    for query, count in {"target=job": 1, "task_id=38": 2, "job_id=70": 0, "status=x": 0, "action=import": 0,
                         "format=COCO 1.0": 2, "job_id=abc": 0, "org=": 2}.items():  # fmt: skip
        assert demo.get(f"/api/requests?{query}").json()["count"] == count, query
    newest = demo.get("/api/requests?page_size=1").json()["results"][0]
    assert newest["operation"]["target"] == "task"
    cache = demo.get("/api/requests").header("Cache-Control")
    assert cache == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_life_of_a_request(demo_seed: dict[str, Any]) -> None:
    app = App(state_of(demo_seed), Config("real"), Env(Clock("manual")))
    client = Client(app, "demo_admin")
    rq_id = started(client, EXPORT)
    assert request(client, rq_id)["status"] == "queued"
    assert client.send("POST", EXPORT).status == 409
    app.env.clock.advance(0.2)
    running = request(client, rq_id)
    assert (running["status"], running["result_url"], running["finished_date"]) == ("started", None, None)
    not_yet = client.get(f"{JOB}/dataset/download?rq_id={quote(rq_id)}")
    assert (not_yet.status, not_yet.body) == (400, b"The export process is not finished")
    app.env.clock.advance(1)
    done = request(client, rq_id)
    assert done["status"] == "finished"
    assert client.send("POST", f"/api/requests/{quote(rq_id)}/cancel").status == 400
    app.env.clock.advance(25 * 3600)
    assert client.get(done["result_url"].removeprefix("http://mock.test")).status == 404
    assert client.send("POST", EXPORT).status == 202


def test_what_is_read_is_there_in_time_though_nobody_asks_for_the_request(demo_seed: dict[str, Any]) -> None:
    """Also behind one that is at its end."""
    app = App(state_of(demo_seed), Config("real"), Env(Clock("manual")))
    client = Client(app, "demo_admin")
    request(client, started(client, EXPORT))
    app.env.clock.advance(1)
    client.get("/api/server/about")
    client.send("DELETE", f"{JOB}/annotations")
    box = b'<box label="car" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4" z_order="0"/>'
    name = client.get(f"{JOB}/data/meta").json()["frames"][0]["name"].encode()
    label = client.get("/api/labels?job_id=69").json()["results"][0]["name"].encode()
    text = b'<annotations><image id="0" name="%b">%b</image></annotations>' % (name, box.replace(b"car", label))
    body = form({"a.xml": text}, "annotation_file")
    assert client.send("POST", f"{JOB}/annotations?format=CVAT 1.1", body, content_type=MULTIPART).status == 202
    assert client.get(f"{JOB}/annotations").json()["shapes"] == []
    app.env.clock.advance(1)
    assert [shape["points"] for shape in client.get(f"{JOB}/annotations").json()["shapes"]] == [[1, 2, 3, 4]]


def test_a_queued_request_can_be_cancelled(demo_seed: dict[str, Any]) -> None:
    client = Client(App(state_of(demo_seed), Config("real"), Env(Clock("manual"))), "demo_admin")
    rq_id = started(client, EXPORT)
    assert client.send("POST", f"/api/requests/{quote(rq_id)}/cancel").status == 200
    assert client.get(f"/api/requests/{quote(rq_id)}").status == 404


def test_an_import_works_without_being_polled(demo: Client) -> None:
    xml = b'<annotations><image id="0" name="a/img 01.jpg" width="1" height="1"></image></annotations>'
    body = form({"a.xml": xml}, "annotation_file")
    demo.send("POST", f"{JOB}/annotations?format=CVAT 1.1", body, content_type=MULTIPART)
    assert demo.get(f"{JOB}/annotations").json()["shapes"] == []
