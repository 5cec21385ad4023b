"""All of a source's *.xml as one dataset."""

from __future__ import annotations

from annotools.errors import InputError, Problem, Problems
from annotools.formats.base import Options, Read
from annotools.formats.cvat_xml.assembling import IMPORTED, Assembler
from annotools.formats.cvat_xml.columns import Columnar
from annotools.formats.cvat_xml.definitions import meta_of
from annotools.formats.cvat_xml.gathering import Gathering
from annotools.formats.cvat_xml.parsing import Reader
from annotools.formats.cvat_xml.sniffing import documents
from annotools.model import Dataset, Losses
from annotools.model.losses import Loss
from annotools.storage import Media, Source
from annotools.tracks.storing import of_job, stored

_ROUNDED = 2  # decimals to which the server's importer adds up the sides of ellipses


def read(source: Source, context: Dataset | None, options: Options) -> Read:
    """Every *.xml of the source, as one dataset with the pictures that lie beside.

    Without a context the file itself says which task, labels and frames there are.
    """
    gathering = Gathering(Columnar(_ROUNDED) if IMPORTED in options.quirks else Columnar())
    reader = Reader(gathering.take)
    for name in documents(source):
        problems = Problems(name)
        gathering.files.append(problems)
        try:
            with source.open(name) as stream:
                reader.read(stream, problems)
        except InputError as error:
            problems.extend(error.problems)
    if not gathering.files:
        return Read(Dataset(), problems=(Problem("holds no *.xml", source.name, expected="annotations.xml"),))
    meta = meta_of(reader.meta, gathering.files[0])
    dataset, losses = Assembler(gathering, meta, context, options).dataset()
    if options.job is not None:
        dataset = of_job(dataset, options.job, options.quirks)
    elif IMPORTED in options.quirks:
        dataset, changed = stored(dataset, options.quirks)
        losses += changed
    media = Media.from_source(source, dataset.frames.names)
    found = tuple(problem for problems in gathering.files for problem in problems)
    return Read(dataset, media, found, losses + _between(reader.between))


def _between(count: int) -> Losses:
    why = "marked as interpolated: its track's keyframes say where it is"
    return Losses((Loss("changed", "frame of track", why, count),)) if count else Losses()


read_as_server = read
