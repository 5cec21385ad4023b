"""Handlers of `/api/cloudstorages`: places outside, as records. Nothing is read from them or written to them.

POST {"provider_type": "AWS_S3_BUCKET", "resource": "bucket", "display_name": "b",
      "credentials_type": "ANONYMOUS_ACCESS"}                                          201, without the credentials
"""

from __future__ import annotations

from mockserver.people import organizations
from mockserver.protocol import multipart
from mockserver.protocol.http import Response, json_response
from mockserver.resources import owned
from mockserver.rules import forms, lookup
from mockserver.rules.forms import ABSENT, Field, Schema, choice, items, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.rules.serialise import person
from mockserver.state.context import Context
from mockserver.state.tables import Record

PROVIDERS = ("AWS_S3_BUCKET", "AZURE_CONTAINER", "GOOGLE_CLOUD_STORAGE")
CREDENTIALS = (
    "KEY_SECRET_KEY_PAIR", "ACCOUNT_NAME_TOKEN_PAIR", "KEY_FILE_PATH", "ANONYMOUS_ACCESS", "CONNECTION_STRING",
)  # fmt: skip
_SECRETS = {"session_token": 440, "account_name": 24, "key": 40, "secret_key": 64, "connection_string": 1024}
_FIELDS = {
    "provider_type": Field(choice(PROVIDERS)), "resource": Field(text_up_to(222)),
    "display_name": Field(text_up_to(63)), "credentials_type": Field(choice(CREDENTIALS)),
    "specific_attributes": Field(text_up_to(1024, blank=True), ""), "description": Field(text_up_to(blank=True), ""),
    "manifests": Field(items(text_up_to(1024)), []),
    **{name: Field(text_up_to(limit, blank=True), ABSENT) for name, limit in _SECRETS.items()},
}  # fmt: skip
_NEW = Schema(_FIELDS)
_CHANGE = Schema({name: Field(field.parse, ABSENT) for name, field in _FIELDS.items() if name != "provider_type"})


def _show(ctx: Context, row: Record) -> Record:
    first = {"id": row["id"], "owner": person(ctx, row["owner_id"]), "manifests": row.get("manifests", [])}
    names = ("created_date", "updated_date", "provider_type", "resource", "display_name", "credentials_type",
             "specific_attributes", "description")  # fmt: skip
    return {**first, **{name: row.get(name, "") for name in names}, "organization": row["organization_id"]}


def _columns(ctx: Context) -> Listing:
    columns = {
        "provider_type": Column(lambda row: row["provider_type"], choices=PROVIDERS),
        "name": Column(lambda row: row["display_name"]), "resource": Column(lambda row: row["resource"]),
        "credentials_type": Column(lambda row: row["credentials_type"], choices=CREDENTIALS),
        "owner": Column(lambda row: lookup.name_of(ctx, row["owner_id"])),
        "id": Column(lambda row: row["id"], "number"), "description": Column(lambda row: row.get("description", "")),
    }  # fmt: skip
    plain = ("provider_type", "name", "resource", "credentials_type", "owner")
    return Listing(columns, plain, (*plain, "description"))


def _form(ctx: Context, schema: Schema) -> Record:
    """The body, JSON or multipart (with a file of keys, which is not kept)."""
    if ctx.request.content_type != "multipart/form-data":
        return forms.read(ctx, schema)
    parts = multipart.parts(ctx.request)
    form = {part.name: part.data.decode("utf-8", "replace") for part in parts if part.filename is None}
    manifests = [part.data.decode("utf-8", "replace") for part in parts if part.name.startswith("manifests")]
    return forms.read(ctx, schema, {**form, **({"manifests": manifests} if manifests else {})})


def list_(ctx: Context) -> Response:
    """GET /api/cloudstorages."""
    return owned.rows(ctx, "cloudstorages", _columns(ctx), _show)


def create(ctx: Context) -> Response:
    """POST /api/cloudstorages."""
    home = organizations.home_of_new(ctx, role="maintainer")
    return owned.created(ctx, "cloudstorages", owned.add(ctx, "cloudstorages", _form(ctx, _NEW), home), _show)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/cloudstorages/{id}."""
    return json_response(200, _show(ctx, owned.find(ctx, "cloudstorages", pk)))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/cloudstorages/{id}."""
    owned.find(ctx, "cloudstorages", pk)
    return json_response(200, _show(ctx, owned.change(ctx, "cloudstorages", pk, _form(ctx, _CHANGE))))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/cloudstorages/{id}."""
    return owned.remove(ctx, "cloudstorages", pk)


def retrieve_status(ctx: Context, pk: int) -> Response:
    """GET /api/cloudstorages/{id}/status: there is nothing behind it."""
    owned.find(ctx, "cloudstorages", pk)
    return json_response(200, "NOT_FOUND")
