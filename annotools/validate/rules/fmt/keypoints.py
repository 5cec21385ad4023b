"""Keypoints of COCO: x, y and visibility of each point.

{"keypoints": [120, 40, 2, 130, 44, 1, 0, 0, 0]}      2 seen, 1 labelled but hidden, 0 not labelled
"""

from __future__ import annotations

from typing import Any

import msgspec

from annotools.validate.context import Context
from annotools.validate.findings import ERROR, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt.coco import annotations_of
from annotools.validate.structure import Fault

_VISIBILITIES = {0, 1, 2}


class _Points(msgspec.Struct, gc=False):
    keypoints: Any = None


@rule("FMT032", "odd-visibility", ERROR, needs=SOURCE, proof="source: Datumaro, an enumeration of three")
def odd_visibility(ctx: Context) -> Found | None:
    """The visibility of a keypoint is neither 0, 1 nor 2.

    Why: an import stops at it; other tools take any other number for seen, confidences between 0 and 1 among them.
    Bad:
        {"from": "coco-keypoints", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, 0.87], "segmentation": []}]}}}

        {"from": "coco-keypoints", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, 3], "segmentation": []}]}}}
    Good:
        {"from": "coco-keypoints", "files": {"a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "man", "keypoints": ["head"], "skeleton": []}], "annotations": [
                {"id": 7, "image_id": 1, "category_id": 1, "keypoints": [1, 1, 2], "segmentation": []}]}}}
    Source: Datumaro's Points, Visibility
    """
    if ctx.slug != "coco-keypoints":
        return None
    faults = []
    for stated, index, one in annotations_of(ctx, _Points):
        values = one.keypoints if isinstance(one.keypoints, list) else []
        odd = [v for v in values[2::3] if isinstance(v, int | float) and v not in _VISIBILITIES]
        if odd:
            message = f"visibility is {odd[0]:g}, expected 0, 1 or 2"
            faults.append(Fault("FMT032", stated.member, f"/annotations/{index}/keypoints", message))
    return ctx.found(faults)
