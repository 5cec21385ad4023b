"""Writing members where the user wants them: a zip, a single file, a folder, standard output or a URL.

The suffix decides: `.zip` is a zip, the suffixes of `SINGLE` are one file, anything else is a folder.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from annotools.errors import StorageError, UsageError
from annotools.storage.folders import recover, staged_file, staged_folder, write_folder
from annotools.storage.names import UniqueNames
from annotools.storage.packing import write_zip
from annotools.storage.remote import filesystem_of, is_url

SINGLE = frozenset(
    {".json", ".jsonl", ".xml", ".txt", ".tsv", ".csv", ".npz", ".html", ".md", ".yaml", ".yml", ".sarif"}
)
STDOUT = "-"
Members = Iterable[tuple[str, Iterable[bytes]]]


def write_members(where: str | os.PathLike[str], members: Members, *, force: bool = False) -> None:
    """Write all members, or nothing.  An existing file is replaced, a folder with files in it only with `force`.

    members: (name, pieces of bytes), in any order, each consumed before the next is asked for.
    Raises: UsageError for a target in the way, or several members for one file; InputError for an unsafe name;
    StorageError when the system refuses; and whatever `members` raises. What was there before then still is.
    """
    text = os.fspath(where)
    try:
        if text == STDOUT:
            write_single(sys.stdout.buffer, members)
            sys.stdout.buffer.flush()
        elif is_url(text):
            _write_url(text, members, force)
        else:
            _write_path(Path(os.path.realpath(text)), members, force)
    except OSError as error:
        raise StorageError(f"{text}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def write_single(stream: BinaryIO, members: Members) -> None:
    """Write the one member.  Raises UsageError when there is none or a second."""
    count = 0
    for name, pieces in members:
        count += 1
        if count > 1:
            raise UsageError(f"a second file {name!r} for an output that is one file, expected a folder or a .zip")
        stream.writelines(pieces)
    if not count:
        raise UsageError("nothing to write, expected one file")


def _writer(suffix: str) -> Callable[[BinaryIO, Members], None] | None:
    """What writes a target of this suffix as one file; None when it is a folder."""
    if suffix.lower() == ".zip":
        return write_zip
    return write_single if suffix.lower() in SINGLE else None


def _write_path(place: Path, members: Members, force: bool) -> None:
    write = _writer(place.suffix)
    if write is None:
        _write_folder(place, members, force)
        return
    if place.is_dir():
        raise UsageError(f"{place}: is a folder, expected a file or nothing there")
    if place.exists() and not place.is_file():  # /dev/null, a pipe: nothing to put aside
        with place.open("wb") as stream:
            write(stream, members)
        return
    with staged_file(place) as aside, aside.open("wb") as stream:
        write(stream, members)


def _write_folder(place: Path, members: Members, force: bool) -> None:
    if place.parent.is_dir():
        recover(place)
    if Path.cwd().is_relative_to(place):
        raise UsageError(f"{place}: is the working folder or one around it, expected another place")
    if place.is_file() and not force:
        raise UsageError(f"{place}: is a file, expected a folder or nothing there (or --force)")
    if place.is_dir() and not force and any(place.iterdir()):
        raise UsageError(f"{place}: has files in it, expected an empty folder (or --force)")
    with staged_folder(place) as aside:
        write_folder(aside, members)


def _write_url(url: str, members: Members, force: bool) -> None:
    filesystem, path = filesystem_of(url)
    write = _writer(os.path.splitext(path)[1])
    if write is None and not force and filesystem.exists(path) and filesystem.find(path):
        raise UsageError(f"{url}: has files in it, expected an empty folder (or --force)")
    with _remote_aside(filesystem, path, folder=write is None) as aside:
        if write is None:
            _fill(filesystem, aside, members)
        else:
            with filesystem.open(aside, "wb") as stream:
                write(stream, members)


@contextmanager
def _remote_aside(filesystem: Any, path: str, *, folder: bool) -> Iterator[str]:
    """A name beside a remote place; moved there when the block ends well, removed when not."""
    aside = f"{path.rstrip('/')}.{secrets.token_hex(4)}.new"
    try:
        yield aside
        if filesystem.exists(path):
            filesystem.rm(path, recursive=folder)
        if filesystem.exists(aside):
            filesystem.mv(aside, path, recursive=folder)
    finally:
        if filesystem.exists(aside):
            filesystem.rm(aside, recursive=True)


def _fill(filesystem: Any, root: str, members: Members) -> None:
    names = UniqueNames()
    for name, pieces in members:
        names.add(name)
        place = f"{root}/{name}"
        filesystem.makedirs(place.rsplit("/", 1)[0], exist_ok=True)
        with filesystem.open(place, "wb") as stream:
            stream.writelines(pieces)
