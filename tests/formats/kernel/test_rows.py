"""The assembler: columns of any file become a dataset that fits together."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.model import (
    RECTANGLE,
    Dataset,
    DatasetBuilder,
    Frames,
    Job,
    Label,
    Owner,
)
from annotools.model.canonical import differing
from tests.formats.kernel.columns import CONTEXT, LABELS, boxes, rows_of

BOX = np.array([[1.0, 2, 3, 4]])


def problems_of(rows: Rows, **options: object) -> list[str]:
    return [str(problem) for problem in rows.read(**options).problems]  # type: ignore[arg-type]


def losses(rows: Rows, **options: object) -> list[tuple[str, str, int]]:
    return [(loss.kind, loss.what, loss.count) for loss in rows.read(**options).losses]  # type: ignore[arg-type]


def test_without_a_context_names_make_frames_and_labels() -> None:
    rows = rows_of()
    frame = rows.frames(["x.jpg", "d\\y.jpg", "x.jpg", "x.jpg"], [10, 20, 0, 30], [11, 21, 0, 31], ["", "", "", "val"])
    label = rows.labels(["b c", "ä", "b c", "ä"])
    rows.shapes(RECTANGLE, frame, label, boxes(4), occluded=[True, False, True, False])
    build = DatasetBuilder()
    build.add_frame("x.jpg", 10, 11)
    build.add_frame("d/y.jpg", 20, 21)
    build.add_frame("x.jpg", 30, 31, subset="val")
    first, second = build.add_label("b c"), build.add_label("ä")
    for n, (number, name) in enumerate([(0, first), (1, second), (0, first), (2, second)]):
        build.add_shape("rectangle", number, name, boxes(4)[n], occluded=n % 2 == 0)
    read = rows.read()
    assert differing(read.dataset, build.dataset()) == []
    assert (list(read.problems), len(read.losses)) == ([], 0)


def test_with_a_context_names_are_matched() -> None:
    rows = rows_of(CONTEXT)
    frame = rows.frames(["data/a/1.png", "2.jpg", "b/1.txt"])
    assert frame.tolist() == [0, 1, 2]
    assert rows.labels(["car", "head"], np.array([-1, 6])).tolist() == [5, 7]
    assert rows.frame("a/3.jpg") == 3
    assert rows.label("hand") == 8
    assert rows.read().dataset.frames is CONTEXT.frames


def test_what_is_not_of_the_context_is_a_problem_and_goes() -> None:
    rows = rows_of(CONTEXT)
    at = At(("x.txt", "y.txt"), np.array([3, 4, 5, 6]), which=np.array([0, 0, 1, 1]))
    frame = rows.frames(["a/1.jpg", "9.jpg", "1.jpg", "a/2.jpg"], at=at)
    label = rows.labels(["bus", "car", "car", "bus"], at=at)
    row = rows.shapes(RECTANGLE, frame, label, boxes(4), at=at)
    rows.attributes(Owner.SHAPE, row, "make", list("pqrs"))
    rows.tags(np.array([0, 1]), label[:2], at=at)
    read = rows.read()
    assert [str(problem) for problem in read.problems] == [
        "x.txt:4: '9.jpg' is not a picture of the task, expected the name of a frame",
        "y.txt:5: '1.jpg' fits frames 0, 2, expected one frame",
        "x.txt:3: label 'bus' is not defined, 2 times from here on, expected a label of the task (car, person)",
    ]
    assert len(read.dataset.shapes) == 0
    assert read.dataset.tags.frame.tolist() == [1]
    assert [(loss.what, loss.count, loss.frames.tolist()) for loss in read.losses] == [
        ("tag", 1, [0]), ("shape", 4, [0, 1]),
    ]  # fmt: skip


def test_a_name_that_fits_two_frames_is_that_of_its_subset() -> None:
    context = Dataset(frames=Frames.of(["train/1.jpg", "val/1.jpg"], subsets=["train", "val"]))
    assert rows_of(context).frames(["1.jpg", "1.jpg"], subsets=["val", "train"]).tolist() == [1, 0]


@pytest.mark.parametrize("subset", ["train", "val", ""])
def test_a_name_that_fits_several_frames_of_its_subset_or_none_is_a_problem(subset: str) -> None:
    context = Dataset(frames=Frames.of(["a/1.jpg", "b/1.jpg", "c/2.jpg"], subsets=["train", "train", "val"]))
    rows = rows_of(context)
    assert rows.frames(["1.jpg"], subsets=[subset]).tolist() == [-1]
    (problem,) = problems_of(rows)
    assert "'1.jpg' fits frames 0, 1" in problem


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", "", "a//b.jpg"])
def test_names_that_lead_outside_are_no_frames(name: str) -> None:
    rows = rows_of()
    assert rows.frames([name, "ok.jpg"]).tolist() == [-1, 0]
    assert len(rows.read().problems) == 1


def test_definitions_of_the_file() -> None:
    rows = rows_of()
    rows.label_defs(LABELS, closed=False)
    assert rows.labels(["car", "bus", "tail", "bus"], np.array([-1, -1, 6, -1])).tolist() == [5, 9, 10, 9]
    assert [(lb.name, lb.parent) for lb in rows.read().dataset.labels] == [
        ("car", None), ("person", None), ("head", 6), ("hand", 6), ("tail", 6), ("bus", None),
    ]  # fmt: skip
    rows = rows_of()
    rows.label_defs(LABELS)
    assert rows.labels(["bus"]).tolist() == [-1]
    assert len(rows.read().problems) == 1


def test_extras_follow_their_rows() -> None:
    rows = rows_of(CONTEXT)
    rows.shapes(RECTANGLE, np.array([0, -1]), 5, boxes(2), difficult=np.array([1, 2]))
    rows.shapes(RECTANGLE, np.array([1]), 5, boxes(1), pose="left", group=[4])
    shapes = rows.read().dataset.shapes
    assert shapes.extras["difficult"].plain() == [1, None]
    assert shapes.extras["pose"].plain() == [None, "left"]
    assert shapes.group.tolist() == [0, 4]


def test_extras_of_frames_are_those_of_the_first_that_is_said() -> None:
    rows = rows_of()
    rows.frames(["a.jpg", "b.jpg", "a.jpg"], depth=np.array([1, 3, 4]))
    rows.frames(["b.jpg", "c.jpg"], license=["x", "y"])
    frames = rows.read().dataset.frames
    assert frames.extras["depth"].plain() == [1, 3, None]
    assert frames.extras["license"].plain() == [None, None, "y"]


def test_without_a_context_labels_get_the_attributes_of_their_rows() -> None:
    rows = rows_of()
    frame, label = rows.frames(["a.jpg", "b.jpg"]), rows.labels(["car", "bus"])
    track = rows.tracks(np.array([1, -1]), label)
    row = rows.shapes(RECTANGLE, frame, label, boxes(2), track=track)
    rows.attributes(Owner.SHAPE, row, "speed", ["1", "2"])
    specs = [[(s.name, s.mutable) for s in lb.attributes] for lb in rows.read().dataset.labels]
    assert specs == [[("speed", True)], [("speed", False)]]


def test_origin_says_where_rows_stood() -> None:
    rows = rows_of(CONTEXT, origin=True)
    rows.shapes(RECTANGLE, np.array([-1, 0]), 5, boxes(2), at=At(("a", "b"), np.array([4, 9]), which=np.array([0, 1])))
    rows.shapes(RECTANGLE, np.array([1]), 5, boxes(1), at=At("c", np.array([7])))
    rows.tags(np.array([0, 1]), 5, at=At("d", np.array([5, 6]), "/tags/{}"))
    origin = rows.read().dataset.origin
    assert origin is not None
    assert [(origin.member(Owner.SHAPE, n), origin.line(Owner.SHAPE, n)) for n in (0, 1)] == [("b", 9), ("c", 7)]
    assert [(origin.member(Owner.TAG, n), origin.pointer(Owner.TAG, n)) for n in (0, 1)] == [
        ("d", "/tags/5"), ("d", "/tags/6"),
    ]  # fmt: skip


def test_rows_that_are_made_here_have_no_place() -> None:
    rows = rows_of(CONTEXT, origin=True)
    track = rows.tracks(np.array([1]), 5, at=At("a.json", np.array([3]), "/t/{}"))
    rows.shapes(RECTANGLE, np.array([0]), 5, boxes(1), track=track, at=At("a.json", np.array([8]), "/a/{}"))
    dataset = rows.read(gaps_are_outside=True).dataset
    assert dataset.origin is not None
    assert [dataset.origin.pointer(Owner.SHAPE, n) for n in range(len(dataset.shapes))] == ["/a/8", ""]
    assert dataset.origin.pointer(Owner.TRACK, 0) == "/t/3"


def test_no_rows_have_no_places() -> None:
    rows = rows_of(CONTEXT, origin=True)
    for start in (np.zeros(0, np.int64), np.zeros((0, 2), np.int64)):
        rows.shapes(RECTANGLE, np.zeros(0, np.int64), 5, np.zeros((0, 4)), at=At("a.json", start, "/a/{0}"))
    rows.shapes(RECTANGLE, np.array([1]), 5, boxes(1), at=At("a.json", np.array([[3, 4]]), "/b/{0}/{1}"))
    origin = rows.read().dataset.origin
    assert origin is not None
    assert origin.pointer(Owner.SHAPE, 0) == "/b/3/4"


def test_problems_have_pointers() -> None:
    rows = rows_of(CONTEXT)
    at = At("a.json", np.array([[0, 5], [3, 6]]), ("/x/{0}", "/x/{0}/y/{1}"), pattern=np.array([0, 1]))
    rows.labels(["no", "nein"], at=at)
    assert [problem.place for problem in rows.read().problems] == ["a.json:/x/0", "a.json:/x/3/y/6"]


def test_sizes_come_from_the_pictures_beside() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (31, 17)).save(stream, "PNG")
    rows = rows_of(None, {"images/a.png": stream.getvalue(), "images/b.png": b""})
    frame = rows.frames(["a.png", "b.png", "c.png", "d.png", "e.png"], [0, 0, 5, 0, 0], [0, 0, 6, 0, 0])
    rows.pictures(frame[:2], ["images/a.png", "images/b.png"])
    at = At("l.txt", np.array([1, 2, 3, 4]))
    assert rows.sizes(frame[[0, 1, 2, 1]], at).tolist() == [[31, 17], [0, 0], [5, 6], [0, 0]]
    assert rows.sizes(np.array([3, 3, 4, -1]), at).tolist() == [[0, 0]] * 4
    read = rows.read()
    assert read.dataset.frames.width.tolist() == [31, 0, 5, 0, 0]
    expected = "the pictures beside their annotations, or a task as context"
    assert [str(problem) for problem in read.problems] == [
        "images/b.png: is not a picture whose size can be read, expected a whole picture",
        f"l.txt:1: the sizes of 2 pictures are not known: 'd.png', 'e.png', expected {expected}",
    ]
    assert read.media is not None
    assert [read.media[n].name for n in read.media] == ["images/a.png", "images/b.png"]


def test_a_context_counts_for_more_than_the_file() -> None:
    context = CONTEXT.replace(jobs=(Job(id=4, stop_frame=1), Job(id=5, start_frame=2, stop_frame=4)))
    rows = rows_of(context, job=5)
    rows.task(name="file's")
    rows.jobs([Job(id=99)])
    rows.shapes(RECTANGLE, np.array([0, 3]), 5, boxes(2))
    dataset = rows.read().dataset
    assert (dataset.task.name, [job.id for job in dataset.jobs], dataset.shapes.frame.tolist()) == ("", [5], [3])
    alone = rows_of()
    alone.task(name="file's")
    alone.jobs([Job(id=99)])
    alone.extras(note="x")
    result = alone.read().dataset
    assert (result.task.name, result.jobs[0].id) == ("file's", 99)
    assert result.extras["dataset"]["note"].plain() == ["x"]


def test_rows_of_one_job() -> None:
    rows = rows_of(CONTEXT.replace(jobs=(Job(stop_frame=4),)))
    rows.shapes(RECTANGLE, np.array([0]), 5, boxes(1))
    assert rows.read(job=0).dataset.shapes.job.tolist() == [0]


def test_nothing_is_an_empty_dataset() -> None:
    read = rows_of().read(gaps_are_outside=True)
    assert (len(read.dataset.shapes), len(read.dataset.frames), read.problems) == (0, 0, ())


def test_points_that_nobody_defined_stand_behind_those_of_their_skeleton() -> None:
    rows = rows_of()
    rows.label_defs(
        [
            Label(1, "cat", None, "skeleton"),
            Label(2, "head", 1, "points"),
            Label(3, "car"),
            Label(4, "tail", 1, "points"),
        ],
        closed=False,
    )
    dog = rows.label("dog")
    labels = rows.labels(["paw", "wing", "nose"], np.array([1, 3, dog]))
    rows.shapes(RECTANGLE, rows.frames(["a.jpg"] * 3), labels, boxes(3))
    defined = [(label.name, label.parent) for label in rows.read().dataset.labels]
    assert defined == [
        ("cat", None), ("head", 1), ("car", None), ("wing", 3), ("tail", 1), ("paw", 1), ("dog", None), ("nose", dog),
    ]  # fmt: skip
