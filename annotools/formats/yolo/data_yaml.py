"""What a data.yaml of YOLOv5 to v11 says: the classes, and which pictures and label files there are.

    path: ../datasets/coco8          may be missing, absolute, or of another machine
    train: images/train              a folder, a list of pictures (train.txt), or several of either
    val: ../valid/images             Roboflow's: beside its folder, not beside this file
    names: [person, car]             or {0: person, 3: car}, or a file; with nc alone class_0, class_1 ...

The labels of a picture lie where the last folder `images` of its path is `labels`, else beside it.  Paths are found by
their ends, so it does not matter where the folder lay when the file was written.
Source: https://docs.ultralytics.com/datasets/detect/ and what tools write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from posixpath import basename, dirname
from typing import Any

from annotools.errors import Problem, Problems
from annotools.formats.kernel import yamlfile
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.formats.kernel.members import stem
from annotools.storage import Source
from annotools.storage.media import is_picture

NO_SUCH_SUBSET = "no-such-subset"  # kind of problem
SPLITS = ("train", "val", "valid", "validation", "test", "minival")
# Keys that are no subset, whatever their value looks like.
OTHER_KEYS = frozenset(
    {
        "path", "names", "nc", "download", "kpt_shape", "kpt_names", "flip_idx", "channels", "roboflow", "backup",
        "classes", "task", "yaml_file", "license", "description",
    }
)  # fmt: skip
_MOST_CLASSES = 100_000
_LOOKED_AT = 100  # files that may have no line, to tell what the others are
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture.  name: below the folder of its subset.  picture, labels: members, empty where there is none."""

    subset: str
    name: str
    picture: str
    labels: str


@dataclass(frozen=True)
class Layout:
    """member: the data.yaml.  names: by class number."""

    member: str
    names: Mapping[int, str]
    entries: Sequence[Entry]


def yaml_member(source: Source) -> str:
    """The data.yaml of a source: that which lies highest, and is called so if several do; empty for none."""
    names = [name for name in source.members() if name.lower().endswith(_YAML)]
    wanted = ("data.yaml", "dataset.yaml")
    return min(names, key=lambda name: (name.count("/"), basename(name) not in wanted, name), default="")


def layout_of(source: Source, problems: Problems) -> Layout | None:
    """What the data.yaml of a source says; None, and a problem, where it says nothing."""
    member = yaml_member(source)
    if not member:
        problems.append(Problem("has no data.yaml", source.name, expected="one that names classes and pictures"))
        return None
    said = yamlfile.read(source, member, problems, texts=True)
    if not isinstance(said, dict):
        if said is not None:
            problems.append(Problem("holds no keys", member, expected="names and train, val or test"))
        return None
    return Layout(member, class_names(said, source, member, problems), list(_Pictures(source, member, said, problems)))


def is_detection(source: Source) -> bool:
    """Whether a source is certainly of boxes: a data.yaml, and a line of five columns if there is any line."""
    member = yaml_member(source)
    said = yamlfile.read(source, member, Problems(), texts=True) if member else None
    if not isinstance(said, dict) or not {"names", "nc"} & said.keys() or not subset_keys(said) or "kpt_shape" in said:
        return False
    files = (name for name in source.members() if name.endswith(".txt") and "/" in name)
    for name in islice(files, _LOOKED_AT):
        counts = {len(line.split()) for line in text_lines(source, name, Problems())} - {0}
        if counts and "labels" in name.split("/"):
            return bool(counts & {5, 6})
    return True


def class_names(said: Mapping[str, Any], source: Source, member: str, problems: Problems) -> dict[int, str]:
    """The classes by number."""
    names = said.get("names")
    if isinstance(names, str) and names:
        found = _Members(source, dirname(member)).member(names)
        names = label_list(source, found, problems) if found else [names]
    if isinstance(names, list):
        return {number: name for number, name in enumerate(map(str, names)) if name}
    if isinstance(names, dict):
        return dict(_numbered(names, member, problems))
    count = str(said.get("nc", ""))
    if not count.isdigit() or int(count[:9]) > _MOST_CLASSES:
        problems.append(Problem("names no classes", member, expected="names, or nc"))
        return {}
    return {number: f"class_{number}" for number in range(int(count))}


def _numbered(names: Mapping[Any, Any], member: str, problems: Problems) -> Iterator[tuple[int, str]]:
    for key, name in names.items():
        if str(key).isdigit() and len(str(key)) < 10:
            yield int(key), str(name)
        else:
            problems.append(Problem(f"class {str(key)[:40]!r} has no number", member, expected="a number from 0"))


