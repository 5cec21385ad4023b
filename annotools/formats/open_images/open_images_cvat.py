"""Open Images as the CVAT server writes and reads it.

    class-descriptions.csv        names for codes, points of skeletons too, below them in the hierarchy
    images.meta                   only pictures with boxes
    tables                        only where a subset has something for them
    masks                         a group is one, with the box of its group beside; numbers for BoxID

Source: CVAT 2.73 dataset_manager/formats/openimages.py, its fork of Datumaro: open_images_format.py
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.csvfile import demand_commas, table_text
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.mask_checks import SERVER_MASKS
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.server_masks import with_outlines
from annotools.formats.open_images import tables, writing
from annotools.formats.open_images.reading import Meaning, read_rows
from annotools.formats.open_images.server import ServerTables, hierarchy
from annotools.matching import CvatMatcher, Match
from annotools.model import MASK, RECTANGLE, Condition, Dataset, Keeps
from annotools.transform.picture_files import picture_key
from annotools.transform.row_conditions import is_defined

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """Definitions, the tables of each subset, masks, and pictures."""
    server = ServerTables(dataset)
    rows = [(label.name, label.name) for label in dataset.labels]
    yield tables.CLASSES, [table_text((), rows, head=False)]
    yield tables.HIERARCHY, [hierarchy(dataset)]
    yield tables.META, [tables.sizes_text(server.sized())]
    for subset, frames in writing.subsets_of(dataset).items():
        images = ((server.ids[frame], subset, *[""] * (len(tables.IMAGES) - 2)) for frame in frames)
        yield writing.table_name(subset, "images-with-rotation"), [table_text(tables.IMAGES, images)]
        yield from server.tables(subset, frames)
    yield from writing.pictures(dataset, dataset.frames.names, media, options)


def by_id(context: Dataset, names: Sequence[str]) -> Sequence[Match]:
    """Matches of the server's importer, for names that have no ending unless their pictures are there."""
    keys = [*map(picture_key, names)]
    matcher = CvatMatcher(context.frames.names, keys, video=context.task.is_video)
    return [matcher.match(key, extension=name[len(key) :]) for key, name in zip(keys, names, strict=True)]


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    demand_commas(source, tables.files_of(source).tables, problems)
    rows = Rows(source, context, problems, options, matching=by_id)
    read_rows(rows, source, problems, Meaning(exact=True, absent=True, sized=True))
    return imported(with_outlines(rows.read(), options), options)


_DEFINED = partial(is_defined, table="tags")
_TAGS = Condition("tag of a label that is not defined", "a class needs a name", _DEFINED, "tags")
FORMAT = Format(
    slug="open-images", name="Open Images V6 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset({"occluded", "attributes"}), MASK: frozenset({"attributes"})},
        tags=frozenset({"attributes"}), labels=frozenset({"name", "sublabels", "attributes"}),
        frames=frozenset({"name", "size", "subsets"}),
        uses=frozenset({"frames.size", "shapes.z_order", "shapes.group"}), conditions=(*SERVER_MASKS, _TAGS),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-masks", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("open-images-export", "open-images-import"), read=read, write=write,
)  # fmt: skip
