"""XML that is no annotation, beside XML that is: build files, settings, lists of programs."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at
from annotools.errors import InputError
from annotools.formats.kernel.xml_files import root_of, xml_files
from annotools.storage import open_source
from tests.formats.files import folder

VOC = (
    "<annotation><filename>b.jpg</filename><size><width>9</width><height>9</height></size><object><name>car</name>"
    "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>"
)
LABELME = (
    "<annotation><filename>b.jpg</filename><imagesize><nrows>9</nrows><ncols>9</ncols></imagesize><object>"
    "<name>car</name><polygon><pt><x>1</x><y>2</y></pt><pt><x>3</x><y>2</y></pt><pt><x>3</x><y>4</y></pt></polygon>"
    "</object></annotation>"
)
CVAT = (
    '<annotations><image id="0" name="b.jpg" width="9" height="9">'
    '<box label="car" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"/></image></annotations>'
)
TRACK = (
    '<annotations><track id="0" label="car"><box frame="0" outside="0" occluded="0" keyframe="1" xtl="1" ytl="2" '
    'xbr="3" ybr="4"/></track></annotations>'
)
KINDS = {"voc": VOC, "labelme": LABELME, "cvat-images": CVAT, "cvat-video": TRACK}
STRAY = '<?xml version="1.0"?>\n<!-- build -->\n<project a="x"><a/></project>'


@pytest.mark.parametrize("slug", KINDS)
def test_a_stray_that_comes_first_hides_nothing(tmp_path: Path, slug: str) -> None:
    source = folder(tmp_path, {"Annotations/b.xml": KINDS[slug], "AndroidManifest.xml": STRAY, "z.xml": "<root/>"})
    result = at.read(source)
    assert (len(result.dataset.shapes), result.dataset.frames.names[1:]) == (1, ())
    assert [str(loss) for loss in result.losses] == [
        "lost: 2 x file of XML: it is no annotation, as in AndroidManifest.xml, which starts with <project>"
    ]
    with open_source(source) as opened:
        assert at.formats.sniff(opened) == slug


def test_strays_alone_are_said_to_be_what_they_are(tmp_path: Path) -> None:
    source = folder(tmp_path, {"pom.xml": STRAY})
    with pytest.raises(InputError, match="starts with <project>, expected <annotation>"):
        at.read(source, "voc")
    with pytest.raises(InputError, match="starts with <project>, expected CVAT's XML"):
        at.read(source, "cvat-images")


def test_a_document_of_another_format_is_a_problem_and_no_stray(tmp_path: Path) -> None:
    source = folder(tmp_path, {"a.xml": VOC, "b.xml": CVAT})
    with pytest.raises(InputError, match="starts with <annotations>, expected <annotation>"):
        at.read(source, "voc")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("<a:b/>", "a:b"), ("\ufeff<?xml version='1.0'?><annotation>", "annotation"), ("<!DOCTYPE a><a>", "a"),
        ("<!-- " + "x" * 5000 + " --><a>", "?"), ("no XML", "?"), ("", "?"), ("<", "?"),
    ],
)  # fmt: skip
def test_roots(tmp_path: Path, text: str, root: str) -> None:
    with open_source(folder(tmp_path, {"x.xml": text, "y.txt": ""})) as source:
        assert root_of(source, "x.xml") == root


def test_few_files_of_a_large_folder_are_looked_at(tmp_path: Path) -> None:
    files = {f"Annotations/{number:03}.xml": VOC for number in range(60)}
    with open_source(folder(tmp_path, {**files, "Annotations/900.xml": STRAY, "pom.xml": STRAY})) as source:
        assert xml_files(source).others == ["pom.xml"]
    result = at.read(tmp_path / "in", on_error="skip")
    assert [Path(problem.file).name for problem in result.problems] == ["900.xml"]
