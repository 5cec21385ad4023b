"""The assembler: columns of any file become a dataset that fits together."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from annotools.errors import Problems
from annotools.formats.base import Options
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.model import (
    POINTS,
    POLYGON,
    RECTANGLE,
    SKELETON,
    AttributeSpec,
    Dataset,
    DatasetBuilder,
    Frames,
    Job,
    Label,
    Owner,
)
from annotools.model.canonical import differing
from tests.formats.kernel.sources import zipped

BOX = np.array([[1.0, 2, 3, 4]])
LABELS = (
    Label(5, "car", attributes=(AttributeSpec(1, "make"), AttributeSpec(2, "speed", mutable=True))),
    Label(6, "person", type="skeleton"), Label(7, "head", parent=6, type="points"),
    Label(8, "hand", parent=6, type="points"),
)  # fmt: skip
CONTEXT = Dataset(labels=LABELS, frames=Frames.of(["a/1.jpg", "a/2.jpg", "b/1.jpg", "a/3.jpg", "a/4.jpg"], 640, 480))


def rows_of(context: Dataset | None = None, members: dict[str, bytes] | None = None, **options: object) -> Rows:
    return Rows(zipped(members or {}), context, Problems(), Options(**options))  # type: ignore[arg-type]


def said(rows: Rows, **options: object) -> list[str]:
    return [str(problem) for problem in rows.read(**options).problems]  # type: ignore[arg-type]


def losses(rows: Rows, **options: object) -> list[tuple[str, str, int]]:
    return [(loss.kind, loss.what, loss.count) for loss in rows.read(**options).losses]  # type: ignore[arg-type]


def boxes(count: int) -> np.ndarray:
    return np.arange(4.0 * count).reshape(count, 4)


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


def test_points_that_are_made_make_a_skeleton() -> None:
    rows = rows_of()
    top = rows.label("dog")
    rows.labels(["tail", "nose"], np.array([top, top]))
    assert [(lb.name, lb.type) for lb in rows.read().dataset.labels] == [
        ("dog", "skeleton"), ("tail", "points"), ("nose", "points"),
    ]  # fmt: skip


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


def test_ragged_points_and_elements() -> None:
    rows = rows_of(CONTEXT)
    rows.shapes(POLYGON, np.array([0, 1]), 5, np.arange(14.0), np.array([0, 6, 14]))
    whole = rows.shapes(SKELETON, np.array([-1, 2]), 6, np.zeros((2, 0)))
    rows.shapes(POINTS, np.array([1, 2]), np.array([7, 8]), np.array([[1.0, 2], [3, 4]]), parent=whole)
    shapes = rows.read().dataset.shapes
    assert shapes.type.tolist() == [POLYGON, POLYGON, SKELETON, POINTS]
    assert shapes.parent.tolist() == [-1, -1, -1, 2]
    assert shapes.points(3).tolist() == [3, 4]


def test_tracks_by_their_keys() -> None:
    rows = rows_of(CONTEXT)
    keys = np.array([7, -1, 3, 7])
    track = rows.tracks(keys, 5, source=np.array([1, 0, 2, 3]))
    assert track.tolist() == [0, -1, 1, 0]
    assert rows.tracks(np.array([3, 9]), 5).tolist() == [1, 2]
    rows.shapes(RECTANGLE, np.array([4, 0, 0, 2]), -1, boxes(4), track=track)
    dataset = rows.read().dataset
    assert dataset.tracks.frame.tolist() == [2, 0]  # the third has no rows
    assert dataset.shapes.track.tolist() == [0, 1, 0]
    assert dataset.shapes.label.tolist() == [5, 5, 5]
    assert dataset.shapes.source.tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "keys", [np.array([[4, 1], [4, 2], [-1, 0], [4, 1]]), [("a", 1), ("a", 2), None, ("a", 1)], ["x", "y", None, "x"]]
)
def test_keys_of_any_kind(keys: object) -> None:
    assert rows_of().tracks(keys, 5).tolist() == [0, 1, -1, 0]


def test_a_row_of_a_track_of_an_unknown_label_goes() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 2]), rows.labels(["bus", "car"]))
    rows.shapes(RECTANGLE, np.array([0, 1]), 5, boxes(2), track=track)
    dataset = rows.read().dataset
    assert (dataset.shapes.frame.tolist(), dataset.shapes.track.tolist(), len(dataset.tracks)) == ([1], [0], 1)


def test_points_of_skeletons_in_tracks_are_tracks() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 1]), 6, group=np.array([3, 3]), source=np.array([2, 2]))
    whole = rows.shapes(SKELETON, np.array([0, 1]), 6, np.zeros((2, 0)), track=track)
    rows.shapes(POINTS, np.array([0, 1, 0]), np.array([7, 7, 8]), boxes(3)[:, :2], parent=whole[[0, 1, 0]])
    dataset = rows.read().dataset
    assert dataset.tracks.parent.tolist() == [-1, 0, 0]
    assert dataset.tracks.label.tolist() == [6, 7, 8]
    assert dataset.tracks.source.tolist() == [2, 2, 2]
    assert dataset.shapes.track.tolist() == [0, 0, 1, 1, 2]
    assert dataset.shapes.parent.tolist() == [-1] * 5


def test_tracks_that_are_only_listed_where_they_are_seen_are_closed() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1] * 4), 5)
    row = rows.shapes(RECTANGLE, np.array([0, 1, 3, 3]), 5, boxes(4), track=track)
    rows.attributes(Owner.SHAPE, row, "speed", list("pqrs"))
    read = rows.read(gaps_are_outside=True)
    shapes = read.dataset.shapes
    order = np.lexsort((shapes.frame, shapes.track))
    assert shapes.track[order].tolist() == [-1, 0, 0, 0, 0, 0]
    assert shapes.frame[order].tolist() == [3, 0, 1, 2, 3, 4]
    assert shapes.outside[order].tolist() == [False, False, False, True, False, True]
    assert len(read.dataset.attributes) == 6
    assert [(loss.what, loss.count) for loss in read.losses] == [("second shape of a track on a frame", 1)]


def test_attributes_stand_where_cvat_keeps_them() -> None:
    rows = rows_of(CONTEXT)
    track = rows.tracks(np.array([1, 1]), 5)
    row = rows.shapes(RECTANGLE, np.array([1, 0]), 5, boxes(2), track=track)
    plain = rows.shapes(RECTANGLE, np.array([2]), 5, boxes(1))
    rows.attributes(Owner.SHAPE, np.repeat(row, 2), ["make", "speed"] * 2, ["new", "2", "old", "1"])
    rows.attributes(Owner.SHAPE, plain, ["make"], ["x"])
    rows.attributes(Owner.SHAPE, plain, "wheels", ["4"])
    rows.attributes(Owner.TRACK, track[:1], "unknown", ["4"])
    read = rows.read()
    table = read.dataset.attributes
    found = sorted(zip(table.kind.tolist(), table.owner.tolist(), table.spec.tolist(), table.texts(), strict=True))
    shape, of_track = int(Owner.SHAPE), int(Owner.TRACK)
    assert found == [(shape, 0, 2, "2"), (shape, 1, 2, "1"), (shape, 2, 1, "x"), (of_track, 0, 1, "new")]
    assert [(loss.kind, loss.what, loss.count) for loss in read.losses] == [
        ("lost", "attribute", 2), ("changed", "immutable attribute of track", 1),
    ]  # fmt: skip


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
    found = alone.read().dataset
    assert (found.task.name, found.jobs[0].id) == ("file's", 99)
    assert found.extras["dataset"]["note"].plain() == ["x"]


def test_rows_of_one_job() -> None:
    rows = rows_of(CONTEXT.replace(jobs=(Job(stop_frame=4),)))
    rows.shapes(RECTANGLE, np.array([0]), 5, boxes(1))
    assert rows.read(job=0).dataset.shapes.job.tolist() == [0]


def test_nothing_is_an_empty_dataset() -> None:
    read = rows_of().read(gaps_are_outside=True)
    assert (len(read.dataset.shapes), len(read.dataset.frames), read.problems) == (0, 0, ())
