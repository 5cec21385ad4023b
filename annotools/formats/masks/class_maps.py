"""Which class the pixels of a picture are of: by colours or by numbers, with or without a list that names them.

    labelmap.txt          name:r,g,b:parts:actions       Pascal VOC, CVAT
    label_colors.txt      r g b name                     CamVid, CVAT's KITTI and Cityscapes
    class_dict.csv        name,r,g,b                     CamVid as it is passed round
    _classes.csv          Pixel Value, Class             Roboflow

A list may lie anywhere.  A picture with a palette says colours, or places in the list if its colours are none of the
list's; a grey one says places, or shades that the list has, if white is one of them.  A list without a background has
it before its first class.  What 255 is, `borders` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from posixpath import basename
from typing import Protocol

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.classes import BACKGROUND, VOC_CLASSES, Color, color_map
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.formats.kernel.painting import Pixels, colors_of, strange_colors
from annotools.formats.kernel.repairs import Repairs
from annotools.formats.masks.borders import ALIEN, ALONE, SINGLE, UNLISTED, Borders
from annotools.model import Dataset, Label
from annotools.model.colors import hex_color, rgb, voc_palette
from annotools.model.columns import Ints
from annotools.storage import Source

MAPS = ("labelmap.txt", "label_colors.txt", "class_dict.csv", "_classes.csv")
NOTHING, UNKNOWN = -1, -2
BORDER, BORDER_COLOR = 255, 0xE0E0C0
_WHITE = 0xFFFFFF  # the colour of 255 in a grey picture, as of a mask of two values
_EMPTY = ("background", "_background_", "void", "unlabeled", "unlabelled", "ignore", "none")
_CSV = re.compile(r"\s*+(?P<name>(?:\S(?:.*?\S)??)??)\s*+,\s*(?P<color>\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3})\s*")
_NUMBERED = re.compile(r"\s*+(?P<number>\d{1,5})\s*,\s*+(?P<name>(?:.*\S)?)\s*+")


class ClassNames(Protocol):
    """Names the classes of a picture."""

    def of(self, values: Ints, pixels: Pixels, member: str) -> list[str | None]:
        """The class of each value that a picture has; None for what is none.  values: no two alike."""


class ClassMap(msgspec.Struct, frozen=True, dict=True):
    """The classes of a list.

    names, colors: by number, the background too; of None no colour is said.  borders: what is to be told of 255.
    """

    names: tuple[str, ...]
    colors: tuple[int | None, ...]
    problems: Problems
    borders: Borders = msgspec.field(default_factory=Borders)

    @cached_property
    def background(self) -> int:
        """The number of the class that is none; -1 where the list has no such."""
        pairs = [*zip((name.lower() for name in self.names), self.colors, strict=True)]
        empty = [n for n, (name, color) in enumerate(pairs) if name in _EMPTY and not color]
        return empty[0] if empty else NOTHING

    @cached_property
    def _by_color(self) -> dict[int, int]:
        given = {color: number for number, color in reversed([*enumerate(self.colors)]) if color is not None}
        return {0: NOTHING, BORDER_COLOR: NOTHING} | given

    def labels(self) -> list[Label]:
        """The classes as labels, in their order."""
        colors = [f"#{color:06x}" if color is not None else "" for color in self.colors]
        named = {self.names[n]: color for n, color in reversed([*enumerate(colors)]) if self._is(n)}
        return [Label(number, name, color=named[name]) for number, name in enumerate(reversed(named), 1)]

    def _is(self, number: int) -> bool:
        return 0 <= number < len(self.names) and number != self.background

    def of(self, values: Ints, pixels: Pixels, member: str) -> list[str | None]:
        """The class of each value; those of no class are a problem."""
        colors = colors_of(values, pixels)
        numbers = np.array([self._by_color.get(color, UNKNOWN) for color in colors.tolist()], np.int64)
        if not pixels.colored:
            numbers = self._placed(values, numbers, pixels)
            self._tell_of_border(values, colors, numbers, member)
        strange = numbers == UNKNOWN
        if strange.any():
            self.problems.append(_strange(values, colors, strange, pixels, member))
        return [self.names[number] if self._is(number) else None for number in numbers.tolist()]

    def _placed(self, values: Ints, numbers: Ints, pixels: Pixels) -> Ints:
        """Classes by place in the list, a background before its first; by colour where that says more.

        numbers: by colour.
        """
        places = values if self.background != NOTHING else values - 1
        border = (values == BORDER) & (len(self.names) <= BORDER)
        places = np.where(border, self._single if _are_bare(values) else NOTHING, places)
        fits, known = places < len(self.names), numbers != UNKNOWN
        white = bool((values == BORDER).any()) and self._is(self._by_color.get(_WHITE, UNKNOWN))
        if known.all() and (pixels.palette is not None or white or not fits.all()):
            return numbers
        return np.where(fits, places, UNKNOWN) if fits.all() or pixels.palette is None else numbers

    def _tell_of_border(self, values: Ints, colors: Ints, numbers: Ints, member: str) -> None:
        """Note a picture whose 255 was passed over, or taken for the only class, where no colour says so."""
        for color, number in zip(colors[values == BORDER].tolist(), numbers[values == BORDER].tolist(), strict=True):
            if number == NOTHING and color not in (0, BORDER_COLOR):
                self.borders.note(ALONE if _are_bare(values) else ALIEN, member)
            elif number == self._single != NOTHING and color != self.colors[number]:
                self.borders.note(SINGLE, member)

    @cached_property
    def _single(self) -> int:
        """The only class, NOTHING where there are several."""
        classes = [number for number in range(len(self.names)) if self._is(number)]
        return classes[0] if len(classes) == 1 else NOTHING


def _are_bare(values: Ints) -> bool:
    """Whether a picture has nothing but 255 and 0."""
    return bool(np.isin(values, (0, BORDER)).all())


def _strange(values: Ints, colors: Ints, strange: Ints, pixels: Pixels, member: str) -> Problem:
    if pixels.colored or pixels.palette is not None:
        return strange_colors(np.sort(colors[strange]), member)
    few = ", ".join(map(str, np.sort(values[strange])[:5].tolist()))
    return Problem(f"has the number {few}", member, expected="numbers of the classes")


class MadeNames(msgspec.Struct, frozen=True):
    """Names of classes where nothing names them: VOC's for its palette, else after numbers and colours."""

    repairs: Repairs
    borders: Borders = msgspec.field(default_factory=Borders)

    def of(self, values: Ints, pixels: Pixels, member: str) -> list[str | None]:
        """The class of each value."""
        colors = colors_of(values, pixels)
        names = [*self._names(values, colors, pixels)]
        border = colors[values == BORDER]
        if not pixels.colored and not _are_bare(values) and not np.isin(border, (0, BORDER_COLOR)).all():
            self.borders.note(UNLISTED, member)
        if any(names):
            example = f"{member}: {next(filter(None, names))}"
            self.repairs.note("class", "no list names the colours, so it is called after its own", example)
        return names

    @staticmethod
    def _names(values: Ints, colors: Ints, pixels: Pixels) -> Iterable[str | None]:
        if not pixels.colored:
            ignored = {0} if _are_bare(values) else {0, BORDER}
            voc = pixels.palette is not None and _are_voc(values, colors)
            for value in values.tolist():
                named = VOC_CLASSES[value] if voc and value < len(VOC_CLASSES) else f"class_{value}"
                yield None if value in ignored else named
            return
        for color in colors.tolist():
            yield None if color in (0, BORDER_COLOR) else f"#{color:06x}"


