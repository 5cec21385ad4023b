"""Rules over crowds: what they find is what each-with-each finds, and what they look at stays small."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotools as at
from annotools.errors import LimitError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job
from annotools.model.codes import POLYGON, RECTANGLE
from annotools.transform import attribute_defaults
from annotools.transform.attribute_defaults import default_attributes
from annotools.validate.rules.geo import _nesting
from annotools.validate.rules.job.agreement import _disagreements
from annotools.validate.rules.trk import pairs

SPANS = st.tuples(st.integers(0, 6), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))
CONTENTS = st.dictionaries(st.integers(0, 10), st.integers(1, 2), max_size=6)


@given(st.lists(st.tuples(SPANS, CONTENTS), min_size=1, max_size=6))
def test_the_first_two_jobs_that_disagree_on_a_frame(given_: list[tuple[tuple[int, int], dict[int, int]]]) -> None:
    sides: list[Any] = [
        (Job(row, start_frame=a, stop_frame=b), {f: Counter([(f, n)]) for f, n in held.items() if a <= f <= b})
        for row, ((a, b), held) in enumerate(given_)
    ]
    wanted: dict[int, tuple[int, int]] = {}
    for (one, mine), (other, theirs) in combinations(sides, 2):
        for frame in range(max(one.start_frame, other.start_frame), min(one.stop_frame, other.stop_frame) + 1):
            if mine.get(frame) != theirs.get(frame):
                wanted.setdefault(frame, (one.id, other.id))
    assert _disagreements(sides) == wanted


def rings(boxes: list[tuple[int, int, int]]) -> Dataset:
    """Squares at x, y of a size, every second one counterclockwise."""
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.jpg", 1000, 1000)
    for number, (x, y, size) in enumerate(boxes):
        points = np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size]], np.float64)
        build.add_shape(POLYGON, 0, "car", (points[::-1] if number % 2 else points).reshape(-1))
    return build.dataset()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40)), max_size=12))
def test_a_ring_lies_in_the_smallest_around_it(boxes: list[tuple[int, int, int]]) -> None:
    wanted = {}
    for row, (x, y, size) in list(enumerate(boxes))[1::2]:
        around = [
            (b[2], other) for other, b in list(enumerate(boxes))[::2]
            if b[0] <= x and b[1] <= y and x + size <= b[0] + b[2] and y + size <= b[1] + b[2]
        ]  # fmt: skip
        if around:
            wanted[row] = min(around)[0]
    report = at.validate(rings(boxes), select="GEO028")
    nested = {
        int(row): boxes[int(other)][2]
        for batch in report.batches
        for row, other in zip(batch.found.rows, batch.found.related, strict=True)
    }
    assert nested == wanted


def test_a_crowd_of_rings_is_searched_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = rings([(n, n, 900 - 2 * n) for n in range(400)])
    assert at.validate(nested, select="GEO028").by_rule()["GEO028"] == 200
    monkeypatch.setattr(_nesting, "CROWD", 8)
    monkeypatch.setattr(_nesting, "_PORTION", 50)
    assert at.validate(nested, select="GEO028").by_rule()["GEO028"] == 200


def tracks(boxes: list[tuple[int, int, int]]) -> Dataset:
    """Tracks of one frame, each from x with a width, and gone on the next frame."""
    build = DatasetBuilder()
    build.add_label("car")
    for frame in range(max((frame for frame, _, _ in boxes), default=0) + 2):
        build.add_frame(f"{frame}.jpg", 10_000, 1000)
    for frame, x, width in boxes:
        track = build.add_track("car", frame)
        for shift in (0, 1):
            points = [x, 0, x + width, 10]
            build.add_shape(RECTANGLE, frame + shift, points=points, track=track, outside=bool(shift))
    return build.dataset()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)), max_size=9),
    st.sampled_from([0, 0.3, 0.5, 1]),
)
def test_a_track_goes_on_where_another_ended(boxes: list[tuple[int, int, int]], overlap: float) -> None:
    wanted = {}
    for later, (begun, x, width) in enumerate(boxes):
        for one, (frame, left, wide) in enumerate(boxes):
            shared = max(min(x + width, left + wide) - max(x, left), 0)
            covered = width + wide - shared
            near = (shared / covered if covered else 0) >= overlap
            if one != later and 0 <= begun - frame - 1 <= 5 and near:
                wanted.setdefault(later, one)
    settings = at.ValidateSettings("strict", ("TRK020",), options={"TRK020": {"overlap": overlap}})
    report = at.validate(tracks(boxes), settings=settings)
    assert {
        int(row): int(other)
        for batch in report.batches
        for row, other in zip(batch.found.rows, batch.found.related, strict=True)
    } == wanted


def test_only_tracks_that_are_near_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    monkeypatch.setattr(pairs, "pair_ious", lambda one, other: compared.append(len(one)) or np.zeros(len(one)))
    at.validate(tracks([(n % 5, 20 * n, 10) for n in range(400)]), select="TRK020", preset="strict")
    assert compared == [0]


@pytest.mark.parametrize("kind", ["polygon", "polyline"])
def test_a_hundred_thousand_equal_points(kind: str) -> None:
    shape = {"type": kind, "label_id": 1, "frame": 0, "points": [10.5, 20.5] * 100_000}
    report = at.validate({"version": 0, "shapes": [shape]}, select="GEO")
    assert report.by_rule()["GEO015"] == 1
    assert [finding.fix for finding in report.findings() if finding.rule == "GEO015"] == [None]


def test_an_outline_of_random_points_is_told_and_not_mended() -> None:
    points = np.random.default_rng(1).uniform(0, 1000, 40_000).tolist()
    shape = {"type": "polygon", "label_id": 1, "frame": 0, "points": points}
    report = at.validate({"version": 0, "shapes": [shape]}, select="GEO010")
    assert [(finding.rule, finding.fix) for finding in report.findings()] == [("GEO010", None)]


@pytest.mark.parametrize(("specs", "fixable"), [(100, True), (101, False)])
def test_defaults_of_very_many_attributes_are_not_written(specs: int, fixable: bool) -> None:
    """Every object times every attribute would be the square of the input."""
    build = DatasetBuilder()
    build.add_label("car", attributes=[AttributeSpec(n, f"a{n}", False, "text", "", ()) for n in range(1, specs + 1)])
    build.add_frame("a.jpg", 90, 90)
    build.add_shape(RECTANGLE, 0, "car", np.array([1, 1, 5, 5]))
    (finding,) = at.validate(build.dataset(), select="LBL015").findings()
    assert len(finding.fix.edits if finding.fix else ()) == (specs if fixable else 0)


def test_an_import_that_would_square_its_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The importer gives every object every attribute of its label: what it would make of this is told, not made."""
    build = DatasetBuilder()
    build.add_label("car", attributes=[AttributeSpec(n, f"a{n}", False, "text", "", ()) for n in range(1, 102)])
    build.add_frame("a.jpg", 90, 90)
    for _ in range(10):
        build.add_shape(RECTANGLE, 0, "car", np.array([1, 1, 5, 5]))
    whole, _ = default_attributes(build.dataset())
    assert len(whole.attributes) == 1010
    monkeypatch.setattr(attribute_defaults, "_MOST", 1000)
    with pytest.raises(LimitError, match="10 rows have 1,010 attributes by their labels"):
        default_attributes(build.dataset())


def test_more_than_can_be_held_is_an_error_and_no_finding() -> None:
    body = b'{"version":0,"shapes":[' + b"{}," * 250_001 + b"{}]}"
    with pytest.raises(LimitError, match=r"250,004 lists and objects in 750,0\d\d bytes"):
        at.validate(body)
