"""What is drawn on the pictures, whatever the format: columns for a thousand annotations at a time.

Pictures are 640 x 480 and have 80 labels.  Outlines have 20 to 30 points of two decimals around a centre, every tenth
annotation has a second part, every hundredth is a mask.  Inputs of boxes alone have pictures of 1920 x 1080.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sizes import Size

LABELS = 80
BATCH = 1_000
WIDTH, HEIGHT = 640, 480
BOX_WIDTH, BOX_HEIGHT = 1920, 1080
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def label_names() -> list[str]:
    """Names of the labels, in order."""
    return [f"label {number}" for number in range(1, LABELS + 1)]


def frame_name(frame: int) -> str:
    """The file name of a picture."""
    return f"{frame:012d}.jpg"


@dataclass(frozen=True)
class Outlines:
    """Annotations with outlines or masks.

    number, frame, label: (n,), label from 0.  parts: (n, 2, points, 2) px.  two: (n,), whether the second part counts.
    masks: (n,), which are masks instead: `staircase` of them.
    """

    number: Ints
    frame: Ints
    label: Ints
    parts: Floats
    two: NDArray[np.bool_]
    masks: NDArray[np.bool_]

    def flat(self) -> list[list[list[float]]]:
        """Both parts of each, as x0 y0 x1 y1 ..."""
        nested: list[list[list[float]]] = self.parts.reshape(*self.parts.shape[:2], -1).tolist()
        return nested

    def areas(self) -> Floats:
        """Of the parts that count, in px."""
        x, y = self.parts[..., 0], self.parts[..., 1]
        crossed = x * np.roll(y, -1, axis=-1) - y * np.roll(x, -1, axis=-1)
        each: Floats = np.abs(crossed.sum(axis=-1)) / 2
        return np.round(each[:, 0] + each[:, 1] * self.two, 4)

    def boxes(self) -> Floats:
        """(n, 4), left, top, width, height around the parts that count."""
        lows, highs = self.parts.min(axis=2), self.parts.max(axis=2)
        low = np.where(self.two[:, None], lows.min(axis=1), lows[:, 0])
        high = np.where(self.two[:, None], highs.max(axis=1), highs[:, 0])
        return np.concatenate((low, np.round(high - low, 2)), axis=1)


@dataclass(frozen=True)
class Boxes:
    """Annotations that are boxes.  number, frame, label: (n,), label from 0.  xywh: (n, 4) px, two decimals."""

    number: Ints
    frame: Ints
    label: Ints
    xywh: Floats


def frames_of(count: int, frames: int, *, ordered: bool) -> Ints:
    """The picture of each annotation, by chance; in the order of pictures where a format goes by them."""
    numbers = np.random.default_rng(1).integers(frames, size=count)
    return np.sort(numbers) if ordered else numbers


def outlines(size: Size, *, ordered: bool = False) -> Iterator[Outlines]:
    """All annotations of a size."""
    frames = frames_of(size.annotations, size.frames, ordered=ordered)
    for first in range(0, size.annotations, BATCH):
        number = np.arange(first, min(first + BATCH, size.annotations))
        rng = np.random.default_rng((2, first))
        label = rng.integers(LABELS, size=len(number))
        parts = _parts(rng, len(number), 20 + first // BATCH * 7 % 11)
        yield Outlines(number, frames[number], label, parts, number % 10 == 1, number % 100 == 0)


def _parts(rng: np.random.Generator, count: int, points: int) -> Floats:
    """Polygons around centres that do not cross themselves, and a smaller one to the right of each."""
    turn = np.arange(points) * (2 * np.pi / points)
    radius = rng.uniform(5, 50, (count, 1))
    far = radius * rng.uniform(0.7, 1, (count, points))
    around = np.stack((far * np.cos(turn), far * np.sin(turn)), axis=-1)
    centre = rng.uniform((60, 60), (WIDTH - 120, HEIGHT - 60), (count, 1, 2))
    beside = centre + np.stack((radius * 1.6, radius * 0), axis=-1)
    return np.round(np.stack((centre + around, beside + around / 2), axis=1), 2)


def staircase(number: int) -> tuple[int, int, NDArray[np.bool_]]:
    """A mask: its left and top edge in px, and which pixels of its box it has."""
    rng = np.random.default_rng((3, number))
    left, top, width, height = rng.integers((0, 0, 10, 10), (WIDTH - 60, HEIGHT - 60, 60, 60))
    heights = rng.integers(1, height + 1, size=width)
    heights[rng.integers(width)] = height
    return int(left), int(top), np.arange(height)[:, None] < heights


def runs(flat: NDArray[np.bool_]) -> list[int]:
    """Lengths of the runs, beginning with one of pixels that are not set."""
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=not flat[-1]))
    lengths: list[int] = np.diff(edges, prepend=0).tolist()
    return lengths


def boxes(size: Size, *, ordered: bool = False) -> Iterator[Boxes]:
    """All annotations of a size, as boxes on pictures of 1920 x 1080."""
    frames = frames_of(size.annotations, size.frames, ordered=ordered)
    for first in range(0, size.annotations, BATCH):
        number = np.arange(first, min(first + BATCH, size.annotations))
        rng = np.random.default_rng((4, first))
        xywh = rng.uniform((0, 0, 5, 5), (1700, 900, 200, 150), (len(number), 4))
        yield Boxes(number, frames[number], rng.integers(LABELS, size=len(number)), np.round(xywh, 2))


def by_frame(rows: Iterable[tuple[int, Any]], frames: int) -> Iterator[tuple[int, list[Any]]]:
    """Each frame with its rows, none where it has none.  rows: in the order of frames."""
    done = 0
    for frame, group in groupby(rows, key=itemgetter(0)):
        yield from ((bare, []) for bare in range(done, frame))
        yield frame, [row for _, row in group]
        done = frame + 1
    yield from ((bare, []) for bare in range(done, frames))
