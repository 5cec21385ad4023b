"""What holds for every endpoint: paths, media types, methods, login, organizations, headers, unusable bodies."""

from __future__ import annotations

import base64
import gzip

import pytest

from mockserver.core.app import App
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config
from tests.mock.conftest import Client

JOB = "/api/jobs/69"


@pytest.mark.parametrize("accept", ["", "*/*", "application/vnd.cvat+json", "application/vnd.cvat+json; version=2.0"])
def test_accepted_media_types(demo: Client, accept: str) -> None:
    response = demo.get(JOB, accept=accept)
    assert (response.status, response.header("Content-Type")) == (200, "application/vnd.cvat+json")


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        ("application/json", "Could not satisfy the request Accept header."),
        ("application/xml", "Could not satisfy the request Accept header."),
        ("application/vnd.cvat+json; version=3.0", 'Invalid version in "Accept" header.'),
    ],
)
def test_refused_media_types(demo: Client, accept: str, text: str) -> None:
    response = demo.get(JOB, accept=accept)
    assert (response.status, response.json()) == (406, {"detail": text})


def test_a_browser_gets_a_page(demo: Client) -> None:
    response = demo.get(JOB, accept="text/html,application/xhtml+xml;q=0.9")
    assert response.status == 200
    assert (response.header("Content-Type") or "").startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/api/jobs/", f"{JOB}/", f"{JOB}/data/", f"{JOB}/data/meta/", f"{JOB}/preview/", "/api/requests/",
             "/api/labels/", "/api/issues/", "/api/server/about/", f"{JOB}/validation_layout/", "/api/nothing"],
)  # fmt: skip
def test_a_wrong_slash_is_an_unknown_page(demo: Client, path: str) -> None:
    response = demo.get(path)
    assert response.status == 404
    assert (response.header("Content-Type") or "").startswith("text/html")


@pytest.mark.parametrize("path", [f"{JOB}/annotations", "/api/tasks/38/annotations", "/api/tasks/38/data"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_some_paths_take_both_forms(demo: Client, path: str, slash: str) -> None:
    assert demo.get(f"{path}{slash}").status in (200, 400)


@pytest.mark.parametrize("path", ["/api/schema", "/api/swagger"])
def test_documents_redirect_to_their_slash(demo: Client, path: str) -> None:
    response = demo.get(path, user=None)
    assert (response.status, response.header("Location")) == (301, f"{path}/")
    assert demo.get(f"{path}/", user=None, accept="*/*").status == 200


def test_format_suffix(demo: Client) -> None:
    assert demo.get("/api/jobs.json?page_size=1").json()["next"].endswith("/api/jobs.json?page=2&page_size=1")
    assert demo.get(f"{JOB}.json").json()["id"] == 69
    assert demo.get(f"{JOB}.xml").json() == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("path", "text"),
    [("abc", "Not found."), ("1.5", "Not found."), ("-1", "No Job matches the given query."),
     ("0", "No Job matches the given query."), ("999999", "No Job matches the given query.")],
)  # fmt: skip
def test_ids(demo: Client, path: str, text: str) -> None:
    response = demo.get(f"/api/jobs/{path}")
    assert (response.status, response.json()) == (404, {"detail": text})


def test_a_wrong_method_comes_before_a_missing_object(demo: Client) -> None:
    response = demo.send("PUT", "/api/jobs/999999", {})
    assert (response.status, response.json()) == (405, {"detail": 'Method "PUT" not allowed.'})
    assert response.header("Allow") == "GET, PATCH, DELETE, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/api/jobs", JOB, f"{JOB}/dataset/download?rq_id=x", "/api/tasks/38"])
def test_head_is_what_the_server_stumbles_over(demo: Client, demo_seed: dict[str, object], path: str) -> None:
    assert demo.send("HEAD", path, user=None).status == 401
    assert demo.send("HEAD", path).status == 400
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.send("HEAD", path).status == 500
    assert demo.send("HEAD", f"{JOB}/annotations").body == b""


def test_a_missing_object_comes_before_permission(demo: Client) -> None:
    assert demo.get("/api/jobs/999999", user="ann1").status == 404
    assert demo.get(JOB, user="ann1").json() == {"detail": "You do not have permission to perform this action."}


