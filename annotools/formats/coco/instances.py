"""The format `coco`: object instances, COCO 1.0.

    annotations/instances_<subset>.json     {"images": ..., "categories": ..., "annotations": ...}

Rectangles, polygons and masks; polygons of one group and label are one object of several parts, ellipses are painted.
Tracks stay together by the attributes `track_id` and `keyframe`, as the CVAT server writes them.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from annotools.formats.base import Format
from annotools.formats.coco import keeps, readers, reading, writing
from annotools.formats.coco.server import ServerWriter

SERVER = Format(
    slug="coco", name="COCO 1.0", keeps=keeps.SERVER, pipeline=keeps.SERVER_STEPS,
    read=partial(reading.read, reader=readers.SERVER), write=writing.written_by(ServerWriter),
    main="annotations/*.json", members=("annotations/instances_*.json", "images/**"), settings=keeps.SETTINGS,
    quirks=(
        "coco-export", "coco-import", "honeypots-hidden", "half-turn", "closed-by-deleted-frame", "only-keyframes-read",
    ),
    about="boxes, polygons and masks of objects",
)  # fmt: skip
FORMAT = replace(
    SERVER, keeps=keeps.INSTANCES, pipeline=keeps.instance_steps, dialects={"cvat": SERVER}, quirks=(),
    read=partial(reading.read, reader=readers.INSTANCES), write=writing.written_by(writing.Writer),
    sniff=partial(reading.sniff, keypoints=False),
)  # fmt: skip
