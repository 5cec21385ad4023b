"""What must be known to read or write a format and is not: one usage error, and nothing is written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.formats import TABLE
from annotools.formats.base import WriteOptions
from annotools.model import RECTANGLE, Frames, Label, Shapes
from annotools.storage import Media, MediaFile

YOLO = "yolo-ultralytics-detection"
NAMES = [f"{letter}.png" for letter in "abcdefgh"]


def boxes(*frames: int, sizes: tuple[int, ...] = (0,) * 8) -> at.Dataset:
    """A box on each of some frames, of which only some have a size."""
    shapes = Shapes.of(
        len(frames), type=np.full(len(frames), int(RECTANGLE)), frame=frames, label=np.ones(len(frames)),
        values=np.tile([1.0, 2, 5, 6], len(frames)), offsets=4 * np.arange(len(frames) + 1),
    )  # fmt: skip
    return at.Dataset(labels=[Label(1, "car")], frames=Frames.of(NAMES, sizes, sizes), shapes=shapes)


def picture(width: int = 30, height: int = 20, orientation: int = 1) -> MediaFile:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (width, height)).save(stream, "JPEG", exif=exif)
    return MediaFile("a.jpg", lambda: io.BytesIO(stream.getvalue()))


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ((0,), "the size of picture 'a.png' is not known"),
        ((1, 0, 1), "the sizes of 2 pictures are not known: 'a.png', 'b.png'"),
        (tuple(range(8)), "the sizes of 8 pictures are not known: 'a.png', 'b.png', 'c.png', 'd.png', 'e.png', ..."),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_sizes_that_a_writer_divides_by_must_be_known(
    tmp_path: Path, frames: tuple[int, ...], message: str, compat: bool
) -> None:
    with pytest.raises(at.UsageError) as caught:
        at.write(boxes(*frames), tmp_path / "out", YOLO, compat=compat)
    expected = "the pictures to be written along (images=...), or a task as context"
    assert str(caught.value) == f"{YOLO}: {message}, expected {expected}"
    assert not (tmp_path / "out").exists()


def test_one_frame_without_a_size_is_one_too_many(tmp_path: Path) -> None:
    at.write(boxes(0, 1), tmp_path / "coco", "coco")
    with pytest.raises(at.UsageError, match=r"size of picture 'b.png' is not known"):
        at.write(boxes(0, 1, sizes=(9, 0) + (9,) * 6), tmp_path / "out", YOLO)
    with pytest.raises(at.UsageError, match=r"sizes of 2 pictures are not known"):
        at.convert(tmp_path / "coco", tmp_path / "out", YOLO)
    assert not (tmp_path / "out").exists()


SHARES = [
    form.slug
    for form in map(formats.get, TABLE)
    if form.write is not None
    and "frames.size" in form.dialect(WriteOptions()).keeps.uses
    and form.slug != "yolo-ultralytics-pose"
]


@pytest.mark.parametrize("compat", [False, True])
@pytest.mark.parametrize("slug", SHARES)
def test_a_frame_without_a_size_costs_no_other_if_faults_are_skipped(tmp_path: Path, slug: str, compat: bool) -> None:
    at.write(boxes(0, 1, 2, sizes=(30, 0) + (30,) * 6), tmp_path / "coco", "coco")
    make = "boxes-to-polygons" if slug == "yolo-ultralytics-segmentation" else ()
    with pytest.raises(at.UsageError, match=r"the size of picture 'b(.png)?' is not known"):
        at.convert(tmp_path / "coco", tmp_path / "out", slug, compat=compat, transforms=make)
    done = at.convert(tmp_path / "coco", tmp_path / "out", slug, compat=compat, on_error="skip", transforms=make)
    assert ("lost", "frame", 1) in [(loss.kind, loss.what, loss.count) for loss in done.losses]
    assert done.written["frames"] == 7
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.stem == "b"]


def test_where_no_frame_has_a_size_nothing_is_skipped(tmp_path: Path) -> None:
    at.write(boxes(0, 1, sizes=(0, 0) + (30,) * 6), tmp_path / "coco", "coco")
    with pytest.raises(at.UsageError, match=r"the sizes of 2 pictures are not known: 'a.png', 'b.png'"):
        at.convert(tmp_path / "coco", tmp_path / "out", YOLO, on_error="skip")


def test_frames_with_nothing_to_write_on_them_need_no_size(tmp_path: Path) -> None:
    dataset = boxes(0, 1, sizes=(9, 0) + (0,) * 6)
    outside = dataset.replace(shapes=dataset.shapes.replace(outside=np.array([False, True])))
    losses = at.write(outside, tmp_path / "out", YOLO)
    assert "shape outside" in [loss.what for loss in losses.of("lost")]
    assert (tmp_path / "out" / "labels" / "train" / "a.txt").exists()


def test_pictures_say_how_large_they_are_as_they_are_shown(tmp_path: Path) -> None:
    media = Media({0: picture(30, 20), 1: picture(30, 20, orientation=6)})
    at.write(boxes(0, 1), tmp_path / "out", YOLO, media)
    dataset = at.read(tmp_path / "out").dataset
    assert dataset.frames.sizes(np.array([0, 1])).tolist() == [[30, 20], [20, 30]]
    assert dataset.shapes.boxes().round(3).tolist() == [[1, 2, 5, 6]] * 2


def test_sizes_that_a_reader_multiplies_by_must_be_known(tmp_path: Path) -> None:
    dataset = boxes(0, 1, sizes=(30,) * 8)
    at.write(dataset, tmp_path / "bare", YOLO)
    expected = "the pictures beside the annotations, or a task as context"
    for on_error in ("raise", "skip"):
        with pytest.raises(at.UsageError) as caught:
            at.read(tmp_path / "bare", on_error=on_error)  # type: ignore[arg-type]
        assert str(caught.value) == f"bare: {YOLO} does not say how large pictures are, expected {expected}"
    assert at.read(tmp_path / "bare", context=dataset).dataset.shapes.boxes().round(3).tolist() == [[1, 2, 5, 6]] * 2


def test_the_pictures_without_a_size_are_named_at_once(tmp_path: Path) -> None:
    dataset = boxes(0, 1, 2, sizes=(30,) * 8)
    at.write(dataset, tmp_path / "out", YOLO)
    unsized = replace(dataset.frames, width=np.array([30, *[0] * 7]), height=np.array([30, *[0] * 7]))
    with pytest.raises(at.UsageError, match=r"b.txt:1: the sizes of 2 pictures are not known: 'b.png', 'c.png'"):
        at.read(tmp_path / "out", context=dataset.replace(frames=unsized))


def test_a_picture_that_is_missing_costs_no_other_if_faults_are_skipped(tmp_path: Path) -> None:
    """Half a dataset downloaded: labels of all pictures, and some of these."""
    at.write(boxes(0, 1, 2, sizes=(30,) * 8), tmp_path / "out", YOLO, Media({0: picture()}))
    with pytest.raises(at.UsageError, match=r"b.txt:1: the sizes of 2 pictures are not known: 'b.png', 'c.png'"):
        at.read(tmp_path / "out")
    result = at.read(tmp_path / "out", on_error="skip")
    assert [(shape.frame.name, shape.label.name) for shape in result.dataset.shapes] == [("a.png", "car")]
    assert [(loss.what, loss.count) for loss in result.losses] == [("shape", 2)]
    assert "the sizes of 2 pictures are not known" in str(result.problems[0])
    done = at.convert(tmp_path / "out", tmp_path / "coco", "coco", on_error="skip")
    assert (done.written["rectangle"], len(done.problems)) == (1, 1)


def labels_and_pictures(where: Path) -> None:
    """Labels of YOLO without pictures, and elsewhere the pictures: one sideways, and one without labels."""
    for name, text in {"classes.txt": "car\n", "labels/a.txt": "0 0.5 0.5 0.2 0.4\n", "labels/b.txt": ""}.items():
        (where / "yolo" / name).parent.mkdir(parents=True, exist_ok=True)
        (where / "yolo" / name).write_text(text)
    (where / "pictures").mkdir()
    for name, file in {"a.jpg": picture(), "b.jpg": picture(orientation=6), "c.jpg": picture()}.items():
        with file.open() as stream:
            (where / "pictures" / name).write_bytes(stream.read())


def test_pictures_of_another_place_say_how_large_they_are(tmp_path: Path) -> None:
    labels_and_pictures(tmp_path)
    done = at.convert(tmp_path / "yolo", tmp_path / "coco", "coco", images=tmp_path / "pictures")
    assert (done.pictures, done.remarks) == (3, ())
    dataset = at.read(tmp_path / "coco").dataset
    assert dict(zip(dataset.frames.names, dataset.frames.sizes(np.arange(3)).tolist(), strict=True)) == {
        "a.jpg": [30, 20], "b.jpg": [20, 30], "c.jpg": [30, 20],
    }  # fmt: skip
    assert dataset.shapes.boxes().round(3).tolist() == [[12, 6, 18, 14]]


@pytest.mark.parametrize("images", [None, False])
def test_without_pictures_nobody_says_how_large_they_are(tmp_path: Path, images: bool | None) -> None:
    labels_and_pictures(tmp_path)
    with pytest.raises(at.UsageError, match="does not say how large pictures are"):
        at.convert(tmp_path / "yolo", tmp_path / "coco", "coco", images=images)


def test_pictures_that_are_not_as_large_as_the_annotations_say_are_noted(tmp_path: Path) -> None:
    at.write(boxes(0, 1, 2, sizes=(30, 30, 0, 0, 0, 0, 0, 0)), tmp_path / "a.json", "coco")
    (tmp_path / "pictures").mkdir()
    for name, size in {"a.png": (30, 30), "b.png": (60, 40), "c.png": (60, 40)}.items():
        Image.new("L", size).save(tmp_path / "pictures" / name)
    done = at.convert(tmp_path / "a.json", tmp_path / "out", "coco", images=tmp_path / "pictures")
    what = "1 of 3 pictures are not as large as the annotations say"
    assert done.remarks == (f"{what}: b.png is 60 x 40, expected 30 x 30",)
