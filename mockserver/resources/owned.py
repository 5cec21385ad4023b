"""What webhooks and cloud storages have in common: they are somebody's, or an organization's, and records only.

Nothing is ever delivered by a webhook or read from a storage here.
"""

from __future__ import annotations

from mockserver.people import organizations
from mockserver.protocol.http import Response, empty_response, json_response
from mockserver.rules import listing, lookup, permissions
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record


def may(ctx: Context, record: Record) -> bool:
    """Whether the user may see and change it: its owner, who leads its organization, staff of its project."""
    if permissions.is_admin(ctx) or record["owner_id"] == ctx.me["id"]:
        return True
    project = ctx.table("projects").get(record.get("project_id"))
    if project is not None and permissions.project_allows(ctx, project, "update"):
        return True
    return record["organization_id"] is not None and permissions.leads(ctx, record["organization_id"])


def find(ctx: Context, table: str, pk: int) -> Record:
    """Raises: ApiError 404, 403."""
    record = lookup.record(ctx, table, pk)
    permissions.require(ctx, may(ctx, record))
    return record


def rows(ctx: Context, table: str, columns: Listing, show: listing.Show) -> Response:
    """The page of a list."""
    visible = organizations.visible(
        ctx, ctx.table(table).values(), lambda row: row["organization_id"], lambda row: may(ctx, row)
    )
    return listing.answer(ctx, visible, columns, show)


def add(ctx: Context, table: str, form: Record, home: int | None) -> Record:
    """A new one."""
    pk, now = ctx.state.next_id(table), ctx.now()
    dates = {"created_date": now, "updated_date": now}
    record = {"id": pk, **form, **dates, "owner_id": ctx.me["id"], "organization_id": home}
    ctx.state.put(table, pk, record)
    return record


def change(ctx: Context, table: str, pk: int, form: Record) -> Record:
    """Other values of some fields."""
    return ctx.state.update(table, pk, **form, updated_date=ctx.now())


def remove(ctx: Context, table: str, pk: int) -> Response:
    """The answer to DELETE."""
    find(ctx, table, pk)
    ctx.state.delete(table, pk)
    return empty_response()


def created(ctx: Context, table: str, record: Record, show: listing.Show) -> Response:
    """The answer to POST."""
    headers = [("Location", ctx.url(f"/api/{table}/{record['id']}"))]
    return json_response(201, show(ctx, record), headers)
