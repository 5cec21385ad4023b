"""What the server keeps of what it reads, and what one job shows of a task; rows of several datasets as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job
from annotools.model.extras import Extra
from annotools.quirks import CVAT
from annotools.tracks.importing import as_server_stores, of_job
from annotools.tracks.stacking import stack


def _builder(*jobs: tuple[int, int]) -> DatasetBuilder:
    build = DatasetBuilder(frames=Frames.of([f"{number}.jpg" for number in range(10)], 64, 48))
    build.add_label("car", attributes=[AttributeSpec(0, "lit", True, default_value="no")])
    body = build.add_label("body", type="skeleton")
    for name in ("head", "foot"):
        build.add_label(name, parent=body, type="points", attributes=[AttributeSpec(0, "hurt", True)])
    for number, (start, stop) in enumerate(jobs):
        build.add_job(Job(7 + number, start_frame=start, stop_frame=stop))
    return build


def _pose(build: DatasetBuilder, start: int, *points: tuple[tuple[int, bool], ...], job: int = -1) -> None:
    """A track of a skeleton from a frame on; points: (frame, outside) of the keyframes of head and foot."""
    body, head, foot = (build.labels[index] for index in (1, 2, 3))
    whole = build.add_track(body, start, job=job)
    build.add_shape("skeleton", start, track=whole)
    for label, keys in zip((head, foot), points, strict=True):
        track = build.add_track(label, keys[0][0], parent=whole, job=job)
        for frame, outside in keys:
            columns: dict[str, Any] = {"attributes": {"hurt": f"on {frame}"}, "outside": outside, "track": track}
            build.add_shape("points", frame, points=(frame, 5), **columns)


def _keys(dataset: Dataset) -> list[tuple[str, int, list[tuple[int, bool]]]]:
    """Label and frame of each track, and frame and outside of its keyframes in order of frames."""
    return [
        (track.label.name, track.frame.number, sorted((key.frame.number, key.outside) for key in track.shapes))
        for track in dataset.tracks
    ]


def test_a_point_that_begins_late_gets_a_copy_at_the_start_of_its_skeleton() -> None:
    build = _builder((0, 9))
    _pose(build, 2, ((2, False), (6, False)), ((5, False), (7, False)))
    stored, _ = as_server_stores(build.dataset(), CVAT)
    assert _keys(stored)[1:] == [
        ("head", 2, [(2, False), (6, False)]), ("foot", 2, [(2, True), (5, False), (7, False)]),
    ]  # fmt: skip
    (filler,) = [shape for shape in stored.shapes if shape.outside]
    assert (filler.points.tolist(), filler.attributes, filler.id) == ([5, 5], {"hurt": "on 5"}, -1)


def test_what_a_file_says_of_a_point_is_not_said_of_its_copy() -> None:
    build = _builder((0, 9))
    _pose(build, 2, ((2, False), (6, False)), ((5, False), (7, False)))
    dataset = build.dataset()
    numbers = Extra.of([f"row {row}" for row in range(len(dataset.shapes))])
    stored, _ = as_server_stores(dataset.replace(extras={"shapes": {"note": numbers}}), CVAT)
    notes = dict(zip(stored.shapes.frame.tolist(), stored.shapes.extras["note"].plain(), strict=True))
    (filler,) = np.flatnonzero(stored.shapes.outside)
    assert stored.shapes.extras["note"].plain()[filler] is None
    assert (notes[5], notes[6], notes[7]) == ("row 3", "row 2", "row 4")


def test_a_point_that_begins_before_its_skeleton_stays_where_it_begins() -> None:
    build = _builder((0, 9))
    _pose(build, 4, ((2, False), (6, False)), ((5, False), (7, False)))
    stored, _ = as_server_stores(build.dataset(), CVAT)
    assert _keys(stored)[1:] == [
        ("head", 2, [(2, False), (6, False)]), ("foot", 4, [(4, True), (5, False), (7, False)]),
    ]  # fmt: skip


def test_copies_have_the_attributes_of_their_own_points() -> None:
    """Of tracks whose rows stand the other way round."""
    build = _builder((0, 9))
    body, *points = (build.labels[index] for index in (1, 2, 3))
    whole = build.add_track(body, 2)
    build.add_shape("skeleton", 2, track=whole)
    head, foot = (build.add_track(label, 4, parent=whole) for label in points)
    for track, frame in ((foot, 5), (head, 4)):
        build.add_shape("points", frame, points=(frame, 5), track=track, attributes={"hurt": f"on {frame}"})
    stored, _ = as_server_stores(build.dataset(), CVAT)
    copies = {shape.label.name: (shape.points[0], shape.attributes) for shape in stored.shapes if shape.outside}
    assert copies == {"head": (4, {"hurt": "on 4"}), "foot": (5, {"hurt": "on 5"})}


def test_a_point_that_is_never_seen_goes_and_its_attributes_with_it() -> None:
    build = _builder((0, 9))
    _pose(build, 2, ((2, False),), ((2, True), (4, True)))
    _pose(build, 3, ((3, True), (4, False)), ((3, False),))
    stored, _ = as_server_stores(build.dataset(), CVAT)
    assert [name for name, *_ in _keys(stored)] == ["body", "head", "body", "head", "foot"]
    assert {shape.attributes.get("hurt") for shape in stored.shapes} == {None, "on 2", "on 3", "on 4"}


@pytest.mark.parametrize(("jobs", "home"), [((), -1), (((0, 4), (5, 9)), 0)])
def test_rows_of_jobs_and_of_a_task_without_jobs_stay_as_they_are(jobs: tuple[Any, ...], home: int) -> None:
    build = _builder(*jobs)
    build.add_tag(7, "car", job=home)
    _pose(build, 2, ((2, False),), ((5, False),))
    dataset = build.dataset()
    stored, losses = as_server_stores(dataset, CVAT)
    assert (stored, len(losses)) == (dataset, 0)


def test_one_job_shows_what_is_on_its_frames() -> None:
    build = _builder((0, 4), (5, 9))
    for frame in (0, 4, 5, 9):
        build.add_tag(frame, "car")
        build.add_shape("points", frame, "car", (frame, 1))
    track = build.add_track("car", 3)
    for frame in (3, 7):
        build.add_shape("rectangle", frame, points=(frame, 1, frame + 4, 9), track=track)
    part = of_job(build.dataset(), 8, CVAT)
    assert ([job.id for job in part.jobs], part.tags.frame.tolist()) == ([8], [5, 9])
    for table in (part.tags, part.shapes, part.tracks):
        assert table.job.tolist() == [0] * len(table)
    assert [(shape.frame.number, shape.points[0]) for shape in part.shapes if shape.track is None] == [(5, 5), (9, 9)]
    (car,) = part.tracks
    assert [(key.frame.number, key.points.tolist()) for key in car.shapes][:2] == [
        (5, [5, 1, 9, 9]),
        (7, [7, 1, 11, 9]),
    ]
    with pytest.raises(UsageError, match="the task has no job 9, expected one of 7, 8"):
        of_job(build.dataset(), 9, CVAT)


def test_rows_on_top_of_each_other_keep_their_own_tracks_parents_and_attributes() -> None:
    parts = []
    for start in (0, 4):
        build = _builder((0, 9))
        build.add_tag(start, "car", attributes={"lit": f"tag {start}"})
        whole = build.add_shape("skeleton", start, build.labels[1])
        build.add_shape(
            "points", start, build.labels[2], (start, 2), parent=whole, attributes={"hurt": f"part {start}"}
        )
        _pose(build, start, ((start, False),), ((start + 1, False),))
        build.add_interval("car", start, start + 1)
        parts.append(build.dataset())
    whole = stack(parts)
    assert [tag.attributes for tag in whole.tags] == [{"lit": "tag 0"}, {"lit": "tag 4"}]
    assert [(one.start, one.stop) for one in whole.intervals] == [(0, 1), (4, 5)]
    assert _keys(whole) == [row for part in parts for row in _keys(part)]
    assert [track.parent.row if track.parent else None for track in whole.tracks] == [None, 0, 0, None, 3, 3]
    plain = [shape for shape in whole.shapes if shape.parent is not None]
    assert [(shape.parent.frame.number, shape.attributes) for shape in plain if shape.parent is not None] == [
        (0, {"hurt": "part 0"}), (4, {"hurt": "part 4"}),
    ]  # fmt: skip
    assert [shape.frame.number for shape in whole.shapes] == [s.frame.number for part in parts for s in part.shapes]
    assert np.array_equal(whole.shapes.values, np.concatenate([part.shapes.values for part in parts]))
