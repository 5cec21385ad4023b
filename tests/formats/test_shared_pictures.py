"""Pictures that several lists of a dataset have: one frame, with what is on it once, and told."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.formats.yolo_files import Files, picture, read


def colored() -> bytes:
    """A mask of two colours."""
    stream, mask = io.BytesIO(), Image.new("RGB", (6, 5))
    mask.paste((255, 0, 0), (1, 1, 4, 4))
    mask.save(stream, "PNG")
    return stream.getvalue()


LABELLED: Files = {"images/train/a.png": picture(), "labels/train/a.txt": "0 0.5 0.5 0.2 0.2\n"}
DARKNET = "classes = 1\ntrain = train.txt\nvalid = {}.txt\nnames = obj.names\n"
LISTED: Files = {"obj.names": "car\n", "train.txt": "data/images/train/a.png\n"}
MASKED: Files = {
    "label_colors.txt": "0 0 0\tVoid\n255 0 0\tcar", "train/a.png": picture(6, 5), "trainannot/a.png": colored(),
    "train.txt": "/train/a.png trainannot/a.png\n",
}  # fmt: skip
SHARED: dict[str, tuple[str, Files]] = {
    "obj.data with one list": ("yolo", {"obj.data": DARKNET.format("train"), **LISTED, **LABELLED}),
    "obj.data with two lists": (
        "yolo", {"obj.data": DARKNET.format("valid"), "valid.txt": "/x/images/train/a.png\n", **LISTED, **LABELLED},
    ),
    "data.yaml with one folder": (
        "yolo-ultralytics-detection",
        {"data.yaml": "names: [car]\ntrain: images/train\nval: images/train\n", **LABELLED},
    ),
    "lists of masks": ("camvid", {**MASKED, "val.txt": MASKED["train.txt"]}),
    "sum of lists of masks": (
        "camvid", {**MASKED, "val.txt": "val/b.png valannot/b.png\n", "valannot/b.png": colored(),
                   "trainval.txt": "/train/a.png trainannot/a.png\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_a_picture_of_several_subsets_is_of_the_first(name: str) -> None:
    slug, files = SHARED[name]
    result = read(slug, files)
    assert result.problems == ()
    pictures = 2 if "sum" in name else 1
    assert [*result.dataset.frames.subsets] == ["train", "val"][:pictures]
    assert len(result.dataset.shapes) == pictures
    (loss,) = [loss for loss in result.losses if loss.what == "subset of picture"]
    assert (loss.kind, loss.count) == ("changed", 1)
    assert "of that which is listed first, as in " in loss.why


@pytest.mark.parametrize("name", SHARED)
def test_the_server_reads_it_for_each_subset(name: str) -> None:
    slug, files = SHARED[name]
    assert len(read(slug, files, compat=True).dataset.frames) == (3 if "sum" in name else 2)


def test_a_picture_is_known_by_its_files_and_not_by_its_name() -> None:
    other: Files = {"images/val/a.png": picture(), "labels/val/a.txt": "0 0.5 0.5 0.4 0.4\n"}
    files: Files = {"data.yaml": "names: [car]\ntrain: images/train\nval: images/val\n", **LABELLED, **other}
    result = read("yolo-ultralytics-detection", files)
    assert [*result.dataset.frames.subsets] == ["train", "val"]
    assert len(result.dataset.shapes) == 2
    assert not [loss for loss in result.losses if loss.what == "subset of picture"]
