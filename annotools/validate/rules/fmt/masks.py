"""Formats of masks as pictures: what lists of colours and files say, and what CVAT's importers make of it.

    labelmap.txt  car:255,0,0::        label_colors.txt  255 0 0 car        training/label_2/a.txt  car 0 0 -10 ...

Colours and numbers of the pictures themselves are the readers' to judge.
Source: CVAT 2.73 dataset_manager/formats, its fork of Datumaro: the extractors of these formats
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from annotools.errors import Problems
from annotools.formats.kernel.classes import Color, color_map
from annotools.formats.kernel.lines import text_lines
from annotools.formats.masks.class_maps import MAPS
from annotools.formats.masks.kitti_layout import BOXES, CLASSES, INSTANCES, places_of
from annotools.formats.masks.mask_rows import Entry
from annotools.formats.masks.voc_layout import entries_of
from annotools.model.colors import hex_color
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_BY_COLOR = ("segmentation-mask", "camvid")
_ONE_WORD = ("camvid", "cityscapes")
_MOST_COLUMNS = 16


def lists_of_colors(ctx: Context) -> tuple[tuple[str, list[Color]], ...]:
    """The lists of colours of the input, and what they say."""
    if ctx.source is None or ctx.slug not in {*_BY_COLOR, *_ONE_WORD}:
        return ()
    names = [name for name in ctx.source.members() if basename(name) in MAPS[:2]]
    return tuple((name, color_map(ctx.source, name, Problems())) for name in names)


@rule("FMT050", "colour-of-two-classes", ERROR, needs=SOURCE, proof="source: CVAT's importer, colours to classes")
def colour_of_two_classes(ctx: Context) -> Found | None:
    """Two classes of a list of colours have one colour.

    Why: pixels say nothing but their colour, so that all of them become the one class, and the other is empty.
    Bad:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\nbus:9,0,0::\\n"}}

        {"from": "camvid", "files": {"label_colors.txt": "9 0 0 car\\n9 0 0 bus\\n", "train.txt": ""}}
    Good:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\nbus:9,9,0::\\n"}}
    Source: https://docs.cvat.ai/docs/manual/advanced/formats/format-smask/
    """
    return ctx.found([*_repeated(ctx)] if ctx.slug in _BY_COLOR else [])


def _repeated(ctx: Context) -> Iterator[Fault]:
    for name, colors in ctx.once(lists_of_colors):
        known: dict[tuple[int, ...], str] = {}
        for one in colors:
            if one.color is not None and known.setdefault(one.color, one.name) != one.name:
                text = f"{one.name[:40]!r} has the colour of {known[one.color][:40]!r}, {hex_color(one.color)}"
                yield Fault("FMT050", name, "", text)


@rule("FMT051", "name-of-several-words", INFO, upload=ERROR, needs=SOURCE, proof="golden/images, its reimport")
def name_of_several_words(ctx: Context) -> Found | None:
    """A label of CamVid, Cityscapes or KITTI has a space in its name.

    Why: the server writes such names, and its importers stop at them: they take lines apart at spaces. Rename the
        label before the export, or import in another format.
    Bad:
        {"from": "cityscapes", "files": {"label_colors.txt": "0 0 0 background\\n9 0 0 left hand\\n"}}

        {"from": "kitti", "files": {"train/label_2/a.txt": "left hand 0 0 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\\n"}}
    Good:
        {"from": "cityscapes", "files": {"label_colors.txt": "0 0 0 background\\n9 0 0 left_hand\\n"}}

        {"from": "kitti", "files": {"train/label_2/a.txt": "hand 0 0 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\\n"}}
    Source: source: Datumaro's camvid_format.py, cityscapes_format.py and kitti_format
    """
    text = "label {!r} has a space, at which an import stops"
    faults = [
        Fault("FMT051", name, "", text.format(one.name[:40]))
        for name, colors in (ctx.once(lists_of_colors) if ctx.slug in _ONE_WORD else ())
        for one in colors
        if " " in one.name
    ]
    return ctx.found([*faults, *_long_lines(ctx)])


def _long_lines(ctx: Context) -> Iterator[Fault]:
    """The first line of each file of KITTI that has too many columns."""
    if ctx.source is None or ctx.slug != "kitti":
        return
    for name in places_of(ctx.source)[BOXES].values():
        for number, line in enumerate(text_lines(ctx.source, name, Problems()), 1):
            if len(line.split()) > _MOST_COLUMNS:
                yield Fault("FMT051", name, "", "a label has a space, at which an import stops", line=number)
                break


@rule("FMT052", "masks-that-an-import-drops", INFO, upload=WARNING, needs=SOURCE, proof="golden/video, its reimport")
def masks_that_an_import_drops(ctx: Context) -> Found | None:
    """A dataset of KITTI has boxes on lines and masks in pictures.

    Why: the server's importer takes the boxes and leaves the masks, without a word. Import masks as segmentation mask.
    Bad:
        {"from": "kitti", "files": {"train/label_2/a.txt": "hand 0 0 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\\n",
            "train/semantic/b.png": "masks"}}

        {"from": "kitti", "files": {"train/label_2/a.txt": "hand 0 0 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\\n",
            "train/instance/b.png": "masks"}}
    Good:
        {"from": "kitti", "files": {"train/label_2/a.txt": "hand 0 0 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1 1.0\\n"}}
    Source: source: CVAT's importer of KITTI
    """
    if ctx.source is None or ctx.slug != "kitti":
        return None
    places = places_of(ctx.source)
    pictures = [*places[INSTANCES].values(), *places[CLASSES].values()]
    text = f"{len(pictures):,} pictures of masks are left out by an import"
    return ctx.found([Fault("FMT052", pictures[0], "", text)] if pictures and places[BOXES] else [])


@rule("FMT053", "no-list-of-colours", INFO, upload=WARNING, needs=SOURCE, proof="source: CVAT's importer, its default")
def no_list_of_colours(ctx: Context) -> Found | None:
    """Masks come without a list that says which colour is which class.

    Why: the server's importer takes the classes and colours of the Pascal VOC or CamVid challenge then, and stops at a
        colour or a label that these do not have.
    Bad:
        {"from": "segmentation-mask", "files": {"SegmentationClass/a.png": "masks"}}

        {"from": "camvid", "files": {"train.txt": "/default/a.png /defaultannot/a.png\\n",
            "defaultannot/a.png": "masks"}}
    Good:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "SegmentationClass/a.png": "masks"}}
    Source: https://docs.cvat.ai/docs/manual/advanced/formats/format-smask/
    """
    if ctx.source is None or ctx.slug not in _BY_COLOR or ctx.once(lists_of_colors):
        return None
    expected = MAPS[_BY_COLOR.index(ctx.slug)]
    return ctx.found([Fault("FMT053", ctx.source.name, "", f"has no {expected}, which names the colours")])


@rule("FMT054", "no-label-for-the-background", INFO, upload=ERROR, needs=SOURCE, proof="golden/video, its reimport")
def no_label_for_the_background(ctx: Context) -> Found | None:
    """A dataset of Cityscapes is for a task without a label `background`.

    Why: the server's importer takes what is not a mask for one of the class 0, and refuses the whole where the task has
        no such label. Add it to the task for the import, or import as segmentation mask.
    Bad:
        {"from": "cityscapes", "labels": {"results": [{"id": 1, "name": "car"}]},
         "files": {"label_colors.txt": "0 0 0 background\\n9 0 0 car\\n"}}
    Good:
        {"from": "cityscapes", "labels": {"results": [{"id": 1, "name": "car"}, {"id": 2, "name": "background"}]},
         "files": {"label_colors.txt": "0 0 0 background\\n9 0 0 car\\n"}}

        {"from": "cityscapes", "files": {"label_colors.txt": "0 0 0 background\\n9 0 0 car\\n"}}
    Source: source: CVAT's importer of Cityscapes
    """
    task = ctx.subject.elsewhere
    if ctx.source is None or ctx.slug != "cityscapes" or task is None or not len(task.labels):
        return None
    known = any(label.name == "background" for label in task.labels)
    text = "the task has no label 'background', at which an import stops"
    return ctx.found([] if known else [Fault("FMT054", ctx.source.name, "", text)])


def entries(ctx: Context) -> tuple[Entry, ...]:
    """The pictures of masks in the layout of VOC."""
    if ctx.source is None or ctx.slug != "segmentation-mask":
        return ()
    return tuple(entries_of(ctx.source, Problems()))


@rule("FMT055", "instances-without-classes", WARNING, needs=SOURCE, proof="source: readers open SegmentationClass")
def instances_without_classes(ctx: Context) -> Found | None:
    """A picture of instances has no picture of classes of its name.

    Why: it says which pixels belong together and not what they are, so that readers leave it out.
    Bad:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "ImageSets/Segmentation/train.txt": "a\\n", "SegmentationObject/a.png": "masks"}}
    Good:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "SegmentationObject/a.png": "masks", "SegmentationClass/a.png": "masks"}}
    Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
    """
    bare = [entry.instances for entry in ctx.once(entries) if entry.instances and not entry.classes]
    return ctx.found([Fault("FMT055", name, "", "there is no picture of classes of this name") for name in bare])


@rule(
    "FMT056", "listed-without-masks", INFO, upload=OFF, needs=SOURCE, proof="source: trainers open all that is listed"
)
def listed_without_masks(ctx: Context) -> Found | None:
    """A picture stands in a list of `ImageSets/Segmentation` and has no masks.

    Why: trainers open the masks of every picture that is listed, and stop at the first that is not there. The server
        lists pictures with nothing on them, too.
    Bad:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "ImageSets/Segmentation/train.txt": "a\\nb\\n", "SegmentationClass/a.png": "masks"}}

        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "ImageSets/Segmentation/train.txt": "street/a\\n"}}
    Good:
        {"from": "segmentation-mask", "files": {"labelmap.txt": "background:0,0,0::\\ncar:9,0,0::\\n",
            "ImageSets/Segmentation/train.txt": "a\\n", "SegmentationClass/a.png": "masks"}}
    Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
    """
    bare = [entry.name for entry in ctx.once(entries) if not entry.classes and not entry.instances]
    name = ctx.source.name if ctx.source is not None else ""
    return ctx.found([Fault("FMT056", name, "", f"lists {key[:60]!r}, which has no masks") for key in bare])
