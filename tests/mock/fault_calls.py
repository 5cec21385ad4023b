"""Calls of a served mock, for tests of faults and of the journal."""

from __future__ import annotations

import requests

from mockserver.mock import Mock

SHAPE = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4.5]}
CREATE = "/api/jobs/2/annotations?action=create"


def ask(mock: Mock, method: str, path: str, **rest: object) -> requests.Response:
    headers = {"Authorization": f"Token {mock.token}"}
    return requests.request(method, mock.url + path, headers=headers, timeout=10, **rest)  # type: ignore[arg-type]
