"""Which pictures a LabelMe dataset has, what they are called, and where their masks lie.

default/a/b.xml             folder a, file b.jpg: a/b.jpg of no subset     default/Masks/a/b_mask_0.png
train/a/b.xml                                     a/b.jpg of train         train/a/b.jpg
Annotations/street/c.xml    folder street, c.jpg  street/c.jpg             Masks/street/c_mask_0.png
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, splitext

import msgspec

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.xml_files import head_of, xml_files
from annotools.formats.kernel.xmlfile import Document, child_text, parse
from annotools.matching import stem
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

NO_SUBSET = "default"
_ANNOTATIONS = "annotations"  # in any letters, as the folders beside it
_OF_VOC = (b"<bndbox", b"<robndbox", b"<x1>", b"<point>")
_ROOT = re.compile(rb"<annotation[\s>]")  # not the <annotations> of CVAT


class Entry(msgspec.Struct, frozen=True):
    """A picture.  prefix: the folder of its subset; name: below it, with its ending."""

    document: Document
    prefix: str
    subset: str
    name: str

    @property
    def xml(self) -> str:
        """The member."""
        return self.document.member


def is_labelme(source: Source) -> bool:
    """Whether the first XML is of LabelMe: an <annotation> with polygons or the size of its picture in rows."""
    name = next(iter(xml_files(source).annotations), "")
    if not name:
        return False
    head = head_of(source, name)
    if not _ROOT.search(head):
        return False
    voc = any(tag in head for tag in _OF_VOC)  # which may have polygons of its own
    return b"<imagesize" in head or (b"<polygon" in head and not voc)


def entries_of(source: Source, problems: Problems) -> list[Entry]:
    """The pictures of a source."""
    documents = [*_documents(source, problems)]
    if not documents:
        problems.append(Problem("holds no annotations of LabelMe", source.name, expected=f"{NO_SUBSET}/a.xml"))
    placed = [(document, *_place(document)) for document in documents]
    root = _root(prefix for _, prefix, _ in placed)
    taken: set[tuple[str, str]] = set()
    entries = []
    for document, prefix, folder in placed:
        file = basename(child_text(document.root, "filename").replace("\\", "/")) or stem(basename(document.member))
        name = f"{folder}/{file}" if folder else file
        if (prefix, name) in taken:  # a file that was copied and not changed: it is called after itself
            name = stem(document.member[len(prefix) + bool(prefix) :]) + splitext(file)[1]
        taken.add((prefix, name))
        entries.append(Entry(document, prefix, _subset(prefix.removeprefix(root)), name))
    return entries


def _documents(source: Source, problems: Problems) -> Iterator[Document]:
    for name in xml_files(source).annotations:
        try:
            document = parse(source.read(name), name, problems, "an annotation of LabelMe")
        except InputError as error:
            problems.extend(error.problems)
            continue
        if document is not None and document.root.tag == "annotation":
            yield document
        elif document is not None:
            problems.append(Problem(f"starts with <{document.root.tag}>", name, expected="<annotation>"))


def _place(document: Document) -> tuple[str, str]:
    """Where a subset's files lie, and the folder of the picture below that."""
    path, folder = dirname(document.member), child_text(document.root, "folder").replace("\\", "/").strip("/")
    if not folder:
        return path, ""
    if path == folder or path.endswith(f"/{folder}"):
        return path[: -len(folder)].rstrip("/"), folder
    first, _, rest = path.partition("/")
    return (first, rest) if first.lower() == _ANNOTATIONS else ("", path)


def _root(prefixes: Iterable[str]) -> str:
    """What stands before all subsets, where one of them is that of pictures without one."""
    return next((prefix[: -len(NO_SUBSET)] for prefix in prefixes if prefix.endswith(f"/{NO_SUBSET}")), "")


def _subset(prefix: str) -> str:
    return "" if prefix == NO_SUBSET or basename(prefix).lower() == _ANNOTATIONS else prefix


def pictures_of(source: Source, entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """The place of each entry with a picture, and the picture's member."""
    for index, entry in enumerate(entries):
        beside = [member_named(source, f"{_joined(prefix)}{entry.name}") for prefix in _prefixes(entry, "Images")]
        member = next((name for name in beside if is_picture(name)), "")
        if member:
            yield index, member


def mask_member(source: Source, entry: Entry, text: str) -> str:
    """The member of a mask, empty for none."""
    folder = dirname(entry.name)
    for prefix in _prefixes(entry, "Masks"):
        start = _joined(prefix) if basename(prefix) == "Masks" else f"{_joined(prefix)}Masks/"
        for name in (f"{start}{text}", f"{start}{_joined(folder)}{text}"):
            if member := member_named(source, name):
                return member
    return ""


def _prefixes(entry: Entry, sibling: str) -> tuple[str, str]:
    """Where files of a picture may lie: with those of its subset, or in a folder beside that of annotations."""
    above = dirname(entry.prefix)
    return entry.prefix, f"{above}/{sibling}".lstrip("/")


def _joined(folder: str) -> str:
    return f"{folder}/" if folder else ""
