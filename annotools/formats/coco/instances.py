"""The format `coco`: object instances, COCO 1.0.

    annotations/instances_<subset>.json     {"images": ..., "categories": ..., "annotations": ...}

Rectangles, polygons and masks; polygons of one group and label are one object of several parts, ellipses are painted.
Tracks stay together by the attributes `track_id` and `keyframe`, as the CVAT server writes them.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, Options, Read
from annotools.formats.coco import labels, layout, pipeline, reading
from annotools.formats.coco.carried import KEEPS, SERVER_KEEPS
from annotools.formats.coco.closing import close
from annotools.formats.coco.emit import Writer, documents
from annotools.formats.coco.objects import members_of
from annotools.formats.coco.shown import renumber
from annotools.model import Dataset, Losses, fit
from annotools.model.losses import Ledger
from annotools.transform.frames import without_honeypots

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def prepare(dataset: Dataset, options: Options) -> tuple[Dataset, Losses]:
    """The pipeline of `coco`: a dataset that can be written, its frames renumbered, and what that changed."""
    ledger = Ledger()
    dataset = pipeline.expanded(without_honeypots(dataset, options.quirks), options, ledger)
    server = pipeline.is_server(options)
    if server:
        dataset = pipeline.rounded_by_server(dataset, ledger)
    else:
        dataset = pipeline.drawn(dataset, options, ledger)
    # Losses are counted before frames get new numbers: they speak of the frames that the user knows.
    kept, losses = fit(dataset, FORMAT.keeps_for(options))
    ledger.extend(losses)
    dataset = renumber(kept, dataset)
    return (dataset if server else close(dataset, ~dataset.shapes.outside)), ledger.losses()


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of an export of a prepared dataset."""
    server = pipeline.is_server(options)
    writer = Writer(dataset, labels.numbers(dataset, server), options, server)
    members = members_of(dataset.shapes, np.flatnonzero(~dataset.shapes.outside), server)
    yield from documents(writer, members, "instances", labels.instance_categories(dataset, server))
    yield from layout.pictures(dataset, media, options)


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """The dataset of a source, with every problem it has."""
    return reading.read(source, context, options, keypoints=False)


def sniff(source: Source) -> bool:
    """Whether a source is certainly of COCO and has no keypoints."""
    return reading.sniff(source, keypoints=False)


FORMAT = Format(
    slug="coco", name="COCO 1.0", keeps=KEEPS, compat_keeps=SERVER_KEEPS, prepare=prepare, projected=True, read=read,
    write=write, sniff=sniff, main="annotations/*.json",
    members=("annotations/instances_*.json", "images/**"), settings=pipeline.SETTINGS,
    about="boxes, polygons and masks of objects",
)  # fmt: skip
