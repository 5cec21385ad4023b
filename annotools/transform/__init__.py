"""Named steps from one dataset to another that a user can ask for, `--transform NAME` or `NAME=ARGUMENT`.

    dataset, losses = TRANSFORMS["remap-labels"](dataset, "car:vehicle", NONE)
    dataset, losses = run(dataset, ("tracks-to-shapes", "masks-to-polygons"))

What a shape is made from it keeps: label, group, attributes, z_order, source, score, occluded.  Every transform
returns what it changed or lost.  The third argument, `quirks`, is for those that interpolate tracks.
Steps are imported when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from annotools.transform.pipeline import checked, named, run
from annotools.transform.steps import STEPS, TRANSFORMS, Transform

if TYPE_CHECKING:
    from annotools.transform.clipping import clip_to_frame
    from annotools.transform.ellipse_masks import ellipses_to_masks
    from annotools.transform.flattening import tracks_to_shapes
    from annotools.transform.frames import drop_deleted_frames, only_annotated_frames
    from annotools.transform.jobs import merge
    from annotools.transform.labels import remap_labels
    from annotools.transform.numbers import round_numbers
    from annotools.transform.outlines import (
        boxes_to_polygons,
        cuboids_to_boxes,
        cuboids_to_polygons,
        ellipses_to_polygons,
        rotated_boxes_to_polygons,
    )
    from annotools.transform.painting import polygons_to_masks
    from annotools.transform.skeletons import skeletons_to_boxes, skeletons_to_points
    from annotools.transform.tracing import masks_to_polygons

__all__ = [
    "STEPS",
    "TRANSFORMS",
    "Transform",
    "boxes_to_polygons",
    "checked",
    "clip_to_frame",
    "cuboids_to_boxes",
    "cuboids_to_polygons",
    "drop_deleted_frames",
    "ellipses_to_masks",
    "ellipses_to_polygons",
    "masks_to_polygons",
    "merge",
    "named",
    "only_annotated_frames",
    "polygons_to_masks",
    "remap_labels",
    "rotated_boxes_to_polygons",
    "round_numbers",
    "run",
    "skeletons_to_boxes",
    "skeletons_to_points",
    "tracks_to_shapes",
]

_HOMES = {
    "clip_to_frame": "clipping",
    "ellipses_to_masks": "ellipse_masks",
    "tracks_to_shapes": "flattening",
    "drop_deleted_frames": "frames",
    "only_annotated_frames": "frames",
    "merge": "jobs",
    "remap_labels": "labels",
    "round_numbers": "numbers",
    "boxes_to_polygons": "outlines",
    "cuboids_to_boxes": "outlines",
    "cuboids_to_polygons": "outlines",
    "ellipses_to_polygons": "outlines",
    "rotated_boxes_to_polygons": "outlines",
    "polygons_to_masks": "painting",
    "skeletons_to_boxes": "skeletons",
    "skeletons_to_points": "skeletons",
    "masks_to_polygons": "tracing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'annotools.transform' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"annotools.transform.{_HOMES[name]}"), name)
    return value
