"""Reading, one member at a time: what a `Source` is, and the plain ones: a folder, a file, a part of a source."""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from annotools.errors import InputError, Problem
from annotools.storage.limits import Limits
from annotools.storage.names import are_plain, inside, is_leftover, name_fault, safe_name

# Left behind by file managers, editors, notebooks and version control, or by `convert --resume`; never of a dataset.
LITTER = frozenset(
    {
        ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".annotools", ".git", ".github", ".idea", ".vscode", ".vs",
        ".ipynb_checkpoints", "__pycache__",
    }
)  # fmt: skip
_DOUBLE = "._"  # begins what a Mac puts beside each file on a disk of somebody else's


def is_litter(name: str) -> bool:
    """Whether a member is one that file managers leave behind, or lies in a folder of such."""
    return any(part in LITTER or part.startswith(_DOUBLE) for part in name.split("/"))


class Source(ABC):
    """Named members and their bytes.  A context manager: streams end with it.

    name: what to call it in messages.  Members are posix paths, sorted, files only.
    Raises: InputError, from every method, for a member that is missing, unsafe, damaged or beyond the limits.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def _list(self) -> list[str]:
        """Names of all members, in any order."""

    @abstractmethod
    def size(self, name: str) -> int:
        """Bytes of a member as declared; a hint only."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """A stream of a member's bytes; the caller closes it."""

    @cached_property
    def _members(self) -> dict[str, None]:
        return dict.fromkeys(sorted(self._list()))

    def members(self) -> list[str]:
        """Names of all members, sorted."""
        return list(self._members)

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._members

    def read(self, name: str) -> bytes:
        """All bytes of a member."""
        with self.open(name) as stream:
            return stream.read()

    def sub(self, prefix: str) -> Source:
        """The members below a folder, named from there."""
        return SubSource(self, safe_name(prefix.rstrip("/")))

    def close(self) -> None:  # noqa: B027  # most sources hold nothing open
        """Let go of what is open.  Twice is fine."""

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class SubSource(Source):
    """The members of another source below a folder.  Closing it leaves the other open."""

    def __init__(self, parent: Source, prefix: str) -> None:
        super().__init__(f"{parent.name}/{prefix}")
        self._parent = parent
        self._prefix = f"{prefix}/"

    def _list(self) -> list[str]:
        start = len(self._prefix)
        return [name[start:] for name in self._parent.members() if name.startswith(self._prefix)]

    def size(self, name: str) -> int:
        return self._parent.size(self._prefix + name)

    def open(self, name: str) -> BinaryIO:
        return self._parent.open(self._prefix + name)

    def read(self, name: str) -> bytes:
        return self._parent.read(self._prefix + name)


class FileSource(Source):
    """One member: a single file.  opener: opens it, again at every call."""

    def __init__(self, name: str, size: int, opener: Callable[[], BinaryIO]) -> None:
        super().__init__(name)
        self._size = size
        self._opener = opener

    def _list(self) -> list[str]:
        return [self.name]

    def size(self, name: str) -> int:
        self._check(name)
        return self._size

    def open(self, name: str) -> BinaryIO:
        self._check(name)
        try:
            return self._opener()
        except OSError as error:
            raise unreadable(name, error) from error

    def _check(self, name: str) -> None:
        if name != self.name:
            raise missing(name, self.name)


