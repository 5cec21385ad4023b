"""Handlers of `/api/auth/register` and `/api/auth/password/*`. No letters are sent, so no password is reset by one.

POST register          {"username": "ann12", "password1": "...", "password2": "..."}     201 with the login key
POST password/change   {"old_password": "...", "new_password1": "...", "new_password2": "..."}
"""

from __future__ import annotations

from typing import Any

from mockserver.people.auth import token_of
from mockserver.protocol.http import Response, fields, json_response
from mockserver.rules import forms
from mockserver.rules.forms import ABSENT, Field, InvalidError, Parser, Schema, text_up_to
from mockserver.state.context import Context
from mockserver.state.tables import Record

_MISMATCH = "The two password fields didn't match."


def _text_of(least: int, most: int) -> Parser:
    def parse(value: Any) -> str:
        string = str(text_up_to(most)(value))
        if len(string) < least:
            raise InvalidError(f"Ensure this field has at least {least} characters.")
        return string

    return parse


def _email(value: Any) -> str:
    address = str(text_up_to(254)(value))
    name, at, host = address.rpartition("@")
    if not (name and at and "." in host.strip(".")) or " " in address:
        raise InvalidError("Enter a valid email address.")
    return address


_PASSWORD, _NAME = Field(_text_of(8, 256)), Field(text_up_to(150, blank=True), "")
_NEW = Schema(
    {
        "username": Field(_text_of(5, 150)), "email": Field(_email, ""), "password1": _PASSWORD,
        "password2": _PASSWORD, "first_name": _NAME, "last_name": _NAME,
    }
)  # fmt: skip
_CHANGE = Schema({"old_password": Field(text_up_to()), "new_password1": _PASSWORD, "new_password2": _PASSWORD})
_RESET = Schema({"email": Field(_email)})
_CONFIRM = Schema(
    {
        "new_password1": _PASSWORD, "new_password2": _PASSWORD, "uid": Field(text_up_to()),
        "token": Field(text_up_to()), "email": Field(_email, ABSENT),
    }
)  # fmt: skip


def create_register(ctx: Context) -> Response:
    """POST /api/auth/register: a new user of the group `user`."""
    form = forms.read(ctx, _NEW)
    users = ctx.table("users").values()
    if any(row["username"] == form["username"] for row in users):
        raise fields(username=["A user with that username already exists."])
    if form["email"] and any(str(row.get("email", "")).lower() == form["email"].lower() for row in users):
        raise fields(email=["A user is already registered with this e-mail address."])
    if form["password1"] != form["password2"]:
        raise fields(non_field_errors=[_MISMATCH])
    names = {name: form[name] for name in ("username", "email", "first_name", "last_name")}
    pk, now = ctx.state.next_id("users"), ctx.now()
    record = {
        "id": pk, **names, "password": form["password1"], "groups": ["user"], "is_staff": False, "is_superuser": False,
        "is_active": True, "last_login": None, "date_joined": now, "has_analytics_access": False,
    }  # fmt: skip
    ctx.state.put("users", pk, record)
    ctx.state.put("tokens", token_of(record), {"user_id": pk})
    return json_response(201, {**names, "email_verification_required": False, "key": token_of(record)})


def create_password_change(ctx: Context) -> Response:
    """POST /api/auth/password/change, by the user; keys and sessions stay."""
    form, me = forms.read(ctx, _CHANGE), ctx.me
    if form["old_password"] != me.get("password", ""):
        text = "Your old password was entered incorrectly. Please enter it again."
        raise fields(old_password=[text])
    _check_pair(form)
    ctx.state.update("users", me["id"], password=form["new_password1"], token=token_of(me))
    return json_response(200, {"detail": "New password has been saved."})


def create_password_reset(ctx: Context) -> Response:
    """POST /api/auth/password/reset: the same answer whether there is such a user or not."""
    forms.read(ctx, _RESET)
    return json_response(200, {"detail": "Password reset e-mail has been sent."})


def create_password_reset_confirm(ctx: Context) -> Response:
    """POST /api/auth/password/reset/confirm: nobody can have a letter with a good token."""
    form = forms.read(ctx, _CONFIRM)
    _check_pair(form)
    raise fields(uid=["Invalid value"])


def _check_pair(form: Record) -> None:
    if form["new_password1"] != form["new_password2"]:
        raise fields(new_password2=[_MISMATCH])
