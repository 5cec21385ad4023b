"""Tracklets of KITTI's raw data: what a file says of objects over frames, as columns, and as text.

    <tracklets><count>1</count><item><objectType>Car</objectType><h>1.4</h><w>1.8</w><l>4.3</l>
      <first_frame>0</first_frame><poses><item><tx>..</tx>..<rz>..</rz><occlusion>0</occlusion>..</item></poses></item>

An object has one size: width, height and length are the extents along x, y and z.  A file begins with the bare name of
its document type, which is left out before it is parsed: any other is refused.
Source: https://www.cvlibs.net/datasets/kitti/raw_data.php, development kit, readme.txt
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.xml_files import head_of
from annotools.formats.kernel.xmlfile import Document, as_utf8, child_text, parse, text
from annotools.model.columns import Floats
from annotools.storage import Source

_FARTHEST = 1_000_000_000  # frame that a tracklet may begin on, before anybody asks whether it is there
NAME, LIST = "tracklet_labels.xml", "frame_list.txt"
_TYPE = re.compile(rb"<!DOCTYPE\s+[\w.-]+\s*>")
_SIZE, _POSE = ("w", "h", "l"), ("tx", "ty", "tz", "rx", "ry", "rz")
_HEAD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!DOCTYPE boost_serialization>
<boost_serialization version="9" signature="serialization::archive">
<tracklets version="0" tracking_level="0" class_id="0">
  <count>%d</count>
  <item_version>1</item_version>
"""
_TAIL = "</tracklets>\n</boost_serialization>\n"
_ITEM = """  <item%s>
    <objectType>%s</objectType>
    <h>%r</h>
    <w>%r</w>
    <l>%r</l>
    <first_frame>%d</first_frame>
    <poses%s>
      <count>%d</count>
      <item_version>0</item_version>
%s    </poses>
    <finished>1</finished>
  </item>
"""
_STEP = """      <item%s>
        <tx>%r</tx>
        <ty>%r</ty>
        <tz>%r</tz>
        <rx>%r</rx>
        <ry>%r</ry>
        <rz>%r</rz>
        <state>2</state>
        <occlusion>%d</occlusion>
        <occlusion_kf>%d</occlusion_kf>
        <truncation>0</truncation>
        <amt_occlusion>-1</amt_occlusion>
        <amt_border_l>-1</amt_border_l>
        <amt_border_r>-1</amt_border_r>
        <amt_occlusion_kf>-1</amt_occlusion_kf>
        <amt_border_kf>-1</amt_border_kf>
      </item>
"""
_CLASSES = (
    ' version="1" tracking_level="0" class_id="1"', ' version="0" tracking_level="0" class_id="2"',
    ' version="1" tracking_level="0" class_id="3"',
)  # fmt: skip


class Poses(msgspec.Struct):
    """Cuboids as columns.

    tracklet: which object each is of.  keyframe: whether it is one; flagged: whether it says so itself.  line: of its
    element, 0 where the text cannot tell.
    """

    tracklet: list[int] = msgspec.field(default_factory=list)
    title: list[str] = msgspec.field(default_factory=list)
    frame: list[int] = msgspec.field(default_factory=list)
    numbers: list[list[float]] = msgspec.field(default_factory=list)
    occlusion: list[int] = msgspec.field(default_factory=list)
    keyframe: list[bool] = msgspec.field(default_factory=list)
    flagged: list[bool] = msgspec.field(default_factory=list)
    line: list[int] = msgspec.field(default_factory=list)

    @property
    def points(self) -> Floats:
        """(n, 16) as the hub has cuboids in space."""
        values = np.array(self.numbers, np.float64).reshape(-1, 9)
        return np.concatenate([values, np.zeros((len(values), 7))], axis=1)


def members_of(source: Source) -> list[str]:
    """The files of tracklets."""
    members = source.members()
    names = [name for name in members if name.lower().endswith(".xml")]
    return [name for name in names if basename(name).lower().startswith("tracklet")] or (
        names if len(members) == 1 else []
    )


def drives_of(source: Source) -> tuple[list[str], list[str]]:
    """The first file of tracklets of each folder, and the others."""
    first: dict[str, str] = {}
    for name in members_of(source):
        first.setdefault(dirname(name), name)
    return [*first.values()], [name for name in members_of(source) if first[dirname(name)] != name]


