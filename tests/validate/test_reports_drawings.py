"""Drawings of shapes, whatever their numbers are; and reports of very many findings."""

from __future__ import annotations

import json
import math
import re
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools import validate
from annotools.geometry.ellipses import ellipses_to_polygons
from annotools.model import Dataset, Frames, ShapeType
from annotools.model.tables import Shapes
from annotools.validate.findings import Where
from annotools.validate.reports import outline, render
from annotools.validate.reports.braille import COLUMNS, ROWS, picture
from annotools.validate.reports.outline import Outlines, window_of
from annotools.validate.reports.svg import Drawings
from annotools.validate.reports.texts import Positions

NUMBERS = st.floats(width=32) | st.integers(-300, 300) | st.sampled_from([0.0, 1e6, 1e300, math.inf, math.nan])


def dataset(kind: ShapeType, points: list[float], rotation: float = 0.0) -> Dataset:
    """One shape on a frame of 200 x 100."""
    shapes = Shapes.of(type=[kind], frame=[0], label=[1], rotation=[rotation], values=points, offsets=[0, len(points)])
    return Dataset(frames=Frames(names=("a.jpg",), width=[200], height=[100]), shapes=shapes)


def drawn(kind: ShapeType, points: list[float], rotation: float = 0.0) -> list[str]:
    return picture(Outlines(dataset(kind, points, rotation)), Where(kind="shape", row=0))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(ShapeType)), st.lists(NUMBERS, max_size=20), NUMBERS)
def test_any_numbers_can_be_drawn(kind: ShapeType, points: list[float], rotation: float) -> None:
    """No error, no warning, no larger picture than there is room for, and only numbers in the SVG."""
    made = dataset(kind, points, rotation)
    lines = picture(Outlines(made), Where(kind="shape", row=0))
    assert len(lines) <= ROWS
    assert all(len(line) <= COLUMNS for line in lines)
    assert not re.search("nan|inf", Drawings(made).of(Where(kind="shape", row=0)))


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (ShapeType.RECTANGLE, [10, 10, 60, 40]),
        (ShapeType.POLYGON, [10, 10, 60, 10, 60, 40]),
        (ShapeType.POLYLINE, [10, 10, 60, 40]),
        (ShapeType.POINTS, [10, 10, 60, 40]),
        (ShapeType.ELLIPSE, [35, 25, 60, 10]),
        (ShapeType.MASK, [0, 51 * 31, 10, 10, 60, 40]),
        (ShapeType.CUBOID, [10, 10, 10, 40, 40, 12, 40, 35, 60, 12, 60, 35, 12, 10, 12, 40]),
    ],
)
def test_every_type_is_drawn_where_it_is(kind: ShapeType, points: list[float]) -> None:
    """All corners lie in the shape's box, and the picture shows the whole frame."""
    painted = Outlines(dataset(kind, points)).strokes(0)
    assert painted
    for stroke in painted:
        assert (stroke >= 9).all()
        assert (stroke <= (61, 41)).all()
    window = window_of(painted, (200, 100))
    assert (window.left, window.top) == (-6, -3)
    assert drawn(kind, points)


def test_a_small_shape_is_shown_large() -> None:
    """Not as a dot within its frame."""
    window = window_of(Outlines(dataset(ShapeType.RECTANGLE, [100, 50, 104, 52])).strokes(0), (200, 100))
    assert window.left > 90
    assert window.width < 20


def test_a_broken_mask_is_drawn_as_its_box() -> None:
    """Runs that do not add up say no picture."""
    assert len(Outlines(dataset(ShapeType.MASK, [0, 3, 10, 10, 60, 40])).strokes(0)[0]) == 5


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1, 2, 4, 7, -1, 1e6]), min_size=1, max_size=9), max_size=8))
def test_masks_and_what_is_none_are_drawn_together_as_alone(rows: list[list[float]]) -> None:
    count, ends = len(rows), np.cumsum([0, *map(len, rows)])
    columns = {"type": [ShapeType.MASK] * count, "frame": [0] * count, "label": [1] * count}
    outlines = Outlines(Dataset(shapes=Shapes.of(**columns, values=[*chain(*rows)], offsets=ends)))
    for number, row in enumerate(rows):
        alone = [outline.thinned(stroke) for stroke in outline._mask(np.array(row, np.float64), 0.0)]
        assert [stroke.tolist() for stroke in outlines.strokes(number)] == [stroke.tolist() for stroke in alone]


