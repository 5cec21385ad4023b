"""Files of lines about videos, and the pictures of these: what tracking of KITTI and lines of MOTS share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import basename, splitext

from annotools.errors import InputError
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_INDEX = re.compile(r"\d{1,18}")


def begins(source: Source, member: str, pattern: re.Pattern[bytes], head: int) -> bool:
    """Whether the first bytes of a file fit.  head: so many are looked at."""
    try:
        with source.open(member) as stream:
            return pattern.match(stream.read(head).removeprefix(b"\xef\xbb\xbf")) is not None
    except InputError:
        return False


def numbered_pictures(source: Source, folders: Sequence[str]) -> dict[int, str]:
    """Pictures in some folders, each of which ends with a slash, by the number that is their name."""
    pictures = [one for one in source.members() if is_picture(one) and one.startswith(tuple(folders))]
    return {int(stem): one for one in pictures if _INDEX.fullmatch(stem := splitext(basename(one))[0])}


def frame_name(video: str, number: int, pictures: dict[int, str]) -> str:
    """What a frame of a video is called, with the ending of its picture."""
    return f"{video}/{number:06d}{splitext(pictures.get(number, ''))[1]}"
