"""Regular annotation files at once say what the parser says of each: on good, odd and damaged files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.errors import Problems
from annotools.formats.voc import reading
from annotools.formats.voc.layout import Entry
from annotools.formats.voc.reading import Files
from annotools.formats.voc.regular import block_of

OURS = b"""<annotation>
\t<filename>a/b.jpg</filename>
\t<folder>a</folder>
\t<size>\n\t\t<width>50</width>\n\t\t<height>60</height>\n\t\t<depth>3</depth>\n\t</size>
\t<segmented>0</segmented>
\t<object>
\t\t<name>car \xc3\xa4</name>
\t\t<pose>Unspecified</pose>
\t\t<truncated>0</truncated>
\t\t<occluded>1</occluded>
\t\t<difficult>0</difficult>
\t\t<bndbox>\n\t\t\t<xmin>1.5</xmin>\n\t\t\t<ymin>-2</ymin>\n\t\t\t<xmax>3e1</xmax>\n\t\t\t<ymax>40</ymax>\n\t\t</bndbox>
\t\t<attributes>
\t\t\t<attribute>\n\t\t\t\t<name>rotation</name>\n\t\t\t\t<value> 30.0 </value>\n\t\t\t</attribute>
\t\t\t<attribute>\n\t\t\t\t<name>colour</name>\n\t\t\t\t<value> red</value>\n\t\t\t</attribute>
\t\t</attributes>
\t</object>
\t<object><name>bus</name><bndbox><xmin>1</xmin><ymin></ymin><xmax>3</xmax><ymax>4.4.4</ymax></bndbox></object>
</annotation>
"""
LABELIMG = b"""<?xml version="1.0" encoding="utf-8"?><annotation verified="yes">
  <folder>f</folder><filename>a.jpg</filename><path>C:\\f\\a.jpg</path>
  <source>\r\n    <database>Unknown</database></source>
  <size><width>50</width><height> 60</height><depth>1</depth></size>
  <segmented>0</segmented>
  <object><name>dog</name><pose>Left</pose><truncated>1</truncated><difficult>1</difficult><occluded>0</occluded>
    <bndbox><xmin>1</xmin><xmax>30</xmax><ymin>2</ymin><ymax>40</ymax></bndbox></object>
