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
    rows = list(ctx.table("memberships").values())
    if ctx.organization is not None:
        pk = ctx.organization["id"]
        permissions.require(ctx, permissions.is_admin(ctx) or bool(permissions.role(ctx, pk)))
        rows = [row for row in rows if row["organization_id"] == pk]
    elif not permissions.is_admin(ctx):
        rows = [row for row in rows if row["user_id"] == ctx.me["id"]]
    return listing.answer(ctx, rows, _columns(ctx), serialise.membership)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/memberships/{id}."""
    record = lookup.record(ctx, "memberships", pk)
    permissions.require(ctx, permissions.is_admin(ctx) or bool(permissions.role(ctx, record["organization_id"])))
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
    if record["user_id"] != ctx.me["id"] or record["role"] == "owner":
        _require_rank_over(ctx, record)
    ctx.state.delete("memberships", pk)
    return empty_response()


def _require_rank_over(ctx: Context, member: Record) -> None:
    own = permissions.ROLES[permissions.role(ctx, member["organization_id"])]
    above = own >= permissions.ROLES["maintainer"] and own > permissions.ROLES[member["role"]]
    permissions.require(ctx, permissions.is_admin(ctx) or above)
