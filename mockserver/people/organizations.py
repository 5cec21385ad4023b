"""Handlers of `/api/organizations` and `/api/memberships`, and the organization that a request is about.

?org=slug | ?org_id=3 | X-Organization: slug      that organization; an empty value: what is in none
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.protocol.http import Response, detail, empty_response, errors, fields, json_response
from mockserver.protocol.numerals import whole
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")
ROLES = ("worker", "supervisor", "maintainer", "owner")


def enter(ctx: Context) -> None:
    """Find out which organization the request is about. Raises: ApiError 404, 400."""
    slug, number = ctx.request.param("org"), ctx.request.param("org_id")
    header = ctx.request.headers.get("x-organization")
    if number is not None and (slug is not None or header is not None):
        raise errors(
            'You cannot specify "org_id" query parameter with "org" query parameter or "X-Organization" HTTP header '
            "at the same time."
        )
    if slug is not None and header is not None and slug != header:
        raise errors('You cannot specify "org" query parameter and "X-Organization" HTTP header with different values.')
    slug = slug if slug is not None else header
    if slug is None and number is None:
        return
    ctx.in_context = True
    if slug or number:
        ctx.organization = _find(ctx, slug, number)


def _find(ctx: Context, slug: str | None, number: str | None) -> Record:
    pk = None if slug else whole(number or "")
    if not slug and pk is None:
        raise ctx.crash(f"org_id must be an integer, got {number!r}")
    for row in ctx.table("organizations").values():
        if row["slug"] == slug if slug else row["id"] == pk:
            return dict(row)
    raise detail(404, f"{slug or number} organization does not exist.")


def visible(
    ctx: Context, rows: Iterable[Record], home: Callable[[Record], int | None], staff: Callable[[Record], bool]
) -> list[Record]:
    """The rows that the user may list. `home`: a row's organization; `staff`: whether the row is the user's business.

    Raises: ApiError 403 for an organization that the user is not in.
    """
    wanted = ctx.organization["id"] if ctx.organization else None
    if ctx.in_context:
        rows = [row for row in rows if home(row) == wanted]
    if permissions.is_admin(ctx):
        return list(rows)
    if wanted is not None:
        role_rank = permissions.ROLES[permissions.role(ctx, wanted)]
        permissions.require(ctx, role_rank > 0)
        if role_rank >= permissions.ROLES["maintainer"] and permissions.privilege(ctx.me) >= permissions.RANKS["user"]:
            return list(rows)
    return [row for row in rows if staff(row)]


def home_of_new(ctx: Context, rank: str = "user", role: str = "supervisor") -> int | None:
    """The organization in which something new comes to be. Raises: ApiError 403."""
    if permissions.is_admin(ctx):
        return ctx.organization["id"] if ctx.organization else None
    permissions.require(ctx, permissions.privilege(ctx.me) >= permissions.RANKS[rank])
    if ctx.organization is None:
        return None
    home = int(ctx.organization["id"])
    permissions.require(ctx, permissions.ROLES[permissions.role(ctx, home)] >= permissions.ROLES[role])
    return home


def _columns(ctx: Context) -> Listing:
    def owner(row: Record) -> str | None:
        return lookup.name_of(ctx, row["owner_id"])

    columns = {
        "id": Column(lambda row: row["id"], "number"), "name": Column(lambda row: row["name"]),
        "slug": Column(lambda row: row["slug"]), "owner": Column(owner),
    }  # fmt: skip
    return Listing(columns, ("name", "owner", "slug"), ("name", "owner", "slug"))


def list_(ctx: Context) -> Response:
    """GET /api/organizations: those the user is in or owns; all for an admin."""
    rows = [row for row in ctx.table("organizations").values() if _is_in(ctx, row["id"])]
    return listing.answer(ctx, rows, _columns(ctx), serialise.organization)


def _is_in(ctx: Context, pk: int) -> bool:
    return permissions.is_admin(ctx) or bool(permissions.role(ctx, pk)) or _owns(ctx, pk)


def _owns(ctx: Context, pk: int) -> bool:
    return bool(ctx.table("organizations")[pk]["owner_id"] == ctx.me["id"])


def _slug(value: Any) -> str:
    slug = str(text_up_to(16)(value))
    if not _SLUG.match(slug):
        raise forms.InvalidError('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.')
    return slug


_ORGANIZATION = {
    "name": Field(text_up_to(64, blank=True), ""), "description": Field(text_up_to(blank=True), ""),
    "contact": Field(forms.contact, {}, nullable=True),
}  # fmt: skip
_NEW = Schema({"slug": Field(_slug), **_ORGANIZATION})
_OPTIONAL = {name: Field(field.parse, ABSENT) for name, field in _ORGANIZATION.items()}
_CHANGE = Schema({"slug": Field(_slug, ABSENT), **_OPTIONAL})


def create(ctx: Context) -> Response:
    """POST /api/organizations; the user becomes its owner."""
    permissions.require(ctx, permissions.privilege(ctx.me) >= permissions.RANKS["user"])
    form, now, pk = forms.read(ctx, _NEW), ctx.now(), ctx.state.next_id("organizations")
    _check_slug(ctx, form["slug"], None)
    dates = {"created_date": now, "updated_date": now}
    record = {"id": pk, **form, "name": form["name"] or form["slug"], **dates, "owner_id": ctx.me["id"]}
    ctx.state.put("organizations", pk, record)
    join(ctx, pk, ctx.me["id"], "owner")
    return json_response(201, serialise.organization(ctx, record))


def _check_slug(ctx: Context, slug: str, own_id: int | None) -> None:
    if any(row["slug"] == slug and row["id"] != own_id for row in ctx.table("organizations").values()):
        raise fields(slug=["organization with this slug already exists."])


def join(ctx: Context, organization: int, user: int, role: str) -> Record:
    """Make a user a member."""
    pk = ctx.state.next_id("memberships")
    record = {
        "id": pk, "user_id": user, "organization_id": organization, "is_active": True, "joined_date": ctx.now(),
        "role": role, "invitation": None,
    }  # fmt: skip
    ctx.state.put("memberships", pk, record)
    return record


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/organizations/{id}."""
    record = lookup.record(ctx, "organizations", pk)
    permissions.require(ctx, _is_in(ctx, pk))
    return json_response(200, serialise.organization(ctx, record))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/organizations/{id}, by its owner or a maintainer."""
    lookup.record(ctx, "organizations", pk)
    allowed = _owns(ctx, pk) or permissions.role(ctx, pk) == "maintainer"
    permissions.require(ctx, permissions.is_admin(ctx) or (allowed and permissions.is_worker(ctx)))
    form = forms.read(ctx, _CHANGE)
    if "slug" in form:
        _check_slug(ctx, form["slug"], pk)
    record = ctx.state.update("organizations", pk, **form, updated_date=ctx.now())
    return json_response(200, serialise.organization(ctx, record))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/organizations/{id}, by its owner; what is in it belongs to nobody's organization then.

    Memberships and webhooks go with it.  Source: CVAT's models, on_delete of `organization`.
    """
    lookup.record(ctx, "organizations", pk)
    permissions.require(ctx, permissions.is_admin(ctx) or (_owns(ctx, pk) and permissions.is_worker(ctx)))
    for table in ("memberships", "webhooks"):
        for row in [row for row in ctx.table(table).values() if row["organization_id"] == pk]:
            ctx.state.delete(table, row["id"])
    for table in ("projects", "tasks", "cloudstorages"):
        for row in [row for row in ctx.table(table).values() if row["organization_id"] == pk]:
            ctx.state.update(table, row["id"], organization_id=None)
    ctx.state.delete("organizations", pk)
    return empty_response()
