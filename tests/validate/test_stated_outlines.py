"""Boxes, areas and numbers that annotations of COCO say: in columns the same as one annotation after the other."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from annotools import validate
from annotools.validate.overlay import Overlay

RING, HOLE = [10, 10, 40, 10, 40, 40, 10, 40], [15, 15.5, 20, 15.5, 20, 30, 15, 30]
ODD = (
    None, True, -1, 0, 5, 880.0, 1e10, 10**30, "x", [1], {}, [1, 2, 3, 4], [10, 10, 30, 30], [10, 10, 33.5, 30], [[]],
    [], [1e9, 2, 3, 4], [True, 2, 3, 4], [[1, 2, 3]], [RING], [RING, HOLE], [RING, [1, 2]], RING, [1, 2, 3, 4, 5],
    [[1, 2, "a", 4, 5, 6]], [[1, 2, True, 4, 5, 6]], [[1, 2, 1e9, 4, 5, 6]], {"counts": [40, 1, 40], "size": [9, 9]},
)  # fmt: skip


def _document(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    annotations = []
    for number in range(200):
        one = {"id": number, "image_id": 1, "category_id": 1, "bbox": [10, 10, 30, 30], "area": 900}
        one["segmentation"] = [RING]
        for key in chance.sample(("id", "bbox", "area", "segmentation"), chance.randrange(3)):
            one[key] = chance.choice(ODD)
        annotations.append(one)
    image = {"id": 1, "file_name": "a.jpg", "width": 99, "height": 99}
    return {"images": [image], "categories": [{"id": 1, "name": "car"}], "annotations": annotations}


def _misfits(index: int, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The rules of repeated ids, flat lists, boxes and areas of polygons, as their manual pages have them."""
    outline, box, area = one["segmentation"], one["bbox"], one["area"]
    if isinstance(outline, list) and outline and all(isinstance(value, int | float) for value in outline):
        yield "FMT002", f"/annotations/{index}/segmentation"
    rings = outline if isinstance(outline, list) else []
    if not rings or not all(_are_numbers(ring) and len(ring) >= 6 and len(ring) % 2 == 0 for ring in rings):
        return
    points = np.concatenate([np.reshape(ring, (-1, 2)) for ring in rings]).astype(float)
    if _are_numbers(box) and len(box) == 4:
        sides = np.array([box[0], box[1], box[0] + box[2], box[1] + box[3]])
        if np.abs(sides - np.append(points.min(axis=0), points.max(axis=0))).max() > 2:
            yield "FMT003", f"/annotations/{index}/bbox"
    areas = sorted(map(_area, rings))
    if isinstance(area, int | float):
        slack = max(0.25 * max(area, sum(areas)), 16)
        if not max(2 * areas[-1] - sum(areas), 0) - slack <= area <= sum(areas) + slack:
            yield "FMT003", f"/annotations/{index}/area"


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(number, int | float) and abs(number) < 1e9 for number in value)


def _area(ring: list[float]) -> float:
    x, y = np.reshape(ring, (-1, 2)).astype(float).T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _repeats(annotations: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    seen = set()
    for index, one in enumerate(annotations):
        if isinstance(one["id"], int | str):
            if one["id"] in seen:
                yield "FMT030", f"/annotations/{index}/id"
            seen.add(one["id"])


@pytest.mark.parametrize("seed", range(8))
def test_statements_of_any_form(seed: int) -> None:
    body = json.dumps(_document(seed)).encode()
    annotations = msgspec.json.decode(body)["annotations"]  # which has numbers beyond 64 bits as decimals
    expected = [misfit for index, one in enumerate(annotations) for misfit in _misfits(index, one)]
    expected += _repeats(annotations)
    report = validate(Overlay("a.json", {"a.json": body}), slug="coco", select=["FMT002", "FMT003", "FMT030"])
    assert sorted((finding.rule, finding.where.pointer) for finding in report.findings()) == sorted(expected)
    assert {code for code, _ in expected} == {"FMT002", "FMT003", "FMT030"}
