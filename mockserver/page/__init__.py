"""The page at `/`: index.html, page.css and scripts, served as they are; nothing is loaded from elsewhere.

Everything that the page shows comes by the calls under `/_mock/` and, after a login, by the API, and is put in as text.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from mockserver.protocol.http import Response

PREFIX, ICON = "/_mock/page/", "/favicon.ico"
PATHS = ("/", ICON)  # outside of the prefix: browsers ask for an icon of whatever they show
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'"
_HEADERS = [
    ("Content-Security-Policy", f"{_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-cache"),
]


def answer(path: str) -> Response | None:
    """The file behind `/` or `/_mock/page/...`, no icon, None for another path."""
    if path == ICON:
        return Response(204, [], b"")
    name = "index.html" if path == "/" else path.removeprefix(PREFIX) if path.startswith(PREFIX) else ""
    data = _files().get(name)
    if data is None:
        return None
    return Response(200, [("Content-Type", f"{_TYPES[name.rpartition('.')[2]]}; charset=utf-8"), *_HEADERS], data)


@cache
def _files() -> dict[str, bytes]:
    names = (path for path in resources.files(__package__).iterdir() if path.name.rpartition(".")[2] in _TYPES)
    return {path.name: path.read_bytes() for path in names}
