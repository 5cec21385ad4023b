"""Pictures of videos by their numbers, in any order, from damaged videos, and without PyAV."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotools.errors import InputError, UsageError
from annotools.storage import open_source
from annotools.storage.video import Video, is_video
from tests.storage.videos import SIZE, make_sides, make_video, number_of, turned

COUNT = 30
ORDERS = {
    "in order": list(range(COUNT)), "backwards": list(range(COUNT))[::-1], "every seventh": list(range(2, COUNT, 7)),
    "at random": random.Random(3).sample(range(COUNT), COUNT), "twice": [5, 5, 4, 4, 29, 29],
}  # fmt: skip


def video_at(path: Path) -> Video:
    return Video(open_source(path), path.name)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "mpeg4"), ("a.avi", "mjpeg"), ("a.mkv", "ffv1"), ("a.ts", "mpeg2video")]
)
def test_pictures_are_known_by_their_numbers(tmp_path: Path, name: str, codec: str, order: list[int]) -> None:
    media = video_at(make_video(tmp_path / name, COUNT, codec)).media(enumerate(order))
    assert [file.name for file in media.values()] == [f"frame_{number:06d}.PNG" for number in order]
    assert [number_of(file.read()) for file in media.values()] == order


@pytest.mark.parametrize("gop", [1, 40, 200])
def test_pictures_far_away_are_found_from_any_distance_of_keys(tmp_path: Path, gop: int) -> None:
    path = tmp_path / "a.mp4"
    count, video = 31, video_at(make_video(path, 31, gop=gop))
    assert [number_of(video.picture(number)) for number in (0, count - 1, 7, 20)] == [0, count - 1, 7, 20]


def test_a_video_in_a_zip_is_read_too(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 9)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "data/b/film.mp4")
    with open_source(tmp_path / "a.zip") as source:
        assert [number_of(Video(source, "data/b/film.mp4").picture(number)) for number in (8, 3)] == [8, 3]


@pytest.mark.parametrize(
    ("degrees", "size", "white"),
    [(0, SIZE, "left"), (90, SIZE[::-1], "top"), (180, SIZE, "right"), (270, SIZE[::-1], "bottom")],
)
def test_what_was_held_sideways_is_shown_upright(tmp_path: Path, degrees: int, size: object, white: str) -> None:
    path = make_sides(tmp_path / "a.mp4")
    video = video_at(turned(path, degrees) if degrees else path)
    with Image.open(io.BytesIO(video.picture(0))) as picture:
        pixels = np.asarray(picture.convert("L")).astype(float)
        assert picture.size == video.size == size
    height, width = pixels.shape
    sides = {
        "left": pixels[:, : width // 2], "right": pixels[:, width // 2 :], "top": pixels[: height // 2],
        "bottom": pixels[height // 2 :],
    }  # fmt: skip
    assert max(sides, key=lambda side: sides[side].mean()) == white


def test_a_video_that_is_cut_short_says_what_it_lacks(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.ts", COUNT, "mpeg2video")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    video = video_at(path)
    missing = video.missing(range(COUNT))
    assert 3 < missing[0] < COUNT - 3
    assert missing == list(range(missing[0], COUNT))
    with pytest.raises(InputError, match=f"a.ts: has no picture {COUNT - 1} that can be decoded"):
        video.picture(COUNT - 1)
    assert number_of(video.picture(2)) == 2


def test_a_damaged_picture_costs_no_other_its_number(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.avi", 9, "mjpeg")
    data = bytearray(path.read_bytes())
    starts = [index for index in range(len(data)) if data[index : index + 3] == b"\xff\xd8\xff"]
    for number in (3, 5):
        data[starts[number] : starts[number] + 600] = bytes(600)
    path.write_bytes(data)
    video = video_at(path)
    media = video.media(enumerate(range(9)))
    assert video.missing(range(9)) == []
    assert video.missing(range(9), decode=True) == [3, 5]
    assert [number_of(media[number].read()) for number in (0, 2, 4, 6, 8)] == [0, 2, 4, 6, 8]
    with pytest.raises(InputError) as error:
        media[3].read()
    assert [str(problem) for problem in error.value.problems] == [
        f"a.avi: has no picture {number} that can be decoded, expected a whole video" for number in (3, 5)
    ]


@pytest.mark.parametrize("data", [b"", b"no video", bytes(5000)])
def test_what_is_no_video_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(InputError, match=r"a.mp4: is not a video that can be read, expected a whole video"):
        video_at(tmp_path / "a.mp4").picture(0)


def test_without_pyav_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "av", None)
    media = video_at(tmp_path / "a.mp4").media([(0, 0)])  # which frames there are is known without
    with pytest.raises(UsageError, match=r"PyAV.* is not installed.*'annotools-cvat\[video\]'"):
        media[0].read()


def test_videos_are_known_by_their_endings() -> None:
    assert [is_video(name) for name in ("a.mp4", "b/A.MOV", "a.png", "mp4", "a.mp4.txt")] == [True, True] + [False] * 3
