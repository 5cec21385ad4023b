"""Which pictures a VOC dataset has, where their files lie, and what subsets they are in.

    VOCdevkit/VOC2012/Annotations/2007_000001.xml     ImageSets/Main/train.txt    JPEGImages/2007_000001.jpg
    train/a.xml  train/a.jpg                          Roboflow: the folder is the subset
    a.xml  a.jpg                                      labelImg: all in one folder
    Annotations/a.xml  images/a.jpg                   Label Studio

What a file calls its picture without an ending (labelImg, Label Studio) has that of the picture.

`ImageSets/Main` has two kinds of lists: of pictures, one a line, and of classes (`car_train.txt`, a picture and 1, 0 or
-1 a line).  A picture that several lists have is in the first; `trainval` is asked last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from posixpath import basename, dirname, splitext
from typing import NamedTuple

import msgspec

from annotools.errors import Problems
from annotools.formats.kernel.lines import is_comment, text_lines, texts_of
from annotools.formats.kernel.xml_files import head_of, xml_files
from annotools.formats.voc.unusual import as_usual
from annotools.matching import stem, stems
from annotools.storage import Source
from annotools.storage.picture_names import PICTURES, is_picture

NO_SUBSET = "default"  # what the list of pictures without a subset is called
SPLITS = ("train", "valid", "val", "test", "validation")
_PICTURES = ("JPEGImages", "images")  # the second as Label Studio has it
_MASKS = frozenset({"segmentationclass", "segmentationobject"})
_ENDINGS = frozenset(suffix[1:] for suffix in PICTURES)
_MARKED = re.compile(r"(.*\S)\s+(-?[01])")
_LISTS = ("Main", "Segmentation", "Layout", "Action")
_JOINED = "trainval"
_NUMBERED = ("Layout", "Action")
_NUMBERS = re.compile(r"(\s+-?\d+)+$")


class Entry(NamedTuple):
    """A picture.  key: its path below `Annotations` without ending.  xml: a member, empty for none.

    pictures: the members of that path and of any ending.
    """

    key: str
    subset: str
    root: str
    xml: str
    pictures: Sequence[str]

    @property
    def picture(self) -> str:
        """The first of its members, empty for none."""
        return self.pictures[0] if self.pictures else ""

    def picture_of(self, name: str) -> str:
        """The member that ends as a name does, or else the first."""
        ending = splitext(name)[1].lower()
        return next((member for member in self.pictures if splitext(member)[1].lower() == ending), self.picture)


class Layout(msgspec.Struct, frozen=True):
    """entries: all pictures.  roots: where datasets begin.

    classes: root, label and subset -> the pictures that are marked 1.  strays: pictures of no entry.
    """

    entries: Sequence[Entry]
    classes: Mapping[tuple[str, str, str], Sequence[str]]
    roots: Sequence[str]
    strays: Sequence[str] = ()


def is_voc(source: Source) -> bool:
    """Whether a source is certainly of VOC: the first XML has a root <annotation> with what VOC has."""
    name = next(iter(xml_files(source).annotations), "")
    if not name:
        return False
    head = as_usual(head_of(source, name))
    if b"<imagesize" in head or (b"<pt>" in head and b"<bndbox" not in head):  # LabelMe's
        return False
    return bool(_HEAD.match(head)) and (b"<filename" in head or b"<size" in head or b"<object" in head)


_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?\?>)?\s*(?:<!--.*?-->\s*)*<annotation[\s>]", re.DOTALL)


def layout_of(source: Source, problems: Problems) -> Layout:
    """Everything that the names of members and the lists say."""
    members = source.members()
    pictures = _pictures(members)
    names = xml_files(source).annotations
    documents = dict(zip(_addresses(names, "Annotations"), names, strict=True))
    roots = list(dict.fromkeys([*(root for root, _ in documents), *_roots_of_lists(members)]))
    subsets: dict[tuple[str, str], str] = {}
    classes: dict[tuple[str, str, str], Sequence[str]] = {}
    for root in roots:
        lists = _with_wholes(_read_lists(source, root, problems))
        plain = {name: keys for name, keys in lists.items() if not _is_marked(name, keys, lists)}
        for name in sorted(plain, key=lambda name: (_is_joined(name, plain), name)):
            subset = "" if name == NO_SUBSET else name
            for key in plain[name]:
                address = root, key
                if address not in documents:
                    address = _listed(root, key, documents)
                    if is_comment(key) and address not in documents and address not in pictures:
                        continue
                subsets.setdefault(address, subset)
        for label_list, listed in _classes(root, lists, plain):
            classes[label_list] = [_listed(root, key, documents)[1] for key in listed]
    for address in documents:
        if address not in subsets:
            subsets[address] = _folder_subset(address[1])
    entries = [
        Entry(address[1], subset, address[0], documents.get(address, ""), pictures.get(address, ()))
        for address, subset in subsets.items()
    ]
    return Layout(entries, classes, roots, _strays(pictures, entries))


def _strays(pictures: Mapping[tuple[str, str], Sequence[str]], entries: Sequence[Entry]) -> list[str]:
    own = {name for entry in entries for name in entry.pictures}
    return list(dict.fromkeys(name for names in pictures.values() for name in names if name not in own))


def _addresses(names: Sequence[str], folder: str) -> list[tuple[str, str]]:
    """The roots and the keys of files that belong below a folder."""
    addresses, above, root, below = [], "", "", ""
    for path in stems(names):
        start = path.rfind("/") + 1
        if path[:start] != above:  # most lie where the one before does
            above = path[:start]
            root, below = _home(above, folder) or ("", above)
        addresses.append((root, below + path[start:]))
    return addresses


@lru_cache(1 << 10)  # of thousands of files in a folder the last is asked as often
def _home(path: str, folder: str) -> tuple[str, str] | None:
    """What stands before the first folder of a name in a path, in whatever letters, and behind; None without it."""
    parts = path.split("/")[:-1]
    small = [part.lower() for part in parts]
    if folder.lower() not in small:
        return None
    depth = small.index(folder.lower())
    above, below = ("".join(f"{part}/" for part in some) for some in (parts[:depth], parts[depth + 1 :]))
    return above, below


def _pictures(members: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Pictures that are no masks, by root and key."""
    pictures: dict[tuple[str, str], list[str]] = {}
    names = [name for name in members if is_picture(name) and _MASKS.isdisjoint(name.lower().split("/"))]
    for name, *addresses in zip(names, *(_addresses(names, folder) for folder in _PICTURES), strict=True):
        for address in dict.fromkeys(addresses):
            pictures.setdefault(address, []).append(name)
    return pictures


