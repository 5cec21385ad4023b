"""Tracks frame by frame in portions: the same rows as all at once, and never more than a portion of them."""

from __future__ import annotations

import pytest

from annotools import formats
from annotools.errors import LimitError
from annotools.formats.base import WriteOptions
from annotools.model import Dataset, DatasetBuilder, Job
from annotools.tracks import interpolated_portions, portions
from tests.datasets import FULL_VIDEO
from tests.formats.cvat_xml_outputs import written

FRAMES = 60


def many() -> Dataset:
    """Tracks of boxes that come and go."""
    build = DatasetBuilder()
    build.add_label("car")
    for number in range(FRAMES):
        build.add_frame(f"{number}.jpg", width=200, height=100, deleted=number == 7)
    for number in range(23):
        track = build.add_track("car", number % 5)
        build.add_shape("rectangle", number % 5, "car", (1, 2, 30 + number, 40), track=track)
        build.add_shape("rectangle", 20 + number, "car", (5, 2, 90, 40), track=track, outside=number % 3 == 0)
        build.add_shape("rectangle", 50, "car", (5, 2, 90, 60), track=track, outside=True)
    return build.dataset()


@pytest.mark.parametrize("rows", [1, 40, 100, 1_000])
@pytest.mark.parametrize("dataset", [many(), FULL_VIDEO], ids=["boxes", "everything"])
def test_portions_of_any_size_are_written_as_all_tracks_at_once(
    rows: int, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    at_once = written(dataset, "cvat-video")
    monkeypatch.setattr(portions, "_ROWS", rows)
    assert written(dataset, "cvat-video") == at_once


@pytest.mark.parametrize("rows", [1, 100])
def test_a_portion_has_no_more_rows_than_it_may_but_those_of_a_track(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "_ROWS", rows)
    sizes = [(len(part.tracks), len(part.shapes)) for part in interpolated_portions(many())]
    assert sum(tracks for tracks, _ in sizes) == 23
    assert len(sizes) == 23 if rows == 1 else len(sizes) > 5
    assert all(size <= rows or tracks == 1 for tracks, size in sizes)


def test_where_no_frame_is_known_the_last_row_of_all_tracks_ends_each(monkeypatch: pytest.MonkeyPatch) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for last in (3, 50):
        track = build.add_track("car", 0)
        for frame in (0, last):
            build.add_shape("rectangle", frame, "car", (1, 2, 30, 40), track=track)
    monkeypatch.setattr(portions, "_ROWS", 10)
    (all_tracks,) = interpolated_portions(build.dataset())
    assert len(all_tracks.shapes) == 2 * 51


def test_too_many_rows_are_refused_before_the_first_is_written() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_job(Job(id=1, start_frame=0, stop_frame=2**40))
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, "car", (1, 2, 30, 40), track=track)
    with pytest.raises(LimitError, match="frames"):
        formats.get("cvat-video").write(build.dataset(), None, WriteOptions())
