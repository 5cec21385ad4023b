"""Clouds of points: objects of Supervisely's projects, and sizes of KITTI's tracklets.

    ds0/ann/1.pcd.json   {"objects": [{"key": "k", "classTitle": "car", "tags": []}], "figures": [{"objectKey": "k"}]}
    tracklet_labels.xml  <item><objectType>car</objectType><h>1.4</h><w>1.8</w><l>4.3</l>

What a reader makes of such files is in the tables; these rules ask what the files themselves say.
Source: what CVAT's importers do with them.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import Problems
from annotools.formats.pointcloud.projects import Cloud, Figures, clouds_of, figures_of
from annotools.formats.pointcloud.tracklets import Poses, drives_of, poses_of
from annotools.validate.context import Context
from annotools.validate.findings import INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault


def project(ctx: Context) -> tuple[tuple[list[Cloud], Figures], ...]:
    """The clouds of the input and their figures; nothing for another format."""
    if ctx.source is None or ctx.slug != "sly-pointcloud":
        return ()
    clouds = clouds_of(ctx.source, Problems())
    return ((clouds, figures_of(clouds, Problems())),)


def tracklets(ctx: Context) -> tuple[tuple[str, Poses], ...]:
    """The poses of the input's tracklets; nothing for another format."""
    if ctx.source is None or ctx.slug != "kitti-raw":
        return ()
    return tuple((name, poses_of(ctx.source, name, Problems())) for name in drives_of(ctx.source)[0])


@rule(
    "FMT083", "object-of-several-clouds", INFO, upload=WARNING, needs=SOURCE,
    proof="golden/video/reimport/sly-pointcloud.json",
)  # fmt: skip
def object_of_several_clouds(ctx: Context) -> Found | None:
    """An object of Supervisely has figures in several clouds, and does not say whether these are keyframes.

    Why: it is one object, and so annotools reads a track; the server's importer wants a tag `keyframe` and makes a
        shape by itself of every figure.
    Bad:
        {"from": "sly-pointcloud", "files": {"meta.json": {"projectType": "point_clouds"},
            "ds0/ann/a.json": {"objects": [{"key": "k", "classTitle": "car"}], "figures": [
                {"objectKey": "k", "geometry": {"position": {"x": 1}}}]},
            "ds0/ann/b.json": {"objects": [{"key": "k", "classTitle": "car"}], "figures": [
                {"objectKey": "k", "geometry": {"position": {"x": 1}}}]}}}

        {"from": "sly-pointcloud", "files": {"meta.json": {"projectType": "point_clouds"},
            "ds0/ann/a.json": {"objects": [{"key": "k", "classTitle": "car"}], "figures": [
                {"objectKey": "k", "geometry": {"position": {"x": 1}}}]},
            "ds0/ann/b.json": {"objects": [{"key": "k", "classTitle": "car"}], "figures": [
                {"objectKey": "k", "geometry": {"position": {"x": 1}}},
                {"objectKey": "k", "geometry": {"position": {"x": 2}}}]}}}
    Good:
        {"from": "sly-pointcloud", "files": {"meta.json": {"projectType": "point_clouds"},
            "ds0/ann/a.json": {"objects": [{"key": "k", "classTitle": "car"}], "figures": [
                {"objectKey": "k", "geometry": {"position": {"x": 1}}}]}}}
    Source: source: CVAT's bindings.py, import of dm annotations
    """
    faults = []
    for clouds, figures in ctx.once(project):
        places: dict[str, list[int]] = {}
        for key, cloud, tags in zip(figures.object, figures.cloud, figures.tags, strict=True):
            if "keyframe" not in tags:
                places.setdefault(key, []).append(cloud)
        for key, mine in places.items():
            number = len(set(mine))
            if number > 1:
                message = f"object {key[:60]!r} has figures in {number:,} clouds and says no keyframe"
                faults.append(Fault("FMT083", clouds[mine[0]].member, "", message))
    return ctx.found(faults)


