"""Interpolation against shapes computed by the server, and its laws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools import quirks
from annotools.model import Dataset, DatasetBuilder, ShapeType
from annotools.model.tables import Shapes, Tracks
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
    result, _ = interpolate(dataset_of([(-1, {"tracks": [case["track"]]})], frames), quirks.CVAT)
    _same(rows_of(result, 0), _flat(case["shapes"]))
    for index, element in enumerate(case["track"]["elements"] or ()):
        shown = [e for s in case["shapes"] for e in s["elements"] if e["label_id"] == element["label_id"]]
        _same(rows_of(result, index + 1), _flat(shown))


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


@pytest.mark.parametrize("kind", [ShapeType.RECTANGLE, ShapeType.POLYGON, ShapeType.POLYLINE, ShapeType.ELLIPSE])
@pytest.mark.parametrize(("here", "there"), [(np.inf, np.inf), (1.0, -np.inf), (1e308, -1e308), (np.nan, 1.0)])
def test_between_odd_numbers_the_shape_before_is_held(kind: ShapeType, here: float, there: float) -> None:
    shapes = Shapes.of(
        frame=[0, 3], type=[kind] * 2, track=[0, 0], label=[1, 1], values=[here] * 4 + [there] * 4, offsets=[0, 4, 8]
    )
    tracks = Tracks.of(id=[1], frame=[0], label=[1])
    result, losses = interpolate(Dataset(frames=plain_frames(5), tracks=tracks, shapes=shapes))
    assert result.shapes.frame.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(result.shapes.values, [here] * 12 + [there] * 8)
    assert [(loss.what, loss.count) for loss in losses] == [("frame of track", 2)]


@pytest.mark.parametrize("angles", [(np.inf, 0.0), (0.0, np.nan), (1e308, -1e308)])
def test_between_odd_angles_the_shape_before_is_held(angles: tuple[float, float]) -> None:
    shapes = Shapes.of(frame=[0, 2], track=[0, 0], rotation=angles, values=[1.0] * 4 + [3.0] * 4, offsets=[0, 4, 8])
    result, _ = interpolate(Dataset(frames=plain_frames(3), tracks=Tracks.of(1), shapes=shapes))
    assert result.shapes.values[4:8].tolist() == [1.0] * 4


@pytest.mark.parametrize(("outside", "held"), [((False, False), 3), ((True, False), 0), ((False, True), 3)])
@pytest.mark.parametrize("element", [True, False])
def test_only_what_is_seen_is_told_as_held(outside: tuple[bool, bool], held: int, element: bool) -> None:
    """Of an element that is outside there are rows as long as its skeleton is seen, and nobody misses their way."""
    keys = [
        {"type": kind, "frame": frame, "points": [1.0] * count, "outside": hidden}
        for frame, kind, count, hidden in ((0, "points", 2, outside[0]), (4, "rectangle", 4, outside[1]))
    ]
    track: Item = {"frame": 0, "label_id": 2, "shapes": keys}
    if element:
        seen = {"frame": 0, "label_id": 3, "shapes": [{"type": "points", "frame": 0, "points": [2.0, 2.0]}]}
        parents = [{"type": "skeleton", "frame": frame} for frame in (0, 4)]
        track = {"frame": 0, "label_id": 1, "shapes": parents, "elements": [track, seen]}
    _, losses = interpolate(dataset_of([(-1, {"tracks": [track]})], plain_frames(5)))
    why = "the next keyframe is of another type, so the shape before is held"
    assert [(loss.count, loss.why, list(loss.frames)) for loss in losses] == [(3, why, [1, 2, 3])] * (held > 0)


@pytest.mark.parametrize("empty", [0, 3])
def test_a_keyframe_without_points_becomes_no_outline(empty: int) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for frame in range(4):
        build.add_frame(f"{frame}.jpg", 50, 50)
    track = build.add_track("car", 0)
    outline = (1.0, 1.0, 9.0, 1.0, 9.0, 9.0)
    for frame in (0, 3):
        build.add_shape("polygon", frame, points=() if frame == empty else outline, track=track)
    dataset, losses = interpolate(build.dataset())
    held = [() if (0 if frame < 3 else 3) == empty else outline for frame in range(4)]
    assert [tuple(dataset.shapes.points(row)) for row in range(4)] == held
    (loss,) = losses
    assert "the next keyframe has another number of coordinates" in str(loss)
