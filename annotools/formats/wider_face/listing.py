"""The lists of WIDER FACE: pictures, and lines of faces.

0--Parade/0_Parade_849.jpg
1                                       so many lines follow
449 330 122 149 0 0 0 2 0 0             left, top, width, height, blur, expression, illumination, occlusion, pose,
                                        invalid, and a label where it is no face
0--Parade/0_Parade_850.jpg
0
0 0 0 0 0 0 0 0 0 0                     stands for nothing; CVAT's lists have neither of the two
# seen by two                           a remark, unless a number follows or a file is called so
"""

from __future__ import annotations

import re
from functools import cached_property

import msgspec

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import is_comment, text_lines
from annotools.row_problems import LINES, RowProblems
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

LIST = re.compile(r"(?:.*/)?wider_face_(.+)_(?:bbx_gt|filelist)\.(?i:txt)")
FOLDER = "wider_face_split/"
_BOX = re.compile(rb"\s*[-+.\d][-+.\de]*(\s+[-+.\d][-+.\de]*){3}(\s.*)?")
_EMPTY = re.compile(rb"\s*0(\s+0){3,9}\s*")


class Listing(msgspec.Struct):
    """pictures: names and their lines.  boxes: the place of the picture, the line, and its text."""

    member: str
    subset: str
    pictures: list[tuple[str, int]] = msgspec.field(default_factory=list)
    boxes: list[tuple[int, int, bytes]] = msgspec.field(default_factory=list)


def listings(source: Source, problems: Problems) -> list[Listing]:
    """The lists of a source."""
    matches = [(name, LIST.fullmatch(name)) for name in source.members()]
    named = [(name, _subset(name, match[1])) for name, match in matches if match]
    if not named:
        expected = f"{FOLDER}wider_face_train_bbx_gt.txt"
        problems.append(Problem("holds no list of WIDER FACE", source.name, expected=expected))
    return [_Reader(Listing(name, subset), source, problems).listing() for name, subset in named]


def _subset(name: str, text: str) -> str:
    """What stands for the subset, which may have slashes."""
    start = name.rfind(FOLDER)
    below = name[start + len(FOLDER) :] if start >= 0 else name
    match = LIST.fullmatch(below) if not below.startswith("wider_face_") else re.fullmatch(
        r"wider_face_(.+)_(?:bbx_gt|filelist)\.(?i:txt)", below
    )  # fmt: skip
    return match[1] if match else text


class _Reader:
    """Walks through the lines of a list."""

    def __init__(self, listing: Listing, source: Source, problems: Problems) -> None:
        self._listing, self._source, self._problems = listing, source, problems
        self._faults = RowProblems(LINES)
        self._lines = text_lines(source, listing.member, problems)
        self._next = 0

    def listing(self) -> Listing:
        """The list, with a problem for what is none of it."""
        while self._next < len(self._lines):
            line = self._lines[self._next]
            self._next += 1
            if not line.strip():
                continue
            if _BOX.fullmatch(line) and not _is_path(line):
                self._wrong("a face that is not counted", "the path of a picture")
                continue
            name = _name(line.decode("utf-8", "replace"))
            if is_comment(name) and not self._counts() and name not in self._ends:
                continue
            self._listing.pictures.append((name, self._next))
            self._faces()
        self._problems.extend(self._faults.all())
        return self._listing

    def _counts(self) -> bool:
        """Whether the next line is a number of faces."""
        text = self._lines[self._next].strip() if self._next < len(self._lines) else b""
        return text.isdigit() and len(text) <= 9

    @cached_property
    def _ends(self) -> frozenset[str]:
        """The paths of files from each of their folders on: a list may have as many remarks as there are files."""
        paths = [member.split("/") for member in self._source.members()]
        return frozenset("/".join(path[depth:]) for path in paths for depth in range(1, len(path)))

    def _faces(self) -> None:
        """The lines of one picture."""
        if not self._counts():
            return
        announced, first = int(self._lines[self._next]), self._next
        self._next += 1
        picture = len(self._listing.pictures) - 1
        for _ in range(announced):
            if self._next >= len(self._lines) or not _is_face(self._lines[self._next]):
                message = f"counts {announced:,} face{'s' * (announced != 1)}, and there are {self._next - first - 1:,}"
                self._faults.add(first + 1, message, self._listing.member, "as many lines")
                return
            self._next += 1
            self._listing.boxes.append((picture, self._next, self._lines[self._next - 1]))
        if not announced and self._next < len(self._lines) and _EMPTY.fullmatch(self._lines[self._next]):
            self._next += 1

    def _wrong(self, message: str, expected: str) -> None:
        self._faults.add(self._next, message, self._listing.member, expected)


def _name(line: str) -> str:
    """What a line calls its picture: blanks behind an ending are none of the name."""
    bare = line.rstrip()
    return bare if is_picture(bare) else line


def _is_path(line: bytes) -> bool:
    return is_picture(line.decode("utf-8", "replace").strip())


def _is_face(line: bytes) -> bool:
    """Whether a line can be one of a face, be it a damaged one."""
    return len(line.split(None, 4)) >= 4 and not _is_path(line)


def is_wider_face(source: Source) -> bool:
    """Whether there is a list by its name."""
    return any(LIST.fullmatch(name) for name in source.members())
