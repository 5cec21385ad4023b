"""Labels that nothing lists, about a list of classes: what labelling tools and Roboflow save.

    classes.txt  a.jpg  a.txt                               LabelImg: beside the pictures
    classes.txt  images/a.jpg  labels/a.txt                 Label Studio
    labels/classes.txt  images/a.jpg  labels/a.txt          LabelImg, with a folder to save in
    train/_darknet.labels  train/a.jpg  train/a.txt         Roboflow: one list a subset, all alike
    valid/_darknet.labels  valid/b.jpg  valid/b.txt
    predict/a.jpg  predict/labels/a.txt                     Ultralytics, what it predicts

Every text file that is no note is of a picture: beside it, where the last folder `images` of its path is `labels`, or
in a folder `labels` beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename, dirname

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.members import is_note
from annotools.formats.yolo.data_yaml import SPLITS
from annotools.formats.yolo.layout import CLASS_LISTS, Entry, Layout, below_label_path, loose_label_path
from annotools.matching import folded, stem
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_FOLDERS = {"labels", "labeltxt"}  # the other is of DOTA's lines, of which none is read
_WAYS = (loose_label_path, below_label_path)  # to the labels of a picture
_LISTINGS = ("predefined_classes", "_annotations", "_classes", "train", "valid", "val", "test")


def class_lists(source: Source) -> list[str]:
    """The lists of classes that lie beside labels, or above them, the highest first."""
    ended = [name for name in source.members() if name.lower().endswith(CLASS_LISTS)]
    names = [name for name in ended if basename(name).lower() in CLASS_LISTS]
    return sorted(names, key=lambda name: (name.count("/"), CLASS_LISTS.index(basename(name).lower()), name))


def class_names(source: Source, member: str, problems: Problems) -> dict[int, str]:
    """The classes of a list by number; a line without a name is none."""
    return {number: name for number, name in enumerate(label_list(source, member, problems)) if name}


def label_files(members: Iterable[str], lists: Iterable[str]) -> Iterator[str]:
    """The text files that may be of pictures."""
    known = set(lists)
    for name in members:
        base = stem(basename(name)).lower()
        if name.lower().endswith(".txt") and name not in known and base not in _LISTINGS and not is_note(name):
            yield name


def stray_labels(source: Source, layout: Layout) -> list[str]:
    """The label files that are of no picture which a layout names: beside those that are, or in a folder for labels."""
    mine = {entry.labels for entry in layout.entries}
    homes = {folder for folder in {name.rpartition("/")[0] for name in mine} if folder}
    files = label_files([name for name in source.members() if name not in mine], class_lists(source))
    return [name for name in files if dirname(name) in homes or _FOLDERS & {*dirname(name).lower().split("/")}]


def loose_layout(source: Source, names: str, problems: Problems) -> Layout:
    """Pictures and labels about lists of classes, of which `names` is the first."""
    lists = [names, *(name for name in class_lists(source) if name != names)]
    classes = class_names(source, names, problems)
    homes = _homes(source, lists, classes, problems)
    files: dict[str, list[str]] = {home: [] for home in homes}
    for name in source.members():
        home = next((home for home in homes if name.startswith(home)), None)
        if home is not None:
            files[home].append(name)
    several = len(homes) > 1
    entries = [entry for home, mine in files.items() for entry in entries_of(home, mine, lists, several)]
    return Layout(names, classes, entries)


def _homes(source: Source, lists: list[str], classes: Mapping[int, str], problems: Problems) -> list[str]:
    """The folders that lists are of, the deepest first; one that says other classes than the first is a problem."""
    homes = {}
    for name in lists:
        if class_names(source, name, problems if name != lists[0] else Problems()) == classes:
            homes[_home(name)] = name
        elif _home(name) not in homes:
            message = f"has other classes than {lists[0]}, so what lies about it is left out"
            problems.append(Problem(message, name, expected="the same classes in every list, or one dataset at a time"))
    return sorted(homes, key=lambda home: (-home.count("/"), home))


def _home(member: str) -> str:
    """The folder that a list of classes is of: its own, or that which has a folder for labels alone."""
    folder = dirname(member)
    folder = dirname(folder) if basename(folder) == "labels" else folder
    return f"{folder}/" if folder else ""


def entries_of(home: str, files: list[str], lists: list[str], several: bool) -> Iterator[Entry]:
    """The pictures of a folder.  several: whether there are others, whose subsets their names say."""
    subset = basename(home[:-1]) if several and basename(home[:-1]) in SPLITS else ""
    start = len(home) if subset or not several else 0
    pictures = {stem(name): name for name in files if is_picture(name)}
    labels = {stem(name): name for name in label_files(files, lists)}
    small: dict[str, list[str]] = {}
    for name in labels:
        small.setdefault(folded(name), []).append(name)
    known = {folded(stem(way(name))) for name in pictures.values() for way in _WAYS}
    for key in [*pictures, *(name for name in labels if name not in pictures and folded(name) not in known)]:
        picture = pictures.get(key, "")
        ways = (folded(stem(way(f"{key}.x"))) for way in _WAYS)
        lines = labels.get(key) or next((labels[_called_as(key, small[way])] for way in ways if way in small), "")
        yield Entry(subset, (picture or key)[start:], picture, lines)


def _called_as(key: str, names: Sequence[str]) -> str:
    """Of names that are spelt alike the one whose last part is that of a picture; the last where none is."""
    return next((name for name in names if basename(name) == basename(key)), names[-1])
