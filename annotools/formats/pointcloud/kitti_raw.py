"""Kitti Raw 1.0: cuboids in clouds of points as tracklets, objects of one size over frames that follow each other.

    tracklet_labels.xml          <tracklets>..<item><objectType>car</objectType><h>..<w>..<l>..<first_frame>..
                                 <poses><item><tx>..<ty>..<tz>..<rx>..<ry>..<rz>..<occlusion>0</occlusion>..
    frame_list.txt               0 a/1.pcd                the names of frames by their numbers
    labels.txt                   car                      the names of labels, also of those that are not used
    velodyne_points/data/a/1.pcd where they are written along

Rotations are in radians.  A track of several sizes, or with a gap, is as many tracklets.  A tracklet of one pose is a
shape by itself, unless it says that it is a keyframe (`occlusion_kf`).  Attributes go.
Width, height and length are the extents along x, y and z, and a pose is the centre of its cuboid: so CVAT writes and
reads them.  In the files that KITTI gives out length lies along x, width along y and height along z, and a pose is at
the bottom: their numbers stay as they are, in the places that CVAT gives them.
Without a list of frames, names are those of the clouds or pictures that lie beside, or of the task.  Several drives
(`2011_09_26_drive_0001_sync/tracklet_labels.xml`) are put one behind the other, their folders before those names.
Source: https://www.cvlibs.net/datasets/kitti/raw_data.php
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.members import file_names
from annotools.formats.pointcloud import kitti_raw_cvat, kitti_raw_in
from annotools.formats.pointcloud.tracklets import LIST, NAME, Tracklet, document_of, is_tracklets
from annotools.model import CUBOID, Dataset, Keeps
from annotools.model.columns import Ints
from annotools.transform.row_conditions import LABELLED

if TYPE_CHECKING:
    from annotools.storage import Media

LABELS = "labels.txt"


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """Tracklets, the lists of frames and labels, and the clouds."""
    names = file_names(dataset, media)
    yield LIST, [f"{number} {name}\n".encode() for number, name in enumerate(names)]
    yield LABELS, [f"{label.name}\n".encode() for label in dataset.labels]
    yield NAME, document_of(_tracklets(dataset))
    for frame, name in enumerate(names):
        if options.images and media is not None and frame in media:
            yield f"velodyne_points/data/{name}", media[frame].pieces()


def _tracklets(dataset: Dataset) -> list[Tracklet]:
    """Shapes by themselves, then tracks."""
    shapes = dataset.shapes
    seen = np.flatnonzero(~shapes.outside)
    rows = seen[np.lexsort((shapes.frame[seen], shapes.track[seen]))]
    track = shapes.track[rows]
    new = np.append(True, (track[1:] != track[:-1]) | (track[1:] < 0)) if len(rows) else np.zeros(0, np.bool_)
    ends = [*np.flatnonzero(new).tolist(), len(rows)]
    return [_tracklet(dataset, rows[start:stop]) for start, stop in pairwise(ends)]


def _tracklet(dataset: Dataset, rows: Ints) -> Tracklet:
    shapes = dataset.shapes
    title, tracked = dataset.labels.by_id[int(shapes.label[rows[0]])].name, bool(shapes.track[rows[0]] >= 0)
    poses = [shapes.points(row).tolist() for row in rows.tolist()]
    flags = (shapes.keyframe[rows] & tracked).tolist()
    return Tracklet(title, int(shapes.frame[rows[0]]), poses, shapes.occluded[rows].tolist(), flags)


FORMAT = Format(
    slug="kitti-raw", name="Kitti Raw Format 1.0",
    keeps=Keeps(
        shapes={CUBOID: frozenset({"occluded", "outside", "keyframe"})}, tracks=frozenset(),
        labels=frozenset({"name"}), frames=frozenset({"name"}), task=frozenset({"dimension"}), conditions=LABELLED,
    ),
    pipeline=(
        "merge-jobs", "point-clouds", "drop-unlabelled-rows", "tracks-frame-by-frame", "list-frames", "xml-characters",
        "listed-classes=class_id", "rigid-tracks", "close-tracks",
    ),
    dialects={"cvat": kitti_raw_cvat.FORMAT}, read=kitti_raw_in.read, write=write, sniff=is_tracklets,
    members=(NAME, LIST, LABELS, "velodyne_points/data/**"), main=NAME,
    letters=("tracklet_labels.xml", "velodyne_points", "image_00", "data"),
    about="cuboids in point clouds as tracklets in XML",
)  # fmt: skip
