"""Steps of formats of sequences, faces and pictures with groups: what each does, and the rows that it names."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.model import AttributeSpec, DatasetBuilder, Job, Label, Losses
from annotools.model.extras import Extra
from annotools.transform import run


def builder(frames: int = 3, deleted: tuple[int, ...] = ()) -> DatasetBuilder:
    build = DatasetBuilder(labels=[Label(1, "car", attributes=(AttributeSpec(5, "blur"),)), Label(2, "bus")])
    for number in range(frames):
        build.add_frame(f"{number}.jpg", 60, 40, deleted=number in deleted)
    return build


def cells_of(losses: Losses) -> set[tuple[str, str, int]]:
    return {(loss.table, loss.column, row) for loss in losses for row in loss.rows.tolist()}


def test_frames_of_a_job_are_counted_from_its_first_and_deleted_ones_count() -> None:
    build = builder(5, deleted=(3,))
    build.add_job(Job(7, start_frame=1, stop_frame=3))
    for frame in range(5):
        build.add_shape("rectangle", frame, "car", (frame, 2, 9, 9))
    result, losses = run(build.dataset(), ("consecutive-frames",))
    assert result.frames.names == ("1.jpg", "2.jpg", "3.jpg")
    assert result.shapes.frame.tolist() == [0, 1]
    assert not result.frames.deleted.any()
    rows = {("shapes", "", row) for row in (0, 3, 4)} | {("frames", "", row) for row in (0, 4)}
    assert cells_of(losses) == rows | {("frames", "deleted", 3), ("jobs", "", 0)}


def test_frames_have_the_size_that_all_have() -> None:
    build = builder()
    assert run(build.dataset(), ("common-frame-size",))[0].frames.width.tolist() == [60, 60, 60]
    build.add_frame("odd.jpg", 9, 9)
    result, losses = run(build.dataset(), ("common-frame-size",))
    assert result.frames.width.tolist() == [0, 0, 0, 0]
    assert cells_of(losses) == {("frames", "size", row) for row in range(4)}


def test_what_is_visible_of_an_occluded_shape_is_nothing() -> None:
    build = builder()
    for occluded in (False, True, False, False):
        build.add_shape("rectangle", 0, "car", (1, 2, 3, 4), occluded=occluded)
    dataset = build.dataset()
    share = Extra(np.array([0.5, 0.5, 1.0, np.nan]), np.ones(4, np.bool_))
    dataset = dataset.replace(shapes=dataset.shapes.replace(extras={"visibility": share}))
    result, losses = run(dataset, ("occluded-visibility",))
    assert result.shapes.extras["visibility"].plain() == [0.5, None, None, None]
    assert cells_of(losses) == {("shapes", "extras.visibility", row) for row in (1, 2, 3)}


def test_a_turned_rectangle_becomes_the_box_round_it_and_an_upright_one_stays() -> None:
    build = builder()
    build.add_shape("rectangle", 0, "car", (10, 20, 50, 40), rotation=90)
    build.add_shape("rectangle", 0, "car", (10, 20, 50, 40), rotation=360)
    result, losses = run(build.dataset(), ("rotated-boxes-to-boxes",))
    assert result.shapes.boxes().tolist() == [[20, 10, 40, 50], [10, 20, 50, 40]]
    assert cells_of(losses) == {("shapes", "", 0)}


def test_labels_that_no_shape_has_go() -> None:
    build = builder()
    build.add_shape("rectangle", 1, "car", (1, 2, 3, 4))
    build.add_shape("rectangle", 0, "bus", (1, 2, 3, 4))
    build.add_label("tram")
    result, losses = run(build.dataset(), ("used-labels",))
    assert [label.name for label in result.labels] == ["bus", "car"]
    assert cells_of(losses) == {("labels", "", 2)}


def test_groups_are_of_shapes_of_one_frame() -> None:
    build = builder()
    build.add_tag(0, "bus", group=2)
    for frame, group in ((0, 1), (0, 1), (0, 2), (0, 2), (1, 3), (1, 0)):
        build.add_shape("rectangle", frame, "car", (1, 2, 3, 4), group=group)
    result, losses = run(build.dataset(), ("frame-groups",))
    assert result.shapes.group.tolist() == [1, 1, 2, 2, 0, 0]
    assert result.tags.group.tolist() == [0]
    assert cells_of(losses) == {("tags", "group", 0), *(("shapes", "group", row) for row in (2, 3, 4))}


def test_rotation_is_kept_beside() -> None:
    build = builder()
    build.add_shape("ellipse", 0, "car", (20, 20, 30, 10), rotation=45)
    build.add_shape("polygon", 0, "car", (1, 1, 9, 1, 9, 9))
    result, losses = run(build.dataset(), ("rotation-beside", "ellipses-to-masks"))
    assert result.shapes.extras["rotation"].plain() == [45, None]
    assert result.shapes.rotation.tolist() == [0, 0]
    assert cells_of(losses) == {("shapes", "", 0)}


def test_names_may_have_to_differ_from_all_others() -> None:
    build = DatasetBuilder()
    for subset in ("a", "b"):
        build.add_frame("x.jpg", 9, 9, subset=subset)
    assert run(build.dataset(), ("unique-names",))[0].frames.names == ("x.jpg", "x.jpg")
    assert run(build.dataset(), ("unique-names=all",))[0].frames.names == ("x.jpg", "x_1.jpg")


@pytest.mark.parametrize("step", ["unique-names", "unique-names=all"])
def test_new_names_differ_from_each_other_and_from_those_that_follow(step: str) -> None:
    build = DatasetBuilder()
    for name in ("x.jpg", "x.jpg", "x.jpg", "x_2.jpg", "x.jpg", "x_2.jpg"):
        build.add_frame(name, 9, 9)
    expected = ("x.jpg", "x_1.jpg", "x_3.jpg", "x_2.jpg", "x_4.jpg", "x_2_1.jpg")
    assert run(build.dataset(), (step,))[0].frames.names == expected
