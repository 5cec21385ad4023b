"""The format `coco`: object instances, COCO 1.0.

    annotations/instances_<subset>.json     {"images": ..., "categories": ..., "annotations": ...}

Rectangles, polygons and masks; polygons of one group and label are one object of several parts, ellipses are painted.
Tracks stay together by the attributes `track_id` and `keyframe`, as the CVAT server writes them.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, Options
from annotools.formats.coco import labels, layout, pipeline
from annotools.formats.coco.carried import KEEPS, SERVER_KEEPS
from annotools.formats.coco.closing import close
from annotools.formats.coco.emit import Writer
from annotools.formats.coco.objects import members_of
from annotools.formats.coco.shown import renumber
from annotools.model import Dataset, Losses, project
from annotools.model.losses import Ledger

if TYPE_CHECKING:
    from annotools.storage import Media


def is_server(options: Options) -> bool:
    """Whether the output is to be the server's."""
    return "coco-export" in options.quirks


def prepare(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `coco`: a dataset that can be written, its frames renumbered, and what that changed."""
    ledger = Ledger()
    dataset = pipeline.expanded(dataset, options, ledger)
    server = is_server(options)
    if server:
        dataset = pipeline.rounded_by_server(dataset, ledger)
    else:
        dataset = pipeline.drawn(dataset, options, ledger)
    # Losses are counted before frames get new numbers: they speak of the frames that the user knows.
    kept, losses = project(dataset, FORMAT.keeps_for(options))
    ledger.extend(losses)
    dataset = renumber(kept, dataset)
    return (dataset if server else close(dataset, ~dataset.shapes.outside)), ledger.losses()


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of an export of a prepared dataset."""
    server = is_server(options)
    writer = Writer(dataset, labels.numbers(dataset, server), options, server)
    members = members_of(dataset.shapes, np.flatnonzero(~dataset.shapes.outside), server)
    categories = labels.instance_categories(dataset, server)
    frames = dataset.shapes.frame[members.rows[members.ends[:-1]]]
    for subset in layout.subsets(dataset, server):
        mine = members.of(np.flatnonzero(np.isin(frames, subset.frames)))
        pieces = layout.document(dataset, subset, categories, writer.pieces(mine, subset, 1), server)
        yield f"annotations/instances_{subset.name}.json", pieces
    yield from layout.pictures(dataset, media, options)


FORMAT = Format(
    slug="coco", name="COCO 1.0", keeps=KEEPS, compat_keeps=SERVER_KEEPS, prepare=prepare, write=write,
    settings=pipeline.SETTINGS, about="boxes, polygons and masks of objects",
)  # fmt: skip
