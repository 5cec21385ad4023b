"""Reading, one member at a time: what a `Source` is, and the plain ones: a file, a part of a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import cached_property
from types import TracebackType
from typing import BinaryIO

from annotools.errors import InputError, Problem
from annotools.storage.names import safe_name
from annotools.storage.picture_names import is_picture

# Left behind by file managers, editors, notebooks and version control, or by `convert --resume`; never of a dataset.
LITTER = frozenset(
    {
        ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".annotools", ".git", ".github", ".idea", ".vscode", ".vs",
        ".ipynb_checkpoints", "__pycache__",
    }
)  # fmt: skip
DOUBLE = "._"  # begins what a Mac puts beside each file on a disk of somebody else's


def is_litter(name: str) -> bool:
    """Whether a member is one that file managers leave behind, or lies in a folder of such."""
    return not LITTER.isdisjoint(name.split("/")) or name.startswith(DOUBLE) or f"/{DOUBLE}" in name


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

    @property
    def links(self) -> tuple[str, ...]:
        """Symbolic links that are no members, since they lead outside of the source or nowhere, sorted."""
        return ()

    def leads_to_pictures(self, link: str) -> bool:
        """Whether one of these links stands for nothing but pictures, by its name or the names in its folder."""
        return is_picture(link)

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


def missing(name: str, where: str) -> InputError:
    """The error of a member that is not there."""
    return InputError(Problem("no such file", name, expected=f"a member of {where}"))


def leads_outside(name: str) -> InputError:
    """The error of a symbolic link that leaves its folder."""
    message = "is a symbolic link that leads outside or nowhere"
    return InputError(Problem(message, name, expected="one that stays inside, or what it leads to"))


def link_problems(links: Iterable[str]) -> list[Problem]:
    """What is wrong with symbolic links that are not followed."""
    return [problem for link in links for problem in leads_outside(link).problems]


def unreadable(name: str, error: Exception) -> InputError:
    """The error of bytes that the system, or a decoder, will not give."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(Problem(f"cannot be read: {(reason or type(error).__name__).lower()}", name))
