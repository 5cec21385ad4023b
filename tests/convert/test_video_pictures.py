"""Pictures of a video in what is written: which come along, what they are called, and what is said without them."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools.errors import InputError, UsageError
from tests.storage.videos import SIZE, make_sides, make_video, number_of, turned

START, STEP, COUNT = 2, 3, 5  # pictures 2, 5, 8, 11, 14 of the video
NUMBERS = [START + STEP * frame for frame in range(COUNT)]
NAMES = [f"frame_{number:06d}.PNG" for number in NUMBERS]
GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "video"
# What each format calls the folder of pictures.
FOLDERS = {
    "coco": "images/default/", "cvat-images": "images/", "cvat-video": "images/", "yolo": "obj_train_data/",
    "voc": "JPEGImages/", "market-1501": "bounding_box_default/", "icdar-recognition": "default/images/",
    "imagenet": "default/no_label/", "datumaro": "images/default/", "open-images": "images/default/",
    "yolo-ultralytics-detection": "images/train/", "kitti": "default/image_2/",
}  # fmt: skip


def backup_at(path: Path, film: Path | None, *, annotated: Iterable[int] = range(COUNT)) -> Path:
    """A backup of a task of a video: pictures 2, 5, ... 14, one box on each."""
    data = {"start_frame": START, "stop_frame": NUMBERS[-1], "frame_filter": f"step={STEP}", "image_quality": 70}
    jobs = [{"type": "annotation", "start_frame": 0, "stop_frame": COUNT - 1}]
    task = {"name": "t", "labels": [{"name": "car", "attributes": []}], "data": data, "jobs": jobs}
    boxes = [
        {"type": "rectangle", "frame": frame, "label": "car", "points": [1, 2, 30, 40], "attributes": []}
        for frame in annotated
    ]
    about = {"name": "film.mp4", "resolution": list(SIZE), "length": 20, "chapters": []}
    manifest = "\n".join(map(json.dumps, [{"version": "1.1"}, {"type": "video"}, {"properties": about}]))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("task.json", json.dumps(task))
        archive.writestr("annotations.json", json.dumps([{"version": 0, "tags": [], "shapes": boxes, "tracks": []}]))
        archive.writestr("data/manifest.jsonl", manifest)
        if film is not None:
            archive.write(film, "data/film.mp4")
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", 20)


def pictures_in(path: Path, folder: str = "") -> dict[str, int]:
    """Which picture each PNG of a zip is."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(folder) and name.endswith(".PNG")]
        return {name.removeprefix(folder): number_of(archive.read(name)) for name in names}


@pytest.mark.parametrize(("slug", "folder"), FOLDERS.items())
def test_a_backup_of_a_video_has_its_pictures(tmp_path: Path, film: Path, slug: str, folder: str) -> None:
    source = backup_at(tmp_path / "task.zip", film)
    done = at.convert(source, tmp_path / "out.zip", slug)
    assert done.pictures == COUNT
    assert pictures_in(tmp_path / "out.zip", folder) == dict(zip(NAMES, NUMBERS, strict=True))


def test_frames_that_are_left_out_take_no_other_picture(tmp_path: Path, film: Path) -> None:
    source = backup_at(tmp_path / "task.zip", film, annotated=(1, 3))
    at.convert(source, tmp_path / "out.zip", "voc", transforms=["only-annotated-frames"])
    assert pictures_in(tmp_path / "out.zip", "JPEGImages/") == {NAMES[1]: NUMBERS[1], NAMES[3]: NUMBERS[3]}


