"""Remarks on what clients send although the server takes it: slips that cost data or load.

| code | remark |
|---|---|
| unknown-key | a key that the server drops in silence |
| put-destroys | a PUT that removes objects which were there |
| delete-destroys | a DELETE that removes objects (`remove_annotations(ids=[])` of the SDK does so) |
| update-without-ids | `action=update` with an object that has no id: it is created once more |
| polls-too-often | more than 20 polls of a background request within a second |
| login-per-call | more than 5 logins of one user |

Other codes come from the core: accept-json, slash, assignee-id, documented-only, internal. A code in `Config.allow`
(`@pytest.mark.cvat(allow=["put-destroys"])`) is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from mockserver.protocol.http import Request
from mockserver.protocol.numerals import whole
from mockserver.state.context import Context
from mockserver.state.remarks import Remark

_COMMON = {"id", "label_id", "frame", "group", "source", "attributes"}
_DRAWN = {"type", "occluded", "outside", "z_order", "rotation", "points"}
KEYS = {
    "tags": _COMMON,
    "shapes": _COMMON | _DRAWN | {"score", "elements"},
    "tracks": _COMMON | {"shapes", "elements"},
    "intervals": (_COMMON - {"frame"}) | {"start", "stop", "score"},
}
_TRACKED = _DRAWN | {"id", "frame", "attributes"}
_WRITES = ("update_annotations", "partial_update_annotations")


def of_body(operation: str, request: Request) -> list[Remark]:
    """Remarks that the body of one request gives rise to."""
    if not operation.endswith(_WRITES) or request.content_type != "application/json":
        return []
    try:
        document = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return []
    if not isinstance(document, dict):
        return []
    remarks = [Remark("unknown-key", f"the server drops {name!r} in silence") for name in _unknown(document)]
    if request.param("action") == "update":
        remarks += _without_ids(document)
    return remarks


def _unknown(document: dict[str, Any]) -> list[str]:
    names = {name for name in document if name not in (*KEYS, "version")}
    for kind, known in KEYS.items():
        for item in _objects(document.get(kind)):
            names.update(f"{kind}.{name}" for name in item if name not in known)
            if kind == "tracks":
                shapes = _objects(item.get("shapes"))
                names.update(f"tracks.shapes.{name}" for shape in shapes for name in shape if name not in _TRACKED)
    return sorted(names)


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _without_ids(document: dict[str, Any]) -> list[Remark]:
    count = sum(item.get("id") is None for kind in KEYS for item in _objects(document.get(kind)))
    return [Remark("update-without-ids", f"{count} objects without id are created once more")] if count else []


def count_of(ctx: Context) -> int:
    """Objects that a PUT or DELETE of a job's annotations is about to remove; 0 for other requests."""
    if ctx.request.method not in ("PUT", "DELETE"):
        return 0
    parts = ctx.request.path.strip("/").split("/")
    if len(parts) != 4 or parts[1] not in ("jobs", "tasks") or parts[3] != "annotations":
        return 0
    key = "id" if parts[1] == "jobs" else "task_id"
    jobs = [job["id"] for job in ctx.table("jobs").values() if job[key] == whole(parts[2])]
    return sum(_size(ctx.table("annotations").get(job)) for job in jobs)


def _size(held: Any) -> int:
    if held is None:
        return 0
    if isinstance(held, dict):
        return sum(len(held.get(kind, ())) for kind in KEYS)
    return sum(len(getattr(held.data, kind)) for kind in KEYS)


def of_destruction(ctx: Context, status: int, count: int) -> None:
    """Note what a successful PUT or DELETE has removed."""
    if not count or status >= 400:
        return
    if ctx.request.method == "PUT":
        ctx.warn(f"this PUT replaced {count} objects; PATCH ?action=create adds", "put-destroys")
    elif count_of(ctx) == 0:
        ctx.warn(f"this DELETE removed all {count} objects", "delete-destroys")
