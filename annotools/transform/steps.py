"""The table of steps: what a user can ask for, and what only formats do.

A step is `(dataset, argument, quirks) -> (dataset, losses)`; it exists once, whoever needs it.
"""

from collections.abc import Callable, Mapping

from annotools.model import Dataset, Losses
from annotools.quirks import Quirks
from annotools.transform.clipping import clip_to_frame
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
from annotools.transform.painting import ellipses_to_masks, polygons_to_masks
from annotools.transform.skeletons import skeletons_to_boxes, skeletons_to_points
from annotools.transform.tracing import masks_to_polygons

Transform = Callable[[Dataset, str, Quirks], tuple[Dataset, Losses]]

# What --transform takes.
TRANSFORMS: Mapping[str, Transform] = {
    "tracks-to-shapes": tracks_to_shapes,
    "masks-to-polygons": masks_to_polygons,
    "polygons-to-masks": polygons_to_masks,
    "ellipses-to-masks": ellipses_to_masks,
    "ellipses-to-polygons": ellipses_to_polygons,
    "boxes-to-polygons": boxes_to_polygons,
    "rotated-boxes-to-polygons": rotated_boxes_to_polygons,
    "cuboids-to-boxes": cuboids_to_boxes,
    "cuboids-to-polygons": cuboids_to_polygons,
    "skeletons-to-boxes": skeletons_to_boxes,
    "skeletons-to-points": skeletons_to_points,
    "remap-labels": remap_labels,
    "drop-deleted-frames": drop_deleted_frames,
    "only-annotated-frames": only_annotated_frames,
    "merge-jobs": merge,
    "clip-to-frame": clip_to_frame,
    "round": round_numbers,
}

# What the pipelines of formats are made of.
STEPS: Mapping[str, Transform] = TRANSFORMS
