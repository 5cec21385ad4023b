"""Pictures on the way of a conversion: found, matched to frames, and written along."""

from __future__ import annotations

import gc
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools.convert.pictures import following, sized
from annotools.errors import UsageError
from annotools.model import Frames
from annotools.storage import Media, MediaFile
from tests.paths import STREET


def picture(text: str) -> MediaFile:
    return MediaFile(f"{text}.jpg", lambda: io.BytesIO(text.encode()))


def test_pictures_can_be_read_as_long_as_one_of_them_is_held(tmp_path: Path) -> None:
    at.convert(STREET, tmp_path / "street.zip", "cvat-images")
    with zipfile.ZipFile(tmp_path / "street.zip") as packed:
        wanted = packed.read("images/north/street 01.jpg")
    result = at.read(tmp_path / "street.zip")
    media = result.media
    assert media is not None
    file = media[0]
    del result, media
    gc.collect()
    assert file.read() == wanted
    del file
    gc.collect()  # an unclosed file would be a warning, and so an error


def test_pictures_of_several_sources_do_not_mix(tmp_path: Path) -> None:
    for name, colour in (("red", 0), ("blue", 200)):
        shutil.copytree(STREET, tmp_path / name)
        for number, file in enumerate(sorted((tmp_path / name).rglob("street*.jpg"))):
            Image.new("L", (320, 240), colour + number).save(file.with_suffix(".png"))
            file.unlink()
    at.convert([tmp_path / "red", tmp_path / "blue"], tmp_path / "both", "cvat-api")
    media = at.read(tmp_path / "both").media
    assert media is not None
    first, second = (Image.open(io.BytesIO(media[frame].read())).convert("L").getpixel((0, 0)) for frame in (0, 8))
    assert second == first + 200  # type: ignore[operator] # numbers, of grey pictures


def test_pictures_of_a_folder_are_matched_by_name(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    shutil.copy(STREET / "south" / "street.02.jpg", tmp_path / "pictures")
    done = at.convert(STREET, tmp_path / "out.zip", "coco", images=tmp_path / "pictures")
    assert done.pictures == 1
    assert "images/default/south/street.02.jpg" in zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert at.convert(STREET, tmp_path / "none.zip", "coco", images=False).pictures == 0
    shutil.copy(STREET / "south" / "street 01.jpg", tmp_path / "pictures")
    with pytest.raises(at.InputError, match=r"street 01\.jpg'? fits frames 0, 4, expected one frame"):
        at.convert(STREET, tmp_path / "out.zip", "coco", images=tmp_path / "pictures")


def test_pictures_follow_frames_that_get_other_numbers() -> None:
    before = Frames.of(["a", "b", "b", "c", "d"], [1, 2, 3, 4, 5], 1)
    media = Media((frame, picture(str(frame))) for frame in (0, 1, 2, 4))

    def read(after: Frames) -> dict[int, bytes]:
        return {frame: file.read() for frame, file in following(media, before, after).items()}

    assert read(before) == {0: b"0", 1: b"1", 2: b"2", 4: b"4"}
    assert read(before.take(np.array([0, 2, 3, 4]))) == {0: b"0", 1: b"2", 3: b"4"}
    assert read(before.take(np.array([4, 0]))) == {0: b"4", 1: b"0"}
    assert read(Frames.of(list("vwxyz"))) == {0: b"0", 1: b"1", 2: b"2", 4: b"4"}, "the same frames, renamed"


def test_sizes_that_nobody_said_come_from_the_pictures(tmp_path: Path) -> None:
    shutil.copytree(STREET, tmp_path / "street")
    where = tmp_path / "street" / "data_meta.json"
    meta = json.loads(where.read_text("utf-8"))
    for frame in meta["frames"]:
        frame["width"] = frame["height"] = 0
    where.write_text(json.dumps(meta), "utf-8")
    (tmp_path / "street" / "north" / "street 01.jpg").write_bytes(b"not a picture")
    at.convert(tmp_path / "street", tmp_path / "out", "cvat-api")
    frames = at.read(tmp_path / "out").dataset.frames
    assert frames.width.tolist() == [0] + [320] * 7
    assert frames.height.tolist() == [0] + [240] * 7


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 240), (320, 0), (0, 7), (7, 0), (7, 9)])
def test_a_frame_of_which_one_side_is_not_known_gets_both_from_its_picture(width: int, height: int) -> None:
    stream = io.BytesIO()
    Image.new("L", (320, 240)).save(stream, "PNG")
    media = Media({0: MediaFile("a.png", lambda: io.BytesIO(stream.getvalue()))})
    frames = Frames.of(["a.png", "b.png"], [width, 5], [height, 0])
    sizes = sized(at.Dataset(frames=frames), media).frames
    pictured = (width, height) if width and height else (320, 240)
    assert list(zip(sizes.width.tolist(), sizes.height.tolist(), strict=True)) == [pictured, (5, 0)]


def test_pictures_of_honeypots_are_written_once_and_serve_all_their_frames(tmp_path: Path) -> None:
    builder = at.DatasetBuilder(labels=[at.Label(1, "car", None, "rectangle")])
    for name in ("d/1.png", "d/2.png", "d/1.png"):
        builder.add_frame(name, 4, 3)
    for frame in range(3):
        builder.add_shape("rectangle", frame, "car", [0, 0, 1 + frame, 2])
    dataset = builder.dataset()
    (tmp_path / "pictures" / "d").mkdir(parents=True)
    for name in ("1.png", "2.png"):
        Image.new("RGB", (4, 3)).save(tmp_path / "pictures" / "d" / name)
    at.write(dataset, tmp_path / "task", "cvat-api")
    done = at.convert(tmp_path / "task", tmp_path / "out.zip", "coco", images=tmp_path / "pictures")
    assert done.pictures == 2
    again = at.read(tmp_path / "out.zip", context=dataset)
    assert sorted(again.media or {}) == [0, 1, 2]
    assert not at.diff(again.dataset, dataset, ignore=("labels",))


