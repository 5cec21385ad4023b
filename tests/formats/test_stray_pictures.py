"""Pictures that lie in a dataset and are of none of its frames: told, not passed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import annotools as at
from tests.formats.mask_files import picture, write

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 2, "height": 1}], "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "segmentation": []}],
}  # fmt: skip
PICTURE = picture([[0, 1]])
VOC = "<annotation><filename>{}</filename></annotation>"
BARE: dict[str, dict[str, str | bytes]] = {
    "coco": {"annotations/a.json": json.dumps(COCO), "images/a.png": PICTURE},
    "cvat-images": {
        "annotations.xml": '<annotations><image id="0" name="a.png" width="2" height="1"/></annotations>',
        "a.png": PICTURE,
    },
    "voc": {"Annotations/a.xml": VOC.format("a.png"), "JPEGImages/a.png": PICTURE},
    "segmentation-mask": {"SegmentationClass/a.png": PICTURE, "JPEGImages/a.png": PICTURE},
    "camvid": {"trainannot/a.png": PICTURE, "train/a.png": PICTURE},
}  # fmt: skip


def left_out(folder: Path, files: Mapping[str, str | bytes]) -> list[tuple[str, int]]:
    done = at.convert(write(folder / "in", files), folder / "out", "datumaro", strict=True)  # they are no annotations
    return [(loss.why, loss.count) for loss in done.losses.of("lost") if loss.what.startswith("picture")]


@pytest.mark.parametrize("slug", BARE)
def test_a_picture_of_no_frame_is_told(slug: str, tmp_path: Path) -> None:
    stray = next(name for name in reversed(BARE[slug]) if name.endswith("a.png")).replace("a.png", "zzz.png")
    assert left_out(tmp_path / "whole", BARE[slug]) == []
    ((why, count),) = left_out(tmp_path / "more", BARE[slug] | {stray: PICTURE, stray.replace("zzz", "zz2"): PICTURE})
    assert count == 2
    assert "zz2.png" in why


def test_pictures_that_somebody_names_may_be_more_than_there_are_frames(tmp_path: Path) -> None:
    files = {"a.json": json.dumps(COCO)}
    pictures = write(tmp_path / "pictures", {"a.png": PICTURE, "zzz.png": PICTURE})
    done = at.convert(write(tmp_path / "in", files), tmp_path / "out", "coco", images=pictures)
    assert not [loss for loss in done.losses if "picture" in loss.what]


def test_pictures_of_voc_that_lie_elsewhere_are_found_by_their_names(tmp_path: Path) -> None:
    files = {"labels/VID/a.xml": VOC.format("a"), "Data/VID/a.png": PICTURE, "Data/VID/b.png": PICTURE}
    assert left_out(tmp_path, files) == [("'Data/VID/b.png' is of no frame", 1)]
