"""Tracks closed in place are the tracks that leaving rows out and making others gives."""

from __future__ import annotations

from itertools import chain

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Losses, Shapes
from annotools.model.columns import Ints
from annotools.model.row_numbers import numbered, unnumbered
from annotools.transform import track_gaps
from annotools.transform.track_ends import closed_in_place
from tests.tracks.documents import plain_frames

FRAMES = 6
SEEN, OUTSIDE, STAYS, NONE = "seen", "outside", "outside where it was", "no row"
track = st.lists(st.sampled_from((SEEN, SEEN, OUTSIDE, STAYS, NONE)), min_size=FRAMES, max_size=FRAMES)


def _task(tracks: list[list[str]], deleted: list[int], attributes: bool) -> Dataset:
    build = DatasetBuilder(frames=plain_frames(FRAMES, tuple(deleted)))
    build.add_label("car", attributes=[AttributeSpec(9, "colour")])
    build.add_shape("rectangle", 2, "car", [0, 0, 5, 5], id=1)
    for number, states in enumerate(tracks):
        row = build.add_track("car", 0, id=number)
        points: list[float] = [0, 0, 1, 1]
        for frame, state in enumerate(states):
            if state == NONE:
                continue
            points = points if state == STAYS else [frame, number, frame + 3, number + 4]
            columns = {"keyframe": frame % 2 == 0, "occluded": frame % 3 == 0 and state != STAYS, "z_order": frame // 4}
            columns |= {"attributes": {9: "red"}} if attributes and frame == 3 else {}
            build.add_shape("rectangle", frame, points=points, track=row, outside=state != SEEN, id=frame, **columns)
    return build.dataset()


def _made_anew(dataset: Dataset) -> tuple[Dataset, Ints]:
    hidden = ~track_gaps.is_shown(dataset) & (dataset.shapes.track >= 0)
    seen = track_gaps.closed(dataset.select(shapes=~hidden) if hidden.any() else dataset)
    return seen, np.flatnonzero(hidden)


def _columns(shapes: Shapes) -> dict[str, list[object]]:
    columns = {name: getattr(shapes, name).tolist() for name in Shapes.COLUMNS}
    return columns | {"points": [shapes.points(row).tolist() for row in range(len(shapes))]}


@given(st.lists(track, min_size=1, max_size=3), st.lists(st.integers(0, FRAMES - 1), max_size=2), st.booleans())
@example([[SEEN, SEEN, OUTSIDE, NONE, SEEN, STAYS]], [], False)
@example([[SEEN, OUTSIDE, SEEN, STAYS, NONE, NONE], [SEEN] * FRAMES], [2], False)
@example([[SEEN, NONE, OUTSIDE, NONE, NONE, NONE]], [1], False)
def test_both_ways_give_the_same(tracks: list[list[str]], deleted: list[int], attributes: bool) -> None:
    dataset = numbered(_task(tracks, deleted, attributes))
    closed, losses = track_gaps.close_tracks(dataset)
    expected, hidden = _made_anew(dataset)
    assert _columns(closed.shapes) == _columns(expected.shapes)
    assert closed.tracks.frame.tolist() == expected.tracks.frame.tolist()
    assert unnumbered(closed).attributes.value.tolist() == unnumbered(expected).attributes.value.tolist()
    assert set(_rows_told(losses, "shapes")) <= set(hidden.tolist())


def _rows_told(losses: Losses, table: str) -> list[int]:
    return sorted(chain.from_iterable(loss.rows.tolist() for loss in losses if loss.table == table))


def _in_place(states: list[str], *deleted: int, attributes: bool = False) -> bool:
    dataset = _task([states], list(deleted), attributes)
    return closed_in_place(dataset, dataset.shapes.outside & (dataset.shapes.track >= 0)) is not None


def test_rows_that_were_where_they_belong_are_not_told() -> None:
    dataset = _task([[SEEN, SEEN, OUTSIDE, NONE, SEEN, STAYS]], [], False)
    closed, losses = track_gaps.close_tracks(dataset)
    assert closed.shapes.points(3).tolist() == closed.shapes.points(2).tolist() == [1, 0, 4, 4]
    assert _rows_told(losses, "shapes") == [3, 5]  # 5 was there, but as no keyframe
    again, nothing = track_gaps.close_tracks(closed)
    assert _columns(again.shapes) == _columns(closed.shapes)
    assert not len(nothing)


def test_in_place_is_only_what_stays_in_place() -> None:
    assert _in_place([SEEN, SEEN, OUTSIDE, NONE, SEEN, OUTSIDE])
    assert _in_place([SEEN, OUTSIDE, NONE, NONE, NONE, NONE], 3)
    assert _in_place([SEEN, NONE, OUTSIDE, NONE, NONE, NONE], 1)  # frame 1 is not shown
    assert not _in_place([OUTSIDE, SEEN, SEEN, SEEN, SEEN, SEEN])  # a row goes
    assert not _in_place([SEEN, SEEN, NONE, NONE, SEEN, SEEN])  # one is made
    assert not _in_place([SEEN, NONE, OUTSIDE, NONE, NONE, NONE])  # it is due a frame earlier
    assert not _in_place([SEEN, OUTSIDE, OUTSIDE, SEEN, SEEN, SEEN])  # the second goes
    assert not _in_place([SEEN, SEEN, SEEN, OUTSIDE, NONE, NONE], attributes=True)  # and it has a value of its own
