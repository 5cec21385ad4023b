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

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.csvfile import table_text
from annotools.formats.kernel.mask_checks import BOX, MASKS
from annotools.formats.kernel.picture_files import ended_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.open_images import open_images_cvat, tables, writing
from annotools.formats.open_images.mask_pictures import mask_png
from annotools.formats.open_images.reading import DECIMALS, Meaning, read_rows
from annotools.model import MASK, RECTANGLE, Condition, Dataset, Keeps, Shapes, Tags
from annotools.model.columns import Bools, Ints
from annotools.model.rounding import Px

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """Definitions, the tables of each subset, masks, and pictures."""
    codes, frames = _codes(dataset), dataset.frames
    rows = ((codes[label.id], label.name) for label in dataset.labels.top)
    yield tables.CLASSES, [table_text((), rows, head=False)]
    yield tables.HIERARCHY, [_hierarchy(dataset)]
    sizes = zip(frames.names, frames.width.tolist(), frames.height.tolist(), strict=True)
    yield tables.META, [tables.sizes_text((name, w, h) for name, w, h in sizes if w > 0 and h > 0)]
    for subset, listed in writing.subsets_of(dataset).items():
        yield writing.table_name(subset, "images-with-rotation"), [_images(dataset, subset, listed)]
        yield writing.table_name(subset, "annotations-human-imagelabels"), [_labels(dataset, listed, codes)]
        yield writing.table_name(subset, "annotations-bbox"), [_boxes(dataset, listed, codes)]
        yield from _masks(dataset, subset, listed, codes)
    yield from writing.pictures(dataset, ended_names(dataset, media), media, options)


def _codes(dataset: Dataset) -> dict[int, str]:
    """What tables call each label: its own code, if no other has that, else its name."""
    found: dict[int, str] = {}
    names = {label.name for label in dataset.labels.top}
    for label in dataset.labels.top:
        code = dict(label.extras).get("mid")
        fine = isinstance(code, str) and code.strip() and code not in names and code not in found.values()
        found[label.id] = str(code) if fine else label.name
    return found


def _hierarchy(dataset: Dataset) -> bytes:
    given = dataset.extras["dataset"].get("hierarchy")
    said: Any = {"LabelName": "/m/0bl9f", "Subcategory": []}
    if given is not None and given.present[0]:
        said = orjson.loads(given.values[0])
    return orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n"


def _images(dataset: Dataset, subset: str, listed: list[int]) -> bytes:
    extra = dataset.frames.extras.get("open_images")
    beside = [None] * len(dataset.frames) if extra is None else extra.plain()
    said = [orjson.loads(beside[frame] or b"{}") for frame in listed]
    names = dataset.frames.names
    rows = (
        (names[frame], subset, *(more.get(column, "") for column in tables.IMAGES[2:]))
        for frame, more in zip(listed, said, strict=True)
    )
    return table_text(tables.IMAGES, rows)


def _labels(dataset: Dataset, listed: list[int], codes: dict[int, str]) -> bytes:
    tags, names = dataset.tags, dataset.frames.names
    rows = _listed(tags.frame, listed)
    columns = (
        tags.frame[rows].tolist(), _plain(tags, "label_source", rows, ""), tags.label[rows].tolist(),
        _plain(tags, "confidence", rows, 1),
    )  # fmt: skip
    said = (
        (names[frame], source, codes[label], _short(score))
        for frame, source, label, score in zip(*columns, strict=True)
    )
    return table_text(tables.LABELS, said)


def _listed(frame: Ints, listed: list[int]) -> Ints:
    """Rows on some frames, frame by frame."""
    rows = np.flatnonzero(np.isin(frame, listed))
    return rows[np.argsort(frame[rows], kind="stable")]


def _plain(table: Shapes | Tags, name: str, rows: Ints, default: Any) -> list[Any]:
    """An extra of some rows."""
    extra = table.extras.get(name)
    if extra is None:
        return [default] * len(rows)
    pairs = zip(extra.values[rows].tolist(), extra.present[rows].tolist(), strict=True)
    return [value if there else default for value, there in pairs]


def _short(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _boxes(dataset: Dataset, listed: list[int], codes: dict[int, str]) -> bytes:
    shapes, names = dataset.shapes, dataset.frames.names
    rows = _listed(np.where(shapes.type == RECTANGLE, shapes.frame, -1), listed)
    shares = shapes.boxes()[rows] / np.tile(dataset.frames.sizes(shapes.frame[rows]), 2)
    columns = (
        [names[frame] for frame in shapes.frame[rows].tolist()], _plain(shapes, "box_source", rows, ""),
        [codes[label] for label in shapes.label[rows].tolist()], [*map(_short, shapes.score[rows].tolist())],
        *(shares[:, side].tolist() for side in (0, 2, 1, 3)), shapes.occluded[rows].astype(np.int64).tolist(),
        *(_plain(shapes, name, rows, -1) for name in tables.FLAGS),
    )  # fmt: skip
    return table_text(tables.BOXES, zip(*columns, strict=True))


def _masks(dataset: Dataset, subset: str, listed: list[int], codes: dict[int, str]) -> Members:
    shapes = dataset.shapes
    masks = ByFrame(shapes.frame, len(dataset.frames), np.flatnonzero(shapes.type == MASK))
    said, files = [], []
    taken: set[str] = set()
    for frame in listed:
        rows = masks.rows(frame)
        own = _plain(shapes, "box_id", rows, "")
        name, (width, height) = dataset.frames.names[frame], dataset.frames.sizes(np.array([frame]))[0].tolist()
        beside = zip(_plain(shapes, "predicted_iou", rows, ""), _plain(shapes, "clicks", rows, ""), strict=True)
        for number, (row, more) in enumerate(zip(rows.tolist(), beside, strict=True)):
            code, box = codes[int(shapes.label[row])], own[number] or f"{number:08x}"
            path = writing.mask_name(name, code, box, taken)
            said.append((path, name, code, box, *_span(shapes.points(row)[-4:].tolist(), (width, height)), *more))
            files.append((f"masks/{subset}/{path}", row, (width, height)))
    yield writing.table_name(subset, "annotations-object-segmentation"), [table_text(tables.MASKS, said)]
    for path, row, size in files:
        yield path, [mask_png(shapes.points(row), size)]


def _span(sides: list[float], size: tuple[int, int]) -> Iterator[float]:
    """The box of a mask as shares: left, right, top, bottom."""
    left, top, right, bottom = sides
    yield from (left / size[0], (right + 1) / size[0], top / size[1], (bottom + 1) / size[1])


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems, Meaning())
    return rows.read()


def is_class(dataset: Dataset) -> Bools:
    """Whether a tag's label is one of the top level."""
    return np.isin(dataset.tags.label, [label.id for label in dataset.labels.top])


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
            Condition("tag of a label that is no class", "classes are the labels of the top level", is_class, "tags"),
        ),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "rotated-boxes-to-polygons", "ellipses-to-masks",
        "polygons-to-masks", "tighten-masks", "drawable-only=rectangle,mask", "stem-names", "unique-names=all",
        "one-line-names", "frames-by-subset=default",
    ),
    dialects={"cvat": open_images_cvat.FORMAT}, read=read, write=write, sniff=tables.is_open_images,
    members=writing.MEMBERS, mark=tables.CLASSES,
    about="boxes, masks and labels of pictures in tables, as Google's data set has them",
)  # fmt: skip
