"""What clients asked and what they got: a bounded ring of requests, those in flight included; and what tests say of it.

journal.assert_called("PATCH", "/api/jobs/*/annotations*", times=1)
journal.assert_no_unmatched()          nothing led to 404 for want of a route, 405 or 501
"""

from __future__ import annotations

import difflib
import itertools
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase

from mockserver.core import habits
from mockserver.core.entries import Entry
from mockserver.protocol.http import Request, Response
from mockserver.state.context import Context
from mockserver.state.remarks import Remark

KEPT_BYTES = 64 * 1024 * 1024


class Journal:
    """The last `size` requests; bodies are kept while they are no more than `KEPT_BYTES` together."""

    def __init__(self, size: int = 1000) -> None:
        self.entries: deque[Entry] = deque(maxlen=size)
        self._numbers = itertools.count(1)
        self._with_body: deque[Entry] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def begin(self, request: Request, time: datetime) -> Entry:
        """Note a request that has come in."""
        entry = Entry(next(self._numbers), request, time)
        self.entries.append(entry)
        return entry

    def end(self, entry: Entry, response: Response, ctx: Context) -> None:
        """Note its answer."""
        entry.response, entry.operation, entry.noted = response, ctx.operation, ctx.warnings
        entry.user = ctx.user["username"] if ctx.user else ""
        entry.sizes, entry.allow = (len(entry.request.body), len(response.body)), ctx.config.allow
        entry.status = response.status
        with self._lock:
            self._bytes += sum(entry.sizes)
            self._with_body.append(entry)
            while self._with_body and (self._bytes > KEPT_BYTES or len(self._with_body) > len(self.entries)):
                self._drop_body(self._with_body.popleft())

    def _drop_body(self, entry: Entry) -> None:
        self._bytes -= sum(entry.sizes)
        entry.request = replace(entry.request, body=b"")
        if entry.response:
            entry.response = Response(entry.response.status, entry.response.headers)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.entries.clear()
            self._with_body.clear()
            self._numbers, self._bytes = itertools.count(1), 0

    def text(self, last: int = 20) -> str:
        """The last requests, a line each."""
        return "\n".join(entry.line() for entry in list(self.entries)[-last:])

    def find(self, method: str = "*", path: str = "*", **query: object) -> list[Entry]:
        """Requests of a method and a path (`*` stands for anything), with these values in the query."""
        return [entry for entry in list(self.entries) if _matches(entry.request, method, path, query)]

    def assert_called(
        self, method: str = "*", path: str = "*", times: int | None = None, **query: object
    ) -> list[Entry]:
        """Such requests came in (exactly `times` times); gives them. Raises: AssertionError with near misses."""
        entries = self.find(method, path, **query)
        if (len(entries) != times) if times is not None else not entries:
            wanted = f"{method} {path}" + (f" with {query}" if query else "")
            count = "at least once" if times is None else f"{times} times"
            raise AssertionError(f"expected {wanted} {count}, got it {len(entries)} times{self._near(method, path)}")
        return entries

    def _near(self, method: str, path: str) -> str:
        titles = {entry.title(): entry for entry in list(self.entries)}
        near = difflib.get_close_matches(f"{method} {path}", titles, n=3, cutoff=0.3)
        lines = [titles[title].line() for title in near]
        return "\nnear misses:\n" + "\n".join(lines) if lines else "\nno request came near"

    def assert_no_unmatched(self) -> None:
        """Every request found a handler. Raises: AssertionError with those that did not."""
        lost = [entry.line() for entry in list(self.entries) if entry.unmatched]
        if lost:
            raise AssertionError("requests to endpoints that are not there or not modelled:\n" + "\n".join(lost))

    def warnings(self) -> Iterator[tuple[Entry, Remark]]:
        """All remarks on clients, with the polling and login habits that only several requests together show."""
        entries = list(self.entries)
        for entry in entries:
            yield from ((entry, remark) for remark in entry.warnings if remark.code != "fault")
        yield from _allowed(habits.of_habits(entries))


def _allowed(pairs: Iterable[tuple[Entry, Remark]]) -> Iterator[tuple[Entry, Remark]]:
    return ((entry, remark) for entry, remark in pairs if remark.code not in entry.allow)


def _matches(request: Request, method: str, path: str, query: dict[str, object]) -> bool:
    if method not in ("*", request.method) or not fnmatchcase(request.path, path):
        return False
    return all(request.param(name) == str(value) for name, value in query.items())