def subset_keys(said: Mapping[str, Any]) -> list[str]:
    """The keys that name pictures: the common ones, and whatever else has a path."""
    given = [key for key in said if key not in OTHER_KEYS and isinstance(key, str)]
    return [key for key in given if key in SPLITS or any(_is_path(text) for text in _texts(said[key]))]


def _is_path(text: str) -> bool:
    return text.endswith(".txt") or "images" in text.split("/")


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    return [text for text in texts if isinstance(text, str) and text.strip()]


class _Members:
    """The members of a source, found by the ends of paths."""

    def __init__(self, source: Source, home: str) -> None:
        self.files = dict.fromkeys(source.members())
        self.folders = {folder for name in self.files for folder in _above(name)}
        self._home = f"{home}/" if home else ""

    def member(self, path: str, *, labels: bool = False) -> str:
        """The file that a path means, or that of its labels; empty for none."""
        return next((found for found in self._ends(path, labels) if found in self.files), "")

    def folder(self, path: str) -> str:
        """The folder of pictures that a path means, if it or that of their labels is there; empty for none."""
        ends = self._ends(path, False)
        return next((end for end in ends if {end, dirname(label_path(f"{end}/x"))} & self.folders), "")

    def _ends(self, path: str, labels: bool) -> Iterator[str]:
        parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            end = self._home + "/".join(parts[start:])
            yield label_path(end) if labels else end

    def below(self, folder: str) -> list[str]:
        """The files below a folder."""
        return [name for name in self.files if name.startswith(f"{folder}/")] if folder in self.folders else []


def _above(name: str) -> Iterator[str]:
    while name := dirname(name):
        yield name


def label_path(picture: str) -> str:
    """Where the labels of a picture lie."""
    parts = picture.split("/")
    last = len(parts) - 1 - parts[::-1].index("images") if "images" in parts[:-1] else -1
    swapped = [*parts[:last], "labels", *parts[last + 1 :]] if last >= 0 else parts
    return stem("/".join(swapped)) + ".txt"


class _Pictures:
    """The pictures that a data.yaml names, each once."""

    def __init__(self, source: Source, member: str, said: Mapping[str, Any], problems: Problems) -> None:
        self._source, self._member, self._said = source, member, said
        self._problems = problems
        self._members = _Members(source, dirname(member))
        self._root = said["path"] if isinstance(said.get("path"), str) else ""
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[Entry]:
        for subset in subset_keys(self._said):
            found = [pair for text in _texts(self._said[subset]) for pair in self._listed(subset, text)]
            times = Counter(name for name, _ in found)
            for name, path in found:
                picture, labels = self._members.member(path), self._members.member(path, labels=True)
                yield Entry(subset, path if times[name] > 1 else name, picture, labels)

    def _listed(self, subset: str, text: str) -> Iterator[tuple[str, str]]:
        """Names and paths of the pictures of one path."""
        if text.endswith(".txt"):
            listing = self._members.member(f"{self._root}/{text}")
            lines = texts_of(text_lines(self._source, listing, self._problems)) if listing else ()
            found = ((_name_below(path, subset), path) for path in lines)
        else:
            listing = self._members.folder(f"{self._root}/{text}")
            found = ((path[len(listing) + 1 :], path) for path in self._in_folder(listing))
        if not listing:
            said = f"{subset} is {text!r}, which is not there"
            self._problems.append(Problem(said, self._member, expected="a path", kind=NO_SUCH_SUBSET))
        for name, path in found:
            if path not in self._seen:
                self._seen.add(path)
                yield name, path

    def _in_folder(self, folder: str) -> Iterator[str]:
        """The pictures of a folder, and those that only their labels speak of."""
        pictures = [name for name in self._members.below(folder) if is_picture(name)]
        yield from pictures
        beside = dirname(label_path(f"{folder}/x"))
        if beside == folder:
            return
        known = {label_path(name) for name in pictures}
        for name in self._members.below(beside):
            if name.endswith(".txt") and name not in known:
                yield folder + stem(name)[len(beside) :]


def _name_below(path: str, subset: str) -> str:
    """A picture's name below the folder of its subset: `./images/train/a/b.jpg` -> `a/b.jpg`"""
    path = "/" + path.replace("\\", "/").removeprefix("./").lstrip("/")
    for folder in (f"/images/{subset}/", f"/{subset}/images/"):
        if folder in path:
            return path.split(folder, 1)[1]
    return path.rsplit("/images/", 1)[-1].lstrip("/")
