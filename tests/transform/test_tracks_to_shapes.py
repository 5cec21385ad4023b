"""Tracks as plain shapes, against what the server shows of them on every frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotools import quirks
from annotools.model import Dataset, DatasetBuilder, Owner
from annotools.transform import run, tracks_to_shapes
from tests.tracks.documents import dataset_of, plain_frames, texts_of

DATA = Path(__file__).resolve().parents[1] / "data" / "tracks" / "interpolation.json"
Item = dict[str, Any]


def _shown(case: Item) -> list[Item]:
    return [shape for shape in case["shapes"] if not shape["outside"]]


@pytest.mark.parametrize("case", json.loads(DATA.read_text()), ids=lambda case: case["name"])
def test_as_an_export_of_the_server(case: Item) -> None:
    frames = plain_frames(case["stop_frame"] + 1, case["deleted_frames"])
    given = dataset_of([(-1, {"tracks": [{**case["track"], "group": 7, "source": "auto"}]})], frames)
    result, losses = tracks_to_shapes(given, quirks=quirks.CVAT)
    shapes = result.shapes
    assert len(result.tracks) == 0
    assert (shapes.track < 0).all()
    rows = np.flatnonzero(shapes.parent < 0)
    assert shapes.frame[rows].tolist() == [shape["frame"] for shape in _shown(case)]
    texts = texts_of(result)
    for row, shape in zip(rows.tolist(), _shown(case), strict=True):
        np.testing.assert_allclose(shapes.points(row), shape["points"], rtol=0, atol=1e-9)
        assert texts.get((Owner.SHAPE, row), {}) == {a["spec_id"]: a["value"] for a in shape["attributes"]}
        elements = np.flatnonzero(shapes.parent == row)
        expected = {e["label_id"]: (e["outside"], e["points"]) for e in shape.get("elements") or ()}
        assert set(shapes.label[elements].tolist()) == set(expected)
        for element in elements.tolist():
            outside, points = expected[int(shapes.label[element])]
            assert bool(shapes.outside[element]) is outside
            np.testing.assert_allclose(shapes.points(element), points, rtol=0, atol=1e-9)
    assert set(shapes.group[rows].tolist()) <= {7}
    assert [loss.what for loss in losses.of("changed")][-1] == "track"


def test_what_was_plain_comes_first_and_keeps_its_parts() -> None:
    build = DatasetBuilder(frames=plain_frames(3))
    build.add_label("person", id=1)
    build.add_label("head", id=2, parent=build.labels[0])
    track = build.add_track(1, 0, attributes={9: "fast"})
    build.add_shape("rectangle", 0, points=[0, 0, 1, 1], track=track, id=5, attributes={8: "x"})
    skeleton = build.add_shape("skeleton", 2, 1, id=6)
    build.add_shape("points", 2, 2, [3, 4], parent=skeleton, attributes={8: "y"})
    result, _ = tracks_to_shapes(build.dataset())
    assert result.shapes.type.tolist() == [7, 3, 0, 0, 0]
    assert result.shapes.parent.tolist() == [-1, 0, -1, -1, -1]
    assert result.shapes.id.tolist() == [6, -1, -1, -1, -1]
    texts = texts_of(result)
    assert texts[Owner.SHAPE, 1] == {8: "y"}
    assert texts[Owner.SHAPE, 4] == {8: "x", 9: "fast"}


def test_no_track_no_change() -> None:
    empty = Dataset(frames=plain_frames(2))
    result, losses = tracks_to_shapes(empty)
    assert result is empty
    assert not losses


_PLAIN = {
    "shapes": [
        {"type": "polygon", "frame": 1, "label_id": 1, "points": [0, 0, 9, 0, 9, 9], "source": "auto", "group": 2,
         "attributes": [{"spec_id": 8, "value": "x"}]},
        {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4], "outside": True},
    ],
    "tags": [{"frame": 0, "label_id": 1, "attributes": [{"spec_id": 8, "value": "y"}]}],
}  # fmt: skip


@pytest.mark.parametrize("case", json.loads(DATA.read_text()), ids=lambda case: case["name"])
def test_as_a_step_of_a_pipeline_only_tracks_are_expanded_and_all_comes_out_as_before(case: Item) -> None:
    frames = plain_frames(case["stop_frame"] + 1, case["deleted_frames"])
    given = dataset_of([(-1, {"tracks": [case["track"]], **_PLAIN})], frames)
    whole, said_whole = tracks_to_shapes(given)
    step, said_step = run(given, ("tracks-to-shapes",))
    for name in (*whole.shapes.COLUMNS, "values", "offsets"):
        np.testing.assert_array_equal(getattr(step.shapes, name), getattr(whole.shapes, name), err_msg=name)
    assert texts_of(step) == texts_of(whole)
    assert (len(step.tracks), len(step.tags)) == (0, 1)
    assert [(one.what, one.count) for one in said_step] == [(one.what, one.count) for one in said_whole]
