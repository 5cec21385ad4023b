"""An open video: its pictures by their numbers, each decoded when it is asked for (PyAV, the extra `video`).

    packets, as they stand in the file      time 0, 4, 2, 1, 3, 8 ...
    pictures, as they are shown             number 0, 1, 2, 3, 4 ...

Numbers are positions among the times of all packets, as CVAT counts pictures, so one that is damaged costs no other its
number.  Asked for in order, a video is decoded once.  Where the next key picture is far ahead, or what is wanted lies
behind, decoding begins anew at a key picture, and where that fails, at the start.
Source: https://pyav.org/docs/stable/
"""

from __future__ import annotations

import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from annotools.errors import InputError, Problem, UsageError, without_extra

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

_SHORT = 32  # so many pictures are decoded rather than passed over


def pyav() -> Any:
    """PyAV.  Raises UsageError where it is not installed."""
    try:
        import av  # an extra, and slow to load
    except ImportError:
        raise UsageError(without_extra("PyAV, which decodes pictures of videos,", "video")) from None
    return av


def _close(container: InputContainer, stream: BinaryIO) -> None:
    container.close()
    stream.close()


class Decoder:
    """The pictures of a video.

    stream: its bytes, closed when nobody needs the decoder any more.  Raises: InputError for what is no video.
    """

    def __init__(self, stream: BinaryIO, member: str) -> None:
        self._av, self._stream = pyav(), stream
        self._errors: tuple[type[Exception], ...] = (self._av.FFmpegError, ValueError, OSError)
        try:
            self._container = cast("InputContainer", self._av.open(stream, "r"))
            self._video = self._container.streams.video[0]
        except (*self._errors, LookupError) as error:
            stream.close()
            message = "has no video in it" if isinstance(error, LookupError) else "is not a video that can be read"
            raise InputError(Problem(message, member, expected="a whole video")) from error
        self._video.thread_type = "AUTO"
        weakref.finalize(self, _close, self._container, stream)
        self._pictures: Iterator[tuple[int, VideoFrame]] = iter(())
        self._next = -1  # the lowest number that may still come; below 0: nowhere yet

    @cached_property
    def packets(self) -> dict[int, bool]:
        """Time of every picture -> whether one may begin to decode there.  Nothing is decoded for it."""
        by_time = {}
        self._next = -1
        for packet in self._demuxed():
            if packet.pts is not None and not packet.is_discard:
                by_time[packet.pts] = packet.is_keyframe
        self._container.seek(0)
        return by_time

    def _demuxed(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self._video)
        except self._errors:  # cut short: what came until here is there
            return

    @cached_property
    def times(self) -> list[int]:
        """The times of all pictures, ascending."""
        return sorted(self.packets)

    @cached_property
    def _keys(self) -> list[int]:
        return [number for number, time in enumerate(self.times) if self.packets[time]]

    def picture(self, number: int) -> VideoFrame | None:
        """A picture, None where it is damaged or the video has none of that number."""
        if not 0 <= number < len(self.times):
            return None
        key = self._keys[bisect_right(self._keys, number) - 1] if self._keys and self._keys[0] <= number else 0
        sought = not 0 <= self._next <= number or key > self._next + _SHORT
        if sought:
            self._begin(key)
        frame = self._forward(number)
        if frame is None and sought and key:  # that was no place to begin, or none that the file leads to
            self._begin(0)
            frame = self._forward(number)
        return frame

    def decodable(self, last: int) -> set[int]:
        """The numbers of all pictures up to one that can be decoded."""
        numbers: set[int] = set()
        if self.times:
            self._begin(0)
        for number, _ in self._pictures:
            numbers.add(number)
            if number >= last:
                break
        self._next = -1
        return numbers

    def _begin(self, key: int) -> None:
        self._container.seek(self.times[key] if key else min(0, self.times[0]), stream=self._video)
        self._pictures, self._next = self._decoded(), key

    def _forward(self, number: int) -> VideoFrame | None:
        """A picture that is not behind us."""
        for current, frame in self._pictures:
            self._next = current + 1
            if current == number:
                return frame
            if current > number:
                self._next = -1  # what came instead may be asked for next
                return None
        self._next = -1
        return None

    def _decoded(self) -> Iterator[tuple[int, VideoFrame]]:
        """The pictures from here on, with their numbers; what cannot be decoded is left out."""
        for packet in self._demuxed():
            for frame in self._frames(packet):
                index = -1 if frame.pts is None else bisect_left(self.times, frame.pts)
                if 0 <= index < len(self.times) and self.times[index] == frame.pts:
                    yield index, frame

    def _frames(self, packet: Any) -> list[VideoFrame]:
        try:
            return cast("list[VideoFrame]", packet.decode())
        except self._errors:
            return []
