"""Pictures of one subset follow each other however names cross, in every format that keeps subsets."""

from __future__ import annotations

import io
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.model import Dataset
from annotools.storage import Media, MediaFile
from tests.formats.test_some_pictures import picture

SUBSETS = ("val", "train", "test")
CLOUDS = {"datumaro-3d", "kitti-raw", "sly-pointcloud"}
KEEPING = [
    slug for slug in TABLE if "subsets" in formats.get(slug).keeps.frames and formats.get(slug).read
    and slug not in {"cvat-api", "cvat-backup", "cvat-images", "cvat-video"}  # whose frames have an order of their own
]  # fmt: skip


def crossing(slug: str) -> Dataset:
    """Six pictures, those of a subset apart from each other by number and by name."""
    build = at.DatasetBuilder()
    label = build.add_label("car")
    for number, subset in enumerate(SUBSETS * 2):
        name = f"{'fcbeda'[number]}.{'pcd' if slug in CLOUDS else 'png'}"
        frame = build.add_frame(name, 40, 30, subset=subset)
        build.add_shape("rectangle", frame, label, [1, 2, 30, 20])
        build.add_tag(frame, label)
    return build.dataset()


@pytest.mark.parametrize("slug", KEEPING)
def test_pictures_of_a_subset_follow_each_other(slug: str, tmp_path: Path) -> None:
    dataset, data = crossing(slug), picture("red")
    media = Media({frame: MediaFile(name, lambda: io.BytesIO(data)) for frame, name in enumerate(dataset.frames.names)})
    at.write(dataset, tmp_path / "out.zip", slug, media=media)
    frames = at.read(tmp_path / "out.zip", slug).dataset.frames
    assert sorted(subset for subset, _ in groupby(frames.subsets)) == sorted(SUBSETS)
    assert len(frames) == 6


@pytest.mark.parametrize("slug", [*KEEPING, "cvat-images"])
def test_pictures_of_one_name_in_two_subsets_are_each_of_its_own(slug: str, tmp_path: Path) -> None:
    """Every task of a project may begin with 000001.jpg."""
    build = at.DatasetBuilder()
    label = build.add_label("car")
    colors = {"train": picture("red"), "val": picture("green")}
    for subset in colors:
        frame = build.add_frame(f"0001.{'pcd' if slug in CLOUDS else 'png'}", 40, 30, subset=subset)
        build.add_shape("rectangle", frame, label, [1, 2, 30, 20])
        build.add_tag(frame, label)
    media = Media(
        (frame, MediaFile(f"{frame}.png", partial(io.BytesIO, data))) for frame, data in enumerate(colors.values())
    )
    at.write(build.dataset(), tmp_path / "out", slug, media)
    again = at.read(tmp_path / "out", slug)
    frames = again.dataset.frames
    assert {frames.subsets[frame]: file.read() for frame, file in (again.media or {}).items()} == colors
