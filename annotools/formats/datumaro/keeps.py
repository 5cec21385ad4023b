"""What of a dataset comes back from Datumaro."""

from __future__ import annotations

from dataclasses import replace

from annotools.model import (
    CUBOID,
    ELLIPSE,
    MASK,
    POINTS,
    POLYGON,
    POLYLINE,
    RECTANGLE,
    SKELETON,
    Condition,
    Keeps,
)  # fmt: skip
from annotools.transform.drawable_shapes import is_seen
from annotools.transform.row_conditions import LABELLED, WELL_FORMED, WHOLE_MASKS
from annotools.transform.shape_types import FRAMED

_COLUMNS = frozenset({
    "occluded", "outside", "attributes", "keyframe", "group", "z_order", "rotation", "source", "score",
})  # fmt: skip
_POINTS = frozenset({"occluded", "outside", "attributes", "keyframe", "z_order", "rotation", "source", "score"})
_ROWS = frozenset({"attributes", "group", "source"})
_LABELS = frozenset({"name", "type", "color", "attributes", "svg", "sublabels"})
_EXTRAS = {
    "shapes": frozenset({"annotation_id", "object_id", "visibility"}),
    "tags": frozenset({"annotation_id", "object_id"}), "tracks": frozenset({"track_id"}),
    "frames": frozenset({"frame_id", "related_images"}), "dataset": frozenset({"infos"}),
}  # fmt: skip


_SEEN = Condition("shape outside", "an annotation is always seen", is_seen)

# Those of COCO lie in a folder of the same name.
DOCUMENTS = ("annotations/*.json", "!annotations/instances_*.json", "!annotations/person_keypoints_*.json")

PICTURES = Keeps(
    shapes=dict.fromkeys((RECTANGLE, POLYGON, POLYLINE, POINTS, ELLIPSE, MASK, SKELETON), _COLUMNS),
    elements=_POINTS, tags=_ROWS, tracks=_ROWS, labels=_LABELS, frames=frozenset({"name", "size", "subsets"}),
    extras=_EXTRAS, conditions=(*WELL_FORMED, *WHOLE_MASKS, *LABELLED, _SEEN, FRAMED),
)  # fmt: skip
CLOUDS = Keeps(
    shapes={CUBOID: _COLUMNS}, tags=_ROWS, tracks=_ROWS, labels=_LABELS, frames=frozenset({"name", "subsets"}),
    task=frozenset({"dimension"}), extras=_EXTRAS, conditions=(*WELL_FORMED, *LABELLED, _SEEN),
)  # fmt: skip

_SERVER = frozenset({"occluded", "attributes", "group", "rotation", "z_order"})
_SERVER_SHAPES = dict.fromkeys((RECTANGLE, POLYGON, POLYLINE, POINTS, ELLIPSE, MASK, SKELETON), _SERVER)
SERVER_PICTURES = Keeps(
    shapes=_SERVER_SHAPES, elements=frozenset({"occluded", "outside", "attributes"}),
    tags=frozenset({"attributes", "group"}), labels=frozenset({"name", "attributes", "svg", "sublabels"}),
    frames=frozenset({"name", "size", "subsets"}),
    extras={"shapes": frozenset({"track_id", "keyframe"}), "frames": frozenset({"frame_id"})},
    conditions=PICTURES.conditions,
)  # fmt: skip
SERVER_CLOUDS = replace(SERVER_PICTURES, shapes=_SERVER_SHAPES | {CUBOID: _SERVER})

# What the server makes of a dataset that it exports.
SERVER_STEPS = (
    "merge-jobs", "frame-numbers", "tracks-to-numbered-shapes", "only-shown-frames", "server-file-names",
    "frames-by-subset=default",
)  # fmt: skip
SERVER_QUIRKS = ("datumaro-export", "datumaro-import")
