"""Which of CVAT's XML a file is, by the first element that is neither <version> nor <meta>."""

from __future__ import annotations

import re
from typing import BinaryIO
from xml.parsers import expat

from annotools.storage import Source

_HEAD = 1 << 14
_MOST = 1 << 24
_MARKUP = re.compile(rb"\s*<|\xff\xfe|\xfe\xff|\xef\xbb\xbf\s*<")
_NEEDED = {"image": "name", "track": "label"}
_DAMAGE = (expat.ExpatError, LookupError, ValueError)


def documents(source: Source) -> list[str]:
    """The members to read; of a source of one file that one, whatever it is called."""
    members = source.members()
    return [name for name in members if name.lower().endswith(".xml")] or (members if len(members) == 1 else [])


def sniff_images(source: Source) -> bool:
    """Whether the source is certainly a CVAT XML of images."""
    return _kind(source) == "image"


def sniff_video(source: Source) -> bool:
    """Whether the source is certainly a CVAT XML of tracks, or one without any annotation."""
    return _kind(source) in ("track", "empty")


def _kind(source: Source) -> str:
    """image, track or empty; nothing if the first document is none of CVAT's."""
    names = documents(source)
    if not names:
        return ""
    with source.open(names[0]) as stream:
        return _First().of(stream)


class _First:
    """Looks at elements until one decides."""

    def __init__(self) -> None:
        self._found = ""
        self._depth = 0
        self._known = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def of(self, stream: BinaryIO) -> str:
        """image, track, empty or nothing."""
        data = stream.read(_HEAD)
        read = len(data)
        if not _MARKUP.match(data):
            return ""
        try:
            while data and not self._found and read < _MOST:
                self._parser.Parse(data, False)
                data = stream.read(read)
                read += len(data)
        except _DAMAGE:  # what was found before still counts
            pass
        return self._found.strip("?")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0 and name != "annotations":
            self._found = self._found or "?"
        elif self._depth == 1 and name in ("version", "meta"):
            self._known = True
        elif self._depth == 1:
            self._found = self._found or (name if _NEEDED.get(name) in attributes else "?")
        self._depth += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0 and self._known:
            self._found = self._found or "empty"
