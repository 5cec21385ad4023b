"""What stands at a place: a folder, a zip or a single file; on the disk, at a URL or on standard input.

A zip is known by its first bytes; a file that is called .zip and is none is an error and not a single file.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from annotools.errors import InputError, Problem, StorageError
from annotools.progress import BYTES, tell
from annotools.storage.folder_source import FolderSource
from annotools.storage.limits import Budget, Limits
from annotools.storage.remote import RemoteFolder, is_url
from annotools.storage.sources import FileSource, Source, unreadable
from annotools.storage.stores import is_missing, store_of

STDIN = "-"
_PIECE = 1 << 20
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")  # how one begins: with a member, or with the end where it has none


def open_source(where: str | os.PathLike[str], limits: Limits | None = None) -> Source:
    """The source at a place: a folder, a zip, a file, an fsspec URL, or `-` for standard input.

    Raises: InputError for a place that is not there or cannot be read, a damaged or unsafe zip; UsageError for a
    URL of an unknown kind; StorageError when a remote store fails.
    """
    limits = limits or Limits()
    text = os.fspath(where)
    if text == STDIN:
        return _of_stream("stdin", _spooled(sys.stdin.buffer, "stdin", limits), limits)
    if is_url(text):
        return _open_url(text, limits)
    return _open_path(Path(text), limits)


def _open_path(path: Path, limits: Limits) -> Source:
    try:
        if path.is_dir():
            return FolderSource(path, limits)
        if not path.exists():
            raise InputError(Problem("no such file", str(path), expected="a file, a zip or a folder"))
        if not path.is_file():
            raise InputError(Problem("is not a regular file", str(path), expected="a file, a zip or a folder"))
        stream = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise unreadable(str(path), error) from error
    if _is_zip(stream, path.name):
        return _zip(path.name, stream, limits)
    stream.close()
    return FileSource(path.name, path.stat().st_size, lambda: path.open("rb"))


def _open_url(url: str, limits: Limits) -> Source:
    filesystem, path = store_of(url)
    name = path.rstrip("/").rsplit("/", 1)[-1] or url
    try:
        if filesystem.isdir(path):
            return RemoteFolder(name, filesystem, path, limits)
        stream = cast("BinaryIO", filesystem.open(path, "rb"))
        if _is_zip(stream, name):
            return _zip(name, stream, limits)
        with stream:
            source = _Fetched(name, stream, limits)
    except FileNotFoundError as error:
        if not is_missing(error):
            raise StorageError(f"{url}: {error.__cause__}") from error
        raise InputError(Problem("no such file", url, expected="a file, a zip or a folder")) from error
    except OSError as error:
        raise StorageError(f"{url}: {error}") from error
    return source


def _of_stream(name: str, stream: BinaryIO, limits: Limits) -> Source:
    if _is_zip(stream, name):
        return _zip(name, stream, limits)
    return _Spooled(name, stream)


def _is_zip(stream: BinaryIO, name: str) -> bool:
    head = stream.read(4)
    stream.seek(0)
    return head in _ZIPS or name.lower().endswith(".zip")


def _zip(name: str, stream: BinaryIO, limits: Limits) -> Source:
    from annotools.storage.zips import ZipSource  # 3 ms with what it needs, and most sources are none

    return ZipSource(name, stream, limits)


def _spooled(stream: BinaryIO, name: str, limits: Limits) -> BinaryIO:
    """A seekable copy of a stream that is not, within the limits."""
    budget = Budget(limits, name, limits.total)
    copy: IO[bytes] = tempfile.SpooledTemporaryFile(16 * _PIECE)  # noqa: SIM115  # closed by the source
    while piece := stream.read(_PIECE):
        copy.write(piece)
        budget.spend(name, copy.tell(), limits.total)
    copy.seek(0)
    return cast("BinaryIO", copy)


class _Fetched(FileSource):
    """A file of a store, fetched once: to guess its format it is opened many times."""

    def __init__(self, name: str, stream: BinaryIO, limits: Limits) -> None:
        with ExitStack() as stack:
            copy = stack.enter_context(tempfile.NamedTemporaryFile())
            budget, size = Budget(limits, name, limits.total), int(getattr(stream, "size", 0) or 0)
            while piece := stream.read(_PIECE):
                copy.write(piece)
                budget.spend(name, copy.tell(), limits.total)
                tell(copy.tell(), size or copy.tell(), BYTES)
            copy.flush()
            self._stack = stack.pop_all()
            path = Path(copy.name)
        super().__init__(name, path.stat().st_size, lambda: path.open("rb"))

    def close(self) -> None:
        self._stack.close()


class _Spooled(FileSource):
    """What came on standard input.  Every stream is a copy on disk, so that it can be read twice."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._stream = stream
        super().__init__(name, stream.seek(0, os.SEEK_END), self._copy)

    def _copy(self) -> BinaryIO:
        self._stream.seek(0)
        copy: IO[Any] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the reader
        shutil.copyfileobj(self._stream, copy)
        copy.seek(0)
        return cast("BinaryIO", copy)

    def close(self) -> None:
        self._stream.close()
