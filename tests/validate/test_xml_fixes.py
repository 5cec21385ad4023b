"""Mending CVAT's XML: the values at fault change, everything else stays byte for byte."""

from __future__ import annotations

import re

import pytest

import annotools as at
from annotools.validate.edits import AddAttributes, Copy, Drop, DropAttribute, Edit, Order, Put, PutAttribute
from annotools.validate.fixing.changes import CannotError
from annotools.validate.fixing.xml_edits import XmlEdits
from annotools.validate.overlay import Overlay
from annotools.validate.reading import SubjectOptions, read_subject

META = """<meta><task><labels>
<label><name>car</name><type>any</type><attributes>
<attribute><name>colour &amp; more</name><mutable>False</mutable><input_type>text</input_type></attribute>
<attribute><name>parked</name><mutable>True</mutable><input_type>checkbox</input_type></attribute>
</attributes></label></labels></task></meta>"""
POLYGON = "<polygon  label='car' points=\"1.00,1.00;9.00,1.00;9.00,9.00\" occluded='0' z_order=\"0\"/>"
IMAGES = f"""<?xml version="1.0" encoding="utf-8"?>
<annotations>
  {META}
  <image id="0" name="a.jpg" width="200" height="100">
    <box label="car" occluded="0" xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00" z_order="0">
      <attribute name="colour &amp; more">red</attribute>
    </box>
    {POLYGON}
    <ellipse label="car" occluded="0" cx="50.00" cy="50.00" rx="5.00" ry="4.00" z_order="0">
    </ellipse>
    <mask label="car" occluded="0" rle="0, 4" left="1" top="1" width="2" height="2" z_order="0">
    </mask>
  </image>
</annotations>
"""
VIDEO = f"""<annotations>
  {META}
  <track id="0" label="car" source="manual">
    <box frame="4" keyframe="1" outside="0" occluded="0" xtl="2.00" ytl="2.00" xbr="9.00" ybr="9.00" z_order="0">
    </box>
    <box frame="0" keyframe="1" outside="0" occluded="0" xtl="1.00" ytl="1.00" xbr="8.00" ybr="8.00" z_order="0">
    </box>
  </track>
</annotations>
"""


def mended(text: str, slug: str, *edits: Edit) -> str:
    """The text after some edits."""
    source = Overlay("x.xml", {"x.xml": text.encode()})
    changes = XmlEdits(read_subject(source, SubjectOptions(slug)).dataset, source.read)
    for edit in edits:
        changes.marks()
        changes.apply(edit)
    return changes.results()["x.xml"].decode()


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (Put("shape", 0, "points", [10, 10, 60, 40]), 'xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00"',
         'xtl="10.00" ytl="10.00" xbr="60.00" ybr="40.00"'),
        (Put("shape", 1, "points", [0, 0, 9, 0, 9, 9.5]), "1.00,1.00;9.00,1.00;9.00,9.00",
         "0.00,0.00;9.00,0.00;9.00,9.50"),
        (Put("shape", 2, "points", [50, 50, 56, 42]), 'rx="5.00" ry="4.00"', 'rx="6.00" ry="8.00"'),
        (Put("shape", 3, "points", [1, 1, 5, 6, 6, 6]), 'rle="0, 4" left="1" top="1" width="2" height="2"',
         'rle="1, 1" left="5" top="6" width="2" height="1"'),
        (Put("shape", 1, "occluded", True), "occluded='0' z_order=\"0\"/>", "occluded='1' z_order=\"0\"/>"),
        (Put("shape", 1, "group", 3), 'z_order="0"/>', 'z_order="0" group_id="3"/>'),
        (Drop("shape", 1), f"\n    {POLYGON}", ""),
        (PutAttribute(0, "a < b"), ">red<", ">a &lt; b<"),
        (DropAttribute(0), '\n      <attribute name="colour &amp; more">red</attribute>', ""),
        (AddAttributes("shape", 2, ((2, "true"),)), 'ry="4.00" z_order="0">\n',
         'ry="4.00" z_order="0">\n      <attribute name="parked">true</attribute>\n'),
    ],
)  # fmt: skip
def test_what_is_at_fault_changes(edit: Edit, old: str, new: str) -> None:
    assert mended(IMAGES, "cvat-images", edit) == IMAGES.replace(old, new, 1)


def test_keyframes_are_put_in_order_and_copied() -> None:
    head, four, none, tail = VIDEO.partition('    <box frame="4"')[0], *_boxes(), "  </track>\n</annotations>\n"
    assert mended(VIDEO, "cvat-video", Order("track", 0, "shapes", [1, 0])) == head + none + four + tail
    copied = mended(VIDEO, "cvat-video", Copy("shape", 1, {"outside": True}))
    assert copied == head + four + none + none.replace('outside="0"', 'outside="1"') + tail
    assert mended(VIDEO, "cvat-video", Drop("track", 0)).count("<track") == 0