@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=4), max_size=40), NUMBERS)
def test_ellipses_and_what_is_none_are_drawn_together_as_alone(rows: list[list[float]], rotation: float) -> None:
    count, ends = len(rows), np.cumsum([0, *map(len, rows)])
    columns = {"type": [ShapeType.ELLIPSE] * count, "frame": [0] * count, "label": [1] * count}
    shapes = Shapes.of(**columns, rotation=[rotation] * count, values=[*chain(*rows)], offsets=ends)
    outlines = Outlines(Dataset(shapes=shapes))
    together = outlines.many(range(count))
    for number, row in enumerate(rows):
        points = np.array(row, np.float64)
        sound = len(row) == 4 and bool((np.abs(points) < outline.LIMIT).all())
        expected = [points.reshape(-1, 2)] if sound else []
        if sound and math.isfinite(shapes.rotation[number]):
            expected = [ellipses_to_polygons(points[None], shapes.rotation[number : number + 1], 1.0)[0].reshape(-1, 2)]
        drawn = [outline.thinned(np.concatenate([line, line[:1]])).tolist() for line in expected]
        assert [stroke.tolist() for stroke in outlines.strokes(number)] == drawn
        assert [stroke.tolist() for stroke in together[number]] == drawn


@given(st.text("aé日\n", max_size=40))
def test_lines_and_columns_are_those_of_the_characters(text: str) -> None:
    """For every character of any text, also across the blocks in which characters are counted."""
    padded = "ü" * 4093 + text
    positions = Positions(padded.encode())
    for index in range(4000, len(padded) + 1, 7):
        before = padded[:index]
        line, column = positions.line_column(len(before.encode()))
        assert (line, column) == (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def test_many_findings_do_not_flood() -> None:
    """People get a screen, programs get all of them, and the counts are exact in both."""
    shape: dict[str, Any] = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [60, 40, 10, 10]}
    report = validate(json.dumps({"shapes": [shape] * 20_000}).encode(), select="GEO007")
    for form in ("full", "concise", "github", "markdown", "html", "junit"):
        made = "".join(render(form, [report]))
        assert len(made) < 200_000
        assert re.search("19,9[059]0 more", made)
    assert sum(piece.count('"type":"finding"') for piece in render("jsonl", [report])) == 20_000


@given(st.lists(st.integers(-1, 2), max_size=12))
def test_a_track_is_drawn_as_its_first_keyframe(tracks: list[int]) -> None:
    count = len(tracks)
    columns = {"type": [0] * count, "frame": [0] * count, "label": [1] * count, "track": tracks}
    outlines = Outlines(Dataset(shapes=Shapes.of(**columns, values=[], offsets=[0] * (count + 1))))
    for track in range(3):
        wanted = tracks.index(track) if track in tracks else None
        assert outlines.row(Where(kind="track", row=track)) == wanted


@given(st.lists(st.integers(0, 2), max_size=12))
def test_a_skeleton_is_drawn_as_its_own_elements(parents: list[int]) -> None:
    """Three skeletons, and elements at x of their own numbers."""
    kinds = [ShapeType.SKELETON] * 3 + [ShapeType.POINTS] * len(parents)
    values = [float(number) for row in range(len(parents)) for number in (row, 5)]
    offsets = [0, 0, 0, *range(0, len(values) + 1, 2)]
    zeros = [0] * len(kinds)
    shapes = Shapes.of(
        type=kinds, frame=zeros, label=zeros, parent=[-1] * 3 + parents, values=values, offsets=offsets
    )  # fmt: skip
    outlines = Outlines(Dataset(shapes=shapes))
    for skeleton in range(3):
        drawn_at = [stroke[0, 0] for stroke in outlines.strokes(skeleton)]
        assert drawn_at == [row for row, parent in enumerate(parents) if parent == skeleton]