def _are_voc(values: Ints, colors: Ints) -> bool:
    inner = values != BORDER
    palette = voc_palette(len(VOC_CLASSES)) @ np.array([1 << 16, 1 << 8, 1])
    return bool((values[inner] < len(palette)).all() and (palette[values[inner]] == colors[inner]).all())


def class_map(source: Source, problems: Problems) -> ClassMap | None:
    """What the list of a source says; None where it has none."""
    lists = [name for name in source.members() if basename(name).lower() in MAPS]
    if not lists:
        return None
    name = min(lists, key=lambda name: (MAPS.index(basename(name).lower()), name.count("/"), name))
    return as_map(_read(source, name, problems), problems)


def as_map(colors: Sequence[Color], problems: Problems) -> ClassMap:
    """The classes of a list."""
    packed = [None if one.color is None else int(hex_color(one.color)[1:], 16) for one in colors]
    return ClassMap(tuple(one.name for one in colors), tuple(packed), problems)


def _read(source: Source, name: str, problems: Problems) -> list[Color]:
    if not name.lower().endswith(".csv"):
        return color_map(source, name, problems)
    colors: dict[int, Color] = {}
    for number, text in enumerate(texts_of(text_lines(source, name, problems))):
        colored, numbered = _CSV.fullmatch(text), _NUMBERED.fullmatch(text)
        if colored:
            red, green, blue = map(int, colored["color"].split(","))
            colors[len(colors)] = Color(colored["name"], (red, green, blue))
        elif numbered:
            colors[int(numbered["number"])] = Color(numbered["name"], None)
        elif number:
            problems.append(Problem(f"is {text[:40]!r}", name, number + 1, expected="a name and a colour"))
    return [colors.get(number, Color(f"class_{number}", None)) for number in range(max(colors, default=-1) + 1)]


def classes_of(source: Source, context: Dataset | None, problems: Problems, repairs: Repairs) -> ClassMap | MadeNames:
    """What names the classes of a source: its list, the colours of the task's labels, or what is seen."""
    listed = class_map(source, problems)
    if listed is not None:
        return listed
    labels = [label for label in context.labels.top if rgb(label.color)] if context is not None else []
    if not labels:
        return MadeNames(repairs)
    colors = [Color(BACKGROUND, (0, 0, 0)), *(Color(label.name, rgb(label.color)) for label in labels)]
    return as_map(colors, problems)


def defined(classes: ClassNames) -> list[Label]:
    """The labels that a list defines."""
    return classes.labels() if isinstance(classes, ClassMap) else []
