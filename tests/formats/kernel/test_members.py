"""Members by what they are for, and sizes from the heads of pictures."""

from __future__ import annotations

import io
from posixpath import splitext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from annotools.errors import Problems
from annotools.formats.kernel.members import image_members, media_sizes, per_frame, picture_size, subset_lists
from annotools.matching import stem
from annotools.storage import Media
from tests.formats.kernel.sources import zipped


def picture(kind: str, size: tuple[int, int], **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, kind, **options)
    return stream.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return picture("JPEG", (30, 20), exif=exif)


@given(st.text("ab1é./ ", max_size=8))
def test_a_stem_is_what_the_library_leaves(name: str) -> None:
    assert stem(name) == splitext(name)[0]


def test_members_by_folder() -> None:
    names = ["labels/train/a.b.txt", "labels/train/c/d.TXT", "labels/x.json", "images/train/a.b.jpg", "e.txt"]
    assert per_frame(names, "labels", ".txt") == {
        "train/a.b": "labels/train/a.b.txt", "train/c/d": "labels/train/c/d.TXT"
    }  # fmt: skip
    assert per_frame(["a.xml"], "", ".xml") == {"a": "a.xml"}
    assert image_members(zipped(dict.fromkeys(names, b"")), "images/") == ["images/train/a.b.jpg"]
    assert stem("a.b/c.d.jpg") == "a.b/c.d"
    assert stem("a.b/c") == "a.b/c"


def test_lists_of_subsets() -> None:
    source = zipped({"ImageSets/Main/train.txt": "a b/c\r\n\r\nd\n", "ImageSets/Main/car_train.txt": "x  1\n"})
    assert subset_lists(source, r"ImageSets/Main/([^_]+)\.txt", Problems()) == {"train": ["a b/c", "d"]}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000"])
def test_the_size_of_a_picture(kind: str) -> None:
    assert picture_size(io.BytesIO(picture(kind, (37, 21)))) == (37, 21)


@pytest.mark.parametrize(("orientation", "size"), [(1, (30, 20)), (3, (30, 20)), (6, (20, 30)), (8, (20, 30))])
def test_a_picture_held_sideways_is_as_large_as_it_is_shown(orientation: int, size: tuple[int, int]) -> None:
    assert picture_size(io.BytesIO(turned(orientation))) == size


def test_the_head_is_enough() -> None:
    whole = picture("PNG", (4000, 3000))
    assert picture_size(io.BytesIO(whole[:100])) == (4000, 3000)
    vast = bytearray(picture("BMP", (4, 4)))
    vast[18:26] = (60_000).to_bytes(4, "little") + (50_000).to_bytes(4, "little")
    assert picture_size(io.BytesIO(bytes(vast))) == (60_000, 50_000)


def test_a_long_profile_before_the_size() -> None:
    data = picture("JPEG", (31, 17), icc_profile=b"x" * 150_000)
    assert picture_size(io.BytesIO(data)) == (31, 17)


def test_sizes_of_frames() -> None:
    problems = Problems()
    source = zipped({"a.png": picture("PNG", (5, 7)), "b.png": b"no picture", "c.jpg": turned(1)[:30]})
    media = Media.from_members(source, {0: "a.png", 1: "b.png", 3: "c.jpg"})
    assert media_sizes(media, [0, 1, 2, 3], problems).tolist() == [[5, 7], [0, 0], [0, 0], [0, 0]]
    expected = "is not a picture whose size can be read, expected a whole picture"
    assert [str(problem) for problem in problems] == [f"b.png: {expected}", f"c.jpg: {expected}"]
