"""Frames of a video as pictures, each decoded when it is opened and never kept.

    video = Video(source, "data/film.mp4")
    video.media([(0, 4), (1, 6)])       frame 0 is picture 4 of the video, called frame_000004.PNG, as CVAT calls it

What its camera held sideways is shown upright, as CVAT does.  Bytes in a zip or far away are copied to the disk.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import splitext
from typing import TYPE_CHECKING, BinaryIO, cast

from annotools.errors import InputError, Problem
from annotools.storage.decoding import Decoder, pyav
from annotools.storage.media import Media, MediaFile, media_file

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from annotools.storage.sources import Source

VIDEOS = frozenset(
    {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".wmv", ".flv", ".3gp", ".ogv"}
)  # fmt: skip
_FAST = 1  # PNG's level: several times as fast as the best, and a tenth larger
_UPRIGHT = {90: "ROTATE_90", 180: "ROTATE_180", 270: "ROTATE_270"}  # degrees to turn by, counter-clockwise


def is_video(name: str) -> bool:
    """Whether a name ends like a video."""
    return splitext(name)[1].lower() in VIDEOS


@dataclass(frozen=True, slots=True)
class VideoPicture(MediaFile):
    """A picture of a video that has not been decoded yet.  number: which one."""

    video: Video
    number: int


class Video:
    """A video among the members of a source, which must be open as long as pictures are read."""

    def __init__(self, source: Source, member: str) -> None:
        self.member = member
        self._source = source
        self._decoder: Decoder | None = None
        self._wanted: set[int] = set()
        self._last = -1, b""

    def media(self, numbers: Iterable[tuple[int, int]]) -> Media:
        """Pictures of the video.  numbers: frame, number in the video."""
        files = {frame: self._file(number) for frame, number in numbers}
        self._wanted |= {file.number for file in files.values()}
        return Media(files)

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the video as it is."""
        return media_file(self._source, self.member).pieces()

    def _file(self, number: int) -> VideoPicture:
        return VideoPicture(f"frame_{number:06d}.PNG", lambda: io.BytesIO(self.picture(number)), self, number)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height as shown, those of the first picture.  Raises: InputError, UsageError."""
        numbers = range(len(self._opened.times))
        frame = next((picture for picture in map(self._opened.picture, numbers) if picture is not None), None)
        if frame is None:
            raise InputError(no_picture(self.member, 0))
        return (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)

    def missing(self, numbers: Iterable[int], *, decode: bool = False) -> list[int]:
        """Those of some numbers that the video has no picture of, as far as it says itself.

        decode: finds also those whose bytes are damaged, at the price of decoding once more.
        Raises: InputError for what is no video, UsageError without PyAV.
        """
        wanted, decoder = sorted(set(numbers)), self._opened
        there = decoder.decodable(max(wanted, default=-1)) if decode else range(len(decoder.times))
        return [number for number in wanted if number not in there]

    def picture(self, number: int) -> bytes:
        """A picture as PNG.

        Raises: InputError, with a problem for each picture of the media that cannot be decoded, where this is one of
        them, UsageError without PyAV.
        """
        if self._last[0] != number:  # several crops of one picture
            frame = self._opened.picture(number)
            if frame is None:
                bad = {number, *self.missing(self._wanted, decode=True)}
                raise InputError([no_picture(self.member, damaged) for damaged in sorted(bad)])
            self._last = number, _png(frame)
        return self._last[1]

    @property
    def _opened(self) -> Decoder:
        if self._decoder is None:
            pyav()  # or else the bytes are copied for nothing
            self._decoder = Decoder(_on_disk(self._source.open(self.member)), self.member)
        return self._decoder


def no_picture(member: str, number: int, frame: int | None = None) -> Problem:
    """What is said of a picture that cannot be had."""
    return Problem(f"has no picture {number} that can be decoded", member, frame=frame, expected="a whole video")


def _png(frame: VideoFrame) -> bytes:
    from PIL import Image  # slow to load, and few need pixels

    picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    turn = _UPRIGHT.get(round(frame.rotation) % 360)
    if turn is not None:
        picture = picture.transpose(Image.Transpose[turn])
    data = io.BytesIO()
    picture.save(data, "PNG", compress_level=_FAST)
    return data.getvalue()


def _on_disk(stream: BinaryIO) -> BinaryIO:
    """A stream in which one can go to and fro at no cost."""
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        return stream
    copy = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # closed by the decoder
    with stream:
        shutil.copyfileobj(stream, copy, 1 << 20)
    copy.seek(0)
    return copy
