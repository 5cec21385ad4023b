"""What of a dataset comes back from COCO, what becomes what before it is written, and the settings that choose.

tracks      a row on every frame that shows one, closed where they leave
frames      those that are shown, subset by subset
ellipses    masks
masks       polygons along the edges of pixels, with the setting masks=polygons
skeletons   the boxes round them, where nothing else is drawn of them
groups      polygons of one group, label and frame are parts of one object, unless parts=apart
boxes       corners in order, because a width is not negative
"""

from __future__ import annotations

from annotools.errors import UsageError
from annotools.formats.base import Options
from annotools.formats.coco.annotation_forms import came_as_annotation
from annotools.formats.coco.attribute_rows import RESERVED
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
_IS_POINT = Condition("element that is not a point of its skeleton", "keypoints are those of the category", is_point)
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


CHOICES = {
    "masks": ("rle", "polygons"),
    "iscrowd": ("0", "1"),
    "rle": ("compressed", "uncompressed"),
    "parts": ("together", "apart"),
}
SETTINGS = {
    "masks": "rle, or polygons along the edges of their pixels (default rle)",
    "iscrowd": "what masks say: 0, or 1 as the CVAT server writes (default 0)",
    "rle": "compressed text, or uncompressed as a list of numbers (default compressed)",
    "parts": "together: polygons of one group and label are one object; apart: each is one (default together)",
}
_FRAME_STEPS = (
    "merge-jobs",
    "drop-unknown-attributes",
    f"free-names={','.join(sorted(RESERVED))}",
    "tracks-frame-by-frame",
    "folder-subsets",
    "unnamed-subset=default",
    "list-frames",
    "split-tracks",
    "picture-names",
)
_DRAWN = ("clip-masks", "tighten-masks", "order-corners", "exact-widths", "ellipses-to-masks=frame-by-frame")

# As the server's export: rows stay what they are and are only rounded and painted.
SERVER_STEPS = (
    "merge-jobs",
    "hide-honeypots",
    "drop-unknown-attributes",
    "count-tracks",
    "tracks-frame-by-frame",
    "unnamed-subset=default",
    "list-frames",
    "picture-names",
    "coco-decimals",
    "ellipses-to-masks=opencv",
)


def instance_steps(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask"
    return (*_FRAME_STEPS, "box-lone-skeletons", *_drawn(options), kinds, _grouped(options), "close-tracks")


def keypoint_steps(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco-keypoints`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask,skeleton"
    return (
        *_FRAME_STEPS,
        *_drawn(options),
        "skeleton-keypoints",
        "draw-skeletons",
        kinds,
        _grouped(options),
        "close-tracks",
    )


def _drawn(options: Options) -> tuple[str, ...]:
    _check(options)
    return (*_DRAWN, "masks-to-polygons") if options.setting("masks", "rle") == "polygons" else _DRAWN


def _grouped(options: Options) -> str:
    return "groups-to-objects" + "=apart" * (options.setting("parts", "together") == "apart")


def _check(options: Options) -> None:
    for name, choices in CHOICES.items():
        given = options.setting(name, choices[0])
        if given not in choices:
            raise UsageError(f"setting {name} is {given!r}, expected {' or '.join(choices)}")