</annotation>"""
EMPTY = b"<annotation><size></size></annotation>"
REGULAR = (OURS, LABELIMG, EMPTY)
ODD = (
    b"", b"\xef\xbb\xbf" + EMPTY, EMPTY + EMPTY, EMPTY[:-4], b"<!-- a -->" + EMPTY, EMPTY.replace(b"ion>", b"ions>"),
    OURS.replace(b"bus", b"b&amp;s"), OURS.replace(b"bus", b"b\0s"), OURS.replace(b"bus", b"b\x07s"),
    OURS.replace(b"bus", b"b\xffs"), OURS.replace(b"bus", b"b\xef\xbf\xbfs"), OURS.replace(b"bus", b"b]]>s"),
    OURS.replace(b"<segmented>0</segmented>", b"<owner>x</owner>"), OURS.replace(b"</object>", b"", 1),
    OURS.replace(b"<filename>a/b.jpg</filename>", b"<folder>z</folder>"), LABELIMG.replace(b"ymin", b"xmax"),
    LABELIMG.replace(b"</difficult>", b"</difficult><occluded></occluded>"), OURS.replace(b"\n", b"\r\n"),
    OURS.replace(b"red", b"r\red"), LABELIMG.replace(b"Unknown", b"U>"), LABELIMG.replace(b"Unknown", b"\xc3\xa4"),
    LABELIMG.replace(b"Unknown", b""), LABELIMG.replace(b"30<", b"nan<"), OURS.replace(b"40<", b"\xc2\xa040<"),
    LABELIMG.replace(b"Unknown", b"Un\nknown"), OURS.replace(b"b.jpg", b"b\n.jpg"), OURS.replace(b"bus", b"b\nus"),
    OURS[OURS.index(b"<object>") :], OURS.replace(b"<segmented>0", b"<segmented>\n0"),
    EMPTY.replace(b"<size>", b"<size>5"),
    OURS.replace(b"40<", b" 40\n<"), OURS.replace(b"40<", b"1_0<"), OURS.replace(b"40<", b"1e999<"),
)  # fmt: skip
PIECES = (
    b"<object>", b"</object>", b"<name>", b"</name>", b"<xmin>7</xmin>", b"<!--", b"-->", b"\n", b"\r", b" ", b"&lt;",
    b"<occluded>1</occluded>", b"<folder>g</folder>", b"\0", b"\xff", b"<attributes>", b"</annotation>",
    b"<annotation>", b"<pose/>", b"5", b".", b"<xmax></xmax>", b"<depth>4</depth>",
)  # fmt: skip


def said(files: list[bytes], *, fast: bool) -> tuple[Any, ...]:
    """All that is read of some files, and what is wrong with them."""
    files_read, problems = Files(), Problems()
    batch = [reading._File(n, Entry(f"{n}", "", "", f"{n}.xml", ""), data) for n, data in enumerate(files)]
    if fast:
        reading._add_files(files_read, batch, problems)
    else:
        for file in batch:
            files_read.add(file.place, file.entry, reading._document(file, problems))
    objects = files_read.objects
    corners, rotation, good = objects.boxes(problems)
    columns = repr(corners.tolist()), rotation.tolist(), good.tolist(), objects.at.start.tolist(), objects.file.tolist()
    words = list(objects.words)
    texts = {name: [words[code] for code in objects.code(name).tolist()] for name in objects.codes}
    texts = objects.members, texts, objects.reserved, objects.other, objects.attributes
    head = files_read.entry, files_read.names, files_read.sizes, files_read.size, files_read.extras
    return (*columns, *texts, *head, [str(problem) for problem in problems])


@pytest.mark.parametrize("data", REGULAR)
def test_what_usual_tools_write_is_regular(data: bytes) -> None:
    assert block_of([data]) is not None
    assert said([data], fast=True) == said([data], fast=False)


@pytest.mark.parametrize("data", ODD)
def test_odd_files_say_the_same_and_cost_no_other(data: bytes) -> None:
    files = [*REGULAR, data, *REGULAR]
    assert said(files, fast=True) == said(files, fast=False)


@pytest.mark.parametrize("data", [b"", b"<", b"<a>", b"<a/>", b"<object>"])
def test_hardly_a_file_says_the_same(data: bytes) -> None:
    assert block_of([data]) is None
    assert said([data], fast=True) == said([data], fast=False)


def test_files_end_where_they_end() -> None:
    middle = OURS.index(b"</object>")
    assert block_of([OURS[:middle], OURS[middle:]]) is None
    assert block_of([]) is None


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(REGULAR), min_size=1, max_size=3),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from((b"", *PIECES))), max_size=3),
)
def test_damaged_files_say_the_same(files: list[bytes], damage: list[tuple[float, int, bytes]]) -> None:
    for share, length, piece in damage:
        start = int(share * len(files[0]))
        files[0] = files[0][:start] + piece + files[0][start + length :]
    assert said(files, fast=True) == said(files, fast=False)


def test_one_letter_makes_another_kind() -> None:
    start, stop = LABELIMG.index(b"<object>"), LABELIMG.index(b"</object>")
    for index in range(start, stop):
        files = [LABELIMG, LABELIMG[:index] + b"n" + LABELIMG[index + 1 :]]
        assert said(files, fast=True) == said(files, fast=False)


def test_very_many_kinds_say_the_same() -> None:
    attribute = b"<attribute><name>a</name><value>b</value></attribute>"
    start, stop = OURS.index(b"<attributes>"), OURS.index(b"</attributes>")
    files = [OURS[:start] + b"<attributes>" + attribute * count + OURS[stop:] for count in range(300)]
    assert said(files, fast=True) == said(files, fast=False)


@pytest.mark.parametrize("end", [b"<", b"<a>", b"<name>", b"<object"])
def test_a_tag_at_the_very_end_says_the_same(end: bytes) -> None:
    assert said([OURS + end], fast=True) == said([OURS + end], fast=False)


def test_the_shared_files_of_tests_say_the_same() -> None:
    files = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "voc").rglob("*.xml"))]
    assert files
    assert said(files, fast=True) == said(files, fast=False)
