"""Open Images as others lay it out: FiftyOne's folders, a lone table, and tables of which nothing is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools import formats
from annotools.storage import open_source
from tests.formats.files import folder
from tests.formats.test_open_images import BOXES, LABELS, META, picture

BOX = "{},xclick,/m/0k4j,1,0.1,0.4,0.25,0.5,0,-1,-1,-1,-1\n"
CLASSES = "/m/0k4j,Car\n"


def fiftyone(root: str = "", **files: str | bytes) -> dict[str, str | bytes]:
    """What FiftyOne leaves of a subset: tables of all pictures, and those that were fetched."""
    own: dict[str, str | bytes] = {
        "labels/detections.csv": BOXES + BOX.format("a") + BOX.format("far"),
        "labels/classifications.csv": LABELS + "a,verification,/m/0k4j,1\nfar,verification,/m/0k4j,1\n",
        "metadata/classes.csv": CLASSES,
        "metadata/image_ids.csv": "ImageID,Subset,Author\na,validation,anna\nfar,validation,bo\n",
        "metadata/hierarchy.json": '{"LabelName": "/m/0bl9f", "Subcategory": [{"LabelName": "/m/0k4j"}]}',
        "data/a.jpg": picture(20, 10),
    }
    return {root + name: data for name, data in {**own, **files}.items()}


def losses(result: Any) -> list[tuple[str, int]]:
    return [(loss.what, loss.count) for loss in result.losses]


@pytest.mark.parametrize(
    ("root", "subset"), [("", ""), ("validation/", "validation"), ("oi/Train/", "Train"), ("mine/", "")]
)
def test_what_fiftyone_leaves_is_about_the_pictures_that_are_there(tmp_path: Path, root: str, subset: str) -> None:
    where = folder(tmp_path, fiftyone(root))
    assert formats.sniff(open_source(where)) == "open-images"
    result = at.read(where)
    assert (result.dataset.frames.names, result.dataset.frames.subsets) == (("a.jpg",), (subset,))
    assert result.dataset.shapes.boxes().tolist() == [[2, 2.5, 8, 5]]
    assert [tag.label.name for tag in result.dataset.tags] == ["Car"]
    assert result.media is not None
    assert [file.name for file in result.media.values()] == [f"{root}data/a.jpg"]
    assert losses(result) == [("picture of a list", 1), ("image label", 1), ("box", 1)]


def test_without_pictures_all_of_it_is_read(tmp_path: Path) -> None:
    files = fiftyone(**{"images.meta": "a 10 20\nfar 10 20\n"})
    del files["data/a.jpg"]
    result = at.read(folder(tmp_path, files))
    assert (len(result.dataset.shapes), len(result.dataset.tags), losses(result)) == (2, 2, [])


def test_tables_of_which_nothing_is_read_are_told(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "train-annotations-bbox.csv": BOXES + BOX.format("a"), "images.meta": META, "class-descriptions.csv": CLASSES,
        "oidv6-train-annotations-vrd.csv": "ImageID,LabelName1\na,/m/0k4j\n", "train-machine-imagelabels.csv": LABELS,
    }  # fmt: skip
    (loss,) = at.read(folder(tmp_path, files)).losses
    assert str(loss) == (
        "lost: 2 x table: boxes, masks and labels of pictures are read, not oidv6-train-annotations-vrd.csv, "
        "train-machine-imagelabels.csv"
    )


def test_columns_that_no_format_has_are_told_where_they_say_something(tmp_path: Path) -> None:
    head = BOXES.strip() + ",XClick1X,Empty\n"
    line = BOX.format("a").strip() + ",0.5,\n"
    result = at.read(folder(tmp_path, {"train-annotations-bbox.csv": head + line, "images.meta": META}))
    assert [str(loss) for loss in result.losses] == ["lost: 1 x column of a table: no format has it: XClick1X"]


@pytest.mark.parametrize("head", [BOXES, "\ufeff" + BOXES, '"ImageID","LabelName","XMin","XMax","YMin","YMax"\n'])
def test_a_lone_table_is_told_by_its_columns(tmp_path: Path, head: str) -> None:
    line = BOX.format("a.jpg") if "Source" in head else "a.jpg,/m/0k4j,0.1,0.4,0.25,0.5\n"
    where = folder(tmp_path, {"boxes.csv": head + line, "other.csv": "x,y\n1,2\n", "img/a.jpg": picture(20, 10)})
    assert formats.sniff(open_source(where)) == "open-images"
    result = at.read(where)
    assert result.dataset.frames.names == ("a.jpg",)
    assert result.dataset.shapes.boxes().tolist() == [[2, 2.5, 8, 5]]


@pytest.mark.parametrize("codes", [("/m/0k4j", "/m/01bqvp"), ("/m/01bqvp", "/m/0k4j"), ("/m/c", "/m/b", "/m/a")])
def test_codes_of_one_description_are_one_label_of_the_first_code(tmp_path: Path, codes: tuple[str, ...]) -> None:
    files: dict[str, str | bytes] = {
        "class-descriptions.csv": "".join(f"{code},Car\n" for code in codes) + "/m/sky,Sky\n",
        "train-annotations-human-imagelabels.csv": LABELS + "".join(f"a,verification,{code},1\n" for code in codes),
    }
    result = at.read(folder(tmp_path, files), "open-images").dataset
    assert [(label.name, dict(label.extras)) for label in result.labels] == [
        ("Car", {"mid": codes[0]}), ("Sky", {"mid": "/m/sky"}),
    ]  # fmt: skip
    assert [tag.label.name for tag in result.tags] == ["Car"] * len(codes)
