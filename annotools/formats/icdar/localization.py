"""ICDAR Text Localization: where words are on pictures, a line each.

    train/gt_a.txt            10 20 60.5 40 "a \\"word\\""               a box: left, top, right, bottom
                              10,20,60,20,60,40,10,40,"another"        an outline; nothing where the text is not known
    train/images/a.jpg        where pictures are written along; `default` for pictures without a subset

Everything is of the label `icdar`, what is written there is its attribute `text`.  Every picture has a file.  Files as
the competitions have them are read too: without quotes, with a script, with `###` for what nobody can read.
Source: https://rrc.cvc.uab.es/?ch=4&com=tasks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar import localization_cvat
from annotools.formats.icdar.conditions import CONDITIONS
from annotools.formats.icdar.localization_files import IMAGES, PREFIX, is_localization
from annotools.formats.icdar.localization_lines import SCRIPTS, parser
from annotools.formats.icdar.localization_rows import read_rows
from annotools.formats.icdar.texts import folder_of, quoted, texts_of
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.picture_files import ended_names, pictures
from annotools.formats.kernel.rows import Rows
from annotools.model import POLYGON, RECTANGLE, Dataset, Keeps, Owner

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A file for each picture, and pictures."""
    lines, by_frame = word_lines(dataset), ByFrame(dataset.shapes.frame, len(dataset.frames))
    for frame, name in enumerate(file_paths(dataset)):
        yield name, ["".join(lines[row] for row in by_frame.rows(frame).tolist()).encode()]
    yield from pictures(image_paths(dataset, ended_names(dataset, media)), media, options)


def word_lines(dataset: Dataset) -> list[str]:
    """The line of each shape."""
    shapes, texts = dataset.shapes, texts_of(dataset, Owner.SHAPE)
    scripts = shapes.extras["script"].plain() if "script" in shapes.extras else [None] * len(shapes)
    lines = []
    for row, kind in enumerate(shapes.type.tolist()):
        sep = " " if kind == RECTANGLE else ","
        cells = [number(value) for value in shapes.points(row).tolist()]
        if row in texts:
            script = (scripts[row],) if kind == POLYGON and scripts[row] in SCRIPTS else ()
            cells += [*script, quoted(texts[row])]
        lines.append(sep.join(cells) + "\n")
    return lines


def number(value: float) -> str:
    """A number as short as it can be: whole ones without a point."""
    return str(int(value)) if value.is_integer() else repr(value)


def file_paths(dataset: Dataset) -> list[str]:
    """The file of each frame, whose name has no ending."""
    frames = dataset.frames
    parts = [name.rpartition("/") for name in frames.names]
    folders = [folder_of(subset) for subset in frames.subsets]
    return [
        f"{folder}/{above}{slash}{PREFIX}{name}.txt"
        for folder, (above, slash, name) in zip(folders, parts, strict=True)
    ]


def image_paths(dataset: Dataset, names: Sequence[str]) -> list[str]:
    """Where the picture of each frame lies."""
    return [f"{folder_of(s)}/{IMAGES}/{name}" for s, name in zip(dataset.frames.subsets, names, strict=True)]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems, parser)
    return rows.read()


FORMAT = Format(
    slug="icdar-localization", name="ICDAR Localization 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"attributes"}), POLYGON: frozenset({"attributes"})},
        labels=frozenset({"name", "attributes"}), frames=frozenset({"name", "subsets"}),
        extras={"shapes": frozenset({"script"})}, conditions=CONDITIONS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "rotated-boxes-to-polygons", "one-label=icdar",
        "only-attributes=text", "one-line-values", "typed-extras=shapes.script:word",
        "folder-subsets", "frames-by-subset=default", "unique-stems",
        "stem-names",
        "frames-by-name=default",
    ),
    dialects={"cvat": localization_cvat.FORMAT}, read=read, write=write, sniff=is_localization,
    members=("**gt_*.txt", "*/images/**"), subsets_first=True, letters=("gt_*.txt", "images"),
    about="boxes and outlines of words, with what they say",
)  # fmt: skip
