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


LAYOUTS = {
    "voc": ("JPEGImages/a.jpg", {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>"}),
    "segmentation-mask": ("JPEGImages/a.jpg", {"labelmap.txt": "", "ImageSets/Segmentation/train.txt": "a\n"}),
    "lfw": ("images/Bob/Bob_0001.jpg", {"annotations/pairs.txt": "Bob/Bob_0001\n"}),
    "vggface2": ("train/n1/a.jpg", {"bb_landmark/loose_bb_train.csv": "NAME_ID,X,Y,W,H\nn1/a,1,2,3,4\n"}),
}  # fmt: skip


@pytest.mark.parametrize("slug", LAYOUTS)
def test_a_second_picture_of_a_name_is_told(slug: str, tmp_path: Path) -> None:
    first, files = LAYOUTS[slug]
    second = first.replace(".jpg", ".png")
    for name, data in {**files, first: "one", second: "two"}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(data)
    media = at.read(tmp_path / "in", slug).media
    assert media is not None
    assert [(media[frame].name, media[frame].read()) for frame in media] == [(first, b"one")]
    assert [(problem.file, problem.message) for problem in media.left_out] == [
        (second, f"is a second picture, beside {first}")
    ]
