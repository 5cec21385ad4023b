"""Handler of `/api/events`: what a browser reports about its user."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from mockserver.protocol.http import Response, json_response
from mockserver.rules import forms
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, many, text_up_to
from mockserver.rules.json_logic import moment
from mockserver.state.context import Context


def _date(value: Any) -> str:
    try:
        when = moment(value)
    except ValueError:
        raise forms.InvalidError(
            "Datetime has wrong format. Use one of these formats instead: "
            "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        ) from None
    try:
        return when.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    except OverflowError:
        raise forms.InvalidError("Datetime value out of range.") from None


_NUMBERS = ("count", "duration", "project_id", "task_id", "job_id", "user_id", "org_id")
_EVENT = Schema(
    {
        "scope": Field(text_up_to()), "obj_name": Field(text_up_to(), ABSENT, nullable=True),
        "obj_id": Field(forms.integer, ABSENT, nullable=True), "obj_val": Field(text_up_to(), ABSENT, nullable=True),
        "source": Field(text_up_to(), ABSENT, nullable=True), "timestamp": Field(_date),
        "count": Field(forms.integer, ABSENT, nullable=True), "duration": Field(at_least(0), 0),
        "project_id": Field(forms.integer, ABSENT, nullable=True),
        "task_id": Field(forms.integer, ABSENT, nullable=True),
        "job_id": Field(forms.integer, ABSENT, nullable=True), "payload": Field(text_up_to(blank=True), "{}"),
    }
)  # fmt: skip
_EVENTS = Schema(
    {
        "events": Field(many(_EVENT)), "previous_event": Field(_EVENT, None, nullable=True),
        "timestamp": Field(_date),
    }
)  # fmt: skip


def create(ctx: Context) -> Response:
    """POST /api/events: what a browser reports about its user; taken and forgotten."""
    form = forms.read(ctx, _EVENTS)
    organization = {"org_id": None, "org_slug": None}
    if ctx.organization is not None:
        organization = {"org_id": ctx.organization["id"], "org_slug": ctx.organization["slug"]}
    user = {"user_id": ctx.me["id"], "user_name": ctx.me["username"], "user_email": ctx.me.get("email", "")}
    events = [{**event, "source": "client", **organization, **user} for event in form["events"]]
    return json_response(201, {**form, "events": events})
