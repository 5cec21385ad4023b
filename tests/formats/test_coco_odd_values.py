"""Values of keys that nobody knows, which no column can hold as they are: they are kept, and a file can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.formats.base import ReadOptions
from tests.formats import coco_files

DOCUMENT = (
    b'{"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9}],"categories":[{"id":1,"name":"c"}],"whole":%b,'
    b'"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,3,3],"odd":%b}]}'
)
HUGE = (b"9" * 400, b"-" + b"9" * 5000, b"1e999")


@pytest.mark.parametrize("slug", ["coco", "coco-keypoints"])
@pytest.mark.parametrize("value", HUGE, ids=["400 digits", "5000 digits", "exponent"])
def test_huge_numbers_are_kept_as_they_are_written(tmp_path: Path, slug: str, value: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(DOCUMENT % (value, value))
    read = at.read(path, slug)
    assert read.problems == ()
    assert read.dataset == at.read(path, slug).dataset
    at.convert(path, tmp_path / "out.json", "coco", source_format=slug)
    assert (tmp_path / "out.json").read_bytes().count(b":" + value) == 2


def test_what_is_not_utf8_is_replaced_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(DOCUMENT % (b'"a\xff"', b'"\xe9b"'))
    read = at.read(path, "coco")
    assert read.dataset.extras["dataset"]["whole"].plain() == ["a\ufffd"]
    assert read.dataset.extras["shapes"]["odd"].plain() == ["\ufffdb"]
    assert {loss.what for loss in read.losses} == {"value of whole", "value of odd"}
    path.write_bytes(DOCUMENT % ('"a\ufffd"'.encode(), b'"\\ufffdb"'))
    assert not list(at.read(path, "coco").losses.of("changed"))


def test_a_crowd_that_is_true_is_one_beside_one_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(
        b'{"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9}],"categories":[{"id":1,"name":"c"}],'
        b'"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,3,3],"iscrowd":true},'
        b'{"id":2,"image_id":1,"category_id":1,"bbox":[1,1,3,4],"iscrowd":"x"},'
        b'{"id":3,"image_id":1,"category_id":1,"bbox":[1,1,3,5],"iscrowd":false}]}'
    )
    read = at.read(path, "coco", on_error="skip", extras=True)
    crowds = read.dataset.extras["shapes"]["iscrowd"].plain()
    assert [crowd or 0 for crowd in crowds] == [1, 0]
    assert [problem.pointer for problem in read.problems] == ["/annotations/1/iscrowd"]


BOXES = (
    b"[1,1,3,3]", b"[ 1, 1,\n3, 3 ]", b"[1e0,1,3,3]", b"[1,1,3]", b"[]", b"null", b'[1,1,3,"3"]', b'["1,1,3,3"]',
    b"[[1],1,3,3]", b"[[1,1,3,3]]", b"[1,1,3,null]", b"[1,1,3,true]", b"[1,1,3,{}]", b"{}", b"[1,1,3,1e999]",
    b"[1,1,3,%b]" % (b"9" * 400), b"7", b'"[1,1,3,3]"',
)  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("beside", [b"[[1,1,4,1,4,4]]", b"[[]]", b"[]", b'{"size":[9,9],"counts":[30,5,46]}'])
def test_a_box_is_looked_at_also_where_an_outline_stands_for_it(box: bytes, beside: bytes) -> None:
    annotation = b'[1,1,3,3],"segmentation":%b},{"image_id":1,"category_id":1,"bbox":%b,"segmentation":%b'
    text = DOCUMENT.replace(b'[1,1,3,3],"odd":%b', annotation % (beside, box, beside)) % b"0"

    def seen(*, forms: bool) -> tuple[list[str], list[str], list[int]]:
        read = coco_files.read({coco_files.INSTANCES: text}, options=ReadOptions(forms=forms, outlines=forms))
        return list(map(str, read.problems)), list(map(str, read.losses)), read.dataset.shapes.type.tolist()

    assert seen(forms=False) == seen(forms=True)
