"""Datumaro 1.0: a JSON document a subset, with everything but cuboids.

    annotations/train.json     {"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": {..},
                                "items": [{"id": "a/b", "annotations": [..], "attr": {"frame": 0},
                                           "image": {"path": "a/b.jpg", "size": [480, 640]}}]}
    images/train/a/b.jpg       where pictures are written along; `default` for pictures without a subset

Every annotation has an id of its own, its group and z_order, and `attributes`: those that people set, and beside them
`occluded`, `rotation`, `track_id` and `keyframe` of tracks, `source` and `score` where there is something to say.
A track stands on every frame on which it is seen.  Points of skeletons stand in the order of the drawing, those outside
keep their place.  Definitions of labels beyond their names are keys that other readers pass over.
Read are also captions and other types that CVAT has no word for, which are counted as lost; cuboids of corners and of
space, rotated boxes, keypoints as points of a label that names them, files before versions were counted.
Source: https://open-edge-platform.github.io/datumaro/latest/docs/data-formats/formats/datumaro.html
"""

from __future__ import annotations

from functools import partial

from annotools.formats.base import Format, later
from annotools.formats.datumaro import keeps
from annotools.formats.datumaro.documents import sniff
from annotools.formats.kernel.attribute_blobs import RESERVED

SERVER = Format(
    slug="datumaro", name="Datumaro 1.0", keeps=keeps.SERVER_PICTURES, pipeline=keeps.SERVER_STEPS,
    quirks=keeps.SERVER_QUIRKS, read=later("annotools.formats.datumaro.reading:read_as_server"),
    write=later("annotools.formats.datumaro.server:write"), main="annotations/*.json",
    members=(*keeps.DOCUMENTS, "images/**"),
)  # fmt: skip
FORMAT = Format(
    slug="datumaro", name="Datumaro 1.0", keeps=keeps.PICTURES,
    pipeline=(
        "merge-jobs", "frame-numbers", "typed-extras=shapes.visibility:list,frames.related_images:list",
        "only-types=rectangle,polygon,polyline,points,ellipse,mask,skeleton",
        "drop-unlabelled-rows", "drop-malformed-shapes", "drop-fractional-masks", "framed-masks",
        "drop-unknown-attributes", f"free-names={','.join(sorted(RESERVED))}", "tracks-frame-by-frame",
        "folder-subsets=/", "unnamed-subset=default", "list-frames", "split-tracks", "picture-names", "tighten-masks",
        "exact-widths", "exact-ellipses", "uniform-skeletons", "whole-skeletons", "draw-skeletons", "close-tracks",
    ),
    dialects={"cvat": SERVER}, read=later("annotools.formats.datumaro.reading:read"),
    write=later("annotools.formats.datumaro.writing:write"), sniff=partial(sniff, clouds=False),
    main="annotations/*.json", members=(*keeps.DOCUMENTS, "images/**"), letters=("annotations", "images"),
    about="tags, boxes, outlines, masks, skeletons and tracks as JSON",
)  # fmt: skip
