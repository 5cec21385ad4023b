"""All of a source's *.xml as one dataset, as people mean them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Options, Read
from annotools.formats.cvat_xml.build import Build, Dialect, Found
from annotools.formats.cvat_xml.collect import Collector
from annotools.formats.cvat_xml.columns import Columnar
from annotools.formats.cvat_xml.definitions import meta_of
from annotools.formats.cvat_xml.frame_matching import by_name
from annotools.formats.cvat_xml.parsing import Reader
from annotools.formats.cvat_xml.sniffing import documents
from annotools.model import Dataset
from annotools.model.definitions import Frames, Labels
from annotools.model.losses import Ledger
from annotools.model.tables import Bools, Ints
from annotools.storage import Source
from annotools.tracks.storing import of_job

NO_KEYFRAME = "no-keyframe"  # kind of problem
_EXACT = 9  # decimals that are left of the sum of two numbers with few: 200.01 + 40.11 is 240.12
_FLAGS = {"0": 0, "1": 1, "false": 0, "true": 1, "False": 0, "True": 1}


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """Every *.xml of the source, as one dataset with the pictures that lie beside.

    Without a context the file itself says which task, labels and frames there are.
    """
    return read_files(PLAIN, source, context, options)


def read_files(dialect: Dialect, source: Source, context: Dataset | None, options: Options) -> Read:
    """The same as some program reads it."""
    collector = Collector(Columnar(dialect.decimals, dialect.flag, dialect.required))
    reader = Reader(collector.take)
    for name in documents(source):
        problems = Problems(name)
        collector.files.append(problems)
        try:
            with source.open(name) as stream:
                reader.read(stream, problems)
        except InputError as error:
            problems.extend(error.problems)
    if not collector.files:
        return Read(Dataset(), problems=(Problem("holds no *.xml", source.name, expected="annotations.xml"),))
    meta = meta_of(reader.meta, collector.files[0])
    found = Build(collector, meta, dialect, reader.between).read(source, context, options)
    if options.job is not None and not found.dataset.jobs:
        of_job(found.dataset, options.job, options.quirks)  # says that there is none
    told = (problem for problems in collector.files for problem in problems)
    return replace(found, problems=(*told, *found.problems))


def _flag(text: str) -> int:
    if text not in _FLAGS:
        raise ValueError(text)
    return _FLAGS[text]


def _after_start(frame: Ints, frames: Frames) -> Bools:
    """What lies behind the last frame is for validators to find."""
    return frame >= 0


def _adopt(found: Found, problems: Problems, ledger: Ledger) -> Found:
    """Tracks of which no row can be taken are told, and sources that nobody knows."""
    for word, times in found.odd_sources.items():
        ledger.changed("source", f"{word[:40]!r} is none that is known: it counts as manual", times)
    tracks = found.tracks
    used = np.append(found.shapes.track, tracks.parent)
    for row in np.flatnonzero(tracks.good & ~np.isin(np.arange(len(tracks)), used)).tolist():
        problem = tracks.at.problem(row, "a track has no keyframe", expected="one at least", kind=NO_KEYFRAME)
        problems.append(problem)
    return found


def _values(found: Found, labels: Labels, label: Ints) -> tuple[Found, Bools]:
    return found, np.zeros(len(label), np.bool_)


def _finish(found: Read, options: Options) -> Read:
    return found


PLAIN = Dialect(
    decimals=_EXACT, flag=_flag, required=((), ()), matching=by_name, on_task=_after_start, adopt=_adopt,
    values=_values, finish=_finish,
)  # fmt: skip
