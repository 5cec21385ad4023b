"""Where the sequences of a source lie, and what is said of each.

gt/gt.txt  gt/labels.txt  seqinfo.ini  img1/000001.jpg          one, at the top
train/MOT17-02/gt/gt.txt  train/MOT17-02/det/det.txt            several; ground truth counts, not detections
TUD-Campus/gt.txt  TUD-Campus/det.txt                           without the folders of their own
MOT17-02.txt  MOT17-04.txt                                      results of trackers, by their last columns

[Sequence]
name=MOT17-02
seqLength=600        frames, also those with nothing on them
imWidth=1920
imHeight=1080
imExt=.jpg
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.classes import label_list
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import are_alone, image_members, is_note, member_named
from annotools.matching import stem, stems
from annotools.storage import Source

CLASSES = (
    "pedestrian", "person_on_vehicle", "car", "bicycle", "motorbike", "non_motorized_vehicle", "static_person",
    "distractor", "occluder", "occluder_on_the_ground", "occluder_full", "reflection", "crowd",
)  # fmt: skip
SECTION = "[Sequence]"
MOST_FRAMES = 2_000_000  # a day of video
_KINDS = ("gt", "det")
_LISTS = re.compile(r"(labels|classes|seqmaps?)\.txt|.*seqmap.*", re.IGNORECASE)
# What trackers write: no class, no visibility, but a place in the world that nobody knows.
_RESULT = re.compile(rb"\s*\d+\s*,\s*-?\d+(\s*,\s*[-+.\d][-+.\de]*){5}(\s*,\s*-1(\.0*)?){3}\s*")
_FEW = 20  # files that are looked at
_NUMBERS = re.compile(rb"\s*[-+.\d][-+.\de]*\s*(,\s*[-+.\d][-+.\de]*\s*){5,}\r?")
_APART = re.compile(rb"\s*[-+.\d][-+.\de]*([ \t]+[-+.\d][-+.\de]*){5,}\s*")
_DIGITS = 10  # fewer are a number of frames or pixels
_SPLITS = ("train", "test", "val", "valid", "validation")
# What follows from the frames and where pictures are, or says nothing new.
_OWN = frozenset({"seqlength", "imwidth", "imheight", "imdir", "imext"})


class Sequence(msgspec.Struct, frozen=True):
    """member: its lines.  name: what stands before the names of its frames, empty for the only one.  said: the pairs of
    its seqinfo.ini.  pictures: of img1, by frame number.
    """

    member: str
    name: str = ""
    subset: str = ""
    said: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    root: str = ""
    pictures: Mapping[int, str] = msgspec.field(default_factory=dict)

    @property
    def picture_folder(self) -> str:
        """Where its pictures are."""
        return f"{self.root}{self.text('imdir') or 'img1'}/"

    def text(self, key: str) -> str:
        """A value of seqinfo.ini, empty for none.  key: in small letters."""
        return next((value for name, value in self.said if name.lower() == key), "")

    def number(self, key: str) -> int:
        """A number of seqinfo.ini, 0 for none."""
        text = self.text(key)
        return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else 0

    @property
    def rest(self) -> dict[str, str]:
        """What seqinfo.ini says beside."""
        return {name: value for name, value in self.said if name.lower() not in _OWN}


def is_mot(source: Source) -> bool:
    """Whether there is a sequence whose lines begin with six numbers, or one without any beside its seqinfo.ini.

    What trackers write is called after its sequence, and told by the three columns that end each line.
    Raises: InputError for gt/gt.txt or det/det.txt that begins with something else, if nothing else knows it.
    """
    members = [name for name in source.members() if _place(name) is not None]
    alone = are_alone(source, ".txt", ".ini")
    if not members:
        results = _results(source)
        return alone and bool(results) and all(_is_written_by_a_tracker(source, name) for name in results)
    lines = _first_lines(source, members[0])
    if any(map(_NUMBERS.fullmatch, lines)) or has_blanks(source, members[0]):
        return alone or _has_own_folder(members[0])
    if lines and _has_own_folder(members[0]):
        message = f"begins with {lines[0].decode('utf-8', 'replace').strip()[:40]!r}, which is no line of MOT"
        raise InputError(Problem(message, members[0], expected="six numbers or more with commas between them"))
    home = _place(members[0])
    return home is not None and bool(member_named(source, f"{home.root}seqinfo.ini"))


def has_blanks(source: Source, member: str) -> bool:
    """Whether the numbers of a file stand between blanks: most of its first lines are such."""
    lines = _first_lines(source, member)
    return sum(_APART.fullmatch(line) is not None for line in lines) * 2 > len(lines)


def _results(source: Source) -> list[str]:
    """Files that may be results of trackers, some of them."""
    return [name for name in source.members() if _is_result(name) and _place(name) is None][:_FEW]


def _is_written_by_a_tracker(source: Source, name: str) -> bool:
    lines = _first_lines(source, name)
    return bool(lines) and _RESULT.fullmatch(lines[0]) is not None


def _first_lines(source: Source, name: str) -> list[bytes]:
    """The lines at the beginning that hold something."""
    with source.open(name) as stream:
        head = stream.read(1 << 12).removeprefix(b"\xef\xbb\xbf")
    return [line.rstrip(b"\r") for line in head.split(b"\n") if line.strip()]


class _Place(NamedTuple):
    """kind: gt or det.  root: what stands before gt/gt.txt, or before a gt.txt that lies in no such folder."""

    kind: str
    root: str


def _place(name: str) -> _Place | None:
    """Where lines lie that are called as those of a sequence; None for others."""
    folder, slash, base = name.rpartition("/")
    kind = base.lower().removesuffix(".txt")
    if kind not in _KINDS or base.lower() == kind:
        return None
    return _Place(kind, folder[: -len(kind)] if _has_own_folder(name) else folder + slash)


def _has_own_folder(name: str) -> bool:
    """Whether lines lie in a folder that is called as they are."""
    parts = name.lower().split("/")
    return len(parts) > 1 and parts[-1] == f"{parts[-2]}.txt"


def sequences(source: Source, problems: Problems) -> tuple[list[Sequence], list[str]]:
    """The sequences of a source, and the detections that are left out because there is ground truth beside them."""
    kinds: dict[str, dict[str, str]] = {}
    for name in source.members():
        if home := _place(name):
            kinds.setdefault(home.root, {})[home.kind] = name
    left = [files["det"] for files in kinds.values() if len(files) > 1]
    roots = {root: files.get("gt", files.get("det", "")) for root, files in kinds.items()}
    if roots:
        left += [name for name in _results(source) if _is_written_by_a_tracker(source, name)]
    else:
        roots = {stem(name) + "/": name for name in source.members() if _is_result(name)}
    alone = len(roots) == 1
    if not roots:
        problems.append(Problem("holds no lines of MOT", source.name, expected="gt/gt.txt or det/det.txt"))
    return [_sequence(source, root, name, alone, problems) for root, name in roots.items()], left


def _is_result(name: str) -> bool:
    return name.lower().endswith(".txt") and not _LISTS.fullmatch(basename(name)) and not is_note(name)


def _sequence(source: Source, root: str, member: str, alone: bool, problems: Problems) -> Sequence:
    folders = [part for part in root.split("/") if part]
    sequence = Sequence(
        member,
        "" if alone or not folders else f"{folders[-1]}/",
        folders[-2] if len(folders) > 1 and folders[-2].lower() in _SPLITS else "",
        tuple(_pairs(source, member_named(source, f"{root}seqinfo.ini"), problems)),
        _labels(source, member, root, problems),
        root,
    )
    return replace(sequence, pictures=_pictures(source, sequence.picture_folder))


def _pairs(source: Source, member: str, problems: Problems) -> Iterator[tuple[str, str]]:
    """The keys and values of a file of them, without comments; none where there is no such file."""
    for line in text_lines(source, member, problems) if member else ():
        key, equals, value = line.decode("utf-8", "replace").partition("=")
        if equals and key.strip() and key.strip()[0] not in "#;[":
            yield key.strip(), re.sub(r"(^|\s)[#;].*", "", value).strip()


def _labels(source: Source, member: str, root: str, problems: Problems) -> tuple[str, ...]:
    places = (f"{dirname(member)}/labels.txt".lstrip("/"), f"{root}labels.txt", "gt/labels.txt", "labels.txt")
    listing = next(filter(None, (member_named(source, candidate) for candidate in places)), "")
    return tuple(label_list(source, listing, problems)) if listing else ()


def _pictures(source: Source, folder: str) -> dict[int, str]:
    """The pictures of a folder by the numbers that they are called, or counted in the order of their names."""
    names = image_members(source, folder)
    texts = stems([name[len(folder) :] for name in names])
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else -1 for text in texts]
    if not names or min(numbers) < 0 or len(set(numbers)) < len(numbers):
        return dict(enumerate(sorted(names), 1))
    return dict(zip(numbers, names, strict=True))
