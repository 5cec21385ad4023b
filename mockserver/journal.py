"""What clients asked and what they got: a bounded ring of requests, those in flight included."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockserver.http import Request, Response

if TYPE_CHECKING:
    from mockserver.context import Context


@dataclass(slots=True)
class Entry:
    """One request; status 0 while it is in flight."""

    number: int
    request: Request
    time: datetime
    status: int = 0
    response: Response | None = None
    operation: str = ""
    user: str = ""
    warnings: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for people."""
        query = "&".join(f"{name}={value}" for name, value in self.request.query)
        path = self.request.path + (f"?{query}" if query else "")
        notes = "".join(f"\n      {warning}" for warning in self.warnings)
        return f"{self.number:>4}  {self.status or '...'}  {self.request.method} {path}  ({self.user or '-'}){notes}"

    def to_json(self) -> dict[str, Any]:
        """For `/_mock/requests`."""
        return {
            "number": self.number, "time": self.time.isoformat(), "method": self.request.method,
            "path": self.request.path, "query": self.request.query, "status": self.status,
            "operation": self.operation, "user": self.user, "warnings": self.warnings,
            "request_bytes": len(self.request.body), "response_bytes": len(self.response.body) if self.response else 0,
        }  # fmt: skip


class Journal:
    """The last `size` requests."""

    def __init__(self, size: int = 1000) -> None:
        self.entries: deque[Entry] = deque(maxlen=size)
        self._numbers = itertools.count(1)

    def begin(self, request: Request, time: datetime) -> Entry:
        """Note a request that has come in."""
        entry = Entry(next(self._numbers), request, time)
        self.entries.append(entry)
        return entry

    def end(self, entry: Entry, response: Response, ctx: Context) -> None:
        """Note its answer."""
        entry.status, entry.response, entry.operation = response.status, response, ctx.operation
        entry.user = ctx.user["username"] if ctx.user else ""
        entry.warnings = ctx.warnings

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self._numbers = itertools.count(1)

    def text(self, last: int = 20) -> str:
        """The last requests, a line each."""
        return "\n".join(entry.line() for entry in list(self.entries)[-last:])
