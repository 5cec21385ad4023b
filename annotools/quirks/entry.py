"""A row of the table of quirks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One behaviour of the server that we only copy when asked to."""

    name: str
    what: str
    why: str
    source: str
