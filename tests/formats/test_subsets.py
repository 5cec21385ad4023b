"""Subsets whose names files or folders cannot have: kept, or changed aloud, in every format that has subsets."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.model import Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile

SLUGS = [
    slug for slug in TABLE
    if "subsets" in (form := formats.get(slug)).keeps.frames and form.read is not None and form.write is not None
]  # fmt: skip
ODD = [
    "night/rain", "default", "a\\b", "..", "a:b", "../up", "Train", "labels", "images", "Annotations", "masks",
    "GTFINE", "Instances", "Label_2", "jpegimages", "WIDER_x", "Wider_Face_x", "bb_Landmark", "DS0", "query",
]  # fmt: skip


def dataset(subset: str) -> Dataset:
    """Two pictures with a box and a tag each, the second in the subset val."""
    build = DatasetBuilder()
    label = build.add_label("car")
    for name, part in (("a.jpg", subset), ("b.jpg", "val")):
        frame = build.add_frame(name, 100, 80, subset=part)
        build.add_shape("rectangle", frame, label, [10, 10, 30, 40])
        build.add_tag(frame, label)
    return build.dataset()


def picture() -> MediaFile:
    data = io.BytesIO()
    Image.new("L", (100, 80)).save(data, "PNG")
    return MediaFile("a.png", lambda: io.BytesIO(data.getvalue()))


@pytest.mark.filterwarnings("ignore:.*Windows")  # of names that not every disk can hold, which is another matter
@pytest.mark.parametrize("subset", ODD)
@pytest.mark.parametrize("slug", SLUGS)
def test_subsets_stay_or_are_changed_aloud(tmp_path: Path, slug: str, subset: str) -> None:
    before = dataset(subset)
    pictures = Media({0: picture(), 1: picture()}) if formats.get(slug).needs else None
    losses = at.write(before, tmp_path / "out", slug, pictures)
    counted = [loss for loss in losses if (loss.table, loss.column) == ("frames", "subsets")]
    after = at.read(tmp_path / "out", slug).dataset.frames.subsets
    assert len(set(after)) == 2
    assert (sorted(after) != sorted(before.frames.subsets)) == bool(counted)


@pytest.mark.filterwarnings("ignore:.*Windows")
@pytest.mark.parametrize(
    "folder", ["IMAGES", "Annotations", "masks", "Data", "GT", "Instances", "ANN", "WIDER_X", "Train"]
)
@pytest.mark.parametrize("slug", SLUGS)
def test_folders_of_pictures_stay_or_are_changed_aloud(tmp_path: Path, slug: str, folder: str) -> None:
    """Also those that are called as folders of the format in other letters."""
    before = dataset("val")
    before = before.replace(frames=replace(before.frames, names=(f"{folder}/a.jpg", f"x/{folder}/b.jpg")))
    pictures = Media({0: picture(), 1: picture()}) if formats.get(slug).needs else None
    losses = at.write(before, tmp_path / "out", slug, pictures)
    counted = [loss for loss in losses if loss.table == "frames" and loss.column in ("name", "names")]
    after = at.read(tmp_path / "out", slug).dataset.frames.names
    assert (sorted(after) != sorted(before.frames.names)) == bool(counted)
