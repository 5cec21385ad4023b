"""Sources as they lie about: endings in capitals, as old programs write them, and notes for people beside."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from posixpath import splitext

import numpy as np
import pytest
from PIL import Image

from annotools import formats
from annotools.formats.base import ReadOptions
from tests.formats.kernel.sources import zipped

Files = Mapping[str, bytes | str]
NOTES = {
    "README.txt": "Annotations of streets\n", "LICENSE.txt": "MIT License\n\nCopyright\n",
    "requirements.txt": "numpy\n", "README.dataset.txt": "exported\n", "NOTICE.TXT": "of others\n",
}  # fmt: skip


def picture(*boxes: tuple[int, int, int, int, object], mode: str = "L", kind: str = "PNG") -> bytes:
    """A picture of 8 x 6 with boxes painted on it."""
    stream, drawn = BytesIO(), Image.new(mode, (8, 6))
    for left, top, right, bottom, value in boxes:
        drawn.paste(value, (left, top, right, bottom))  # type: ignore[arg-type]
    drawn.save(stream, kind)
    return stream.getvalue()


def numbers(value: int) -> bytes:
    """A picture of 16 bits with one number on it."""
    stream, pixels = BytesIO(), np.zeros((6, 8), np.uint16)
    pixels[1:3, 2:5] = value
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


VOC = (
    "<annotation><filename>a.jpg</filename><size><width>8</width><height>6</height></size>"
    "<object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object></annotation>"
)
BOX, ROAD = "0 0.5 0.5 0.5 0.5\n", (128, 64, 128)
TRACKED = "0 7 Car 0 0 -1 1 1 3 3 -1 -1 -1 -1000 -1000 -1000 -10\n"
OPEN = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
# The format, its members, and what they hold: shapes, tags, tracks, frames, names of labels.
SOURCES: dict[str, tuple[str, dict[str, bytes | str], tuple[int, int, int, int], set[str]]] = {
    "YOLO's data.yaml": (
        "yolo-ultralytics-detection",
        {"data.yaml": "train: images/train\nnames: [car]\n", "images/train/a.png": picture(),
         "labels/train/a.txt": BOX},
        (1, 0, 0, 1), {"car"},
    ),
    "YOLO without pictures of its own": (
        "yolo", {"classes.txt": "car\n", "images/a.png": picture(), "labels/a.txt": BOX}, (1, 0, 0, 1), {"car"},
    ),
    "Darknet's obj.data": (
        "yolo",
        {"obj.data": "train = train.txt\nnames = obj.names\n", "obj.names": "car\n", "train.txt": "data/a.png\n",
         "data/a.png": picture(), "data/a.txt": BOX},
        (1, 0, 0, 1), {"car"},
    ),
    "VOC with masks": (
        "voc",
        {"Annotations/a.xml": VOC, "ImageSets/Main/train.txt": "a\n",
         "labelmap.txt": "background:0,0,0::\ncar:9,9,9::\n",
         "SegmentationClass/a.png": picture((1, 1, 3, 3, (9, 9, 9)), mode="RGB")},
        (2, 0, 0, 1), {"car"},
    ),
    "KITTI's boxes": (
        "kitti",
        {"training/label_2/a.txt": "Car 0 0 -1 1 1 3 3 -1 -1 -1 -1000 -1000 -1000 -10\n",
         "training/image_2/a.png": picture()},
        (1, 0, 0, 1), {"Car"},
    ),
    "KITTI's tracking": ("kitti", {"training/label_02/0000.txt": TRACKED}, (1, 0, 1, 1), {"Car"}),
    "Cityscapes": (
        "cityscapes", {"gtFine/val/x/a_gtFine_labelIds.png": picture((1, 1, 3, 3, 7))}, (1, 0, 0, 1), {"road"},
    ),
    "MOTS": ("mots", {"instances/labels.txt": "car\n", "instances/a.png": numbers(1003)}, (1, 0, 1, 1), {"car"}),
    "CamVid": (
        "camvid",
        {"label_colors.txt": "128 64 128 road\n", "train.txt": "train/a.png trainannot/a.png\n",
         "trainannot/a.png": picture((1, 1, 3, 3, ROAD), mode="RGB")},
        (1, 0, 0, 1), {"road"},
    ),
    "MOT": (
        "mot",
        {"gt/gt.txt": "1,1,1,1,2,2,1,1,1\n", "gt/labels.txt": "car\n", "seqinfo.ini": "[Sequence]\nseqLength=3\n"},
        (2, 0, 1, 3), {"car"},
    ),
    "Open Images": (
        "open-images",
        {"val-annotations-bbox.csv": OPEN + "a,x,/m/1,1,0.1,0.5,0.1,0.5,0,0,0,0,0\n",
         "class-descriptions.csv": "/m/1,car\n", "val/a.png": picture()},
        (1, 0, 0, 1), {"car"},
    ),
    "ImageNet": ("imagenet", {"synsets.txt": "car\n", "train.txt": "a.jpg 0\n"}, (0, 1, 0, 1), {"car"}),
    "WIDER FACE": (
        "wider-face", {"wider_face_train_bbx_gt.txt": "0--Parade/a.jpg\n1\n1 2 3 4 0 0 0 0 0 0\n"},
        (1, 1, 0, 1), {"face", "Parade"},
    ),
    "VGGFace2": ("vggface2", {"loose_bb_train.csv": "NAME_ID,X,Y,W,H\nann/1,1,2,3,4\n"}, (1, 0, 0, 1), {"ann"}),
    "LFW": (
        "lfw", {"pairs.txt": "1\nann\t1\t2\nann\t1\tbob\t1\n", "people.txt": "1\nann\t2\n"},
        (0, 3, 0, 3), {"ann", "bob"},
    ),
    "Market-1501": (
        "market-1501", {"images_train.txt": "bounding_box_train/0002_c1s1_000451_03.jpg\n"},
        (0, 1, 0, 1), {"market-1501"},
    ),
    "ICDAR's boxes": ("icdar-localization", {"gt_a.txt": '1 2 3 4 "word"\n'}, (1, 0, 0, 1), {"icdar"}),
    "ICDAR's boxes by other names": ("icdar-localization", {"a.txt": '1 2 3 4 "word"\n'}, (1, 0, 0, 1), {"icdar"}),
    "ICDAR's words": ("icdar-recognition", {"words.txt": 'a.png, "word"\n'}, (0, 1, 0, 1), {"icdar"}),
    "ICDAR's masks": (
        "icdar-segmentation",
        {"a_GT.txt": '9 9 9 2 2 1 1 3 3 "w"\n',
         "a_GT.bmp": picture((0, 0, 8, 6, (255, 255, 255)), (1, 1, 3, 3, (9, 9, 9)), mode="RGB", kind="BMP")},
        (1, 0, 0, 1), {"icdar"},
    ),
}  # fmt: skip
every_source = pytest.mark.parametrize("what", SOURCES)


def held(slug: str, members: Files) -> tuple[tuple[int, int, int, int], set[str]]:
    """What a source holds, as SOURCES says it."""
    read = formats.get(slug).read
    assert read is not None
    result = read(zipped(dict(members)), None, ReadOptions())
    assert result.problems == ()
    dataset = result.dataset
    labels = {row.label.name for row in (*dataset.shapes, *dataset.tags)}
    return (len(dataset.shapes), len(dataset.tags), len(dataset.tracks), len(dataset.frames)), labels


def shouted(name: str) -> str:
    """A name with its ending in capitals."""
    return splitext(name)[0] + splitext(name)[1].upper()


@every_source
def test_it_is_read(what: str) -> None:
    slug, members, *expected = SOURCES[what]
    assert [*held(slug, members)] == expected


@every_source
def test_endings_in_capitals_are_read_alike(what: str) -> None:
    slug, members, *expected = SOURCES[what]
    lists = ("data.yaml", "classes.txt", "obj.names", "obj.data", "labelmap.txt", "label_colors.txt", "synsets.txt")
    loud = {name if name in lists else shouted(name): content for name, content in members.items()}
    assert [*held(slug, loud)] == expected


@every_source
def test_notes_beside_are_no_annotations(what: str) -> None:
    slug, members, *expected = SOURCES[what]
    assert [*held(slug, {**members, **NOTES})] == expected
