"""Steps that only pipelines of formats are made of: each names the rows that it changes, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from annotools import quirks
from annotools.errors import UsageError
from annotools.model import AttributeSpec, DatasetBuilder, Job, Label, Owner, Task
from annotools.transform import run


def frames(count: int, **task: object) -> DatasetBuilder:
    build = DatasetBuilder(Task(**task))  # type: ignore[arg-type]  # fields of a task
    specs = [AttributeSpec(0, "make"), AttributeSpec(0, "lit", True, default_value="no")]
    build.add_label("car", attributes=specs)
    for number in range(count):
        build.add_frame(f"{number}.jpg", 64, 48, subset="a")
    return build


def test_a_track_that_loses_its_last_keyframe_is_told_too() -> None:
    build = frames(2)
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, points=(1, 2, 3), track=track)
    after, losses = run(build.dataset(), ("drop-malformed-shapes",))
    assert len(after.tracks) == len(after.shapes) == 0
    counted = [(loss.table, loss.column, loss.rows.tolist()) for loss in losses]
    assert counted == [("shapes", "", [0]), ("tracks", "", [0])]


def test_a_skeleton_that_loses_its_last_element_is_told_too() -> None:
    build = frames(1)
    man = build.add_label("man", type="skeleton")
    head = build.add_label("head", parent=man, type="points")
    row = build.add_shape("skeleton", 0, man)
    build.add_shape("points", 0, head, (1, np.nan), parent=row)
    after, losses = run(build.dataset(), ("drop-malformed-shapes",))
    assert len(after.shapes) == 0
    assert [(loss.what, loss.rows.tolist()) for loss in losses] == [
        ("shape with a coordinate that is not a number", [1]), ("skeleton", [0]),
    ]  # fmt: skip


def test_a_job_that_is_a_part_of_the_task_takes_all_rows() -> None:
    build = frames(4)
    build.add_job(Job(7, start_frame=1, stop_frame=2))
    build.add_shape("rectangle", 1, "car", (1, 2, 3, 4))
    dataset = build.dataset()
    after, losses = run(dataset, ("job-scope",))
    assert after.shapes.job.tolist() == [0]
    assert [(loss.kind, loss.table, loss.column) for loss in losses] == [("changed", "shapes", "job")]
    assert len(run(after, ("job-frames",))[0].frames) == 3
    with pytest.raises(UsageError, match="job-scope got 'all', expected alone or nothing"):
        run(dataset, ("job-scope=all",))


def test_a_job_that_is_all_of_the_task_is_the_task_unless_it_was_asked_for() -> None:
    build = frames(2)
    build.add_job(Job(7, start_frame=0, stop_frame=1))
    build.add_shape("rectangle", 1, "car", (1, 2, 3, 4), job=0)
    assert run(build.dataset(), ("job-scope",))[0].shapes.job.tolist() == [-1]
    assert run(build.dataset(), ("job-scope=alone",))[0].shapes.job.tolist() == [0]


def test_jobs_of_another_kind_go_with_what_they_include() -> None:
    build = frames(2)
    build.add_job(Job(1, start_frame=0, stop_frame=1))
    build.add_job(Job(2, "ground_truth", start_frame=0, stop_frame=1, included=(1,)))
    after, losses = run(build.dataset(), ("drop-other-jobs",))
    assert [job.id for job in after.jobs] == [1]
    assert [(loss.column, loss.rows.tolist()) for loss in losses] == [("", [1]), ("included", [1])]


def test_labels_of_one_name_are_one_with_all_their_points() -> None:
    rows = [
        Label(1, "man", type="skeleton"), Label(2, "head", 1), Label(3, "man", type="skeleton"), Label(4, "head", 3),
        Label(5, "foot", 3),
    ]  # fmt: skip
    build = DatasetBuilder(labels=rows)
    build.add_frame("a.jpg")
    row = build.add_shape("skeleton", 0, 3)
    for label in (4, 5):
        build.add_shape("points", 0, label, (1, 2), parent=row)
    after, losses = run(build.dataset(), ("unite-labels",))
    assert {(label.id, label.name, label.parent) for label in after.labels} == {
        (1, "man", None), (2, "head", 1), (5, "foot", 1),
    }  # fmt: skip
    assert after.shapes.label.tolist() == [1, 2, 5]
    assert [(loss.what, loss.rows.tolist()) for loss in losses] == [("label", [2, 3]), ("label", [4])]


def test_the_numbers_of_ellipses_are_those_that_are_written() -> None:
    build = frames(1)
    build.add_shape("ellipse", 0, "car", (10.004, 10, 20.006, 0))
    build.add_shape("rectangle", 0, "car", (10.004, 10, 20.006, 0))
    after, losses = run(build.dataset(), ("round-ellipses=2",))
    assert after.shapes.values.tolist() == [10, 10, 20, 0, 10.004, 10, 20.006, 0]
    assert [loss.rows.tolist() for loss in losses] == [[0]]
    with pytest.raises(UsageError, match="expected a number of decimals"):
        run(build.dataset(), ("round-ellipses=x",))


def test_attributes_go_where_they_belong() -> None:
    build = frames(3)
    track = build.add_track("car", 0, attributes={"lit": "yes"})
    for frame in (0, 2):
        build.add_shape("rectangle", frame, points=(1, 2, 3, 4), track=track, attributes={"make": f"m{frame}"})
    after, losses = run(build.dataset(), ("attribute-owners",))
    assert after.tracks[0].attributes == {"make": "m2"}
    assert [shape.attributes for shape in after.shapes] == [{"lit": "yes"}, {"lit": "yes"}]
    assert [(loss.what, len(loss.rows)) for loss in losses] == [("attribute of keyframe", 2), ("attribute of track", 1)]


def test_points_of_skeletons_have_the_source_of_their_skeleton() -> None:
    build = frames(2)
    man = build.add_label("man", type="skeleton")
    head = build.add_label("head", parent=man, type="points")
    whole = build.add_track(man, 0, source="auto", group=4)
    part = build.add_track(head, 0, parent=whole, source="file", group=4)
    build.add_shape("skeleton", 0, track=whole)
    build.add_shape("points", 0, points=(1, 2), track=part)
    after, losses = run(build.dataset(), ("uniform-skeletons",))
    assert [(track.source, track.group) for track in after.tracks] == [("auto", 4), ("auto", 0)]
    assert [(shape.source, shape.group) for shape in after.shapes] == [("auto", 4), ("auto", 0)]
    assert {(loss.table, loss.column) for loss in losses} == {
        (table, column) for table in ("tracks", "shapes") for column in ("source", "group")
    }


def test_texts_that_xml_cannot_carry_are_told_where_they_stand() -> None:
    build = DatasetBuilder(Task(name="a\0b"))
    build.add_label("c\x01r", attributes=[AttributeSpec(0, "make")])
    build.add_frame("f\x02.jpg", subset="s\x03")
    build.add_shape("rectangle", 0, 1, (1, 2, 3, 4), attributes={"make": "x\x04"})
    after, losses = run(build.dataset(), ("xml-characters",))
    assert (after.task.name, after.labels[0].name, after.frames.names[0]) == ("a\ufffdb", "c\ufffdr", "f\ufffd.jpg")
    assert after.attribute_values(Owner.SHAPE, 0) == [(1, "x\ufffd")]
    assert [(loss.table, loss.column) for loss in losses] == [
        ("task", "name"), ("frames", "name"), ("frames", "subsets"), ("labels", ""), ("attributes", ""),
    ]  # fmt: skip


def test_honeypots_are_hidden_only_as_the_server_hides_them() -> None:
    build = frames(0)
    for name in ("a.jpg", "b.jpg", "a.jpg"):
        build.add_frame(name)
    assert not run(build.dataset(), ("hide-honeypots",))[0].frames.deleted.any()
    after, losses = run(build.dataset(), ("hide-honeypots",), quirks.CVAT)
    assert after.frames.deleted.tolist() == [True, False, False]
    assert [(loss.column, loss.rows.tolist()) for loss in losses] == [("deleted", [0])]
