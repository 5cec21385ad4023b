"""ICDAR Text Segmentation: the pixels of characters, in colours that lines of a text explain.

    train/a_GT.txt            128 0 0 - - 10 20 60 40 "a"       colour, centre (- for unknown), box, what is written
                              0 128 0 - - 60 20 90 40 "b"       a word; an empty line stands between words
    train/a_GT.bmp            RGB, white where nothing is
    train/images/a.jpg        where pictures are written along; `default` for pictures without a subset

Everything is of the label `icdar`, what is written there is its attribute `text`, and a word is a group.  Boxes,
polygons and ellipses become masks, of which only what is to be seen is left.  Every picture has a text, every one of
known size masks.  A line that begins with # is of what nobody is to look at.
Source: https://rrc.cvc.uab.es/?ch=2&com=tasks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar import segmentation_cvat
from annotools.formats.icdar.segmentation_bitmap import bitmap, box_of
from annotools.formats.icdar.segmentation_rows import IMAGES, TRUTH, is_segmentation, read_rows
from annotools.formats.icdar.texts import folder_of, quoted, texts_of
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import FITTING, SEEN
from annotools.formats.kernel.picture_files import ended_names, pictures
from annotools.formats.kernel.rows import Rows
from annotools.model import MASK, Dataset, Keeps, Owner
from annotools.model.colors import voc_palette
from annotools.model.columns import Ints
from annotools.transform.picture_files import picture_key

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A text for each picture, the masks of each whose size is known, and pictures."""
    frames, shapes = dataset.frames, dataset.shapes
    words = ByFrame(shapes.frame, len(frames), height=_words(dataset))
    texts, sizes = texts_of(dataset, Owner.SHAPE), frames.sizes(np.arange(len(frames)))
    centers = shapes.extras["center"].plain() if "center" in shapes.extras else [None] * len(shapes)
    for frame, (name, subset) in enumerate(zip(frames.names, frames.subsets, strict=True)):
        rows = words.rows(frame)
        start = f"{folder_of(subset)}/{picture_key(name) if options.images else name}{TRUTH}"
        colors = voc_palette(len(rows) + 1)[1:]
        lines = [
            f"{' '.join(map(str, color))} {centers[row] or '- -'} {box_of(shapes.points(row))}{_word(texts.get(row))}\n"
            for row, color in zip(rows.tolist(), colors.tolist(), strict=True)
        ]
        yield f"{start}.txt", ["".join(_in_words(lines, shapes.group[rows])).encode()]
        if (sizes[frame] > 0).all():
            yield f"{start}.bmp", [bitmap(dataset, rows, colors, sizes[frame])]
    paths = zip(frames.subsets, ended_names(dataset, media), strict=True)
    yield from pictures([f"{folder_of(subset)}/{IMAGES}/{name}" for subset, name in paths], media, options)


def _words(dataset: Dataset) -> Ints:
    """Numbers by which shapes of one word stand together."""
    group = dataset.shapes.group.astype(np.int64)
    return np.where(group > 0, group, group.max(initial=0) + 1 + np.arange(len(group)))


def _in_words(lines: Sequence[str], group: Ints) -> Sequence[str]:
    """Lines with an empty one between words."""
    apart = [bool(n and (number == 0 or number != group[n - 1])) for n, number in enumerate(group.tolist())]
    return ["\n" * new + line for new, line in zip(apart, lines, strict=True)]


def _word(text: str | None) -> str:
    return "" if text is None else f" {quoted(text)}"


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems)
    return rows.read()


def steps(options: WriteOptions) -> tuple[str, ...]:
    """The pipeline.  Without pictures nothing says how their names end."""
    bare = () if options.images else ("stem-names",)
    return (
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "clip-masks", "drawable-only=mask", "visible-masks", "frame-groups", "one-label=icdar",
        "only-attributes=text", "one-line-values", "typed-extras=shapes.center:pair",
        "folder-subsets=images", "frames-by-subset=default",
        "unique-stems", *bare,
        "frames-by-name=default",
    )  # fmt: skip


FORMAT = Format(
    slug="icdar-segmentation", name="ICDAR Segmentation 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset({"group", "attributes"})}, labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name", "size", "subsets"}), extras={"shapes": frozenset({"center"})},
        conditions=(SEEN, FITTING),
    ),
    pipeline=steps, dialects={"cvat": segmentation_cvat.FORMAT}, read=read, write=write, sniff=is_segmentation,
    members=("**_GT.txt", "**_GT.bmp", "*/images/**"), subsets_first=True, letters=("*_GT.*", "images"),
    about="pixels of characters, with what they say",
)  # fmt: skip
