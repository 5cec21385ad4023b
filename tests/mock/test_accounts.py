"""Accounts, passwords, tokens, memberships, and how often nobody in particular may ask."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.conftest import Client


@pytest.mark.parametrize("slug", ["a b", "a.b", "ä", "a/b"])
def test_a_slug_has_letters_digits_underscores_and_hyphens(client: Client, slug: str) -> None:
    text = 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'
    assert client.send("POST", "/api/organizations", {"slug": slug}).json() == {"slug": [text]}
    assert client.send("POST", "/api/organizations", {"slug": "A_b-9"}).status == 201


def test_who_sees_and_changes_which_membership(client: Client) -> None:
    client.send("POST", "/api/organizations", {"slug": "acme"})
    for pk, role in ((2, "maintainer"), (3, "worker")):
        email = client.app.state.tables["users"][pk]["email"]
        key = client.send("POST", "/api/invitations?org=acme", {"email": email, "role": role}).json()["key"]
        if pk == 2:
            client.send("POST", f"/api/invitations/{key}/accept", user="ann")
    rows = {row["user"]["id"]: row["id"] for row in client.get("/api/memberships?org=acme").json()["results"]}
    assert set(rows) == {1, 2, 3}
    assert client.send("GET", "/api/memberships?org=acme", user="bob").status == 403, "not active yet"
    assert client.send("GET", "/api/memberships", user="bob").json()["results"] == []
    assert [row["user"]["id"] for row in client.send("GET", "/api/memberships", user="ann").json()["results"]] == [2]
    assert client.send("PATCH", f"/api/memberships/{rows[2]}", {"role": "worker"}, user="ann").status == 403
    assert client.send("DELETE", f"/api/memberships/{rows[1]}", user="ann").status == 403
    assert client.send("PATCH", f"/api/memberships/{rows[3]}", {"role": "supervisor"}, user="ann").status == 200
    assert client.send("POST", "/api/invitations", {"email": "x@y.z", "role": "worker"}, user="ann").status == 403


def test_the_name_of_a_token_is_short(client: Client) -> None:
    assert client.send("POST", "/api/auth/access_tokens", {"name": "a" * 50}).status == 201
    text = "Ensure this field has no more than 50 characters."
    assert client.send("POST", "/api/auth/access_tokens", {"name": "a" * 51}).json() == {"name": [text]}


NEW_USER = {"username": "emily", "email": "e@example.com", "password1": "long enough", "password2": "long enough"}


def test_somebody_registers_and_logs_in(client: Client) -> None:
    made = client.send("POST", "/api/auth/register", NEW_USER, user=None)
    assert made.status == 201
    assert {key: made.json()[key] for key in ("username", "email", "email_verification_required")} == {
        "username": "emily", "email": "e@example.com", "email_verification_required": False,
    }  # fmt: skip
    key = f"Token {made.json()['key']}"
    assert client.get("/api/users/self", user=None, authorization=key).json()["groups"] == ["user"]
    login = {"username": "emily", "password": "long enough"}
    assert client.send("POST", "/api/auth/login", login, user=None).json()["key"] == made.json()["key"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"username": "em"}, {"username": ["Ensure this field has at least 5 characters."]}),
        ({"username": None}, {"username": ["This field may not be null."]}),
        ({"email": "x"}, {"email": ["Enter a valid email address."]}),
        ({"password1": "short"}, {"password1": ["Ensure this field has at least 8 characters."]}),
        ({"password2": "another one"}, {"non_field_errors": ["The two password fields didn't match."]}),
    ],
)
def test_who_cannot_register(client: Client, changes: Any, problem: Any) -> None:
    answer = client.send("POST", "/api/auth/register", {**NEW_USER, **changes}, user=None)
    assert (answer.status, answer.json()) == (400, problem)


def test_names_and_addresses_are_taken_once(client: Client) -> None:
    client.send("POST", "/api/auth/register", NEW_USER, user=None)
    again = client.send("POST", "/api/auth/register", NEW_USER, user=None)
    assert again.json() == {"username": ["A user with that username already exists."]}
    other = client.send("POST", "/api/auth/register", {**NEW_USER, "username": "another"}, user=None)
    assert other.json() == {"email": ["A user is already registered with this e-mail address."]}


def test_a_password_is_changed_and_keys_stay(client: Client) -> None:
    path, key = "/api/auth/password/change", client.send("POST", "/api/auth/login", {
        "username": "admin", "password": "mock"}, user=None).json()["key"]  # fmt: skip
    pair = {"new_password1": "long enough", "new_password2": "long enough"}
    assert list(client.send("POST", path, {"old_password": "no", **pair}).json()) == ["old_password"]
    wrong = client.send("POST", path, {"old_password": "mock", **pair, "new_password2": "something else"})
    assert list(wrong.json()) == ["new_password2"]
    assert client.send("POST", path, {"old_password": "mock", **pair}, user=None).status == 401
    assert client.send("POST", path, {"old_password": "mock", **pair}).status == 200
    assert client.get("/api/users/self", user=None, authorization=f"Token {key}").status == 200
    login = {"username": "admin", "password": "mock"}
    assert client.send("POST", "/api/auth/login", login, user=None).status == 400
    again = client.send("POST", "/api/auth/login", {**login, "password": "long enough"}, user=None)
    assert again.json()["key"] == key


def test_no_password_is_reset_by_letter(client: Client) -> None:
    sent = client.send("POST", "/api/auth/password/reset", {"email": "no@example.com"}, user=None)
    assert sent.json() == {"detail": "Password reset e-mail has been sent."}
    body = {"new_password1": "long enough", "new_password2": "long enough", "uid": "MQ", "token": "x"}
    assert client.send("POST", "/api/auth/password/reset/confirm", body, user=None).status == 400


def test_nobody_in_particular_is_throttled(client: Client) -> None:
    client.app.env.clock.mode = "manual"
    statuses = [client.get("/api/server/about", user=None).status for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    client.app.env.clock.advance(20)
    answer = client.send("POST", "/api/auth/login", {"username": "admin", "password": "mock"}, user=None)
    assert (answer.status, answer.header("Retry-After")) == (429, "40")
    assert answer.json() == {"detail": "Request was throttled. Expected available in 40 seconds."}
    assert client.get("/api/server/about").status == 200, "somebody is not"
    client.app.env.clock.advance(40)
    assert client.get("/api/server/about", user=None).status == 200
    client.app.config.dialect = "lenient"
    assert {client.get("/api/server/about", user=None).status for _ in range(150)} == {200}
