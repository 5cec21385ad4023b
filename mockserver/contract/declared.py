"""What an installed cvat-sdk declares beside what the mock knows: fields, types, words and operations.

The SDK is made of the schema of its server, so a newer one shows what a newer server does otherwise, without a server.
`declared-2.73.json.xz` is what CVAT 2.73's OpenAPI document declares (MIT licence); the table of `protocol.versions`
says what later versions have, and what of it is not modelled.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, resources
from typing import Any

import orjson

from annotools.errors import UsageError, without_extra
from mockserver.contract.checking import Outcome
from mockserver.contract.differences import Difference, Kind
from mockserver.core import routes
from mockserver.protocol import versions
from mockserver.protocol.versions import Version

_PRIMITIVES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "NoneType": "null",
               "datetime": "string", "date": "string", "dict": "object", "list": "array"}  # fmt: skip

_PARAMETER = re.compile(r"\{\w+\}")


@dataclass(slots=True)
class Schema:
    """An object's fields with the JSON types of each (None: of several forms), or an enum's words."""

    fields: dict[str, frozenset[str] | None] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


@cache
def recorded() -> dict[str, Schema]:
    """What the document of 2.73 declares, by the names of schemas."""
    return {name: _schema(declaration) for name, declaration in _document()["schemas"].items()}


def operations() -> dict[str, tuple[str, str]]:
    """Method and path of every operation of the document of 2.73."""
    return {name: (method, path) for name, (method, path, _) in _document()["operations"].items()}


@cache
def _document() -> dict[str, Any]:
    data = resources.files(__package__).joinpath("declared-2.73.json.xz").read_bytes()
    document: dict[str, Any] = orjson.loads(lzma.decompress(data))
    return document


def _schema(declaration: Mapping[str, Any]) -> Schema:
    fields = {
        name: None if kinds is None else frozenset(kinds) for name, kinds in declaration.get("fields", {}).items()
    }
    return Schema(fields, frozenset(declaration.get("words", ())))


def known(version: Version) -> dict[str, Schema]:
    """What the mock knows of a version: the document, changed by the table of versions."""
    schemas = {name: Schema(dict(schema.fields), schema.words) for name, schema in recorded().items()}
    for row in versions.TABLE:
        _apply(row, schemas.setdefault(row.schema, Schema()), row.holds(version))
    return schemas


def _apply(row: versions.Presence, schema: Schema, present: bool) -> None:
    if schema.words:
        schema.words = schema.words | {row.name} if present else schema.words - {row.name}
    elif present:
        schema.fields.setdefault(row.name, None)
    else:
        schema.fields.pop(row.name, None)


def sdk() -> tuple[str, dict[str, Schema], set[str]]:
    """Version, schemas and operations (`GET /api/jobs`) of the installed cvat-sdk. Raises: UsageError without one."""
    try:
        version = str(import_module("cvat_sdk").__version__)
        models, apis = import_module("cvat_sdk.models"), import_module("cvat_sdk.api_client.apis")
    except ImportError:
        raise UsageError(without_extra("cvat-sdk", "sdk")) from None
    schemas = {
        name: _of_model(model) for name in dir(models) if hasattr(model := getattr(models, name), "openapi_types")
    }
    return version, schemas, set(_operations(apis))


def _of_model(model: Any) -> Schema:
    types: Mapping[str, Any] = model.openapi_types
    if set(types) == {"value"} and model.allowed_values:
        words = (word for words in model.allowed_values.values() for word in words.values())
        return Schema(words=frozenset(word for word in words if isinstance(word, str)))
    names = getattr(model, "attribute_map", {})
    return Schema({names.get(name, name): _kinds(forms) for name, forms in types.items()})


def _kinds(forms: Any) -> frozenset[str] | None:
    """JSON types of a field; None for what has several forms."""
    kinds: set[str] = set()
    for form in forms:
        if isinstance(form, list | dict):
            kinds.add("array" if isinstance(form, list) else "object")
        elif form.__name__ in _PRIMITIVES:
            kinds.add(_PRIMITIVES[form.__name__])
        elif hasattr(form, "_composed_schemas") or not hasattr(form, "openapi_types"):
            return None
        elif set(form.openapi_types) == {"value"}:
            kinds |= _kinds(form.openapi_types["value"]) or set()
        else:
            kinds.add("object")
    return frozenset(kinds) if len(kinds) < 5 else None  # any type at all


def _operations(apis: Any) -> Iterator[str]:
    for name in dir(apis):
        api = getattr(apis, name)
        if isinstance(api, type) and name.endswith("Api"):
            for value in vars(api(None)).values():
                settings = getattr(value, "settings", None) if type(value).__name__ == "Endpoint" else None
                if settings:
                    yield f"{settings['http_method']} {_unnamed(settings['endpoint_path'].removesuffix('/'))}"


def version_for(wanted: str) -> Version:
    """The version to compare as: the wanted one, else that of the SDK. Raises: UsageError, ValueError."""
    text = versions.playable(wanted) if wanted else versions.nearest(sdk()[0])
    return versions.parse(text) or versions.RECORDED


def drift(version: Version) -> Iterator[Outcome]:
    """Every schema that the SDK and the mock both know, and the operations; what is not modelled anyway is left out.

    Raises: UsageError without an SDK.
    """
    _, declared, endpoints = sdk()
    mine = known(version)
    for name in sorted(declared.keys() & mine.keys()):
        if not _is_left_out(name, version):
            yield Outcome("sdk/schemas", name, name, list(_between(mine[name], declared[name], name)))
    added = [Difference(Kind.FIELD_ADDED, path, actual=path) for path in sorted(endpoints - _paths_of(version))]
    yield Outcome("sdk/operations", "paths", "paths", added)


def _paths_of(version: Version) -> set[str]:
    all_routes = routes.of_version(version).all
    patterns = {route.pattern: _unnamed(route.pattern.removesuffix("[/]")) for route in all_routes}
    return {f"{method} {patterns[route.pattern]}" for route in all_routes for method in route.operations}


def _unnamed(path: str) -> str:
    """Names of parameters are no part of an address."""
    return _PARAMETER.sub("{}", path)


def _is_left_out(schema: str, version: Version) -> bool:
    return any(version >= since and schema.startswith(schemas) for schemas, since in versions.SCHEMAS_NOT_MODELLED)


def _between(mine: Schema, theirs: Schema, name: str) -> Iterator[Difference]:
    for word in sorted(mine.words ^ theirs.words):
        gone = word in mine.words
        yield Difference(Kind.ENUM, name, word if gone else None, None if gone else word)
    for key in sorted(theirs.fields.keys() - mine.fields.keys()):
        yield Difference(Kind.FIELD_ADDED, f"{name}.{key}", actual=sorted(theirs.fields[key] or ()))
    for key in sorted(mine.fields.keys() - theirs.fields.keys()):
        yield Difference(Kind.FIELD_REMOVED, f"{name}.{key}", sorted(mine.fields[key] or ()))
    for key in sorted(mine.fields.keys() & theirs.fields.keys()):
        want, got = mine.fields[key], theirs.fields[key]
        if want is not None and got is not None and _plain(want) != _plain(got):
            yield Difference(Kind.TYPE, f"{name}.{key}", sorted(want), sorted(got))


def _plain(kinds: frozenset[str]) -> frozenset[str]:
    """An SDK takes numbers for integers and says of few fields that they may be null."""
    return frozenset("number" if kind == "integer" else kind for kind in kinds) - {"null"}
