"""Pictures in folders that are called after their labels: where each goes, and what folders say.

    train/cat/a.jpg   train/dog/a_1.jpg   train/no_label/b.jpg      subset train; two pictures called a.jpg
    cat/a.jpg         dog/b.jpg                                     no subset
    data/train/cat/a.jpg                                            what all have in common says nothing

A picture of two labels lies in two folders, and such a copy is not told from another picture of that name, so names
keep their label's folder: `cat/a.jpg`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count

import msgspec
import numpy as np

from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.matching import stem
from annotools.model import Label
from annotools.storage.picture_names import is_picture

NO_SUBSET = "default"  # the folder of pictures without a subset
NO_LABEL = "no_label"  # the folder of pictures without a label
SPLITS = ("train", "val", "valid", "validation", "test", "default")
_UNSAFE = re.compile(r'[/\\<>:"|?*\x00-\x1f\x7f]|^\.+$|^$|[. ]+$')


def folder_names(names: Iterable[str]) -> list[str]:
    """A folder for each label: its name where a folder can have it, and each another, whatever the case."""
    taken = {NO_LABEL}
    return [_free(_UNSAFE.sub("_", name), "", taken) for name in names]


def flat_names(names: Iterable[str], taken: set[str]) -> list[str]:
    """Names of pictures without folders, each another; folders are put before the name only where two meet.

    taken: what is there already; the new names are added.
    """
    flat = []
    for name in names:
        above, _, base = name.rpartition("/")
        path = f"{above.replace('/', '_')}_{base}" if above and base.casefold() in taken else base
        flat.append(_free(stem(path), path[len(stem(path)) :], taken))
    return flat


def _free(start: str, end: str, taken: set[str]) -> str:
    tries = (start if n == 0 else f"{start}_{n}" for n in count())
    name = next(new for new in tries if f"{new}{end}".casefold() not in taken)
    taken.add(f"{name}{end}".casefold())
    return name + end


class FolderPicture(msgspec.Struct, frozen=True):
    """A picture in a folder.  label: empty for none.  name: its path below its subset."""

    subset: str
    label: str
    name: str
    member: str


def folder_pictures(members: Sequence[str]) -> list[FolderPicture]:
    """What the folders of pictures say; pictures that lie in none say nothing and are left out."""
    paths = [(name, name.split("/")) for name in members if is_picture(name)]
    paths = [(name, parts) for name, parts in paths if len(parts) > 1]
    start = 0
    while paths and _common(paths, start):
        start += 1
    split = _are_split(paths, start)
    pictures = []
    for name, parts in paths:
        subset, rest = (parts[start], parts[start + 1 :]) if split else ("", parts[start:])
        label = "" if rest[0] == NO_LABEL or len(rest) < 2 else rest[0]
        pictures.append(FolderPicture("" if subset == "default" else subset, label, "/".join(rest), name))
    return pictures


def _common(paths: Sequence[tuple[str, list[str]]], start: int) -> bool:
    """Whether all pictures lie below one folder that is neither subset nor label."""
    first = {parts[start] for _, parts in paths if len(parts) > start + 2}
    return len(first) == 1 and all(len(parts) > start + 2 for _, parts in paths) and not first & {*SPLITS}


def _are_split(paths: Sequence[tuple[str, list[str]]], start: int) -> bool:
    """Whether the first folders are subsets: others lie in all of them, or in some and all are called so."""
    deep = [len(parts) > start + 2 for _, parts in paths]
    return bool(paths) and (all(deep) or (any(deep) and {parts[start] for _, parts in paths} <= {*SPLITS}))


def add_pictures(rows: Rows, pictures: list[FolderPicture], defined: Sequence[Label] = ()) -> None:
    """Frames and tags of pictures in the folders of their labels, subset by subset.  defined: all labels, if listed."""
    pictures = sorted(pictures, key=lambda picture: (picture.subset or NO_SUBSET, picture.name))
    at = At([picture.member for picture in pictures], which=np.arange(len(pictures)))
    names, subsets = ([getattr(picture, key) for picture in pictures] for key in ("name", "subset"))
    frames = rows.frames(names, subsets=subsets, at=at)
    rows.pictures(frames, [picture.member for picture in pictures])
    labelled = np.array([row for row, picture in enumerate(pictures) if picture.label], np.int64)
    names = [pictures[row].label for row in labelled.tolist()]
    rows.label_defs(defined or [Label(n, name) for n, name in enumerate(sorted(set(names)), 1)])
    if names:
        rows.tags(frames[labelled], rows.labels(names, at=at[labelled]), at[labelled])
