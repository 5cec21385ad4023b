"""What becomes what before COCO is written, as named steps; and the settings that choose among them.

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

# Names in an annotation's `attributes` that say something else than an attribute.
RESERVED = frozenset({"occluded", "outside", "rotation", "track_id", "keyframe", "z_order", "source"})

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
_FRAMES = (
    "merge-jobs",
    "drop-unknown-attributes",
    f"free-names={','.join(sorted(RESERVED))}",
    "tracks-frame-by-frame",
    "list-frames",
    "split-tracks",
    "picture-names",
)
_DRAWN = ("clip-masks", "tighten-masks", "order-corners", "exact-widths", "ellipses-to-masks=frame-by-frame")

# As the server's export: rows stay what they are and are only rounded and painted.
SERVER = (
    "merge-jobs",
    "hide-honeypots",
    "drop-unknown-attributes",
    "count-tracks",
    "tracks-frame-by-frame",
    "list-frames",
    "picture-names",
    "coco-decimals",
    "ellipses-to-masks=opencv",
)


def instances(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask"
    return (*_FRAMES, "box-lone-skeletons", *_drawn(options), kinds, _grouped(options), "close-tracks")


def keypoints(options: Options) -> tuple[str, ...]:
    """The pipeline of `coco-keypoints`.  Raises UsageError for a setting that is not one of the choices."""
    kinds = "drawable-only=rectangle,polygon,mask,skeleton"
    return (
        *_FRAMES,
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
