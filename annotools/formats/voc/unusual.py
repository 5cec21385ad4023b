"""Annotations of VOC whose elements are called or filled otherwise, as those of VOC.

    <Annotation> <Object> <bndBox>                        letters of another case
    <v:annotation xmlns:v="..."> <v:object>               names with a namespace
    <bndbox><x>5<y>6<w>10<h>20</bndbox>                   left, top, width and height, as KAIST has them

Source: https://github.com/SoonminHwang/rgbt-ped-detection (annotations-xml)
"""

from __future__ import annotations

import re
from functools import partial
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.xmlfile import Document, as_utf8, parse
from annotools.geometry.widths import edges
from annotools.model.columns import Ints

# What is no tag comes first, so that nothing in it is taken for one: comments, texts as they are, and instructions.
_MARKUP = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|(?P<start></?)(?P<prefix>(?:[A-Za-z_][\w.-]*+:)?)(?P<name>[A-Za-z][\w.-]*+)(?=[\s/>])"
    rb"(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"(?<![^\s\"'])(?P<name>[^\s=\"']++)\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_ODD = re.compile(rb"</?(?:[A-Za-z_][\w.-]*:|[a-z_][\w.-]*[A-Z]|[A-Z])|\sxmlns")
_KNOWN = frozenset(
    b"annotation folder filename path source size width height depth segmented object name pose truncated difficult "
    b"occluded bndbox xmin ymin xmax ymax robndbox cx cy w h angle attributes attribute value polygon".split()
)
_DEEPEST = 200
_CORNERS, _SIZED = ("xmin", "ymin", "xmax", "ymax"), ("x", "y", "w", "h")


def as_usual(data: bytes) -> bytes:
    """The text with elements called as VOC calls them, on the lines where they were; all else stays as it is.

    Of another namespace than the root's, what has a prefix is no element of VOC.
    """
    if not _ODD.search(data):
        return data
    root = next(filter(_is_tag, _MARKUP.finditer(data)), None)
    return data if root is None else _MARKUP.sub(partial(_usual, root["prefix"]), data)


def _is_tag(markup: re.Match[bytes]) -> bool:
    return markup["name"] is not None


def _usual(prefix: bytes, markup: re.Match[bytes]) -> bytes:
    name, rest = markup["name"], markup["rest"]
    if name is None or markup["prefix"] not in (b"", prefix):
        return markup[0]
    small = name.lower()
    name = small if small in _KNOWN else name
    return markup["start"] + name + (_ATTRIBUTE.sub(_bare, rest) if b"xmlns" in rest else rest)


def _bare(attribute: re.Match[bytes]) -> bytes:
    """An attribute, or nothing for the namespace of elements; one with a prefix may be that of attributes."""
    return b"\n" * attribute[0].count(b"\n") if attribute["name"] == b"xmlns" else attribute[0]


def document_of(data: bytes, member: str, problems: Problems) -> Document | None:
    """The annotations of a file, called and filled as those of VOC; None, and a problem, for what is none."""
    document = parse(as_usual(as_utf8(data)), member, problems, "an annotation of VOC")
    if document is None:
        return None
    if document.root.tag != "annotation":
        problems.append(Problem(f"starts with <{document.root.tag}>", member, expected="<annotation>"))
        return None
    if _is_too_deep(document.root):
        problems.append(Problem("is nested too deeply", member, expected="an annotation of VOC"))
        return None
    _give_corners(document.root)
    return document


def object_lines(document: Document) -> Ints:
    """The line of each object of a file; those within others, or elsewhere, are none of VOC's."""
    mine = set(document.root.findall("object"))
    return document.lines("object")[[element in mine for element in document.root.iter("object")]]


def tell_strays(document: Document, problems: Problems) -> None:
    """Tell of objects that lie where VOC has none, as those of FAIR1M in <objects>."""
    within = ((child, [*child.iter("object")]) for child in document.root if child.tag != "object")
    strays = [(child, objects) for child, objects in within if objects]
    if not strays:
        return
    every = document.root.iter("object")
    line_of = dict(zip(every, document.lines("object").tolist(), strict=True))  # of each alone the text is gone through
    for child, objects in strays:
        message = f"<{child.tag[:40]}> holds {len(objects)} <object>, where VOC has none"
        line = line_of[objects[0]] or None
        problems.append(Problem(message, document.member, line, expected="<object> in <annotation>"))


def _is_too_deep(root: Element) -> bool:
    """Whether elements lie deeper than those that nobody knows could be written again."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
    return bool(level)


def _give_corners(root: Element) -> None:
    """Say the corners of boxes that say left, top, width and height."""
    for box in root.iter("bndbox"):
        if box.find("xmin") is None and box.find("w") is not None:
            numbers = np.array([_number(box.findtext(name)) for name in _SIZED])
            if np.isfinite(numbers).all():
                corners = *numbers[:2].tolist(), *edges(numbers[:2], numbers[2:]).tolist()
                for name, value in zip(_CORNERS, corners, strict=True):
                    SubElement(box, name).text = repr(value)


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
