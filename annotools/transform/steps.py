"""The table of steps: what a user can ask for, and what only formats do.

A step is `(dataset, argument, quirks) -> (dataset, losses)`; it exists once, whoever needs it.  Its module is imported
when it is first asked for: a conversion runs ten of a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from annotools.model import Dataset, Losses
from annotools.quirks import Quirks

Transform = Callable[[Dataset, str, Quirks], tuple[Dataset, Losses]]


class Steps(Mapping[str, Transform]):
    """Steps by name.  homes: name -> the module of this package and the function that a step is."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes

    def __getitem__(self, name: str) -> Transform:
        module, _, function = self._homes[name].partition(":")
        step: Transform = getattr(import_module(f"annotools.transform.{module}"), function)
        return step

    def __contains__(self, name: object) -> bool:
        return name in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


# What --transform takes.
_ASKED = {
    "tracks-to-shapes": "flattening:tracks_to_shapes",
    "masks-to-polygons": "tracing:masks_to_polygons",
    "polygons-to-masks": "painting:polygons_to_masks",
    "ellipses-to-masks": "ellipse_masks:ellipses_to_masks",
    "ellipses-to-polygons": "outlines:ellipses_to_polygons",
    "boxes-to-polygons": "outlines:boxes_to_polygons",
    "rotated-boxes-to-polygons": "outlines:rotated_boxes_to_polygons",
    "rotated-boxes-to-boxes": "outlines:rotated_boxes_to_boxes",
    "shapes-to-boxes": "shape_boxes:shapes_to_boxes",
    "cuboids-to-boxes": "outlines:cuboids_to_boxes",
    "cuboids-to-polygons": "outlines:cuboids_to_polygons",
    "skeletons-to-boxes": "skeletons:skeletons_to_boxes",
    "skeletons-to-points": "skeletons:skeletons_to_points",
    "remap-labels": "labels:remap_labels",
    "drop-deleted-frames": "frames:drop_deleted_frames",
    "only-annotated-frames": "frames:only_annotated_frames",
    "merge-jobs": "jobs:merge",
    "clip-to-frame": "clipping:clip_to_frame",
    "round": "numbers:round_numbers",
}

