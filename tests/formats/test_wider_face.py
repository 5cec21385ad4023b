"""WIDER FACE as the benchmark has it and as CVAT writes it: events, levels, counts that do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from tests.formats.ways import in_folder

LIST = "wider_face_split/wider_face_train_bbx_gt.txt"
ORIGINAL = (
    "0--Parade/0_Parade_849.jpg\n1\n449 330 122 149 0 0 0 0 0 0\n"
    "0--Parade/0_Parade_904.jpg\n2\n361 98 263 339 2 1 0 0 2 1\n78 221 7.5 8 0 0 1 1 1 0\n"
    "1--Handshaking/1_Handshaking_801.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"
)


def dataset(tmp_path: Path, files: dict[str, str], **options: Any) -> at.Dataset:
    folder = in_folder(tmp_path / "in", {name: text.encode() for name, text in files.items()})
    return at.read(folder, "wider-face", **options).dataset


def attributes(result: at.Dataset) -> list[dict[str, str]]:
    return [dict(shape.attributes) for shape in result.shapes]


@pytest.mark.parametrize(
    ("files", "line"),
    [({}, "1 2 3 4 2 1 1 0 2 1"), ({"labels.txt": "face\n"}, "1 2 3 4 2 1 1 2 1 0"), ({}, "1 2 3 4 2 1 1 2 1 -")],
)
def test_a_list_of_labels_or_a_dash_says_that_the_server_put_the_columns(
    tmp_path: Path, files: dict[str, str], line: str
) -> None:
    text = f"a.jpg\n1\n{line}\n" if "-" not in line else f"a.jpg\n2\n{line}\n1 2 3 4 - - - 0 0 0\n"
    shapes = dataset(tmp_path, {LIST: text} | files).shapes
    assert dict(shapes[0].attributes) == {"blur": "2", "expression": "1", "illumination": "1", "pose": "1"}
    assert shapes[0].occluded
    assert shapes.extras["occlusion"].plain()[0] == 2


def test_the_original_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    result = dataset(tmp_path, {LIST: ORIGINAL, "WIDER_train/images/0--Parade/0_Parade_849.jpg": "picture"})
    assert [label.name for label in result.labels] == ["face", "Parade", "Handshaking"]
    assert result.frames.names[0] == "0--Parade/0_Parade_849.jpg"
    assert result.frames.subsets == ("train",) * 3
    assert result.shapes.boxes().tolist()[2] == [78, 221, 85.5, 229]
    assert result.shapes.occluded.tolist() == [False, True, True]
    assert result.extras["shapes"]["occlusion"].plain() == [None, 2, None]
    levels = [{}, {"blur": "2", "expression": "1", "pose": "1"}, {"illumination": "1", "invalid": "1"}]
    assert attributes(result) == levels
    assert len(result.tags) == 3
    media = at.read(tmp_path / "in").media
    assert media is not None
    assert [media[frame].read() for frame in media] == [b"picture"]
    at.write(result, tmp_path / "out", "wider-face")
    assert [path.name for path in (tmp_path / "out").rglob("*.txt")] == ["wider_face_train_bbx_gt.txt"]
    again = (tmp_path / "out" / LIST).read_text()
    assert [[*map(text_or_number, line.split())] for line in again.splitlines()] == [
        [*map(text_or_number, line.split())] for line in ORIGINAL.splitlines()
    ]


def text_or_number(text: str) -> str | float:
    return float(text) if text[0].isdigit() and "-" not in text else text


def test_a_list_of_files_is_pictures_without_faces(tmp_path: Path) -> None:
    result = dataset(tmp_path, {"wider_face_split/wider_face_test_filelist.txt": "0--Parade/a.jpg\n0--Parade/b.jpg\n"})
    assert (len(result.frames), len(result.shapes), len(result.tags)) == (2, 0, 2)


def test_what_the_server_writes_is_read_with_its_labels(tmp_path: Path) -> None:
    lines = "1--a b/x/1.jpg\n1\n1.5 2 3 4 - - - True - - a b\nno_label/2.jpg\n3.jpg\n1\n1 2 3 4 - - - False - - car\n"
    result = dataset(tmp_path, {"wider_face_split/wider_face_default_bbx_gt.txt": lines, "labels.txt": "car\na b"})
    assert result.frames.names == ("x/1.jpg", "2.jpg", "3.jpg")
    assert set(result.frames.subsets) == {""}
    assert [shape.label.name for shape in result.shapes] == ["a b", "car"]
    assert result.shapes.occluded.tolist() == [True, False]
    with pytest.raises(at.InputError, match=r"label 'a' is not defined"):
        dataset(tmp_path, {}, compat="cvat")


@pytest.mark.parametrize(
    ("lines", "text", "faces"),
    [
        ("a.jpg\n3\n1 2 3 4\nb.jpg\n1\n5 6 7 8\n", r"_gt.txt:2: counts 3 faces, and there are 1", 2),
        ("a.jpg\n1\n1 2 3 4\n9 9 9 9\nb.jpg\n1\n5 6 7 8\n", r"_gt.txt:4: a face that is not counted", 2),
        ("a.jpg\n2\n1 x 3 4\n5 6 7 8\n", r"_gt.txt:3: top is 'x', expected a number", 1),
        ("a.jpg\n2\n1 2 3 4 0 0 0 0 7 0\n5 6 7 8\n", r"_gt.txt:3: occlusion is '7', expected 0, 1 or 2", 1),
        ("a.jpg\n9\n", r"_gt.txt:2: counts 9 faces, and there are 0", 0),
    ],
)
def test_a_fault_is_one_problem_and_costs_nothing_else(tmp_path: Path, lines: str, text: str, faces: int) -> None:
    with pytest.raises(at.InputError, match=text) as caught:
        dataset(tmp_path, {LIST: lines})
    assert len(caught.value.problems) == 1
    assert len(dataset(tmp_path, {LIST: lines}, on_error="skip").shapes) == faces


def made(*names: str, tag: str = "") -> at.DatasetBuilder:
    blur = at.AttributeSpec(5, "blur", True, "number", "0", ("0", "9", "1"))
    invalid = at.AttributeSpec(6, "invalid", True, "checkbox", "false")
    build = at.DatasetBuilder(labels=[at.Label(1, "face", attributes=(blur, invalid, at.AttributeSpec(7, "hat")))])
    build.add_label("Parade")
    for name in names:
        build.add_frame(name, 100, 100)
        if tag:
            build.add_tag(len(build.dataset().frames) - 1, tag)
    return build


def test_attributes_of_faces_are_levels_and_others_are_told(tmp_path: Path) -> None:
    build = made("a.jpg")
    values = ({"blur": "2", "invalid": "true", "hat": "red"}, {"blur": "7"}, {"blur": "0", "invalid": "false"})
    for value in values:
        build.add_shape("rectangle", 0, "face", (1, 2, 3, 4), attributes=value)
    form = at.formats.get("wider-face")
    ready, losses = fit_to_format(build.dataset(), form, WriteOptions())
    assert attributes(ready) == [{"blur": "2", "invalid": "1"}, {}, {}]
    assert {loss.what: loss.count for loss in losses if loss.table == "attributes"} == {"attribute": 1}
    assert sum(loss.count for loss in losses if loss.table == "attributes" and loss.kind == "lost") == 4
    at.write(build.dataset(), tmp_path / "out", "wider-face")
    again = at.read(tmp_path / "out").dataset
    assert attributes(again) == attributes(ready)
    assert again.labels.by_id[1].attributes[0].values == ("0", "1", "2")


@pytest.mark.parametrize("name", ["a.jpg", "0--Parade/a.jpg", "no_label/a.jpg", "3--x/a.jpg"])
@pytest.mark.parametrize("tag", ["", "Parade"])
def test_folders_of_events_come_back_as_tags_and_names_as_names(tmp_path: Path, name: str, tag: str) -> None:
    dataset = made(name, "b.jpg", tag=tag).dataset()
    at.write(dataset, tmp_path / "out", "wider-face")
    again = at.read(tmp_path / "out", "wider-face").dataset
    assert again.frames.names == dataset.frames.names
    assert len(again.tags) == len(dataset.tags)


def test_a_second_tag_is_told() -> None:
    build = made("a.jpg", tag="Parade")
    build.add_tag(0, "face")
    ready, losses = fit_to_format(build.dataset(), at.formats.get("wider-face"), WriteOptions())
    assert len(ready.tags) == 1
    assert [(loss.table, loss.rows.tolist()) for loss in losses if loss.what == "tag"] == [("tags", [1])]


@pytest.mark.parametrize("line", ["1 2 3 4", "1 2 3 4 0", "1 2 3 4 0 0 0 0 0 0"])
def test_a_face_has_four_numbers_at_least(tmp_path: Path, line: str) -> None:
    """Of three the count of the picture is what is wrong: they may be the next picture's."""
    assert at.read(in_folder(tmp_path / "a", {LIST: f"a.jpg\n1\n{line}\n".encode()}), on_error="skip").dataset.shapes
    short = at.read(in_folder(tmp_path / "b", {LIST: b"b.jpg\n1\n1 2 3 4\na.jpg\n1\n1 2 3\n"}), on_error="skip")
    assert [problem.message for problem in short.problems] == ["counts 1 face, and there are 0"]
