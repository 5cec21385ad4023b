"""Recorded answers without people, addresses and secrets.

    Scrubber("https://cvat.acme.com", users).clean({"owner": {"id": 7, "username": "mia"}, "bug_tracker": "https://x.y/z"})
    {"owner": {"id": 7, "username": "user7"}, "bug_tracker": "http://example.test/"}

What is replaced is replaced everywhere by the same, so that records still fit together. Labels, tasks and files keep
their names but for names of users in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mockserver.contract.differences import ENUMS

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>)]*[^\s\"'<>).,;:!?]", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_SECRETS = re.compile(r"token|secret|password|credential|session|csrf|api_?key", re.IGNORECASE)
_NOT_SECRET = frozenset({"credentials_type"})
_SHORTEST_NAME = 3
ADDRESS, EMAIL, SECRET = "http://example.test/", "user@example.test", "scrubbed"


class Scrubber:
    """Replaces people by `user7`, hosts by `example.test` and secrets by a word."""

    def __init__(self, base: str, users: Iterable[dict[str, Any]]) -> None:
        self._base = base.rstrip("/")
        self._people: dict[int, dict[str, Any]] = {}
        words: dict[str, str] = {}
        logins: set[str] = set()
        for user in users:
            pk = int(user["id"])
            fresh = {
                "username": f"user{pk}",
                "first_name": "User",
                "last_name": str(pk),
                "email": f"user{pk}@example.test",
            }
            self._people[pk] = fresh
            words |= {str(user[key]): fresh[key] for key in fresh if len(str(user.get(key) or "")) >= _SHORTEST_NAME}
            logins.add(str(user.get("username")))
        self._words = {name.casefold(): words[name] for name in logins & words.keys()} | words
        names = sorted(words, key=len, reverse=True)
        self._name = re.compile("|".join(_as_a_word(name, name in logins) for name in names) or r"(?!)")

    def name(self, pk: int) -> str:
        """What a user is called now."""
        return str(self._people[pk]["username"])

    def clean(self, value: Any, key: str = "") -> Any:
        """A JSON value without what must not leave the house."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.clean(item, key) for item in value]
        if not isinstance(value, str) or key in ENUMS:
            return value
        return SECRET if _SECRETS.search(key) and key not in _NOT_SECRET else self.text(value)

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        if {"id", "username"} <= value.keys():
            fresh = self._people.get(value["id"], {})
            value = {name: fresh.get(name, item) if item else item for name, item in value.items()}
            return {name: item if name in fresh else self.clean(item, name) for name, item in value.items()}
        if {"slug", "contact"} <= value.keys():
            hidden = {"slug": f"org{value['id']}", "name": f"org{value['id']}", "description": "", "contact": {}}
            value = {**value, **hidden}
        return {name: self.clean(item, name) for name, item in value.items()}

    def text(self, text: str) -> str:
        """A text without addresses and names of users; the server's own address becomes `{base}`."""
        text = text.replace(self._base, "{base}")
        text = _URL.sub(ADDRESS, text)
        text = self._name.sub(lambda match: self._word(match[0]), text)
        text = _EMAIL.sub(lambda match: match[0] if match[0].endswith("@example.test") else EMAIL, text)
        return _IP.sub("192.0.2.1", text)

    def _word(self, name: str) -> str:
        """What stands for a name, in whatever letters it is; a dotless i is one to patterns, and not to `casefold`."""
        return self._words.get(name) or self._words.get(name.casefold()) or SECRET


def _as_a_word(name: str, login: bool) -> str:
    """A pattern of a name that stands alone or between underscores; login: which people write in any letters."""
    return rf"(?<![^\W_]){f'(?i:{re.escape(name)})' if login else re.escape(name)}(?![^\W_])"