def is_tracklets(source: Source) -> bool:
    """Whether a source certainly has tracklets."""
    return any(b"<tracklets" in head_of(source, name, 1 << 11) for name in members_of(source))


def poses_of(source: Source, member: str, problems: Problems) -> Poses:
    """All poses of a file."""
    poses = Poses()
    try:
        data = as_utf8(source.read(member))
    except InputError as error:
        problems.extend(error.problems)
        return poses
    document = parse(_TYPE.sub(lambda kind: b" " * len(kind[0]), data, count=1), member, problems, "tracklets of KITTI")
    root = None if document is None else document.root.find("tracklets")
    if document is None or root is None:
        if document is not None:
            problems.append(Problem("has no tracklets", member, expected="<tracklets> of KITTI's raw data"))
        return poses
    lines = iter(document.lines("item").tolist())
    for number, item in enumerate(root.findall("item")):
        _add(poses, number, item, document, lines, problems)
    return poses


def _add(read: Poses, number: int, item: Element, document: Document, lines: Iterator[int], problems: Problems) -> None:
    at = At(document.member, next(lines, 0))
    poses = item.findall("poses/item")
    places = [next(lines, 0) for _ in poses]
    size, title = _numbers(item, _SIZE, at, problems), child_text(item, "objectType")
    first = _numbers(item, ("first_frame",), at, problems)
    if not title:
        problems.append(at.problem(0, "tracklet has no objectType", expected="the name of a label"))
    if not poses:
        problems.append(at.problem(0, "tracklet has no poses", expected="one at least"))
    if first is not None and abs(first[0]) > _FARTHEST:
        problems.append(at.problem(0, f"first_frame is {first[0]:g}", expected=f"at most {_FARTHEST:,}"))
        return
    if size is None or first is None or not title:
        return
    flags = [child_text(pose, "occlusion_kf") == "1" for pose in poses]
    for index, (pose, line) in enumerate(zip(poses, places, strict=True)):
        numbers = _numbers(pose, _POSE, At(document.member, line), problems)
        if numbers is None:
            continue
        read.tracklet.append(number)
        read.title.append(title)
        read.frame.append(int(first[0]) + index)
        read.numbers.append([*numbers, *size])
        read.occlusion.append(_whole(child_text(pose, "occlusion")))
        read.keyframe.append(flags[index] or not any(flags) or index == 0)
        read.flagged.append(flags[index])
        read.line.append(line)


def _whole(value: str) -> int:
    return int(value) if value.lstrip("-").isdecimal() and len(value) < 9 else 0


def _numbers(element: Element, names: Sequence[str], at: At, problems: Problems) -> list[float] | None:
    """The numbers of some children; None, and a problem, where one is none."""
    texts = [child_text(element, name) for name in names]
    values, bad = typed([value.encode() for value in texts], float)
    if not bad.any():
        numbers: list[float] = values.tolist()
        return numbers
    first = int(np.argmax(bad))
    message = f"{names[first]} is {texts[first][:40]!r}" if texts[first] else f"there is no {names[first]}"
    problems.append(at.problem(0, message, expected="a number"))
    return None


class Tracklet(msgspec.Struct, frozen=True):
    """An object.  poses: the numbers of each of its cuboids; hidden, keyframe: of each."""

    title: str
    first: int
    poses: Sequence[Sequence[float]]
    hidden: Sequence[int]
    keyframe: Sequence[Any]


def document_of(tracklets: Sequence[Tracklet]) -> Iterator[bytes]:
    """A file of tracklets; the first of each kind names its class, as boost's archives have it."""
    yield (_HEAD % len(tracklets)).encode()
    kinds = _CLASSES
    for each in tracklets:
        yield _text(each, kinds).encode()
        kinds = ("", "", "")
    yield _TAIL.encode()


def _text(each: Tracklet, kinds: Sequence[str]) -> str:
    steps = [
        _STEP % (kinds[2] if not index else "", *pose[:6], hidden, keyframe)
        for index, (pose, hidden, keyframe) in enumerate(zip(each.poses, each.hidden, each.keyframe, strict=True))
    ]
    width, height, length = each.poses[0][6:9]
    size = (height, width, length)
    return _ITEM % (kinds[0], text(each.title), *size, each.first, kinds[1], len(steps), "".join(steps))
