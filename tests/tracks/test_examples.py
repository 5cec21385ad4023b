"""Worked examples of interpolation and cutting, and what happens where the server fails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from annotools import quirks
from annotools.errors import LimitError
from annotools.model import Dataset, DatasetBuilder, Frames, Job, Losses, Task
from annotools.tracks import cut, interpolate, merge_jobs, split_into_jobs
from tests.tracks.documents import plain_frames

Keyframe = tuple[int, list[float]]


def _track(kind: str, keyframes: list[Keyframe], frames: int, **parts: Any) -> Dataset:
    """One track; a keyframe without points is outside, with those of the one before."""
    build = DatasetBuilder(frames=plain_frames(frames, parts.pop("deleted", ())))
    build.add_label("car", id=1)
    track = build.add_track(1, keyframes[0][0], job=parts.pop("job", -1))
    rotations = parts.pop("rotations", [0] * len(keyframes))
    before: list[float] = []
    for (frame, points), rotation in zip(keyframes, rotations, strict=True):
        outside = not points and kind != "skeleton"
        before = points or before
        build.add_shape(kind, frame, points=before, track=track, outside=outside, rotation=rotation)
    return build.dataset().replace(**parts)


def _points(dataset: Dataset) -> dict[int, list[float]]:
    shapes = dataset.shapes
    return {int(shapes.frame[row]): shapes.points(row).tolist() for row in range(len(shapes))}


def _between(kind: str, one: Sequence[float], other: Sequence[float], last: int) -> list[list[float]]:
    by_frame = _points(interpolate(_track(kind, [(0, list(one)), (last, list(other))], last + 1))[0])
    return [by_frame[frame] for frame in range(1, last)]


def test_a_box_goes_straight_and_is_held() -> None:
    result, losses = interpolate(_track("rectangle", [(0, [10, 10, 20, 30]), (4, [30, 20, 50, 50])], 7))
    assert _points(result)[1] == [15, 12.5, 27.5, 35]
    assert _points(result)[3] == [25, 17.5, 42.5, 45]
    assert _points(result)[6] == [30, 20, 50, 50]
    assert result.shapes.keyframe.tolist() == [True, False, False, False, True, False, False]
    assert not losses


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (350, 10, [355, 0, 5]), (10, 350, [5, 0, 355]), (90, 271, [45.25, 0.5, 315.75]), (0, 360, [0, 0, 0]),
        (0, 180, [45, 90, 135]), (180, 0, [225, 270, 315]),
    ],
)  # fmt: skip
def test_a_turn_goes_the_short_way(one: float, other: float, expected: list[float]) -> None:
    box = [0.0, 0, 4, 4]
    result, _ = interpolate(_track("rectangle", [(0, box), (4, box)], 5, rotations=[one, other]))
    assert result.shapes.rotation[1:4].tolist() == expected
    copied, _ = interpolate(_track("rectangle", [(0, box), (4, box)], 5, rotations=[0, 180]), quirks.CVAT)
    assert copied.shapes.rotation.tolist() == [0, 0.25, 0.5, 0.75, 180]


def test_outside_is_a_gap() -> None:
    keyframes: list[Keyframe] = [(0, [0, 0, 10, 10]), (2, []), (5, [5, 5, 15, 15]), (7, [7, 7, 17, 17])]
    result, _ = interpolate(_track("rectangle", keyframes, 10))
    assert result.shapes.frame.tolist() == [0, 1, 2, 5, 6, 7, 8, 9]
    assert result.shapes.outside.tolist() == [False, False, True, False, False, False, False, False]
    short, losses = interpolate(_track("rectangle", keyframes, 4))
    assert short.shapes.frame.tolist() == [0, 1, 2]
    assert [(loss.kind, loss.count, loss.frames.tolist()) for loss in losses] == [("lost", 2, [5, 7])]


def test_a_deleted_keyframe_does_not_count() -> None:
    keyframes: list[Keyframe] = [(0, [0, 0, 4, 4]), (2, [90, 90, 99, 99]), (4, [8, 8, 12, 12])]
    result, losses = interpolate(_track("rectangle", keyframes, 5, deleted=[2]))
    assert _points(result) == {0: [0, 0, 4, 4], 1: [2, 2, 6, 6], 3: [6, 6, 10, 10], 4: [8, 8, 12, 12]}
    assert [(loss.kind, loss.why) for loss in losses] == [("lost", "its frame is deleted")]


def test_polygons_and_polylines_go_by_arc_length() -> None:
    assert _between("polygon", [0, 0, 10, 0, 10, 10], [0, 0, 20, 0, 20, 20, 0, 20], 4) == [
        [0, 0, 12.5, 0, 12.5, 12.5, 7.5, 12.5], [0, 0, 15, 0, 15, 15, 5, 15], [0, 0, 17.5, 0, 17.5, 17.5, 2.5, 17.5],
    ]  # fmt: skip
    between = _between("polyline", [0, 0, 10, 0], [0, 0, 10, 0, 10, 10], 4)
    assert between[:2] == [[0, 0, 2.5, 0, 10, 2.5], [0, 0, 5, 0, 10, 5]]
    assert _between("polyline", [0, 0, 1, 0, 9, 0, 10, 0], [0, 10, 10, 10], 2) == [[0, 5, 0.5, 5, 9.5, 5, 10, 5]]


def test_a_point_as_far_as_the_threshold_stays() -> None:
    # three points share a partner: 12 px long, so that 2 px are far enough, and half way the second is 2 px away
    assert _between("polyline", [0, 0, 4, 0, 12, 0, 32, 0], [0, 0, 32, 0], 2) == [[0, 0, 2, 0, 6, 0, 32, 0]]
    # a run of two of 4 px: at three quarters they are 1 px apart, which is the threshold
    between = _between("polyline", [0, 0, 4, 0, 16, 0], [0, 0, 16, 0], 16)
    assert between[11] == [0, 0, 1, 0, 16, 0]
    assert between[12] == [0.375, 0, 16, 0]


def test_lines_without_length_match_their_first_point() -> None:
    for one, other in (([5, 5, 5, 5], [0, 0, 4, 0]), ([0, 0, 4, 0], [5, 5, 5, 5]), ([5.0, 5], [7, 9, 8, 8])):
        (between,) = _between("polyline", one, other, 2)
        assert np.isfinite(between).all()
        assert len(between) >= 2


def test_points_ellipses_and_cuboids() -> None:
    assert _between("points", [0, 0], [8, 4], 4) == [[2, 1], [4, 2], [6, 3]]
    assert _between("points", [0, 0, 1, 1], [8, 4, 9, 9], 2) == [[0, 0, 1, 1]]
    assert _between("ellipse", [10, 10, 20, 5], [20, 20, 30, 10], 2) == [[15, 15, 25, 7.5]]
    assert _between("cuboid", [0] * 16, [8] * 16, 2) == [[4] * 16]


def test_angles_of_3d_cuboids_turn() -> None:
    shapes: list[Keyframe] = [(frame, [frame, 0, 0, 0, 0, 3.0 - 3 * frame, *[1] * 3, *[0] * 7]) for frame in (0, 2)]
    result, _ = interpolate(_track("cuboid", shapes, 3, task=Task(dimension="3d")))
    middle = _points(result)[1]
    assert middle[0] == 1
    assert middle[5] == pytest.approx(math.pi)
    assert _points(result)[2][5] == -3.0


def _held(losses: Losses) -> list[tuple[str, str, list[int]]]:
    return [(loss.kind, loss.what, loss.frames.tolist()) for loss in losses]


@pytest.mark.parametrize("quirk", [quirks.NONE, quirks.CVAT])
def test_where_the_server_fails_the_shape_is_held(quirk: frozenset[str]) -> None:
    masks: list[Keyframe] = [(0, [0, 4, 0, 0, 1, 1]), (3, [0, 4, 5, 5, 6, 6])]
    result, losses = interpolate(_track("mask", masks, 5), quirk)
    assert [_points(result)[frame] for frame in range(5)] == [masks[0][1]] * 3 + [masks[1][1]] * 2
    assert _held(losses) == [("changed", "frame of track", [1, 2])]
    result, losses = interpolate(_track("rectangle", [(0, [0, 0, 4, 4]), (2, [1, 1])], 3), quirk)
    assert _points(result)[1] == [0, 0, 4, 4]
    assert _held(losses) == [("changed", "frame of track", [1])]
    for points in ([1, 2, 3], []):
        build = _track("polygon", [(0, [0, 0, 4, 0, 4, 4]), (2, [9, 9, 8, 8, 7, 7])], 3)
        values = np.concatenate([build.shapes.points(0), points])
        odd = build.replace(shapes=build.shapes.with_points(values, [0, 6, 6 + len(points)]))
        assert _points(interpolate(odd, quirk)[0])[1] == [0, 0, 4, 0, 4, 4]


def test_a_change_of_type_is_held() -> None:
    dataset = _track("rectangle", [(0, [0, 0, 4, 4]), (2, [0, 0, 6, 6])], 3)
    dataset = dataset.replace(shapes=dataset.shapes.replace(type=[0, 4]))
    result, losses = interpolate(dataset)
    assert result.shapes.type.tolist() == [0, 0, 4]
    assert _held(losses) == [("changed", "frame of track", [1])]


def test_neighbouring_masks_and_masks_after_a_gap_are_fine() -> None:
    mask = [0.0, 4, 0, 0, 1, 1]
    _, losses = interpolate(_track("mask", [(0, mask), (1, mask), (2, []), (4, mask)], 6))
    assert not losses


def test_two_keyframes_on_one_frame() -> None:
    same: list[Keyframe] = [(0, [0, 0, 4, 4]), (0, [0, 0, 4, 4]), (2, [2, 2, 6, 6])]
    result, losses = interpolate(_track("rectangle", same, 3))
    assert _points(result)[1] == [1, 1, 5, 5]
    assert not losses
    unlike: list[Keyframe] = [(0, [0, 0, 4, 4]), (0, [9, 9, 12, 12]), (2, [2, 2, 6, 6])]
    result, losses = interpolate(_track("rectangle", unlike, 3))
    assert result.shapes.frame.tolist() == [0, 1, 2]
    assert _points(result)[1] == [0, 0, 4, 4]
    assert _held(losses) == [("changed", "keyframe of track", [0]), ("changed", "frame of track", [1])]


def test_the_job_is_the_border() -> None:
    keyframes: list[Keyframe] = [(2, [0, 0, 4, 4]), (8, [6, 6, 10, 10])]
    one = _track("rectangle", keyframes, 20, jobs=(Job(1, "annotation", 4, 10),))
    assert interpolate(one)[0].shapes.frame.tolist() == list(range(4, 11))
    two = _track("rectangle", keyframes, 20, jobs=(Job(1, "annotation", 0, 10), Job(2, "annotation", 5, 12)), job=1)
    assert interpolate(two)[0].shapes.frame.tolist() == list(range(5, 13))
    checked = _track("rectangle", keyframes, 20, jobs=(Job(1, "ground_truth", 0, 19, included=(1, 3, 8, 15)),))
    assert interpolate(checked)[0].shapes.frame.tolist() == [3, 8, 15]


def test_without_frames_the_last_annotation_is_the_end() -> None:
    dataset = _track("rectangle", [(0, [0, 0, 4, 4]), (4, [0, 0, 4, 4])], 9).replace(frames=Frames())
    result, losses = interpolate(dataset)
    assert result.shapes.frame.tolist() == [0, 1, 2, 3, 4]
    assert "number of frames is unknown" in losses.rows[0].why
    far = dataset.replace(shapes=dataset.shapes.replace(frame=[0, 1 << 40]))
    with pytest.raises(LimitError, match="frames"):
        interpolate(far)


def _cuts(keyframes: list[Keyframe]) -> list[dict[int, bool]]:
    jobs = [Job(row + 1, "annotation", *span) for row, span in enumerate(((0, 6), (5, 11), (10, 16), (15, 19)))]
    result, _ = split_into_jobs(_track("rectangle", keyframes, 20, jobs=jobs))
    shapes = result.shapes
    rows = zip(shapes.job.tolist(), shapes.frame.tolist(), shapes.outside.tolist(), strict=True)
    parts: list[dict[int, bool]] = [{}, {}, {}, {}]
    for job, frame, outside in rows:
        parts[job][frame] = outside
    assert shapes.keyframe.all()
    return parts


def test_tracks_are_cut_at_the_borders_of_jobs() -> None:
    moving, still = [0.0, 0, 4, 4], [19.0, 0, 23, 4]
    assert [list(part) for part in _cuts([(0, moving), (19, still)])] == [[0, 6], [5, 11], [10, 16], [15, 19]]
    assert _cuts([(3, moving), (8, still), (9, [])]) == [
        {3: False, 6: False}, {5: False, 8: False, 9: True}, {}, {},
    ]  # fmt: skip
    assert [list(part) for part in _cuts([(2, moving)])] == [[2], [5], [10], [15]]


def test_a_gap_in_a_cut_stays_but_for_the_server() -> None:
    dataset = _track("rectangle", [(0, [0, 0, 4, 4]), (3, []), (8, [0, 0, 4, 4])], 10)
    assert cut(dataset, 1, 9)[0].shapes.frame.tolist() == [1, 3, 8]
    assert cut(dataset, 1, 9, quirks.CVAT)[0].shapes.frame.tolist() == [1, 8]
    box = [0.0, 0, 4, 4]
    turning = _track("rectangle", [(0, box), (8, box)], 10, rotations=[0, 80])
    result, losses = cut(turning, 2, 4)
    assert result.shapes.rotation.tolist() == [20, 40]
    assert cut(turning, 2, 4, quirks.CVAT)[0].shapes.rotation.tolist() == [20]
    assert not losses


def test_what_a_cut_leaves_out_is_lost_object_by_object() -> None:
    build = DatasetBuilder(frames=plain_frames(10))
    build.add_label("car", id=1)
    for frame in (1, 2, 4, 5):
        build.add_tag(frame, 1)
        skeleton = build.add_shape("skeleton", frame, 1)
        build.add_shape("points", frame, 1, [5, 5], parent=skeleton)
        track = build.add_track(1, frame)
        build.add_shape("rectangle", frame, points=[0, 0, 9, 9], track=track)
        build.add_shape("rectangle", frame + 1, points=[0, 0, 9, 9], outside=True, track=track)
    result, losses = cut(build.dataset(), 2, 4)
    assert result.tags.frame.tolist() == [2, 4]
    assert [(loss.kind, loss.what, loss.count, loss.frames.tolist()) for loss in losses] == [
        ("lost", "tag", 2, [1, 5]), ("lost", "shape", 2, [1, 5]), ("lost", "track", 2, [1, 5]),
    ]  # fmt: skip


def test_a_cut_keeps_attributes_from_before_the_border() -> None:
    build = DatasetBuilder(frames=plain_frames(10))
    build.add_label("car", id=1)
    track = build.add_track(1, 0)
    for frame, attributes in ((0, {5: "on", 6: "a"}), (4, {6: "b"}), (8, {})):
        build.add_shape("rectangle", frame, points=[frame, 0, 9, 9], track=track, attributes=attributes)
    result, _ = cut(build.dataset(), 3, 6)
    assert result.shapes.frame.tolist() == [3, 4, 6]
    views = [(shape.frame.number, shape.attributes) for shape in result.shapes]
    assert views == [(3, {"#5": "on", "#6": "a"}), (4, {"#5": "on", "#6": "b"}), (6, {"#5": "on", "#6": "b"})]


def test_what_lies_in_no_job_is_said() -> None:
    build = DatasetBuilder(frames=plain_frames(10))
    build.add_label("car", id=1)
    for frame in (1, 4, 8):
        build.add_shape("rectangle", frame, 1, [0, 0, 9, 9], id=frame)
        build.add_tag(frame, 1, id=frame)
    build.add_shape("rectangle", 9, points=[0, 0, 9, 9], track=build.add_track(1, 9))
    jobs = (Job(1, "annotation", 0, 4), Job(2, "annotation", 3, 6), Job(3, "ground_truth", 0, 9, included=(8,)))
    result, losses = split_into_jobs(build.dataset().replace(jobs=jobs))
    assert result.shapes.job.tolist() == [0, 0, 1]
    assert result.shapes.id.tolist() == [1, 4, -1]
    assert [(loss.kind, loss.what, loss.frames.tolist()) for loss in losses] == [
        ("lost", "tag", [8]), ("lost", "shape", [8]), ("lost", "track", [9]),
    ]  # fmt: skip
    back, losses = merge_jobs(result)
    assert back.shapes.frame.tolist() == [4, 1]  # what is not shared comes first
    assert [(loss.what, loss.count) for loss in losses.of(None, "annotations")] == [("tag", 1), ("shape", 1)]


def test_ground_truth_and_replicas_are_not_the_task_s() -> None:
    build = DatasetBuilder(frames=plain_frames(4))
    build.add_label("car", id=1)
    for row, kind in enumerate(("annotation", "consensus_replica", "ground_truth")):
        build.add_job(Job(row + 1, kind, 0, 3))
        build.add_shape("rectangle", row, 1, [0, 0, 9, 9], job=row)
    result, losses = merge_jobs(build.dataset())
    assert result.shapes.frame.tolist() == [0]
    assert [(loss.kind, loss.count) for loss in losses.of("lost")] == [("lost", 2)]
    honey = build.dataset()
    honey = honey.replace(jobs=(Job(1, "annotation", 0, 3, honeypots=((1, 3),)), *honey.jobs[1:]))
    assert merge_jobs(honey)[0].shapes.frame.tolist() == [0, 2]
    alone = build.dataset().in_job(2).replace(jobs=(Job(3, "ground_truth", 0, 3, included=(2,)),))
    alone = alone.replace(shapes=alone.shapes.replace(job=[0]))
    assert merge_jobs(alone)[0].shapes.frame.tolist() == [2]
