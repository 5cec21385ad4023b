"""LabelMe 3.0: objects of a picture in an XML file, as the annotation tool of MIT CSAIL has them.

    default/a/b.xml                 <annotation> <filename>b.jpg</filename> <folder>a</folder> <object>...
                                    `default` for pictures without a subset
    default/Masks/a/b_mask_0.png    a mask, black where it is not; 0 is the object's number
    default/a/b.jpg                 where pictures are written along

An object is a polygon, a box (a polygon of the type bounding_box) or a mask; ellipses become masks.  The objects of a
group are parts of its first.  Attributes are one text, `make=ford, note=red\\, and blue`, and so is a box's rotation.
This is not the JSON of the program labelme.
Source: http://labelme2.csail.mit.edu/Release3.0/Doc/main.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.mask_checks import CLASS, SEEN
from annotools.formats.kernel.members import file_names
from annotools.formats.kernel.painting import late_png
from annotools.formats.kernel.rows import Rows
from annotools.formats.labelme import labelme_cvat, writing
from annotools.formats.labelme.attribute_text import text_of
from annotools.formats.labelme.layout import is_labelme
from annotools.formats.labelme.reading import SOURCES, WRITER, Meaning, read_rows
from annotools.geometry.ragged import take
from annotools.model import MASK, POLYGON, RECTANGLE, Dataset, Keeps, Owner
from annotools.model.columns import Ints

if TYPE_CHECKING:
    from annotools.storage import Media, Source

_INK = np.array([[0, 0, 0], [255, 255, 255]])


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The file of each picture, its masks, and pictures."""
    names, by_frame = file_names(dataset, media), ByFrame(dataset.shapes.frame, len(dataset.frames))
    columns, sizes, sources = _Columns(dataset), writing.sizes_of(dataset), [*_sources(dataset)]
    for frame, (subset, key) in enumerate(writing.placed(dataset)):
        rows = by_frame.rows(frame)
        objects = [*columns.objects(rows, key)]
        yield f"{subset}/{key}.xml", [writing.document(names[frame], sizes[frame], objects, sources[frame])]
        for row, one in zip(rows.tolist(), objects, strict=True):
            if dataset.shapes.type[row] == MASK:
                masks = take(dataset.shapes.values, dataset.shapes.offsets, np.array([row]))
                picture = late_png(masks, np.array([1]), sizes[frame], _INK)
                yield f"{subset}/Masks/{key}_mask_{one.number}.png", picture
    yield from writing.pictures(dataset, names, media, options)


def _sources(dataset: Dataset) -> Iterator[tuple[str, str]]:
    frames = dataset.frames
    extras = (frames.extras.get(name) for name in SOURCES)
    images, annotations = ([None] * len(frames) if extra is None else extra.plain() for extra in extras)
    return ((image or "", annotation or WRITER) for image, annotation in zip(images, annotations, strict=True))


class _Columns:
    """What is said of shapes, by row."""

    def __init__(self, dataset: Dataset) -> None:
        shapes = dataset.shapes
        self._shapes, self._names = shapes, {label.id: label.name for label in dataset.labels}
        self._pairs = _attributes(dataset)
        names = ("date", "username", "verified", "object_id")
        extras = {name: shapes.extras.get(name) for name in names}
        nothing: list[Any] = [None] * len(shapes)
        self._stated = {name: nothing if extra is None else extra.plain() for name, extra in extras.items()}

    def objects(self, rows: Ints, key: str) -> Iterator[writing.Object]:
        """The objects of a picture."""
        shapes, stated, numbers = self._shapes, self._stated, self._numbers(rows)
        relatives = writing.relatives(shapes.group[rows], numbers)
        for row, number, (parts, whole) in zip(rows.tolist(), numbers, relatives, strict=True):
            pairs = [*self._pairs.get(row, ())]
            if shapes.rotation[row]:
                pairs.append(("rotation", short_number(float(shapes.rotation[row]))))
            yield writing.Object(
                self._names[int(shapes.label[row])], number, self._drawn(row, f"{key}_mask_{number}.png"),
                text_of(pairs), bool(shapes.occluded[row]), parts, whole, bool(stated["verified"][row]),
                stated["date"][row] or "",
            )  # fmt: skip

    def _numbers(self, rows: Ints) -> list[int]:
        """The number of each object: its own, if no two have one, else from 0."""
        own = [self._stated["object_id"][row] for row in rows.tolist()]
        fine = len(set(own)) == len(own) and all(isinstance(number, int) and number >= 0 for number in own)
        return own if fine else [*range(len(own))]

    def _drawn(self, row: int, name: str) -> str:
        points, username = self._shapes.points(row), self._stated["username"][row] or ""
        if self._shapes.type[row] == MASK:
            left, top, right, bottom = points[-4:].tolist()
            return writing.mask(name, [*map(short_number, (left, top, right + 1, bottom + 1))], username)
        boxed = self._shapes.type[row] == RECTANGLE
        pairs = (writing.corners(points) if boxed else points.reshape(-1, 2)).tolist()
        return writing.polygon([(short_number(x), short_number(y)) for x, y in pairs], boxed=boxed, username=username)


def short_number(value: float) -> str:
    """A number as short as it can be."""
    return str(int(value)) if value.is_integer() else repr(value)


def _attributes(dataset: Dataset) -> dict[int, list[tuple[str, str]]]:
    """Names and values on rows of shapes."""
    mine, specs = dataset.attributes.of_kind(Owner.SHAPE), dataset.labels.specs
    texts: dict[int, list[tuple[str, str]]] = {}
    for row, spec, value in zip(mine.owner.tolist(), mine.spec.tolist(), mine.texts(), strict=True):
        texts.setdefault(row, []).append((specs[spec][1].name, value))
    return texts


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems, Meaning())
    return rows.read(gaps_are_outside=True)


_COLUMNS = frozenset({"occluded", "group", "attributes"})
FORMAT = Format(
    slug="labelme", name="LabelMe 3.0",
    keeps=Keeps(
        shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS, MASK: _COLUMNS},
        labels=frozenset({"name", "attributes"}), frames=frozenset({"name", "size", "subsets"}),
        extras={"shapes": frozenset({"date", "username", "verified", "object_id"}), "frames": frozenset(SOURCES)},
        conditions=(SEEN, CLASS),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "ellipses-to-masks", "tighten-masks",
        "drawable-only=rectangle,polygon,mask", "xml-characters", "unique-stems",
        "folder-subsets=/,Annotations,Images,Masks", "frames-by-subset=default",
        "frames-by-name=default", "free-names=rotation,track_id,keyframe",
        "plain-attributes=rectangle,polygon,mask", "used-labels", "frame-groups",
        "typed-extras=shapes.date:text,shapes.username:text,shapes.verified:whole,shapes.object_id:whole",
        f"typed-extras={','.join(f'frames.{name}:text' for name in SOURCES)}",
    ),
    dialects={"cvat": labelme_cvat.FORMAT}, read=read, write=write, sniff=is_labelme, members=writing.MEMBERS,
    about="boxes, polygons and masks of a picture in an XML file, as MIT CSAIL's tool has them",
)  # fmt: skip
