"""Which XML of a source may be annotations: that of programs lies beside in many a folder, and often comes first.

Annotations/a.xml      <annotation>            VOC, LabelMe
annotations.xml        <annotations>           CVAT
tracklet_labels.xml    <boost_serialization>   KITTI
pom.xml                <project>               none of them

Only heads are looked at, and few of a folder with many: there a stray is met when all are read.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from annotools.errors import InputError

if TYPE_CHECKING:
    from annotools.formats.kernel.rows import Rows
    from annotools.storage import Source

UNSEEN = "?"  # the root of a document whose head does not show it
_ROOTS = frozenset({"annotation", "annotations", "boost_serialization", UNSEEN})
_HEAD = 1 << 12
ROOT = re.compile(  # what comes before it is read in one way only: of two, thirty comments have a thousand million
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!(?!--)[^>\[]*+(?:\[.*?\]\s*+)?>)\s*+)*+<([A-Za-z][\w.:-]*+)[\s/>]",
    re.DOTALL,
)
_FEW, _MOST = 50, 200  # files of a folder, and of all


class XmlFiles(NamedTuple):
    """annotations: what may be some, by name; all where nothing is.  others: what is certainly something else."""

    annotations: list[str]
    others: list[str]


def head_of(source: Source, member: str, size: int = _HEAD) -> bytes:
    """The first bytes of a document, those of UTF-16 as UTF-8.  Raises: InputError where they cannot be read."""
    from annotools.formats.kernel.xmlfile import as_utf8, wide_encoding  # it has a parser, and most sources have no XML

    with source.open(member) as stream:
        data = stream.read(size)
    encoding = wide_encoding(data)
    if encoding:
        return data[: len(data) & ~1].decode(encoding, "replace").encode()
    return as_utf8(data)


def root_of(source: Source, member: str) -> str:
    """The name of the root of a document; `?` where the head does not show one."""
    try:
        match = ROOT.match(head_of(source, member))
    except InputError:  # whoever reads it says so
        return UNSEEN
    return match[1].decode() if match else UNSEEN


def plain_root(name: str) -> str:
    """The name of a root without its namespace, in small letters."""
    return name.rpartition(":")[2].lower()


def xml_files(source: Source) -> XmlFiles:
    """The XML of a source."""
    if source not in _KNOWN:
        _KNOWN[source] = _parted(source)
    return _KNOWN[source]


_KNOWN: WeakKeyDictionary[Source, XmlFiles] = WeakKeyDictionary()  # several formats ask one after the other


def _parted(source: Source) -> XmlFiles:
    names = [name for name in source.members() if name[-4:].lower() == ".xml"]
    folders = [name.rpartition("/")[0] for name in names]
    sizes = Counter(folders)
    few = (name for name, folder in zip(names, folders, strict=True) if sizes[folder] <= _FEW)
    looked_at = dict.fromkeys([*names[:1], *islice(few, _MOST)])
    others = {name: None for name in looked_at if plain_root(root_of(source, name)) not in _ROOTS}
    annotations = [name for name in names if name not in others] if others else names
    return XmlFiles(annotations, [*others]) if annotations else XmlFiles(names, [])


def tell_others(rows: Rows, source: Source) -> None:
    """Say of the files that are certainly something else that they are not read."""
    others = xml_files(source).others
    if others:
        why = f"it is no annotation, as in {others[0]}, which starts with <{root_of(source, others[0])}>"
        rows.left_out("file of XML", len(others), why=why, table="members")
