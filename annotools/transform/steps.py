"""The table of steps: what a user can ask for, and what only formats do.

A step is `(dataset, argument, quirks) -> (dataset, losses)`; it exists once, whoever needs it.
"""

from collections.abc import Callable, Mapping

from annotools.model import Dataset, Losses
from annotools.quirks import Quirks
from annotools.transform.attribute_defaults import default_attributes
from annotools.transform.attribute_owners import attribute_owners
from annotools.transform.attribute_texts import one_line_values, only_attributes
from annotools.transform.attributes import drop_unknown_attributes, free_names, plain_attributes
from annotools.transform.audio import audio_intervals
from annotools.transform.backup_meta import backup_jobs, backup_media, chunk_size, source_numbers
from annotools.transform.box_corners import exact_widths, ordered_corners
from annotools.transform.characters import valid_text, xml_characters
from annotools.transform.class_masks import masks_by_class
from annotools.transform.clipping import clip_masks, clip_to_frame
from annotools.transform.coco_decimals import coco_decimals
from annotools.transform.covering import visible_masks
from annotools.transform.drawable_shapes import drawable_only
from annotools.transform.ellipse_masks import ellipses_to_masks
from annotools.transform.ellipse_sides import exact_ellipses, round_ellipses
from annotools.transform.faces import face_attributes, one_event
from annotools.transform.file_stems import frames_by_name, stem_names, unique_names
from annotools.transform.files import annotated_frames, frames_by_subset, server_file_names, subsets_named, unique_stems
from annotools.transform.flattening import tracks_to_numbered_shapes, tracks_to_shapes
from annotools.transform.folder_labels import folder_labels
from annotools.transform.frame_by_frame import count_tracks, tracks_frame_by_frame
from annotools.transform.frame_groups import frame_groups
from annotools.transform.frame_listing import blank_hidden_frames, drop_hidden_rows, hide_honeypots, one_frame_size
from annotools.transform.frames import drop_deleted_frames, only_annotated_frames, only_shown_frames
from annotools.transform.job_homes import cut_into_jobs, drop_disabled_frames, one_home
from annotools.transform.job_scope import drop_other_jobs, job_frames, job_scope
from annotools.transform.jobs import merge
from annotools.transform.keyframe_tracks import drop_track_scores, keyframes_only
from annotools.transform.label_colors import distinct_colors, one_line_names
from annotools.transform.label_union import unite_labels
from annotools.transform.labels import remap_labels
from annotools.transform.listed_classes import listed_classes
from annotools.transform.market_names import market_names
from annotools.transform.mask_boxes import tighten_masks
from annotools.transform.numbers import round_numbers
from annotools.transform.object_groups import groups_to_objects
from annotools.transform.one_label import one_label, only_label
from annotools.transform.outlines import (
    boxes_to_polygons,
    cuboids_to_boxes,
    cuboids_to_polygons,
    ellipses_to_polygons,
    rotated_boxes_to_boxes,
    rotated_boxes_to_polygons,
)
from annotools.transform.painting import polygons_to_masks
from annotools.transform.pair_lists import pair_lists
from annotools.transform.part_joining import joined_parts
from annotools.transform.person_boxes import skeletons_in_boxes
from annotools.transform.picture_files import painted_frames, sized_frames
from annotools.transform.picture_frames import frame_numbers, list_frames, picture_names, shape_places
from annotools.transform.point_clouds import point_clouds
from annotools.transform.rigid_tracks import rigid_tracks
from annotools.transform.rotation import rotation_beside
from annotools.transform.row_conditions import (
    drop_fractional_masks,
    drop_malformed_shapes,
    drop_unlabelled_rows,
    drop_unnamed_rows,
)
from annotools.transform.sequences import common_frame_size, consecutive_frames, occluded_visibility
from annotools.transform.server_lines import server_lines
from annotools.transform.server_masks import server_masks
from annotools.transform.server_outlines import server_outlines
from annotools.transform.server_texts import server_captions
from annotools.transform.shape_types import framed_masks, only_types
from annotools.transform.shapes_as_tracks import shapes_to_tracks
from annotools.transform.skeleton_boxes import box_lone_skeletons
from annotools.transform.skeleton_labels import skeleton_labels
from annotools.transform.skeleton_points import drawn_skeletons, skeleton_keypoints, whole_skeletons
from annotools.transform.skeletons import skeletons_to_boxes, skeletons_to_points
from annotools.transform.subset_folders import folder_subsets
from annotools.transform.subset_tracks import split_tracks
from annotools.transform.task_meta import task_meta
from annotools.transform.tracing import masks_to_polygons
from annotools.transform.track_gaps import close_tracks
from annotools.transform.track_keyframes import interpolate_tracks, shown_keyframes, uniform_skeletons
from annotools.transform.tracked_shapes import tracked_shapes
from annotools.transform.used_labels import used_labels
from annotools.transform.video_source import video_source

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
    "rotated-boxes-to-boxes": rotated_boxes_to_boxes,
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
STEPS: Mapping[str, Transform] = {
    **TRANSFORMS,
    "annotated-frames": annotated_frames,
    "attribute-owners": attribute_owners,
    "audio-intervals": audio_intervals,
    "backup-jobs": backup_jobs,
    "backup-media": backup_media,
    "blank-hidden-frames": blank_hidden_frames,
    "chunk-size": chunk_size,
    "clip-masks": clip_masks,
    "close-tracks": close_tracks,
    "coco-decimals": coco_decimals,
    "common-frame-size": common_frame_size,
    "consecutive-frames": consecutive_frames,
    "count-tracks": count_tracks,
    "cut-into-jobs": cut_into_jobs,
    "default-attributes": default_attributes,
    "distinct-colors": distinct_colors,
    "draw-skeletons": drawn_skeletons,
    "drawable-only": drawable_only,
    "drop-disabled-frames": drop_disabled_frames,
    "drop-fractional-masks": drop_fractional_masks,
    "drop-hidden-rows": drop_hidden_rows,
    "drop-malformed-shapes": drop_malformed_shapes,
    "drop-other-jobs": drop_other_jobs,
    "drop-track-scores": drop_track_scores,
    "drop-unknown-attributes": drop_unknown_attributes,
    "drop-unlabelled-rows": drop_unlabelled_rows,
    "drop-unnamed-rows": drop_unnamed_rows,
    "exact-ellipses": exact_ellipses,
    "exact-widths": exact_widths,
    "folder-subsets": folder_subsets,
    "frame-groups": frame_groups,
    "frames-by-name": frames_by_name,
    "frame-numbers": frame_numbers,
    "framed-masks": framed_masks,
    "folder-labels": folder_labels,
    "frames-by-subset": frames_by_subset,
    "face-attributes": face_attributes,
    "free-names": free_names,
    "box-lone-skeletons": box_lone_skeletons,
    "groups-to-objects": groups_to_objects,
    "hide-honeypots": hide_honeypots,
    "interpolate-tracks": interpolate_tracks,
    "job-frames": job_frames,
    "job-scope": job_scope,
    "join-parts": joined_parts,
    "keyframes-only": keyframes_only,
    "list-frames": list_frames,
    "listed-classes": listed_classes,
    "masks-by-class": masks_by_class,
    "market-names": market_names,
    "occluded-visibility": occluded_visibility,
    "one-event": one_event,
    "one-frame-size": one_frame_size,
    "one-home": one_home,
    "one-line-names": one_line_names,
    "one-label": one_label,
    "one-line-values": one_line_values,
    "only-attributes": only_attributes,
    "only-label": only_label,
    "only-shown-frames": only_shown_frames,
    "only-types": only_types,
    "order-corners": ordered_corners,
    "painted-frames": painted_frames,
    "pair-lists": pair_lists,
    "picture-names": picture_names,
    "plain-attributes": plain_attributes,
    "point-clouds": point_clouds,
    "rigid-tracks": rigid_tracks,
    "rotation-beside": rotation_beside,
    "round-ellipses": round_ellipses,
    "server-captions": server_captions,
    "server-file-names": server_file_names,
    "server-lines": server_lines,
    "server-masks": server_masks,
    "server-outlines": server_outlines,
    "shape-places": shape_places,
    "shapes-to-tracks": shapes_to_tracks,
    "shown-keyframes": shown_keyframes,
    "sized-frames": sized_frames,
    "skeleton-keypoints": skeleton_keypoints,
    "skeleton-labels": skeleton_labels,
    "skeletons-in-boxes": skeletons_in_boxes,
    "source-numbers": source_numbers,
    "split-tracks": split_tracks,
    "stem-names": stem_names,
    "subsets-named": subsets_named,
    "task-meta": task_meta,
    "tighten-masks": tighten_masks,
    "tracked-shapes": tracked_shapes,
    "tracks-frame-by-frame": tracks_frame_by_frame,
    "tracks-to-numbered-shapes": tracks_to_numbered_shapes,
    "uniform-skeletons": uniform_skeletons,
    "unique-names": unique_names,
    "unique-stems": unique_stems,
    "unite-labels": unite_labels,
    "used-labels": used_labels,
    "valid-text": valid_text,
    "video-source": video_source,
    "visible-masks": visible_masks,
    "whole-skeletons": whole_skeletons,
    "xml-characters": xml_characters,
}
