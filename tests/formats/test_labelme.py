"""LabelMe's XML as MIT CSAIL's tool and CVAT write it: folders, parts, masks, attributes in one text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import annotools as at
from annotools import formats
from annotools.formats.labelme.attribute_text import attributes_of, text_of
from annotools.storage import open_source
from tests.formats.large_pictures import large_png
from tests.formats.ways import in_folder

CORNERS = "<pt><x>1</x><y>2</y></pt><pt><x>9.5</x><y>2</y></pt><pt><x>9</x><y>8</y></pt>"
TRIANGLE = f"<polygon><username>anna</username>{CORNERS}</polygon>"


def thing(name: str = "car", inner: str = TRIANGLE, **tags: str) -> str:
    """An object.  tags: of its elements."""
    rest = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags.items())
    return f"<object><name>{name}</name>{rest}{inner}</object>"


def parts(has: str = "", of: str = "") -> str:
    return f"<hasparts>{has}</hasparts><ispartof>{of}</ispartof>"


def file(*objects: str, name: str = "b.jpg", folder: str = "", size: str = "<nrows>20</nrows><ncols>30</ncols>") -> str:
    head = f"<filename>{name}</filename><folder>{folder}</folder><imagesize>{size}</imagesize>"
    return f"<annotation>{head}{''.join(objects)}</annotation>"


def mask(text: str, box: tuple[int, int, int, int] = (0, 0, 0, 0)) -> str:
    sides = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    return f"<segm><mask>{text}</mask><box>{''.join(f'<{k}>{v}</{k}>' for k, v in sides)}</box></segm>"


LARGE = large_png(40_000, 20_000)


def png(pixels: list[list[int]], mode: str = "L") -> bytes:
    stream = io.BytesIO()
    picture = Image.fromarray(np.array(pixels, np.uint8) * 255)
    if mode == "RGBA":
        color = Image.new("RGBA", picture.size, (0, 203, 255, 153))
        picture = Image.composite(color, Image.new("RGBA", picture.size), picture)
    picture.save(stream, "PNG")
    return stream.getvalue()


def dataset(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> at.Dataset:
    plain = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    return at.read(in_folder(tmp_path / "in", plain), "labelme", **options).dataset


@pytest.mark.parametrize(
    ("files", "names", "subsets"),
    [
        ({"default/a/b.xml": file(folder="a")}, ["a/b.jpg"], [""]),
        ({"train/a/b.xml": file(folder="a"), "val/b.xml": file()}, ["a/b.jpg", "b.jpg"], ["train", "val"]),
        ({"Annotations/street/b.xml": file(folder="street")}, ["street/b.jpg"], [""]),
        ({"Annotations/users/anna/b.xml": file(folder="users/anna")}, ["users/anna/b.jpg"], [""]),
        ({"b.xml": file(folder="elsewhere")}, ["b.jpg"], [""]),
        ({"set/default/b.xml": file(), "set/val/c.xml": file(name="c.jpg")}, ["b.jpg", "c.jpg"], ["", "val"]),
        ({"default/b.xml": file(), "default/c.xml": file()}, ["b.jpg", "c.jpg"], ["", ""]),
    ],
)  # fmt: skip
def test_pictures_are_called_after_files_and_folders(
    tmp_path: Path, files: dict[str, str], names: list[str], subsets: list[str]
) -> None:
    result = dataset(tmp_path, dict(files))
    assert (list(result.frames.names), list(result.frames.subsets)) == (names, subsets)
    assert result.frames.width.tolist() == [30] * len(names)


def test_it_is_told_from_voc_and_cvat(tmp_path: Path) -> None:
    voc = "<annotation><filename>a.jpg</filename><size><width>9</width></size></annotation>"
    outline = '<polygon frame="0" points="1,1;5,1;5,5" outside="0" occluded="0" keyframe="1"/>'
    cvat = f'<annotations><version>1.1</version><track id="0" label="a">{outline}</track></annotations>'
    for text, slug in ((file(thing()), "labelme"), (file(), "labelme"), (voc, "voc"), (cvat, "cvat-video")):
        where = in_folder(tmp_path / slug, {"b.xml": text.encode()})
        assert formats.sniff(open_source(where)) == slug


def test_objects_are_polygons_and_boxes_with_what_is_said_of_them(tmp_path: Path) -> None:
    box = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((1, 2), (5, 2), (5, 8), (1, 8)))
    objects = (
        thing(occluded="yes", verified="1", date="23-Jul-2019 12:04:05", id="4", attributes="make=ford, parked"),
        thing("bus", f"<type>bounding_box</type><polygon>{box}</polygon>", attributes="rotation=30.5"),
        thing("bus", f"<type>bounding_box</type>{TRIANGLE}", deleted="0"),
        thing(deleted="1"),
    )
    result = dataset(tmp_path, {"default/b.xml": file(*objects)})
    assert [(int(kind), *result.shapes.points(row)) for row, kind in enumerate(result.shapes.type)] == [
        (at.ShapeType.POLYGON, 1, 2, 9.5, 2, 9, 8),
        (at.ShapeType.RECTANGLE, 1, 2, 5, 8),
        (at.ShapeType.RECTANGLE, 1, 2, 9.5, 8),
    ]
    assert dict(result.shapes[0].attributes) == {"make": "ford", "parked": "true"}
    assert result.shapes.rotation.tolist() == [0, 30.5, 0]
    extras = {name: extra.plain()[0] for name, extra in result.extras["shapes"].items()}
    assert extras == {"date": "23-Jul-2019 12:04:05", "username": "anna", "verified": True, "object_id": 4}
    losses = at.read(tmp_path / "in").losses
    assert [(loss.what, loss.count) for loss in losses] == [("deleted object", 1)]


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    text = file(thing(date="now", id="7", verified="1", attributes="a=b"), folder="x").replace(
        "<imagesize>", "<source><sourceImage>The MIT-CSAIL database</sourceImage>"
        "<sourceAnnotation>LabelMe Webtool</sourceAnnotation></source><imagesize>"
    )  # fmt: skip
    result = dataset(tmp_path, {"default/x/b.xml": text})
    at.write(result, tmp_path / "out", "labelme")
    written = (tmp_path / "out/default/x/b.xml").read_text()
    for part in ("The MIT-CSAIL database", "LabelMe Webtool", "<id>7</id>", "<date>now</date>", ">anna</username>"):
        assert part in written
    assert at.read(tmp_path / "out").dataset == result


@pytest.mark.parametrize(
    "inner",
    [
        TRIANGLE, f"<type>bounding_box</type>{TRIANGLE}",
        mask("m.png").replace("<segm>", "<segm><username>anna</username>"),
    ],
    ids=["polygon", "box", "mask"],
)  # fmt: skip
def test_who_drew_an_object_is_known_whatever_it_is(tmp_path: Path, inner: str) -> None:
    files = {"default/b.xml": file(thing(inner=inner, date="now", id="7", verified="1"))}
    result = dataset(tmp_path, files | {"default/Masks/m.png": png([[1] * 30] * 20)})
    expected = {"date": "now", "username": "anna", "verified": True, "object_id": 7}
    assert {name: extra.plain()[0] for name, extra in result.extras["shapes"].items()} == expected
    at.write(result, tmp_path / "out", "labelme")
    assert at.read(tmp_path / "out").dataset == result


def test_parts_are_groups_however_deep(tmp_path: Path) -> None:
    objects = (
        thing(id="0", parts=parts("1")), thing(id="1", parts=parts("2", "0")), thing(id="2"),
        thing(id="3"), thing(id="4", parts=parts("", "5")), thing(id="5"),
    )  # fmt: skip
    result = dataset(tmp_path, {"default/b.xml": file(*objects), "default/c.xml": file(*objects, name="c.jpg")})
    groups = result.shapes.group.tolist()
    assert groups[:6] == [1, 1, 1, 0, 2, 2]
    assert groups[6:] == [3, 3, 3, 0, 4, 4]


def test_groups_of_several_pictures_have_numbers_of_their_own(tmp_path: Path) -> None:
    pair = thing(id="0", parts=parts("1")), thing(id="1", parts=parts("", "0"))
    result = dataset(tmp_path, {f"default/{name}.xml": file(*pair, name=f"{name}.jpg") for name in "bcd"})
    assert result.shapes.group.tolist() == [1, 1, 2, 2, 3, 3]


CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]


@pytest.mark.parametrize("mode", ["L", "RGBA"])
@pytest.mark.parametrize(
    ("xml", "picture", "text"),
    [
        ("default/a/b.xml", "default/Masks/a/b_mask_0.png", "a/b_mask_0.png"),
        ("default/a/b.xml", "default/Masks/a/b_mask_0.png", "b_mask_0.png"),
        ("Annotations/a/b.xml", "Masks/a/b_mask_0.png", "b_mask_0.png"),
    ],
)
def test_masks_lie_beside(tmp_path: Path, mode: str, xml: str, picture: str, text: str) -> None:
    whole = np.zeros((20, 30), int)
    whole[4:7, 10:13] = CROSS
    boxes = ((0, 0, 0, 0), (10, 4, 13, 7), (10, 4, 12, 6))  # the last side is the last pixel, or the one behind it
    for pixels, box in zip((whole.tolist(), CROSS, CROSS), boxes, strict=True):
        files = {xml: file(thing("car", mask(text, box)), folder="a"), picture: png(pixels, mode)}
        result = dataset(tmp_path, files)
        assert result.shapes.points(0).tolist() == [1, 1, 1, 3, 1, 1, 1, 10, 4, 12, 6]


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (thing("car", mask("no.png")), "mask 'no.png' is not there, expected a picture below Masks"),
        (thing("car", mask("bad.png")), "default/Masks/bad.png is not a picture, expected a whole PNG"),
        (
            thing("car", mask("large.png")),
            "default/Masks/large.png is of 40,000 x 20,000 pixels, expected at most 89,000,000",
        ),
        (thing("car", mask("small.png")), "mask of 3 x 3 pixels, expected 30 x 20, as its picture"),
        (
            thing("car", mask("small.png", (10, 4, 15, 7))),
            "mask of 3 x 3 pixels, expected 30 x 20, as its picture",
        ),
        (thing("car", TRIANGLE.replace("9.5", "x")), "a point is 'x', expected a number"),
        (thing("car", "<polygon></polygon>"), "object has 0 points, expected 3 or more"),
        (thing(""), "object has no name, expected the name of its label"),
    ],
)
def test_a_bad_object_is_one_problem_with_its_line(tmp_path: Path, broken: str, text: str) -> None:
    files = {
        "default/b.xml": file("\n", thing(), "\n", broken, thing()),
        "default/Masks/bad.png": b"no picture", "default/Masks/large.png": LARGE,
        "default/Masks/small.png": png(CROSS),
    }  # fmt: skip
    with pytest.raises(at.InputError) as caught:
        dataset(tmp_path, dict(files))
    assert [str(problem).partition("default/b.xml")[2] for problem in caught.value.problems] == [f":3: {text}"]
    assert len(dataset(tmp_path, dict(files), on_error="skip").shapes) == 2


def test_tracks_of_the_server_are_tracks_and_its_importer_has_shapes(tmp_path: Path) -> None:
    objects = [thing(attributes=f"track_id=3, keyframe={flag}") for flag in ("True", "False")]
    files = {f"default/{n}.xml": file(one, name=f"{n}.jpg") for n, one in enumerate(objects)}
    assert len(dataset(tmp_path, dict(files)).tracks) == 1
    assert len(dataset(tmp_path, dict(files), compat="cvat").tracks) == 0


@given(pairs=st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_attributes_come_back_whatever_they_say(pairs: list[tuple[str, str]]) -> None:
    assert attributes_of(text_of(pairs)) == pairs


def test_attributes_of_the_server() -> None:
    text = r"check=True, txt=some text\, with \"quotes\" & é, mtxt=, rotation=30.5, , old"
    assert attributes_of(text) == [
        ("check", "True"), ("txt", 'some text, with "quotes" & é'), ("mtxt", ""), ("rotation", "30.5"), ("old", "true"),
    ]  # fmt: skip


def test_groups_are_of_one_picture(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for name in ("a.jpg", "b.jpg"):
        build.add_frame(name, 100, 100)
    for frame, group in ((0, 3), (0, 3), (1, 3), (1, 4), (1, 5), (1, 5)):
        build.add_shape("rectangle", frame, "car", (1, 2, 3, 4), group=group)
    losses = at.write(build.dataset(), tmp_path / "out", "labelme")
    assert at.read(tmp_path / "out").dataset.shapes.group.tolist() == [1, 1, 0, 0, 2, 2]
    counted = {(loss.kind, row) for loss in losses if loss.column == "group" for row in loss.rows.tolist()}
    assert counted == {("lost", 2), ("lost", 3), ("changed", 0), ("changed", 1)}
