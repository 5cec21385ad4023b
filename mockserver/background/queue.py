"""Background requests: queued, started, finished or failed, moved on by the clock when somebody asks.

A record holds what to do as plain data (`work`: the name of a function in `WORKERS` and its arguments), so that it
survives a snapshot. Under the `instant` clock a request is finished when it is first looked at; otherwise it starts
`START` seconds after it was queued and finishes at `FINISH` seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from urllib.parse import quote

from mockserver.background.request_ids import canonical, parse_id
from mockserver.protocol.http import ApiError, Response, json_response
from mockserver.rules import lookup
from mockserver.state.context import Context, timestamp
from mockserver.state.tables import Record

Worker = Callable[..., dict[str, Any] | None]
START, FINISH = timedelta(seconds=0.1), timedelta(seconds=0.5)
_MOMENT = timedelta(microseconds=2)
ENDED = ("finished", "failed")
_LIFETIMES = {
    ("export", "finished"): 24, ("export", "failed"): 24, ("import", "finished"): 1, ("create", "finished"): 1,
}  # fmt: skip
WORKERS: dict[str, Worker] = {}
# where the workers are; loaded when a restored state asks for one
_MODULES = ("exchange.datasets", "exchange.backups", "exchange.task_data", "quality.work")


class WorkError(Exception):
    """A background request that fails with this message."""


def worker(function: Worker) -> Worker:
    """Register what does a piece of work: (ctx, request, **arguments) -> fields of the record, such as result_id.

    A WorkError undoes what it did; a field `error` is a failure that keeps it.
    """
    WORKERS[function.__name__] = function
    return function


def submit(ctx: Context, rq_id: str, operation: Record, work: tuple[str, dict[str, Any]]) -> Response:
    """Queue a request; 409 while the same one is queued or running. `operation`: project_id, job_id, format..."""
    old = find(ctx, rq_id)
    if old is not None and old["status"] not in ENDED:
        return json_response(409, {"rq_id": rq_id})
    pairs = parse_id(rq_id) or {}
    record = {
        "id": rq_id, "action": pairs["action"], "target": pairs["target"], "subresource": pairs.get("subresource"),
        "owner_id": ctx.me["id"], "status": "queued", "message": "", "place": operation, "work": work,
        "created_date": ctx.now(), "started_date": None, "finished_date": None, "expiry_date": None,
        "result_id": None, "file": None,
    }  # fmt: skip
    ctx.state.put("requests", rq_id, record)
    return json_response(202, {"rq_id": rq_id})


def find(ctx: Context, rq_id: str) -> Record | None:
    """A request as it stands now, moved on by the clock; ids of the old forms are known, too."""
    record: Record | None = ctx.table("requests").get(canonical(rq_id))
    return None if record is None else _advance(ctx, record)


def all_of(ctx: Context) -> list[Record]:
    """All requests as they stand now."""
    return [_advance(ctx, record) for record in list(ctx.table("requests").values())]


def _advance(ctx: Context, record: Record) -> Record:
    if record["status"] in ENDED:
        return record
    created, now = datetime.fromisoformat(record["created_date"]), ctx.env.clock.now()
    if ctx.env.clock.mode == "instant":
        finished = max(now, created + _MOMENT)
        return _finish(ctx, record, created + (finished - created) / 2, finished)
    if now >= created + FINISH:
        return _finish(ctx, record, created + START, created + FINISH)
    if now >= created + START and record["status"] == "queued":
        return ctx.state.update("requests", record["id"], status="started", started_date=timestamp(created + START))
    return record


def tick(ctx: Context) -> None:
    """Move on what is not at its end, so that every request sees what is done by now."""
    if any(record["status"] not in ENDED for record in ctx.table("requests").values()):
        all_of(ctx)


def _finish(ctx: Context, record: Record, started: datetime, finished: datetime) -> Record:
    status, result = _worked(ctx, record)
    message = f"{result.pop('error')}\n" if "error" in result else ""
    hours = _LIFETIMES.get((record["action"], status), 30 * 24)
    dates = {"started_date": timestamp(started), "finished_date": timestamp(finished)}
    expiry = timestamp(finished + timedelta(hours=hours))
    changes = {"status": status, "message": message, "expiry_date": expiry, **dates, **result}
    return ctx.state.update("requests", record["id"], **changes)


def _worked(ctx: Context, record: Record) -> tuple[str, dict[str, Any]]:
    """What became of the work: finished or failed, and fields of the record; `error` is the message."""
    name, arguments = record["work"]
    owner = replace(ctx, user=ctx.table("users").get(record["owner_id"]))
    try:
        with ctx.state.attempt():
            result = dict(_worker(name)(owner, record, **arguments) or {})
    except WorkError as error:
        return "failed", {"error": str(error)}
    except ApiError as error:
        return "failed", {"error": error.body}
    except Exception as error:  # a client that polls must see an end
        ctx.warn(f"internal error of the mock: {type(error).__name__}: {error}", "internal")
        return "failed", {"error": f"{type(error).__name__}: {error}"}
    return ("failed" if "error" in result else "finished"), result


def _worker(name: str) -> Worker:
    if name not in WORKERS:
        for module in _MODULES:
            import_module(f"mockserver.{module}")
    return WORKERS[name]


def result_url(ctx: Context, record: Record) -> str | None:
    """Where the file of a finished export is."""
    if record["action"] != "export" or record["status"] != "finished":
        return None
    pairs = parse_id(record["id"]) or {}
    part = "backup" if record["subresource"] == "backup" else "dataset"
    path = f"/api/{pairs['target']}s/{pairs['target_id']}/{part}/download?rq_id={quote(record['id'], safe='')}"
    return ctx.url(path)


def to_json(ctx: Context, record: Record) -> Record:
    """A request as the API shows it."""
    owner = lookup.record(ctx, "users", record["owner_id"])
    kind = f"{record['action']}:{record['subresource'] or record['target']}"
    operation = dict.fromkeys(("project_id", "task_id", "job_id", "org_id", "format", "lightweight")) | record["place"]
    return {
        "status": record["status"],
        "message": record["message"],
        "id": record["id"],
        "operation": {"type": kind, "target": record["target"], **operation},
        "progress": 0.0,
        "created_date": record["created_date"],
        "started_date": record["started_date"],
        "finished_date": record["finished_date"],
        "expiry_date": record["expiry_date"],
        "owner": {"id": owner["id"], "username": owner["username"]},
        "result_url": result_url(ctx, record),
        "result_id": record["result_id"],
    }