class FolderSource(Source):
    """A folder of the local disk.  Symbolic links are followed where they stay inside of it, and refused elsewhere."""

    def __init__(self, where: Path, limits: Limits) -> None:
        super().__init__(where.name or str(where))
        self._root = where.resolve()
        self._limits = limits
        self._homes: dict[str, str] = {}  # folders that are known to stay inside, and their paths

    def _list(self) -> list[str]:
        names: list[str] = []
        for some in _walk(self._root, self._root, "", (self._root,)):
            names += some
            self._limits.check_count(self.name, len(names))
        return names

    def has(self, name: str) -> bool:
        return not name_fault(name) and (self._root / name).is_file() and inside(self._root, self._root / name)

    def size(self, name: str) -> int:
        return self._place(name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        try:
            return self._place(name).open("rb")
        except OSError as error:
            raise unreadable(name, error) from error

    def read(self, name: str) -> bytes:
        """All bytes of a member.  What is no plain file of a known folder is opened with all care, or refused."""
        # a sixth of the time that a look at every folder above each file takes
        data = None if name_fault(name) else _plain_bytes(self._home(name.rpartition("/")[0]), name)
        return super().read(name) if data is None else data

    def _home(self, folder: str) -> str:
        """The path of a folder, with a slash behind; empty if it leads outside."""
        if folder not in self._homes:
            path = self._root / folder
            self._homes[folder] = f"{path}/" if inside(self._root, path) else ""
        return self._homes[folder]

    def _place(self, name: str) -> Path:
        path = self._root / safe_name(name)
        if not inside(self._root, path):
            raise leads_outside(name)
        if not path.is_file():
            raise missing(name, self.name)
        return path


def _plain_bytes(home: str, name: str) -> bytes | None:
    """The bytes of a regular file that is no link; None for what is none, or cannot be read.  home: of its folder."""
    try:
        descriptor = os.open(home + name.rpartition("/")[2], _NO_LINK) if home else -1
    except OSError:
        return None
    if descriptor < 0:
        return None
    try:
        state = os.fstat(descriptor)
        return _all_bytes(descriptor, state.st_size) if stat.S_ISREG(state.st_mode) else None
    except OSError as error:
        raise unreadable(name, error) from error
    finally:
        os.close(descriptor)


# Opening a pipe would else wait for somebody to write.
_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1 << 16


def _all_bytes(descriptor: int, size: int) -> bytes:
    """What a file holds from where it stands on.  size: how much that is, as far as is known."""
    pieces = [os.read(descriptor, size + 1)]
    if len(pieces[0]) == size:  # one byte was missing, so that is the end: half of the calls for small files
        return pieces[0]
    while piece := os.read(descriptor, _PIECE):
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _walk(root: Path, folder: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[list[str]]:
    """Names of the files below a folder.  above: the resolved folders on the way here, to notice a loop of links."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(prefix or str(folder), error) from error
    entries = [entry for entry in entries if not _is_passed_by(entry.name)]
    names = [prefix + entry.name for entry in entries]
    if all(entry.is_file(follow_symlinks=False) for entry in entries) and are_plain(names):
        yield names  # a folder of 43,000 label files: a third of the time of a look at each
        return
    for entry, name in zip(entries, names, strict=True):
        if entry.is_symlink() and not inside(root, folder / entry.name):
            raise leads_outside(name)
        if entry.is_dir():
            yield from _walk(root, Path(entry.path), f"{name}/", _deeper(name, Path(entry.path), above))
        else:
            yield [_regular(entry, name)]


def _is_passed_by(name: str) -> bool:
    """Whether a part of a path is none of a dataset."""
    return name in LITTER or (name.startswith(".") and (name.startswith(_DOUBLE) or is_leftover(name)))


def _deeper(name: str, folder: Path, above: tuple[Path, ...]) -> tuple[Path, ...]:
    real = folder.resolve()
    if real in above:
        raise InputError(Problem("is a symbolic link to a folder around it", name, expected="no loop"))
    return (*above, real)


def _regular(entry: os.DirEntry[str], name: str) -> str:
    """The name, if it is that of a file: opening a pipe would wait for ever."""
    if not entry.is_file():
        raise InputError(Problem("is not a regular file", name, expected="a file that can be read"))
    return safe_name(name)


def missing(name: str, where: str) -> InputError:
    """The error of a member that is not there."""
    return InputError(Problem("no such file", name, expected=f"a member of {where}"))


def leads_outside(name: str) -> InputError:
    """The error of a symbolic link that leaves its folder."""
    return InputError(Problem("is a symbolic link that leads outside", name, expected="one that stays inside"))


def unreadable(name: str, error: Exception) -> InputError:
    """The error of bytes that the system, or a decoder, will not give."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(Problem(f"cannot be read: {(reason or type(error).__name__).lower()}", name))
