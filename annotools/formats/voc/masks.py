"""Masks of VOC: two pictures, of the class and of the instance at each pixel.

    SegmentationClass/a.png     0 background, 1 .. the classes, 255 border, in the colours of the labelmap
    SegmentationObject/a.png    0 background, 1 .. the instances, 255 border

Instances are numbered on behind the boxes of their picture: number n means the n-th object of the XML, if there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.kernel.classes import VOC_CLASSES, Color, voc_palette
from annotools.formats.kernel.painting import late_png, masks_of, painting_order, unpaint
from annotools.geometry.ragged import take
from annotools.model import Dataset
from annotools.model.columns import Ints, distinct
from annotools.scale import Late
from annotools.storage import Source

CLASS, INSTANCE = "SegmentationClass", "SegmentationObject"
BORDER, MOST = 255, 254
PALETTE = voc_palette(256)


def pictures(dataset: Dataset, rows: Ints, classes: Ints, first: int, size: tuple[int, int]) -> tuple[Late, Late]:
    """The pictures of classes and of instances of a frame.

    rows: its masks.  classes: the class of every row of shapes.  first: the number of the first instance.
    """
    order = painting_order(dataset, rows)
    masks = take(dataset.shapes.values, dataset.shapes.offsets, order)
    numbers = first + np.searchsorted(np.sort(rows), order)
    kinds, numbers = classes[order].astype(np.uint8), numbers.astype(np.uint8)
    return late_png(masks, kinds, size, PALETTE), late_png(masks, numbers, size, PALETTE)


@dataclass(frozen=True)
class Masks:
    """What the pictures of one frame say: the class and the number of each instance, and their cvat_rles.

    member: the picture of classes.
    """

    member: str
    names: list[str]
    numbers: Ints
    rles: tuple[np.ndarray, Ints]


class MaskReader:
    """Reads the pictures of a source.  colors: of its labelmap, empty where it has none."""

    def __init__(self, source: Source, colors: Sequence[Color], problems: Problems) -> None:
        self._source, self._problems = source, problems
        self._members = {name[:-4]: name for name in source.members() if name.lower().endswith(".png")}
        self._names = [color.name for color in colors] or list(VOC_CLASSES)
        palette = PALETTE.copy()
        for number, color in enumerate(colors[:BORDER]):
            palette[number] = color.color or palette[number]
        self._palette = palette

    def read(self, root: str, key: str) -> Masks | None:
        """The masks of a picture; without a picture of instances, one of each class."""
        kinds = self._picture(f"{root}{CLASS}/{key}", self._palette)
        if kinds is None:
            return None
        instances = self._picture(f"{root}{INSTANCE}/{key}", PALETTE)
        if instances is None or instances.shape != kinds.shape:
            instances = kinds
        there = (kinds > 0) & (kinds != BORDER) & (instances > 0) & (instances != BORDER)
        instances = np.where(there, instances, 0)
        numbers = distinct(instances[there])
        found = [int(np.bincount(kinds[instances == number]).argmax()) for number in numbers.tolist()]
        names = [self._names[kind] if kind < len(self._names) else f"class_{kind}" for kind in found]
        if not len(numbers):
            return None
        return Masks(self._members[f"{root}{CLASS}/{key}"], names, numbers, masks_of(instances, numbers))

    def _picture(self, path: str, palette: Ints) -> Ints | None:
        member = self._members.get(path, "")
        if not member:
            return None
        try:
            return unpaint(self._source.read(member), palette, member, self._problems)
        except InputError as error:
            self._problems.extend(error.problems)
            return None
