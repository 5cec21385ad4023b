"""fsspec URLs (`s3://bucket/task`, `memory://a.zip`, `https://...`), looked at only when one is given."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, cast

from annotools.errors import InputError, Problem, StorageError
from annotools.storage.limits import Limits
from annotools.storage.names import safe_name
from annotools.storage.sources import Source, missing
from annotools.storage.stores import store_of

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(://|::)")
_LOCAL = ("file://", "local://")


def is_url(where: str) -> bool:
    """Whether a place is a URL; a drive letter is none."""
    return _URL.match(where) is not None


def local_path(where: str) -> str | None:
    """The path of a place on this disk, also where it is written as a URL; None for any other."""
    if not is_url(where):
        return where
    return store_of(where)[1] if where.lower().startswith(_LOCAL) else None


def remote_identity(url: str) -> tuple[str, str]:
    """What tells two URLs apart: the kind of store, and the path in it."""
    filesystem, path = store_of(url)
    return str(filesystem.protocol), path


class RemoteFolder(Source):
    """A folder of an object store."""

    def __init__(self, name: str, filesystem: Any, path: str, limits: Limits) -> None:
        super().__init__(name)
        self._filesystem = filesystem
        self._root = path.rstrip("/") + "/"
        self._limits = limits

    def _list(self) -> list[str]:
        try:
            paths = self._filesystem.find(self._root)
        except OSError as error:
            raise StorageError(f"{self.name}: {error}") from error
        self._limits.check_count(self.name, len(paths))
        return [safe_name(path.removeprefix(self._root)) for path in paths]

    def size(self, name: str) -> int:
        self._check(name)
        return int(self._filesystem.size(self._root + name) or 0)

    def open(self, name: str) -> BinaryIO:
        self._check(name)
        try:
            return cast("BinaryIO", self._filesystem.open(self._root + name, "rb"))
        except OSError as error:
            raise InputError(Problem(f"cannot be read: {str(error).lower()}", name)) from error

    def _check(self, name: str) -> None:
        if not self.has(name):
            raise missing(name, self.name)