@pytest.mark.parametrize("media", ["text/plain", "application/vnd.cvat+json", "application/x-www-form-urlencoded"])
def test_refused_bodies(demo: Client, media: str) -> None:
    response = demo.send("PATCH", JOB, b"{}", content_type=media)
    assert (response.status, response.json()) == (415, {"detail": f'Unsupported media type "{media}" in request.'})


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff"])
def test_bodies_that_are_not_json(demo: Client, body: bytes) -> None:
    response = demo.send("PATCH", JOB, body, content_type="application/json")
    assert response.status == 400
    assert response.json()["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"5"])
@pytest.mark.parametrize("path", [JOB, f"{JOB}/annotations?action=create"])
def test_bodies_that_are_no_object(demo: Client, demo_seed: dict[str, object], body: bytes, path: str) -> None:
    assert demo.send("PATCH", path, body, content_type="application/json").status == 400
    bugs = Client(App(state_of(demo_seed), Config("real", bug_for_bug=True)), "demo_admin")
    assert bugs.send("PATCH", path, body, content_type="application/json").status == 500


def test_an_empty_body_is_an_empty_object(demo: Client) -> None:
    assert demo.send("PATCH", JOB, b"", content_type="application/json").status == 200


def test_headers_of_every_answer(demo: Client) -> None:
    for response in (demo.get(JOB), demo.get("/api/nothing"), demo.get(JOB, user=None)):
        assert response.header("X-Request-Id")
        assert response.header("X-Frame-Options") == "DENY"
        assert response.header("X-Content-Type-Options") == "nosniff"
        assert response.header("ETag") is None
    numbers = {demo.get(JOB).header("X-Request-Id") for _ in range(3)}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "Authentication credentials were not provided."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Token nope", "Invalid token."),
        ("Bearer nope", "Invalid token."),
        ("Basic " + base64.b64encode(b"demo_admin:nope").decode(), "Invalid username/password."),
    ],
)
def test_bad_credentials(demo: Client, header: str | None, text: str) -> None:
    response = demo.get(JOB, user=None, **({"authorization": header} if header else {}))
    assert (response.status, response.json()) == (401, {"detail": text})
    assert response.header("WWW-Authenticate") == "Token"


def login(client: Client, **body: str) -> dict[str, str]:
    """Cookies and key of a login."""
    response = client.send("POST", "/api/auth/login", body, user=None)
    assert response.status == 200, response.body
    cookies = [value.split(";")[0] for name, value in response.headers if name == "Set-Cookie"]
    return {**dict(cookie.split("=", 1) for cookie in cookies), "key": response.json()["key"]}


def test_token_login_and_logout(demo: Client) -> None:
    key = login(demo, username="ann1", password="Demo-user-123")["key"]
    assert len(key) == 40
    assert demo.get("/api/users/self", user=None, authorization=f"Token {key}").json()["username"] == "ann1"
    response = demo.send("POST", "/api/auth/logout", {}, user=None, authorization=f"Token {key}")
    assert response.json() == {"detail": "Successfully logged out."}
    assert demo.get("/api/users/self", user=None, authorization=f"Token {key}").status == 401


def test_session_needs_the_csrf_token_to_write(demo: Client) -> None:
    jar = login(demo, username="demo_admin", password="Demo-admin-123")
    cookie = f"sessionid={jar['sessionid']}; csrftoken={jar['csrftoken']}"
    assert demo.get(JOB, user=None, cookie=cookie).status == 200
    refused = demo.send("PATCH", JOB, {}, user=None, cookie=cookie)
    assert (refused.status, refused.json()) == (403, {"detail": "CSRF Failed: CSRF token missing."})
    assert demo.send("PATCH", JOB, {}, user=None, cookie=cookie, x_csrftoken=jar["csrftoken"]).status == 200
    assert demo.send("PATCH", JOB, {}, user=None, cookie=cookie, x_csrftoken="x").status == 403


def test_login_errors(demo: Client) -> None:
    wrong = demo.send("POST", "/api/auth/login", {"username": "ann1", "password": "x"}, user=None)
    assert wrong.json() == {"non_field_errors": ["Unable to log in with provided credentials."]}
    missing = demo.send("POST", "/api/auth/login", {"username": "ann1"}, user=None)
    assert missing.json() == ['Must include either "username" or "email" and "password".']


def test_organization_of_a_request(demo: Client) -> None:
    assert demo.get("/api/jobs?org=nope").json() == {"detail": "nope organization does not exist."}
    assert demo.get("/api/jobs?org=a&org_id=1").status == 400
    assert demo.get("/api/jobs?org_id=abc").status == 400
    assert demo.get("/api/jobs?org=a", x_organization="b").status == 400
    assert demo.get("/api/jobs?org=").json()["count"] == demo.get("/api/jobs").json()["count"] == 51


def test_an_endpoint_that_is_not_modelled_says_so(demo: Client) -> None:
    response = demo.get("/api/lambda/functions")
    text = "lambda_list_functions is not modelled by the mock server"
    assert (response.status, response.json()) == (501, {"detail": text})


