"""Frames back to keyframes."""

from __future__ import annotations

import numpy as np
import pytest

from annotools import quirks
from annotools.model import Dataset, DatasetBuilder, Frames, Job
from annotools.tracks import interpolate, to_keyframes
from tests.tracks.documents import plain_frames


def _track(rows: list[tuple[int, bool, bool]], frames: Frames, **fields: object) -> Dataset:
    """One track of boxes from (frame, keyframe, outside)."""
    build = DatasetBuilder(frames=frames)
    build.add_label("car", id=1)
    track = build.add_track(1, rows[0][0])
    for frame, keyframe, outside in rows:
        build.add_shape("rectangle", frame, points=[frame, 0, 9, 9], track=track, keyframe=keyframe, outside=outside)
    return build.dataset().replace(**fields)


def _rows(dataset: Dataset) -> list[tuple[int, bool]]:
    assert dataset.shapes.keyframe.all()
    return list(zip(dataset.shapes.frame.tolist(), dataset.shapes.outside.tolist(), strict=True))


def test_gaps_and_ends_are_closed() -> None:
    given = [(0, True), (1, False), (2, False), (3, True), (7, False), (8, True), (9, False)]
    result, losses = to_keyframes(_track([(f, k, False) for f, k in given], plain_frames(12)))
    expected = [(0, False), (3, False), (4, True), (7, False), (8, False), (9, False), (10, True)]
    assert _rows(result) == expected
    assert [(loss.column, loss.count, loss.frames.tolist()) for loss in losses] == [
        ("keyframe", 2, [7, 9]), ("", 2, [1, 2]),
    ]  # fmt: skip
    closing = result.shapes.points(2)
    assert closing.tolist() == [3, 0, 9, 9]


def test_the_last_frame_needs_no_closing() -> None:
    dataset = _track([(0, True, False), (1, False, False), (2, False, False)], plain_frames(3))
    assert _rows(to_keyframes(dataset)[0]) == [(0, False), (2, False)]
    job = dataset.replace(jobs=(Job(start_frame=0, stop_frame=2),), frames=plain_frames(9))
    assert _rows(to_keyframes(job)[0]) == [(0, False), (2, False)]


@pytest.mark.parametrize("quirk", [quirks.NONE, quirks.CVAT])
def test_the_last_row_in_view_is_a_keyframe(quirk: frozenset[str]) -> None:
    """Before an outside row that was no keyframe, and behind one."""
    rows = [(0, True, False), (1, False, False), (2, False, False), (3, False, True), (4, False, True)]
    rows += [(5, False, False), (6, False, False), (7, True, False)]
    result, _ = to_keyframes(_track(rows, plain_frames(8)), quirk)
    assert _rows(result) == [(0, False), (2, False), (3, True), (5, False), (7, False)]


def test_a_deleted_frame_is_no_gap() -> None:
    dataset = _track([(0, True, False), (2, False, False), (3, True, False)], plain_frames(6, deleted=[1, 4, 5]))
    assert _rows(to_keyframes(dataset)[0]) == [(0, False), (3, False)]
    copied, _ = to_keyframes(dataset, quirks.CVAT)
    assert _rows(copied) == [(0, False), (1, True), (2, False), (3, False), (4, True)]


def test_frames_between_those_of_a_ground_truth_job_are_no_gap() -> None:
    job = Job(type="ground_truth", stop_frame=9, included=(1, 4, 7, 9))
    rows = [(1, True, False), (4, False, False), (9, True, False)]
    result, _ = to_keyframes(_track(rows, plain_frames(10), jobs=(job,)))
    assert _rows(result) == [(1, False), (4, False), (7, True), (9, False)]


def test_outside_rows_stay_where_they_are_said() -> None:
    rows = [(0, True, False), (1, False, False), (2, True, True), (5, False, False), (6, False, True), (7, False, True)]
    result, _ = to_keyframes(_track(rows, plain_frames(9)))
    assert _rows(result) == [(0, False), (2, True), (5, False), (6, True)]


