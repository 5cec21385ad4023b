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
_ENDING = (*_SIGNALS, signal.SIGINT)


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """A file to write beside its path; put in place when the block ends well, removed when not.

    It gets the permissions of the file that it replaces.
    """
    with _staged(path) as aside, _locked(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR) as descriptor:
        yield aside
        os.fsync(descriptor)
        if path.is_file():
            os.chmod(aside, stat.S_IMODE(path.stat().st_mode))
        os.replace(aside, path)
        _sync(path.parent)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """A folder to fill beside its path; swapped in when the block ends well, removed when not."""
    with _staged(path) as aside:
        aside.mkdir()
        with _locked(aside, os.O_RDONLY):
            yield aside
            _sync(aside)
            _swap(aside, path)
            _sync(path.parent)


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
def _staged(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    recover(path)
    aside = path.parent / f".{path.name[:200]}.{os.urandom(4).hex()}.new"
    with _terminable():
        try:
            yield aside
        finally:
            with _undisturbed(), contextlib.suppress(OSError):
                _remove(aside)


def recover(path: Path) -> None:
    """Remove what killed runs left beside a path; put its folder back if a kill left it moved aside."""
    pattern = re.compile(rf"\.{re.escape(path.name[:200])}\.[0-9a-f]{{8}}\.(new|old)")
    # Names are sorted, not paths, and few of them: in a folder of 10,000 files that is 2 ms, not 25.
    for name in sorted(filter(pattern.fullmatch, os.listdir(path.parent))):
        entry = path.parent / name
        if not _in_use(entry):
            if entry.suffix == ".old" and not os.path.lexists(path):
                entry.rename(path)
            else:
                with contextlib.suppress(OSError):
                    _remove(entry)


def _swap(aside: Path, path: Path) -> None:
    """Afterwards the new folder is in place; what was there has a hidden name or is gone."""
    if not os.path.lexists(path):
        aside.rename(path)
        return
    unlock(path)
    if not _exchange(aside, path):
        old = aside.with_suffix(".old")
        # The lock must show on the name while it waits: otherwise another run would put it back.
        with _locked(path, os.O_RDONLY):
            path.rename(old)
            try:
                aside.rename(path)
            except BaseException:
                old.rename(path)
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
    """Signals wait until the block ends: what ends a session sends several, and people press Ctrl-C twice.

    They are noted and not blocked: a signal that one thread blocks goes to another, as those of numpy's libraries, and
    Python answers it in the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone is disturbed
        yield
        return
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda number, frame: waiting.append(number)) for number in _ENDING}
    try:
        yield
    finally:
        for number, answer in before.items():
            signal.signal(number, signal.SIG_DFL if answer is None else answer)  # None: not set by Python
        for noted in waiting:
            signal.raise_signal(noted)
