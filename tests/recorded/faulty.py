"""A bundle in which shapes, tags and tracks have several faults each: fixes meet on one value and in one list."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.validate.examples import DATA_META, JOB, LABELS, TASK

SHAPE_FAULTS: tuple[dict[str, Any], ...] = (
    {"points": [60, 40, 10, 10]}, {"points": [-5, -5, 250, 130]}, {"points": ["1", "2", 30, 40]}, {"points": [1, 2,
        3, 4, 5]}, {"points": [10, 10, 10, 50]},
    {"points": [0.1, 0.2, 0.3, 0.4]}, {"frame": "3"}, {"frame": 99}, {"frame": 8}, {"label_id": 99},
        {"label_id": 3}, {"rotation": 400}, {"rotation": -10},
    {"rotation": 360}, {"z_order": 1.5}, {"group": -1}, {"group": None}, {"source": "Manual"}, {"occluded": "true"},
        {"outside": True}, {"strange": 1},
    {"attributes": [{"spec_id": 13, "value": "7"}, {"spec_id": 13, "value": "5"}]}, {"attributes": [{"spec_id": 12,
        "value": "True"}]},
    {"attributes": [{"spec_id": 11, "value": "pink"}, {"spec_id": 99, "value": ""}]},
        {"attributes": [{"spec_id": 14, "value": " plate "}]}, {"type": "polygon", "points": [1, 1, 5, 1, 5, 1, 5,
        5, 1, 1]},
    {"type": "mask", "points": [0, 4, 5, 5, 6, 6], "label_id": 4}, {"type": "mask", "points": [1, 2, 1, 190, 95,
        205, 99], "label_id": 4}, {"type": "polygon", "points": [1, 1, 9, 9, 9, 1, 1, 9]},
    {"id": 5}, {"elements": []}, {"score": 2}, {"type": "ellipse", "points": [50, 50, 40, 60]}, {"type": "cuboid",
        "points": [1, 2] * 8}, {"type": "points", "points": []},
)  # fmt: skip
KEY_FAULTS: tuple[dict[str, Any], ...] = (
    {"frame": 3}, {"outside": True}, {"frame": 50}, {"points": [60, 40, 10, 10]}, {"rotation": 720},
        {"attributes": [{"spec_id": 11, "value": "red"}]},
    {"type": "polygon", "points": [1, 1, 5, 1, 5, 5]}, {"occluded": 1}, {"id": 7}, {"points": [-5, 0, 10, 10]},
)  # fmt: skip


def faulty(seed: int) -> dict[str, bytes]:
    """The members of a bundle of a seed."""
    random = np.random.default_rng(seed)
    shapes = [
        _with(
            random, {"type": "rectangle", "frame": number % 8, "label_id": 1, "points": [10, 10, 60, 40]}, SHAPE_FAULTS
        )
        for number in range(40)
    ]
    tags = [
        _with(random, {"frame": number % 3, "label_id": 6}, SHAPE_FAULTS[6:11] + SHAPE_FAULTS[15:25])
        for number in range(10)
    ]
    tracks = []
    for number in range(14):
        keys = [
            _with(random, {"type": "rectangle", "frame": frame, "points": [10 + frame, 10, 60, 40]}, KEY_FAULTS, 1)
            for frame in range(0, 8, 1 + number % 3)
        ]
        tracks.append(
            _with(random, {"frame": 0, "label_id": 1, "shapes": keys}, SHAPE_FAULTS[6:11] + SHAPE_FAULTS[15:25], 1)
        )
    document = {"version": 0, "tags": tags, "shapes": [*shapes, *shapes[:4]], "tracks": [*tracks, tracks[0]]}
    parts = {
        "annotations.json": document,
        "labels.json": LABELS,
        "data_meta.json": DATA_META,
        "job.json": JOB,
        "task.json": TASK,
    }
    indent = (None, 1)[seed % 2]
    return {name: json.dumps(part, indent=indent).encode() for name, part in parts.items()}


def _with(
    random: np.random.Generator, row: dict[str, Any], faults: tuple[dict[str, Any], ...], most: int = 3
) -> dict[str, Any]:
    for _ in range(int(random.integers(0, most + 1))):
        row = row | faults[int(random.integers(len(faults)))]
    return row
