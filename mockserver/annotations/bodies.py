"""Annotations out of the body of a request: fast where they are plainly valid, else in the words of the server.

    read(request, "create")  ->  LabeledData

Nothing of the state is needed for it, so that large bodies are read before the request gets its turn.
"""

from __future__ import annotations

from typing import Any

import orjson

from annotools.labeled_data import LabeledData
from mockserver.annotations import grammar, records
from mockserver.protocol.http import Request, detail, parse_json
from mockserver.protocol.large_json import LARGE, LargeList, members, parse_large


def action_of(request: Request) -> str:
    """create, update or delete, as the request says; a PUT creates."""
    return request.param("action") or "" if request.method == "PATCH" else "create"


def read(request: Request, action: str) -> LabeledData:
    """The annotations of the body. Raises: ApiError 400, 415; UncheckedError where the real server crashes."""
    body, media = request.body, request.content_type
    if not body or media == "multipart/form-data":
        return LabeledData()
    if media != "application/json":
        raise detail(415, f'Unsupported media type "{request.headers.get("content-type", "")}" in request.')
    if len(body) <= LARGE:
        data = records.decode(body, action)
        return data or records.from_document(grammar.check(parse_json(body), action))
    document = members(body)
    data = None if document is None else _joined(document, action)
    return data or records.from_document(grammar.check(document or parse_large(body), action))


def _joined(document: dict[str, Any], action: str) -> LabeledData | None:
    """What `records.decode` gives, decoded in pieces; None when in doubt."""
    short: dict[str, Any] = {}
    long: dict[str, LargeList] = {}
    for name in document.keys() & {"version", *records.KINDS}:
        value = document[name]
        if isinstance(value, LargeList):
            long[name] = value
        else:
            short[name] = value
    try:
        data = records.decode(orjson.dumps(short), action)
    except TypeError:  # a number beyond 64 bits
        return None
    for name, items in long.items():
        for piece in items.pieces():
            part = records.decode(b'{"%b":%b}' % (name.encode(), piece), action)
            if part is None or data is None:
                return None
            getattr(data, name).extend(getattr(part, name))
    return data
