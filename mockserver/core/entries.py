"""One request in the journal: what was asked, what was answered, what is to be said about it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from mockserver.core import lints, routes
from mockserver.protocol.http import Request, Response
from mockserver.state.remarks import Remark

_DIGITS = re.compile(r"(?<=/)\d+(?=/|\Z)")


@dataclass(slots=True)
class Entry:
    """One request; status 0 while it is in flight. `sizes`: bytes of the bodies of request and answer."""

    number: int
    request: Request
    time: datetime
    status: int = 0
    response: Response | None = None
    operation: str = ""
    user: str = ""
    sizes: tuple[int, int] = (0, 0)
    noted: list[Remark] = field(default_factory=list)
    allow: frozenset[str] = frozenset()

    @property
    def warnings(self) -> list[Remark]:
        """Remarks on this request: what the server noted, and what its body gives away."""
        remarks = [*self.noted, *lints.of_body(self.operation, self.request)]
        return [remark for remark in remarks if remark.code not in self.allow]

    @property
    def unmatched(self) -> bool:
        """Whether no handler was found for it; one that was refused before that is none of these."""
        return (self.status in (404, 405) and self.operation == "") or self.status == 501

    def title(self) -> str:
        """`GET /api/jobs?page=2`."""
        query = "&".join(f"{name}={value}" for name, value in self.request.query)
        return f"{self.request.method} {self.request.path}" + (f"?{query}" if query else "")

    def line(self) -> str:
        """One line for people, remarks below it."""
        notes = "".join(f"\n      {remark}" for remark in self.warnings)
        error = f"\n      {self._error()}" if self.status >= 400 else ""
        return f"{self.number:>4}  {self.status or '...'}  {self.title()}  ({self.user or '-'}){error}{notes}"

    def _error(self) -> str:
        text = self.response.body[:200].decode("utf-8", "replace") if self.response else ""
        return " ".join(text.split())

    def near(self) -> list[str]:
        """Endpoints that a request without one may have been for."""
        if not self.unmatched or self.status == 501:
            return []
        return _near(f"{self.request.method} {_DIGITS.sub('{id}', self.request.path)}"[:300])

    def to_json(self) -> dict[str, Any]:
        """For `/_mock/requests`."""
        return {
            "number": self.number, "time": self.time.isoformat(), "method": self.request.method,
            "path": self.request.path, "query": self.request.query, "status": self.status,
            "operation": self.operation, "user": self.user, "unmatched": self.unmatched,
            "warnings": [{"code": remark.code, "text": remark.text} for remark in self.warnings],
            "request_bytes": self.sizes[0], "response_bytes": self.sizes[1],
            "near": self.near(), "from_page": "x-mock-page" in self.request.headers,
        }  # fmt: skip


@lru_cache(maxsize=1024)
def _near(asked: str) -> list[str]:
    known = [f"{method} {route.pattern.removesuffix('[/]')}" for route in routes.ROUTES for method in route.operations]
    return difflib.get_close_matches(asked, known, n=2, cutoff=0.6)
