"""Reading a folder of the local disk: what lies below it, and no farther.

street/images/a.jpg                      a member
street/images/b.jpg -> a.jpg             another, of the same bytes
street/labels -> /data/labels            none: a link that leads outside is never followed, but told of
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from annotools.errors import InputError, Problem
from annotools.storage.limits import Limits
from annotools.storage.names import are_plain, inside, is_leftover, name_fault, safe_name
from annotools.storage.picture_names import holds_only_pictures, is_picture
from annotools.storage.sources import DOUBLE, LITTER, Source, leads_outside, missing, unreadable


class FolderSource(Source):
    """A folder of the local disk.  Symbolic links are followed where they stay inside of it; others are no members."""

    def __init__(self, where: Path, limits: Limits) -> None:
        super().__init__(where.name or str(where))
        self._root = where.resolve()
        self._limits = limits
        self._homes: dict[str, str] = {}  # folders that are known to stay inside, and their paths
        self._links: list[str] = []

    def _list(self) -> list[str]:
        names: list[str] = []
        for some in _walk(self._root, self._root, "", (self._root,), self._links):
            names += some
            self._limits.check_count(self.name, len(names) + len(self._links))
        return names

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(sorted(self._links)) if self._members is not None else ()

    def leads_to_pictures(self, link: str) -> bool:
        path = self._root / link
        return is_picture(link) or (path.is_dir() and holds_only_pictures(path))

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


def _walk(
    root: Path, folder: Path, prefix: str, above: tuple[Path, ...], links: list[str]
) -> Iterator[list[str]]:  # fmt: skip
    """Names of the files below a folder.

    above: the resolved folders on the way here, to notice a loop of links.  links: receives those not to be followed.
    """
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
        if entry.is_symlink() and not _stays(root, folder / entry.name):
            links.append(name)
        elif entry.is_dir():
            yield from _walk(root, Path(entry.path), f"{name}/", _deeper(name, Path(entry.path), above), links)
        else:
            yield [_regular(entry, name)]


def _stays(root: Path, link: Path) -> bool:
    """Whether what a symbolic link leads to is there, and inside of the folder."""
    try:
        return link.exists() and inside(root, link)
    except (OSError, RuntimeError):  # links in a ring
        return False


def _is_passed_by(name: str) -> bool:
    """Whether a part of a path is none of a dataset."""
    return name in LITTER or (name.startswith(".") and (name.startswith(DOUBLE) or is_leftover(name)))


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
