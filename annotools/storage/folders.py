"""Putting something in place as a whole, or not at all.

It is made beside its place, under a hidden name (`.out.3f9a.new`), and renamed. A folder that is in the way is
exchanged in one system call where Linux has it; elsewhere it is moved aside (`.out.3f9a.old`) between two renames.
Who is at work holds a lock on the hidden name, so what a killed run left is known by nobody holding it: the next run
on the same place removes it, and puts the old folder back if the kill came between the two renames.  What cannot be
removed once the new output is in place is no failure of the run, and stands in nobody's way.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import io
import os
import re
import secrets
import shutil
import signal
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from annotools.storage.names import UniqueNames

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_EFFECTIVE = os.access in os.supports_effective_ids
_BLOCK = 1 << 20
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def staged_file(place: Path) -> Iterator[Path]:
    """A file to write beside its place; put in place when the block ends well, removed when not.

    It gets the permissions of the file that it replaces.
    """
    with _staged(place) as aside, _locked(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR) as descriptor:
        yield aside
        os.fsync(descriptor)
        if place.is_file():
            os.chmod(aside, stat.S_IMODE(place.stat().st_mode))
        os.replace(aside, place)
        _sync(place.parent)


@contextmanager
def staged_folder(place: Path) -> Iterator[Path]:
    """A folder to fill beside its place; swapped in when the block ends well, removed when not."""
    with _staged(place) as aside:
        aside.mkdir()
        with _locked(aside, os.O_RDONLY):
            yield aside
            _sync(aside)
            _swap(aside, place)
            _sync(place.parent)


def write_folder(root: Path, members: Iterable[tuple[str, Iterable[bytes]]]) -> set[str]:
    """Write members below a folder that is empty and ours: no link in it leads a name outside.  Returns the names."""
    names, there = UniqueNames(), {""}
    for name, pieces in members:
        names.add(name)
        folder = name.rpartition("/")[0]
        if folder not in there:
            (root / folder).mkdir(parents=True, exist_ok=True)
            there.add(folder)
        with io.FileIO(f"{root}/{name}", "xb") as stream:
            for block in _blocks(pieces):
                _write_all(stream, block)
    return names.files


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, small pieces put together."""
    small: list[bytes] = []
    size = 0
    for piece in pieces:
        small.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield b"".join(small)
            small, size = [], 0
    if size:
        yield b"".join(small)


def _write_all(stream: io.FileIO, block: bytes) -> None:
    done = stream.write(block)
    while done < len(block):  # a system writes as much as it can at a time
        done += stream.write(memoryview(block)[done:])


def unlock(folder: Path) -> None:
    """Let what is in a folder be removed, where its sub-folders are read-only.  Raises OSError where that cannot be."""
    for path, folders, files in os.walk(folder):
        if (folders or files) and not os.access(path, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
            os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | stat.S_IRWXU)


@contextmanager
def _staged(place: Path) -> Iterator[Path]:
    place.parent.mkdir(parents=True, exist_ok=True)
    recover(place)
    aside = place.parent / f".{place.name[:200]}.{secrets.token_hex(4)}.new"
    with _terminable():
        try:
            yield aside
        finally:
            with _undisturbed(), contextlib.suppress(OSError):
                _remove(aside)


def recover(place: Path) -> None:
    """Remove what killed runs left beside a place; put its folder back if a kill left it moved aside."""
    pattern = re.compile(rf"\.{re.escape(place.name[:200])}\.[0-9a-f]{{8}}\.(new|old)")
    # Names are sorted, not paths, and few of them: in a folder of 10,000 files that is 2 ms, not 25.
    for name in sorted(filter(pattern.fullmatch, os.listdir(place.parent))):
        entry = place.parent / name
        if not _in_use(entry):
            if entry.suffix == ".old" and not os.path.lexists(place):
                entry.rename(place)
            else:
                with contextlib.suppress(OSError):
                    _remove(entry)


def _swap(aside: Path, place: Path) -> None:
    """Afterwards the new folder is in place; what was there has a hidden name or is gone."""
    if not os.path.lexists(place):
        aside.rename(place)
        return
    unlock(place)
    if not _exchange(aside, place):
        old = aside.with_suffix(".old")
        # The lock must show on the name while it waits: otherwise another run would put it back.
        with _locked(place, os.O_RDONLY):
            place.rename(old)
            try:
                aside.rename(place)
            except BaseException:
                old.rename(place)
                raise
            with contextlib.suppress(OSError):
                _remove(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step, where the system can."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


@contextmanager
def _locked(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def _in_use(path: Path) -> bool:
    try:
        with _locked(path, os.O_RDONLY):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return not path.is_symlink()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        with contextlib.suppress(OSError):
            unlock(path)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind the block as an exception, unless the program has its own answer to them."""
    main = threading.current_thread() is threading.main_thread()
    mine = [number for number in _SIGNALS if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in mine:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals wait until the block ends: what ends a session sends several, and people press Ctrl-C twice."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*_SIGNALS, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
