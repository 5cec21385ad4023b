"""All of a source's *.xml as one dataset, as people mean them; and which kind the first of them is.

The first element that is neither <version> nor <meta> says whether a file is by image or by track.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import BinaryIO, TypeGuard
from xml.parsers import expat

import msgspec
import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Options, Read, ReadOptions, Shared
from annotools.formats.cvat_xml.build import Build, Contents, Dialect
from annotools.formats.cvat_xml.columns import Collector, Columnar, Manner
from annotools.formats.cvat_xml.frame_matching import by_name
from annotools.formats.cvat_xml.kinds import NO_KEYFRAME
from annotools.formats.cvat_xml.meta import Meta, meta_of
from annotools.formats.cvat_xml.reader import Reader
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.xml_files import xml_files
from annotools.formats.kernel.xmlfile import is_odd, opened
from annotools.model import Dataset
from annotools.model.definitions import Labels
from annotools.model.frames import Frames
from annotools.model.tables import Bools, Ints
from annotools.row_problems import in_lines
from annotools.sequences import together
from annotools.storage import Source
from annotools.tracks.importing import of_job

_EXACT = 9  # decimals that are left of the sum of two numbers with few: 200.01 + 40.11 is 240.12
_FLAGS = {"0": 0, "1": 1, "false": 0, "true": 1, "False": 0, "True": 1}
_HEAD = 1 << 14
_MOST = 1 << 24
_MARKUP = re.compile(rb"\s*<|\xff\xfe|\xfe\xff|\0<|\xef\xbb\xbf\s*<")
_NEEDED = {"image": "name", "track": "label"}
_DAMAGE = (expat.ExpatError, LookupError, ValueError)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """Every *.xml of the source, as one dataset with the pictures that lie beside.

    Without a context the file itself says which task, labels and frames there are.
    """
    return read_files(PLAIN, source, context, options)


def read_files(dialect: Dialect, source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The same as some program reads it; of what another has read, where it is the same in both manners."""
    earlier = options.earlier.take() if options.earlier is not None else None
    collected = earlier if _fits(earlier, dialect) else _collected(dialect, source)
    if not isinstance(collected, _Collected):
        return collected
    result = Build(collected.collector, collected.meta, dialect, collected.between).read(source, context, options)
    if options.job is not None and not result.dataset.jobs:
        of_job(result.dataset, options.job, options.quirks)  # says that there is none
    problems = together([*map(in_lines, collected.collector.files), result.problems])
    return replace(result, problems=problems, shared=Shared(collected) if options.share else None)


class _Collected(msgspec.Struct, frozen=True):
    """What files hold, as far as it is the same for all programs.

    between: rows that were passed by.  odd: whether some file cannot be parsed as it stands, which a server does.
    """

    collector: Collector
    meta: Meta
    between: int
    odd: bool


def _fits(earlier: object, dialect: Dialect) -> TypeGuard[_Collected]:
    """Whether what was read before is what this reader would read."""
    return isinstance(earlier, _Collected) and not earlier.odd and earlier.collector.columnar.same_in(dialect.manner)


def _collected(dialect: Dialect, source: Source) -> _Collected | Read:
    """All that is in the files; where there are none, that."""
    collector = Collector(Columnar(dialect.manner))
    reader = Reader(collector)
    for name in documents(source):
        problems = Problems(name)
        collector.files.append(problems)
        try:
            with dialect.opened(source, name) as stream:
                reader.read(stream, problems)
        except InputError as error:
            problems.extend(error.problems)
    if not collector.files:
        return Read(Dataset(), problems=(Problem("holds no *.xml", source.name, expected="annotations.xml"),))
    odd = any(is_odd(source, problems.file) for problems in collector.files)
    return _Collected(collector, meta_of(reader.meta, collector.files[0]), reader.between, odd)


def _flag(text: str) -> int:
    if text not in _FLAGS:
        raise ValueError(text)
    return _FLAGS[text]


def _after_start(frame: Ints, frames: Frames) -> Bools:
    """What lies behind the last frame is for validators to find."""
    return frame >= 0


def _adopt(contents: Contents, problems: Problems, rows: Rows) -> Contents:
    """Tracks of which no row can be taken are told, and sources that nobody knows."""
    for word, times in contents.odd_sources.items():
        rows.repairs.note("source", f"{word[:40]!r} is none that is known: it counts as manual", count=times)
    tracks, shapes = contents.tracks, contents.shapes
    used = np.append(shapes.track[shapes.keyframe.astype(np.bool_)], tracks.parent)
    for row in np.flatnonzero(tracks.good & ~np.isin(np.arange(len(tracks)), used)).tolist():
        problem = tracks.at.problem(row, "a track has no keyframe", expected="one at least", kind=NO_KEYFRAME)
        problems.append(problem)
    return contents


def _values(contents: Contents, labels: Labels, label: Ints) -> tuple[Contents, Bools]:
    return contents, np.zeros(len(label), np.bool_)


def _finish(read: Read, options: Options) -> Read:
    return read


PLAIN = Dialect(
    manner=Manner(decimals=_EXACT, flag=_flag, required=((), ()), tails=True), matching=by_name, on_task=_after_start,
    adopt=_adopt, values=_values, finish=_finish, opened=opened,
)  # fmt: skip


def documents(source: Source) -> list[str]:
    """The members to read; of a source of one file that one, whatever it is called."""
    members = source.members()
    return xml_files(source).annotations or (members if len(members) == 1 else [])


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
    with opened(source, names[0]) as stream:
        return _First().of(stream)


class _First:
    """Looks at elements until one decides."""

    def __init__(self) -> None:
        self._kind = ""
        self._depth = 0
        self._known = False

    def of(self, stream: BinaryIO) -> str:
        """image, track, empty or nothing."""
        data = stream.read(_HEAD)
        read = len(data)
        if not _MARKUP.match(data):
            return ""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        try:
            while data and not self._kind and read < _MOST:
                parser.Parse(data, False)
                data = stream.read(read)
                read += len(data)
        except _DAMAGE:  # what was seen before still counts, and it is for the reader to say where it is damaged
            if self._known and not self._kind:
                self._kind = "image" if b"<image " in data else "empty"
        return self._kind.strip("?")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0 and name != "annotations":
            self._kind = self._kind or "?"
        elif self._depth == 1 and name in ("version", "meta"):
            self._known = True
        elif self._depth == 1:
            sure = _NEEDED.get(name) in attributes or (self._known and name in _NEEDED)
            self._kind = self._kind or (name if sure else "?")
        self._depth += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 0 and self._known:
            self._kind = self._kind or "empty"
