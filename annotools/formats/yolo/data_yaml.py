"""What a data.yaml of YOLOv5 to v11 says: the classes, and which pictures and label files there are.

    path: ../datasets/coco8          may be missing, absolute, or of another machine
    train: images/train              a folder, a list of pictures (train.txt), a picture, or several of these
    val: ../valid/images             Roboflow's: beside its folder, not beside this file
    names: [person, car]             or {0: person, 3: car}, or a file; with nc alone class_0, class_1 ...

The labels of a picture lie where the last folder `images` of its path is `labels`, else beside it.  Paths are found by
their ends, so it does not matter where the folder lay when the file was written.
Source: https://docs.ultralytics.com/datasets/detect/ and what tools write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Any

from annotools.errors import Problem, Problems
from annotools.formats.kernel import yamlfile
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.lines import is_comment, text_lines, texts_of
from annotools.formats.kernel.members import is_note
from annotools.formats.yolo.layout import (
    CLASS_LISTS,
    NO_SPARE_SUBSET,
    NO_SUCH_SUBSET,
    Entry,
    Layout,
    Members,
    label_path,
    name_below,
)
from annotools.matching import folded, stem
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

SPLITS = ("train", "val", "valid", "validation", "test", "minival")
_NEEDED = SPLITS[:4]  # without which a trainer stops
# Keys that are no subset, whatever their value looks like.
OTHER_KEYS = frozenset(
    {
        "path", "names", "nc", "download", "kpt_shape", "kpt_names", "flip_idx", "channels", "roboflow", "backup",
        "classes", "task", "yaml_file", "license", "description",
    }
)  # fmt: skip
_MOST_CLASSES = 100_000
_YAML = (".yaml", ".yml")
NAMES = ("data.yaml", "dataset.yaml")


def yaml_member(source: Source) -> str:
    """The data.yaml of a source: that which lies highest, and is called so if several do; empty for none."""
    names = [name for name in source.members() if name.lower().endswith(_YAML)]
    return min(names, key=lambda name: (name.count("/"), basename(name) not in NAMES, name), default="")


def layout_of(source: Source, problems: Problems) -> Layout | None:
    """What the data.yaml of a source says; None, and a problem, where it says nothing."""
    member = yaml_member(source)
    if not member:
        problems.append(Problem("has no data.yaml", source.name, expected="one that names classes and pictures"))
        return None
    keys = yamlfile.read(source, member, problems, texts=True)
    if not isinstance(keys, dict):
        if keys is not None:
            problems.append(Problem("holds no keys", member, expected="names and train, val or test"))
        return None
    names, pictures = class_names(keys, source, member, problems), _Pictures(source, member, keys, problems)
    return Layout(member, names, list(pictures), keys, isinstance(keys.get("names"), list | dict | str))


def class_names(keys: Mapping[str, Any], source: Source, member: str, problems: Problems) -> dict[int, str]:
    """The classes by number."""
    names = keys.get("names")
    if isinstance(names, str) and names:
        listing = Members(source, dirname(member)).member(names)
        names = label_list(source, listing, problems) if listing else [names]
    if isinstance(names, list):
        return {number: name for number, name in enumerate(map(str, names)) if name}
    if isinstance(names, dict):
        return dict(_numbered(names, member, problems))
    count = str(keys.get("nc", ""))
    if not count.isdecimal() or int(count[:9]) > _MOST_CLASSES:
        problems.append(Problem("names no classes", member, expected="names, or nc"))
        return {}
    return {number: f"class_{number}" for number in range(int(count))}


def _numbered(names: Mapping[Any, Any], member: str, problems: Problems) -> Iterator[tuple[int, str]]:
    for key, name in names.items():
        if str(key).isdecimal() and len(str(key)) < 10:
            yield int(key), str(name)
        else:
            problems.append(Problem(f"class {str(key)[:40]!r} has no number", member, expected="a number from 0"))


def subset_keys(keys: Mapping[str, Any]) -> list[str]:
    """The keys that name pictures: the common ones, and whatever else has a path."""
    given = [key for key in keys if key not in OTHER_KEYS and isinstance(key, str)]
    return [key for key in given if key in SPLITS or any(_is_path(text) for text in _texts(keys[key]))]


def _is_path(text: str) -> bool:
    return text.lower().endswith(".txt") or "images" in text.split("/")


def _texts(value: Any) -> list[str]:
    """The paths that a key names, however deep; where the labels lie is told by the pictures."""
    if isinstance(value, dict):
        return [text for key, below in value.items() if key != "labels" for text in _texts(below)]
    texts = value if isinstance(value, list) else [value]
    return [text for text in texts if isinstance(text, str) and text.strip()]


class _Pictures:
    """The pictures that a data.yaml names, each once in a subset."""

    def __init__(self, source: Source, member: str, keys: Mapping[str, Any], problems: Problems) -> None:
        self._source, self._member, self._said = source, member, keys
        self._problems = problems
        self._members = Members(source, dirname(member))
        self._root = keys["path"] if isinstance(keys.get("path"), str) else ""
        self._seen: set[tuple[str, str]] = set()

    def __iter__(self) -> Iterator[Entry]:
        for subset in subset_keys(self._said):
            pairs = [pair for text in _texts(self._said[subset]) for pair in self._listed(subset, text)]
            times = Counter(name for name, _ in pairs)
            for name, path in pairs:
                yield Entry(subset, path if times[name] > 1 else name, *self._members.of_picture(path))

    def _listed(self, subset: str, text: str) -> Iterator[tuple[str, str]]:
        """Names and paths of the pictures of one path."""
        whole = f"{self._root}/{text}"
        if text.lower().endswith(".txt"):
            listing = self._members.member(whole)
            lines = texts_of(text_lines(self._source, listing, self._problems)) if listing else ()
            named = (path for path in lines if not is_comment(path) or any(self._members.of_picture(path)))
            pairs = ((name_below(path, subset), path) for path in named)
        elif is_picture(text) and any(self._members.of_picture(whole)):
            listing = text
            pairs = ((path, whole) for path in (name_below(text, subset),))
        else:
            listing = self._members.folder(whole)
            pairs = ((path[len(listing) + 1 :], path) for path in self._in_folder(listing))
        if not listing:
            message = f"{subset} is {text!r}, which is not there"
            kind = NO_SUCH_SUBSET if subset in _NEEDED else NO_SPARE_SUBSET
            self._problems.append(Problem(message, self._member, expected="a path", kind=kind))
        for name, path in pairs:
            if (subset, path) not in self._seen:
                self._seen.add((subset, path))
                yield name, path

    def _in_folder(self, folder: str) -> Iterator[str]:
        """The pictures of a folder, and those that only their labels speak of."""
        pictures = [name for name in self._members.below(folder) if is_picture(name)]
        yield from pictures
        beside = self._members.label_folder(folder)
        if beside == folder:
            return
        known = {folded(stem(label_path(name))) for name in pictures}
        for name in self._members.below(beside):
            if name.lower().endswith(".txt") and folded(stem(name)) not in known and not _is_other(basename(name)):
                yield folder + stem(name)[len(beside) :]


def _is_other(name: str) -> bool:
    """Whether a text beside labels is none: labelling tools save a list of classes there."""
    return name.lower() in CLASS_LISTS or is_note(name)
