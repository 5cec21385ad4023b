"""Handlers of `/api/auth/access_tokens`: tokens that a user makes for scripts, sent as `Authorization: Bearer <value>`.

POST {"name": "ci", "expiry_date": null, "read_only": false}     201 with `value`, which is shown only now
GET  .../self                                                    the token of this very request
"""

from __future__ import annotations

from typing import Any

from mockserver.protocol.http import Response, detail, empty_response, json_response
from mockserver.rules import forms, listing
from mockserver.rules.forms import ABSENT, Field, InvalidError, Schema, boolean, text_up_to
from mockserver.rules.json_logic import Column, moment
from mockserver.rules.listing import Listing
from mockserver.rules.serialise import person
from mockserver.state.context import Context, timestamp
from mockserver.state.tables import Record


def _date(value: Any) -> str:
    try:
        return timestamp(moment(value))
    except ValueError:
        raise InvalidError("Datetime has wrong format.") from None


_NEW = Schema(
    {
        "name": Field(text_up_to(50)), "expiry_date": Field(_date, None, nullable=True),
        "read_only": Field(boolean, False),
    }
)  # fmt: skip
_CHANGE = Schema(
    {
        "name": Field(text_up_to(50), ABSENT), "expiry_date": Field(_date, ABSENT, nullable=True),
        "read_only": Field(boolean, ABSENT),
    }
)  # fmt: skip
_COLUMNS = {
    "id": Column(lambda row: row["id"], "number"), "name": Column(lambda row: row["name"]),
    "read_only": Column(lambda row: row["read_only"], "flag"),
    "created_date": Column(lambda row: row["created_date"], "date"),
}  # fmt: skip
_LISTING = Listing(_COLUMNS, ("name", "read_only"), ("name",))
_SHOWN = ("id", "name", "created_date", "updated_date", "expiry_date", "last_used_date", "read_only")


def _show(ctx: Context, row: Record) -> Record:
    return {**{name: row[name] for name in _SHOWN}, "owner": person(ctx, row["user_id"])}


def _rows(ctx: Context) -> dict[str, Record]:
    """The user's own tokens by value; login keys are none."""
    mine = ((key, row) for key, row in ctx.table("tokens").items() if row["user_id"] == ctx.me["id"])
    return {key: row for key, row in mine if "id" in row}


def _find(ctx: Context, pk: int) -> tuple[str, Record]:
    """Raises: ApiError 404."""
    for key, row in _rows(ctx).items():
        if row["id"] == pk:
            return key, row
    raise detail(404, "No AccessToken matches the given query.")


def list_(ctx: Context) -> Response:
    """GET /api/auth/access_tokens: the user's own."""
    return listing.answer(ctx, _rows(ctx).values(), _LISTING, _show)


def create(ctx: Context) -> Response:
    """POST /api/auth/access_tokens."""
    owner, form, now = ctx.me["id"], forms.read(ctx, _NEW), ctx.now()
    value = f"{ctx.env.uuid().hex[:8]}.{ctx.env.uuid().hex}"
    dates = {"created_date": now, "updated_date": now, "last_used_date": None}
    row = {"id": ctx.state.next_id("access_tokens"), "user_id": owner, **form, **dates}
    ctx.state.put("tokens", value, row)
    return json_response(201, {**_show(ctx, row), "value": value})


def retrieve_self(ctx: Context) -> Response:
    """GET /api/auth/access_tokens/self."""
    row = ctx.table("tokens").get(ctx.request.headers.get("authorization", "").partition(" ")[2].strip())
    if ctx.user is None or row is None or "id" not in row:
        raise detail(404 if ctx.user else 401, "No AccessToken matches the given query.")
    return json_response(200, _show(ctx, row))


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/auth/access_tokens/{id}."""
    return json_response(200, _show(ctx, _find(ctx, pk)[1]))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/auth/access_tokens/{id}."""
    key, _ = _find(ctx, pk)
    row = ctx.state.update("tokens", key, **forms.read(ctx, _CHANGE), updated_date=ctx.now())
    return json_response(200, _show(ctx, row))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/auth/access_tokens/{id}."""
    ctx.state.delete("tokens", _find(ctx, pk)[0])
    return empty_response()
