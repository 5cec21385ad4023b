"""Handlers of `/api/invitations`: a membership that is not active yet, known by its key.

    POST /api/invitations?org=acme   {"email": "ann@example.com", "role": "worker"}     201 {"key": ...}
    POST /api/invitations/{key}/accept, /decline, /resend

Only users who are there can be invited; no letters are sent.
"""

from __future__ import annotations

from mockserver.people.organizations import ROLES
from mockserver.protocol.http import Response, detail, empty_response, errors, fields, json_response
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import Field, Schema, choice, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_NEW = Schema({"role": Field(choice(ROLES[:3])), "email": Field(text_up_to(254))})


def _show(ctx: Context, row: Record) -> Record:
    home = ctx.table("organizations")[row["organization_id"]]
    return {
        "key": row["invitation"], "created_date": _created(ctx, row),
        "owner": serialise.person(ctx, row.get("invited_by")), "role": row["role"],
        "user": serialise.person(ctx, row["user_id"]), "organization": row["organization_id"], "expired": False,
        "accepted": row["is_active"], "organization_info": {name: home[name] for name in ("id", "slug", "name")},
    }  # fmt: skip


def _created(ctx: Context, row: Record) -> str:
    """When a user was invited, as far as that is known."""
    home = ctx.table("organizations")[row["organization_id"]]
    return str(row.get("invited_date") or row["joined_date"] or home["created_date"])


def _columns(ctx: Context) -> Listing:
    columns = {
        "owner": Column(lambda row: lookup.name_of(ctx, row.get("invited_by"))),
        "user_id": Column(lambda row: row["user_id"], "number"),
        "accepted": Column(lambda row: row["is_active"], "flag"),
        "created_date": Column(lambda row: _created(ctx, row), "date"),
    }  # fmt: skip
    return Listing(columns, ("owner", "user_id", "accepted"), ("owner",), order=("-created_date",))


def list_(ctx: Context) -> Response:
    """GET /api/invitations: the user's own, those the user sent, and all of an organization that the user leads."""
    wanted = ctx.organization["id"] if ctx.organization else None
    rows = [row for row in ctx.table("memberships").values() if row.get("invitation")]
    if wanted is not None:
        rows = [row for row in rows if row["organization_id"] == wanted]
    return listing.answer(ctx, [row for row in rows if _concerns(ctx, row)], _columns(ctx), _show)


def _concerns(ctx: Context, row: Record) -> bool:
    return ctx.me["id"] in (row["user_id"], row.get("invited_by")) or _leads(ctx, row["organization_id"])


def _leads(ctx: Context, organization: int) -> bool:
    return permissions.is_admin(ctx) or permissions.leads(ctx, organization)


def create(ctx: Context) -> Response:
    """POST /api/invitations: by a maintainer, for a role below their own."""
    if ctx.organization is None:
        permissions.require(ctx, permissions.is_admin(ctx))
        raise errors("Invitations are made in an organization: name it with org, org_id or X-Organization")
    home = int(ctx.organization["id"])
    form = forms.read(ctx, _NEW)
    role_rank = permissions.ROLES[permissions.role(ctx, home)]
    above = permissions.is_admin(ctx) or role_rank > permissions.ROLES[form["role"]]
    permissions.require(ctx, _leads(ctx, home) and above)
    user = next((row for row in ctx.table("users").values() if row.get("email") == form["email"]), None)
    if user is None:
        raise fields(email=["The mock server has no user with this e-mail"])
    members = [row["user_id"] for row in ctx.table("memberships").values() if row["organization_id"] == home]
    if user["id"] in members:
        raise fields(email=["user is already a member of the organization"])
    pk = ctx.state.next_id("memberships")
    record = {
        "id": pk, "user_id": user["id"], "organization_id": home, "is_active": False, "joined_date": None,
        "role": form["role"], "invitation": ctx.env.uuid().hex, "invited_by": ctx.me["id"], "invited_date": ctx.now(),
    }  # fmt: skip
    ctx.state.put("memberships", pk, record)
    return json_response(201, _show(ctx, record))


def _find(ctx: Context, key: str) -> Record:
    """Raises: ApiError 404."""
    for row in ctx.table("memberships").values():
        if row.get("invitation") == key:
            return dict(row)
    raise detail(404, "No Invitation matches the given query.")


def retrieve(ctx: Context, key: str) -> Response:
    """GET /api/invitations/{key}."""
    row = _find(ctx, key)
    permissions.require(ctx, _concerns(ctx, row))
    return json_response(200, _show(ctx, row))


def destroy(ctx: Context, key: str) -> Response:
    """DELETE /api/invitations/{key}, by who leads the organization or sent it."""
    row = _find(ctx, key)
    permissions.require(ctx, _leads(ctx, row["organization_id"]) or row.get("invited_by") == ctx.me["id"])
    if row["is_active"]:
        ctx.state.update("memberships", row["id"], invitation=None)
    else:
        ctx.state.delete("memberships", row["id"])
    return empty_response()


def _own(ctx: Context, key: str) -> Record:
    """An invitation to the user that is still open. Raises: ApiError 404, 403, 400."""
    row = _find(ctx, key)
    permissions.require(ctx, row["user_id"] == ctx.me["id"])
    if row["is_active"]:
        raise errors("Your invitation is already accepted.")
    return row


def accept(ctx: Context, key: str) -> Response:
    """POST /api/invitations/{key}/accept."""
    row = _own(ctx, key)
    ctx.state.update("memberships", row["id"], is_active=True, joined_date=ctx.now())
    slug = ctx.table("organizations")[row["organization_id"]]["slug"]
    return json_response(200, {"organization_slug": slug})


def decline(ctx: Context, key: str) -> Response:
    """POST /api/invitations/{key}/decline."""
    ctx.state.delete("memberships", _own(ctx, key)["id"])
    return empty_response()


def resend(ctx: Context, key: str) -> Response:
    """POST /api/invitations/{key}/resend."""
    row = _find(ctx, key)
    permissions.require(ctx, _leads(ctx, row["organization_id"]) or row.get("invited_by") == ctx.me["id"])
    if row["is_active"]:
        raise errors("This invitation is already accepted.")
    return empty_response()
