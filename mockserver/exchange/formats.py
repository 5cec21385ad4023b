"""Handler of `/api/server/annotation/formats`."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.exchange.format_names import EXPORTERS, IMPORTERS, FormatName
from mockserver.protocol.http import Response, json_response
from mockserver.state.context import Context
from mockserver.state.tables import Record


def retrieve(ctx: Context) -> Response:
    """GET: what can be imported and exported."""
    return json_response(200, {"importers": _shown(IMPORTERS.values()), "exporters": _shown(EXPORTERS.values())})


def _shown(rows: Iterable[FormatName]) -> list[Record]:
    return [
        {"name": row.title, "ext": row.ext, "version": row.version, "enabled": row.enabled, "dimension": row.dimension}
        for row in rows
    ]
