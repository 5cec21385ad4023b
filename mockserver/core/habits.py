"""Remarks that several requests together give rise to: polling without a pause, a login for every call."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from mockserver.core.entries import Entry
from mockserver.state.remarks import Remark

POLLS, LOGINS = 20, 5


def of_habits(entries: list[Entry]) -> Iterator[tuple[Entry, Remark]]:
    """Remarks that several requests together give rise to, each with the request that went too far."""
    polls: dict[str, list[Entry]] = defaultdict(list)
    logins: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.operation == "requests_retrieve":
            polls[entry.request.path].append(entry)
        elif entry.operation == "auth_create_login":
            logins[entry.request.body.decode("utf-8", "replace")].append(entry)
    for seen in polls.values():
        fast = next((b for a, b in zip(seen, itertools.islice(seen, POLLS, None), strict=False)
                     if (b.time - a.time).total_seconds() < 1), None)  # fmt: skip
        if fast:
            yield fast, Remark("polls-too-often", f"more than {POLLS} polls of one request within a second")
    for seen in logins.values():
        if len(seen) > LOGINS:
            yield seen[LOGINS], Remark("login-per-call", f"{len(seen)} logins of one user; one is enough")
