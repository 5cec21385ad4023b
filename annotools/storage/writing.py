"""Writing members where the user wants them: a zip, a single file, a folder, standard output or a URL.

The suffix decides: `.zip` is a zip, the suffixes of `SINGLE` are one file, anything else is a folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from annotools.errors import StorageError, UsageError
from annotools.storage import places
from annotools.storage.folders import recover, staged_file, staged_folder, write_folder
from annotools.storage.names import UniqueNames
from annotools.storage.packing import write_zip
from annotools.storage.places import NOTHING, STDOUT, Permit, Where
from annotools.storage.portable import portability
from annotools.storage.remote import local_path
from annotools.storage.stores import store_of

SINGLE = frozenset(
    {".json", ".jsonl", ".xml", ".txt", ".tsv", ".csv", ".npz", ".html", ".md", ".yaml", ".yml", ".sarif"}
)
Members = Iterable[tuple[str, Iterable[bytes]]]


def write_members(where: Where, members: Members, permit: Permit = NOTHING) -> tuple[str, ...]:
    """Write all members, or nothing.  Returns what there is to say of names that cannot stand on every disk.

    members: (name, pieces of bytes), in any order, each consumed before the next is asked for.
    permit: what may be replaced; without one, single files that are no input.
    Raises: UsageError for a target in the way, or several members for one file; InputError for an unsafe name;
    StorageError when the system refuses; and whatever `members` raises. What was there before then still is.
    """
    text = _text(where)
    suffix = os.path.splitext(text.rstrip("/"))[1]
    if text == STDOUT or _writer(suffix):
        _write_one(text, members, _writer(suffix) or write_single, permit)
        return ()
    with _system_errors(text):
        local = local_path(text)
        if local is None:
            return _write_remote_folder(text, members, permit)
        return _write_folder(Path(os.path.realpath(local)), members, permit)


def write_document(where: Where, data: bytes, permit: Permit = NOTHING) -> None:
    """Write one file, whatever its ending, or nothing.  Raises: as `write_members`."""
    _write_one(_text(where), [("document", [data])], write_single, permit)


def remove_document(where: Where) -> None:
    """Take one file of the disk away.  Raises: StorageError where the system refuses."""
    with _system_errors(_text(where)):
        os.remove(where)


def check_document(where: Where, permit: Permit) -> None:
    """Raises UsageError for a place where `write_document` would not write."""
    text = _text(where)
    local = None if text == STDOUT else local_path(text)
    if local is not None:
        with _system_errors(local):
            places.check_file(Path(os.path.realpath(local)), permit)


def check_place(where: Where, permit: Permit) -> None:
    """Raises UsageError for a place where `write_members` would not write, as far as the place itself tells."""
    text = _text(where)
    local = None if text == STDOUT else local_path(text)
    if local is None:
        return  # standard output takes all, and a URL is asked when it is written
    with _system_errors(text):
        path = Path(os.path.realpath(local))
        check = places.check_file if _writer(os.path.splitext(text.rstrip("/"))[1]) else places.check_folder
        check(path, permit)


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


Writer = Callable[[BinaryIO, Members], None]


@contextmanager
def _system_errors(where: str) -> Iterator[None]:
    """What the system refuses in the block, as errors that name the place."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{where}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def _text(where: Where) -> str:
    text = os.fspath(where)
    if "\0" in text:
        raise UsageError(f"{text!r}: has a NUL in it, expected a path")
    return text


def _writer(suffix: str) -> Writer | None:
    """What writes a target of this suffix as one file; None when it is a folder."""
    if suffix.lower() == ".zip":
        return write_zip
    return write_single if suffix.lower() in SINGLE else None


def _write_one(text: str, members: Members, write: Writer, permit: Permit) -> None:
    with _system_errors(text):
        local = local_path(text)
        if text == STDOUT:
            write(sys.stdout.buffer, members)
            sys.stdout.buffer.flush()
        elif local is None:
            _write_remote_file(text, members, write, permit)
        else:
            _write_file(Path(os.path.realpath(local)), members, write, permit)


def _write_file(path: Path, members: Members, write: Writer, permit: Permit) -> None:
    places.check_file(path, permit)
    with staged_file(path) as aside, aside.open("wb") as stream:
        write(stream, members)


def _write_folder(path: Path, members: Members, permit: Permit) -> tuple[str, ...]:
    if path.parent.is_dir():
        recover(path)
    places.check_folder(path, permit)
    with staged_folder(path) as aside:
        names = write_folder(aside, members)
        places.check_rewritten(path, permit, names)
    return portability(sorted(names))


def _write_remote_file(url: str, members: Members, write: Writer, permit: Permit) -> None:
    filesystem, path = store_of(url)
    if filesystem.isdir(path):
        raise UsageError(f"{url}: is a folder, expected a file or nothing there")
    if filesystem.exists(path):
        places.check_url_inputs(url, permit)
    with _remote_aside(filesystem, path, folder=False) as aside, filesystem.open(aside, "wb") as stream:
        write(stream, members)


def _write_remote_folder(url: str, members: Members, permit: Permit) -> tuple[str, ...]:
    filesystem, path = store_of(url)
    if filesystem.isfile(path):
        raise UsageError(f"{url}: is a file, expected a folder or nothing there")
    places.check_url(url, _remote_files(filesystem, path), permit)
    with _remote_aside(filesystem, path, folder=True) as aside:
        names = _fill(filesystem, aside, members)
        places.check_url(url, _remote_files(filesystem, path), permit, names)
    return portability(sorted(names))


def _remote_files(filesystem: Any, path: str) -> list[str]:
    root = f"{path.rstrip('/')}/"
    return [member.removeprefix(root) for member in filesystem.find(path)] if filesystem.exists(path) else []


@contextmanager
def _remote_aside(filesystem: Any, path: str, *, folder: bool) -> Iterator[str]:
    """A name beside a remote place; moved there when the block ends well, removed when not."""
    aside = f"{path.rstrip('/')}.{os.urandom(4).hex()}.new"
    try:
        yield aside
        if filesystem.exists(path):
            filesystem.rm(path, recursive=folder)
        if filesystem.exists(aside):
            filesystem.mv(aside, path, recursive=folder)
    finally:
        if filesystem.exists(aside):
            filesystem.rm(aside, recursive=True)


def _fill(filesystem: Any, root: str, members: Members) -> set[str]:
    names = UniqueNames()
    for name, pieces in members:
        names.add(name)
        path = f"{root}/{name}"
        filesystem.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        with filesystem.open(path, "wb") as stream:
            stream.writelines(pieces)
    return names.files
