"""With `skip` whatever is left out is counted, in every format, so that --strict is not passed by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import Case

GOOD = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": []}
RUNS = {"size": [10, 20], "counts": [100, 30]}
PARTS = [
    {"segmentation": RUNS},
    {"segmentation": {"size": [20, 10], "counts": [100, 30, 70]}},
    {"segmentation": [[1, 2, 3, 4]]},
    {"bbox": [1, 2, 3]},
    {"bbox": ["a", 2, 3, 4]},
    {"image_id": 7},
    {"category_id": 7},
    {"attributes": [1]},
]


def _coco(path: Path, more: dict[str, Any]) -> None:
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}],
        "categories": [{"id": 1, "name": "car"}], "annotations": [GOOD, GOOD | {"id": 2} | more],
    }  # fmt: skip
    path.write_text(json.dumps(document))


def _strict(tmp_path: Path, line: str) -> None:
    """Without --strict it is written and a loss of annotations says what is gone; with it nothing is."""
    case = Case(tmp_path)
    refused = case.run(f"{line} --on-error skip --strict -o strict")
    assert refused.exit_code == 1, refused.output
    assert not (tmp_path / "strict").exists()
    case.fine(f"{line} --on-error skip -o out --report r.json")
    why = "what is wrong with it is a problem of the input"
    lost = [loss for loss in case.json("r.json")["losses"] if loss["kind"] == "lost" and loss["why"] == why]
    assert [loss["count"] for loss in lost if loss["class"] == "annotations"] == [1]


@pytest.mark.parametrize("more", PARTS, ids=json.dumps)
def test_coco(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]) -> None:
    monkeypatch.chdir(tmp_path)
    _coco(tmp_path / "a.json", more)
    _strict(tmp_path, "convert a.json --to cvat-api")


BOX = '<box label="car" xtl="{}" ytl="2" xbr="9" ybr="9"/>'
IMAGE = '<annotations><image id="0" name="a.jpg" width="20" height="10">{}</image></annotations>'
BODY = '{"version": 0, "tags": [], "tracks": [], "shapes": [%s, %s]}'
SHAPE = '{"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 3, %s]}'


def test_cvats_xml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xml").write_text(IMAGE.format(BOX.format(1) + BOX.format("x")))
    _strict(tmp_path, "convert a.xml --from cvat-images --to cvat-api")


def test_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/labels.json").write_text('[{"id": 1, "name": "car"}]')
    (tmp_path / "b/data_meta.json").write_text('{"size": 1, "frames": [{"name": "a.jpg", "width": 20, "height": 10}]}')
    (tmp_path / "b/annotations.json").write_text(BODY % (SHAPE % 4, SHAPE % '"x"'))
    _strict(tmp_path, "convert b --to coco")


def test_lines_of_yolo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _coco(tmp_path / "a.json", {})
    Case(tmp_path).fine("convert a.json --to yolo-ultralytics-detection -o y --no-images")
    (file,) = (tmp_path / "y").rglob("a.txt")
    file.write_text(file.read_text().replace("0 ", "x ", 1))
    Case(tmp_path).fine("convert a.json --to cvat-api -o task")
    _strict(tmp_path, "convert y --from yolo-ultralytics-detection --task task --to cvat-api")
