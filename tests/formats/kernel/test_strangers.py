"""What is said of sources that no format recognises."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotools import formats
from annotools.errors import InputError
from tests.formats.kernel.sources import zipped

RESULT: dict[str, Any] = {"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["cat"]}}
REGION = {"shape_attributes": {"name": "rect", "x": 1}, "region_attributes": {}}
SOURCES: dict[str, dict[str, Any]] = {
    "JSON of labelme": {"a.json": {"version": "5.0.1", "flags": {}, "shapes": [], "imagePath": "a.jpg"}, "a.jpg": ""},
    "JSON of Label Studio": {"p.json": [{"id": 1, "annotations": [{"result": [RESULT]}], "data": {"image": "a.jpg"}}]},
    "JSON of VIA": {"via.json": {"a.jpg1": {"filename": "a.jpg", "file_attributes": {}, "regions": {"0": REGION}}}},
    "JSON of CreateML": {"a.json": [{"image": "a.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 1}}]}]},
    "labels of YOLO, without": {"labels/a.txt": "0 0.5 .5 1 1e-05 0 1\n", "a.jpg": "", "README.md": "# cats"},
    "lines of MOT": {"MOT17-02.txt": "1,1,13.24,9.53,26.7,6.2,1,1,0.5\n", "README.txt": "results"},
    "lines of DOTA": {"labelTxt/P1.txt": "2753.0 2408.0 2861.0 2385.0 2888.0 2468.0 2805.0 2502.0 plane 0\n"},
    "JSON of Supervisely's pictures": {
        "ds/ann/a.jpg.json": {"objects": [{"classTitle": "x", "points": {"exterior": []}}]}
    },
    "JSON of MegaDetector": {"a.json": {"detection_categories": {}, "images": [{"file": "a.jpg", "detections": []}]}},
    "pictures without annotations": {"cat/a.jpg": "", "dog/b.PNG": "", "LICENSE.txt": "MIT"},
}


def refusal(members: dict[str, Any]) -> str:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    with pytest.raises(InputError) as caught:
        formats.sniff(zipped(texts))
    return str(caught.value)


@pytest.mark.parametrize("what", SOURCES)
def test_a_stranger_is_called_by_its_name(what: str) -> None:
    assert f"is of no known format, and looks like {what}" in refusal(SOURCES[what])


@pytest.mark.parametrize(
    "members",
    [{"a.txt": "1 1 13.24 9.53 26.7 6.2\n"}, {"a.json": {"name": "x"}}, {"a.py": "0 0.5 0.5 0.5 0.5", "b.py": ""}],
)
def test_others_are_not(members: dict[str, Any]) -> None:
    assert "is of no known format, expected one of cvat-api, " in refusal(members)
