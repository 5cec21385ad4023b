"""What a write may put out of its place: the one law of outputs, for every command that has one.

    nothing there, an empty folder       written
    a file                               replaced, unless it is an input or inside of one
    a folder with files in it            replaced with `force`, if every file in it is one that the format writes, the
                                         one that every output of it has is there, and every picture in it is written
                                         again; refused with up to five names else
    an input, a folder around or in it   never replaced
    a device, a FIFO, a socket           never replaced

Patterns of members: `*` stands for anything but a slash, `**` for anything, `\\*` for a star; one that begins with `!`
is of what another format writes under a name that would fit too.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from annotools.errors import UsageError
from annotools.storage.picture_names import is_picture
from annotools.storage.remote import is_url, local_path, remote_identity

STDOUT = "-"
Where = str | os.PathLike[str]
_SHOWN = 5
_PATTERN_PARTS = re.compile(r"\\\*|\*\*|\*|[^*\\]+|\\")
_WILD = {"**": ".*", "*": "[^/]*", "\\*": r"\*"}
_KINDS = {
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket",
}  # fmt: skip


class Permit(msgspec.Struct, frozen=True):
    """What a write may replace.

    force: also a folder that has files in it.  members: patterns of all that the format writes; a folder with anything
    else in it is not its output, nor is one with documents but without `mark`.
    inputs: what is being read, and stays.
    """

    force: bool = False
    members: tuple[str, ...] = ()
    inputs: tuple[Where, ...] = ()
    mark: str = ""

    def covers(self, name: str) -> bool:
        """Whether a file of this name is one that the format writes."""
        return _fits(name, self.members)

    def is_unmarked(self, names: Iterable[str]) -> bool:
        """Whether documents are among these names, but not the one that every output with documents has."""
        documents = [name for name in names if self.is_document(name)] if self.mark else []
        return bool(documents) and not any(_fits(name, (self.mark,)) for name in documents)

    def is_document(self, name: str) -> bool:
        """Whether a file of this name may go without being written again: no picture, nor where pictures lie."""
        closed = [pattern for pattern in self.members if not pattern.endswith("*")]
        return not is_picture(name) and _fits(name, closed)


NOTHING = Permit()


def literal(name: str) -> str:
    """The pattern of this one name."""
    return name.replace("*", "\\*")


def inputs(*values: object) -> tuple[Where, ...]:
    """Those of some values that are places: a dataset, `False` and None are none."""
    return tuple(value for value in values if isinstance(value, str | os.PathLike))


def check_file(path: Path, permit: Permit) -> None:
    """Whether a file may be written at a path.  path: resolved.  Raises UsageError."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder, expected a file or nothing there")
    _check_kind(path)
    if path.exists() and any(_is_within(path, known) for known in _local(permit)):
        raise UsageError(f"{path}: is an input or in one, expected another place")


def check_folder(path: Path, permit: Permit) -> None:
    """Whether a folder may be put at a path, as far as can be said before its members are known.

    path: resolved.  Raises UsageError.
    """
    _check_kind(path)
    if Path.cwd().is_relative_to(path):
        raise UsageError(f"{path}: is the working folder or one around it, expected another place")
    if path.is_file():
        raise UsageError(f"{path}: is a file, expected a folder or nothing there")
    if not path.is_dir() or not any(path.iterdir()):
        return
    if not permit.force:
        raise UsageError(f"{path}: has files in it, expected an empty folder (or force=True)")
    if any(_is_within(path, known) or _is_within(known, path) for known in _local(permit)):
        raise UsageError(f"{path}: is an input, around one or in one, expected another place")
    _refuse(str(path), _odd_files(path, permit.covers), "has what this format does not write")
    _check_mark(str(path), _odd_files(path, lambda name: False), permit)


def check_rewritten(path: Path, permit: Permit, names: Container[str]) -> None:
    """Whether a folder may be replaced by one with files of these names.  path: resolved.  Raises UsageError."""
    if path.is_dir():
        _refuse(str(path), _odd_files(path, _kept(permit, names)), "has pictures that are not written again")


def check_url(url: str, files: Iterable[str], permit: Permit, names: Container[str] | None = None) -> None:
    """The same for a folder at a URL.

    files: what is there.  names: what is written in its place, None when that is not known yet.  Raises UsageError.
    """
    present = list(files)
    if present and not permit.force:
        raise UsageError(f"{url}: has files in it, expected an empty folder (or force=True)")
    if present:
        check_url_inputs(url, permit)
    if names is None:
        odd = (name for name in present if not permit.covers(name))
        _refuse(url, odd, "has what this format does not write")
        _check_mark(url, present, permit)
    else:
        allowed = _kept(permit, names)
        _refuse(url, (name for name in present if not allowed(name)), "has pictures that are not written again")


def check_url_inputs(url: str, permit: Permit) -> None:
    """Raises UsageError for a URL that is an input, around one or in one."""
    here = remote_identity(url)
    for known in (os.fspath(value) for value in permit.inputs):
        if is_url(known) and local_path(known) is None and _nested(here, remote_identity(known)):
            raise UsageError(f"{url}: is an input, around one or in one, expected another place")


def _kept(permit: Permit, names: Container[str]) -> Callable[[str], bool]:
    return lambda name: name in names or permit.is_document(name)


def _nested(one: tuple[str, str], other: tuple[str, str]) -> bool:
    paths = [f"{path.rstrip('/')}/" for _, path in (one, other)]
    return one[0] == other[0] and (paths[0].startswith(paths[1]) or paths[1].startswith(paths[0]))


def _check_kind(path: Path) -> None:
    try:
        kind = _KINDS.get(stat.S_IFMT(path.stat().st_mode))
    except OSError:  # nothing there, or nothing that can be looked at: writing will tell
        return
    if kind:
        raise UsageError(f"{path}: is {kind}, expected another place ({STDOUT} is standard output)")


def _check_mark(target: str, names: Iterable[str], permit: Permit) -> None:
    if permit.is_unmarked(names):
        raise UsageError(
            f"{target}: has no {permit.mark}, which all have that this format writes, expected another place"
        )


def _refuse(target: str, odd: Iterator[str], why: str) -> None:
    shown = list(islice(odd, _SHOWN + 1))
    if shown:
        more = ", ..." if len(shown) > _SHOWN else ""
        raise UsageError(f"{target}: {why}: {', '.join(shown[:_SHOWN])}{more}, expected another place")


def _odd_files(folder: Path, allowed: Callable[[str], bool]) -> Iterator[str]:
    """The files below a folder that are not allowed, sorted; links to folders, pipes and the like never are."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / prefix), key=lambda entry: entry.name)
        except OSError:  # who cannot look into it cannot say that it is ours
            yield prefix
            continue
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{name}/")
            elif not entry.is_file() or not allowed(name):
                yield name


def _local(permit: Permit) -> Iterator[Path]:
    """The inputs on this disk, resolved."""
    for where in permit.inputs:
        path = local_path(os.fspath(where))
        if path is not None and path != STDOUT:
            yield Path(os.path.realpath(path))


def _is_within(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or file, or lies in it, by whatever name.  Both: resolved."""
    if not folder.exists():
        return False
    return any(step.exists() and step.samefile(folder) for step in (path, *path.parents))


def _fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is of one of the patterns, and of none that is another format's."""
    matches = [pattern for pattern in patterns if _expression(pattern.removeprefix("!")).fullmatch(name)]
    return bool(matches) and not any(pattern.startswith("!") for pattern in matches)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = _PATTERN_PARTS.findall(pattern)
    return re.compile("".join(_WILD.get(part) or re.escape(part) for part in parts), re.DOTALL)
