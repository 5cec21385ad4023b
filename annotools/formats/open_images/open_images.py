"""Open Images V6 1.0: boxes, masks and labels of pictures, in tables.

    annotations/class-descriptions.csv                       /m/0k4j,Car               the label is called Car
    annotations/train-images-with-rotation.csv               ImageID,Subset,OriginalURL, ...
    annotations/train-annotations-bbox.csv                   ImageID,Source,LabelName,Confidence,XMin,XMax,YMin, ...
    annotations/train-annotations-human-imagelabels.csv      ImageID,Source,LabelName,Confidence
    annotations/train-annotations-object-segmentation.csv    MaskPath,ImageID,LabelName,BoxID,BoxXMin, ...
    annotations/images.meta                                  a/b 480 640               height and width
    annotations/bbox_labels_600_hierarchy.json               {"LabelName": "/m/0bl9f", "Subcategory": [...]}
    masks/train/ab_car_00000000.png, images/train/a/b.jpg    pictures where they are written along

Tables of pictures without a subset are called `default`.  Sides are shares of the picture; turned boxes, polygons and
ellipses are masks.  What the original says beside (IsGroupOf, BoxID, URLs, codes of labels) comes back.  Read are the
files of the original too, whatever the folder; labels that a picture does not have (confidence 0) are left out.
Source: https://storage.googleapis.com/openimages/web/download_v7.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.csvfile import table_text
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.mask_checks import BOX, MASKS
from annotools.formats.kernel.picture_files import ended_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.open_images import open_images_cvat, tables, whole_tables, writing
from annotools.formats.open_images.reading import DECIMALS, Meaning, read_rows
from annotools.model import MASK, RECTANGLE, Dataset, Keeps
from annotools.model.rounding import Px
from annotools.transform.row_conditions import of_class

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """Definitions, the tables of each subset, masks, and pictures."""
    codes, frames = whole_tables.codes_of(dataset), dataset.frames
    rows = ((codes[label.id], label.name) for label in dataset.labels.top)
    yield tables.CLASSES, [table_text((), rows, head=False)]
    yield tables.HIERARCHY, [whole_tables.hierarchy(dataset)]
    sizes = zip(frames.names, frames.width.tolist(), frames.height.tolist(), strict=True)
    yield tables.META, [tables.sizes_text((name, w, h) for name, w, h in sizes if w > 0 and h > 0)]
    for subset, listed in writing.subsets_of(dataset).items():
        yield writing.table_name(subset, "images-with-rotation"), [whole_tables.images(dataset, subset, listed)]
        yield writing.table_name(subset, "annotations-human-imagelabels"), [whole_tables.labels(dataset, listed, codes)]
        yield writing.table_name(subset, "annotations-bbox"), [whole_tables.boxes(dataset, listed, codes)]
        yield from whole_tables.masks(dataset, subset, listed, codes)
    yield from writing.pictures(dataset, ended_names(dataset, media), media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems, Meaning())
    return rows.read()


_TYPES = ",".join(
    [
        *(f"shapes.{flag}:whole" for flag in sorted(tables.FLAGS)), "shapes.box_source:text", "shapes.box_id:text",
        "shapes.predicted_iou:scalar", "shapes.clicks:text", "tags.label_source:text", "tags.confidence:number",
        "frames.open_images:texts",
    ]
)  # fmt: skip
FORMAT = Format(
    slug="open-images", name="Open Images V6 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "score"}), MASK: frozenset()}, tags=frozenset(),
        labels=frozenset({"name"}), frames=frozenset({"name", "size", "subsets"}),
        extras={
            "shapes": frozenset({*tables.FLAGS, "box_source", "box_id", "predicted_iou", "clicks"}),
            "tags": frozenset({"label_source", "confidence"}), "frames": frozenset({"open_images"}),
            "labels": frozenset({"mid"}), "dataset": frozenset({"hierarchy"}),
        },
        uses=frozenset({"frames.size"}), rounding=Px(DECIMALS),
        conditions=(
            *MASKS, BOX,
            of_class("tags"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "rotated-boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "tighten-masks", "drawable-only=rectangle,mask", "stem-names", "unique-names=all",
        "one-line-names", "folder-subsets=/", "frames-by-subset=default",
        f"typed-extras={_TYPES}",
    ),
    dialects={"cvat": open_images_cvat.FORMAT}, read=read, write=write, sniff=tables.is_open_images,
    members=writing.MEMBERS, mark=tables.CLASSES,
    letters=("annotations", "images", "masks"),
    about="boxes, masks and labels of pictures in tables, as Google's data set has them",
)  # fmt: skip
