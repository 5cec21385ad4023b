"""Datumaro 3D 1.0: a JSON document a subset, with tags and cuboids in clouds of points.

    annotations/train.json     {"dm_format_version": "1.0", "media_type": 6, ..,
                                "items": [{"id": "a/1", "annotations": [{"type": "cuboid_3d", "position": [x, y, z],
                                           "rotation": [x, y, z], "scale": [x, y, z], ..}], "attr": {"frame": 0},
                                           "point_cloud": {"path": "a/1.pcd"}}]}
    point_clouds/train/a/1.pcd where they are written along; `default` for those without a subset

Rotations are in radians.  What else is said of annotations, tracks and labels is as in `datumaro`.  A cuboid on a
picture is none in space: it is left out, and so is all else that is drawn on pictures.
Source: https://open-edge-platform.github.io/datumaro/latest/docs/data-formats/formats/datumaro.html
"""

from __future__ import annotations

from functools import partial

from annotools.formats.base import Format, later
from annotools.formats.datumaro import keeps
from annotools.formats.datumaro.documents import sniff
from annotools.formats.kernel.attribute_blobs import RESERVED

SERVER = Format(
    slug="datumaro-3d", name="Datumaro 3D 1.0", keeps=keeps.SERVER_CLOUDS, pipeline=keeps.SERVER_STEPS,
    quirks=keeps.SERVER_QUIRKS, read=later("annotools.formats.datumaro.reading:read_as_server", clouds=True),
    write=later("annotools.formats.datumaro.server:write", clouds=True), main="annotations/*.json",
    members=(*keeps.DOCUMENTS, "point_clouds/**"),
)  # fmt: skip
FORMAT = Format(
    slug="datumaro-3d", name="Datumaro 3D 1.0", keeps=keeps.CLOUDS,
    pipeline=(
        "merge-jobs", "frame-numbers", "typed-extras=shapes.visibility:list,frames.related_images:list",
        "point-clouds", "drop-unlabelled-rows", "drop-unknown-attributes",
        f"free-names={','.join(sorted(RESERVED))}", "tracks-frame-by-frame", "folder-subsets=/",
        "unnamed-subset=default", "list-frames", "split-tracks", "draw-skeletons", "close-tracks",
    ),
    dialects={"cvat": SERVER}, read=later("annotools.formats.datumaro.reading:read", clouds=True),
    write=later("annotools.formats.datumaro.writing:write", clouds=True), sniff=partial(sniff, clouds=True),
    main="annotations/*.json",
    members=(*keeps.DOCUMENTS, "point_clouds/**"), letters=("annotations", "point_clouds"),
    about="tags and cuboids in point clouds as JSON",
)  # fmt: skip
