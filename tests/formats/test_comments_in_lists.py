"""Remarks in lists of pictures, as people write them by hand: they are no pictures, unless a file is called so."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import annotools as at

REMARKS = "# the first half\n#\n## x/c.jpg\n"
LISTS = {
    "yolo": {
        "obj.data": "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n", "obj.names": "car\n",
        "train.txt": f"{REMARKS}data/obj_train_data/a.jpg\n# data/obj_train_data/b.jpg\n",
    },
    "yolo-ultralytics-detection": {
        "data.yaml": "names: [car]\ntrain: train.txt\n", "train.txt": f"{REMARKS}images/a.jpg\n# images/b.jpg\n",
    },
    "voc": {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>",
            "ImageSets/Main/train.txt": f"{REMARKS}a\n# b\n"},
    "segmentation-mask": {"labelmap.txt": "background:0,0,0::\ncar:1,2,3::\n",
                          "ImageSets/Segmentation/train.txt": f"{REMARKS}a\n# b\n"},
    "wider-face": {"wider_face_split/wider_face_test_filelist.txt": f"{REMARKS}a.jpg\n# b.jpg\n"},
    "lfw": {"pairs.txt": f"{REMARKS}a\n# b\n"},
    "imagenet": {"synsets.txt": "car\n", "train.txt": f"{REMARKS}a.jpg 0\n# b.jpg 0\n"},
}  # fmt: skip
HOMES = {
    "yolo": "obj_train_data", "yolo-ultralytics-detection": "images", "voc": "JPEGImages",
    "segmentation-mask": "JPEGImages", "imagenet": "images", "wider-face": "WIDER_test/images", "lfw": "images",
}  # fmt: skip


def stems(root: Path, slug: str, *pictures: str) -> list[str]:
    """The names of frames without endings, below the folders that a list names.  pictures: those that there are."""
    for name, text in LISTS[slug].items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("# data/obj_train_data/b", "data/obj_train_data/# b")
                                 .replace("# images/b", "images/# b") if "# b.jpg" in pictures else text)  # fmt: skip
    (root / HOMES[slug]).mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        Image.new("L", (4, 3)).save(root / HOMES[slug] / picture, "PNG")
    names = at.read(root, slug).dataset.frames.names
    return [name.rsplit("/", 1)[-1].removesuffix(".jpg") for name in names]


@pytest.mark.parametrize("slug", LISTS)
def test_a_remark_is_no_picture(slug: str, tmp_path: Path) -> None:
    assert stems(tmp_path, slug, "a.jpg") == ["a"]


@pytest.mark.parametrize("slug", LISTS)
def test_a_picture_that_is_called_as_a_remark_is_one(slug: str, tmp_path: Path) -> None:
    assert stems(tmp_path, slug, "a.jpg", "# b.jpg") == ["a", "# b"]


def test_a_remark_in_a_table_of_faces_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "loose_bb_train.csv").write_text("# seen, by two\nNAME_ID,X,Y,W,H\nn1/a,1,2,3,4\n# the end\n")
    assert at.read(tmp_path).dataset.frames.names == ("n1/a",)


def test_a_remark_does_not_make_pictures_of_marks(tmp_path: Path) -> None:
    for name, text in LISTS["voc"].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "ImageSets/Main/car_train.txt").write_text("# of cars\na  1\n")
    result = at.read(tmp_path).dataset
    assert (result.frames.names, [tag.label.name for tag in result.tags]) == (("a.jpg",), ["car"])


def test_a_remark_behind_counted_faces(tmp_path: Path) -> None:
    text = "# faces\n0--Parade/a.jpg \n1\n1 2 3 4 0 0 0 0 0 0\n# seen by two\n# x.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"
    (tmp_path / "wider_face_val_bbx_gt.txt").write_text(text)
    result = at.read(tmp_path).dataset
    assert (result.frames.names, len(result.shapes)) == (("0--Parade/a.jpg", "# x.jpg"), 1)
