"""Who asks: token, Basic, session cookie with CSRF token; login and logout.

Authorization: Token <40 hex> | Bearer <key> | Basic <base64>      Cookie: sessionid=...; csrftoken=...
unsafe methods of a session need X-CSRFToken
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from mockserver.protocol.http import Response, detail, errors, fields, json_response
from mockserver.state.context import Context, unauthenticated
from mockserver.state.tables import Record

SAFE = ("GET", "HEAD", "OPTIONS")


def authenticate(ctx: Context, required: bool) -> Record | None:
    """The user behind the request. Raises: ApiError 401 for bad or (if required) missing credentials, 403 for CSRF."""
    scheme, _, credentials = ctx.request.headers.get("authorization", "").strip().partition(" ")
    user = None
    if scheme.lower() in ("token", "bearer"):
        user = _by_token(ctx, scheme, credentials.strip())
    elif scheme.lower() == "basic":
        user = _by_password(ctx, credentials.strip())
    elif "cookie" in ctx.request.headers:
        user = _by_session(ctx)
    if user is None and required:
        raise unauthenticated()
    return user


def _by_token(ctx: Context, scheme: str, key: str) -> Record:
    if not key:
        raise unauthenticated("Invalid token header. No credentials provided.")
    if " " in key:
        raise unauthenticated("Invalid token header. Token string should not contain spaces.")
    row = ctx.table("tokens").get(key)
    user = ctx.table("users").get(row["user_id"]) if row else None
    if row is None or user is None or _is_over(ctx, row):
        raise unauthenticated("Invalid token.")
    if row.get("read_only") and ctx.request.method not in SAFE:
        raise detail(403, "You do not have permission to perform this action.")
    return _active(user)


def _is_over(ctx: Context, row: Record) -> bool:
    expiry = row.get("expiry_date")
    return expiry is not None and datetime.fromisoformat(expiry) <= ctx.env.clock.now()


def _by_password(ctx: Context, credentials: str) -> Record:
    if not credentials:
        raise unauthenticated("Invalid basic header. No credentials provided.")
    try:
        name, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise unauthenticated("Invalid basic header. Credentials not correctly base64 encoded.") from None
    user = find_user(ctx, name, password)
    if user is None:
        raise unauthenticated("Invalid username/password.")
    return user


def _active(user: Record) -> Record:
    if not user.get("is_active", True):
        raise unauthenticated("User inactive or deleted.")
    return user


def find_user(ctx: Context, name: str, password: str) -> Record | None:
    """The active user of this name (or e-mail) and password."""
    for user in ctx.table("users").values():
        if name and name in (user["username"], user.get("email")) and user.get("is_active", True):
            return user if user.get("password") == password else None
    return None


def token_of(user: Record) -> str:
    """The login key of a user: the seed's `token`, else 40 hex digits that follow from name and password."""
    digest = hashlib.sha1(f"{user['username']}:{user.get('password', '')}".encode(), usedforsecurity=False).hexdigest()
    return str(user.get("token") or digest)


def cookies(ctx: Context) -> dict[str, str]:
    """Cookies of the request; unreadable ones are none."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(ctx.request.headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _by_session(ctx: Context) -> Record | None:
    jar = cookies(ctx)
    session = ctx.table("sessions").get(jar.get("sessionid", ""))
    user: Record | None = ctx.table("users").get(session["user_id"]) if session else None
    if user is None:
        return None
    if ctx.request.method not in SAFE:
        _check_csrf(ctx, jar)
    return user


def _check_csrf(ctx: Context, jar: dict[str, str]) -> None:
    sent = ctx.request.headers.get("x-csrftoken")
    if not jar.get("csrftoken"):
        raise detail(403, "CSRF Failed: CSRF cookie not set.")
    if not sent:
        raise detail(403, "CSRF Failed: CSRF token missing.")
    if sent != jar["csrftoken"]:
        raise detail(403, "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.")


def create_login(ctx: Context) -> Response:
    """POST /api/auth/login: the key, and a session with its CSRF token as cookies."""
    form = ctx.form()
    user = find_user(ctx, *_credentials(form))
    if user is None:
        raise fields(non_field_errors=["Unable to log in with provided credentials."])
    session, csrf = ctx.env.uuid().hex, ctx.env.uuid().hex
    ctx.state.put("sessions", session, {"user_id": user["id"]})
    ctx.state.put("tokens", token_of(user), {"user_id": user["id"]})
    cookie = "; Path=/; SameSite=Lax; Max-Age=1209600"
    headers = [
        ("Set-Cookie", f"csrftoken={csrf}{cookie}"),
        ("Set-Cookie", f"sessionid={session}{cookie}; HttpOnly"),
    ]
    return json_response(200, {"key": token_of(user)}, headers)


def _credentials(form: Record) -> tuple[str, str]:
    name, password = form.get("username") or form.get("email"), form.get("password")
    if password == "":
        raise fields(password=["This field may not be blank."])
    if not name or password is None:
        raise errors('Must include either "username" or "email" and "password".')
    return str(name), str(password)


def create_logout(ctx: Context) -> Response:
    """POST /api/auth/logout: end the session and the token in use."""
    ctx.state.delete("sessions", cookies(ctx).get("sessionid", ""))
    scheme, _, key = ctx.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "token":
        ctx.state.delete("tokens", key.strip())
    gone = "=; Path=/; Max-Age=0"
    return json_response(200, {"detail": "Successfully logged out."}, [("Set-Cookie", f"sessionid{gone}")])
