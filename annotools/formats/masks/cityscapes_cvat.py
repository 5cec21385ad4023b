"""Cityscapes as the CVAT server writes and reads it.

    labels by name behind the background, points of skeletons too; instances of all classes counted from 1 on a picture;
    files only where masks are; its importer stops at names of two words, and at a task without a label `background`

Source: CVAT 2.73 dataset_manager/formats/cityscapes.py, its fork of Datumaro: cityscapes_format.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.classes import BACKGROUND
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.masks.cityscapes_layout import BASE, COLORS, INSTANCES, LABELS, read_rows
from annotools.formats.masks.scenes import color_lines, lines, pictures, scenes
from annotools.formats.masks.server import by_key, demand_single_words, places_in_list, server_classes, stored
from annotools.model import MASK, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The list of colours, and three pictures for each frame with masks."""
    classes = server_classes(dataset, background="first")
    yield "label_colors.txt", lines([*color_lines(classes.names, classes.colors)])
    for scene in scenes(dataset, endings=True):
        kinds = classes.index(dataset.shapes.label[scene.rows])
        numbers = kinds * BASE + places_in_list(scene.rows)
        start = f"gtFine/{scene.subset}/{scene.key}_gtFine_"
        yield f"{start}{INSTANCES}.png", scene.numbered(dataset, numbers, 16)
        yield f"{start}{LABELS}.png", scene.numbered(dataset, kinds)
        yield f"{start}{COLORS}.png", scene.colored(dataset, kinds, classes.colors)
    yield from pictures(dataset, media, options, "imgsFine/leftImg8bit/{subset}", "_leftImg8bit")


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    demand_single_words(source)
    if context is not None and len(context.labels) and context.labels.resolve(BACKGROUND, -1) is None:
        message = "the server's importer takes what is not a mask for one, and the task has no label 'background'"
        raise InputError(Problem(message, source.name, expected="a task with that label"))
    rows = Rows(source, context, problems, options, matching=by_key)
    read_rows(rows, source, problems, outlines=False)
    return stored(rows.read(), options)


FORMAT = Format(
    slug="cityscapes", name="Cityscapes 1.0",
    keeps=Keeps(
        shapes={MASK: frozenset()}, labels=frozenset({"name", "color", "sublabels"}),
        frames=frozenset({"name", "size", "subsets"}), uses=frozenset({"shapes.z_order"}), conditions=SERVER_MASKS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks=boxes", "painted-frames",
        "server-file-names", "frames-by-subset=default", "frames-by-name",
    ),
    quirks=("mask-export", "mask-import", "cityscapes-import"), read=read, write=write,
)  # fmt: skip
