"""A source some of whose members are in memory: a body that never was a file, or what fixes made of a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

from annotools.storage import Source
from annotools.storage.sources import missing


class Overlay(Source):
    """Members of another source, or of none, with some replaced, added or (None) gone.  Closing it leaves the other
    open.
    """

    def __init__(self, name: str, changed: Mapping[str, bytes | None], base: Source | None = None) -> None:
        super().__init__(name)
        self.changed = dict(changed)
        self._base = base

    def _list(self) -> list[str]:
        names = {*self.changed, *(self._base.members() if self._base else ())}
        return [name for name in names if name not in self.changed or self.changed[name] is not None]

    def size(self, name: str) -> int:
        """Bytes of a member."""
        data = self._changed(name)
        return len(data) if data is not None else self._base.size(name) if self._base else 0

    def open(self, name: str) -> BinaryIO:
        """A stream of a member's bytes."""
        data = self._changed(name)
        if data is not None:
            return io.BytesIO(data)
        assert self._base is not None  # or there is no such member
        return self._base.open(name)

    def _changed(self, name: str) -> bytes | None:
        """What a member is now, None where it is as it was.  Raises: InputError where there is none."""
        data = self.changed.get(name)
        if data is None and (name in self.changed or self._base is None):
            raise missing(name, self.name)
        return data
