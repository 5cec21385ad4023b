"""CVAT's XML without the parser: the same rows, and the same problems on the same lines, as with it."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.errors import Problems
from annotools.formats.cvat_xml.columns import Collector, Columnar
from annotools.formats.cvat_xml.meta import Node
from annotools.formats.cvat_xml.reader import SIZE, Reader
from annotools.formats.cvat_xml.reading import PLAIN
from annotools.formats.cvat_xml.regular import Stretch
from annotools.formats.cvat_xml.server import SERVER
from tests.damaged.damage import XML_PIECES, XML_VALUES, damaged
from tests.damaged.inputs import sound_input
from tests.datasets import EVERYTHING
from tests.paths import DATA

FILES = {path.name: path.read_bytes() for path in sorted((DATA / "cvat_xml").glob("*.xml"))}
FILES |= {path.parent.name: path.read_bytes() for path in sorted((DATA / "cases").glob("xml-*/*.xml"))}
SIZES = (300, 2000, SIZE)  # bytes at a time: from none that is whole to all at once
HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n'


class Counting(Collector):
    """Counts the rows that came without the parser."""

    regular = 0

    def take_stretch(self, stretch: Stretch) -> None:
        super().take_stretch(stretch)
        self.regular += sum(len(cells.good) for cells in stretch.cells().values())


def read(data: bytes, size: int, dialect: Any = PLAIN) -> tuple[dict[str, Any], int]:
    """All that comes of a file, as plain values, and how many rows came without the parser."""
    collector = Counting(Columnar(dialect.manner))
    collector.files.append(Problems("a.xml"))
    reader = Reader(collector, size)
    reader.read(io.BytesIO(data), collector.files[0])
    contents: dict[str, Any] = {"meta": elements_of(reader.meta), "between": reader.between}
    contents["problems"] = sorted(map(str, collector.files[0]))
    contents["odd sources"] = collector.columnar.odd_sources
    words = collector.words
    for kind in ("images", "tracks", "tags", "shapes"):
        rows = collector.all(kind)
        texts = {"name", "subset", "task_id", "label"}
        for name, column in rows.columns.items():
            contents[kind, name] = [words[code] for code in column.tolist()] if name in texts else column.tobytes()
        contents[kind] = rows.good.tolist(), rows.values.tobytes(), rows.offsets.tolist()
    attributes = collector.attributes()
    contents["said"] = [
        attributes["owner"].tolist(),
        *([words[code] for code in attributes[part].tolist()] for part in ("name", "value")),
    ]
    return contents, collector.regular


def elements_of(meta: Node | None) -> list[tuple[int, str, str]]:
    """All elements of the meta block, which may be nested too deeply to be compared."""
    elements, left = [], [(0, meta)] if meta else []
    while left:
        depth, node = left.pop()
        elements.append((depth, node.tag, node.text))
        left += [(depth + 1, child) for child in node.children]
    return elements


def compare(data: bytes) -> int:
    """Read a file both ways; how many rows came without the parser at best."""
    most = 0
    for dialect in (PLAIN, SERVER):
        expected, none = read(data, 0, dialect)
        assert none == 0
        for size in SIZES:
            contents, regular = read(data, size, dialect)
            assert contents == expected
            most = max(most, regular)
    return most


def rows_in(data: bytes) -> int:
    contents = read(data, 0)[0]
    return sum(len(contents[kind][0]) for kind in ("images", "tracks", "tags", "shapes"))


@pytest.mark.parametrize("name", FILES)
def test_files_of_people_are_the_same(name: str) -> None:
    compare(FILES[name])


@pytest.mark.parametrize("slug", ["cvat-images", "cvat-video"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_what_is_written_here_needs_no_parser(slug: str, name: str) -> None:
    (data,) = sound_input(slug, name).values()
    compare(data)
    plain = data.replace(b'"two"', b"two")  # a quote in a text is for the parser
    assert compare(plain) == rows_in(plain)


def test_what_the_server_writes_needs_no_parser() -> None:
    server = {name: data for name, data in FILES.items() if name.endswith(".xml")}
    assert len(server) == 4
    assert {name: compare(data) for name, data in server.items()} == {
        name: rows_in(data) for name, data in server.items()
    }


IMAGE = '<image id="0" name="a">'
BOX = '<box label="car" occluded="0" xtl="1" ytl="2.25" xbr="3.5" ybr="4e1" z_order="0">{}</box>'
LIKE = {
    "one line": '<image id="0" name="a">' + BOX.format("") * 3 + "</image>",
    "carriage returns": '<image id="0" name="a">\r\n' + BOX.format("\r\n") + "\r\n</image>\r\n",
    "tabs": '<image id="0" name="a">\n\t' + BOX.format("\n\t") + "\n</image>",
    "closed at once": '<image id="0" name="a"/>\n<image id="1" name="b" />\n',
    "attributes over lines": '<image id="0"\n  name="a">\n<tag\n label="car"/>\n' + BOX.format("") + "</image>",
    "entities": '<image id="0" name="a &amp; b"><tag label="&lt;car&gt;">'
    '<attribute name="a">x &amp;lt; y</attribute></tag></image>',
    "text of several lines": IMAGE + BOX.format('<attribute name="a">x\n\n y</attribute>') * 2 + "</image>",
    "no value": IMAGE + BOX.format('<attribute name="a"/><attribute name="b"></attribute>') + "</image>",
    "letters": '<image id="0" name="ü/日本.jpg"><tag label="zażółć"><attribute name="é">😀</attribute></tag></image>',
    "track": '<track id="0" label="car"><box frame="0" keyframe="1" xtl="1" ytl="1" xbr="2" ybr="2"/>'
    '<box frame="1" keyframe="0" xtl="1" ytl="1" xbr="2" ybr="2"><attribute name="a">1</attribute></box></track>',
    "numbers of all lengths": IMAGE
    + '<box label="car" xtl="-0.00" ytl="-12.50" xbr="99999.99" ybr="100000.00" z_order="-1"/>'
    '<box label="car" xtl="1.00" ytl="2.00" xbr="3.25" ybr="4.75" z_order="123456789"/>'
    '<points label="car" points="-1.00,0.50;12345.67,-0.00"/><points label="car" points="1.5, 2.00;3,123456.00"/>'
    '<mask label="car" rle="1, 2,3, 123456789" left="-1" top="0" width="5" height="7"/></image>',
    "many labels": IMAGE + "".join(f'<tag label="car {number}"/>' for number in range(5000)) + "</image>",
    "long labels": IMAGE + "".join(f'<tag label="{"long " * 20}{number % 3}"/>' for number in range(9)) + "</image>",
    "attributes without a name": '<image id="0" name="a">' + BOX.format("<attribute>red</attribute>") + "</image>",
}  # fmt: skip
REGULAR = set(LIKE) - {"attributes without a name"}


@pytest.mark.parametrize("name", LIKE)
def test_what_is_written_otherwise_and_means_the_same(name: str) -> None:
    data = HEAD + LIKE[name].encode() + b"</annotations>\n"
    assert (compare(data) == rows_in(data)) == (name in REGULAR)


ODD = {
    "comment": '<image id="0" name="a"><!-- <box/> -->{}</image>',
    "comment around": '<!-- <image id="0" name="a">{}</image> -->',
    "section": '<image id="0" name="a">{}<![CDATA[<image id="1" name="b">]]></image>',
    "instruction": '<image id="0" name="a"><?odd?>{}</image>',
    "unknown element": '<image id="0" name="a"><circle r="1"/>{}</image>',
    "text": '<image id="0" name="a">text{}</image>',
    "quote in a text": IMAGE + '{}<tag label="car"><attribute name="a">5" x="y</attribute></tag></image>',
    "single quotes": "<image id='0' name=\"a\">{}</image>",
    "character by number": '<image id="0" name="&#97;">{}</image>',
    "unknown entity": '<image id="0" name="&odd;">{}</image>',
    "attribute twice": '<image id="0" id="1" name="a">{}</image>',
    "not closed": '<image id="0" name="a">{}',
    "closed twice": '<image id="0" name="a">{}</image></image>',
    "closed crosswise": '<image id="0" name="a"><tag label="car"></image></tag>{}',
    "no number": '<image id="x" name="a">{}</image>',
    "no place": '<image id="0" name="a"><box label="car" xtl="1" ytl="2"/>{}</image>',
    "no label": '<image id="0" name="a"><tag/>{}</image>',
    "two numbers in one": '<image id="0" name="a"><box label="car" xtl="1,2" ytl="2" xbr="3" ybr="4"/>{}</image>',
    "points in brackets": '<image id="0" name="a"><points label="car" points="1,2],[3,4"/>{}</image>',
    "points of nothing": '<image id="0" name="a"><points label="car" points=""/>{}</image>',
    "control character": '<image id="0" name="a\x01">{}</image>',
    "tab in a value": '<image id="0" name="a\tb">{}</image>',
    "line in a value": '<image id="0" name="a\nb">{}</image>',
    "image in an image": '<image id="0" name="a"><image id="1" name="b">{}</image></image>',
    "track in a track": '<track id="0" label="car"><track id="1" label="car"></track></track>{}',
    "source that nobody knows": '<image id="0" name="a"><tag label="car" source="odd"/>{}</image>',
    "end of a section": '<image id="0" name="a"><tag label="car"><attribute name="a">]]></attribute></tag>{}</image>',
    "no blank between": '<image id="0"name="a">{}</image>',
    "space around =": '<image id = "0" name="a">{}</image>',
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_for_the_parser(name: str) -> None:
    """One odd element among many that are not: the others need no parser."""
    usual = '<image id="7" name="b">\n' + BOX.format("") + "\n</image>\n"
    compare(HEAD + (usual + ODD[name].format(BOX.format("")) + "\n" + usual).encode() + b"</annotations>\n")
    assert compare(HEAD + (usual * 40 + ODD[name].format("") + "\n").encode() + b"</annotations>\n") > 0


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "us-ascii", "latin-1", "windows-1252", "utf-16", "odd"])
@pytest.mark.parametrize("name", ["a", "é"])
def test_any_encoding(encoding: str, name: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?><annotations>'
    text = f'{head}<image id="0" name="{name}">{BOX.format("")}</image></annotations>'
    for written in ("utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le"):
        compare(text.encode(written))


SOURCES = [
    *FILES.values(),
    *(data for slug in ("cvat-images", "cvat-video") for data in sound_input(slug, "clean").values()),
]
PIECES = [
    *XML_VALUES,
    *XML_PIECES[:6],
    *XML_PIECES[9:],
    b'"',
    b"<",
    b">",
    b"&",
    b"\r",
    b"\n",
    b"\0",
    b"'",
    b"=",
    b"-->",
    b"<!--",
]


@settings(max_examples=150)
@given(st.sampled_from(SOURCES), st.data())
def test_any_bytes_changed(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(data)))
        stop = draw.draw(st.integers(start, min(start + 30, len(data))))
        data = data[:start] + draw.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3))) + data[stop:]
    compare(data)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files(seed: int) -> None:
    random = Random(seed)
    name = random.choice(sorted(FILES))
    for data in damaged({name: FILES[name]}, random).values():
        compare(data)


def test_numbers_come_as_python_reads_them() -> None:
    values = [0.1, 1e-7, 123456.789, 2.5e300, 0.30000000000000004, 5e-324]
    points = ",".join(map(repr, values))
    data = HEAD + f'<image id="0" name="a"><points label="car" points="{points}"/></image></annotations>'.encode()
    contents, regular = read(data, SIZE)
    assert regular == 2
    assert np.frombuffer(contents["shapes"][1]).tolist() == values
