"""The format `coco-keypoints`: person keypoints, COCO Keypoints 1.0.

    annotations/person_keypoints_<subset>.json
    {"id": 1, "category_id": 2, "keypoints": [x0, y0, v0, ...], "num_keypoints": 2, "bbox": ..., "segmentation": ...}

Skeletons; a rectangle, polygons or a mask in the group of one are its box and segmentation.  What is drawn without a
skeleton is an annotation of which no point is labelled.
Source: https://cocodataset.org/#format-data (keypoint detection)
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from annotools.formats.base import Format
from annotools.formats.coco import keeps, readers, reading, writing
from annotools.formats.coco.keypoints_out import KeypointWriter
from annotools.formats.coco.server import ServerKeypointWriter

SERVER = Format(
    slug="coco-keypoints", name="COCO Keypoints 1.0", keeps=keeps.SERVER_KEYPOINTS, pipeline=keeps.SERVER_STEPS,
    read=partial(reading.read, reader=readers.SERVER_KEYPOINTS), write=writing.written_by(ServerKeypointWriter),
    main="annotations/*.json", members=("annotations/person_keypoints_*.json", "images/**"), settings=keeps.SETTINGS,
    quirks=("coco-export", "coco-import"), about="skeletons as keypoints",
)  # fmt: skip
FORMAT = replace(
    SERVER, keeps=keeps.KEYPOINTS, pipeline=keeps.keypoint_steps, dialects={"cvat": SERVER}, quirks=(),
    read=partial(reading.read, reader=readers.KEYPOINTS), write=writing.written_by(KeypointWriter),
    sniff=partial(reading.sniff, keypoints=True),
)  # fmt: skip
