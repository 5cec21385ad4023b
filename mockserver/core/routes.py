"""The one table of endpoints, `endpoints.txt`: method, pattern, CVAT's operationId, handler.

In a pattern `{id}` is an integer that the handler gets as `pk` (anything else is 404), another `{name}` is one path
segment as text, and a final `[/]` means that the real server takes the path with and without the slash. A handler is
`room.module.function` of this package, imported when it is first called, with the signature `(ctx: Context, **path
path parameters) -> Response`; `-` is an endpoint of CVAT that is not modelled and answers 501. A fifth column is the
version of the server that has it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module, resources
from typing import Any

from mockserver.protocol import versions
from mockserver.protocol.http import Response, detail
from mockserver.protocol.versions import Version

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


def _read(table: str, version: Version) -> tuple[Route, ...]:
    routes: dict[str, Route] = {}
    for line in table.split("\n"):
        method, pattern, operation, handler, *since = line.split() or [""] * 4
        if not method or (since and version < (versions.parse(since[0]) or version)):
            continue
        if pattern not in routes:
            routes[pattern] = Route(pattern, _compile(pattern), pattern.endswith("[/]"))
        routes[pattern].operations[method] = (operation, handler)
    for route in routes.values():
        methods = {*route.operations, "OPTIONS", *(("HEAD",) if "GET" in route.operations else ())}
        route.allow = tuple(method for method in METHOD_ORDER if method in methods)
    return tuple(routes.values())


class Routes:
    """The endpoints of one version of the server."""

    def __init__(self, version: Version) -> None:
        self.all = _read(TABLE, version)
        self.fixed = {route.pattern.removesuffix("[/]"): route for route in self.all if "{" not in route.pattern}
        self.by_resource: dict[str, list[Route]] = {}
        for route in self.all:
            if "{" in route.pattern:
                self.by_resource.setdefault(route.pattern.split("/")[2], []).append(route)


@lru_cache(maxsize=16)
def of_version(version: Version) -> Routes:
    """The endpoints that a version has."""
    return Routes(version)


ROUTES = of_version(versions.RECORDED).all


def find(path: str, any_slash: bool, version: Version = versions.RECORDED) -> tuple[Route, dict[str, str]] | None:
    """The route of a decoded path and its raw parameters, or None; `any_slash` takes both forms everywhere.

    Raises: ApiError 404 for a format suffix other than `.json`.
    """
    table = of_version(version)
    plain, dot, suffix = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "json")
    if dot and suffix != "json" and plain in table.fixed:
        raise detail(404, "Not found.")
    plain = plain if suffix == "json" else path
    route = table.fixed.get(plain) or (table.fixed.get(path[:-1]) if path.endswith("/") else None)
    if route:
        return (route, {}) if any_slash or route.both_slashes or not path.endswith("/") else None
    parts = path.split("/", 3)
    for route in table.by_resource.get(parts[2] if len(parts) > 2 else "", ()):
        match = route.regex.match(path)
        if match and (any_slash or route.both_slashes or not match["slash"]):
            params = match.groupdict()
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
        endpoint: Any = getattr(import_module(f"mockserver.{module}"), function)
    except (ModuleNotFoundError, AttributeError):
        return None
    return endpoint  # type: ignore[no-any-return]  # looked up by name
