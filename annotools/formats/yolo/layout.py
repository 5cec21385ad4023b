"""Which pictures a dataset has, where the labels of each lie, and what the classes are called.

Paths are found by their ends, so it does not matter where the folder lay when its lists were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from posixpath import dirname
from typing import Any, NamedTuple

import msgspec

from annotools.formats.kernel.members import small_ending
from annotools.matching import folded, stem
from annotools.storage import Source

CLASS_LISTS = ("classes.txt", "obj.names", "_darknet.labels", "labels.txt")
_IMAGES = re.compile("/images/", re.IGNORECASE)
# Kinds of problems: a subset that is not there, and one that a dataset can do without.
NO_SUCH_SUBSET, NO_SPARE_SUBSET = "no-such-subset", "no-spare-subset"


class Entry(NamedTuple):
    """A picture.  name: below the folder of its subset.  picture, labels: members, empty where there is none."""

    subset: str
    name: str
    picture: str
    labels: str


class Layout(msgspec.Struct, frozen=True):
    """member: what says it.  names: by class number.  keys: what it says, as texts.

    named: whether anything says what classes are called; else they are called after their numbers.
    """

    member: str
    names: Mapping[int, str]
    entries: Sequence[Entry]
    keys: Mapping[str, Any] = msgspec.field(default_factory=dict)
    named: bool = True

    def class_name(self, number: int) -> str:
        """The name of a class, empty for none."""
        return self.names.get(number, "")


class Members:
    """The members of a source, found by the ends of paths, in whatever letters where there is none in these."""

    def __init__(self, source: Source, home: str) -> None:
        self._members = source.members()
        self.files = dict(zip(self._members, self._members, strict=True))
        if not all(end.islower() for end in {name[name.rfind(".") + 1 :] for name in self._members}):
            for name in self._members:
                self.files.setdefault(small_ending(name), name)
        folders = {name.rpartition("/")[0] for name in self.files}
        self.folders = {above for folder in folders for above in _above(folder)}
        self._home = f"{home}/" if home else ""
        self._homes: dict[str, tuple[str, str]] = {}  # of pictures and of their labels, by folders as paths have them

    @cached_property
    def _names(self) -> set[str]:
        return {folded(name.rpartition("/")[2]) for name in self.files}

    @cached_property
    def _small(self) -> dict[str, str]:
        return {folded(name): name for name in reversed(self._members)}

    @cached_property
    def _small_folders(self) -> dict[str, str]:
        return {folded(name): name for name in sorted(self.folders, reverse=True)}

    def file(self, path: str) -> str:
        """The file of a path from the top; empty for none."""
        return self.files.get(path) or self._small.get(folded(path), "")

    def label_folder(self, folder: str) -> str:
        """Where the labels of a folder of pictures lie, as it is called there."""
        beside = dirname(label_path(f"{folder}/x"))
        loose = folded(dirname(loose_label_path(f"{folder}/x")))
        return beside if beside in self.folders else self._small_folders.get(loose, beside)

    def member(self, path: str, *places: Callable[[str], str]) -> str:
        """The file that a path means; empty for none.  places: where else it may lie, in place of the path itself."""
        whole = self._home + path.replace("\\", "/").removeprefix("./")
        wanted = [way(whole) for way in places] if places else [whole]
        for name in wanted:
            if name in self.files:
                return self.files[name]
        if self._names.isdisjoint([folded(name.rpartition("/")[2]) for name in wanted]):
            return ""
        ways = places or (str,)
        names = (self.file(way(end)) for end in self._ends(path) for way in ways)
        return next(filter(None, names), "")

    def of_picture(self, path: str) -> tuple[str, str]:
        """The picture that a path means, and its labels as Ultralytics finds them; empty for none."""
        folder, slash, name = path.replace("\\", "/").rpartition("/")
        home, beside = self._homes.get(folder + slash) or self._homes_of(folder + slash)
        picture, labels = self.files.get(home + name, ""), self.files.get(f"{beside}{stem(name)}.txt", "")
        if not picture and folded(name) in self._names:
            picture = self.member(path)
        return picture, labels or self.member(path, label_path) or self.member(path, loose_label_path)

    def _homes_of(self, folder: str) -> tuple[str, str]:
        home = self._home + folder.removeprefix("./")
        self._homes[folder] = homes = home, _label_folder(home)
        return homes

    def known_end(self, path: str, picture: str, labels: str) -> str:
        """What of a path to a picture is in the source, by the member that is it or that of its labels."""
        member = picture or stem(labels)
        depth = member.removeprefix(self._home).count("/") if member else len(path)
        return "/".join(_parts(path)[-1 - depth :])

    def folder(self, path: str) -> str:
        """The folder of pictures that a path means, if it or that of their labels is there; empty for none."""
        ends = [*self._ends(path)]
        exact = next((end for end in ends if {end, dirname(label_path(f"{end}/x"))} & self.folders), "")
        return exact or next(
            (self._small_folders[folded(end)] for end in ends if folded(end) in self._small_folders), ""
        )

    def _ends(self, path: str) -> Iterator[str]:
        parts = _parts(path)
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        yield from (self._home + end for end in ends)
        yield from ends if self._home else ()  # of files that count from where a trainer is started

    def below(self, folder: str) -> list[str]:
        """The files below a folder."""
        return [name for name in self._members if name.startswith(f"{folder}/")] if folder in self.folders else []


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def _above(folder: str) -> Iterator[str]:
    """A folder and those that it lies in."""
    while folder:
        yield folder
        folder = dirname(folder)


def label_path(picture: str) -> str:
    """Where the labels of a picture lie."""
    folder, slash, name = picture.rpartition("/")
    return f"{_label_folder(folder + slash)}{stem(name)}.txt"


@lru_cache(1 << 10)  # of thousands of pictures in a folder the last is asked as often: a third of the time
def _label_folder(folder: str) -> str:
    above, images, below = f"/{folder}".rpartition("/images/")
    return f"{above}/labels/{below}"[1:] if images else folder


def loose_label_path(picture: str) -> str:
    """The same where the folder is called `images` in other letters: found by people and not by Ultralytics."""
    return label_path(_IMAGES.sub("/images/", f"/{picture}")[1:])


def below_label_path(picture: str) -> str:
    """The same where predictions are saved: in a folder `labels` in that of the pictures."""
    folder, slash, name = picture.rpartition("/")
    return f"{folder}{slash}labels/{stem(name)}.txt"


def beside(picture: str) -> str:
    """A text file beside a picture."""
    return stem(picture) + ".txt"


def name_below(path: str, subset: str) -> str:
    """A picture's name below the folder of its subset: `./images/train/a/b.jpg` -> `a/b.jpg`"""
    folder, slash, name = path.replace("\\", "/").rpartition("/")
    return _folder_below(folder + slash, subset) + name


@lru_cache(1 << 10)
def _folder_below(folder: str, subset: str) -> str:
    path = "/" + folder.removeprefix("./").lstrip("/")
    for start in (f"/images/{subset}/", f"/{subset}/images/"):
        if start in path:
            return path.split(start, 1)[1]
    return path.rsplit("/images/", 1)[-1].lstrip("/")