def test_attributes_stay_with_their_rows() -> None:
    build = DatasetBuilder(frames=plain_frames(6))
    build.add_label("car", id=1)
    track = build.add_track(1, 0)
    for frame in range(3):
        attributes = {5: f"at {frame}"} if frame != 1 else {}
        build.add_shape(
            "rectangle", frame, points=[0, 0, 9, 9], track=track, keyframe=frame == 0, attributes=attributes
        )
    result, _ = to_keyframes(build.dataset())
    assert list(zip(result.attributes.owner.tolist(), result.attributes.texts(), strict=True)) == [
        (0, "at 0"), (1, "at 2"), (2, "at 2"),
    ]  # fmt: skip


def test_nothing_gives_nothing() -> None:
    empty = Dataset(frames=plain_frames(3))
    for step in (interpolate, to_keyframes):
        result, losses = step(empty)
        assert result == empty
        assert not losses
    assert np.array_equal(result.shapes.offsets, [0])


def _moved(points: list[list[float]], **columns: list[object]) -> Dataset:
    """One track, a keyframe first and last, with these points frame by frame."""
    build = DatasetBuilder(frames=plain_frames(len(points)))
    build.add_label("car", id=1)
    track = build.add_track(1, 0)
    for frame, row in enumerate(points):
        fields = {name: values[frame] for name, values in columns.items()}
        ends = frame in (0, len(points) - 1)
        build.add_shape("rectangle", frame, points=row, track=track, keyframe=ends, **fields)  # type: ignore[arg-type]  # names and values
    return build.dataset()


def test_what_does_not_follow_becomes_a_keyframe() -> None:
    straight = [[10.0 + 2 * frame, 0, 50, 9] for frame in range(7)]
    assert _rows(to_keyframes(_moved(straight))[0]) == [(0, False), (6, False)]
    rounded = [[x + 0.004 * (-1) ** index, *rest] for index, (x, *rest) in enumerate(straight)]
    assert _rows(to_keyframes(_moved(rounded))[0]) == [(0, False), (6, False)]
    jumping = [[x + 5 * (index == 3), *rest] for index, (x, *rest) in enumerate(straight)]
    result, losses = to_keyframes(_moved(jumping))
    assert _rows(result) == [(frame, False) for frame in range(7)]  # the others do not follow from that one
    assert [(loss.column, loss.rows.tolist()) for loss in losses] == [("keyframe", [1, 2, 3, 4, 5])]
    again, _ = interpolate(result)
    assert again.shapes.boxes().tolist() == jumping


def test_an_open_track_gets_no_keyframe_at_its_end() -> None:
    rows = [(0, True, False), (1, False, False), (2, False, False)]
    frames = plain_frames(3)
    build = DatasetBuilder(frames=frames)
    build.add_label("car", id=1)
    track = build.add_track(1, 0)
    for frame, keyframe, _ in rows:
        build.add_shape("rectangle", frame, points=[1, 2, 3, 4], track=track, keyframe=keyframe)
    still = build.dataset()
    for quirk in (quirks.NONE, quirks.CVAT):
        assert _rows(to_keyframes(still, quirk)[0]) == [(0, False)]
        assert _rows(to_keyframes(still.replace(frames=plain_frames(5)), quirk)[0]) == [
            (0, False),
            (2, False),
            (3, True),
        ]
    moving = _track(rows, frames)
    assert _rows(to_keyframes(moving)[0]) == [(0, False), (2, False)]
    assert _rows(to_keyframes(moving, quirks.CVAT)[0]) == [(0, False)]


def test_columns_and_attributes_that_do_not_follow_are_kept() -> None:
    still = [[1.0, 2, 3, 4]] * 5
    for name, values in {
        "occluded": [False, True, False, False, False],
        "z_order": [0, 3, 0, 0, 0],
        "rotation": [0.0, 5, 0, 0, 0],
        "attributes": [{5: "on"}, {5: "off"}, {5: "on"}, {}, {}],
    }.items():
        result, _ = to_keyframes(_moved(still, **{name: values}))  # type: ignore[arg-type]  # of one name each
        frames = [frame for frame, _ in _rows(result)]
        assert frames[:3] == [0, 1, 2], name


def test_the_server_stores_only_what_is_called_a_keyframe() -> None:
    jumping = [[1.0, 2, 3, 4], [9.0, 2, 30, 4], [1.0, 2, 3, 4]]
    assert _rows(to_keyframes(_moved(jumping), quirks.CVAT)[0]) == [(0, False), (2, False)]
