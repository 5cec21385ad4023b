"""What stands at a place, as a short text that differs where any byte or name differs.

fingerprint("street.zip")       # of its bytes
fingerprint("street/")          # of the names and bytes of its files, but for what file managers leave behind
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from annotools.storage.folder_source import FolderSource
from annotools.storage.limits import Limits
from annotools.storage.remote import RemoteFolder, local_path
from annotools.storage.sources import FileSource, Source
from annotools.storage.stores import store_of

_SIZE = 20
_PIECE = 1 << 20


def fingerprint(where: str | os.PathLike[str]) -> str:
    """The fingerprint of a file or a folder.  Raises: InputError, or StorageError, where it cannot be read."""
    from hashlib import blake2b

    whole = blake2b(digest_size=_SIZE)
    with _bytes_at(os.fspath(where)) as source:
        for name in source.members():
            member_hash = blake2b(digest_size=_SIZE)
            with source.open(name) as stream:
                while piece := stream.read(_PIECE):
                    member_hash.update(piece)
            whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + member_hash.digest())
    return whole.hexdigest()


@contextmanager
def _bytes_at(where: str) -> Iterator[Source]:
    """A source that takes nothing apart: a zip is a file."""
    local = local_path(where)
    if local is not None:
        path = Path(local)
        yield FolderSource(path, Limits()) if path.is_dir() else FileSource(path.name, 0, lambda: path.open("rb"))
        return
    filesystem, inner = store_of(where)
    name = inner.rstrip("/").rsplit("/", 1)[-1]
    if filesystem.isdir(inner):
        yield RemoteFolder(name, filesystem, inner, Limits())
    else:
        yield FileSource(name, 0, lambda: cast("BinaryIO", filesystem.open(inner, "rb")))
