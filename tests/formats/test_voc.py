"""Pascal VOC: the layouts that people have, and annotation files of every kind."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools import formats
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped
from tests.formats.voc_files import BOX, CAR, annotation, read, written


def picture(width: int = 50) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, 60)).save(stream, "PNG")
    return stream.getvalue()


LAYOUTS: dict[str, dict[str, bytes | str]] = {
    "devkit": {
        "VOCdevkit/VOC2012/Annotations/a.xml": annotation(CAR),
        "VOCdevkit/VOC2012/Annotations/b.xml": annotation(name="b.jpg"),
        "VOCdevkit/VOC2012/ImageSets/Main/train.txt": "a\n", "VOCdevkit/VOC2012/ImageSets/Main/val.txt": "b\n",
        "VOCdevkit/VOC2012/ImageSets/Main/trainval.txt": "a\nb\n",
        "VOCdevkit/VOC2012/ImageSets/Main/car_train.txt": "a  1\n",
        "VOCdevkit/VOC2012/ImageSets/Main/car_val.txt": "b -1\n", "VOCdevkit/VOC2012/JPEGImages/a.jpg": picture(),
    },
    "folders of subsets": {
        "train/a.xml": annotation(CAR), "train/a.jpg": picture(), "valid/b.xml": annotation(name="b.jpg"),
        "README.roboflow.txt": "x",
    },
    "lists of segmentation alone": {
        "Annotations/a.xml": annotation(CAR), "Annotations/b.xml": annotation(name="b.jpg"),
        "ImageSets/Segmentation/train.txt": "a\n", "ImageSets/Segmentation/val.txt": "b\n",
    },
    "folders in small letters, lists in capitals": {
        "annotations/a.xml": annotation(CAR), "annotations/b.XML": annotation(name="b.jpg"),
        "imagesets/main/train.TXT": "a\n", "imagesets/main/val.TXT": "b\n", "jpegimages/a.jpg": picture(),
    },
    "lists of classes alone, with the endings of pictures, as VoTT has them": {
        "Annotations/a.xml": annotation(CAR), "Annotations/b.xml": annotation(name="b.jpg"),
        "ImageSets/Main/car_train.txt": "a.jpg 1\n", "ImageSets/Main/car_val.txt": "b.jpg -1\n",
        "ImageSets/Main/van_val.txt": "b.jpg -1\n", "JPEGImages/a.jpg": picture(),
    },
    "lists of persons alone": {
        "Annotations/a.xml": annotation(CAR), "Annotations/b.xml": annotation(name="b.jpg"),
        "ImageSets/Layout/train.txt": "a  1\n", "ImageSets/Layout/val.txt": "b 2\n",
    },
    "lists of actions alone": {
        "Annotations/a.xml": annotation(CAR), "Annotations/b.xml": annotation(name="b.jpg"),
        "ImageSets/Action/train.txt": "a  1\n", "ImageSets/Action/val.txt": "b 2\n",
        "ImageSets/Action/jumping_train.txt": "a  1  1\n",
    },
    "listed but not annotated": {
        "Annotations/a.xml": annotation(CAR), "ImageSets/Main/train.txt": "a\n", "ImageSets/Main/val.txt": "b\n",
        "JPEGImages/b.jpg": picture(),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_that_people_have(name: str) -> None:
    result = read(LAYOUTS[name])
    assert problems_of(result) == []
    frames = result.dataset.frames
    assert frames.names == ("a.jpg", "b.jpg")
    assert [subset.replace("valid", "val") for subset in frames.subsets] == ["train", "val"]
    assert result.dataset.shapes.points(0).tolist() == [1, 2, 30, 40.5]
    assert len(result.dataset.tags) == 0
    assert formats.sniff(zipped(LAYOUTS[name])) == "voc"


def test_files_beside_their_pictures_have_no_subset() -> None:
    result = read({"a.xml": annotation(CAR), "a.jpg": picture(), "b c.xml": annotation(name="b c.jpg")})
    assert (result.dataset.frames.names, set(result.dataset.frames.subsets)) == (("a.jpg", "b c.jpg"), {""})
    assert result.media is not None
    assert result.media[0].name == "a.jpg"


def test_two_datasets_in_one_devkit_stay_apart() -> None:
    members: dict[str, bytes | str] = {
        "VOC2007/Annotations/a.xml": annotation(CAR), "VOC2007/ImageSets/Main/train.txt": "a\n",
        "VOC2012/Annotations/b.xml": annotation(name="b.jpg"), "VOC2012/ImageSets/Main/train.txt": "b\n",
    }  # fmt: skip
    assert read(members).dataset.frames.names == ("a.jpg", "b.jpg")


@pytest.mark.parametrize(
    ("key", "said_name", "name"),
    [
        ("a", "a.jpg", "a.jpg"), ("a.b", "a.b.jpg", "a.b.jpg"), ("x/a", "a.jpg", "x/a.jpg"),
        ("x/a", "x/a.jpg", "x/a.jpg"),
        ("low-1", "low-1", "low-1"), ("a", "", "a"), ("a", "C:\\old\\a.png", "a.png"), ("a", "other.jpg", "other.jpg"),
        ("x/a", "other.jpg", "x/other.jpg"),
    ],
)  # fmt: skip
def test_what_a_file_says_of_its_picture_may_be_bare_or_old(key: str, said_name: str, name: str) -> None:
    result = read({f"Annotations/{key}.xml": annotation(CAR, name=said_name)})
    assert result.dataset.frames.names == (name,)


def test_a_picture_that_is_there_counts_for_more_than_what_is_said() -> None:
    result = read({"Annotations/a.xml": annotation(CAR, name="old.jpg"), "JPEGImages/a.png": picture()})
    assert result.dataset.frames.names == ("a.png",)


@pytest.mark.parametrize(
    ("xml", "pictures", "name"),
    [
        ("a.xml", {"a.jpg": 50, "a.png": 60}, "a.png"),
        ("Annotations/a.xml", {"JPEGImages/a.jpg": 50, "JPEGImages/a.PNG": 60}, "a.png"),
        ("Annotations/a.xml", {"images/a.jpg": 50, "images/a.png": 60}, "a.png"),
    ],
)
def test_of_pictures_that_differ_in_their_endings_the_one_is_taken_that_is_named(
    xml: str, pictures: dict[str, int], name: str
) -> None:
    sized = {member: picture(width) for member, width in pictures.items()}
    result = read({xml: annotation(CAR, name=name, size=""), **sized})
    assert result.dataset.frames.names == (name,)
    assert Image.open(io.BytesIO(result.media[0].read())).width == 60


@pytest.mark.parametrize(
    ("xml", "member", "name"),
    [("a.xml", "a.jpg", "a.jpg"), ("Annotations/b c.xml", "images/b c.jpeg", "b c.jpeg"),
     ("Annotations/x/a.xml", "JPEGImages/x/a.png", "x/a.png")],
)  # fmt: skip
def test_a_name_without_an_ending_has_that_of_its_picture(xml: str, member: str, name: str, tmp_path: Path) -> None:
    """As labelImg and Label Studio write it: a picture without an ending is found by nobody."""
    bare = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for path, data in ((xml, annotation(CAR, name=bare).encode()), (member, picture())):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(data)
    at.convert(tmp_path / "in", tmp_path / "coco", "coco")
    again = at.read(tmp_path / "coco")
    assert again.dataset.frames.names == (name,)
    assert again.media[0].name == f"images/default/{name}"


@pytest.mark.parametrize(
    ("size", "sizes"),
    [("", (0, 0)), ("<width>1e300</width><height>6</height><depth>2147483648</depth>", (0, 6)),
     ("<width>5</width>", (5, 0)), ("<width>x</width><height>6</height>", (0, 6)),
     ("<width> 5.0 </width><height>6</height><depth>1</depth>", (5, 6))],
)  # fmt: skip
def test_sizes_may_be_missing(size: str, sizes: tuple[int, int]) -> None:
    frames = read({"Annotations/a.xml": annotation(CAR, size=size)}).dataset.frames
    whole = sizes if min(sizes) else (0, 0)
    assert (frames.width[0], frames.height[0]) == whole


def test_a_name_that_is_copied_along_does_not_put_two_pictures_into_one() -> None:
    result = read({f"{name}.xml": annotation(CAR, name="a.jpg") for name in ("0", "a", "b")})
    assert result.dataset.frames.names == ("0", "a.jpg", "b")
    assert result.dataset.shapes.frame.tolist() == [0, 1, 2]


def test_a_list_may_name_pictures_with_their_endings() -> None:
    result = read({"Annotations/a.xml": annotation(CAR), "ImageSets/Main/train.txt": "a.jpg\n"})
    assert result.problems == ()
    frames = result.dataset.frames
    assert [(name, subset) for name, subset in zip(frames.names, frames.subsets, strict=True)] == [("a.jpg", "train")]


def test_what_a_file_says_beside_is_kept() -> None:
    head = "<folder>VOC2012</folder><path>/home/x/a.jpg</path><source><database>D</database></source>"
    text = annotation(CAR).replace("<size>", f"{head}<size>").replace("</size>", "<depth>1</depth></size>")
    dataset = read({"Annotations/a.xml": text}).dataset
    assert {name: extra.plain() for name, extra in dataset.frames.extras.items()} == {
        "folder": ["VOC2012"], "path": ["/home/x/a.jpg"], "depth": [1],
        "voc": ["<source><database>D</database></source>"],
    }  # fmt: skip
    again = written(dataset)["Annotations/a.xml"].decode()
    assert all(part in again for part in ("<folder>VOC2012<", "<database>D<", "<depth>1<"))


def test_the_names_of_owners_and_parts_are_no_classes() -> None:
    text = annotation(f"{CAR}<part><name>head</name>{BOX}</part>").replace(
        "<size>", "<owner><name>x</name></owner><size>"
    )
    result = read({"Annotations/a.xml": text})
    assert [label.name for label in result.dataset.labels] == ["car"]
    assert len(result.dataset.shapes) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<annotation><object>", ":1: is not well-formed XML: no element found, expected an annotation of VOC"),
        ("<annotations/>", ": starts with <annotations>, expected <annotation>"),
        ("<!DOCTYPE a><annotation/>", ":1: has a document type declaration, expected an annotation of VOC"),
    ],
)  # fmt: skip
def test_a_bad_file_costs_no_other(text: str, message: str) -> None:
    result = read({"Annotations/a.xml": text, "Annotations/b.xml": annotation(CAR, name="b.jpg")})
    assert problems_of(result) == [f"Annotations/a.xml{message}"]
    assert len(result.dataset.shapes) == 1


def test_what_nobody_knows_is_text_in_the_json_of_others(tmp_path: Path) -> None:
    """As every file of labelImg has it: a source, and a part of an object."""
    source, part = "<source><database>D &amp; E</database></source>", "<part><name>head</name></part>"
    inner = (
        f"<filename>a.jpg</filename>{source}<size><width>9</width><height>9</height></size><object><name>dog</name>"
        f"<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>{part}</object>"
    )
    (tmp_path / "voc").mkdir()
    (tmp_path / "voc" / "a.xml").write_text(f"<annotation>{inner}</annotation>")
    at.convert(tmp_path / "voc", tmp_path / "a.json", "coco")
    document = json.loads((tmp_path / "a.json").read_bytes())
    assert (document["images"][0]["voc"], document["annotations"][0]["voc"]) == (source, part)
    at.convert(tmp_path / "a.json", tmp_path / "back", "voc")
    back = (tmp_path / "back/Annotations/a.xml").read_text()
    assert source in back
    assert part in back


def test_elements_without_end_are_a_problem() -> None:
    deep = f"<annotation><filename>a.jpg</filename>{'<a>' * 5000}{'</a>' * 5000}</annotation>"
    result = read({"Annotations/a.xml": deep, "Annotations/b.xml": annotation(CAR, name="b.jpg")})
    assert [problem.message for problem in result.problems] == ["is nested too deeply"]
    assert len(result.dataset.shapes) == 1


def test_pictures_of_one_name_in_two_datasets_stay_two() -> None:
    members = {f"data/{name}/Annotations/a.xml": annotation(CAR.replace("car", name)) for name in ("one", "two")}
    result = read(
        {**members, "data/one/JPEGImages/a.jpg": picture(), "data/two/Annotations/b.xml": annotation(CAR, name="b.jpg")}
    )
    assert result.dataset.frames.names == ("data/one/a.jpg", "data/two/a.jpg", "data/two/b.jpg")
    assert [shape.frame.number for shape in result.dataset.shapes] == [0, 1, 2]
    assert result.media is not None
    assert [file.name for file in result.media.values()] == ["data/one/JPEGImages/a.jpg"]
