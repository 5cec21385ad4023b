"""Answers of the mock against CVAT's OpenAPI document (`tests/data/mock/openapi-2.73.json.gz`, answers only)."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from mockserver.core import routes
from mockserver.protocol.http import ApiError, Request, Response

FILE = Path(__file__).parents[1] / "data" / "mock" / "openapi-2.73.json.gz"
# The document has no schema for these answers; the server sends LabeledData.
LABELED = ("jobs_update_annotations", "jobs_partial_update_annotations", "tasks_update_annotations",
           "tasks_partial_update_annotations")  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """The document, as JSON Schema."""
    translated: dict[str, Any] = _translated(json.loads(gzip.decompress(FILE.read_bytes())))
    return translated


def _translated(value: Any) -> Any:
    """OpenAPI's `nullable` as JSON Schema says it."""
    if isinstance(value, list):
        return [_translated(item) for item in value]
    if not isinstance(value, dict):
        return value
    schema = {key: _translated(item) for key, item in value.items()}
    if schema.pop("nullable", None) is True:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


@cache
def validator(operation: str, status: str) -> jsonschema.Draft202012Validator | None:
    """What checks an answer, None where the document says nothing."""
    schema = document()["operations"].get(operation, {}).get(status)
    if operation in LABELED and status == "200":
        schema = {"$ref": "#/components/schemas/LabeledData"}
    if schema is None:
        return None
    return jsonschema.Draft202012Validator({**schema, "components": document()["components"]})


def operation_of(request: Request, lenient: bool) -> str:
    """The operationId of a request, "" for none."""
    try:
        route = routes.find(request.path, lenient)
    except ApiError:
        return ""
    return route[0].operations.get(request.method, ("", ""))[0] if route else ""


def problems(request: Request, response: Response, lenient: bool) -> list[str]:
    """What is wrong with an answer, empty if the document allows it or is silent."""
    if not (response.header("Content-Type") or "").startswith("application/vnd.cvat+json"):
        return []
    check = validator(operation_of(request, lenient), str(response.status))
    if check is None:
        return []
    errors = [f"{error.json_path}: {error.message[:200]}" for error in check.iter_errors(response.json())]
    return [f"{request.method} {request.path} {response.status}: {text}" for text in errors[:5]]
