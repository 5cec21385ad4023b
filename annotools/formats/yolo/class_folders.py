"""What labels.json and folders say of whole pictures.

train/labels.json   {"a/b.jpg": {"labels": ["cat"], "path": "cat/b.jpg"}}     or "a/b", as the CVAT server has it
train/cat/b.jpg     folders alone, where there is no labels.json
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, dirname, join, normpath
from typing import Any, NamedTuple

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel import jsonfile
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.label_folders import add_pictures, folder_pictures
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.matching import stem
from annotools.model import Label
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

LABELS, CLASSES = "labels.json", "classes.txt"
NO_SUBSET = "default"  # the folder of pictures without a subset
UNLABELLED = "unlabelled"
_EXPECTED = "labels, a list of texts, and path, a text"


class Entry(NamedTuple):
    """A picture.  member: empty where it is not there.  document: the labels.json that names it."""

    subset: str
    name: str
    labels: list[str]
    member: str
    document: str


def documents(source: Source) -> dict[str, str]:
    """The labels.json of each subset, in the order of the subsets."""
    members = [name for name in source.members() if basename(name) == LABELS]
    known = class_list(source)
    if len(members) == 1 and not known:
        return {basename(dirname(members[0])): members[0]}
    shared = dirname(known) if known else _common([dirname(name).split("/") for name in members])
    by_subset = {dirname(name).removeprefix(shared).strip("/"): name for name in members}
    return {subset: by_subset[subset] for subset in sorted(by_subset)}


def class_list(source: Source) -> str:
    """The member that lists the classes, the highest if there are several; empty for none."""
    lists = [name for name in source.members() if basename(name) == CLASSES]
    return min(lists, key=lambda name: name.count("/"), default="")


def _common(paths: list[list[str]]) -> str:
    """What folders lie in all together."""
    first, last = min(paths, default=[]), max(paths, default=[])
    shared = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return "/".join(first[:shared])


def read_rows(rows: Rows, source: Source, problems: Problems) -> None:
    """Pictures and their labels."""
    by_subset = documents(source)
    if not by_subset:
        _read_folders(rows, source, problems)
        return
    entries = [entry for subset, member in by_subset.items() for entry in _entries(source, subset, member, problems)]
    names = label_list(source, class_list(source), problems) if class_list(source) else []
    used = dict.fromkeys(label for entry in entries for label in entry.labels)
    rows.label_defs(Label(n, name) for n, name in enumerate(filter(None, names or used), 1))
    members = [*by_subset.values()]
    at = At(members, which=np.array([members.index(entry.document) for entry in entries], np.int64))
    frames = rows.frames([e.name for e in entries], subsets=[e.subset for e in entries], at=at)
    pictured = [n for n, entry in enumerate(entries) if entry.member]
    rows.pictures(frames[pictured], [entries[n].member for n in pictured])
    owner = np.repeat(np.arange(len(entries)), [len(entry.labels) for entry in entries])
    if len(owner):
        labels = rows.labels([label for entry in entries for label in entry.labels], at=at[owner])
        rows.tags(frames[owner], labels, at[owner])


def _entries(source: Source, subset: str, member: str, problems: Problems) -> Iterator[Entry]:
    value = jsonfile.read(source, member, problems)
    if value is not None and not isinstance(value, dict):
        problems.append(Problem("is not an object", member, expected="pictures with their labels"))
    for key, entry in value.items() if isinstance(value, dict) else ():
        if not _is_entry(entry):
            problems.append(Problem("is not a picture", member, pointer=f"/{key[:80]}", expected=_EXPECTED))
            continue
        path = normpath(join(dirname(member), entry["path"]))
        end = path[len(stem(path)) :] if not is_picture(key) and _is_end(key, path) else ""
        there = member_named(source, path) if is_picture(path) else ""
        yield Entry("" if subset == NO_SUBSET else subset, key + end, entry["labels"], there, member)


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("path", ""), str):
        return False
    labels = entry.get("labels")
    entry.setdefault("path", "")
    return isinstance(labels, list) and all(isinstance(label, str) and label for label in labels)


def _is_end(key: str, path: str) -> bool:
    """Whether a key is the name of a picture without its ending."""
    return is_picture(path) and basename(stem(path)) == basename(key)


def _read_folders(rows: Rows, source: Source, problems: Problems) -> None:
    pictures = folder_pictures(source.members())
    if not pictures:
        expected = f"{LABELS}, or pictures in folders called after labels"
        problems.append(Problem("holds no labelled pictures", source.name, expected=expected))
        return
    add_pictures(rows, pictures)


def is_classification(source: Source) -> bool:
    """Whether a source is certainly of labels of pictures: a labels.json of a subset says so."""
    for member in documents(source).values():
        value = jsonfile.read(source, member, Problems()) if dirname(member) else None
        if isinstance(value, dict) and all(_is_entry(entry) and "path" in entry for entry in value.values()):
            return True
    return False
