"""From a source to a dataset, for pictures and for point clouds."""

from __future__ import annotations

from annotools.errors import Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.datumaro.annotations_in import AnnotationsIn
from annotools.formats.datumaro.categories import labels_of
from annotools.formats.datumaro.documents import Document, documents_of
from annotools.formats.datumaro.items import ItemMatching
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.storage import Source


def read(source: Source, context: Dataset | None, options: ReadOptions, clouds: bool = False) -> Read:
    """The dataset of a source, with every problem it has.  clouds: whether it is of point clouds."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    _fill(rows, documents_of(source, problems), context, problems, clouds, strict_tracks=False)
    return rows.read(gaps_are_outside=True)


def read_as_server(source: Source, context: Dataset | None, options: ReadOptions, clouds: bool = False) -> Read:
    """The dataset of a source as the server stores it.

    It closes tracks of points of skeletons only if the last annotation that it reads is a skeleton.
    """
    problems = Problems()
    documents = documents_of(source, problems)
    rows = Rows(source, context, problems, options, matching=ItemMatching(documents))
    last = _fill(rows, documents, context, problems, clouds, strict_tracks=True)
    return imported(rows.read(), options, open_points=last != "skeleton")


def _fill(
    rows: Rows,
    documents: list[Document],
    context: Dataset | None,
    problems: Problems,
    clouds: bool,
    *,
    strict_tracks: bool,
) -> str:
    """The type of the last annotation."""
    labels = labels_of(documents, context, problems)
    rows.repairs.note("second category of one name", "both are one label", count=labels.repeated)
    annotations = AnnotationsIn(rows, labels, problems, strict_tracks)
    for number, document in enumerate(documents):
        annotations.add(number, document)
        document.items = []  # lets go of the file
    annotations.finish()
    infos = next((document.infos for document in documents if document.infos), b"")
    if infos:
        rows.extras(infos=infos)
    if clouds:
        rows.task(dimension="3d")
    return annotations.last
