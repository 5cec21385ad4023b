"""What of a dataset comes back from COCO."""

from __future__ import annotations

from annotools.formats.coco.as_read import came_as_annotation
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON, Condition, Keeps
from annotools.transform.drawable_shapes import DRAWABLE, SMALL_ELLIPSE
from annotools.transform.object_groups import is_of_person
from annotools.transform.skeleton_points import has_points, is_point

_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "score", "z_order", "source"})
_DEFINITIONS = frozenset({"name", "type", "color", "attributes"})
_FRAMES = frozenset({"name", "size", "subsets"})
_POINTS = frozenset({"occluded", "outside", "keyframe", "source"})
_TRACKS = frozenset({"attributes", "source"})
_ALL = frozenset({"*"})
_EXTRAS = {
    "shapes": _ALL, "tags": _ALL, "frames": _ALL, "labels": _ALL, "dataset": _ALL, "tracks": frozenset({"track_id"}),
}  # fmt: skip
_IS_ANNOTATION = Condition("tags", "an annotation has a box or an outline", came_as_annotation, "tags")
_IS_POINT = Condition("element that is no point of its skeleton", "keypoints are those of the category", is_point)
_HAS_PLACE = Condition("skeleton of which no point is seen", "it has no place", has_points)

INSTANCES = Keeps(
    shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS | {"group"}, MASK: _COLUMNS},
    tags=_TRACKS, tracks=_TRACKS, labels=_DEFINITIONS, frames=_FRAMES, task=frozenset({"name"}), extras=_EXTRAS,
    conditions=(*DRAWABLE, _IS_ANNOTATION),
)  # fmt: skip
KEYPOINTS = Keeps(
    shapes={
        SKELETON: _COLUMNS | {"group"}, RECTANGLE: _COLUMNS | {"rotation", "group"}, POLYGON: _COLUMNS | {"group"},
        MASK: _COLUMNS | {"group"},
    },
    elements=_POINTS, tags=_TRACKS, tracks=_TRACKS, labels=_DEFINITIONS | {"svg", "sublabels"}, frames=_FRAMES,
    task=frozenset({"name"}), extras=_EXTRAS, conditions=(*DRAWABLE, _IS_POINT, _HAS_PLACE, _IS_ANNOTATION),
)  # fmt: skip

# What the server's export says, in the order of z_order.
_SERVER_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "group"})
_SERVER_USES = frozenset({"tracks.id", "shapes.z_order"})
_SERVER_SHAPES = {
    RECTANGLE: _SERVER_COLUMNS | {"rotation"}, POLYGON: _SERVER_COLUMNS, MASK: _SERVER_COLUMNS | {"rotation"},
    ELLIPSE: _SERVER_COLUMNS | {"rotation"},
}  # fmt: skip
SERVER = Keeps(
    shapes=_SERVER_SHAPES, tracks=frozenset({"attributes", "group"}), frames=_FRAMES,
    labels=frozenset({"name", "attributes", "sublabels"}), uses=_SERVER_USES, conditions=(*DRAWABLE, SMALL_ELLIPSE),
)  # fmt: skip
SERVER_KEYPOINTS = Keeps(
    shapes={**_SERVER_SHAPES, SKELETON: _SERVER_COLUMNS}, elements=_POINTS,
    tracks=frozenset({"attributes", "group"}), frames=_FRAMES,
    labels=frozenset({"name", "attributes", "svg", "sublabels"}), uses=_SERVER_USES,
    conditions=(
        *DRAWABLE, _IS_POINT, _HAS_PLACE, SMALL_ELLIPSE,
        Condition("shape without a skeleton", "it is not in the group of one, on its frame", is_of_person),
    ),
)  # fmt: skip
