"""A source some of whose members are in memory: a body that never was a file, or what fixes made of a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

from annotools.storage import Source


class Overlay(Source):
    """Members of another source, or of none, with some replaced or added.  Closing it leaves the other open."""

    def __init__(self, name: str, changed: Mapping[str, bytes], base: Source | None = None) -> None:
        super().__init__(name)
        self.changed = dict(changed)
        self._base = base

    def _list(self) -> list[str]:
        return [*{*self.changed, *(self._base.members() if self._base else ())}]

    def size(self, name: str) -> int:
        """Bytes of a member."""
        return len(self.changed[name]) if name in self.changed or self._base is None else self._base.size(name)

    def open(self, name: str) -> BinaryIO:
        """A stream of a member's bytes."""
        if name in self.changed or self._base is None:
            return io.BytesIO(self.changed[name])
        return self._base.open(name)
