"""CVAT for images 1.1: every image with what is on it; tracks become shapes.

    <image id="4" name="a/b.jpg" width="640" height="480">
      <box .../> ... <tag label="night" source="manual"/>
    </image>

`id` is the number of the frame in the source media.  Shapes of an image are drawn in the order of z_order; tags come
last.  Images without annotations are listed, deleted frames are not.  `subset` stands in exports of whole projects.
Source: see the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from annotools.formats.base import Format, Members, Options
from annotools.formats.cvat_xml.header import header
from annotools.formats.cvat_xml.keeping import BARE, CONDITIONS, TASK_FIELDS, compat_keeps, kept_shapes
from annotools.formats.cvat_xml.preparing import for_images
from annotools.formats.cvat_xml.reading import read
from annotools.formats.cvat_xml.scope import only_job, pictures
from annotools.formats.cvat_xml.shapes import PIECE, Lines, Texts, groups, orders
from annotools.formats.cvat_xml.sniffing import sniff_images
from annotools.formats.cvat_xml.texts import quoted
from annotools.model import Dataset, Keeps, Owner
from annotools.model.definitions import source_frames
from annotools.model.keeps import LABEL_FIELDS, TAG_COLUMNS
from annotools.model.tables import Array, Ints
from annotools.storage import Media

FILE = "annotations.xml"

KEEPS = Keeps(
    shapes=kept_shapes({"occluded", "z_order", "group", "source", "attributes"}),
    elements=frozenset({"occluded", "outside", "group", "source", "attributes"}),
    tags=TAG_COLUMNS,
    labels=LABEL_FIELDS,
    frames=frozenset({"size", "deleted", "subsets"}),
    task=TASK_FIELDS,
    jobs=True,
    conditions=CONDITIONS,
    decimals=2,
)


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """`annotations.xml`, and with pictures `images/[subset/]name`."""
    yield FILE, _document(dataset, options)
    if options.images and media is not None:
        yield from pictures(dataset, media)


def _document(dataset: Dataset, options: Options) -> Iterator[bytes]:
    yield header(dataset, only_job(dataset, options)).encode()
    texts = Texts(dataset, bare=BARE in options.quirks)
    shown = dataset.shown_frames
    for frames, rows, tags in _pieces(dataset, shown):
        yield "".join(_images(dataset, texts, frames, rows, tags)).encode()
    yield b"</annotations>\n"


def _pieces(dataset: Dataset, shown: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Some frames, with the rows of their shapes in the order of drawing and those of their tags."""
    shapes, tags = dataset.shapes, dataset.tags
    rows = np.flatnonzero((shapes.parent < 0) & (shapes.track < 0))
    rows = rows[np.lexsort((shapes.z_order[rows], shapes.frame[rows]))]
    tagged = np.argsort(tags.frame, kind="stable")
    ends = [np.searchsorted(column, shown, "right") for column in (shapes.frame[rows], tags.frame[tagged])]
    weight = np.cumsum(np.diff(ends[0] + ends[1], prepend=0) + 1)
    cuts = np.searchsorted(weight, np.arange(PIECE, weight[-1] if len(weight) else 0, PIECE)) + 1
    bounds = np.unique(np.concatenate(([0], cuts, [len(shown)]))).tolist()
    for a, b in pairwise(bounds):
        slices = (slice(int(e[a - 1]) if a else 0, int(e[b - 1])) for e in ends)
        yield shown[a:b], rows[next(slices)], tagged[next(slices)]


def _images(dataset: Dataset, texts: Texts, frames: Ints, rows: Ints, tags: Ints) -> Iterable[str]:
    """The elements of some images."""
    parts = [*_shapes(dataset, texts, rows), *_tags(dataset, texts, tags)]
    frame = np.concatenate([dataset.shapes.frame[rows], dataset.tags.frame[tags]])
    order = np.argsort(frame, kind="stable")
    ends = np.searchsorted(frame[order], frames, "right").tolist()
    start = 0
    for head, end in zip(_heads(dataset, frames), ends, strict=True):
        yield head
        yield from (parts[place] for place in order[start:end].tolist())
        yield "  </image>\n"
        start = end


def _heads(dataset: Dataset, frames: Ints) -> Iterator[str]:
    told = dataset.frames
    numbers = source_frames(dataset.task, frames).tolist()
    for number, frame in zip(numbers, frames.tolist(), strict=True):
        subset = f" subset={quoted(told.subsets[frame])}" if told.subsets[frame] else ""
        size = f' width="{told.width[frame]}" height="{told.height[frame]}"'
        yield f'  <image id="{number}" name={quoted(told.names[frame])}{subset}{size}>\n'


def _shapes(dataset: Dataset, texts: Texts, rows: Ints) -> list[str]:
    shapes = dataset.shapes.take(rows)
    tails = [a + b for a, b in zip(orders(shapes), groups(shapes.group), strict=True)]
    heads = texts.named(shapes.label, shapes.source)
    heads = [a + b for a, b in zip(heads, texts.flags(shapes, "occluded", always=False), strict=True)]
    inner = texts.attributes[Owner.SHAPE].of(rows, "      ")
    for place, element in _elements(dataset, texts, rows):
        inner[place] = element + inner[place]
    return Lines(heads, tails, inner).elements(shapes, "    ")


def _elements(dataset: Dataset, texts: Texts, rows: Ints) -> Iterable[tuple[int, str]]:
    """The elements of skeletons among `rows`: place in `rows`, all its elements."""
    parent = dataset.shapes.parent
    mine = np.flatnonzero(np.isin(parent, rows) & (parent >= 0)) if (parent >= 0).any() else parent[:0]
    if not len(mine):
        return ()
    shapes = dataset.shapes.take(mine)
    heads = texts.named(shapes.label, shapes.source)
    heads = [a + b for a, b in zip(heads, texts.flags(shapes, "outside", "occluded", always=True), strict=True)]
    tails = [""] * len(mine) if texts.bare else groups(shapes.group)
    lines = Lines(heads, tails, texts.attributes[Owner.SHAPE].of(mine, "        ")).elements(shapes, "      ")
    places = _places(rows, shapes.parent)
    whole: dict[int, str] = {}
    for place, line in zip(places.tolist(), lines, strict=True):
        whole[place] = whole.get(place, "") + line
    return whole.items()


def _places(rows: Ints, wanted: Array) -> Ints:
    order = np.argsort(rows)
    return order[np.searchsorted(rows, wanted, sorter=order)]


def _tags(dataset: Dataset, texts: Texts, rows: Ints) -> list[str]:
    tags = dataset.tags.take(rows)
    heads = zip(texts.named(tags.label, tags.source), groups(tags.group), strict=True)
    inner = texts.attributes[Owner.TAG].of(rows, "      ")
    return [f"    <tag{a}{b}>\n{c}    </tag>\n" for (a, b), c in zip(heads, inner, strict=True)]


FORMAT = Format(
    slug="cvat-images",
    name="CVAT for images 1.1",
    keeps=KEEPS,
    compat_keeps=compat_keeps(KEEPS),
    read=read,
    write=write,
    sniff=sniff_images,
    prepare=for_images,
    suffix=".xml",
    main=FILE,
    about="CVAT's XML by image: every shape type, tags, attributes and labels; tracks become shapes",
)
