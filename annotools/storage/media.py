"""Pictures, as frame -> lazy bytes: pixels are never in the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING, BinaryIO

from annotools.errors import InputError, Problem, Problems
from annotools.matching import NO_MATCH, SPELLINGS, STEPS, FrameMatcher, Match, mismatch
from annotools.storage.folder_source import FolderSource
from annotools.storage.limits import Limits
from annotools.storage.picture_names import is_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotools.storage.sources import Source

PIECE = 1 << 20
NO_SUBSET = "default"  # what the folder of pictures without a subset is called


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture that has not been read yet.  name: a posix path.  opener: opens its bytes, again at every call."""

    name: str
    opener: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        """A stream of its bytes; the caller closes it."""
        return self.opener()

    def read(self) -> bytes:
        """All its bytes."""
        with self.open() as stream:
            return stream.read()

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """Its bytes in pieces, as writers take them."""
        with self.open() as stream:
            while piece := stream.read(size):
                yield piece


STRAY = "stray-picture"  # kind of problem


class Media(Mapping[int, MediaFile]):
    """Frame number (task-relative) -> its picture.  Lives as long as the source it was made from is open.

    left_out: pictures of the source that are of no frame, of no single one, or of one that has a picture.
    """

    __slots__ = ("_files", "left_out")

    def __init__(
        self, files: Mapping[int, MediaFile] | Iterable[tuple[int, MediaFile]] = (), left_out: Iterable[Problem] = ()
    ) -> None:  # fmt: skip
        self._files = dict(sorted(dict(files).items()))
        self.left_out = tuple(left_out)

    def __getitem__(self, frame: int) -> MediaFile:
        return self._files[frame]

    def __iter__(self) -> Iterator[int]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    @classmethod
    def from_members(cls, source: Source, frames: Mapping[int, str]) -> Media:
        """Pictures of a source.  frames: frame number -> the member's name.

        Of pictures that differ in their endings alone the others are `left_out`.
        """
        files = ((frame, media_file(source, name)) for frame, name in frames.items())
        return cls(files, _second_pictures(source.members(), frames))

    @classmethod
    def from_folder(cls, folder: str | Path, names: Sequence[str], problems: Problems | None = None) -> Media:
        """Pictures of a folder of the disk matched to frames by name.  Raises InputError when it is none."""
        where = Path(folder)
        if not where.is_dir():
            raise InputError(Problem("no such folder", str(folder), expected="a folder of pictures"))
        return cls.from_source(FolderSource(where, Limits()), names, problems)

    @classmethod
    def from_source(
        cls, source: Source, names: Sequence[str], problems: Problems | None = None, subsets: Sequence[str] = ()
    ) -> Media:
        """Pictures of a source matched to frames by name: of a frame's the one that is called most as it is.

        names: frame number -> name.  problems: receives what matched ambiguously or twice, which is `left_out` else,
        with what matched nothing.
        subsets: frame number -> subset; of frames of one name a picture is those whose subset is a folder around it.
        """
        own = Problems()
        chosen: dict[int, str] = {}
        strays: list[str] = []
        for frame, matched in _matched(source, names, subsets, own, strays).items():
            alone = len(matched) == 1
            nearest, _ = matched[0] if alone else min(matched, key=partial(_distance, names, subsets, frame))
            chosen[frame] = nearest
            message = f"is a second picture, beside {nearest}"
            others = (name for name, _ in matched if name != nearest)
            own.extend(Problem(message, name, frame=frame, expected="one") for name in others)
        if problems is not None:
            problems.extend(own.all())
        else:
            own.extend(Problem("is of no frame", name, expected="a picture of one", kind=STRAY) for name in strays)
        files = ((frame, media_file(source, name)) for frame, name in chosen.items())
        return cls(files) if problems is not None else cls(files, own.all())


def _matched(
    source: Source, names: Sequence[str], subsets: Sequence[str], problems: Problems, strays: list[str]
) -> dict[int, list[tuple[str, Match]]]:
    """The pictures of each frame that has some, and how they were found.  strays: receives those of none."""
    pictures = [name for name in source.members() if is_picture(name)]
    of_frame: dict[int, list[tuple[str, Match]]] = {}
    for name, match in zip(pictures, _matches(names, pictures), strict=True):
        frames: Sequence[int] = () if match.frame is None else (match.frame,)
        if match.candidates:
            near = [frame for frame in match.candidates if _is_around(subsets, frame, name)]
            # One picture may be that of several frames.
            frames = near or match.candidates if match.shared else near if len(near) == 1 else ()
            if not frames:
                problems.append(mismatch(name, match, source.name))
        elif match.frame is None:
            strays.append(name)
        for frame in frames:
            of_frame.setdefault(frame, []).append((name, match))
    return of_frame


def _second_pictures(members: Sequence[str], frames: Mapping[int, str]) -> Iterator[Problem]:
    """Pictures that are called as one of a frame but for the ending, and of no frame themselves."""
    endings = {name[name.rfind(".") :] for name in members}
    if sum(map(is_picture, endings)) < 2:  # as most sources have them
        return
    chosen, own = {splitext(name)[0]: (name, frame) for frame, name in frames.items()}, {*frames.values()}
    for name in members:
        beside, frame = chosen.get(splitext(name)[0], ("", -1))
        if beside and name not in own and is_picture(name):
            yield Problem(f"is a second picture, beside {beside}", name, frame=frame, expected="one")


def _matches(names: Sequence[str], pictures: Sequence[str]) -> list[Match]:
    """What each picture was matched to; `a.rf.0a.jpg` is also that of a frame `a.rf.0a`, which has no ending."""
    matcher = FrameMatcher(names)
    matches = matcher.match_all(pictures)
    left = [n for n, match in enumerate(matches) if match == NO_MATCH]
    if left and not all(map(is_picture, names)):
        for n, match in zip(left, matcher.match_all([splitext(pictures[n])[0] for n in left]), strict=True):
            frames = match.candidates if match.frame is None else (match.frame,)
            whole = match.how.partition("/")[0] in ("exact", "suffix")
            matches[n] = match if whole and not any(is_picture(names[frame]) for frame in frames) else NO_MATCH
    return matches


def _is_around(subsets: Sequence[str], frame: int, name: str) -> bool:
    """Whether the folders of a picture are those of a frame's subset; pictures without one are in `default`."""
    return bool(subsets) and f"/{subsets[frame] or NO_SUBSET}/" in f"/{name}"


def _distance(
    names: Sequence[str], subsets: Sequence[str], frame: int, picture: tuple[str, Match]
) -> tuple[int, bool, bool, int]:
    """How far a picture's name is from its frame's: by the step that matched, the subset, the endings, the spelling."""
    name, match = picture
    step, _, spelling = match.how.partition("/")
    other = splitext(name)[1].lower() != splitext(names[frame])[1].lower()
    return STEPS.index(step), not _is_around(subsets, frame, name), other, SPELLINGS.index(spelling)


def media_file(source: Source, name: str) -> MediaFile:
    """The lazy bytes of a member."""
    return MediaFile(name, lambda: source.open(name))
