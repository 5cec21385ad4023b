"""CVAT's XML for video as we write it: tracks, plain shapes as tracks, frames of jobs."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from annotools import formats, quirks
from annotools.formats.base import WriteOptions
from annotools.model import Dataset, DatasetBuilder, Job, survives
from annotools.model.canonical import differing
from annotools.model.codes import POINTS
from annotools.tracks import interpolate
from tests.datasets import EVERYTHING, FULL, FULL_VIDEO
from tests.formats.cvat_xml_outputs import back, carried, frames, tree, written


def rows(root: ElementTree.Element) -> list[list[tuple[str | None, ...]]]:
    names = ("frame", "keyframe", "outside")
    return [[tuple(map(row.get, names)) for row in track] for track in root.iter("track")]


@pytest.mark.parametrize(
    ("frame", "plain", "server"), [(0, ["0", "1"], ["0", "1"]), (2, ["2", "3"], ["2"]), (3, ["3"], ["3"])]
)
def test_a_plain_shape_is_seen_on_its_frame_only(frame: int, plain: list[str], server: list[str]) -> None:
    build = frames(4)
    build.add_shape("rectangle", frame, "car", (1, 2, 3, 4))
    dataset = build.dataset()
    for options, expected in ((WriteOptions(), plain), (WriteOptions(quirks=quirks.CVAT), server)):
        (track,) = rows(tree(dataset, "cvat-video", options))
        assert [row[0] for row in track] == expected
        assert [row[2] for row in track] == ["0", "1"][: len(track)]


def test_a_plain_shape_is_closed_on_the_next_frame_that_is_shown() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for number in range(4):
        build.add_frame(f"{number}.jpg", deleted=number in (1, 2))
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
    dataset = build.dataset()
    assert rows(tree(dataset, "cvat-video")) == [[("0", "1", "0"), ("3", "1", "1")]]
    compat = WriteOptions(quirks=quirks.CVAT)
    assert rows(tree(dataset, "cvat-video", compat)) == [[("0", "1", "0"), ("1", "1", "1")]]


def test_shapes_that_become_tracks_and_what_is_left_out_are_told() -> None:
    _, losses = carried(FULL, "cvat-video")
    counted = {loss.what: (loss.kind, loss.count) for loss in losses}
    assert counted["tags"] == ("lost", 3)
    assert counted["shape"][0] in ("lost", "changed")
    assert counted["deletion of frame"] == ("lost", 1)
    assert [loss.count for loss in losses if "single keyframe" in loss.why] == [13]


def test_nothing_is_written_on_deleted_frames() -> None:
    for slug in ("cvat-images", "cvat-video"):
        root = tree(FULL_VIDEO, slug)
        numbers = {element.get("frame") for element in root.iter()} | {image.get("id") for image in root.iter("image")}
        assert str(10 + 3 * 8) not in numbers
        assert str(10 + 3 * 7) in numbers


def test_rows_between_keyframes_are_where_keyframes_say() -> None:
    dataset, _ = carried(FULL_VIDEO, "cvat-video")
    root = ElementTree.fromstring(written(dataset, "cvat-video"))
    box = next(track for track in root.iter("track") if track[0].tag == "box")
    places = {int(row.get("frame", "")): float(row.get("xtl", "")) for row in box}
    assert places[10] == 100.5
    assert places[10 + 3] == 102.33
    assert 10 + 3 * 4 not in places  # outside from frame 3 to 6


def _moving_point(*, skeleton: dict[int, bool], point: dict[int, bool]) -> Dataset:
    """A task of 8 frames with the track of a skeleton of one point.  Keyframes, and whether they are outside."""
    build = frames(8)
    person = build.add_label("person", type="skeleton")
    head = build.add_label("head", type="points", parent=person)
    track = build.add_track(person, min(skeleton))
    element = build.add_track(head, min(point), parent=track)
    for frame, outside in skeleton.items():
        build.add_shape("skeleton", frame, track=track, outside=outside)
    for frame, outside in point.items():
        build.add_shape("points", frame, points=(10 * frame, 20), track=element, outside=outside)
    return build.dataset()


def test_points_of_skeletons_have_keyframes_of_their_own() -> None:
    """As CVAT writes them: a point that alone was moved is a keyframe where its skeleton is none."""
    dataset = _moving_point(skeleton={0: False, 5: True}, point={0: False, 2: False, 3: True, 4: False, 5: True})
    ready, losses = carried(dataset, "cvat-video")
    assert [str(loss) for loss in losses if "point" in loss.what] == []
    again = back(written(ready, "cvat-video"))
    assert differing(again, survives(ready, formats.get("cvat-video").keeps)) == []
    again_rows, rows_before = (interpolate(one)[0].shapes for one in (again, dataset))
    assert again_rows.values.tolist() == rows_before.values.tolist()


def test_keyframes_of_points_go_where_their_skeleton_is_not_seen() -> None:
    """Before its first keyframe, and after one outside; on that itself there is a row."""
    dataset = _moving_point(
        skeleton={1: False, 3: True, 6: False}, point={0: False, 1: False, 3: True, 4: False, 6: False}
    )
    ready, losses = carried(dataset, "cvat-video")
    (loss,) = (loss for loss in losses if loss.what == "keyframe of a skeleton's point")
    assert (loss.kind, loss.count) == ("lost", 2)
    assert ready.shapes.frame[ready.shapes.type == POINTS].tolist() == [1, 3, 6]


def test_keyframes_only_come_back() -> None:
    dataset, _ = carried(FULL_VIDEO, "cvat-video")
    again, _ = carried(interpolate(dataset)[0], "cvat-video")
    assert back(written(dataset, "cvat-video")).shapes.keyframe.all()
    assert again.shapes.keyframe.all()


@pytest.mark.parametrize("slug", ["cvat-images", "cvat-video"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_one_job_comes_back_as_one_job(slug: str, name: str) -> None:
    dataset = EVERYTHING[name]
    job = Job(7, start_frame=2, stop_frame=len(dataset.frames) - 2)
    tables = {kind: getattr(dataset, kind) for kind in ("tags", "shapes", "tracks")}
    owned = {kind: table.replace(job=np.zeros(len(table), np.int64)) for kind, table in tables.items()}
    ready, _ = carried(dataset.replace(jobs=(job,), **owned), slug, WriteOptions(job=7))
    data = written(ready, slug, WriteOptions(job=7))
    assert b"<job>" in data
    expected = survives(ready, formats.get(slug).keeps)
    assert differing(back(data), expected) == []
    assert differing(back(data, ready), survives(ready, formats.get(slug).keeps, ready)) == []
