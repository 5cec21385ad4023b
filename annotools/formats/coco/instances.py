"""The format `coco`: object instances, COCO 1.0.

    annotations/instances_<subset>.json     {"images": ..., "categories": ..., "annotations": ...}

Rectangles, polygons and masks; polygons of one group and label are one object of several parts, ellipses are painted.
Tracks stay together by the attributes `track_id` and `keyframe`, as the CVAT server writes them.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from annotools.errors import UsageError
from annotools.formats.base import Format, Options, WriteOptions
from annotools.formats.coco import readers, reading, writing
from annotools.formats.coco.annotation_forms import came_as_annotation
from annotools.formats.coco.attributes import RESERVED
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, Condition, Dataset, Keeps
from annotools.transform.drawable_shapes import DRAWABLE, SMALL_ELLIPSE

# What becomes what before it is written:
# tracks      a row on every frame that shows one, closed where they leave
# frames      those that are shown, subset by subset
# ellipses    masks
# masks       polygons along the edges of pixels, with the setting masks=polygons
# skeletons   the boxes round them, where nothing else is drawn of them
# groups      polygons of one group, label and frame are parts of one object, unless parts=apart
# boxes       corners in order, because a width is not negative
_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "score", "z_order", "source"})
_DEFINITIONS = frozenset({"name", "type", "color", "attributes"})
_FRAMES = frozenset({"name", "size", "subsets"})
_TRACKS = frozenset({"attributes", "source"})
_ALL = frozenset({"*"})
_EXTRAS = {
    "shapes": _ALL, "tags": _ALL, "frames": _ALL, "labels": _ALL, "dataset": _ALL, "tracks": frozenset({"track_id"}),
}  # fmt: skip
IS_ANNOTATION = Condition("tags", "an annotation has a box or an outline", came_as_annotation, "tags")

KEEPS = Keeps(
    shapes={RECTANGLE: _COLUMNS | {"rotation"}, POLYGON: _COLUMNS | {"group"}, MASK: _COLUMNS},
    tags=_TRACKS, tracks=_TRACKS, labels=_DEFINITIONS, frames=_FRAMES, task=frozenset({"name"}), extras=_EXTRAS,
    conditions=(*DRAWABLE, IS_ANNOTATION),
)  # fmt: skip
# What the server's export says, in the order of z_order.
_SERVER_COLUMNS = frozenset({"occluded", "outside", "attributes", "keyframe", "group"})
_SERVER_USES = frozenset({"tracks.id", "shapes.z_order"})
_SERVER_SHAPES = {
    RECTANGLE: _SERVER_COLUMNS | {"rotation"}, POLYGON: _SERVER_COLUMNS, MASK: _SERVER_COLUMNS | {"rotation"},
    ELLIPSE: _SERVER_COLUMNS | {"rotation"},
}  # fmt: skip
SERVER_KEEPS = Keeps(
    shapes=_SERVER_SHAPES, tracks=frozenset({"attributes", "group"}), frames=_FRAMES,
    labels=frozenset({"name", "attributes", "sublabels"}), uses=_SERVER_USES, conditions=(*DRAWABLE, SMALL_ELLIPSE),
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
FRAME_STEPS = (
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


def steps(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask"
    return (*FRAME_STEPS, "box-lone-skeletons", *drawn_steps(options), kinds, grouping(options), "close-tracks")


def drawn_steps(options: Options) -> tuple[str, ...]:
    """What becomes of what is drawn.  Raises UsageError for a setting that is not one of the choices."""
    _check(options)
    return (*_DRAWN, "masks-to-polygons") if options.setting("masks", "rle") == "polygons" else _DRAWN


def grouping(options: Options) -> str:
    """The step that says which groups are objects."""
    return "groups-to-objects" + "=apart" * (options.setting("parts", "together") == "apart")


def _check(options: Options) -> None:
    for name, choices in CHOICES.items():
        given = options.setting(name, choices[0])
        if given not in choices:
            raise UsageError(f"setting {name} is {given!r}, expected {' or '.join(choices)}")


def _server_writer(dataset: Dataset, options: WriteOptions) -> writing.Writer:
    from annotools.formats.coco.server import ServerWriter  # few write so, and what it draws with is much to load

    return ServerWriter(dataset, options)


SERVER = Format(
    slug="coco", name="COCO 1.0", keeps=SERVER_KEEPS, pipeline=SERVER_STEPS,
    read=partial(reading.read, reader=readers.SERVER), write=writing.written_by(_server_writer),
    main="annotations/*.json", members=("annotations/instances_*.json", "images/**"), settings=SETTINGS,
    quirks=(
        "coco-export", "coco-import", "honeypots-hidden", "half-turn", "closed-by-deleted-frame", "only-keyframes-read",
    ),
    about="boxes, polygons and masks of objects",
)  # fmt: skip
FORMAT = replace(
    SERVER, keeps=KEEPS, pipeline=steps, dialects={"cvat": SERVER}, quirks=(),
    read=partial(reading.read, reader=readers.INSTANCES), write=writing.written_by(writing.Writer),
    sniff=partial(reading.sniff, keypoints=False),
)  # fmt: skip
