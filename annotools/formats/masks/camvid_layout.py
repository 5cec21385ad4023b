"""Which pictures a CamVid dataset has, and where their masks lie.

    train.txt       /train/a/b.jpg trainannot/a/b.png         "..." where there are spaces; no mask: one path
    trainannot/     a/b.png                                   without a list the folder is the subset
    train_labels/   b_L.png       train/b.png                 as it is passed round
    LabeledApproved_full/b_L.png  701_StillsRaw_full/b.png    as it was given out

Paths are found by their ends, so it does not matter where the folder lay when the list was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from posixpath import basename, dirname, splitext

from annotools.errors import Problem, Problems
from annotools.formats.kernel.lines import text_lines
from annotools.formats.kernel.members import is_note
from annotools.formats.masks.class_maps import MAPS
from annotools.formats.masks.mask_rows import Entry
from annotools.formats.masks.scenes import NO_SUBSET
from annotools.matching import spelt_alike
from annotools.storage import Source
from annotools.storage.picture_names import PICTURES, any_ends, is_picture
from annotools.transform.picture_files import picture_key

_PATH = r'(?:"(.*)"|([^"\s]\S*))'
_PAIRS = {  # by whether there is a quote at the end
    True: re.compile(rf"{_PATH}\s+{_PATH}"),
    False: re.compile(rf'{_PATH}\s+([^"\s]\S*)'),
}
_SINGLE = re.compile(_PATH)
_ENDS = ("annot", "_labels")
_MARK = "_L"
_JOINED = "trainval.txt"  # the sum of others, in which its pictures are
_SHALLOW = 2  # folders: lists that lie so high need no masks beside


def is_camvid(source: Source) -> bool:
    """Whether a source is certainly of CamVid: a folder or a list of its kind, and a list of colours or of masks."""
    members = source.members()
    pictures = [name for name in members if is_picture(name)] if any_ends(members, PICTURES) else []
    folders = {part for name in pictures for part in name.split("/")[:-1]}
    if any(folder.endswith("annot") and folder != "annot" for folder in folders):
        return True
    mapped = pictures and any(basename(name).lower() in MAPS[1:3] for name in members)
    if mapped and any(picture_key(name).endswith(_MARK) for name in pictures):
        return True
    return any(b"annot/" in line for name in _lists(source) for line in text_lines(source, name, Problems())[:1])


def entries_of(source: Source, problems: Problems) -> list[Entry]:
    """The pictures of a source."""
    places = _Places(source)
    listed = [entry for name in _lists(source) for entry in _listed(source, name, places, problems)]
    return listed or [*_in_folders(source, places)]


class _Places:
    """Members by the ends of paths."""

    def __init__(self, source: Source) -> None:
        names = source.members()
        self.members = {name: name for name in names}
        self.small = {name.lower(): name for name in reversed(names)}
        self.pictures = {picture_key(name): name for name in names if is_picture(name)}
        self.picture = spelt_alike(self.pictures)
        self._named: dict[str, list[str]] = {}
        for key in self.pictures:
            self._named.setdefault(basename(key), []).append(key)

    def elsewhere(self, key: str) -> str:
        """The only picture called as the path ends, in whatever folder; empty for none."""
        keys = self._named.get(basename(key), [])
        return keys[0] if len(keys) == 1 else ""

    def member(self, path: str, home: str) -> str:
        """The member that a path means; empty for none.  home: the folder of what names it."""
        parts = path.strip("/").split("/")
        ends = [start + "/".join(parts[n:]) for n in range(len(parts)) for start in dict.fromkeys((home, ""))]
        exact = next((self.members[end] for end in ends if end in self.members), "")
        return exact or next((self.small[end.lower()] for end in ends if end.lower() in self.small), "")


def _lists(source: Source) -> list[str]:
    texts = [name for name in source.members() if name.lower().endswith(".txt")]
    homes = _homes(source) if texts else set()
    texts = [name for name in texts if name.count("/") < _SHALLOW or dirname(name) in homes]
    lists = [name for name in texts if basename(name).lower() not in MAPS and not is_note(name)]
    return sorted(lists, key=lambda name: (basename(name).lower() == _JOINED, splitext(name)[0]))


def _homes(source: Source) -> set[str]:
    """The folders in which those of masks are."""
    above = ({*_above(dirname(name).split("/"))} for name in source.members())
    return set().union(*above)


def _above(folders: Sequence[str]) -> Iterator[str]:
    for depth, folder in enumerate(folders):
        if folder.endswith(_ENDS):
            yield "/".join(folders[:depth])


def _texts(source: Source, name: str, problems: Problems) -> list[str]:
    return [line.decode("utf-8", "replace").strip() for line in text_lines(source, name, problems)]


def _listed(source: Source, name: str, places: _Places, problems: Problems) -> Iterator[Entry]:
    """The pictures of a list."""
    subset, home = splitext(basename(name))[0], name[: -len(basename(name))]
    for number, text in enumerate(_texts(source, name, problems), 1):
        match = _PAIRS[text.endswith('"')].fullmatch(text) or _SINGLE.fullmatch(text)
        parts = [part for part in match.groups() if part] if match else []
        if not parts:  # nothing in quotes is no path
            if text:
                problems.append(
                    Problem(f"is {text[:40]!r}", name, number, expected="the path of a picture and of its mask")
                )
            continue
        picture, mask = [*parts, ""][:2]
        member = places.member(mask, home) if mask else ""
        if mask and not member:
            problems.append(Problem(f"mask {mask[:60]!r} is not there", name, number, expected="a picture"))
        yield Entry(
            "" if subset == NO_SUBSET else subset,
            _below(picture, subset),
            _picture(places.member(picture, home), member),
            member,
        )


def _picture(member: str, mask: str) -> str:
    return "" if member == mask else member


def _below(path: str, subset: str) -> str:
    """A picture's name below the folder of its subset."""
    path = "/" + path.replace("\\", "/").lstrip("/")
    start = f"/{subset}/"
    return path.split(start, 1)[1] if start in path else path.lstrip("/")


def _in_folders(source: Source, places: _Places) -> Iterator[Entry]:
    """The masks of folders, without a list."""
    for name in source.members():
        parts = name.split("/")
        depth = next((n for n, part in enumerate(parts[:-1]) if part.endswith(_ENDS)), -1)
        key = picture_key(name)
        if is_picture(name) and (depth >= 0 or key.endswith(_MARK)):
            yield _entry(parts, depth, key.removesuffix(_MARK), name, places)


def _entry(parts: Sequence[str], depth: int, key: str, name: str, places: _Places) -> Entry:
    folder = parts[depth] if depth >= 0 else ""
    subset = next((folder.removesuffix(end) for end in _ENDS if folder.endswith(end)), "")
    rest = "/".join(key.split("/")[depth + 1 :]) if depth >= 0 else key
    if depth < 0 and key not in places.pictures and (apart := places.elsewhere(key)):
        key, rest = apart, _shared(apart, key)
    picture = places.picture("/".join([*parts[:depth], subset, rest]) if depth >= 0 else key)
    picture = "" if picture == name else picture
    return Entry("" if subset == NO_SUBSET else subset, rest + splitext(picture)[1], picture, name)


def _shared(path: str, other: str) -> str:
    """The end that two paths of one name have in common."""
    pairs = zip(reversed(path.split("/")), reversed(other.split("/")), strict=False)
    return "/".join(reversed([part for part, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]))
