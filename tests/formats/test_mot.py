"""MOT as people have it: columns, numbers that count from elsewhere, lists of classes, several sequences."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annotools as at
from tests.formats.ways import in_folder

LINE = "1,1,10.5,20,30,40,1,2,1\n"
INI = "[Sequence]\nname=MOT17-02\nimDir=img1\nframeRate=30\nseqLength=4\nimWidth=1920\nimHeight=1080\nimExt=.jpg\n"


def dataset(tmp_path: Path, files: dict[str, str], **options: Any) -> at.Dataset:
    folder = in_folder(tmp_path / "in", {name: text.encode() for name, text in files.items()})
    return at.read(folder, "mot", **options).dataset


def boxes(result: at.Dataset) -> list[tuple[Any, ...]]:
    """Frame, label, track, outside and the box of each row."""
    names = {label.id: label.name for label in result.labels}
    shapes = result.shapes
    return [
        (shapes.frame[row], names[shapes.label[row]], shapes.track[row], bool(shapes.outside[row]), *shapes.points(row))
        for row in range(len(shapes))
    ]


def task(names: list[str], *labels: str) -> at.Dataset:
    build = at.DatasetBuilder(labels=[at.Label(n, name) for n, name in enumerate(labels, 1)])
    for name in names:
        build.add_frame(name, 100, 100)
    return build.dataset()


def test_a_sequence_is_told_from_its_content(tmp_path: Path) -> None:
    where = in_folder(tmp_path / "a", {"gt/gt.txt": LINE.encode()})
    assert at.formats.sniff(at.storage.open_source(where)) == "mot"
    for text in ("a.jpg, word\n", "1 2001 car 3 4 5 6\n"):  # lists of other formats by that name
        where = in_folder(tmp_path / text[:1], {"gt/gt.txt": text.encode()})
        with pytest.raises(at.InputError):
            at.formats.sniff(at.storage.open_source(where))


def test_a_first_line_that_is_none_does_not_hide_the_sequence(tmp_path: Path) -> None:
    for index, first in enumerate(("frame,id,left,top,width,height\n", "1,1,nan,20,30,40,1,1,1\n", "\n")):
        where = in_folder(tmp_path / str(index), {"gt/gt.txt": first.encode() + LINE.encode()})
        assert at.formats.sniff(at.storage.open_source(where)) == "mot"
    where = in_folder(tmp_path / "x", {"gt/gt.txt": LINE.replace(",", ";").encode()})
    with pytest.raises(at.InputError, match=r"gt/gt.txt: begins with '1;.*, which is no line of MOT, expected six"):
        at.formats.sniff(at.storage.open_source(where))


def test_tracks_leave_where_they_have_no_line(tmp_path: Path) -> None:
    lines = "1,7,10,20,30,40,1,1,1\n3,7,11,20,30,40,1,1,0\n2,-1,1,2,3,4,0.5,1,0.25\n"
    result = dataset(tmp_path, {"gt/gt.txt": lines, "gt/labels.txt": "car\n", "seqinfo.ini": INI})
    assert boxes(result) == [
        (1, "car", -1, False, 1, 2, 4, 6),
        (0, "car", 0, False, 10, 20, 40, 60),
        (1, "car", 0, True, 10, 20, 40, 60),
        (2, "car", 0, False, 11, 20, 41, 60),
        (3, "car", 0, True, 11, 20, 41, 60),
    ]
    assert result.shapes.occluded.tolist() == [False, False, False, True, True]
    assert result.shapes.score.tolist() == [0.5, 1, 1, 1, 1]
    assert result.extras["shapes"]["visibility"].plain() == [0.25, None, None, None, None]
    assert result.extras["tracks"]["track_id"].plain() == [7]
    assert result.frames.names == tuple(f"{n:06d}.jpg" for n in range(1, 5))
    assert set(result.frames.width.tolist()) == {1920}


def test_what_was_read_is_written_again(tmp_path: Path) -> None:
    lines = "1,7,10,20,30,40,0,1,1\n2,7,11,20.5,30,40,1,1,0.25\n3,-1,1.1,2.2,3.3,4.4,0.5,1,0\n"
    result = dataset(tmp_path, {"gt/gt.txt": lines, "gt/labels.txt": "car\nbus\n", "seqinfo.ini": INI})
    at.write(result, tmp_path / "out", "mot")
    plain = [[float(text) for text in line.split(",")] for line in lines.splitlines()]
    again = [
        [float(text) for text in line.split(",")] for line in (tmp_path / "out/gt/gt.txt").read_text().splitlines()
    ]
    assert again == plain
    assert (tmp_path / "out/gt/labels.txt").read_text() == "car\nbus\n"
    ini = (tmp_path / "out/seqinfo.ini").read_text()
    assert ini == "[Sequence]\nname=MOT17-02\nframeRate=30\nseqLength=4\nimWidth=1920\nimHeight=1080\n"


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("1,-1,10,20,30,40,0.5", "pedestrian"),
        ("1,-1,10,20,30,40", "pedestrian"),
        ("1,-1,10,20,30,40,0.5,-1,-1,-1", "pedestrian"),
        ("1,-1,10,20,30,40,0.5,-3.1,4.2,0.7", "pedestrian"),
        ("1,-1,10,20,30,40,1,3,-1,-1", "car"),
        ("1,-1,10,20,30,40,1,13,1", "crowd"),
        ("1.0,-1.0,1e1,20.,30,40,1,3,1", "car"),
        (" 1, -1, 10, 20, 30, 40, 1, 3, -1\r", "car"),
    ],
)
def test_lines_of_six_to_ten_columns(tmp_path: Path, line: str, label: str) -> None:
    result = dataset(tmp_path, {"det/det.txt": f"{line}\n"})
    assert boxes(result) == [(0, label, -1, False, 10, 20, 40, 60)]
    assert result.shapes.occluded.tolist() == [False]


def test_classes_without_a_list_are_those_of_mot(tmp_path: Path) -> None:
    names = [label.name for label in dataset(tmp_path, {"gt/gt.txt": LINE}).labels]
    assert names[:3] == ["pedestrian", "person_on_vehicle", "car"]
    assert len(names) == 12


def test_what_has_no_class_is_the_only_label_there_is(tmp_path: Path) -> None:
    line = "1,-1,10,20,30,40,0.5,-1,-1,-1\n"
    assert boxes(dataset(tmp_path, {"det/det.txt": line}, context=task(["a.jpg"], "head")))[0][1] == "head"
    with pytest.raises(at.InputError, match=r"det/det.txt:1: label 'pedestrian' is not defined"):
        dataset(tmp_path, {"det/det.txt": line}, context=task(["a.jpg"], "head", "foot"))


@pytest.mark.parametrize(
    ("numbers", "names", "frames"),
    [
        ((1, 3), ["a.jpg", "b.jpg", "c.jpg"], [0, 2]),
        ((0, 2), ["a.jpg", "b.jpg", "c.jpg"], [0, 2]),
        ((11, 13), ["x/11.jpg", "x/12.jpg", "x/13.jpg"], [0, 2]),
        ((1, 3), ["x/3.jpg", "x/2.jpg", "x/1.jpg"], [0, 2]),
        ((1, 9), ["a.jpg", "b.jpg", "c.jpg"], [0, 8]),  # behind the end: for validators
    ],
)
def test_numbers_are_places_in_the_task(
    tmp_path: Path, numbers: tuple[int, int], names: list[str], frames: list[int]
) -> None:
    lines = "".join(f"{number},-1,10,20,30,40,1,1,1\n" for number in numbers)
    result = dataset(tmp_path, {"gt/gt.txt": lines, "gt/labels.txt": "car\n"}, context=task(names, "car"))
    assert result.shapes.frame.tolist() == frames


def test_object_zero_is_a_track_unless_it_stands_twice_on_a_frame(tmp_path: Path) -> None:
    lines = "1,0,10,20,30,40,1,1,1\n2,0,10,20,30,40,1,1,1\n"
    assert len(dataset(tmp_path, {"gt/gt.txt": lines}).tracks) == 1
    assert len(dataset(tmp_path, {"gt/gt.txt": f"{lines}2,0,50,60,30,40,1,1,1\n"}).tracks) == 0


@pytest.mark.parametrize("order", sorted(set(permutations((1, 2, 2, 3)))))
def test_object_zero_stands_twice_on_a_frame_wherever_its_lines_are(tmp_path: Path, order: tuple[int, ...]) -> None:
    lines = [f"{frame},0,{10 + number},20,30,40,1,1,1\n" for number, frame in enumerate(order)]
    twice = dataset(tmp_path / "twice", {"gt/gt.txt": "".join(lines)})
    assert (len(twice.tracks), len(twice.shapes)) == (0, 4)
    second = order.index(2)
    once = dataset(tmp_path / "once", {"gt/gt.txt": "".join(lines[:second] + lines[second + 1 :])})
    assert len(once.tracks) == 1


def test_ground_truth_counts_and_detections_are_told(tmp_path: Path) -> None:
    folder = in_folder(tmp_path, {"gt/gt.txt": LINE.encode(), "det/det.txt": b"1,-1,1,2,3,4,0.5,-1,-1,-1\n" * 3})
    result = at.read(folder)
    assert len(result.dataset.shapes) == 1
    assert [(loss.what, loss.table) for loss in result.losses] == [("file of detections", "members")]


def test_pictures_that_are_not_called_by_numbers_are_counted_from_one(tmp_path: Path) -> None:
    lines = "".join(f"{n},1,{n},10,20,20,1,1,1\n" for n in (1, 2, 3))
    pictures = {f"img1/cam_{letter}.png": "picture" for letter in "bac"}
    result = dataset(tmp_path, {"gt/gt.txt": lines, "gt/labels.txt": "pedestrian\n", **pictures})
    assert result.frames.names == ("cam_a.png", "cam_b.png", "cam_c.png")
    assert [(frame, x) for frame, (x, *_) in zip(result.shapes.frame.tolist(), result.shapes.boxes(), strict=True)] == [
        (0, 1), (1, 2), (2, 3),
    ]  # fmt: skip


def test_sequences_follow_each_other(tmp_path: Path) -> None:
    files = {
        "MOT17/train/MOT17-02/gt/gt.txt": LINE + "2,1,10,20,30,40,1,2,1\n",
        "MOT17/train/MOT17-02/seqinfo.ini": INI,
        "MOT17/test/MOT17-01/det/det.txt": "2,-1,1,2,3,4,0.5,-1,-1,-1\n",
        "MOT17/train/MOT17-04/gt/gt.txt": LINE,
        "MOT17/train/MOT17-04/img1/000001.jpg": "picture",
    }
    result = dataset(tmp_path, files)
    assert result.frames.names == (
        "MOT17-01/frame_000000", "MOT17-01/frame_000001", *(f"MOT17-02/{n:06d}.jpg" for n in range(1, 5)),
        "MOT17-04/000001.jpg",
    )  # fmt: skip
    assert result.frames.subsets == ("test", "test", "train", "train", "train", "train", "train")
    assert result.shapes.frame.tolist() == [1, 2, 3, 4, 6]
    assert len(result.tracks) == 2


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("1,1,10,20,30", r"gt/gt.txt:2: 5 columns, expected 6 columns"),
        ("1,1,10,x,30,40", r"gt/gt.txt:2: top is 'x', expected a number"),
        ("1.5,1,10,20,30,40", r"gt/gt.txt:2: frame is '1.5', expected a whole number"),
        ("-3,1,10,20,30,40,1,1", r"gt/gt.txt:2: frame is -3, expected 1 to 2,000,000"),
        ("999999999,1,10,20,30,40,1,1", r"gt/gt.txt:2: frame is 999999999, expected 1 to 2,000,000"),
        ("1,1,10,20,30,40,1,5,1", r"gt/gt.txt:2: class 5 has no name, expected 1 to 2"),
        ("1,1,nan,20,30,40,1,1,1", r"gt/gt.txt:2: left is 'nan', expected a number"),
    ],
)
def test_a_bad_line_is_one_problem_and_costs_no_other(tmp_path: Path, line: str, text: str) -> None:
    files = {"gt/gt.txt": f"{LINE}{line}\n{LINE.replace('1,1', '2,1', 1)}", "gt/labels.txt": "car\nbus\n"}
    with pytest.raises(at.InputError, match=text) as caught:
        dataset(tmp_path, files)
    assert len(caught.value.problems) == 1
    assert len(dataset(tmp_path, files, on_error="skip").shapes) == 2


def test_a_deleted_frame_keeps_its_number_and_the_server_counts_anew(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for n in range(3):
        build.add_frame(f"a{n}.jpg", 100, 100, deleted=n == 1)
    build.add_shape("rectangle", 2, "car", (1, 2, 3, 4))
    for compat, number in ((False, "3"), ("cvat", "2")):
        out = tmp_path / str(compat)
        at.write(build.dataset(), out, "mot", compat=compat)
        assert (out / "gt/gt.txt").read_text().split(",")[0] == number


def test_a_turned_box_becomes_the_one_round_it(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    build.add_frame("a.jpg", 100, 100)
    build.add_shape("rectangle", 0, "car", (10, 20, 50, 40), rotation=90)
    losses = at.write(build.dataset(), tmp_path / "out", "mot")
    assert (tmp_path / "out/gt/gt.txt").read_text() == "1,-1,20,10,20,40,1,1,1\n"
    assert "became the box round it" in " ".join(str(loss) for loss in losses)


def test_pictures_of_a_job_are_called_by_its_numbers(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    pictures = tmp_path / "pictures"
    for n in range(4):
        build.add_frame(f"a{n}.png", 9, 9)
        in_folder(pictures, {f"a{n}.png": b"picture %d" % n})
    build.add_job(at.Job(5, start_frame=2, stop_frame=3))
    at.write(build.dataset(), tmp_path / "in", "cvat-api")
    done = at.convert(tmp_path / "in", tmp_path / "out", "mot", images=pictures)
    assert done.pictures == 2
    written = {path.name: path.read_bytes() for path in (tmp_path / "out/img1").iterdir()}
    assert written == {"000001.png": b"picture 2", "000002.png": b"picture 3"}


def test_numbers_of_lines_are_those_of_the_table(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    build.add_frame("a.jpg", 100, 100)
    rng = np.random.default_rng(3)
    for box in np.around(rng.random((50, 4)) * 50, 3):
        build.add_shape("rectangle", 0, "car", (*box[:2], *np.around(50 + box[2:], 3)))
    at.write(build.dataset(), tmp_path / "out", "mot")
    again = at.read(tmp_path / "out", "mot").dataset
    assert again.shapes.values.tobytes() == build.dataset().shapes.values.tobytes()


@pytest.mark.parametrize("blank", [" ", "\t", "  "])
def test_blanks_for_commas_as_numpy_saves_a_table(tmp_path: Path, blank: str) -> None:
    lines = "1,4,10.5,20,30,40,1,1,1\n2,4,11,20,30,40,1,1,1\n2,x,11,20,30,40,1,1,1\n".replace(",", blank)
    where = in_folder(tmp_path, {"gt/gt.txt": lines.encode()})
    with pytest.raises(at.InputError, match=r"gt\.txt:3: object is 'x', expected a whole number"):
        at.read(where)
    dataset = at.read(where, on_error="skip").dataset
    assert [shape.points.tolist() for shape in dataset.shapes] == [[10.5, 20, 40.5, 60], [11, 20, 41, 60]]
    assert len(dataset.tracks) == 1
