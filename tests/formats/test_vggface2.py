"""VGGFace2: tables as they are given out, as CVAT writes them, and what one row a picture cannot say."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest

import annotools as at
from annotools.model import Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile
from tests.formats.files import folder

SLUG = "vggface2"
HEAD = "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y"
FIVE = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.25)


def said(dataset: Dataset) -> list[tuple[str, str, str, list[float]]]:
    """Picture, kind, label and points of everything."""
    names = dataset.frames.names
    rows = [(names[s.frame.number], s.type, s.label.name, list(s.points)) for s in dataset.shapes]
    return sorted([*rows, *((names[t.frame.number], "tag", t.label.name, []) for t in dataset.tags)])


def test_tables_as_they_are_given_out(tmp_path: Path) -> None:
    """Quotes, a BOM, lines of Windows; two persons with pictures of one name; pictures beside."""
    where = folder(
        tmp_path,
        {
            "bb_landmark/loose_bb_train.csv": '\ufeffNAME_ID,X,Y,W,H\r\n"n000001/0001_01",161,140,224,324\r\n'
            '"n000002/0001_01",74.5,38,147,213\r\n',
            "bb_landmark/loose_landmark_train.csv": f'{HEAD}\n"n000001/0001_01",{",".join(map(str, FIVE))}\n',
            "train/n000001/0001_01.jpg": "one", "train/n000002/0001_01.jpg": "two",
        },
    )  # fmt: skip
    result = at.read(where)
    one, two = "n000001/0001_01.jpg", "n000002/0001_01.jpg"
    assert result.dataset.frames.subsets == ("train", "train")
    assert said(result.dataset) == [
        (one, "points", "n000001", list(FIVE)), (one, "rectangle", "n000001", [161, 140, 385, 464]),
        (two, "rectangle", "n000002", [74.5, 38, 221.5, 251]),
    ]  # fmt: skip
    assert [file.read() for file in (result.media or {}).values()] == [b"one", b"two"]


def test_tables_of_cvat(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        {
            "labels.txt": "cat\ngreat dane\n",
            "bb_landmark/loose_bb_default.csv": "NAME_ID,X,Y,W,H\r\ncat/a/pic,0.1,0.2,0.2,9.8\r\n",
            "bb_landmark/loose_landmark_default.csv": f"{HEAD}\r\n"
            "great dane/a/pic,,,,,,,,,,\r\nno_label/b.c,,,,,,,,,,\r\n",
        },
    )
    dataset = at.read(where).dataset
    assert (dataset.frames.names, dataset.frames.subsets) == (("a/pic", "b.c"), ("", ""))
    assert said(dataset) == [
        ("a/pic", "rectangle", "cat", [0.1, 0.2, 0.3, 10.0]), ("a/pic", "tag", "great dane", []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said_of_it"),
    [
        ("cat/a,1,2,x,4", "W is 'x', expected a number"), ("cat/a,1,2,3", "H is '', expected a number"),
        (",1,2,3,4", "has no NAME_ID, expected a picture such as n000001/0001_01"),
        ("cat/a,nan,2,3,4", "X is 'nan', expected a number"), ("a,1,2,3,4", "'a' has no label, expected label/picture"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_is_told_and_costs_no_other(tmp_path: Path, row: str, said_of_it: str) -> None:
    name = "bb_landmark/loose_bb_val.csv"
    where = folder(tmp_path, {name: f"NAME_ID,X,Y,W,H\n{row}\ncat/b,1,2,3,4\n"})
    with pytest.raises(at.InputError) as caught:
        at.read(where)
    assert str(caught.value) == f"{where}/{name}:2: {said_of_it}"
    assert [name for name, *_ in said(at.read(where, on_error="skip").dataset)] == ["cat/b"]


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    where = folder(tmp_path, {"loose_bb_x.csv": "name_id,H,W,Y,X,score\ncat/b,4,3,2,1,0.5\n"})
    assert said(at.read(where).dataset) == [("cat/b", "rectangle", "cat", [1, 2, 4, 6])]


def built(*boxes: int) -> tuple[Dataset, Media]:
    """boxes: how many are on each frame."""
    build = DatasetBuilder()
    for name in ("cat", "a/b", "no_label", "person"):
        build.add_label(name)
    names = ("cat/a.jpg", "a.jpg", "b,c.png", "d.jpg")
    for name in names:
        build.add_frame(name, 90, 90)
    for frame, count in enumerate(boxes):
        for index in range(count):
            build.add_shape("rectangle", frame, "cat", (1.1, 2.2, 3.3 + index, 4.4))
    build.add_shape("points", 1, "a/b", FIVE)
    build.add_shape("points", 2, "a/b", FIVE[:6])
    build.add_tag(2, "no_label")
    media = Media((n, MediaFile(name, partial(io.BytesIO, name.encode()))) for n, name in enumerate(names))
    return build.dataset(), media


def test_every_face_comes_back(tmp_path: Path) -> None:
    dataset, media = built(1, 2, 0, 0)
    losses = at.write(dataset, tmp_path / "out", SLUG, media)
    result = at.read(tmp_path / "out")
    assert said(result.dataset) == [
        ("a.jpg", "points", "a_b", list(FIVE)), ("a.jpg", "rectangle", "cat", [1.1, 2.2, 3.3, 4.4]),
        ("a.jpg", "rectangle", "cat", [1.1, 2.2, 4.3, 4.4]), ("b,c.png", "tag", "no_label 2", []),
        ("cat/a.jpg", "rectangle", "cat", [1.1, 2.2, 3.3, 4.4]),
    ]  # fmt: skip
    assert result.dataset.frames.names == ("a.jpg", "b,c.png", "cat/a.jpg", "d.jpg")
    assert [file.read() for file in (result.media or {}).values()] == [b"a.jpg", b"b,c.png", b"cat/a.jpg", b"d.jpg"]
    counted = {loss.what: loss.count for loss in losses if loss.cls == "annotations" and loss.column == ""}
    assert counted == {"box without 4 finite numbers, or landmarks that are not five": 1}
    assert (tmp_path / "out/default/a_b/a.jpg").is_file()


def test_the_server_refuses_two_boxes_and_writes_one(tmp_path: Path) -> None:
    with pytest.raises(at.UsageError, match=r"a\.jpg: an image can have only one bbox in the CVAT server's VGGFace2"):
        at.write(built(0, 2, 0, 0)[0], tmp_path / "out", SLUG, compat="cvat")
    assert not (tmp_path / "out").exists()
    at.write(built(1, 1, 0, 0)[0], tmp_path / "out", SLUG, compat="cvat")
    table = (tmp_path / "out/bb_landmark/loose_bb_default.csv").read_bytes()
    assert table == b"NAME_ID,X,Y,W,H\r\ncat/a,1.1,2.2,2.2,2.2\r\ncat/a,1.1,2.2,2.2,2.2\r\n"
    marks = (tmp_path / "out/bb_landmark/loose_landmark_default.csv").read_text().splitlines()[1:]
    assert marks == [
        "a/b/a,1.5,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.25", '"a/b/b,c",,,,,,,,,,', '"no_label/b,c",,,,,,,,,,',
        "no_label/d,,,,,,,,,,",
    ]  # fmt: skip


def test_the_server_drops_the_first_folder_of_a_name(tmp_path: Path) -> None:
    table = "NAME_ID,X,Y,W,H\nn1/a,1,2,3,4\nn2/a,5,6,7,8\n"
    where = folder(tmp_path, {"bb_landmark/loose_bb_train.csv": table})
    assert at.read(where, SLUG, compat="cvat").dataset.frames.names == ("a",)


def test_each_fault_is_told_with_its_own_line(tmp_path: Path) -> None:
    name = "bb_landmark/loose_bb_train.csv"
    where = folder(tmp_path, {name: "NAME_ID,X,Y,W,H\na/b,x,2,3,4\na/c,1,2,3,4\n0001,1,2,3,4\n"})
    with pytest.raises(at.InputError) as caught:
        at.read(where, SLUG)
    assert str(caught.value).splitlines() == [
        f"{where}/{name}:2: X is 'x', expected a number",
        f"{where}/{name}:4: '0001' has no label, expected label/picture",
    ]


def test_a_table_of_semicolons_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    where = folder(tmp_path, {"loose_bb_train.csv": '\ufeffNAME_ID;X;Y;W;H\r\n"n1/a";1;2;3;4\r\n'})
    assert said(at.read(where).dataset) == [("n1/a", "rectangle", "n1", [1, 2, 4, 6])]
    refusal = r"loose_bb_train\.csv:1: has semicolons between its cells, expected commas"
    with pytest.raises(at.InputError, match=refusal):  # as the server's importer knows none
        at.read(where, compat="cvat")
