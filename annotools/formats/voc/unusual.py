"""Annotations of VOC whose elements are called or filled otherwise, as those of VOC.

    <Annotation> <Object> <bndBox>                        letters of another case
    <v:annotation xmlns:v="..."> <v:object>               names with a namespace
    <bndbox><x>5<y>6<w>10<h>20</bndbox>                   left, top, width and height, as KAIST has them

Source: https://github.com/SoonminHwang/rgbt-ped-detection (annotations-xml)
"""

from __future__ import annotations

import re
from math import isfinite
from xml.etree.ElementTree import Element, SubElement

from annotools.errors import Problem, Problems
from annotools.formats.kernel.xmlfile import Document, as_utf8, parse

_TAG = re.compile(rb"(</?)(?:[A-Za-z_][\w.-]*:)?([A-Za-z][\w.-]*)(?=[\s/>])")
_NAMESPACE = re.compile(rb"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ODD = re.compile(rb"</?(?:[A-Za-z_][\w.-]*:|[a-z_][\w.-]*[A-Z]|[A-Z])|\sxmlns")
_KNOWN = frozenset(
    b"annotation folder filename path source size width height depth segmented object name pose truncated difficult "
    b"occluded bndbox xmin ymin xmax ymax robndbox cx cy w h angle attributes attribute value polygon".split()
)
_DEEPEST = 200
_CORNERS, _SIZED = ("xmin", "ymin", "xmax", "ymax"), ("x", "y", "w", "h")


def as_usual(data: bytes) -> bytes:
    """The text with elements called as VOC calls them, on the lines where they were."""
    if not _ODD.search(data):
        return data
    return _TAG.sub(_usual_tag, _NAMESPACE.sub(b"", data))


def _usual_tag(tag: re.Match[bytes]) -> bytes:
    small = tag[2].lower()
    return tag[1] + (small if small in _KNOWN else tag[2])


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
            numbers = [_number(box.findtext(name)) for name in _SIZED]
            left, top, width, height = numbers
            if all(map(isfinite, numbers)):
                for name, value in zip(_CORNERS, (left, top, left + width, top + height), strict=True):
                    SubElement(box, name).text = f"{value:.9g}"


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
