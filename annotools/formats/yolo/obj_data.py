"""What the files of Darknet say of a dataset: obj.data, obj.names and the lists of pictures; or classes.txt alone.

    obj.data        classes = 2        train = data/train.txt    valid = data/valid.txt    names = data/obj.names
    obj.names       car                one class a line, the first is 0
    train.txt       data/obj_train_data/a/b.jpg

The labels of a picture lie beside it, or where the last folder `images` of its path is `labels`.  Without an obj.data
that names lists, labels are what lies about a list of classes (see loose_labels), or by itself (see nameless_labels).
Source: https://github.com/AlexeyAB/darknet#how-to-train-to-detect-your-custom-objects
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from posixpath import basename, dirname

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import is_comment, text_lines, texts_of
from annotools.formats.yolo.data_yaml import yaml_member
from annotools.formats.yolo.layout import (
    NO_SPARE_SUBSET,
    NO_SUCH_SUBSET,
    Entry,
    Layout,
    Members,
    beside,
    label_path,
    name_below,
)
from annotools.formats.yolo.loose_labels import class_lists, class_names, label_files, loose_layout
from annotools.formats.yolo.nameless_labels import are_boxes, cells_of, class_number, nameless_layout
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

OTHER_KEYS = frozenset({"classes", "names", "backup", "eval", "results", "labels", "top", "map", "colors"})
_MOST_CLASSES = 100_000
_PIXELS = re.compile(rb"\d\d+(?:\.\d+)?")
_LOOKED_AT = 100


def data_member(source: Source) -> str:
    """The obj.data of a source, the highest if there are several; empty for none."""
    names = [name for name in source.members() if name.lower().endswith(".data")]
    return min(names, key=lambda name: (name.count("/"), basename(name) != "obj.data", name), default="")


def names_member(source: Source) -> str:
    """The list of classes that an obj.data names, or that lies beside; empty for none."""
    member = data_member(source)
    return _names_member(source, member, keys(source, member) if member else {})


def _names_member(source: Source, member: str, values: Mapping[str, str]) -> str:
    return Members(source, dirname(member)).member(values.get("names", "")) or next(iter(class_lists(source)), "")


def layout_of(source: Source, problems: Problems) -> Layout | None:
    """What the obj.data of a source says, or else its list of classes; None, and a problem, where there is neither."""
    member = data_member(source)
    values = keys(source, member, problems) if member else {}
    names = _names_member(source, member, values)
    if not subset_keys(values) and names:
        return loose_layout(source, names, problems)
    if not member and are_boxes(source):
        return nameless_layout(source)
    if not member:
        problems.append(Problem("has no obj.data", source.name, expected="one that names classes and pictures"))
        return None
    members = Members(source, dirname(member))
    if not names and not values.get("classes", "").isdecimal():
        problems.append(Problem("names no list of classes that is there", member, expected="names = obj.names"))
    pictures = [entry for subset in subset_keys(values) for entry in _listed(source, members, subset, values, problems)]
    return Layout(member, _names(source, names, values, problems), pictures, values, bool(names))


def keys(source: Source, member: str, problems: Problems | None = None) -> dict[str, str]:
    """What the lines of an obj.data say; one that says nothing is a problem."""
    lines = text_lines(source, member, Problems() if problems is None else problems)
    kinds = {line: _pair(line) for line in dict.fromkeys(lines)}
    bad = [line for line, pair in kinds.items() if pair is not None and not pair[1]]
    if bad and problems is not None:
        wrong, places = RowProblems(LINES), {line: index for index, line in enumerate(bad)}
        pairs = [(number, places[line]) for number, line in enumerate(lines, 1) if line in places]
        words = [(f"is {line.decode('utf-8', 'replace').strip()[:40]!r}", member, "key = value") for line in bad]
        wrong.add_each((number for number, _ in pairs), words, (index for _, index in pairs))
        problems.extend(wrong.all())
    pairs_of_lines = (kinds[line] for line in lines) if len(kinds) < len(lines) else kinds.values()
    return {pair[0]: pair[2] for pair in pairs_of_lines if pair is not None and pair[1]}


def _pair(line: bytes) -> tuple[str, bool, str] | None:
    """What a line says, with whether it says something; None for a blank line and a comment."""
    text = line.decode("utf-8", "replace").strip()
    key, equals, value = text.partition("=")
    if not text or text[0] in "#;":
        return None
    return key.strip(), bool(equals and key.strip()), value.strip()


def subset_keys(values: Mapping[str, str]) -> list[str]:
    """The keys that name lists of pictures."""
    return [key for key, value in values.items() if key not in OTHER_KEYS and value]


def _names(source: Source, member: str, values: Mapping[str, str], problems: Problems) -> dict[int, str]:
    if member:
        return class_names(source, member, problems)
    count = values.get("classes", "")[:9]
    return {n: f"class_{n}" for n in range(int(count))} if count.isdecimal() and int(count) <= _MOST_CLASSES else {}


def _listed(
    source: Source, members: Members, subset: str, values: Mapping[str, str], problems: Problems
) -> Iterator[Entry]:
    """The pictures of one list, each once."""
    listing = members.member(values[subset])
    if not listing:
        text = f"{subset} is {values[subset][:80]!r}, which is not there"
        kind = NO_SUCH_SUBSET if subset == "train" else NO_SPARE_SUBSET
        problems.append(Problem(text, data_member(source), expected="a list of pictures", kind=kind))
        return
    paths = dict.fromkeys(texts_of(text_lines(source, listing, problems)))
    there = {path: (members.member(path), members.member(path, beside, label_path)) for path in paths}
    files = {path: some for path, some in there.items() if any(some) or not is_comment(path)}
    below = {path: _below(path, subset, members.known_end(path, *some)) for path, some in files.items()}
    times = Counter(below.values())
    for path, name in below.items():
        yield Entry(subset, path if times[name] > 1 else name, *files[path])


def _below(path: str, subset: str, end: str) -> str:
    """A picture's name below the folder of its subset: `data/obj_train_data/a/b.jpg` -> `a/b.jpg`

    end: what of the path is in the source.
    """
    folder = f"/obj_{subset}_data/"
    whole = "/" + path.replace("\\", "/").removeprefix("./").lstrip("/")
    if folder in whole:
        return whole.split(folder, 1)[1]
    return name_below(end if "/images/" not in whole else whole, subset).removeprefix("data/")


def is_darknet(source: Source) -> bool:
    """Whether a source is certainly Darknet's: an obj.data that names lists, lines of boxes beside classes, or nothing
    but lines of boxes.
    """
    member = data_member(source)
    values = keys(source, member) if member else {}
    if subset_keys(values):
        return bool({"names", "classes"} & values.keys())
    names = _names_member(source, member, values)
    if yaml_member(source):
        return False
    if not names:
        return are_boxes(source)
    files = islice(label_files(source.members(), [names, *class_lists(source)]), _LOOKED_AT)
    lines = next((some for name in files if (some := cells_of(source, name))), [])
    boxes = [cells for cells in lines if len(cells) in (5, 6) and class_number(cells[0]) is not None]
    most = len(boxes) * 2 > len(lines)  # a line that is none is told when it is read
    return most and not all(_is_in_pixels(cells[1:5]) for cells in boxes)


def _is_in_pixels(numbers: list[bytes]) -> bool:
    """Whether a box is of another trade: more than one of its numbers is far from any share."""
    return sum(_PIXELS.fullmatch(number) is not None for number in numbers) > 1
