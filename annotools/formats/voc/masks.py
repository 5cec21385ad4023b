"""Masks of VOC: two pictures, of the class and of the instance at each pixel.

    SegmentationClass/a.png     0 background, 1 .. the classes, 255 border, in the colours of the labelmap
    SegmentationObject/a.png    0 background, 1 .. the instances, 255 border

Instances are numbered on behind the boxes of their picture: number n means the n-th object of the XML, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import VOC_CLASSES, Color, voc_palette
from annotools.formats.kernel.mask_pngs import Look, mask_pngs
from annotools.formats.kernel.painting import masks_of, unpaint
from annotools.formats.kernel.rows import Rows
from annotools.geometry.ragged import Ragged, offsets_of
from annotools.model import Dataset
from annotools.model.columns import Array, Ints, distinct
from annotools.scale import mapped
from annotools.storage import Source

CLASS, INSTANCE = "SegmentationClass", "SegmentationObject"
BORDER, MOST = 255, 254
_ONLY_BORDER = "it has nothing but 255, which is the border"
_NO_INSTANCE = "pixels of a class are of no instance"
PALETTE = voc_palette(256)
_AT_ONCE, _ONE = 1 << 15, 1 << 8  # numbers of masks whose pictures are made together; as many as a picture costs


def pictures(dataset: Dataset, masks: ByFrame, classes: Ints, first: Ints) -> Iterator[tuple[bytes, bytes]]:
    """The pictures of classes and of instances of each frame that has masks; those of some frames are made at a time.

    classes: the class of every row of shapes.  first: (frames,) the number of the first instance.
    """
    frames = np.flatnonzero(np.diff(masks.ends))
    counts = np.diff(offsets_of(dataset.shapes.counts_of(masks.order))[masks.ends])[frames]
    cuts = np.searchsorted(offsets_of(counts + _ONE), np.arange(0, counts.sum() + _ONE * len(frames), _AT_ONCE))
    together = pairwise(distinct(np.append(cuts, len(frames))).tolist())
    parts = (_part(dataset, masks, frames[start:stop], classes, first) for start, stop in together)
    for kinds, instances in mapped(_painted, parts):
        yield from zip(kinds, instances, strict=True)


def _part(dataset: Dataset, masks: ByFrame, frames: Ints, classes: Ints, first: Ints) -> tuple[Any, ...]:
    """What pictures of some frames are made of: masks, the picture of each, sizes, classes and instances."""
    shapes, begin = dataset.shapes, masks.ends[frames[0]]
    rows = masks.order[begin : masks.ends[frames[-1] + 1]]
    picture = np.searchsorted(frames, shapes.frame[rows])
    numbers = first[frames][picture] + np.arange(len(rows)) - (masks.ends[frames] - begin)[picture]
    order = np.lexsort((shapes.z_order[rows], picture))
    drawn, sizes = shapes.points_of(rows[order]), dataset.frames.sizes(frames)
    return drawn, picture[order], sizes, classes[rows[order]].astype(np.uint8), numbers[order].astype(np.uint8)


def _painted(masks: Ragged, picture: Ints, sizes: Ints, kinds: Array, numbers: Array) -> list[list[bytes]]:
    return mask_pngs(masks, picture, sizes, Look.indexed(kinds, PALETTE), Look.indexed(numbers, PALETTE))


class Masks(msgspec.Struct, frozen=True):
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
        self._members = {name[:-4].lower(): name for name in source.members() if name.lower().endswith(".png")}
        self._names = [color.name for color in colors] or list(VOC_CLASSES)
        palette = PALETTE.copy()
        for number, color in enumerate(colors[:BORDER]):
            palette[number] = color.color or palette[number]
        self._palette = palette
        self._left: dict[str, list[str]] = {}  # pictures of which something is passed over, by what that is

    def read(self, root: str, key: str) -> Masks | None:
        """The masks of a picture; without a picture of instances, one of each class."""
        kinds = self._picture(f"{root}{CLASS}/{key}", self._palette)
        if kinds is None:
            return None
        instances = self._picture(f"{root}{INSTANCE}/{key}", PALETTE)
        if instances is None or instances.shape != kinds.shape:
            instances = kinds
        member = self._members[f"{root}{CLASS}/{key}".lower()]
        classes = (kinds > 0) & (kinds != BORDER)
        there = classes & (instances > 0) & (instances != BORDER)
        if not classes.any() and (kinds == BORDER).any():
            self._left.setdefault(_ONLY_BORDER, []).append(member)
        elif (classes & (instances == 0)).any():
            self._left.setdefault(_NO_INSTANCE, []).append(member)
        instances = np.where(there, instances, 0)
        numbers = distinct(instances[there])
        likeliest = [int(np.bincount(kinds[instances == number]).argmax()) for number in numbers.tolist()]
        names = [self._names[kind] if kind < len(self._names) else f"class_{kind}" for kind in likeliest]
        if not len(numbers):
            return None
        return Masks(member, names, numbers, masks_of(instances, numbers))

    def tell(self, rows: Rows) -> None:
        """Tell of what was passed over."""
        for why, members in self._left.items():
            rows.left_out("mask", len(members), why=f"{why}, as in {members[0]}")

    def _picture(self, path: str, palette: Ints) -> Ints | None:
        member = self._members.get(path.lower(), "")
        if not member:
            return None
        try:
            return unpaint(self._source.read(member), palette, member, self._problems)
        except InputError as error:
            self._problems.extend(error.problems)
            return None
