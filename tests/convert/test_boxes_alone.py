"""Formats of boxes: what they are told of outlines is what they make of all their points."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import orjson
import pytest

import annotools as at
from annotools import formats
from annotools.convert.reading import ReadPlan
from annotools.formats.base import Format, ReadOptions, WriteOptions
from annotools.model import POLYGON
from tests.formats import coco_files
from tests.formats.coco_files import doc

FORMATS = [form.slug for form in formats() if form.write and form.boxes_alone(WriteOptions())]
OUTLINE = [2.25, 3, 9.5, 1, 8, 7.125, 5, 9]
ANNOTATIONS = [
    {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [OUTLINE], "bbox": [2.25, 1, 7.25, 8]},
    {"id": 2, "image_id": 1, "category_id": 2, "segmentation": [OUTLINE, [11, 1, 12, 1, 12, 4.5, 11, 4]]},
    {"id": 3, "image_id": 2, "category_id": 1, "segmentation": {"size": [40, 30], "counts": [41, 3, 1156]}},
    {"id": 7, "image_id": 2, "category_id": 1, "segmentation": {"size": [40, 30], "counts": [85, 2, 35, 9, 1069]}},
    {"id": 8, "image_id": 2, "category_id": 1, "segmentation": {"size": [40, 30], "counts": [1200]}},
    {"id": 4, "image_id": 2, "category_id": 1, "segmentation": [[5, 5, 5, 5, 5, 5]], "score": 0.5},
    {"id": 5, "image_id": 2, "category_id": 2, "bbox": [1, 2, 3, 4], "attributes": {"rotation": 30}},
    {"id": 6, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [], "rectangle": [1, 1, 2, 2]},
    *(
        {"image_id": 1 + number, "category_id": 1, "segmentation": [outline], "attributes": {"track_id": 7}}
        for number, outline in enumerate([[0, 0, 9, 0, 9, 9], [4, 4, 14, 3, 13, 30, 2, 8]])
    ),
]  # fmt: skip


def test_the_formats_are_those_of_boxes() -> None:
    assert {"yolo-ultralytics-detection", "mot", "wider-face", "yolo-ultralytics-obb"} <= set(FORMATS)
    assert not {"coco", "cvat-api", "yolo-ultralytics-segmentation", "voc", "mask"} & set(FORMATS)


@pytest.mark.parametrize("slug", FORMATS)
def test_what_is_made_of_boxes_is_what_is_made_of_outlines(slug: str, tmp_path: Path) -> None:
    source, outputs = tmp_path / "in.json", [tmp_path / "one.zip", tmp_path / "other.zip"]
    source.write_bytes(orjson.dumps(doc(*ANNOTATIONS)))
    done = at.convert(source, outputs[0], slug)
    whole = at.write(at.read(source).dataset, outputs[1], slug)
    assert [_members(path) for path in outputs[:1]] == [_members(path) for path in outputs[1:]]
    assert done.losses.as_list()[-len(whole) :] == whole.as_list()


BOXES, TURNED = "shapes-to-boxes", "shapes-to-boxes=turned"


@pytest.mark.parametrize("steps", [[BOXES], [TURNED], ["drop-deleted-frames", BOXES]])
@pytest.mark.parametrize("slug", ["voc", "coco", "cvat-images", "datumaro", "labelme"])
def test_boxes_that_the_user_asks_for_are_those_of_outlines(
    slug: str, steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    source, outputs = tmp_path / "in.json", [tmp_path / "one.zip", tmp_path / "other.zip"]
    source.write_bytes(orjson.dumps(doc(*ANNOTATIONS)))
    plan = ReadPlan(target=formats.get(slug), transforms=tuple(steps))
    assert not plan.options_of_reader().outlines
    done = at.convert(source, outputs[0], slug, transforms=steps)
    monkeypatch.setattr(Format, "boxes_alone", lambda *_: False)
    whole = at.convert(source, outputs[1], slug, transforms=steps)
    assert _members(outputs[0]) == _members(outputs[1])
    assert done.losses.as_list() == whole.losses.as_list()


def _members(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_outlines_of_tracks_keep_their_points_and_others_their_boxes() -> None:
    options = [ReadOptions(outlines=kept) for kept in (True, False)]
    whole, boxes = (coco_files.read(doc(*ANNOTATIONS), options=one).dataset for one in options)
    tracked = np.flatnonzero(whole.shapes.track >= 0)
    drawn = np.flatnonzero((whole.shapes.type == POLYGON) & (whole.shapes.track < 0))
    assert (len(tracked), len(drawn)) == (2, 4)
    assert boxes.shapes.take(tracked).values.tolist() == whole.shapes.take(tracked).values.tolist()
    assert (boxes.shapes.counts[drawn] == 6).all()
    assert boxes.shapes.take(drawn).boxes().tolist() == [
        [2.25, 1, 9.5, 9], [2.25, 1, 9.5, 9], [11, 1, 12, 4.5], [5, 5, 5, 5],
    ]  # fmt: skip


def test_a_step_of_the_user_sees_the_outlines(tmp_path: Path) -> None:
    source, slug = tmp_path / "in.json", "yolo-ultralytics-detection"
    shape = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[0, 0, 10, 0, 0, 6]]}
    source.write_bytes(orjson.dumps(doc(shape)))
    at.convert(source, tmp_path / "out.zip", slug, transforms=["polygons-to-masks"])
    text = _members(tmp_path / "out.zip")["labels/train/a.txt"]
    assert text.split()[3:] == [b"0.450000", b"0.600000"]  # pixels whose middle is inside: 9 of 20, 6 of 10
