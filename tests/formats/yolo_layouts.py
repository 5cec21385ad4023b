"""Layouts of Ultralytics YOLO Detection that people have."""

from __future__ import annotations

from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.model import Dataset
from tests.formats.kernel.sources import zipped
from tests.formats.yolo_files import picture

SLUG = "yolo-ultralytics-detection"
BOX = "0 0.5 0.5 0.25 0.5\n"


def read(members: dict[str, bytes | str], context: Dataset | None = None) -> Read:
    reader = formats.get(SLUG).read
    assert reader is not None
    return reader(zipped(members), context, ReadOptions())


def problems_of(members: dict[str, bytes | str]) -> list[str]:
    return [str(problem) for problem in read(members).problems]


CAR = "names: [car, bus]\n"
LAYOUTS: dict[str, dict[str, bytes | str]] = {
    "v8": {
        "data.yaml": CAR + "path: ../datasets/coco8\ntrain: images/train\nval: images/val\ntest:\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "v5": {
        "data.yaml": "train: ../coco128/images/train\nval: ../coco128/images/val\nnc: 2\nnames: ['car', 'bus']\n",
        "coco128/images/train/a.png": picture(), "coco128/labels/train/a.txt": BOX,
        "coco128/images/val/b.png": picture(), "coco128/labels/val/b.txt": BOX,
    },
    "roboflow": {
        "data.yaml": CAR + "train: ../train/images\nval: ../valid/images\nnc: 2\nroboflow:\n  url: images/x\n",
        "train/images/a.png": picture(), "train/labels/a.txt": BOX,
        "valid/images/b.png": picture(), "valid/labels/b.txt": BOX,
    },
    "absolute": {
        "dataset/my.yml": CAR + "path: /home/me/data\ntrain: /home/me/data/images/train\nval: images\\val\n",
        "dataset/images/train/a.png": picture(), "dataset/labels/train/a.txt": BOX,
        "dataset/images/val/b.png": picture(), "dataset/labels/val/b.txt": BOX,
    },
    "lists": {
        "data.yaml": CAR + "path: .\ntrain: train.txt\nval: lists/val.txt\n",
        "train.txt": "./images/train/a.png\n", "lists/val.txt": "/data/images/val/b.png\n\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "several folders": {
        "data.yaml": CAR + "train: [images/one, images/two]\nval: [images/val]\n",
        "images/one/a.png": picture(), "labels/one/a.txt": BOX, "images/two/deep/c.png": picture(),
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "labels beside": {
        "data.yaml": CAR + "train: train\nval: val\n",
        "train/a.png": picture(), "train/a.txt": BOX, "train/classes.txt": "car\nbus\n",
        "val/b.png": picture(), "val/b.txt": BOX,
    },
    "a list of classes beside labels": {
        "data.yaml": CAR + "train: images/train\nval: images/val\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX, "labels/train/classes.txt": "car\nbus\n",
        "images/val/b.png": picture(), "labels/val/b.txt": BOX, "labels/val/NOTES.txt": "drawn by me\n",
    },
    "a data.yaml in a folder of its own": {
        "config/data.yaml": CAR + "train: ./images/train\nval: dataset/images/val\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "dataset/images/val/b.png": picture(), "dataset/labels/val/b.txt": BOX,
    },
    "other letters": {
        "Data.YAML": CAR + "train: images/Train\nval: images/val\n",
        "Images/train/a.png": picture(), "Labels/train/a.TXT": BOX,
        "Images/val/b.png": picture(), "Labels/val/b.txt": BOX,
    },
    "names with gaps": {
        "data.yaml": "names:\n  0: car\n  7: bus\ntrain: images/train\nval: images/val\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "names in a file": {
        "data.yaml": "names: lists/obj.names\ntrain: images/train\nval: images/val\n", "lists/obj.names": "car\nbus\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
    "train is val too": {
        "data.yaml": CAR + "train: images/train\nval: images/val\ntest: images/train\n",
        "images/train/a.png": picture(), "labels/train/a.txt": BOX,
        "images/val/b.png": picture(), "labels/val/b.txt": BOX,
    },
}  # fmt: skip
