"""Pictures go along where there are any: of two frames one has its picture, and the other is written all the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.storage import Media, MediaFile

CLOUDS = {"datumaro-3d", "kitti-raw", "sly-pointcloud"}
BARE = {"cvat-api", "generic-tsv"}  # which never hold pictures
WRITABLE = [slug for slug in TABLE if formats.get(slug).write and slug not in BARE]


def picture(color: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("slug", WRITABLE)
@pytest.mark.parametrize("there", [0, 1])
def test_a_picture_that_is_missing_costs_no_other(slug: str, there: int, tmp_path: Path) -> None:
    ending = "pcd" if slug in CLOUDS else "png"
    build = at.DatasetBuilder()
    label = build.add_label("car")
    for name in "ab":
        frame = build.add_frame(f"{name}.{ending}", 40, 30)
        build.add_tag(frame, label)
        build.add_shape("rectangle", frame, label, [1, 2, 30, 20])
    data = picture("red")
    media = Media({there: MediaFile(f"{'ab'[there]}.{ending}", lambda: io.BytesIO(data))})
    at.write(build.dataset(), tmp_path / "out.zip", slug, media=media)
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        contents = [packed.read(name) for name in packed.namelist()]
    assert data in contents
