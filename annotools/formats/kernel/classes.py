"""Labels <-> class numbers <-> colours, and the lists in which files say which is which.

labels  car, person (head, hand)       numbers  car 0  person 1           with sublabels  head 2  hand 3
                                       with background  background 0  car 1  person 2

label_list     one name a line                     obj.names, labels.txt, classes.txt
color_map      name:r,g,b:parts:actions            labelmap.txt of Pascal VOC
               r g b name                          label_colors.txt of CamVid
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Literal

import msgspec
import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.model import Dataset, Label
from annotools.model.colors import BLACK, distinct, hex_color, rgb, voc_palette
from annotools.model.columns import Array, Ints
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source

__all__ = [
    "BACKGROUND", "VOC_CLASSES", "Classes", "Color", "color_lines", "color_map", "hex_color", "label_list", "places_of",
    "rgb", "voc_palette",
]  # fmt: skip

BACKGROUND = "background"
# What the classes of the VOC challenge are, for datasets that say nothing of theirs.
VOC_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
Order = Literal["defined", "name"]
_VOC = re.compile(r"(?P<name>.*?):(?P<color>\d{1,3},\d{1,3},\d{1,3})(?::(?P<parts>[^:]*):(?P<actions>[^:]*))?")
_BARE = re.compile(r"(?P<name>.*?):(?P<color>):(?P<parts>[^:]*):(?P<actions>[^:]*)")
_CAMVID = re.compile(r"(?P<color>\d{1,3}\s+\d{1,3}\s+\d{1,3})\s+(?P<name>\S.*)")


class Classes(msgspec.Struct, frozen=True, dict=True):
    """The labels of a dataset that are classes, in the order of their numbers.

    background: whether class 0 is none of them.  numbers: of the labels, where they have gaps.
    """

    labels: tuple[Label, ...]
    background: bool = False
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, dataset: Dataset, *, background: bool = False, order: Order = "defined", sublabels: bool = False
    ) -> Classes:
        """The labels of a dataset.  sublabels: whether points of skeletons are classes too."""
        labels = dataset.labels.rows if sublabels else dataset.labels.top
        if order == "name":
            labels = tuple(sorted(labels, key=lambda label: label.name))
        return cls(tuple(labels), background)

    @classmethod
    def numbered(cls, dataset: Dataset, extra: str) -> Classes:
        """The labels with the numbers that an extra of theirs says, from 0 on; those without get the free ones."""
        own: dict[int, Label] = {}
        for label in dataset.labels.top:
            number = dict(label.extras).get(extra)
            if isinstance(number, int) and number >= 0:
                own.setdefault(number, label)
        held = {label.id for label in own.values()}
        rest = [label for label in dataset.labels.top if label.id not in held]
        taken = frozenset(own)
        pairs = [*own.items(), *zip((n for n in count() if n not in taken), rest, strict=False)]
        pairs.sort(key=lambda pair: pair[0])
        return cls(tuple(label for _, label in pairs), numbers=tuple(number for number, _ in pairs))

    def __len__(self) -> int:
        return len(self.labels) + self.background

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each class."""
        return (BACKGROUND,) * self.background + tuple(label.name for label in self.labels)

    @cached_property
    def ids(self) -> Ints:
        """The label of each class, -1 for the background."""
        return np.array([-1] * self.background + [label.id for label in self.labels], np.int64)

    def index(self, labels: Array) -> Ints:
        """The class of each label id, -1 for one that has none."""
        places = places_of(self.ids, labels)
        return np.append(np.array(self.numbers, np.int64), -1)[places] if self.numbers else places

    def palette(self) -> Ints:
        """(n, 3) red, green, blue: the labels' own colours, and VOC's where a label has none or one that is taken."""
        own = distinct([rgb(label.color) for label in self.labels])
        return np.array([BLACK] * self.background + own, np.int64).reshape(-1, 3)


def places_of(known: Ints, values: Array) -> Ints:
    """The place of each value among the known ones, -1 for one that is not; of equal ones the first."""
    if not len(known):
        return np.full(len(values), -1, np.int64)
    order = np.argsort(known, kind="stable")
    position = order[np.minimum(np.searchsorted(known, values, sorter=order), len(known) - 1)]
    return np.where(known[position] == values, position, -1)


class Color(msgspec.Struct, frozen=True):
    """A class of a colour map.  color: None where the file leaves it open."""

    name: str
    color: tuple[int, int, int] | None
    parts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


def label_list(source: Source, name: str, problems: Problems) -> list[str]:
    """The names of a list, one a line; blank lines at its end are none, one between keeps its number."""
    lines = [line.decode("utf-8", "replace").strip() for line in text_lines(source, name, problems)]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def color_map(source: Source, name: str, problems: Problems) -> list[Color]:
    """The classes of a colour map of either kind; a line that is none is a problem."""
    colors, wrong = [], RowProblems(LINES)
    for number, line in enumerate(text_lines(source, name, problems), 1):
        for text in texts_of([line]):
            match = _CAMVID.fullmatch(text) or _VOC.fullmatch(text) or _BARE.fullmatch(text)
            color = _color(match.groupdict()) if match else None
            if color is not None:
                colors.append(color)
            elif not text.startswith("#"):
                wrong.add(number, f"is {text[:40]!r}", name, "name:r,g,b:parts:actions")
    problems.extend(wrong.all())
    return colors


def _color(groups: Mapping[str, str | None]) -> Color | None:
    red, green, blue = [*map(int, re.findall(r"\d+", groups["color"] or "")), None, None, None][:3]
    names = [tuple(filter(None, (groups.get(key) or "").split(","))) for key in ("parts", "actions")]
    if red is None or green is None or blue is None:
        return Color(groups["name"] or "", None, *names)
    return Color(groups["name"] or "", (red, green, blue), *names) if max(red, green, blue) < 256 else None


def color_lines(names: Sequence[str], palette: Array) -> Iterable[str]:
    """The lines of a labelmap.txt, its head first."""
    yield "# label:color_rgb:parts:actions"
    for name, color in zip(names, palette.tolist(), strict=True):
        yield f"{name}:{','.join(map(str, color))}::"
