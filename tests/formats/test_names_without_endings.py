"""Pictures that COCO calls without their endings go along, into every format that has pictures, and come back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools.formats import TABLE

CLOUDS = {"datumaro-3d", "kitti-raw", "sly-pointcloud"}
BARE = {"generic-tsv", "cvat-video", "icdar-segmentation"}  # no pictures, pictures of a film, pictures with words only
NAMES = ("000000000139", "sub/a_jpg.rf.0a", "b.c")
COLORS = ("red", "green", "blue")


def picture(color: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    document = {
        "images": [{"id": n, "file_name": name, "width": 40, "height": 30} for n, name in enumerate(NAMES, 1)],
        "annotations": [{"id": n, "image_id": n, "category_id": 1, "bbox": [n, 2, 3, 4]} for n in (1, 2, 3)],
        "categories": [{"id": 1, "name": "car"}],
    }
    for name, color in zip(NAMES, COLORS, strict=True):
        path = tmp_path / "in" / "val2017" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(color))
    (tmp_path / "in" / "instances_val2017.json").write_text(json.dumps(document))
    return tmp_path / "in"


def test_they_are_the_pictures_of_their_frames(coco: Path) -> None:
    result = at.read(coco)
    assert result.dataset.frames.names == NAMES
    assert {n: file.read() for n, file in (result.media or {}).items()} == dict(enumerate(map(picture, COLORS)))


@pytest.mark.parametrize("slug", [slug for slug in TABLE if slug not in CLOUDS | BARE])
def test_they_come_back(slug: str, coco: Path, tmp_path: Path) -> None:
    at.convert(coco, tmp_path / "out", slug, images=True)
    result = at.read(tmp_path / "out", slug)
    assert {file.read() for file in (result.media or {}).values()} == set(map(picture, COLORS))


@pytest.mark.parametrize("slug", ["coco", "coco-keypoints", "cvat-images", "cvat-api"])
def test_formats_that_name_frames_keep_the_names(slug: str, coco: Path, tmp_path: Path) -> None:
    at.convert(coco, tmp_path / "out", slug, images=True)
    assert at.read(tmp_path / "out", slug).dataset.frames.names == NAMES


def test_a_mask_that_is_called_after_a_picture_is_not_that_picture(tmp_path: Path) -> None:
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 4, "height": 3}],
        "annotations": [],
        "categories": [],
    }
    (tmp_path / "a.json").write_text(json.dumps(document))
    (tmp_path / "a.jpg.png").write_bytes(picture("red"))
    assert not at.read(tmp_path).media
