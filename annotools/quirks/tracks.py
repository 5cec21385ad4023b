"""How the server treats tracks and the frames of a task, and what its own XML says."""

from __future__ import annotations

from annotools.quirks.entry import Quirk

TRACKS: tuple[Quirk, ...] = (
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
        "only-keyframes-read",
        "of a track that is read frame by frame only keyframes, and where it enters or leaves, are stored",
        "a row that does not follow from the keyframes around it is one itself, so that nothing moves",
        "CVAT 2.73 dataset_manager/bindings.py, import of tracks",
    ),
    Quirk(
        "honeypots-hidden",
        "exports leave out honeypots: frames of jobs that show what a frame of the validation pool shows",
        "what people drew on a honeypot is there to be compared",
        "CVAT 2.73 dataset_manager/bindings.py, included frames",
    ),
    Quirk(
        "xml-bare-skeletons",
        "CVAT's XML says neither occluded nor outside of a skeleton as a whole, nor the group of its points",
        "both are written where they are true; the importer reads them",
        "CVAT 2.73 dataset_manager/formats/cvat.py, writers",
    ),
    Quirk(
        "xml-closing-frames",
        "in CVAT's XML for video a plain shape ends on the next frame, also where that is deleted, and does not end "
        "on the last frame",
        "it ends on the next frame that is shown, so that it is seen on its own frame only",
        "CVAT 2.73 dataset_manager/formats/cvat.py, dump_as_cvat_interpolation",
    ),
    Quirk(
        "xml-default-attributes",
        "CVAT's XML is written with the defaults of attributes that nobody has set",
        "it holds the attributes that the annotations have",
        "CVAT 2.73 dataset_manager/task.py, default attributes",
    ),
    Quirk(
        "xml-import",
        "annotations from CVAT's XML come from a file whatever their source says, attributes that a label lacks go, "
        "of a track of masks only the first is read, ellipses are added up to two decimals, and images are found by "
        "name or else by number",
        "what is written is read, and what cannot be read is told",
        "CVAT 2.73 dataset_manager/formats/cvat.py, load_anno",
    ),
    Quirk(
        "merge-counts-outside",
        "outside keyframes of only one job count against tracks of two jobs being the same; then they are there twice",
        "tracks are compared where either is to be seen",
        "CVAT 2.73 dataset_manager/annotation.py, merging of segments",
    ),
    Quirk(
        "cut-drops-outside",
        "where a track that is cut leaves the view and comes back, the outside keyframe between is dropped",
        "the track stays out of view",
        "CVAT 2.73 dataset_manager/annotation.py, slicing of tracks",
    ),
    Quirk(
        "cut-forgets-rotation",
        "a track that is cut gets no keyframe at the border if only its rotation changes on the way there",
        "the shape turns as it did",
        "CVAT 2.73 dataset_manager/annotation.py, slicing of tracks",
    ),
)