# What the pipelines of formats are made of.
_OTHERS = {
    "annotated-frames": "files:annotated_frames",
    "attribute-owners": "attribute_owners:attribute_owners",
    "audio-intervals": "audio:audio_intervals",
    "backup-jobs": "backup_meta:backup_jobs",
    "backup-media": "backup_meta:backup_media",
    "blank-hidden-frames": "frame_listing:blank_hidden_frames",
    "chunk-size": "backup_meta:chunk_size",
    "clip-masks": "clipping:clip_masks",
    "close-tracks": "track_gaps:close_tracks",
    "coco-decimals": "coco_decimals:coco_decimals",
    "common-frame-size": "sequences:common_frame_size",
    "consecutive-frames": "sequences:consecutive_frames",
    "count-tracks": "frame_by_frame:count_tracks",
    "cut-into-jobs": "job_homes:cut_into_jobs",
    "default-attributes": "attribute_defaults:default_attributes",
    "distinct-colors": "label_colors:distinct_colors",
    "draw-skeletons": "skeleton_points:drawn_skeletons",
    "drawable-only": "drawable_shapes:drawable_only",
    "drop-disabled-frames": "job_homes:drop_disabled_frames",
    "drop-fractional-masks": "row_conditions:drop_fractional_masks",
    "drop-hidden-rows": "frame_listing:drop_hidden_rows",
    "drop-malformed-shapes": "row_conditions:drop_malformed_shapes",
    "drop-other-jobs": "job_scope:drop_other_jobs",
    "drop-track-scores": "keyframe_tracks:drop_track_scores",
    "drop-unknown-attributes": "attributes:drop_unknown_attributes",
    "drop-unlabelled-rows": "row_conditions:drop_unlabelled_rows",
    "drop-unnamed-rows": "row_conditions:drop_unnamed_rows",
    "exact-ellipses": "ellipse_sides:exact_ellipses",
    "exact-widths": "box_corners:exact_widths",
    "folder-subsets": "subset_folders:folder_subsets",
    "frame-groups": "frame_groups:frame_groups",
    "frames-by-name": "file_stems:frames_by_name",
    "frame-numbers": "picture_frames:frame_numbers",
    "framed-masks": "shape_types:framed_masks",
    "folder-labels": "folder_labels:folder_labels",
    "frames-by-subset": "files:frames_by_subset",
    "face-attributes": "faces:face_attributes",
    "free-names": "attributes:free_names",
    "box-lone-skeletons": "skeleton_boxes:box_lone_skeletons",
    "groups-to-objects": "object_groups:groups_to_objects",
    "hide-honeypots": "frame_listing:hide_honeypots",
    "interpolate-tracks": "track_keyframes:interpolate_tracks",
    "job-frames": "job_scope:job_frames",
    "job-scope": "job_scope:job_scope",
    "join-parts": "part_joining:joined_parts",
    "keyframes-only": "keyframe_tracks:keyframes_only",
    "list-frames": "picture_frames:list_frames",
    "listed-classes": "listed_classes:listed_classes",
    "masks-by-class": "class_masks:masks_by_class",
    "market-names": "market_names:market_names",
    "occluded-visibility": "sequences:occluded_visibility",
    "one-event": "faces:one_event",
    "one-frame-size": "frame_listing:one_frame_size",
    "one-home": "job_homes:one_home",
    "one-line-names": "label_colors:one_line_names",
    "one-label": "one_label:one_label",
    "one-line-values": "attribute_texts:one_line_values",
    "only-attributes": "attribute_texts:only_attributes",
    "only-label": "one_label:only_label",
    "only-shown-frames": "frames:only_shown_frames",
    "only-types": "shape_types:only_types",
    "order-corners": "box_corners:ordered_corners",
    "painted-frames": "picture_files:painted_frames",
    "pair-lists": "pair_lists:pair_lists",
    "picture-names": "picture_frames:picture_names",
    "plain-attributes": "attributes:plain_attributes",
    "point-clouds": "point_clouds:point_clouds",
    "rigid-tracks": "rigid_tracks:rigid_tracks",
    "rotation-beside": "rotation:rotation_beside",
    "round-ellipses": "ellipse_sides:round_ellipses",
    "server-captions": "server_texts:server_captions",
    "server-file-names": "files:server_file_names",
    "server-lines": "server_lines:server_lines",
    "server-masks": "server_masks:server_masks",
    "server-outlines": "server_outlines:server_outlines",
    "shape-places": "picture_frames:shape_places",
    "shapes-to-tracks": "shapes_as_tracks:shapes_to_tracks",
    "shown-keyframes": "track_keyframes:shown_keyframes",
    "sized-frames": "picture_files:sized_frames",
    "skeleton-keypoints": "skeleton_points:skeleton_keypoints",
    "skeleton-labels": "skeleton_labels:skeleton_labels",
    "skeletons-in-boxes": "person_boxes:skeletons_in_boxes",
    "source-numbers": "backup_meta:source_numbers",
    "split-tracks": "subset_tracks:split_tracks",
    "stem-names": "file_stems:stem_names",
    "subsets-named": "files:subsets_named",
    "task-meta": "task_meta:task_meta",
    "tighten-masks": "mask_boxes:tighten_masks",
    "tracked-shapes": "tracked_shapes:tracked_shapes",
    "tracks-frame-by-frame": "frame_by_frame:tracks_frame_by_frame",
    "tracks-to-numbered-shapes": "flattening:tracks_to_numbered_shapes",
    "uniform-skeletons": "track_keyframes:uniform_skeletons",
    "unnamed-subset": "files:unnamed_subset",
    "typed-extras": "typed_extras:typed_extras",
    "unique-names": "file_stems:unique_names",
    "unique-stems": "files:unique_stems",
    "unite-labels": "label_union:unite_labels",
    "used-labels": "used_labels:used_labels",
    "valid-text": "characters:valid_text",
    "video-source": "video_source:video_source",
    "visible-masks": "covering:visible_masks",
    "whole-skeletons": "skeleton_points:whole_skeletons",
    "xml-characters": "characters:xml_characters",
}

TRANSFORMS = Steps(_ASKED)
STEPS = Steps(_ASKED | _OTHERS)
