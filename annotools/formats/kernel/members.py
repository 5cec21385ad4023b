"""Members by what they are for: pictures, lists of subsets, one label file a frame; and how large pictures are.

    images/train/a/b.jpg   labels/train/a/b.txt      per_frame(names, "labels", ".txt")  {"train/a/b": "labels/..."}
    ImageSets/Main/train.txt                         subset_lists(...)                   {"train": ["a/b", ...]}

Sizes come from the heads of pictures; no pixel is decoded.  A picture that its camera held sideways is as large as it
is shown, which is how CVAT and trainers see it.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Sequence
from posixpath import splitext
from typing import BinaryIO
from weakref import WeakKeyDictionary

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.lines import text_lines, texts_of
from annotools.matching import stem
from annotools.model import Dataset
from annotools.model.columns import Ints
from annotools.storage import Media, MediaFile, Source
from annotools.storage.picture_names import PICTURES, is_picture
from annotools.storage.video import VideoPicture

_HEAD = 1 << 16
_ORIENTATION = 274
_SIDEWAYS = (5, 6, 7, 8)
# What plugins raise at bytes that are none of theirs, or cut short.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, InputError,
)  # fmt: skip
_NOTES = (
    r"(read_?me|licen[cs]e|copying|notice|notes?|authors|citation|change_?log|requirements"
    r"|checksums?|(?:md5|sha\d+)(?:sums?)?)([-_. ].*)?"
)
_KINDS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")


def image_members(source: Source, folder: str = "") -> list[str]:
    """The pictures below a folder."""
    return [name for name in source.members() if name.startswith(folder) and is_picture(name)]


def picture_patterns(start: str) -> list[str]:
    """Patterns of pictures by their endings, for folders of which only the users know the names."""
    return [f"{start}{end}" for suffix in sorted(PICTURES) for end in (suffix, suffix.upper())]


def per_frame(names: Iterable[str], folder: str, suffix: str) -> dict[str, str]:
    """Files below a folder, by the path there without the ending."""
    start = f"{folder}/" if folder else ""
    mine = (name for name in names if name.startswith(start) and name.lower().endswith(suffix))
    return {name[len(start) : -len(suffix)]: name for name in mine}


def subset_lists(source: Source, pattern: str, problems: Problems) -> dict[str, list[str]]:
    """The lists of a source: what stands on their lines, by what the pattern's group has of their names."""
    names = ((name, re.fullmatch(pattern, name)) for name in source.members())
    return {match[1]: [*texts_of(text_lines(source, name, problems))] for name, match in names if match}


def is_note(name: str) -> bool:
    """Whether a text is one for people, or for programs of other trades, as it lies in many a folder."""
    return re.fullmatch(_NOTES, stem(name.rpartition("/")[2]), re.IGNORECASE) is not None


def are_alone(source: Source, *endings: str) -> bool:
    """Whether nothing but files of some endings, pictures and notes are in a source.

    What is known by its lines alone is certain only then: beside a document of COCO, say, it is the same once more.
    """
    ends = {name[name.rfind(".") :].lower() for name in source.members() if not is_note(name)}
    return ends <= {*endings, *PICTURES}


def member_named(source: Source, name: str) -> str:
    """The member of a name, or else one that differs from it in the case of letters; empty for none."""
    if source.has(name):
        return name
    if source not in _SMALL:
        _SMALL[source] = {member.lower(): member for member in reversed(source.members())}
    return _SMALL[source].get(name.lower(), "")


_SMALL: WeakKeyDictionary[Source, dict[str, str]] = WeakKeyDictionary()


def small_ending(name: str) -> str:
    """A path with its ending in small letters, as other programs may ask for it."""
    head, dot, end = name.rpartition(".")
    return name if end.islower() or "/" in end else f"{head}{dot}{end.lower()}"


def file_names(dataset: Dataset, media: Media | None) -> list[str]:
    """The names of frames, with their pictures' endings where they have none: frames of a video, `a_jpg.rf.0a`."""
    names = list(dataset.frames.names)
    for frame in media or ():
        picture = media[frame].name if media is not None else ""
        if frame < len(names) and (not splitext(names[frame])[1] or is_picture(picture) > is_picture(names[frame])):
            names[frame] += splitext(picture)[1]
    return names


def media_sizes(media: Media, frames: Sequence[int], problems: Problems) -> Ints:
    """(n, 2) width and height of the pictures of some frames; 0, 0 without one, or for one that cannot be read."""
    sizes = np.zeros((len(frames), 2), np.int64)
    for row, frame in enumerate(frames):
        if frame in media:
            sizes[row] = _media_size(media[frame], problems)
    return sizes


def _media_size(file: MediaFile, problems: Problems) -> tuple[int, int]:
    try:
        if isinstance(file, VideoPicture):
            return file.video.size
        with file.open() as stream:
            return picture_size(stream)
    except _DAMAGE:
        problems.append(Problem("is not a picture whose size can be read", file.name, expected="a whole picture"))
        return 0, 0


def picture_size(stream: BinaryIO) -> tuple[int, int]:
    """Width and height as shown.  Raises ValueError for what is not a picture."""
    head = stream.read(_HEAD)
    try:
        return _size(head)
    except _DAMAGE:  # a long profile, or a directory at the end
        return _size(head + stream.read())


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image  # 100 ms, and few readers need a size

    Image.preinit()
    if not any(_accepts(Image.OPEN, kind, data) for kind in _KINDS):
        Image.init()
    # Not Image.open: it warns of, or refuses, pictures of very many pixels, of which none is decoded here.
    for kind in _KINDS:
        if _accepts(Image.OPEN, kind, data):
            picture = Image.OPEN[kind][0](io.BytesIO(data), "")
            width, height = picture.size
            # Asked only where it is at hand: Pillow looks for that of a PNG behind its pixels.
            sideways = "exif" in picture.info and picture.getexif().get(_ORIENTATION) in _SIDEWAYS
            return (height, width) if sideways else (width, height)
    raise ValueError("is not a picture")


def _accepts(plugins: object, kind: str, data: bytes) -> bool:
    assert isinstance(plugins, dict)
    accept = plugins[kind][1] if kind in plugins else None
    return accept is not None and accept(data[:16]) is True
