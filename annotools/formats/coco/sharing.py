"""What the server's importer makes of documents that were read already, where it takes them as we do.

It does where it would refuse nothing, there is no problem, no track, and every image is on the frame where we have it.
Then only what becomes of annotations afterwards is another thing: their z_order is passed over, and they are stored.
Decoding 180,000 annotations again would take as long as the rest of reading them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from annotools.errors import Problems
from annotools.formats.base import Options, Read, ReadOptions, Shared
from annotools.formats.coco import images
from annotools.formats.coco.decoding import Chunk
from annotools.formats.coco.document import Document
from annotools.formats.coco.ids import Numbers
from annotools.formats.coco.importer import Refusal, Refusals
from annotools.formats.coco.readers import INSTANCES, SERVER, Reader
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset
from annotools.model.extras import Extras
from annotools.storage import Source


class Watch:
    """Refuses nothing, and remembers whether another reader would refuse anything."""

    def __init__(self, other: Refusals) -> None:
        self.refused = False
        self._other = other
        self.refusals = Refusals(self._document, self._image, self._category, self._chunk)

    def _met(self, refusals: Iterator[Any]) -> Iterator[Any]:
        self.refused = self.refused or any(True for _ in refusals)
        return iter(())

    def _document(self, document: Document) -> Iterator[Refusal]:
        return self._met(self._other.document(document))

    def _image(self, item: dict[str, Any]) -> None:
        self.refused = self.refused or self._other.image(item) is not None

    def _category(self, item: dict[str, Any]) -> None:
        self.refused = self.refused or self._other.category(item) is not None

    def _chunk(self, chunk: Chunk) -> Iterator[tuple[int, Refusal]]:
        return self._met(self._other.chunk(chunk))


def watch_of(reader: Reader, options: ReadOptions) -> Watch | None:
    """Looks on while a reader reads for another one; None where nothing is to be shared."""
    return Watch(SERVER.refuses) if options.share and reader is INSTANCES and options.job is None else None


def same_frames(documents: Sequence[Document], numbers: list[Numbers], source: Source, context: Dataset | None) -> bool:
    """Whether the importer has all images where they are.  numbers: their frames, by document."""
    rows = Rows(source, context, Problems(), ReadOptions(), matching=SERVER.matching)
    problems = Problems()
    return images.frames_of(documents, rows, context, SERVER.repeated, problems) == numbers and not len(problems)


def shared(read: Read) -> Shared | None:
    """What there is to be shared of what was read, if only that can be another thing to the importer."""
    return None if read.problems or len(read.dataset.tracks) else Shared(read)


def as_imported(read: Read, context: Dataset | None, options: Options) -> Read:
    """What the importer makes of what we read.  context: as it was then, but for its jobs."""
    dataset, finish = read.dataset, SERVER.finish
    assert finish is not None  # it stores what it reads
    flat = dataset.shapes.replace(z_order=np.zeros(len(dataset.shapes), np.int64), extras=_said(dataset.shapes.extras))
    dataset = dataset.replace(
        shapes=flat, tags=dataset.tags.replace(extras=_said(dataset.tags.extras)), origin=None,
        jobs=() if context is None else context.jobs,
    )  # fmt: skip
    return finish(replace(read, dataset=dataset), options)


def _said(extras: Extras) -> Extras:
    """Without the forms in which annotations were said."""
    return {name: extra for name, extra in extras.items() if not extra.derived}