def _boxes() -> tuple[str, str]:
    start, end = VIDEO.index('    <box frame="4"'), VIDEO.index("  </track>")
    second = VIDEO.index('    <box frame="0"')
    return VIDEO[start:second], VIDEO[second:end]


@pytest.mark.parametrize(
    "edit",
    [Put("shape", 0, "label", 1), Put("shape", 0, "frame", 2), Put("shape", 0, "id", None), PutAttribute(0, "x")],
)
def test_what_stands_elsewhere_is_refused(edit: Edit) -> None:
    """A keyframe has its label from its track, and attributes that cannot change stand in all rows."""
    text = VIDEO.replace(' z_order="0">\n', ' z_order="0">\n<attribute name="colour &amp; more">x</attribute>\n')
    with pytest.raises(CannotError):
        mended(text, "cvat-video", edit)


@pytest.mark.parametrize("row", [0, 1, 2, 3])
def test_of_elements_on_one_line_the_one_that_is_meant_changes(row: int) -> None:
    """As programs write XML that no person looks at: the n-th row of a tag is the n-th element of it."""
    line = " ".join(
        IMAGES.replace(
            "<polygon", "<tag label='car'/><box label='car' xtl='1' ytl='1' xbr='2' ybr='2'/><polygon"
        ).split()
    )
    made = mended(line, "cvat-images", Put("shape", row, "z_order", 7))
    parts = re.findall(r"<(?:box|polygon|ellipse|mask)[^>]*>", line)
    assert made == line.replace(parts[row], mended_part(parts[row]), 1)


def test_a_diff_of_one_line_shows_the_element() -> None:
    line = IMAGES.replace("\n", "").replace(">    <", "><").replace(">      <", "><")
    outcome = at.fix(Overlay("x.xml", {"x.xml": line.encode()}), slug="cvat-images", select="GEO007")
    removed, added = (row for row in outcome.diff().splitlines() if row[:2] in ("-<", "+<"))
    assert removed == '-<box label="car" occluded="0" xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00" z_order="0">'
    assert added == '+<box label="car" occluded="0" xtl="10.00" ytl="10.00" xbr="60.00" ybr="40.00" z_order="0">'


def mended_part(part: str) -> str:
    """A start tag with another z-order."""
    if "z_order" not in part:
        return part.replace("/>", ' z_order="7"/>')
    return part.replace('z_order="0"', 'z_order="7"')


def test_where_one_of_a_line_was_not_read_nothing_changes() -> None:
    broken = IMAGES.replace("<polygon", "<polygon label='car' points='1,1;x'/><polygon")
    with pytest.raises(CannotError, match="2 <polygon> begin on line 12, of which 1 can be read"):
        mended(broken, "cvat-images", Drop("shape", 1))


def test_an_element_that_is_only_a_tag_is_given_attributes() -> None:
    item = '<attribute name="parked">true</attribute>'
    full = POLYGON.replace("/>", f">\n      {item}\n    </polygon>")
    assert mended(IMAGES, "cvat-images", AddAttributes("shape", 1, ((2, "true"),))) == IMAGES.replace(POLYGON, full)


def test_what_was_not_mended_is_told_with_its_reason() -> None:
    """A track that runs to the end needs a row more, and rows of XML count the frames of the source."""
    text = VIDEO.replace('frame="4"', 'frame="1"').replace("<labels>", "<size>900</size><labels>")
    outcome = at.fix(Overlay("x.xml", {"x.xml": text.encode()}), slug="cvat-video", select="TRK008", unsafe=True)
    assert (outcome.applied, outcome.members) == ({}, {})
    assert outcome.unmade == {"TRK008": (1, "frame of an element is not changed in XML")}


def test_the_whole_way() -> None:
    """Rules find the faults, with their lines, and the fixes go through."""
    source = Overlay("x.xml", {"x.xml": IMAGES.encode()})
    report = at.validate(source, slug="cvat-images", select="GEO007")
    assert [(f.where.line, f.where.file) for f in report.findings()] == [(9, "x.xml")]
    outcome = at.fix(source, slug="cvat-images", select="GEO007")
    assert outcome.members["x.xml"].decode() == IMAGES.replace(
        'xtl="60.00" ytl="40.00" xbr="10.00" ybr="10.00"', 'xtl="10.00" ytl="10.00" xbr="60.00" ybr="40.00"'
    )