def _roots_of_lists(members: Sequence[str]) -> Iterator[str]:
    for name in members:
        home = _home(f"{dirname(name)}/", "ImageSets") if name.lower().endswith(".txt") else None
        if home is not None:
            yield home[0]


def _read_lists(source: Source, root: str, problems: Problems) -> dict[str, list[str]]:
    """The lines of the lists of the first folder that has some, by name."""
    for folder in _LISTS:
        start = f"{root}ImageSets/{folder}/"
        beginning, end = start.lower(), ".txt"
        names = [name for name in source.members() if name.lower().startswith(beginning) and name.lower().endswith(end)]
        if names:
            lists = {stem(name[len(start) :]): [*texts_of(text_lines(source, name, problems))] for name in names}
            return _of_pictures(lists) if folder in _NUMBERED else lists
    return {}


def _of_pictures(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    """The pictures on lists of objects, which are numbered; without the lists of what objects do."""
    whole = {name for name in lists if not any(name.endswith(f"_{other}") for other in lists)}
    return {name: [_NUMBERS.sub("", line) for line in lines] for name, lines in lists.items() if name in whole}


def _listed(root: str, listed: str, documents: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """The root and the key of a picture as a list names it: VoTT's have the ending of its file."""
    address = root, listed
    return address if address in documents or not is_picture(listed) else (root, stem(listed))


def _with_wholes(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    """The lists, with one of all pictures for each subset that has only those of classes."""
    wholes: dict[str, dict[str, None]] = {}
    for name, lines in lists.items():
        _, line, subset = name.rpartition("_")
        marked = line and subset in (*SPLITS, _JOINED)
        marks = [_MARKED.fullmatch(text) for text in lines if not is_comment(text)] if marked else []
        if marks and all(marks) and subset not in lists:
            wholes.setdefault(subset, {}).update(dict.fromkeys(mark[1] for mark in marks if mark))
    return lists | {subset: [*keys] for subset, keys in wholes.items()}


def _is_joined(name: str, lists: Mapping[str, Sequence[str]]) -> bool:
    """Whether a list is the sum of others."""
    return name == _JOINED and any(set(lists[name]) & set(lines) for other, lines in lists.items() if other != name)


def _is_marked(name: str, lines: Sequence[str], lists: Mapping[str, Sequence[str]]) -> bool:
    """Whether a list is one of a class: every picture has a mark, and another list is called as its end."""
    whole = any(name.endswith(f"_{other}") for other in lists)
    return whole and all(_MARKED.fullmatch(line) or is_comment(line) for line in lines)


def _classes(
    root: str, lists: Mapping[str, Sequence[str]], plain: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[str, str, str], Sequence[str]]]:
    for name, lines in lists.items():
        subset = max((other for other in plain if name.endswith(f"_{other}")), key=len, default="")
        if name not in plain and subset and subset != _JOINED:
            marks = (_MARKED.fullmatch(line) for line in lines)
            yield (root, name[: -len(subset) - 1], subset), [m[1] for m in marks if m and m[2] == "1"]


def _folder_subset(key: str) -> str:
    """Roboflow's folders are subsets."""
    first = key.split("/", 1)[0]
    return first if "/" in key and first in SPLITS else ""


def picture_name(entry: Entry, given: str) -> str:
    """The name of a picture.  given: what the file says of it, which may be old, bare, or empty."""
    head, _, end = given.rpartition(".")
    if head == entry.key and end in _ENDINGS and head[-1:].isalnum() and "\\" not in head:
        return given  # as most are: the same as below, in a third of the time
    key = entry.key
    if not entry.root and entry.subset and key.startswith(f"{entry.subset}/"):
        key = key[len(entry.subset) + 1 :]
    given = given.replace("\\", "/")
    if stem(given) in (key, entry.key) and (is_picture(given) or not entry.picture):
        return given
    end = entry.picture or given
    ending = end[len(stem(end)) :]
    if entry.picture or stem(basename(given)) in (basename(key), "") or not is_picture(given):
        return key + ending if is_picture(end) or basename(given) == basename(key) + ending else key
    return f"{dirname(key)}/{basename(given)}".lstrip("/")