def test_server_endpoints(demo: Client) -> None:
    about = demo.get("/api/server/about", user=None).json()
    assert about["version"] == "2.73.0"
    assert demo.get("/api/server/plugins").json() == {"ANALYTICS": False, "MODELS": False}
    formats = demo.get("/api/server/annotation/formats").json()
    assert {"CVAT for images 1.1", "COCO 1.0", "YOLO 1.1"} <= {row["name"] for row in formats["exporters"]}
    assert "CVAT 1.1" in {row["name"] for row in formats["importers"]}
    assert demo.get("/api/server/share").json() == []
    assert demo.get("/api/server/health", user=None).status == 200


def test_lenient_takes_what_the_page_shows(lenient: Client) -> None:
    assert lenient.get(f"{JOB}/", accept="application/json").status == 200
    assert lenient.get("/api/jobs/").status == 200
    response = lenient.send("PATCH", JOB, {"assignee_id": 23})
    assert response.json()["assignee"]["id"] == 23
    assert lenient.send("PATCH", JOB, {"foo": 1}).status == 403
    warnings = [remark for entry in lenient.app.journal.entries for remark in entry.warnings]
    assert {remark.code for remark in warnings} >= {"assignee-id", "accept-json", "slash"}


def test_real_refuses_the_alias(demo: Client) -> None:
    response = demo.send("PATCH", JOB, {"assignee_id": 23})
    assert (response.status, response.json()) == (403, {"detail": "Attempted to update an unknown field"})


def test_real_packs_answers_for_those_who_can_unpack_them(demo: Client) -> None:
    plain = demo.get(f"{JOB}/annotations")
    packed = demo.get(f"{JOB}/annotations", accept_encoding="deflate, gzip;q=0.8")
    assert packed.header("Content-Encoding") == "gzip"
    assert len(packed.body) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body
    for response in (plain, packed):
        assert response.header("Vary") == "Accept, Accept-Encoding, Origin, Cookie"
    assert plain.header("Content-Encoding") is None


@pytest.mark.parametrize("encoding", ["identity", "deflate, br", "xgzip"])
def test_who_cannot_unpack_gets_it_plain(demo: Client, encoding: str) -> None:
    assert demo.get(f"{JOB}/annotations", accept_encoding=encoding).header("Content-Encoding") is None


def test_what_gains_nothing_is_not_packed(demo: Client) -> None:
    short = demo.get("/api/jobs/999999", accept_encoding="gzip")
    assert (short.header("Content-Encoding"), short.header("Vary")) == (None, "Accept, Origin, Cookie")
    part = demo.get(f"{JOB}/data?type=chunk&number=0", accept_encoding="gzip", range="bytes=0-299")
    assert (part.status, part.header("Content-Encoding"), len(part.body)) == (206, None, 300)


def test_lenient_packs_nothing(lenient: Client) -> None:
    response = lenient.get(f"{JOB}/annotations", accept_encoding="gzip")
    assert (response.header("Content-Encoding"), response.header("Vary")) == (None, "Accept, Origin, Cookie")


def test_access_tokens_are_of_one_user(demo: Client) -> None:
    made = demo.send("POST", "/api/auth/access_tokens", {"name": "ci"}, user="ann1").json()
    path = f"/api/auth/access_tokens/{made['id']}"
    for user, count in (("ann1", 1), ("ann2", 0), ("demo_admin", 0)):
        assert demo.get("/api/auth/access_tokens", user=user).json()["count"] == count
        assert demo.get(path, user=user).status == (200 if count else 404)
    assert demo.send("PATCH", path, {"name": "x"}, user="ann2").status == 404
    assert demo.send("DELETE", path, user="ann2").status == 404
    assert demo.send("DELETE", path, user="ann1").status == 204


def test_access_tokens(demo: Client) -> None:
    made = demo.send("POST", "/api/auth/access_tokens", {"name": "ci"}, user="ann1").json()
    bearer = f"Bearer {made['value']}"
    assert demo.get("/api/users/self", user=None, authorization=bearer).json()["username"] == "ann1"
    own = demo.get("/api/auth/access_tokens/self", user=None, authorization=bearer).json()
    assert (own["name"], own["owner"]["username"], "value" in own) == ("ci", "ann1", False)
    path = f"/api/auth/access_tokens/{made['id']}"
    assert demo.get("/api/auth/access_tokens", user="ann1").json()["count"] == 1
    assert demo.get(path, user="ann2").status == 404
    assert demo.send("PATCH", path, {"read_only": True}, user="ann1").json()["read_only"] is True
    assert demo.send("PATCH", "/api/users/23", {"first_name": "x"}, user=None, authorization=bearer).status == 403
    demo.send("PATCH", path, {"expiry_date": "2020-01-01T00:00:00Z"}, user="ann1")
    assert demo.get("/api/users/self", user=None, authorization=bearer).status == 401
    assert demo.send("DELETE", path, user="ann1").status == 204
    assert demo.get("/api/auth/access_tokens", user=None).status == 401