@rule("FMT084", "cuboid-without-extent", WARNING, needs=SOURCE, proof="source: nothing asks for sizes")
def cuboid_without_extent(ctx: Context) -> Found | None:
    """A tracklet of KITTI has a height, width or length that is not positive.

    Why: no object is that small, and what measures overlap divides by its volume. The server stores it all the same.
    Bad:
        {"from": "kitti-raw", "files": {"frame_list.txt": "0 a", "tracklet_labels.xml":
            "<t><tracklets><item><objectType>car</objectType><h>0</h><w>1.8</w><l>4.3</l><first_frame>0</first_frame><poses><item><tx>1</tx><ty>1</ty><tz>1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item></poses></item></tracklets></t>"}}

        {"from": "kitti-raw", "files": {"frame_list.txt": "0 a", "tracklet_labels.xml":
            "<t><tracklets><item><objectType>car</objectType><h>1.4</h><w>-1.8</w><l>4.3</l><first_frame>0</first_frame><poses><item><tx>1</tx><ty>1</ty><tz>1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item></poses></item></tracklets></t>"}}

        {"from": "kitti-raw", "files": {"frame_list.txt": "0 a", "tracklet_labels.xml":
            "<t><tracklets><item><objectType>car</objectType><h>1.4</h><w>1.8</w><l>0</l><first_frame>0</first_frame><poses><item><tx>1</tx><ty>1</ty><tz>1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item></poses></item></tracklets></t>"}}
    Good:
        {"from": "kitti-raw", "files": {"frame_list.txt": "0 a", "tracklet_labels.xml":
            "<t><tracklets><item><objectType>car</objectType><h>1.4</h><w>1.8</w><l>4.3</l><first_frame>0</first_frame><poses><item><tx>1</tx><ty>1</ty><tz>1</tz><rx>0</rx><ry>0</ry><rz>0</rz></item></poses></item></tracklets></t>"}}
    Source: https://www.cvlibs.net/datasets/kitti/raw_data.php
    """
    faults = []
    for member, poses in ctx.once(tracklets):
        sizes = poses.points[:, 6:9]
        bad = np.flatnonzero((sizes <= 0).any(axis=1))
        _, first = np.unique(np.array(poses.tracklet, np.int64)[bad], return_index=True)
        for row in bad[first].tolist():
            width, height, length = sizes[row].tolist()
            message = f"a {poses.title[row][:40]!r} is {height:g} high, {width:g} wide and {length:g} long"
            faults.append(Fault("FMT084", member, "", message, line=poses.line[row] or None))
    return ctx.found(faults)


@rule(
    "FMT085", "tracklets-without-names", INFO, needs=SOURCE, proof="source: frames are counted where nothing lists them"
)
def tracklets_without_names(ctx: Context) -> Found | None:
    """Tracklets of KITTI have neither a list of frames nor their clouds or pictures beside them.

    Why: a pose says the number of its frame alone, so nothing says which cloud that is, but for the task's own order.
    Bad:
        {"from": "kitti-raw", "files": {"tracklet_labels.xml":
            "<boost_serialization><tracklets></tracklets></boost_serialization>"}}

        {"from": "kitti-raw", "files": {"street/tracklet_labels.xml":
            "<boost_serialization><tracklets></tracklets></boost_serialization>", "street/calib.txt": ""}}
    Good:
        {"from": "kitti-raw", "files": {"frame_list.txt": "0 a", "tracklet_labels.xml":
            "<boost_serialization><tracklets></tracklets></boost_serialization>"}}

        {"from": "kitti-raw", "files": {"velodyne_points/data/0000000000.bin": "cloud", "tracklet_labels.xml":
            "<boost_serialization><tracklets></tracklets></boost_serialization>"}}
    Source: source: CVAT's export of Kitti Raw writes frame_list.txt
    """
    members = ctx.source.members() if ctx.source is not None and ctx.once(tracklets) else ()
    known = any(name.endswith("frame_list.txt") or "/data/" in name for name in members)
    bare = [member for member, _ in ctx.once(tracklets)] if not known else []
    return ctx.found([Fault("FMT085", member, "", "nothing says which frames there are") for member in bare])
