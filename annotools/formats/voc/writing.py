"""What the writers of VOC share: texts of attributes, lists of subsets and classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from annotools.formats.base import Members
from annotools.formats.kernel.xmlfile import text
from annotools.formats.voc.layout import NO_SUBSET
from annotools.matching import stems
from annotools.model import Dataset, Frames, Owner, Shapes
from annotools.model.columns import Array, Ints


def number(value: float) -> str:
    """A number as short as it can be: whole ones without a point, which is all that many readers take."""
    return str(int(value)) if value.is_integer() else repr(value)


def subsets_of(dataset: Dataset) -> dict[str, list[int]]:
    """The frames of each list, by its name."""
    subsets = dataset.frames.subsets
    if len(set(subsets)) == 1:
        return {subsets[0] or NO_SUBSET: [*range(len(subsets))]}
    frames_of: dict[str, list[int]] = {}
    for frame, subset in enumerate(subsets):
        frames_of.setdefault(subset or NO_SUBSET, []).append(frame)
    return frames_of


def keys_of(dataset: Dataset, names: Sequence[str] = ()) -> list[str]:
    """What the files of each frame are called, without their endings.  names: of pictures, as far as they differ."""
    keys = stems(names)
    return keys if names and len(set(keys)) == len(keys) else stems(dataset.frames.names)


def list_of(lines: Sequence[str]) -> list[bytes]:
    """The text of a list."""
    return ["".join(f"{line}\n" for line in lines).encode()]


class Marks(msgspec.Struct, frozen=True):
    """Which labels frames are marked with: those of their tags and of what is drawn on them."""

    marked: set[tuple[int, int]]

    @classmethod
    def of(cls, dataset: Dataset, rows: Array) -> Marks:
        """rows: of shapes, those that count."""
        tags, shapes = dataset.tags, dataset.shapes
        frame = np.concatenate([tags.frame, shapes.frame[rows]]).tolist()
        label = np.concatenate([tags.label, shapes.label[rows]]).tolist()
        return cls(set(zip(frame, label, strict=True)))

    def lists(self, names: Mapping[int, str], subset: str, frames: Sequence[int], keys: Sequence[str]) -> Members:
        """A list for each label.  names: by id."""
        for label, name in names.items():
            lines = [f"{keys[frame]} {1 if (frame, label) in self.marked else -1:2d}" for frame in frames]
            yield f"ImageSets/Main/{name}_{subset}.txt", list_of(lines)


def attributes_by_row(dataset: Dataset) -> dict[int, list[tuple[str, str]]]:
    """Names and values on rows of shapes."""
    mine = dataset.attributes.of_kind(Owner.SHAPE)
    specs = dataset.labels.specs
    pairs_of: dict[int, list[tuple[str, str]]] = {}
    for row, spec, value in zip(mine.owner.tolist(), mine.spec.tolist(), mine.texts(), strict=True):
        if spec in specs:
            pairs_of.setdefault(row, []).append((specs[spec][1].name, value))
    return pairs_of


def attribute_elements(pairs: Sequence[tuple[str, str]], indent: str) -> str:
    """<attributes> with an <attribute> for each name and value; nothing for none."""
    if not pairs:
        return ""
    return f"{indent}<attributes>\n{''.join(_attributes(pairs, indent))}{indent}</attributes>\n"


def _attributes(pairs: Sequence[tuple[str, str]], indent: str) -> Iterator[str]:
    step = indent[: len(indent) // 2]
    for name, value in pairs:
        inner = f"{indent}{step}{step}"
        yield f"{indent}{step}<attribute>\n{inner}<name>{text(name)}</name>\n"
        yield f"{inner}<value>{text(value)}</value>\n{indent}{step}</attribute>\n"


def indented(other: str | None, depth: int) -> str:
    """Elements that nobody knows, on a line of their own; nothing for none."""
    tabs = "\t" * depth
    return f"{tabs}{other}\n" if other else ""


def plain_extra(table: Shapes | Frames, name: str) -> list[Any]:
    """The values of an extra of a table, None where there is none."""
    extra = table.extras.get(name)
    return [None] * len(table) if extra is None else extra.plain()


def sizes_of(dataset: Dataset) -> list[tuple[int, int]]:
    """Width and height of every frame."""
    pairs: Ints = dataset.frames.sizes(np.arange(len(dataset.frames)))
    return [(width, height) for width, height in pairs.tolist()]
