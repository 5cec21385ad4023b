"""Which folders of masks are certainly of one layout: each sign by itself, and nearly."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from annotools.formats.masks.camvid_layout import is_camvid
from annotools.formats.masks.kitti_layout import is_kitti
from annotools.formats.masks.voc_layout import is_voc_masks
from tests.formats.kernel.sources import zipped


@pytest.mark.parametrize(
    ("members", "certain"),
    [
        (["label_2/a.txt"], True),
        (["training/label_2/b/a.txt"], True),
        (["instance/a.png", "semantic/a.png"], True),
        (["instance/a.png", "image_2/a.png"], True),
        (["semantic/a.png", "image_2/a.png"], False),
        (["instance/a.png"], False),
        (["semantic/a.png"], False),
        (["image_2/a.png"], False),
        (["instance/a.png", "semantic_rgb/a.png"], False),
        (["a/label_2.txt"], False),
        ([], False),
    ],
    ids=str,
)
def test_folders_of_kitti(members: Sequence[str], certain: bool) -> None:
    assert is_kitti(zipped(dict.fromkeys(members, ""))) == certain


@pytest.mark.parametrize(
    ("members", "certain"),
    [
        ({"trainannot/a.png": ""}, True),
        ({"x/valannot/b/a.png": ""}, True),
        ({"annot/a.png": ""}, False),  # of no subset
        ({"trainannot/a.txt": ""}, False),  # no picture
        ({"trainannots/a.png": ""}, False),
        ({"class_dict.csv": "", "train_labels/a_L.png": ""}, True),
        ({"label_colors.txt": "", "a_L.png": ""}, True),
        ({"LABEL_COLORS.TXT": "", "a_L.png": ""}, True),
        ({"class_dict.csv": "", "a_l.png": ""}, False),
        ({"class_dict.csv": "", "_La.png": ""}, False),
        ({"class_dict.csv": "", "a_L.txt": ""}, False),
        ({"labelmap.txt": "", "a_L.png": ""}, False),  # Pascal VOC's
        ({"_classes.csv": "", "a_L.png": ""}, False),  # Roboflow's
        ({"a_L.png": ""}, False),
        ({"train.txt": "/train/a.png trainannot/a.png\n"}, True),
        ({"train.txt": "/train/a.png\n"}, False),
        ({"train.txt": "/train/a.png\n/train/b.png trainannot/b.png\n"}, False),  # the first line has no mask
    ],
    ids=str,
)
def test_folders_and_lists_of_camvid(members: dict[str, str], certain: bool) -> None:
    assert is_camvid(zipped(members)) == certain


@pytest.mark.parametrize(
    ("members", "certain"),
    [
        (["SegmentationClass/a.png"], True),
        (["x/segmentationclass/b/a.png"], True),
        (["SegmentationClass/a.png", "Annotations/a.xml"], False),  # Pascal VOC's own
        (["SegmentationClass/a.png", "a.XML"], False),
        (["SegmentationObject/a.png"], False),
        (["SegmentationClass.png"], False),
        (["train/_classes.csv", "train/a.jpg", "train/a_mask.png"], True),
        (["train/_CLASSES.CSV", "train/a_mask.png"], True),
        (["train/a.jpg", "train/a_mask.png"], False),
        (["train/_classes.csv", "train/a.jpg", "train/a.png"], False),
        (["labelmap.txt", "JPEGImages/a.jpg"], True),
        (["labelmap.txt", "ImageSets/Segmentation/train.txt"], True),
        (["LabelMap.txt", "JPEGImages/a.jpg", "ImageSets/Segmentation/train.txt"], True),
        (["labelmap.txt"], True),
        (["JPEGImages/a.jpg"], False),
        (["labelmap.txt", "JPEGImages/a.jpg", "a.jpg"], False),
        (["labelmap.txt", "JPEGImages"], False),
        ([], False),
    ],
    ids=str,
)
def test_folders_of_masks_of_voc(members: Sequence[str], certain: bool) -> None:
    assert is_voc_masks(zipped(dict.fromkeys(members, ""))) == certain
