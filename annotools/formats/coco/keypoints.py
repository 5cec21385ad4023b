"""The format `coco-keypoints`: person keypoints, COCO Keypoints 1.0.

    annotations/person_keypoints_<subset>.json
    {"id": 1, "category_id": 2, "keypoints": [x0, y0, v0, ...], "num_keypoints": 2, "bbox": ..., "segmentation": ...}

Skeletons; a rectangle, polygons or a mask in the group of one are its box and segmentation.  What is drawn without a
skeleton is an annotation of which no point is labelled.
Source: https://cocodataset.org/#format-data (keypoint detection)
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from annotools.formats.base import Format, Members, Options
from annotools.formats.coco import keeps, pipelines, reading, writing
from annotools.formats.coco.keypoints_out import KeypointWriter
from annotools.formats.coco.server import ServerKeypointWriter
from annotools.model import Dataset

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of an export."""
    yield from KeypointWriter(dataset, options).documents()
    yield from writing.pictures(dataset, media, options)


def write_as_server(dataset: Dataset, media: Media | None, options: Options) -> Members:
    """The members of the server's export."""
    yield from ServerKeypointWriter(dataset, options).documents()
    yield from writing.pictures(dataset, media, options)


SERVER = Format(
    slug="coco-keypoints", name="COCO Keypoints 1.0", keeps=keeps.SERVER_KEYPOINTS, pipeline=pipelines.SERVER,
    read=partial(reading.read, reader=reading.SERVER_KEYPOINTS), write=write_as_server, main="annotations/*.json",
    members=("annotations/person_keypoints_*.json", "images/**"), settings=pipelines.SETTINGS,
    quirks=("coco-export", "coco-import"), about="skeletons as keypoints",
)  # fmt: skip
FORMAT = Format(
    slug="coco-keypoints", name="COCO Keypoints 1.0", keeps=keeps.KEYPOINTS, pipeline=pipelines.keypoints,
    dialects={"cvat": SERVER}, read=partial(reading.read, reader=reading.KEYPOINTS), write=write,
    sniff=partial(reading.sniff, keypoints=True), main="annotations/*.json",
    members=("annotations/person_keypoints_*.json", "images/**"), settings=pipelines.SETTINGS,
    about="skeletons as keypoints",
)  # fmt: skip
