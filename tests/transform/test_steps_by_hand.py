"""Small steps of formats, each next to what it must leave alone, and what it says of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import UsageError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job, Losses, Task
from annotools.transform import run
from annotools.transform.faces import LEVELS

Told = list[tuple[str, str, str, list[int]]]


def told(losses: Losses) -> Told:
    """What was lost or changed, of which table and column, in which rows."""
    return [(loss.kind, loss.table, loss.column, loss.rows.tolist()) for loss in losses]


def after(dataset: Dataset, step: str) -> tuple[Dataset, Told]:
    result, losses = run(dataset, (step,))
    return result, told(losses)


def builder(frames: int = 4, **task: Any) -> DatasetBuilder:
    """A label `car` with an attribute that changes and one that does not, frames of 64 x 48 px."""
    names = [f"{number}.jpg" for number in range(frames)]
    build = DatasetBuilder(Task(**task), frames=Frames.of(names, 64, 48))
    specs = [AttributeSpec(0, "make", default_value="?"), AttributeSpec(0, "lit", True, default_value="no")]
    build.add_label("car", attributes=specs)
    return build


def pose(build: DatasetBuilder, name: str = "pose", kind: str = "points") -> list[Any]:
    """A label of a skeleton with one point, and that point."""
    whole = build.add_label(name, type="skeleton")
    return [whole, build.add_label(f"{name} head", parent=whole, type=kind)]


def test_rows_of_jobs_go_where_the_task_has_rows() -> None:
    build = builder()
    build.add_job(Job(1, stop_frame=3))
    build.add_job(Job(2, "ground_truth", stop_frame=3, included=(1,)))
    for job in (0, -1, 1):
        build.add_tag(1, "car", job=job)
        build.add_shape("points", 1, "car", (1, 2), job=job)
    result, losses = after(build.dataset(), "one-home")
    assert (result.tags.job.tolist(), result.shapes.job.tolist()) == ([-1, 1], [-1, 1])
    assert losses == [("lost", "tags", "", [0]), ("lost", "shapes", "", [0])]
    for kept in (-1, 0):
        alone = build.dataset().select(tags=np.isin([0, -1, 1], [kept, 1]), shapes=np.isin([0, -1, 1], [kept, 1]))
        assert after(alone, "one-home") == (alone, [])


def test_disabled_frames_are_those_of_ground_truth() -> None:
    build = builder()
    build.add_job(Job(1, stop_frame=3, disabled=(2,)))
    build.add_job(Job(2, "ground_truth", stop_frame=3, included=(1, 2), disabled=(2,)))
    build.add_job(Job(3, stop_frame=3))
    result, losses = after(build.dataset(), "drop-disabled-frames")
    assert [job.disabled for job in result.jobs] == [(), (2,), ()]
    assert losses == [("lost", "jobs", "disabled", [0])]


@pytest.mark.parametrize(("jobs", "homes"), [
    ([], [0, 0]), ([(0, 3)], [0, 0]), ([(0, 9)], [0, 0]), ([(0, 2)], [0]), ([(1, 3)], [0]), ([(0, 1), (2, 3)], [0, 1]),
])  # fmt: skip
def test_rows_of_the_task_go_to_its_jobs(jobs: list[tuple[int, int]], homes: list[int]) -> None:
    build = builder()
    for number, (start, stop) in enumerate(jobs):
        build.add_job(Job(number, start_frame=start, stop_frame=stop))
    for frame in (0, 3):
        build.add_tag(frame, "car")
    result, losses = after(build.dataset(), "cut-into-jobs")
    assert result.tags.job.tolist() == homes
    assert ("changed", "tags", "job", [0, 1]) in losses
    assert [(job.start_frame, job.stop_frame) for job in result.jobs] == (jobs or [(0, 3)])
    again, nothing = after(result, "cut-into-jobs")
    assert (again, nothing) == (result, [])


def test_labels_of_skeletons_are_those_with_points_alone() -> None:
    build = builder()
    whole, head = pose(build)
    boxed, _ = pose(build, "boxed", "rectangle")
    bare = build.add_label("bare", type="skeleton")
    for label in (whole, boxed, bare):
        row = build.add_shape("skeleton", 0, label)
        if label is whole:
            build.add_shape("points", 0, head, (1, 2), parent=row)
    build.add_tag(0, "car")
    result, losses = after(build.dataset(), "skeleton-labels")
    assert [label.name for label in result.labels] == ["pose", "pose head"]
    assert (len(result.shapes), len(result.tags)) == (2, 0)
    assert losses == [("lost", "labels", "", [0, 3, 4, 5]), ("lost", "tags", "", [0]), ("lost", "shapes", "", [2, 3])]


SOLID = [1, 2, 3, 0, 0, 0.5, 4, 2, 2, *[0.0] * 7]


@pytest.mark.parametrize("dimension", ["2d", "3d"])
def test_a_cloud_has_cuboids_of_nine_numbers(dimension: str) -> None:
    build = builder(dimension=dimension)
    build.add_shape("cuboid", 0, "car", SOLID)
    for index in (9, 15):
        build.add_shape("cuboid", 0, "car", [*SOLID[:index], 1, *SOLID[index + 1 :]])
    build.add_shape("cuboid", 0, "car", [*SOLID[:8], np.nan, *SOLID[9:]])
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 4))
    result, losses = after(build.dataset(), "point-clouds")
    assert (result.shapes.values.tolist(), result.task.dimension) == (SOLID if dimension == "3d" else [], "3d")
    gone = [("lost", "shapes", "", list(range(1 if dimension == "3d" else 0, 5)))]
    assert losses == gone + ([("changed", "task", "dimension", [0])] if dimension == "2d" else [])


def test_levels_of_faces() -> None:
    names = (*LEVELS, "hat")
    build = DatasetBuilder(frames=Frames.of(["a.jpg"], 64, 48))
    build.add_label("face", attributes=[AttributeSpec(0, name) for name in names])
    values = [{name: str(level) for name in names} for level in (0, 1, 2, 3)] + [{"blur": "true", "pose": "false"}]
    for row in values:
        build.add_shape("rectangle", 0, "face", (1, 2, 3, 4), attributes=row)
    build.add_tag(0, "face", attributes={"blur": "1"})
    result, losses = after(build.dataset(), "face-attributes")
    assert [shape.attributes for shape in result.shapes] == [
        {},
        dict.fromkeys(LEVELS, "1"),
        {"blur": "2"},
        {},
        {"blur": "1"},
    ]
    (label,) = result.labels
    assert [(spec.name, spec.input_type, spec.default_value, spec.values) for spec in label.attributes] == [
        (name, "select", "0", tuple(map(str, range(most + 1)))) for name, most in LEVELS.items()
    ]
    assert LEVELS == {"blur": 2, "expression": 1, "illumination": 1, "pose": 1, "invalid": 1}
    assert [(kind, table, column, len(rows)) for kind, table, column, rows in losses] == [
        ("lost", "attributes", "", 6 + 1 + 5 + 6 + 1 + 1), ("changed", "attributes", "", 1),
        ("changed", "labels", "attributes", 1),
    ]  # fmt: skip


def test_a_picture_is_of_the_first_event_that_can_be_a_folder() -> None:
    build = DatasetBuilder(frames=Frames.of(["a.jpg", "b.jpg", "c.jpg"], 64, 48))
    names = ["a/b", "parade", "riot", " edge", "a\\b", "edge\n"]
    for name in names:
        build.add_label(name)
    for frame, name in (
        (0, "a/b"),
        (0, "riot"),
        (0, "parade"),
        (1, " edge"),
        (1, "a\\b"),
        (1, "edge\n"),
        (2, "parade"),
    ):
        build.add_tag(frame, name)
    result, losses = after(build.dataset(), "one-event")
    assert [(tag.frame.number, tag.label.name) for tag in result.tags] == [(0, "riot"), (2, "parade")]
    assert losses == [("lost", "tags", "", [0, 3, 4, 5]), ("lost", "tags", "", [2])]


def test_keyframes_have_no_score() -> None:
    build = builder()
    build.add_shape("points", 0, "car", (1, 2), score=0.5)
    track = build.add_track("car", 0)
    for frame, score in enumerate((1.0, 0.25, 0.75)):
        build.add_shape("points", frame, points=(1, 2), track=track, score=score)
    result, losses = after(build.dataset(), "drop-track-scores")
    assert (result.shapes.score.tolist(), losses) == ([0.5, 1, 1, 1], [("lost", "shapes", "score", [2, 3])])


@pytest.mark.parametrize("argument", ["", "every-keyframe"])
def test_defaults_of_attributes_that_nobody_set(argument: str) -> None:
    """Tags and shapes get both, a track what does not change, its first keyframe (or all) what does."""
    build = builder()
    build.add_label("bus")
    build.add_tag(0, "car", attributes={"lit": "yes"})
    build.add_tag(0, "bus")
    build.add_shape("points", 0, "car", (1, 2))
    track = build.add_track("car", 1)
    for frame in (3, 1):  # the first keyframe is the one on the first frame
        build.add_shape("points", frame, points=(1, 2), track=track)
    other = build.add_track("car", 0, attributes={"make": "x"})
    build.add_shape("points", 0, points=(1, 2), track=other, attributes={"lit": "yes"})
    result, losses = after(build.dataset(), f"default-attributes={argument}" if argument else "default-attributes")
    assert losses == []
    assert [tag.attributes for tag in result.tags] == [{"lit": "yes", "make": "?"}, {}]
    late = {"lit": "no"} if argument else {}
    assert [shape.attributes for shape in result.shapes] == [
        {"make": "?", "lit": "no"}, late, {"lit": "no"}, {"lit": "yes"},
    ]  # fmt: skip
    assert [one.attributes for one in result.tracks] == [{"make": "?"}, {"make": "x"}]
    with pytest.raises(UsageError, match="expected every-keyframe or nothing"):
        run(build.dataset(), ("default-attributes=all",))


def test_types_that_a_format_has() -> None:
    build = builder()
    whole, head = pose(build)
    for kind, points in (("rectangle", (1, 2, 3, 4)), ("points", (1, 2)), ("polygon", (1, 2, 3, 4, 5, 6))):
        build.add_shape(kind, 0, "car", points)
    row = build.add_shape("skeleton", 0, whole)
    build.add_shape("points", 0, head, (1, 2), parent=row)
    track = build.add_track("car", 0)
    build.add_shape("points", 0, points=(1, 2), track=track)
    result, losses = after(build.dataset(), "only-types=rectangle,skeleton")
    assert ([shape.type for shape in result.shapes], len(result.tracks)) == (["rectangle", "skeleton", "points"], 0)
    assert losses == [("lost", "shapes", "", [2]), ("lost", "shapes", "", [1, 5]), ("lost", "tracks", "", [0])]
    with pytest.raises(UsageError, match="no type 'boxes', expected"):
        run(build.dataset(), ("only-types=boxes",))


def test_the_box_of_a_skeleton_is_the_first_upright_rectangle_of_its_group() -> None:
    build = builder(2)
    whole, _ = pose(build)
    for frame, group in ((0, 1), (0, 2), (0, 3), (0, 3), (1, 1), (0, 0)):
        build.add_shape("skeleton", frame, whole, group=group)
    for frame, group, rotation, left in (
        (0, 1, 90, 1),
        (0, 1, 360, 2),
        (0, 1, 0, 3),
        (0, 3, 0, 4),
        (0, 0, 0, 5),
        (1, 2, 0, 6),
    ):
        build.add_shape("rectangle", frame, "car", (left, 10, left + 4, 16), group=group, rotation=rotation)
    result, losses = after(build.dataset(), "skeletons-in-boxes")
    boxes = result.shapes.extras["bbox"].plain()
    assert [list(box) if box is not None else None for box in boxes[:6]] == [[2, 10, 4, 6], *[None] * 5]
    assert result.shapes.boxes()[6:, 0].tolist() == [1, 3, 4, 5, 6]
    assert losses == [("changed", "shapes", "", [7])]


@pytest.mark.parametrize(("names", "sizes", "mode", "kept"), [
    (["frame_000000", "frame_000001"], [64, 64], "interpolation", True),
    (["frame_000000", "frame_000002"], [64, 64], "interpolation", False),
    (["frame_000000", "frame_000001"], [64, 65], "interpolation", False),
    (["frame_000000", "frame_000001"], [64, 64], "annotation", False), ([], [], "interpolation", False),
])  # fmt: skip
def test_a_video_is_one_source(names: list[str], sizes: list[int], mode: str, kept: bool) -> None:
    for width, height in ((sizes, 48), (64, sizes)):
        frames = Frames.of(names, width if names else 0, height if names else 0)
        dataset = DatasetBuilder(Task(mode=mode, source_name="a.mp4"), frames=frames).dataset()
        result, losses = after(dataset, "video-source")
        assert (result.task.source_name, losses) == (
            ("a.mp4", []) if kept else ("", [("lost", "task", "source_name", [0])])
        )


def test_rows_on_frames_that_an_export_shows() -> None:
    build = DatasetBuilder(frames=Frames.of(["a.jpg", "b.jpg", ""], 64, 48, deleted=[1]))
    build.add_label("car")
    for frame in (-1, 0, 1, 2, 3):
        build.add_tag(frame, "car")
        build.add_shape("points", frame, "car", (1, 2))
    result, losses = after(build.dataset(), "only-shown-frames")
    assert (result.frames.names, result.tags.frame.tolist(), result.shapes.frame.tolist()) == (
        ("a.jpg", "frame_000001.png"), [0, 1], [0, 1],
    )  # fmt: skip
    assert losses == [
        ("lost", "tags", "", [0, 4]), ("lost", "shapes", "", [0, 4]), ("lost", "frames", "", [1]),
        ("lost", "tags", "", [2]),
        ("lost", "shapes", "", [2]), ("changed", "frames", "name", [2]),
    ]  # fmt: skip
