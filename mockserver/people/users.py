"""Handlers of `/api/users`. Staff and the user see everything about a user, others the name."""

from __future__ import annotations

from mockserver.protocol import versions
from mockserver.protocol.http import Response, empty_response, json_response
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, boolean, choice, items, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_NAMES = ("first_name", "last_name", "username")


def _columns() -> Listing:
    columns = {
        "id": Column(lambda row: row["id"], "number"),
        "username": Column(lambda row: row["username"]),
        "first_name": Column(lambda row: row["first_name"]),
        "last_name": Column(lambda row: row["last_name"]),
        "is_active": Column(lambda row: row.get("is_active", True), "flag"),
    }
    return Listing(columns, ("is_active", *_NAMES), _NAMES)


def _show(ctx: Context, record: Record) -> Record:
    if ctx.me.get("is_staff") or ctx.me["id"] == record["id"]:
        return serialise.user(ctx, record)
    return serialise.person(ctx, record["id"]) or {}


def list_(ctx: Context) -> Response:
    """GET /api/users: an admin's all, others themselves, in an organization its members."""
    rows = list(ctx.table("users").values())
    if ctx.organization is not None:
        pk = ctx.organization["id"]
        permissions.require(ctx, permissions.is_admin(ctx) or bool(permissions.role(ctx, pk)))
        members = {row["user_id"] for row in ctx.table("memberships").values() if row["organization_id"] == pk}
        rows = [row for row in rows if row["id"] in members]
    elif not permissions.is_admin(ctx):
        rows = [ctx.me]
    return listing.answer(ctx, rows, _columns(), _show_short if not ctx.me.get("is_staff") else _show)


def _show_short(ctx: Context, record: Record) -> Record:
    return serialise.person(ctx, record["id"]) or {}


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/users/{id}."""
    record = lookup.record(ctx, "users", pk)
    permissions.require(ctx, permissions.is_admin(ctx) or pk == ctx.me["id"] or _meet(ctx, pk))
    return json_response(200, _show(ctx, record))


def _meet(ctx: Context, user_id: int) -> bool:
    """Whether the user and another one are members of the organization that the request is about."""
    if ctx.organization is None:
        return False
    pk = ctx.organization["id"]
    members = {row["user_id"] for row in ctx.table("memberships").values() if row["organization_id"] == pk}
    return {ctx.me["id"], user_id} <= members


def retrieve_self(ctx: Context) -> Response:
    """GET /api/users/self."""
    return json_response(200, serialise.user(ctx, ctx.me))


_OWN = {name: Field(text_up_to(150, blank=name != "username"), ABSENT) for name in _NAMES}
_REASONS = ("academic_research", "personal_project", "teaching_or_coursework", "work_project", "")
_ACTIVITIES = (
    "annotate_data", "connect_models", "evaluate_for_organization", "manage_annotators", "review_quality",
    "set_up_projects",
)  # fmt: skip
_SURVEY = {
    "cvat_usage_reason": Field(choice(_REASONS), ABSENT),
    "primary_role": Field(text_up_to(255, blank=True), ABSENT),
    "planned_activities": Field(items(choice(_ACTIVITIES)), ABSENT),
    "data_types": Field(items(text_up_to(255)), ABSENT),
    "discovery_source": Field(text_up_to(255, blank=True), ABSENT),
}
_CHANGE = Schema({**_OWN, "email": Field(text_up_to(254, blank=True), ABSENT), **_SURVEY})
_STAFF = Schema(
    {
        **_CHANGE.fields,
        **{name: Field(boolean, ABSENT) for name in ("is_active", "is_staff", "is_superuser")},
        "groups": Field(items(choice(("admin", "user", "worker"))), ABSENT),
    }
)


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/users/{id}: oneself, or by an admin."""
    lookup.record(ctx, "users", pk)
    admin = permissions.is_admin(ctx)
    permissions.require(ctx, admin or pk == ctx.me["id"])
    form = versions.taken(ctx.version, "PatchedUserRequest", ctx.form())
    record = ctx.state.update("users", pk, **forms.read(ctx, _STAFF if admin else _CHANGE, form))
    return json_response(200, serialise.user(ctx, record))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/users/{id}: oneself, or by an admin."""
    lookup.record(ctx, "users", pk)
    permissions.require(ctx, permissions.is_admin(ctx) or pk == ctx.me["id"])
    for table in ("memberships", "sessions", "tokens"):
        for key in [key for key, row in ctx.table(table).items() if row["user_id"] == pk]:
            ctx.state.delete(table, key)
    ctx.state.delete("users", pk)
    return empty_response()
