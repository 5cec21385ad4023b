"""Where the CVAT server's output or its reading is not what annotools does by default: one table.

`--compat cvat` switches all of them on; formats and tracks ask `"name" in options.quirks`.  A quirk is a behaviour of
CVAT 2.73, bugs included; the default of annotools is what a user would call right.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One behaviour of the server that we only copy when asked to."""

    name: str
    what: str
    why: str
    source: str


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "half-turn",
        "a rotation of exactly 180 degrees between two keyframes is interpolated as a turn of 1 degree",
        "the object turns by 180 degrees",
        "CVAT 2.73 dataset_manager/annotation.py, difference of angles",
    ),
    Quirk(
        "closed-by-deleted-frame",
        "a track that is read frame by frame is closed on a deleted frame and begins anew after it",
        "the track goes on over deleted frames",
        "CVAT 2.73 dataset_manager/bindings.py, import of tracks",
    ),
    Quirk(
        "coco-export",
        "COCO is written as the server does: masks are crowds with uncompressed run lengths, ellipses are painted on "
        "rounded centres and radii, all shapes of a group are one annotation, they stand in the order of z_order, "
        "sublabels take category numbers, pictures of one stem share an id, absent keypoints keep their place",
        "trainers skip crowds, a group of unlike shapes is no object, and ids that two share mix up pictures",
        "CVAT 2.73 dataset_manager/formats/coco.py and bindings.py, its fork of Datumaro: coco_format/converter.py",
    ),
    Quirk(
        "coco-import",
        "COCO is read as the server does: sources are `file`, a group of one is dissolved, numbers of attributes are "
        "floats, missing attributes get defaults, unknown ones are dropped, pictures match as its importer matches",
        "an unknown attribute is worth keeping and a picture should match by its name, not by a number in it",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: coco_format/extractor.py",
    ),
)

NONE: frozenset[str] = frozenset()
CVAT: frozenset[str] = frozenset(quirk.name for quirk in QUIRKS)
