"""Ultralytics YOLO Detection Track: numbers of tracks, where tracks leave, and boxes by themselves."""

from __future__ import annotations

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from annotools.model import DatasetBuilder
from annotools.model.extras import Extra
from annotools.quirks import CVAT
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import Files, picture, read, sniffs, written

SLUG = "yolo-ultralytics-detection-track"
HEAD: Files = {
    "data.yaml": "names: [car]\ntrain: images/train\n",
    **{f"images/train/{n}.png": picture() for n in range(5)},
}
BOX = "0 0.5 0.5 0.25 0.5"


def task(*, rotation: float = 0) -> DatasetBuilder:
    """Two tracks over five frames, the first of which leaves on frame 2 and is back on 4, and a box by itself."""
    build = DatasetBuilder()
    build.add_label("car")
    for n in range(5):
        build.add_frame(f"{n}.png", 100, 50)
    for index in range(2):
        track = build.add_track("car", 0)
        for frame, outside in ((0, False), (2, index == 0), (4, False)):
            at = (10 * index, 0, 10 * index + 10 + frame, 10)
            build.add_shape("rectangle", frame, points=at, track=track, outside=outside, rotation=rotation)
    build.add_shape("rectangle", 1, "car", (50, 0, 60, 10))
    return build


def lines(members: dict[str, str]) -> list[list[str]]:
    """The last columns of the lines of each picture, those of boxes by themselves empty."""
    texts = [members.get(f"labels/train/{n}.txt", "") for n in range(5)]
    return [["".join(line.split()[5:]) for line in text.splitlines()] for text in texts]


def test_a_track_has_a_line_where_it_is_seen() -> None:
    ready = fit_to_format(task().dataset(), formats.get(SLUG), WriteOptions())[0]
    members = written(SLUG, ready)
    assert [sorted(line) for line in lines(members)] == [["1", "2"], ["", "1", "2"], ["2"], ["2"], ["1", "2"]]
    back = read(SLUG, dict(members.items()), ready).dataset
    assert back.tracks.extras["track_id"].plain() == [1, 2]
    shapes = back.shapes
    assert sorted(shapes.frame[(shapes.track == 0) & ~shapes.outside].tolist()) == [0, 1, 4]
    assert sorted(shapes.frame[shapes.outside].tolist()) == [2]


def test_numbers_that_were_read_are_written() -> None:
    members = HEAD | {f"labels/train/{n}.txt": f"{BOX} 70\n{BOX} 0\n" for n in (0, 1)}
    result = read(SLUG, members, task().dataset())
    assert [str(problem) for problem in result.problems] == []
    assert result.dataset.tracks.extras["track_id"].plain() == [70, 0]
    ready = fit_to_format(result.dataset, formats.get(SLUG), WriteOptions())[0]
    assert lines(written(SLUG, ready))[:2] == [["70", "0"]] * 2


def test_a_number_that_two_tracks_have_is_of_the_first() -> None:
    dataset = task().dataset()
    doubled = dataset.replace(tracks=dataset.tracks.replace(extras={"track_id": Extra.of([1, 1])}))
    ready = fit_to_format(doubled, formats.get(SLUG), WriteOptions())[0]
    assert sorted(lines(written(SLUG, ready))[0]) == ["1", "2"]


def test_a_rotated_box_is_the_one_round_it_and_its_track_goes_on() -> None:
    ready, losses = fit_to_format(task(rotation=90).dataset(), formats.get(SLUG), WriteOptions())
    assert [sorted(line) for line in lines(written(SLUG, ready))] == [
        ["1", "2"],
        ["", "1", "2"],
        ["2"],
        ["2"],
        ["1", "2"],
    ]
    assert "shapes-to-boxes" in {loss.step for loss in losses}


def test_the_server_counts_tracks_from_0() -> None:
    ready = fit_to_format(task().dataset(), formats.get(SLUG), WriteOptions(quirks=CVAT))[0]
    assert [sorted(line) for line in lines(written(SLUG, ready, compat=True))] == [
        ["0", "1"], ["", "0", "1"], ["1"], ["1"], ["0", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "slug"),
    [(f"{BOX} 3", SLUG), (f"{BOX} 0.3", "yolo-ultralytics-detection"), (BOX, "yolo-ultralytics-detection")],
)
def test_whole_numbers_behind_boxes_are_tracks(line: str, slug: str) -> None:
    members = HEAD | {"labels/train/0.txt": f"{BOX}\n", "labels/train/1.txt": f"{line}\n"}
    assert formats.sniff(zipped(members)) == slug
    assert sniffs(SLUG, members) == (slug == SLUG)


def test_the_row_that_ends_a_track_is_rounded_as_the_box_before_whatever_the_size_of_its_frame() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for number, width in enumerate((640, 641)):
        build.add_frame(f"{number}.jpg", width, 480)
    track = build.add_track("car", 0)
    for frame, outside in ((0, False), (1, True)):
        build.add_shape("rectangle", frame, points=(0, 0, 1, 1), track=track, outside=outside)
    first, last = fit_to_format(build.dataset(), formats.get(SLUG), WriteOptions())[0].shapes
    assert last.outside
    assert first.points.tolist() == last.points.tolist() != [0, 0, 1, 1]


def test_scores_before_numbers_of_tracks_are_no_outlines() -> None:
    """What Ultralytics saves of a video with --save-conf: seven columns, as an outline of three points has."""
    members = HEAD | {f"labels/train/{n}.txt": f"{BOX} 0.75 2\n{BOX} 1 1\n" for n in (0, 1)}
    assert formats.sniff(zipped(members)) == SLUG
    result = read(SLUG, members)
    assert result.dataset.tracks.extras["track_id"].plain() == [2, 1]
    shapes = result.dataset.shapes
    assert sorted(shapes.score[~shapes.outside].tolist()) == [0.75, 0.75, 1, 1]


@pytest.mark.parametrize("line", ["0 0.1 0.1 0.4 0.1 0.4 0.3", "0 0.1 0.1 0.4 0.1 0.4 1", "0 0.1 0.1 0.4 0.1 1.5 2"])
def test_triangles_are_no_tracks(line: str) -> None:
    assert formats.sniff(zipped(HEAD | {"labels/train/0.txt": f"{line}\n"})) == "yolo-ultralytics-segmentation"
