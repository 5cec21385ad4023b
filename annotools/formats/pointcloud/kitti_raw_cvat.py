"""Kitti Raw as the CVAT server writes and reads it.

Every cuboid is a tracklet of one pose, the last first; those of tracks say whether they are keyframes.  Cuboids on
pictures are taken for cuboids in space; the list of frames has names without folders and endings.
Source: CVAT 2.73 dataset_manager/formats/velodynepoint.py, its fork of Datumaro: kitti_raw_format/converter.py
"""

from __future__ import annotations

from posixpath import basename, splitext
from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.pointcloud import kitti_raw_in
from annotools.formats.pointcloud.tracklets import LIST, NAME, Tracklet, document_of
from annotools.model import CUBOID, Dataset, Keeps
from annotools.model.rounding import around
from annotools.transform.row_conditions import LABELLED, WELL_FORMED

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """Tracklets, the list of frames, and the clouds."""
    stems = [splitext(basename(name))[0] for name in dataset.frames.names]
    yield LIST, [f"{number} {stem}\n".encode() for number, stem in enumerate(stems)]
    rows = ByFrame.shapes(dataset, np.flatnonzero(~dataset.shapes.outside)).order
    yield NAME, document_of([_tracklet(dataset, row) for row in reversed(rows.tolist())])
    for frame, stem in enumerate(stems):
        if options.images and media is not None and frame in media:
            yield f"velodyne_points/data/{stem}.pcd", media[frame].pieces()


def _tracklet(dataset: Dataset, row: int) -> Tracklet:
    shapes = dataset.shapes
    flag = shapes.extras.get("keyframe")
    keyframe = flag is not None and bool(flag.present[row]) and bool(flag.values[row])
    title = dataset.labels.by_id[int(shapes.label[row])].name
    points = around(shapes.points(row)).tolist()
    return Tracklet(title, int(shapes.frame[row]), [points], [int(shapes.occluded[row])], [keyframe])


FORMAT = Format(
    slug="kitti-raw", name="Kitti Raw Format 1.0",
    keeps=Keeps(
        shapes={CUBOID: frozenset({"occluded"})}, labels=frozenset({"name"}), frames=frozenset({"name"}),
        uses=frozenset({"shapes.z_order"}), extras={"shapes": frozenset({"track_id", "keyframe"})},
        conditions=(*WELL_FORMED, *LABELLED),
    ),
    pipeline=("merge-jobs", "tracks-to-numbered-shapes", "only-shown-frames"),
    quirks=("kitti-raw-export", "kitti-raw-import"), read=kitti_raw_in.read_as_server, write=write,
)  # fmt: skip
