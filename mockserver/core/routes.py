"""The one table of endpoints, `endpoints.txt`: method, pattern, CVAT's operationId, handler.

In a pattern `{id}` is an integer that the handler gets as `pk` (anything else is 404), another `{name}` is one path
segment as text, and a final `[/]` means that the real server takes the path with and without the slash. A handler is
`room.module.function` of this package, imported when it is first called, with the signature `(ctx: Context, **path
parameters) -> Response`; `-` is an endpoint of CVAT that is not modelled and answers 501.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, resources
from typing import Any

from mockserver.protocol.http import Response, detail

Handler = Callable[..., Response]

TABLE = resources.files(__package__).joinpath("endpoints.txt").read_text("utf-8")
METHOD_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(slots=True)
class Route:
    """One path with all its methods: method -> (operationId, handler's name or "-")."""

    pattern: str
    regex: re.Pattern[str]
    both_slashes: bool
    operations: dict[str, tuple[str, str]] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


def _compile(pattern: str) -> re.Pattern[str]:
    plain = pattern.removesuffix("[/]")
    body = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'[^/.]+' if m[1] == 'id' else '[^/]+'})", plain)
    suffix = "" if re.search(r"\{(?!id\})\w+\}\Z", plain) else r"(?P<suffix>\.[a-z0-9]+)?"
    return re.compile(f"{body}{suffix}(?P<slash>/?)\\Z")


def _read(table: str) -> tuple[Route, ...]:
    routes: dict[str, Route] = {}
    for line in table.split("\n"):
        if not line.strip():
            continue
        method, pattern, operation, handler = line.split()
        if pattern not in routes:
            routes[pattern] = Route(pattern, _compile(pattern), pattern.endswith("[/]"))
        routes[pattern].operations[method] = (operation, handler)
    for route in routes.values():
        known = {*route.operations, "OPTIONS", *(("HEAD",) if "GET" in route.operations else ())}
        route.allow = tuple(method for method in METHOD_ORDER if method in known)
    return tuple(routes.values())


ROUTES = _read(TABLE)
_FIXED = {route.pattern.removesuffix("[/]"): route for route in ROUTES if "{" not in route.pattern}
_BY_RESOURCE: dict[str, list[Route]] = {}
for _route in ROUTES:
    if "{" in _route.pattern:
        _BY_RESOURCE.setdefault(_route.pattern.split("/")[2], []).append(_route)


def find(path: str, any_slash: bool) -> tuple[Route, dict[str, str]] | None:
    """The route of a decoded path and its raw parameters, or None; `any_slash` takes both forms everywhere.

    Raises: ApiError 404 for a format suffix other than `.json`.
    """
    plain, dot, suffix = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "json")
    if dot and suffix != "json" and plain in _FIXED:
        raise detail(404, "Not found.")
    plain = plain if suffix == "json" else path
    route = _FIXED.get(plain) or (_FIXED.get(path[:-1]) if path.endswith("/") else None)
    if route:
        return (route, {}) if any_slash or route.both_slashes or not path.endswith("/") else None
    parts = path.split("/", 3)
    for route in _BY_RESOURCE.get(parts[2] if len(parts) > 2 else "", ()):
        found = route.regex.match(path)
        if found and (any_slash or route.both_slashes or not found["slash"]):
            params = found.groupdict()
            if params.get("suffix") not in (None, ".json"):
                raise detail(404, "Not found.")
            return route, {name: params[name] for name in params if name not in ("suffix", "slash")}
    return None


@cache
def handler(name: str) -> Handler | None:
    """The function behind `module.function`; None for an endpoint that is not modelled."""
    if name == "-":
        return None
    module, _, function = name.rpartition(".")
    try:
        found: Any = getattr(import_module(f"mockserver.{module}"), function)
    except (ModuleNotFoundError, AttributeError):
        return None
    return found  # type: ignore[no-any-return]  # looked up by name


def coverage() -> dict[str, Any]:
    """Modelled operations against all of CVAT's."""
    every = [(operation, name) for route in ROUTES for operation, name in route.operations.values()]
    modelled = sorted(operation for operation, name in every if handler(name))
    missing = sorted(operation for operation, name in every if not handler(name))
    return {"modelled": modelled, "missing": missing, "share": len(modelled) / len(every)}
