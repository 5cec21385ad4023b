"""CVAT's XML of strangers: what is wrong is said with its line and costs no more than itself."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from annotools import formats, quirks
from annotools.errors import UsageError
from annotools.formats.base import ReadOptions
from annotools.formats.cvat_xml.reading import read, sniff_images, sniff_video
from annotools.model import Dataset, DatasetBuilder, Owner, Task
from annotools.storage import Limits, Source
from annotools.storage.zips import ZipSource
from tests.formats.cvat_xml_files import BAD_BOX, BOX, DATA, LABELS, document, image, one_file, parsed, problem_lines


def zipped(files: dict[str, bytes]) -> Source:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return ZipSource("all.zip", stream, Limits())


def task(*names: str, **fields: Any) -> Dataset:
    build = DatasetBuilder(Task(**fields))
    build.add_label("car")
    for name in names:
        build.add_frame(name, 64, 48)
    return build.dataset()


def test_a_file_without_meta_defines_what_it_uses() -> None:
    tag = '<tag label="night"><attribute name="lit">yes</attribute></tag>'
    skeleton = '<skeleton label="man"><points label="head" points="1,2" outside="0" occluded="1"/></skeleton>'
    result = parsed(f"<annotations>{image(BOX, skeleton)}{image(tag, number=3, name='b/c.png')}</annotations>")
    dataset = result.dataset
    assert problem_lines(result) == []
    assert [(label.name, label.type, label.parent) for label in dataset.labels] == [
        ("car", "any", None), ("man", "skeleton", None), ("head", "points", 2), ("night", "any", None),
    ]  # fmt: skip
    assert dataset.tags[0].attributes == {"lit": "yes"}
    assert dataset.frames.names == ("a.jpg", "", "", "b/c.png")
    assert dataset.frames.deleted.tolist() == [False, True, True, False]
    assert dataset.shapes[0].points.tolist() == [1, 2, 3.5, 4]
    assert [shape.parent and shape.parent.label.name for shape in dataset.shapes] == [None, None, "man"]


def test_a_track_without_meta() -> None:
    rows = "".join(
        f'<box frame="{frame}" keyframe="{key}" outside="{out}" occluded="0" xtl="{frame}" ytl="0" xbr="9" ybr="9">'
        '<attribute name="speed">7</attribute></box>'
        for frame, key, out in ((2, 1, 0), (3, 0, 0), (4, 1, 1))
    )
    result = parsed(f'<annotations><track id="0" label="car" source="auto" group_id="3">{rows}</track></annotations>')
    dataset = result.dataset
    assert problem_lines(result) == []
    assert [(shape.frame.number, shape.outside, shape.keyframe) for shape in dataset.shapes] == [
        (2, False, True), (4, True, True),
    ]  # fmt: skip
    assert [(track.label.name, track.source, track.group) for track in dataset.tracks] == [("car", "auto", 3)]
    assert dataset.shapes[0].attributes == {"speed": "7"}
    assert dataset.frames.names == tuple(f"frame_{number:06d}" for number in range(5))
    assert [loss.count for loss in result.losses] == [1]


def test_images_are_found_by_name_in_a_task() -> None:
    result = parsed(document(image(BOX, number=7, name="set/b.jpg")), task("a.jpg", "b.jpg"))
    assert problem_lines(result) == []
    assert result.dataset.shapes.frame.tolist() == [1]


def test_an_image_that_fits_no_frame_is_a_problem_and_of_two_the_number_decides() -> None:
    context = task("x/a.jpg", "y/a.jpg", start_frame=10, step=5)
    result = parsed(document(image(BOX, number=15), image(BOX, number=99), image(BOX, name="z.jpg")), context)
    assert result.dataset.shapes.frame.tolist() == [1]
    assert [problem.kind for problem in result.problems] == ["ambiguous-name", "unmatched-name"]
    assert [problem.line for problem in result.problems] == [6, 9]


def test_the_server_goes_by_number_when_no_name_fits() -> None:
    result = parsed(document(image(BOX, number=1, name="z.jpg")), task("a.jpg", "b.jpg"), quirks=quirks.CVAT)
    assert problem_lines(result) == []
    assert result.dataset.shapes.frame.tolist() == [1]
    assert result.dataset.shapes[0].source == "file"


def test_frames_of_tracks_count_the_source() -> None:
    row = '<box frame="{}" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    track = '<track label="car">{}</track>'.format("\n".join(row.format(frame) for frame in (4, 7, 8, 100)))
    result = parsed(document(track), task("a", "b", start_frame=4, step=2))
    assert problem_lines(result) == ["4: frame 7 is not one of the task's, expected 4 and a multiple of 2"]
    assert result.dataset.shapes.frame.tolist() == [0, 2, 48]


def test_attributes_that_cannot_change_go_to_the_track() -> None:
    spec = "<attribute><name>{}</name><mutable>{}</mutable></attribute>"
    labels = LABELS.replace(
        "<attributes/>", f"<attributes>{spec.format('make', 'False')}{spec.format('lit', 'True')}</attributes>"
    )
    row = (
        '<box frame="{0}" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4">'
        '<attribute name="make">m{0}</attribute><attribute name="lit">l{0}</attribute></box>'
    )
    result = parsed(document(f'<track label="car">{row.format(0)}{row.format(2)}</track>', meta=labels))
    assert result.dataset.tracks[0].attributes == {"make": "m2"}
    assert [shape.attributes for shape in result.dataset.shapes] == [{"lit": "l0"}, {"lit": "l2"}]
    assert [loss.what for loss in result.losses] == ["immutable attribute of track"]


def test_of_a_track_of_masks_the_server_reads_the_first() -> None:
    row = '<mask frame="{}" keyframe="1" outside="0" occluded="0" rle="1, 3" left="5" top="6" width="2" height="2"/>'
    rows = row.format(0) + row.format(1)
    text = document(f'<track label="car" source="auto" group_id="4">{rows}</track>', meta=LABELS)
    plain, compat = parsed(text), parsed(text, quirks=quirks.CVAT)
    assert (len(plain.dataset.tracks), len(plain.dataset.shapes)) == (1, 2)
    assert (len(compat.dataset.tracks), len(compat.dataset.shapes)) == (0, 1)
    shape = compat.dataset.shapes[0]
    assert (shape.source, shape.group, shape.points.tolist()) == ("manual", 0, [1, 3, 5, 6, 6, 7])
    assert [loss.count for loss in compat.losses.of("lost")] == [1]


MASK_ROW = '<mask frame="{}" keyframe="{}" outside="0" occluded="0" rle="1, 3" left="5" top="6" width="2" height="2"/>'
BOX_ROW = '<box frame="{}" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'
STILL_MASK = '<mask label="car" rle="1, 3" left="5" top="6" width="2" height="2"/>'


def track(*rows: str) -> str:
    return f'<track label="car">{"".join(rows)}</track>'


def mask(frame: int, keyframe: int = 1) -> str:
    return MASK_ROW.format(frame, keyframe)


def box(frame: int) -> str:
    return BOX_ROW.format(frame)


@pytest.mark.parametrize(
    ("body", "lost", "tracks", "frames"),
    [
        (track(mask(0, 0), mask(1), mask(3)), 1, 0, [1]),  # the first that is a keyframe
        (track(box(0), box(2)), 0, 1, [0, 2]),
        (track(mask(2)) + track(box(0), box(1)), 0, 1, [0, 1, 2]),
        (track(mask(0), mask(1)) + track(mask(2), mask(3)), 2, 0, [0, 2]),
        (image(STILL_MASK, STILL_MASK, BOX), 0, 0, [0, 0, 0]),  # shapes of no track are no track
        (image(STILL_MASK) + image(STILL_MASK, STILL_MASK, number=1, name="b.jpg"), 0, 0, [0, 1, 1]),
    ],
    ids=["keyframes", "boxes", "masks and boxes", "two of masks", "a picture", "two pictures"],
)
def test_masks_behind_the_first_of_a_track_are_all_that_the_server_leaves_out(
    body: str, lost: int, tracks: int, frames: list[int]
) -> None:
    compat = parsed(document(body, meta=LABELS), quirks=quirks.CVAT)
    assert sum(loss.count for loss in compat.losses.of("lost") if loss.what == "mask of track") == lost
    assert len(compat.dataset.tracks) == tracks
    seen = compat.dataset.shapes
    assert sorted(seen.frame[~seen.outside].tolist()) == frames


def test_sides_of_ellipses() -> None:
    text = document(image('<ellipse label="car" cx="200.01" cy="40.125" rx="40.11" ry="14.93"/>'), meta=LABELS)
    assert parsed(text).dataset.shapes.values.tolist() == [200.01, 40.125, 240.12, 25.195]
    assert parsed(text, quirks=quirks.CVAT).dataset.shapes.values.tolist() == [200.01, 40.125, 240.12, 25.2]


def test_the_line_of_every_row_is_known_when_asked_for() -> None:
    row = '<box frame="{}" keyframe="{}" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    track = '<track label="car">\n{}\n</track>'.format("\n".join(row.format(frame, frame % 2) for frame in (1, 2, 3)))
    text = document(image(BOX, BAD_BOX.format(' z_order="?"'), '<tag label="car"/>', BOX), track, meta=LABELS)
    origin = parsed(text, origin=True).dataset.origin
    assert origin is not None
    assert [origin.line(Owner.SHAPE, row) for row in range(4)] == [4, 7, 10, 12]
    assert (origin.line(Owner.TAG, 0), origin.line(Owner.TRACK, 0)) == (6, 9)
    assert origin.member(Owner.SHAPE, 0) == "annotations.xml"
    assert parsed(text).dataset.origin is None
    assert set(parsed(text, origin=True).dataset.shapes.id.tolist()) == {-1}


def test_every_xml_of_a_zip_is_read() -> None:
    files = {
        "annotations.xml": document(image(BOX), meta=LABELS).encode(),
        "more/second.xml": document(image(BOX, number=1, name="b.jpg"), meta=LABELS).encode(),
        "broken.xml": b"<annotations><image",
        "images/b.jpg": b"picture",
    }
    with zipped(files) as source:
        result = read(source, None, ReadOptions())
        assert result.media is not None
        assert [file.read() for file in result.media.values()] == [b"picture"]
    assert [problem.file for problem in result.problems] == ["broken.xml"]
    assert result.dataset.frames.names == ("a.jpg", "b.jpg")
    assert result.dataset.shapes.frame.tolist() == [0, 1]


def test_a_zip_without_xml_is_a_problem() -> None:
    with zipped({"readme.txt": b"hello", "a.jpg": b""}) as source:
        assert [str(problem) for problem in read(source, None, ReadOptions()).problems] == [
            "all.zip: holds no *.xml, expected annotations.xml"
        ]


def test_the_export_of_a_job_says_where_its_frames_lie() -> None:
    for name in ("images_job_88.xml", "video_job_88.xml"):
        result = read(one_file((DATA / name).read_bytes()), None, ReadOptions())
        assert result.problems == ()
        assert [(job.id, job.start_frame, job.stop_frame) for job in result.dataset.jobs] == [(88, 4, 7)]
        assert len(result.dataset.frames) == 8
        assert set(result.dataset.shapes.job.tolist()) == {0}


def test_one_job_of_a_task() -> None:
    source = one_file((DATA / "video_task.xml").read_bytes())
    result = read(source, None, ReadOptions(job=88))
    assert [job.id for job in result.dataset.jobs] == [88]
    assert result.dataset.shapes.frame.min() >= 4
    with pytest.raises(UsageError, match="no job 9, expected"):
        read(source, None, ReadOptions(job=9))


def test_a_project_of_several_tasks() -> None:
    meta = (
        "<meta><project><tasks><task><id>3</id><size>2</size></task><task><id>4</id><size>5</size></task></tasks>"
        f"{LABELS}</project></meta>"
    )
    row = '<box frame="1" keyframe="1" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    tracks = "".join(f'<track id="0" label="car" task_id="{number}" subset="x">{row}</track>' for number in (3, 4))
    result = parsed(f"<annotations>{meta}{tracks}</annotations>")
    assert problem_lines(result) == []
    assert len(result.dataset.frames) == 7
    assert result.dataset.shapes.frame.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        (document(image(BOX), meta=LABELS), "cvat-images"),
        (document("<!-- none -->", '<track label="car"/>'), "cvat-video"),
        (document(), "cvat-video"),
        (document('<track id="0"/>'), "cvat-video"),
        (document('<image id="0"/>'), "cvat-images"),
        (f"<?xml version='1.0'?><!-- by hand -->\n<annotations><version/>{image()}</annotations>", "cvat-images"),
    ],
)  # fmt: skip
def test_kinds_are_told_apart_by_the_first_element(text: str, slug: str) -> None:
    assert formats.sniff(one_file(text.encode())) == slug


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"<a", b"<annotations><object/></annotations>", b"<annotations><image/></annotations>", b"<b/>"],
)
def test_other_files_are_none_of_these(data: bytes) -> None:
    assert not sniff_images(one_file(data))
    assert not sniff_video(one_file(data))


def test_a_long_meta_block_is_no_obstacle() -> None:
    labels = "".join(f"<label><name>{number}</name></label>" for number in range(20_000))
    text = document(image(BOX), meta=f"<labels>{labels}</labels>")
    assert sniff_images(one_file(text.encode()))
    assert not sniff_video(one_file(text.encode()))


@pytest.mark.parametrize(
    ("name", "reason"), [("R&D", "not well-formed (invalid token)"), ("J\udce4t", "holds bytes that are not UTF-8")]
)
@pytest.mark.parametrize(("element", "slug"), [(image(), "cvat-images"), ('<track label="car"/>', "cvat-video")])
def test_damage_in_the_meta_block_is_no_obstacle(name: str, reason: str, element: str, slug: str) -> None:
    """Scripts write names as they are; who reads the file says where it is damaged."""
    text = document(element, meta=f"<labels>\n<label><name>{name}</name></label></labels>")
    source = one_file(text.encode("utf-8", "surrogateescape"))
    assert formats.sniff(source) == slug
    (line,) = problem_lines(read(source, None, ReadOptions()))
    assert line.partition(": ")[2] == f"is not well-formed XML: {reason}, expected CVAT's XML"
