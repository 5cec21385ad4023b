"""Handlers of `/api/quality/settings` and `/api/consensus/settings`: one record a task or project, made when needed.

PATCH /api/quality/settings/3    {"iou_threshold": 0.5}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from annotools.quality import METRICS, ConsensusSettings, QualitySettings
from mockserver.people import organizations
from mockserver.protocol.http import Response, detail, json_response
from mockserver.rules import forms, listing, permissions
from mockserver.rules.forms import ABSENT, Field, Parser, Schema, at_least, boolean, choice, number, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_MOST = 2**31 - 1
_CHOICES = {"target_metric": METRICS, "point_size_base": ("group_bbox_size", "image_size")}


def _share(value: object) -> float:
    """A number from 0 to 1; what is wrong is told in the server's words."""
    share = number(value)
    if share != share:
        raise forms.UncheckedError("not a number")
    if share > 1:
        raise forms.InvalidError("Ensure this value is less than or equal to 1.")
    if share < 0:
        raise forms.InvalidError("Ensure this value is greater than or equal to 0.")
    return share


def _parser(name: str, default: object) -> Parser:
    if name in _CHOICES:
        return choice(_CHOICES[name])
    kinds: dict[type, Parser] = {
        bool: boolean, int: at_least(0, _MOST), str: text_up_to(1024, blank=True), float: _share,
    }  # fmt: skip
    return kinds[type(default)]


_CHANGE = Schema({name: Field(_parser(name, value), ABSENT) for name, value in asdict(QualitySettings()).items()})
_CONSENSUS_CHANGE = Schema({"iou_threshold": Field(_share, ABSENT)})


# --- records ------------------------------------------------------------------------------------------------------


def of_target(ctx: Context, target: str, pk: int) -> Record:
    """The quality settings of a task or project."""
    return _made(ctx, "quality_settings", f"{target}_id", pk)


def of_consensus(ctx: Context, task_id: int) -> Record:
    """The consensus settings of a task."""
    return _made(ctx, "consensus_settings", "task_id", task_id)


def values(record: Record) -> QualitySettings:
    """Settings as the toolkit takes them."""
    return QualitySettings.of({name: record[name] for name in asdict(QualitySettings())})


def _made(ctx: Context, table: str, key: str, pk: int) -> Record:
    for record in ctx.table(table).values():
        if record[key] == pk:
            return dict(record)
    number_ = ctx.state.next_id(table)
    now = ctx.now()
    blank: Record = {"id": number_, "task_id": None, "project_id": None, "created_date": now, "updated_date": now}
    defaults = asdict(QualitySettings() if table == "quality_settings" else ConsensusSettings())
    record = blank | {key: pk} | defaults
    ctx.state.put(table, number_, record)
    return record


def _parent(ctx: Context, record: Record) -> Record | None:
    """The task or project of settings; None where it is gone."""
    if record["task_id"] is not None:
        return ctx.table("tasks").get(record["task_id"])
    return ctx.table("projects").get(record["project_id"])


def _allows(ctx: Context, record: Record, scope: str) -> bool:
    parent = _parent(ctx, record)
    if parent is None:
        return False
    asked = permissions.task_allows if record["task_id"] is not None else permissions.project_allows
    return asked(ctx, parent, scope)


def _rows(ctx: Context, table: str) -> list[Record]:
    """All that the user may list."""
    for pk in list(ctx.table("tasks")):
        _made(ctx, table, "task_id", pk)
    for pk in list(ctx.table("projects")) if table == "quality_settings" else ():
        _made(ctx, table, "project_id", pk)
    records = [record for record in ctx.table(table).values() if _parent(ctx, record) is not None]

    def home(record: Record) -> int | None:
        parent = _parent(ctx, record)
        organization_id: int | None = parent["organization_id"] if parent else None
        return organization_id

    return organizations.visible(ctx, records, home, lambda record: _allows(ctx, record, "view"))


def _record(ctx: Context, table: str, pk: int, scope: str) -> Record:
    """Raises: ApiError 404, 403."""
    record: Record | None = ctx.table(table).get(pk)
    if record is None or _parent(ctx, record) is None:
        name = "QualitySettings" if table == "quality_settings" else "ConsensusSettings"
        raise detail(404, f"No {name} matches the given query.")
    permissions.require(ctx, _allows(ctx, record, scope))
    return record


# --- quality ------------------------------------------------------------------------------------------------------


def _show(ctx: Context, record: Record) -> Record:
    return record


def list_settings(ctx: Context) -> Response:
    """GET /api/quality/settings; with `project_id` also those of the project's tasks, unless `parent_type` says no."""
    rows = _rows(ctx, "quality_settings")
    kind = ctx.request.param("parent_type")
    if kind in ("task", "project"):
        rows = [record for record in rows if record[f"{kind}_id"] is not None]
    return listing.answer(ctx, rows, _columns(ctx), _show)


def _columns(ctx: Context) -> Listing:
    def project(record: Record) -> int | None:
        task = ctx.table("tasks").get(record["task_id"])
        project_id: int | None = record["project_id"] if task is None else task["project_id"]
        return project_id

    columns = {
        "id": Column(lambda row: row["id"], "number"), "task_id": Column(lambda row: row["task_id"], "number"),
        "project_id": Column(project, "number"), "inherit": Column(lambda row: row["inherit"], "flag"),
        "created_date": Column(lambda row: row["created_date"], "date"),
        "updated_date": Column(lambda row: row["updated_date"], "date"),
    }  # fmt: skip
    return Listing(columns, ("task_id", "project_id", "inherit"))


def retrieve_settings(ctx: Context, pk: int) -> Response:
    """GET /api/quality/settings/{id}."""
    return json_response(200, _record(ctx, "quality_settings", pk, "view"))


def partial_update_settings(ctx: Context, pk: int) -> Response:
    """PATCH /api/quality/settings/{id}."""
    return _update(ctx, "quality_settings", pk, _CHANGE, _show)


def _update(ctx: Context, table: str, pk: int, schema: Schema, show: Callable[[Context, Record], Record]) -> Response:
    _record(ctx, table, pk, "update")
    changes = forms.read(ctx, schema)
    return json_response(200, show(ctx, ctx.state.update(table, pk, **changes, updated_date=ctx.now())))


# --- consensus ----------------------------------------------------------------------------------------------------


def _show_consensus(ctx: Context, record: Record) -> Record:
    return {name: record[name] for name in ("id", "task_id", "iou_threshold")}


def list_consensus_settings(ctx: Context) -> Response:
    """GET /api/consensus/settings."""
    columns = {
        "id": Column(lambda row: row["id"], "number"), "task_id": Column(lambda row: row["task_id"], "number"),
    }  # fmt: skip
    return listing.answer(ctx, _rows(ctx, "consensus_settings"), Listing(columns, ("task_id",)), _show_consensus)


def retrieve_consensus_settings(ctx: Context, pk: int) -> Response:
    """GET /api/consensus/settings/{id}."""
    return json_response(200, _show_consensus(ctx, _record(ctx, "consensus_settings", pk, "view")))


def partial_update_consensus_settings(ctx: Context, pk: int) -> Response:
    """PATCH /api/consensus/settings/{id}."""
    return _update(ctx, "consensus_settings", pk, _CONSENSUS_CHANGE, _show_consensus)
