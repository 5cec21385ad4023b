"""Tracklets of KITTI: cuboids in space, and lists of frames."""

from __future__ import annotations

import pytest

from tests.formats.files import problems_of
from tests.formats.pointcloud_files import read_all, rows

TRACKLETS = """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<!DOCTYPE boost_serialization>
<boost_serialization signature="serialization::archive" version="9"><tracklets class_id="0">
<count>1</count><item_version>1</item_version>%s</tracklets></boost_serialization>"""
POSE = "<item><tx>1</tx><ty>2</ty><tz>3</tz><rx>0</rx><ry>0</ry><rz>0.5</rz><occlusion>%d</occlusion></item>\n"


def tracklet(*poses: str, first: str = "0", name: str = "<objectType>car</objectType>") -> str:
    size = f"<h>1.4</h><w>1.8</w><l>4.3</l><first_frame>{first}</first_frame>"
    return f"<item>\n{name}{size}<poses><count>{len(poses)}</count>\n{''.join(poses)}</poses></item>\n"


def test_tracklets_are_tracks_of_one_size() -> None:
    text = TRACKLETS % (tracklet(POSE % 0, POSE % 2, first="1") + tracklet(POSE % 0))
    result = read_all({"tracklets.xml": text, "velodyne_points/data/0000000001.bin": b"x"}, "kitti-raw")
    assert problems_of(result)[0].startswith("tracklets.xml:")
    listed = "".join(f"{number} a b/{number}.bin\n" for number in range(4))
    result = read_all({"x/tracklet_labels.xml": text, "x/frame_list.txt": listed}, "kitti-raw")
    assert problems_of(result) == []
    dataset = result.dataset
    assert dataset.frames.names == tuple(f"a b/{number}.bin" for number in range(4))
    assert dataset.shapes.points(0).tolist() == [1, 2, 3, 0, 0, 0.5, 1.8, 1.4, 4.3, *[0] * 7]
    seen = [(int(frame), int(track)) for frame, track, _ in rows(dataset.shapes.take(~dataset.shapes.outside))]
    assert seen == [(0, -1), (1, 0), (2, 0)]
    assert dataset.shapes.occluded.tolist()[-2:] == [True, True]


def test_a_tracklet_that_says_its_keyframes_begins_with_one() -> None:
    flagged = [POSE.replace("</item>", f"<occlusion_kf>{flag}</occlusion_kf></item>") % 0 for flag in (0, 1, 0, 0)]
    members = {"tracklet_labels.xml": TRACKLETS % tracklet(*flagged), "frame_list.txt": "0 a\n1 b\n2 c\n3 d\n"}
    result = read_all(members, "kitti-raw")
    assert result.dataset.shapes.keyframe.tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (tracklet(POSE % 0, first="7"), "11: pose is on frame 7, expected 0 to 1"),
        (tracklet(POSE % 0, first=""), "9: there is no first_frame, expected a number"),
        (tracklet(POSE % 0, name=""), "9: tracklet has no objectType, expected the name of a label"),
        (tracklet((POSE % 0).replace("<ty>2", "<ty>x")), "11: ty is 'x', expected a number"),
        (tracklet(), "9: tracklet has no poses, expected one at least"),
        (tracklet(POSE % 0, first="1" + "0" * 30), "9: first_frame is 1e+30, expected at most 1,000,000,000"),
    ],
)
def test_a_bad_tracklet_is_one_problem_with_its_line(item: str, text: str) -> None:
    good = tracklet(POSE % 0)
    members = {"tracklet_labels.xml": TRACKLETS % ("\n" + good + item + good), "frame_list.txt": "0 a\n1 b\n"}
    result = read_all(members, "kitti-raw")
    assert problems_of(result) == [f"tracklet_labels.xml:{text}"]
    assert len(result.dataset.shapes) == 2


def test_a_document_type_with_anything_in_it_is_refused() -> None:
    inner = "<!DOCTYPE boost_serialization [<!ENTITY a 'b'>]>"
    text = TRACKLETS.replace("<!DOCTYPE boost_serialization>", inner) % ""
    result = read_all({"tracklet_labels.xml": text}, "kitti-raw")
    assert problems_of(result) == [
        "tracklet_labels.xml:2: has a document type declaration, expected tracklets of KITTI"
    ]


def test_lists_of_frames_are_numbered() -> None:
    listed = "0 a b\n2 c\nx\n001 d\n² e\n" + "9" * 5000 + " f\n"
    members = {"tracklet_labels.xml": TRACKLETS % "", "frame_list.txt": listed}
    result = read_all(members, "kitti-raw")
    assert problems_of(result) == [
        "frame_list.txt:2: is '2', expected 1 and a name", "frame_list.txt:3: is 'x', expected 1 and a name",
        "frame_list.txt:5: is '²', expected 2 and a name", f"frame_list.txt:6: is '{'9' * 20}', expected 2 and a name",
    ]  # fmt: skip
    assert result.dataset.frames.names == ("a b", "d")


def test_several_drives_are_put_one_behind_the_other() -> None:
    """As they are given out: a folder for each below that of its day."""
    day = "2011_09_26/2011_09_26_drive_"
    members: dict[str, bytes | str] = {f"{day}{n}_sync/image_02/data/0000000000.png": b"png" for n in (1, 2)}
    for number, text in ((1, tracklet(POSE % 0, POSE % 0)), (2, tracklet(POSE % 0, first="1"))):
        members[f"{day}{number}_sync/tracklet_labels.xml"] = TRACKLETS % text
        clouds = {f"{day}{number}_sync/velodyne_points/data/000000000{n}.bin": f"{number}{n}" for n in (0, 1)}
        members |= clouds
    result = read_all(members, "kitti-raw")
    assert problems_of(result) == []
    names = result.dataset.frames.names
    assert names == tuple(f"2011_09_26_drive_{n}_sync/000000000{k}.bin" for n in (1, 2) for k in (0, 1))
    assert [result.media[frame].read() for frame in range(4)] == [b"10", b"11", b"20", b"21"]
    seen = rows(result.dataset.shapes.take(~result.dataset.shapes.outside))
    assert sorted((frame, track) for frame, track, _ in seen) == [(0, 0), (1, 0), (3, -1)]
    assert [str(loss) for loss in result.losses] == [
        "lost: 2 x picture left out: frames of several drives are their clouds"
    ]


def test_a_folder_has_one_file_of_tracklets() -> None:
    text = TRACKLETS % tracklet(POSE % 0)
    members = {"a/tracklet_labels.xml": text, "a/tracklets_old.xml": text, "a/frame_list.txt": "0 x\n"}
    result = read_all(members, "kitti-raw")
    assert result.dataset.frames.names == ("x",)
    assert len(result.dataset.shapes) == 1
    assert [str(loss) for loss in result.losses] == [
        "lost: 1 x file: a folder has one of tracklets, not a/tracklets_old.xml"
    ]
