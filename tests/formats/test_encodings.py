"""Names that are not UTF-8 are told, with their lines, wherever names are read from lines."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import annotools as at
from annotools import formats
from annotools.formats.base import Read, ReadOptions
from annotools.model.canonical import differing
from annotools.validate.overlay import Overlay
from tests.damaged.inputs import sound_input
from tests.datasets import EVERYTHING
from tests.formats.yolo_files import picture

Reader = Callable[..., Read]
ODD = "Fußgänger".encode("cp1252")
BOX = b" 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\n"
FILES: dict[str, tuple[str, str, int, dict[str, bytes]]] = {
    "obj.names": ("yolo", "obj.names", 2, {"obj.data": b"train = train.txt\nnames = obj.names\n",
                  "obj.names": b"car\n" + ODD + b"\n", "train.txt": b"a.png\n", "a.png": picture(), "a.txt": b""}),
    "list of pictures": ("yolo-ultralytics-detection", "train.txt", 1, {
        "data.yaml": b"names: [car]\ntrain: train.txt\n", "train.txt": b"images/" + ODD + b".png\n"}),
    "labels of MOT": ("mot", "gt/labels.txt", 1, {"gt/gt.txt": b"1,1,10,20,30,40,1,1,1\n", "gt/labels.txt": ODD}),
    "lines of KITTI": ("kitti", "label_2/a.txt", 2, {"label_2/a.txt": b"car" + BOX + ODD + BOX}),
    "colours": ("camvid", "label_colors.txt", 2, {"label_colors.txt": b"0 0 0 void\n1 2 3 " + ODD, "a.txt": b""}),
    "synsets": ("imagenet", "synsets.txt", 1, {"synsets.txt": ODD, "train.txt": b"a.jpg 0\n"}),
    "faces": ("wider-face", "wider_face_split/wider_face_train_bbx_gt.txt", 1, {
        "wider_face_split/wider_face_train_bbx_gt.txt": ODD + b".jpg\n1\n1 2 30 40 0 0 0 0 0 0\n"}),
    "a table": ("vggface2", "bb_landmark/loose_bb_train.csv", 2, {
        "bb_landmark/loose_bb_train.csv": b"NAME_ID,X,Y,W,H\nn1/" + ODD + b",1,2,3,4\n"}),
}  # fmt: skip


def reader_of(slug: str) -> Reader:
    read = formats.get(slug).read
    assert read is not None
    return read


@pytest.mark.parametrize("what", FILES)
def test_a_line_that_is_not_utf8_is_told(what: str) -> None:
    slug, member, line, files = FILES[what]
    problems = reader_of(slug)(Overlay("in", files), None, ReadOptions()).problems
    assert ("is not UTF-8", member, line) in [(one.message, one.file, one.line) for one in problems]
    report = at.validate(Overlay("in", files), slug=slug)
    assert any("is not UTF-8" in finding.message for finding in report.findings())


def test_an_image_of_coco_that_is_not_utf8_is_told() -> None:
    text = b'{"images": [{"id": 1, "file_name": "%b.jpg"}], "annotations": [], "categories": []}' % ODD
    (problem,) = reader_of("coco")(Overlay("in", {"a.json": text}), None, ReadOptions()).problems
    assert (problem.message, problem.pointer) == ("is not UTF-8", "/images/0")


def test_xml_that_is_not_utf8_is_told_with_its_line() -> None:
    text = b"<annotation>\n<filename>a.jpg</filename>\n<object><name>%b</name></object></annotation>" % ODD
    (problem,) = reader_of("voc")(Overlay("in", {"a.xml": text}), None, ReadOptions()).problems
    assert (problem.message, problem.line) == ("is not well-formed XML: holds bytes that are not UTF-8", 3)


MARKED = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
DECLARATION = re.compile(rb"^<\?xml.*?\?>\s*")


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("slug", ["cvat-images", "cvat-video", "voc", "labelme", "kitti-raw"])
def test_xml_in_utf16_is_recognised_and_read_as_that_in_utf8(slug: str, encoding: str, marked: bool) -> None:
    members = sound_input(slug, next(iter(EVERYTHING)))
    wide = {name: _wide(data, encoding, marked) if name.endswith(".xml") else data for name, data in members.items()}
    assert formats.sniff(Overlay("in", wide)) == slug
    result, usual = (reader_of(slug)(Overlay("in", files), None, ReadOptions()) for files in (wide, members))
    assert [str(problem) for problem in result.problems] == [str(problem) for problem in usual.problems]
    assert differing(result.dataset, usual.dataset) == []


def _wide(data: bytes, encoding: str, marked: bool) -> bytes:
    """A document in UTF-16, with the mark of its order of bytes or without."""
    text = '<?xml version="1.0" encoding="utf-16"?>\n' + DECLARATION.sub(b"", data).decode()
    return MARKED[encoding] * marked + text.encode(encoding)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "is a pointer of Git LFS"),
        (b"<!DOCTYPE html><html><body>404</body></html>\n", "is a page of the web"),
        (b"<html>\n", "is a page of the web"),
    ],
)
@pytest.mark.parametrize("what", FILES)
def test_what_lies_in_the_place_of_a_file_is_told(what: str, text: bytes, message: str) -> None:
    slug, member, _, files = FILES[what]
    problems = reader_of(slug)(Overlay("in", {**files, member: text}), None, ReadOptions()).problems
    assert [one.file for one in problems if one.message.startswith(message)] == [member]
