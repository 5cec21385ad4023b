"""What a member may be called: a relative posix path that leads nowhere but down.

Names come from archives and from `file_name`s inside of data; both are strangers'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from posixpath import basename
from string import ascii_letters, digits

import numpy as np

from annotools.errors import InputError, Problem

# One component of a path is at most 255 bytes on every common file system, a whole path 4,096 on Linux.
_LONGEST_PART = 255
_LONGEST = 4_000
_LAST = 256  # names that are kept in mind: many rows have the same odd one
_PLAIN = re.compile(r"(?:\w[\w.-]{0,99}/){0,9}\w[\w.-]{0,99}", re.ASCII)  # what most names are, seen at once
_PLAIN_PART = re.compile(r"\w[\w.-]*", re.ASCII)  # a component of it
_LETTERS = f"{ascii_letters}{digits}_.-/\n".encode()
_DASH, _DOT, _SLASH, _END = b"-./\n"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LEFTOVER = re.compile(r"\..*\.[0-9a-f]{8}\.(new|old)", re.DOTALL)  # the hidden names of `folders`


def is_leftover(name: str) -> bool:
    """Whether a file or folder is called like one that a run has at work, or left behind: no part of a dataset."""
    return name.startswith(".") and _LEFTOVER.fullmatch(name) is not None


def safe_name(name: str) -> str:
    """The name as it is, if it leads nowhere but down.

    Raises: InputError for an empty, absolute or overlong name, a drive, `..`, `.`, an empty component, a backslash,
    a control character or half a surrogate pair.
    """
    fault = name_fault(name)
    if fault:
        raise InputError(Problem(f"name {fault}", name, expected="a relative path that leads nowhere but down"))
    return name


def name_fault(name: str) -> str:
    """What is wrong with a name, or an empty text."""
    return "" if _PLAIN.fullmatch(name) else _fault_of(name)


@lru_cache(_LAST)
def _fault_of(name: str) -> str:
    """The same of a name that is not plain."""
    parts = name.split("/")
    if not name:
        return "is empty"
    if name[0] == "/":
        return "is absolute"
    if "\\" in name:
        return "has a backslash"
    if name[1:2] == ":" and name[0].isascii() and name[0].isalpha():
        return "has a drive"
    if ".." in parts:
        return "has '..'"
    if "" in parts or "." in parts:
        return "has an empty component or '.'"
    if _CONTROL.search(name):
        return "has a control character"
    return _length_fault(name, parts) if _encodable(name) else "is not text"


def are_plain(names: Sequence[str]) -> bool:
    """Whether all names are of the kind that most are, which nothing is wrong with: as one text, and not one by one."""
    joined = "\n".join(["", *names, ""])
    if not joined.isascii():
        return False
    text = joined.encode()
    chars = np.frombuffer(text, np.uint8)
    ends = (chars == _SLASH) | (chars == _END)
    odd = ends | (chars == _DOT) | (chars == _DASH)  # behind an end: a component that is empty, or begins oddly
    return (
        not text.translate(None, _LETTERS) and not (ends[:-1] & odd[1:]).any()
        and text.count(b"\n") == len(names) + 1 and max(map(len, names), default=0) <= _LONGEST_PART
    )  # fmt: skip


def safe_part(name: str) -> str:
    """As much of a path as leads nowhere but down; empty where nothing is left."""
    if not name_fault(name):
        return name
    without_drive = name[2:] if name[1:2] == ":" else name
    path = "/".join(part for part in without_drive.split("/") if part not in ("", ".", ".."))
    return next((candidate for candidate in (path, basename(path)) if candidate and not name_fault(candidate)), "")


def _length_fault(name: str, parts: list[str]) -> str:
    if len(name) * 4 <= _LONGEST_PART:  # of which each character has at most four bytes
        return ""
    long = len(name.encode()) > _LONGEST or any(len(part.encode()) > _LONGEST_PART for part in parts)
    return "is too long" if long else ""


def _encodable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def inside(root: Path, path: Path) -> bool:
    """Whether a path stays inside a folder once every symbolic link on the way is followed.  root: resolved."""
    return path.resolve().is_relative_to(root)


class UniqueNames:
    """The names written so far: each safe, none twice, none both a file and a folder."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._folders: set[str] = set()

    def add(self, name: str) -> None:
        """Note one more.  Raises InputError when it cannot stand beside the others."""
        folder, _, own = name.rpartition("/")
        # A known folder leads nowhere but down, and nothing that it lies in is a file: that is asked of once, and not
        # for each of ten thousand files.
        known = folder in self._folders
        if not (known and len(name) <= _LONGEST_PART and _PLAIN_PART.fullmatch(own)):
            safe_name(name)
        folders = _above(folder) if folder and not known else ()
        if name in self.files or name in self._folders or not self.files.isdisjoint(folders):
            raise InputError(Problem("name comes twice, or is a file and a folder", name, expected="one member a name"))
        self.files.add(name)
        self._folders.update(folders)

    def add_all(self, names: Sequence[str]) -> None:
        """Note some more, at once where they are of the kind that most are.  Raises: as `add`."""
        new, folders = set(names), {name.rpartition("/")[0] for name in names}
        known = self._folders >= folders - {""}  # of these nothing is asked any more
        fresh = len(new) == len(names) and self.files.isdisjoint(new) and self._folders.isdisjoint(new)
        if known and fresh and are_plain(names):
            self.files |= new
            return
        for name in names:
            self.add(name)


def _above(folder: str) -> list[str]:
    """A folder and those that it lies in."""
    parts = folder.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
