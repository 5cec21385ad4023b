"""From which value on a comparison says something else; of boxes whose areas can be counted.

Source: CVAT 2.73's quality reports and consensus, as their numbers were read off.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotools.errors import InputError
from annotools.model import Dataset, DatasetBuilder, Frames, Job
from annotools.model.codes import Source
from annotools.quality import QualitySettings, merge_replicas, report
from tests.quality.tasks import Thing
from tests.quality.test_parts import replicas

Shape = tuple[str, tuple[float, ...], dict[str, Any]]


def _box(*points: float, **columns: Any) -> Shape:
    return "rectangle", points, columns


def _task(job: list[Shape], truth: list[Shape], homes: tuple[int, int] = (0, 1)) -> Dataset:
    build = DatasetBuilder(frames=Frames.of(["a.png", "b.png"], 200, 100))
    for name in ("car", "person"):
        build.add_label(name)
    build.add_job(Job(1, start_frame=0, stop_frame=1))
    build.add_job(Job(2, "ground_truth", 0, 1, stage="acceptance", state="completed", included=(0, 1)))
    for home, shapes in zip(homes, (job, truth), strict=True):
        for kind, points, columns in shapes:
            row = {"frame": 0, "label": "car"} | columns
            if kind == "tag":
                build.add_tag(row["frame"], row["label"], job=home)
            else:
                build.add_shape(kind, points=points, job=home, **row)
    return build.dataset()


def _conflicts(job: list[Shape], truth: list[Shape], **settings: Any) -> list[tuple[int, str]]:
    document = report(_task(job, truth), QualitySettings(**settings)).jobs[1]
    return [(conflict["frame_id"], conflict["type"]) for conflict in document["conflicts"]]


@pytest.mark.parametrize(("height", "types"), [
    (10, []), (8, []), (7.9, ["low_overlap"]), (4, ["low_overlap"]), (3.9, ["missing_annotation", "extra_annotation"]),
])  # fmt: skip
def test_overlap(height: float, types: list[str]) -> None:
    """10 x 10 px against 10 x height: a share of height / 10; 0.4 is a match, and 0.8 no low one."""
    conflicts = _conflicts([_box(0, 0, 10, height)], [_box(0, 0, 10, 10)])
    assert conflicts == [(0, kind) for kind in types]


@pytest.mark.parametrize(("right", "hidden"), [(94, False), (95, False), (96, True), (100, True)])
@pytest.mark.parametrize(("below", "above"), [(0, 0), (0, 1), (-2, -1)])
def test_a_twentieth_must_be_seen(right: float, hidden: bool, below: int, above: int) -> None:
    """Of 100 x 10 px under a box; what comes later lies above what is as high."""
    things = [_box(0, 0, 100, 10, z_order=below), _box(0, 0, right, 10, z_order=above, label="person")]
    assert _conflicts(things, things) == ([(0, "covered_annotation")] if hidden else [])
    assert _conflicts(things, things, check_covered_annotations=False) == []
    small_below = hidden if below < above else True  # as high as the other, and listed before it
    assert _conflicts(things[::-1], things[::-1]) == ([(0, "covered_annotation")] if small_below else [])


@pytest.mark.parametrize("kind", ["polyline", "points"])
def test_lines_and_points_are_not_covered_and_cover_nothing(kind: str) -> None:
    thin: Shape = (kind, (20, 5, 60, 5), {})
    for things in ([thin, _box(0, 0, 100, 10, z_order=1)], [_box(0, 0, 100, 10), ("points", (20, 5), {"z_order": 1})]):
        assert _conflicts(things, things) == []


def test_conflicts_stand_by_frame_and_then_in_the_order_of_their_kinds() -> None:
    job = [_box(0, 0, 10, 5, frame=frame) for frame in (1, 0)]
    job += [_box(50, 50, 60, 60, frame=frame, label="person") for frame in (1, 0)]
    job += [_box(100, 50, 110, 60, frame=frame) for frame in (1, 0)]
    truth = [_box(0, 0, 10, 10, frame=frame) for frame in (0, 1)]
    truth += [_box(50, 50, 60, 60, frame=frame) for frame in (0, 1)]
    truth += [_box(150, 50, 160, 60, frame=frame) for frame in (0, 1)]
    types = ["low_overlap", "missing_annotation", "extra_annotation", "mismatching_label"]
    assert _conflicts(job, truth) == [(frame, kind) for frame in (0, 1) for kind in types]


@pytest.mark.parametrize(("truth", "job", "number"), [
    ([1, 1], [0, 0], 1), ([1, 1], [5, 5], 0), ([0, 0], [0, 0], 0), ([0, 0], [5, 5], 2), ([1, 1, 2], [3, 3, 3], 1),
    ([1, 1, 1], [3, 3, 4], 1), ([1, 1, 2, 2], [3, 4, 3, 4], 4),
])  # fmt: skip
def test_groups_belong_together_that_share_half_of_their_objects(truth: list[int], job: list[int], number: int) -> None:
    sides = [[_box(30 * i, 0, 30 * i + 20, 20, group=group) for i, group in enumerate(side)] for side in (job, truth)]
    assert _conflicts(*sides) == [(0, "mismatching_groups")] * number
    assert _conflicts(*sides, compare_groups=False) == []


def test_tags_of_different_labels_pair_up() -> None:
    car, person = ("tag", (), {}), ("tag", (), {"label": "person"})
    assert _conflicts([person], [car]) == [(0, "mismatching_label")]
    assert _conflicts([car, person], [car]) == [(0, "extra_annotation")]
    assert _conflicts([], [car, person]) == [(0, "missing_annotation")] * 2


@pytest.mark.parametrize(("kind", "few", "enough", "many"), [
    ("rectangle", 2, 4, 6), ("ellipse", 2, 4, 6), ("polygon", 4, 6, None), ("polyline", 2, 4, None),
    ("points", 0, 2, None),
])  # fmt: skip
def test_points_are_as_many_as_a_shape_has(kind: str, few: int, enough: int, many: int | None) -> None:
    numbers = (10, 10, 40, 10, 40, 30)
    assert report(_task([(kind, numbers[:enough], {})], [])).conflicts is not None
    for count in (few, many):
        if count is not None:
            with pytest.raises(InputError, match=rf"frame 0: {kind} -1: {count} coordinates are too few or too many"):
                report(_task([(kind, numbers[:count], {})], []))


@pytest.mark.parametrize("rotation", [np.nan, np.inf])
def test_rotations_are_numbers(rotation: float) -> None:
    with pytest.raises(InputError, match="frame 0: rectangle -1: its rotation is not a number"):
        report(_task([_box(0, 0, 10, 10, rotation=rotation)], []))


@pytest.mark.parametrize("shape", [_box(0, 0, 10, 10), ("tag", (), {})])
def test_a_task_without_rows_of_jobs_has_no_ground_truth(shape: Shape) -> None:
    with pytest.raises(InputError, match="job 2 has no annotations of its own"):
        report(_task([shape], [shape], (-1, -1)))
    assert report(_task([shape], [shape], (-1, 1))).task["comparison_summary"]["conflict_count"] == 0


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_the_score_of_a_consensus_is_the_share_of_replicas(count: int) -> None:
    """To two decimals; it lies as high as the highest of its members."""
    things = [[Thing("rectangle", 0, 0, columns={"z_order": z}), Thing("rectangle", 0, 7 + z)] for z in range(count)]
    merged, _ = merge_replicas(replicas(*things))
    own = merged.in_job(0).shapes
    alone = {1: 1.0, 2: 0.5, 3: 0.33, 6: 0.17}[count]
    assert own.score.tolist() == [1.0] + [alone] * count
    assert own.z_order.tolist() == [count - 1] + [0] * count
    assert set(own.source.tolist()) == {Source.CONSENSUS}


@pytest.mark.parametrize("hidden", [(), (0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize("kind", ["rectangle", "polygon", "points"])
def test_replicas_that_differ_only_in_what_hides_them_are_told(kind: str, hidden: tuple[int, ...]) -> None:
    merged, losses = merge_replicas(replicas(*([Thing(kind, 0, 0, occluded=n in hidden)] for n in range(3))))
    chosen = bool(merged.in_job(0).shapes.occluded[0])
    others = sum((n in hidden) != chosen for n in range(3))
    counts = {loss.what: loss.count for loss in losses}
    assert counts == {"shape": 2} | ({"attributes of shape": others} if others else {})
