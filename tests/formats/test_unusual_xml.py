"""XML as programs that do not know better write it: what comes before its root, and how VOC's elements are called."""

from __future__ import annotations

from pathlib import Path

import pytest

import annotools as at

VOC = (
    "<annotation><filename>a.jpg</filename>\n<object><name>{0}</name>\n"
    "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object></annotation>"
)
CVAT = (
    '<annotations>\n<image id="0" name="a.jpg" width="64" height="48">\n'
    '<box label="{0}" occluded="0" xtl="1" ytl="2" xbr="20" ybr="30"/></image></annotations>'
)
KINDS = {"voc": ("Annotations/a.xml", VOC), "cvat-images": ("annotations.xml", CVAT)}

HEADS = {
    "blanks before the declaration": ('\n\n <?xml version="1.0" encoding="utf-8"?>\n', "utf-8", "狗"),
    "blanks, and no encoding": ("\n<?xml version='1.0'?>", "utf-8", "狗"),
    "blanks, and another encoding": ('\n<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1", "Größe"),
    "a mark and blanks": ('\ufeff\n<?xml version="1.0"?>\n', "utf-8", "狗"),
    "bytes that are said to be UTF-16": ('<?xml version="1.0" encoding="utf-16"?>\n', "utf-8", "狗"),
    "the same with a mark": ('\ufeff<?xml version="1.0" encoding="UTF-16"?>\n', "utf-8", "狗"),
    "an old encoding of several bytes": ('<?xml version="1.0" encoding="GBK"?>', "gbk", "狗"),
}


def written(folder: Path, member: str, data: bytes) -> Path:
    (folder / member).parent.mkdir(parents=True, exist_ok=True)
    (folder / member).write_bytes(data)
    return folder


@pytest.mark.parametrize("slug", KINDS)
@pytest.mark.parametrize("head", HEADS)
def test_what_comes_before_the_root_is_no_reason_to_stop(head: str, slug: str, tmp_path: Path) -> None:
    (member, body), (start, encoding, label) = KINDS[slug], HEADS[head]
    written(tmp_path, member, (start + body.format(label)).encode(encoding))
    dataset = at.read(tmp_path).dataset
    assert [(shape.label.name, shape.points.tolist()) for shape in dataset.shapes] == [(label, [1, 2, 20, 30])]


@pytest.mark.parametrize("head", HEADS)
def test_the_server_stops_at_it(head: str, tmp_path: Path) -> None:
    start, encoding, label = HEADS[head]
    written(tmp_path, "annotations.xml", (start + CVAT.format(label)).encode(encoding))
    with pytest.raises(at.InputError, match="is not well-formed XML"):
        at.read(tmp_path, "cvat-images", compat=True)
    assert [finding.rule for finding in at.validate(str(tmp_path)).findings()] == ["FMT009"]


@pytest.mark.parametrize("slug", KINDS)
@pytest.mark.parametrize("encoding", ["undefined", "punycode", "IDNA", "unicode_escape", "rot13", "zlib", "none-such"])
def test_what_no_document_is_written_in_is_no_encoding(encoding: str, slug: str, tmp_path: Path) -> None:
    member, body = KINDS[slug]
    data = f'\n<?xml version="1.0" encoding="{encoding}"?>' + body.format("a-b" + "c" * (1 << 18))
    with pytest.raises(at.InputError, match="is not well-formed XML"):
        at.read(written(tmp_path, member, data.encode()), slug)


def test_problems_of_such_files_have_their_lines(tmp_path: Path) -> None:
    data = ('\n\n<?xml version="1.0"?>\n' + VOC.format("").replace("<xmin>1<", "<xmin>one<")).encode()
    with pytest.raises(at.InputError, match=r"a.xml:5: xmin is 'one'"):
        at.read(written(tmp_path, "a.xml", data))


CALLED = {
    "capitals": VOC.upper().replace("{0}", "car").replace("A.JPG", "a.jpg"),
    "first letters": VOC.replace("object", "Object").replace("bndbox", "bndBox").replace("annotation", "Annotation"),
    "a namespace of all": VOC.replace("<annotation>", '<annotation xmlns="http://a.b/c">'),
    "a namespace with a prefix": VOC.replace("</", "</v:").replace("<", "<v:").replace("<v:/v:", "</v:").replace(
        "<v:annotation>", "<v:annotation xmlns:v='http://a.b/c'>"
    ),
    "sizes for corners": VOC.replace("xmin", "x").replace("ymin", "y").replace("xmax", "w").replace(
        "ymax", "h").replace("20", "19").replace("30", "28"),
}  # fmt: skip


@pytest.mark.parametrize("how", CALLED)
def test_elements_of_voc_that_are_called_otherwise(how: str, tmp_path: Path) -> None:
    source = written(tmp_path, "Annotations/a.xml", CALLED[how].replace("{0}", "car").encode())
    dataset = at.read(source, origin=True).dataset
    assert [(shape.label.name, shape.points.tolist()) for shape in dataset.shapes] == [("car", [1, 2, 20, 30])]
    assert dataset.frames.names == ("a.jpg",)
    assert dataset.origin is not None
    assert dataset.origin.line(at.model.Owner.SHAPE, 0) == 2


def test_what_voc_does_not_know_keeps_its_letters(tmp_path: Path) -> None:
    text = VOC.format("car").replace("<name>", "<Distance>3</Distance><name>").replace("object", "Object")
    written(tmp_path, "in/a.xml", text.encode())
    at.convert(tmp_path / "in", tmp_path / "out", "voc")
    assert "<Distance>3</Distance>" in (tmp_path / "out/Annotations/a.xml").read_text("utf-8")


OTHER_NAMES = {
    "a schema": VOC.replace(
        "<annotation>", "<annotation xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='v.xsd'>"
    ),
    "attributes with a prefix": VOC.replace("<annotation>", "<V:Annotation xmlns:V='u' V:n='5'>").replace(
        "</annotation>", "</V:Annotation>"
    ),
    "elements of others": VOC.replace("<annotation>", "<annotation xmlns:my='u'><my:filename>b</my:filename>").replace(
        "<name>", "<my:name>truck</my:name><name>"
    ),
    "comments": VOC.replace("<name>", "<!-- <Name>a</Name> --><name>"),
}  # fmt: skip


@pytest.mark.parametrize("how", OTHER_NAMES)
@pytest.mark.parametrize("label", ["car", "<![CDATA[<Name >]]>", '<![CDATA[<v:Object xmlns="u">]]>', ' xmlns="u"'])
def test_what_is_no_name_of_an_element_stays_as_it_is(label: str, how: str, tmp_path: Path) -> None:
    source = written(tmp_path, "Annotations/a.xml", OTHER_NAMES[how].replace("{0}", label).encode())
    dataset = at.read(source).dataset
    plain = label.removeprefix("<![CDATA[").removesuffix("]]>").strip()
    assert [(shape.label.name, shape.points.tolist()) for shape in dataset.shapes] == [(plain, [1, 2, 20, 30])]
    assert dataset.frames.names == ("a.jpg",)


def test_a_namespace_on_a_line_of_its_own_moves_no_lines(tmp_path: Path) -> None:
    data = VOC.format("car").replace("<annotation>", "<annotation\nxmlns\n=\n'u'>").replace("<xmin>1<", "<xmin>one<")
    with pytest.raises(at.InputError, match=r"a.xml:5: xmin is 'one'"):
        at.read(written(tmp_path, "a.xml", data.encode()))


def test_names_are_put_right_in_a_time_that_grows_with_the_text(tmp_path: Path) -> None:
    ends = ["xmlns" + "s" * (1 << 18), "xmlns " * (1 << 16), "xmlns" + " " * (1 << 18), "b = " * (1 << 16) + "xmlns"]
    for number, end in enumerate(ends):  # each took minutes where it was looked at from every place anew
        with pytest.raises(at.InputError, match="is not well-formed XML"):
            at.read(written(tmp_path / str(number), "a.xml", f"<Annotation {end}><filename/>".encode()), "voc")


@pytest.mark.parametrize(
    "box", ["<x>1</x><y>2</y><w>wide</w><h>3</h>", "<x>1</x><w>2</w>", "<x>1</x><y>nan</y><w>2</w><h>3</h>"]
)
def test_sizes_that_are_no_numbers_are_told(box: str, tmp_path: Path) -> None:
    text = VOC.format("car").replace("<xmin>1</xmin><ymin>2</ymin><xmax>20</xmax><ymax>30</ymax>", box)
    with pytest.raises(at.InputError, match="object has no xmin"):
        at.read(written(tmp_path, "a.xml", text.encode()))


def test_corners_of_sizes_lose_no_digits(tmp_path: Path) -> None:
    box = "<x>1234.5678901234</x><y>0.1</y><w>0.25</w><h>0.2</h>"
    text = VOC.format("car").replace("<xmin>1</xmin><ymin>2</ymin><xmax>20</xmax><ymax>30</ymax>", box)
    (shape,) = at.read(written(tmp_path, "a.xml", text.encode())).dataset.shapes
    assert shape.points.tolist() == [1234.5678901234, 0.1, 1234.8178901234, 0.3]


@pytest.mark.parametrize("end", [";", " ;", "; "])
def test_points_may_have_a_separator_behind_each(end: str, tmp_path: Path) -> None:
    polygon = f'<polygon label="car" occluded="0" points="1,2;5,2;5,6{end}"/>'
    text = CVAT.format("car").replace("</image>", polygon + "</image>")
    written(tmp_path, "annotations.xml", text.encode())
    assert at.read(tmp_path).dataset.shapes.points(1).tolist() == [1, 2, 5, 2, 5, 6]
    with pytest.raises(at.InputError, match="expected numbers x,y;x,y"):
        at.read(tmp_path, compat=True)
    assert "FMT009" in [finding.rule for finding in at.validate(str(tmp_path)).findings()]
    written(tmp_path, "annotations.xml", text.replace(f"5,6{end}", f"5,6,{end}").encode())
    with pytest.raises(at.InputError, match="expected numbers x,y;x,y"):
        at.read(tmp_path)
