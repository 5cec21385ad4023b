"""Reading a folder of the local disk: what lies below it, and no farther.

street/images/a.jpg                      a member
street/images/b.jpg -> a.jpg             another, of the same bytes
street/labels -> /data/labels            none: a link that leads outside is never followed, but told of
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator
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
        if name_fault(name):
            return False
        folder, _, last = name.rpartition("/")
        home = self._homes.get(folder) or self._home(folder)
        mode = _mode(home + last) if home else stat.S_IFLNK
        if stat.S_ISLNK(mode):
            return (self._root / name).is_file() and inside(self._root, self._root / name)
        return stat.S_ISREG(mode)

    def size(self, name: str) -> int:
        return self._place(name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        try:
            return self._place(name).open("rb")
        except OSError as error:
            raise unreadable(name, error) from error

    def read(self, name: str) -> bytes:
        """All bytes of a member.  What is no small file that is listed is opened with all care, or refused."""
        data = None
        if name in self._listed:  # a seventh of the time that a look at every folder above each file takes
            folder, _, last = name.rpartition("/")
            home = self._homes.get(folder) or self._home(folder)
            data = _plain_bytes(home + last, name) if home else None
        return super().read(name) if data is None else data

    @property
    def _listed(self) -> Container[str]:
        """The members, where anybody has asked for them: one file is read without a look at all others."""
        listed: Container[str] = self.__dict__.get("_members", ())
        return listed

    def _home(self, folder: str) -> str:
        """The path of a folder, with a slash behind; empty if it leads outside."""
        if folder not in self._homes:
            above, _, last = folder.rpartition("/")
            start = self._home(above) if folder else ""
            path = self._root / folder
            plain = bool(start) and stat.S_ISDIR(_mode(start + last))  # no link: a tenth of the time of a look at all
            self._homes[folder] = f"{path}/" if plain or inside(self._root, path) else ""
        return self._homes[folder]

    def _place(self, name: str) -> Path:
        path = self._root / safe_name(name)
        if not inside(self._root, path):
            raise leads_outside(name)
        if not path.is_file():
            raise missing(name, self.name)
        return path


def _mode(path: str) -> int:
    """What a path is, itself and not where it leads; 0 where nothing is, as a link where that cannot be told."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except (OSError, ValueError):
        return stat.S_IFLNK


def _plain_bytes(path: str, name: str) -> bytes | None:
    """The bytes of a small file that is no link; None for another, or one that cannot be opened."""
    try:
        descriptor = os.open(path, _NO_LINK)
    except OSError:
        return None
    try:
        data = os.read(descriptor, _SMALL)
        whole = not os.read(descriptor, 1)  # half of the time that asking for its size takes
    except OSError as error:
        raise unreadable(name, error) from error
    finally:
        os.close(descriptor)
    return data if whole else None


# Opening a pipe would else wait for somebody to write.
_NO_LINK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SMALL = 1 << 16


def _walk(
    root: Path, folder: Path, prefix: str, above: tuple[Path, ...], links: list[str]
) -> Iterator[list[str]]:  # fmt: skip
    """Names of the files below a folder.

    above: the resolved folders on the way here, to notice a loop of links.  links: receives those not to be followed.
    """
    try:
        entries = [entry for entry in os.scandir(folder) if not _is_passed_by(entry.name)]
    except OSError as error:
        raise unreadable(prefix or str(folder), error) from error
    names = [prefix + entry.name for entry in entries]
    if all(entry.is_file(follow_symlinks=False) for entry in entries) and are_plain(names):
        yield names  # a folder of 43,000 label files: a third of the time of a look at each
        return
    for name, entry in sorted(zip(names, entries, strict=True)):
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
    return name in LITTER or (name[0] == "." and (name.startswith(DOUBLE) or is_leftover(name)))


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
