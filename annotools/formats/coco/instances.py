"""The format `coco`: object instances, COCO 1.0.

    annotations/instances_<subset>.json     {"images": ..., "categories": ..., "annotations": ...}

Rectangles, polygons and masks; polygons of one group and label are one object of several parts, ellipses are painted.
Tracks stay together by the attributes `track_id` and `keyframe`, as the CVAT server writes them.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, Options
from annotools.formats.coco import keeps, pipelines, reading, writing
from annotools.formats.coco.server import ServerWriter
from annotools.model import Dataset

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of an export."""
    yield from writing.Writer(dataset, options).documents()
    yield from writing.pictures(dataset, media, options)


def write_as_server(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of the server's export."""
    yield from ServerWriter(dataset, options).documents()
    yield from writing.pictures(dataset, media, options)


SERVER = Format(
    slug="coco", name="COCO 1.0", keeps=keeps.SERVER, pipeline=pipelines.SERVER,
    read=partial(reading.read, reader=reading.SERVER), write=write_as_server, main="annotations/*.json",
    members=("annotations/instances_*.json", "images/**"), settings=pipelines.SETTINGS,
    quirks=(
        "coco-export", "coco-import", "honeypots-hidden", "half-turn", "closed-by-deleted-frame", "only-keyframes-read",
    ),
    about="boxes, polygons and masks of objects",
)  # fmt: skip
FORMAT = Format(
    slug="coco", name="COCO 1.0", keeps=keeps.INSTANCES, pipeline=pipelines.instances, dialects={"cvat": SERVER},
    read=partial(reading.read, reader=reading.INSTANCES), write=write,
    sniff=partial(reading.sniff, keypoints=False), main="annotations/*.json",
    members=("annotations/instances_*.json", "images/**"), settings=pipelines.SETTINGS,
    about="boxes, polygons and masks of objects",
)  # fmt: skip