@pytest.mark.parametrize("slug", ["cvat-api", "cvat-backup"])
@pytest.mark.parametrize(("shades", "hidden"), [((0, 9), [1]), ((0, 0), [])])
def test_a_picture_in_whose_place_another_stands_is_told(
    slug: str, shades: tuple[int, int], hidden: list[int], tmp_path: Path
) -> None:
    """Of two subsets, which these formats do not keep; of the very same picture nothing is lost."""
    (tmp_path / "in" / "images").mkdir(parents=True)
    for subset, shade in zip(("train", "val"), shades, strict=True):
        (tmp_path / "in" / "images" / subset).mkdir()
        Image.new("L", (4, 3), shade).save(tmp_path / "in" / "images" / subset / "a.png")
    images = "".join(
        f'<image id="{n}" name="a.png" subset="{subset}" width="4" height="3"></image>'
        for n, subset in enumerate(("train", "val"))
    )
    (tmp_path / "in" / "annotations.xml").write_text(f"<annotations><version>1.1</version>{images}</annotations>")
    done = at.convert(tmp_path / "in", tmp_path / "out", slug)
    assert done.pictures == 1
    assert [loss.frames.tolist() for loss in done.losses if loss.what == "picture left out"] == [hidden] * bool(hidden)


@pytest.mark.parametrize("kind", ["folder", "text"])
def test_a_place_without_a_picture_of_any_frame_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "pictures"
    if kind == "folder":
        path.mkdir()
    else:
        path.write_text("no pictures")
    with pytest.raises(UsageError, match="holds no pictures, expected pictures called as the frames"):
        at.convert("examples/street", tmp_path / "out.zip", "coco", images=path)
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize("letters", ["images", "IMAGES"])
def test_pictures_of_no_single_frame_are_told_where_pictures_are_written(letters: str, tmp_path: Path) -> None:
    """One fits two frames, one is a second of its frame."""
    frames = ["x/a.png", "y/a.png", "b.png"]
    content = {
        "images": [{"id": n, "file_name": name, "width": 4, "height": 4} for n, name in enumerate(frames, 1)],
        "categories": [{"id": 1, "name": "car"}], "annotations": [],
    }  # fmt: skip
    for name in ("a.png", "b.png", "x/b.png"):
        (tmp_path / "in" / letters / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / "in" / letters / name)
    (tmp_path / "in" / "annotations").mkdir()
    (tmp_path / "in" / "annotations" / "instances_default.json").write_text(json.dumps(content))
    losses = [
        str(loss) for loss in at.convert(tmp_path / "in", tmp_path / "out", "voc").losses if "picture" in loss.what
    ]
    assert losses == [f"lost: 2 x picture left out: '{letters}/a.png' fits frames 0, 1 (and 1 more)"]
    assert len([*(tmp_path / "out").rglob("*.png")]) == 1
    for others in (at.convert(tmp_path / "in", tmp_path / "out.json", "coco").losses,
                   at.convert(tmp_path / "in", tmp_path / "none", "voc", images=False).losses):  # fmt: skip
        assert not [loss for loss in others if "picture" in loss.what]


@pytest.mark.parametrize(
    ("slug", "member"),
    [
        ("voc", "Annotations/a.xml"), ("yolo", "obj_train_data/a.txt"), ("labelme", "train/a.xml"),
        ("yolo-ultralytics-detection", "labels/train/a.txt"), ("kitti", "train/label_2/a.txt"),
        ("icdar-localization", "train/gt_a.txt"), ("camvid", "trainannot/a.png"),
        ("segmentation-mask", "SegmentationClass/a.png"), ("cityscapes", "gtFine/train/a_gtFine_labelIds.png"),
    ],
)  # fmt: skip
def test_of_pictures_of_one_stem_the_server_leaves_the_files_of_the_last(
    slug: str, member: str, tmp_path: Path
) -> None:
    """It writes one file over the other; by default each picture has files of its own."""
    build = at.DatasetBuilder(labels=[at.Label(1, "icdar", None, "rectangle")])
    for name, width in (("a.jpg", 40), ("a.png", 20)):
        frame = build.add_frame(name, width, 16, subset="train")
        build.add_shape("rectangle", frame, "icdar", [1, 2, width / 2, 12], attributes={})
    dataset = build.dataset()
    losses = at.write(dataset, tmp_path / "both", slug, compat="cvat")
    (loss,) = (loss for loss in losses if loss.what == "file of a picture")
    assert loss.kind == "lost"
    assert loss.why.startswith("the server writes that of a later picture over it, as with ")
    last = dataset.select(shapes=dataset.shapes.frame == 1)
    last = last.replace(frames=last.frames.take(np.array([1])), shapes=last.shapes.replace(frame=np.array([0])))
    at.write(last, tmp_path / "last", slug, compat="cvat")
    assert (tmp_path / "both" / member).read_bytes() == (tmp_path / "last" / member).read_bytes()
    assert not [loss for loss in at.write(dataset, tmp_path / "own", slug) if loss.what == "file of a picture"]
