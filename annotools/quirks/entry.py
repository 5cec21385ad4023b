"""A row of the table of quirks."""

from __future__ import annotations

import msgspec


class Quirk(msgspec.Struct, frozen=True):
    """One behaviour of the server that we only copy when asked to."""

    name: str
    what: str
    why: str
    source: str
