"""Handlers of `/api/memberships`: who is in which organization, and as what."""

from __future__ import annotations

from mockserver.people.organizations import ROLES
from mockserver.protocol.http import Response, empty_response, json_response
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import Field, Schema, choice
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_CHANGE = Schema({"role": Field(choice(ROLES[:3]))})


def _columns(ctx: Context) -> Listing:
    columns = {
        "id": Column(lambda row: row["id"], "number"), "role": Column(lambda row: row["role"], choices=ROLES),
        "user": Column(lambda row: lookup.name_of(ctx, row["user_id"])),
    }  # fmt: skip
    return Listing(columns, ("role", "user"), ("user",))


def list_(ctx: Context) -> Response:
    """GET /api/memberships: of the organization asked for, else the user's own (an admin's: all)."""
    rows, admin = list(ctx.table("memberships").values()), permissions.is_admin(ctx)
    if ctx.organization is not None:
        role = permissions.role(ctx, ctx.organization["id"])
        permissions.require(ctx, admin or bool(role))
        rows = [row for row in rows if row["organization_id"] == ctx.organization["id"]]
        rows = [row for row in rows if row["is_active"] or admin or role in ("owner", "maintainer")]
    elif not admin:
        rows = [row for row in rows if row["user_id"] == ctx.me["id"] and row["is_active"]]
    return listing.answer(ctx, rows, _columns(ctx), serialise.membership)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/memberships/{id}: by members, an open one by those who lead."""
    record = lookup.record(ctx, "memberships", pk)
    role = permissions.role(ctx, record["organization_id"])
    seen = role in ("owner", "maintainer") or (bool(role) and record["is_active"])
    permissions.require(ctx, permissions.is_admin(ctx) or seen)
    return json_response(200, serialise.membership(ctx, record))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/memberships/{id}: another role."""
    record = lookup.record(ctx, "memberships", pk)
    _require_rank_over(ctx, record)
    form = forms.read(ctx, _CHANGE)
    return json_response(200, serialise.membership(ctx, ctx.state.update("memberships", pk, **form)))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/memberships/{id}: by a member above, or the member itself."""
    record = lookup.record(ctx, "memberships", pk)
    leaves = record["user_id"] == ctx.me["id"] and record["is_active"] and record["role"] != "owner"
    if not (leaves and permissions.is_worker(ctx)):
        _require_rank_over(ctx, record)
    ctx.state.delete("memberships", pk)
    return empty_response()


def _require_rank_over(ctx: Context, member: Record) -> None:
    role = permissions.role(ctx, member["organization_id"])
    above = permissions.ROLES[role] > permissions.ROLES[member["role"]]
    leads = permissions.leads(ctx, member["organization_id"])
    permissions.require(ctx, permissions.is_admin(ctx) or (leads and above))
