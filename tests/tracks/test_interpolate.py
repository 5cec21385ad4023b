"""Interpolation against shapes computed by the server, and its laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools import quirks
from annotools.tracks import interpolate
from tests.tracks.documents import dataset_of, plain_frames, rows_of

HERE = Path(__file__).resolve().parent
SMALL = HERE.parent / "data" / "tracks" / "interpolation.json"
WHOLE = HERE.parents[2] / "shared" / "golden" / "interpolation.json"
Item = dict[str, Any]


def _flat(shapes: list[Item]) -> list[Item]:
    """Shapes without elements, in the order of frames."""
    attributes = [{a["spec_id"]: a["value"] for a in shape["attributes"]} for shape in shapes]
    names = ("frame", "type", "points", "rotation", "occluded", "outside", "keyframe", "z_order")
    return [{n: s[n] for n in names} | {"attributes": a} for s, a in zip(shapes, attributes, strict=True)]


def _same(mine: list[Item], theirs: list[Item]) -> None:
    assert [shape["frame"] for shape in mine] == [shape["frame"] for shape in theirs]
    for one, other in zip(mine, theirs, strict=True):
        assert one | {"points": 0, "rotation": 0} == other | {"points": 0, "rotation": 0}
        np.testing.assert_allclose(one["points"], other["points"], rtol=0, atol=1e-9)
        assert one["rotation"] == pytest.approx(other["rotation"], abs=1e-9)


def _check(case: Item) -> None:
    frames = plain_frames(case["stop_frame"] + 1, case["deleted_frames"])
    found, _ = interpolate(dataset_of([(-1, {"tracks": [case["track"]]})], frames), quirks.CVAT)
    _same(rows_of(found, 0), _flat(case["shapes"]))
    for place, element in enumerate(case["track"]["elements"] or ()):
        shown = [e for s in case["shapes"] for e in s["elements"] if e["label_id"] == element["label_id"]]
        _same(rows_of(found, place + 1), _flat(shown))


@pytest.mark.parametrize("case", json.loads(SMALL.read_text()), ids=lambda case: case["name"])
def test_as_the_server(case: Item) -> None:
    _check(case)


def test_as_the_server_in_all_cases() -> None:
    if not WHOLE.exists():
        pytest.skip("the whole set of recorded cases lies beside the repository and is not there")
    cases = json.loads(WHOLE.read_text())
    assert len(cases) > 200
    for case in cases:
        _check(case)