def test_no_images_and_an_output_of_one_file_decode_nothing(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    source = backup_at(tmp_path / "task.zip", film)
    assert at.convert(source, tmp_path / "a.zip", "voc", images=False).pictures == 0
    assert at.convert(source, tmp_path / "a.json", "coco").pictures == 0


def test_a_video_beside_or_given_fits_frames_by_their_numbers(tmp_path: Path, film: Path) -> None:
    source = backup_at(tmp_path / "task.zip", None)
    beside = tmp_path / "beside"
    beside.mkdir()
    shutil.copy(film, beside)
    at.convert(source, beside / "a.xml", "cvat-video")
    at.convert(source, tmp_path / "named.json", "coco")  # whose pictures are called frame_000002.PNG and so on
    for number, (src, images) in enumerate([(beside, None), (source, film), (tmp_path / "named.json", film)]):
        at.convert(src, tmp_path / f"{number}.zip", "voc", images=images)
        assert pictures_in(tmp_path / f"{number}.zip", "JPEGImages/") == dict(zip(NAMES, NUMBERS, strict=True))


def test_a_folder_with_pictures_is_not_looked_through_for_videos(tmp_path: Path, film: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    shutil.copy(film, images)
    Image.new("L", (9, 9), 80).save(images / NAMES[1])
    at.convert(backup_at(tmp_path / "task.zip", None), tmp_path / "out.zip", "voc", images=images)
    assert pictures_in(tmp_path / "out.zip", "JPEGImages/") == {NAMES[1]: 10}


def test_of_several_videos_that_of_the_task_is_taken(tmp_path: Path, film: Path) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    make_video(videos / "a.mp4", 3)
    source = backup_at(tmp_path / "task.zip", None)
    shutil.copy(film, videos / "b.mp4")
    with pytest.raises(InputError, match=r"videos: holds 2 videos, none of which is called 'film.mp4', expected one"):
        at.convert(source, tmp_path / "out.zip", "voc", images=videos)
    shutil.move(videos / "b.mp4", videos / "film.avi")  # the bytes say what it is
    assert at.convert(source, tmp_path / "out.zip", "voc", images=videos).pictures == COUNT


def test_frames_that_are_no_numbers_have_no_picture_in_a_video(tmp_path: Path, film: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": []}))
    with pytest.raises(InputError, match=r"film.mp4: is a video, and frame 'a.jpg' is no number of a picture of it"):
        at.convert(tmp_path / "a.json", tmp_path / "out.zip", "coco", images=film, source_format="coco")


def test_sizes_come_from_the_video_as_it_is_shown(tmp_path: Path) -> None:
    film = turned(make_sides(tmp_path / "film.mp4"), 90)
    builder = at.DatasetBuilder()
    builder.add_frame("frame_000000.PNG")
    builder.add_shape("rectangle", 0, builder.add_label("car"), [0, 0, 24, 32])
    at.write(builder.dataset(), tmp_path / "a.json", "coco")
    at.convert(tmp_path / "a.json", tmp_path / "out.zip", "yolo", images=film)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        words = archive.read("obj_train_data/frame_000000.txt").split()
    assert list(map(float, words)) == [0, 0.25, 0.25, 0.5, 0.5]


def test_a_picture_that_the_video_lacks_is_a_problem_of_its_frame(tmp_path: Path) -> None:
    source = backup_at(tmp_path / "task.zip", make_video(tmp_path / "film.mp4", 9))
    with pytest.raises(InputError) as error:
        at.convert(source, tmp_path / "out.zip", "voc")
    assert [(problem.file.rsplit("/", 1)[-1], problem.frame, problem.message) for problem in error.value.problems] == [
        ("film.mp4", 3, "has no picture 11 that can be decoded"),
        ("film.mp4", 4, "has no picture 14 that can be decoded"),
    ]
    assert not (tmp_path / "out.zip").exists()
    done = at.convert(source, tmp_path / "out.zip", "voc", on_error="skip")
    assert pictures_in(tmp_path / "out.zip", "JPEGImages/") == dict(zip(NAMES[:3], NUMBERS[:3], strict=True))
    assert [problem.frame for problem in done.problems] == [3, 4]
    read = at.read(source)
    with pytest.raises(InputError, match="has no picture 11"):
        at.write(read.dataset, tmp_path / "again.zip", "voc", read.media)


def test_what_is_damaged_inside_is_left_out_where_problems_are_skipped(tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.avi", 20, "mjpeg")
    data = film.read_bytes()
    starts = [index for index in range(len(data)) if data[index : index + 3] == b"\xff\xd8\xff"]
    film.write_bytes(data[: starts[5]] + bytes(600) + data[starts[5] + 600 :])
    source = backup_at(tmp_path / "task.zip", None)
    done = at.convert(source, tmp_path / "out.zip", "voc", images=film, on_error="skip")
    assert sorted(pictures_in(tmp_path / "out.zip").values()) == [2, 8, 11, 14]
    assert [problem.frame for problem in done.problems] == [1]
    with pytest.raises(InputError, match=r"film.avi: has no picture 5 that can be decoded"):
        at.convert(source, tmp_path / "other.zip", "voc", images=film)
    assert not (tmp_path / "other.zip").exists()


def test_without_pyav_what_was_asked_for_is_refused_and_what_came_along_is_left_out_aloud(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = backup_at(tmp_path / "task.zip", film)
    monkeypatch.setitem(sys.modules, "av", None)
    for images in (film, True):
        with pytest.raises(UsageError, match=r"expected pip install 'annotools-cvat\[video\]'"):
            at.convert(source, tmp_path / "out", "voc", images=images)
        assert not (tmp_path / "out").exists()
    done = at.convert(source, tmp_path / "out", "voc")
    assert done.pictures == 0
    (left,) = [loss for loss in done.losses if loss.table == "members"]
    assert (left.what, left.count) == ("picture of a video left out", COUNT)
    assert "annotools-cvat[video]" in left.why


@pytest.mark.skipif(not GOLDEN.exists(), reason="the exports of a real server lie beside the repository only at home")
def test_pictures_are_those_that_a_server_exports(tmp_path: Path) -> None:
    at.convert(GOLDEN / "inputs" / "backup.zip", tmp_path / "out.zip", "coco", compat=True)
    mine, theirs = (pixels_of(path) for path in (tmp_path / "out.zip", GOLDEN / "exports_with_images/coco/task.zip"))
    assert mine.keys() == theirs.keys()
    for name, pixels in theirs.items():  # the server's are decoded from JPEGs of quality 75
        assert min(mine, key=lambda other: np.abs(mine[other] - pixels).mean()) == name
        assert np.abs(mine[name] - pixels).mean() < 0.5


def pixels_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".PNG")]
        return {name: np.asarray(Image.open(io.BytesIO(archive.read(name)))).astype(float) for name in names}


def test_a_backup_of_a_backup_has_its_video(tmp_path: Path, film: Path) -> None:
    done = at.convert(backup_at(tmp_path / "task.zip", film), tmp_path / "out.zip", "cvat-backup")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == ["annotations.json", "data/film.mp4", "data/manifest.jsonl", "task.json"]
        assert archive.read("data/film.mp4") == film.read_bytes()
    assert [loss.what for loss in done.losses if "video" in loss.what] == []
    again = at.convert(tmp_path / "out.zip", tmp_path / "again.zip", "cvat-images")
    assert (again.pictures, pictures_in(tmp_path / "again.zip", "images/")) == (
        COUNT, dict(zip(NAMES, NUMBERS, strict=True)),
    )  # fmt: skip


def test_a_backup_that_is_written_with_what_was_read_has_its_video(tmp_path: Path, film: Path) -> None:
    result = at.read(backup_at(tmp_path / "task.zip", film))
    losses = at.write(result.dataset, tmp_path / "out.zip", "cvat-backup", result.media)
    assert [loss.what for loss in losses if "video" in loss.what] == []
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("data/film.mp4") == film.read_bytes()
    some = at.Media((frame, file) for frame, file in (result.media or {}).items() if frame)
    shifted = at.Media((frame - 1, file) for frame, file in some.items())
    losses = at.write(result.dataset, tmp_path / "other.zip", "cvat-backup", shifted)
    assert [loss.what for loss in losses if "video" in loss.what] == ["backup without its video"]


def test_a_backup_takes_a_video_from_elsewhere_under_the_name_of_the_task(tmp_path: Path, film: Path) -> None:
    other = film.rename(tmp_path / "other.mp4")
    at.convert(backup_at(tmp_path / "task.zip", None), tmp_path / "out.zip", "cvat-backup", images=other)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("data/film.mp4") == other.read_bytes()


@pytest.mark.parametrize("images", [False, None])
def test_a_backup_without_its_video_says_so(tmp_path: Path, film: Path, images: bool | None) -> None:
    source = backup_at(tmp_path / "task.zip", film if images is False else None)
    done = at.convert(source, tmp_path / "out.zip", "cvat-backup", images=images)
    assert "backup without its video" in [loss.what for loss in done.losses]
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert [name for name in archive.namelist() if name.endswith(".mp4")] == []
