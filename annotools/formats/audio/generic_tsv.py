"""Generic TSV 1.0: labelled stretches of a recording, a line each.

    annotations.tsv   id  filename  start    stop            label   source  score  speaker
                      1   a.mp3     0:00:00  0:00:02.450000  speech  manual  1.0    anna

Times are hours, minutes and seconds; an interval without `stop` goes on to the end.  Every other column is an
attribute, in the order of names, and an empty cell is none.  `group` is a column where there are groups.
Read are also columns in any order, without the first two and the last two; of times finer than a millisecond the rest
is left out.
Source: https://docs.cvat.ai/docs/dataset_management/formats/format-generic-tsv/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from annotools.formats.audio import generic_tsv_cvat, generic_tsv_in
from annotools.formats.audio.tables import COLUMNS, RESERVED, is_table, lines_of, time_text
from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.kernel.ids import given_ids, whole_ids
from annotools.model import Dataset, Keeps, Owner, Source

if TYPE_CHECKING:
    from annotools.storage import Media

NAME = "annotations.tsv"


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The table."""
    table, rows = dataset.intervals, np.arange(len(dataset.intervals))
    names = sorted({spec.name for label in dataset.labels for spec in label.attributes})
    grouped = bool((table.group != 0).any())
    attributes = _attributes(dataset)
    columns = zip(
        whole_ids(given_ids(table.extras, "interval_id", rows)), table.start.tolist(), table.stop.tolist(),
        table.label.tolist(), table.source.tolist(), table.score.tolist(), table.group.tolist(), attributes,
        strict=True,
    )  # fmt: skip
    file, words = dataset.frames.names[0] if len(dataset.frames) else "", Source.words()
    lines = (
        [
            number, file, time_text(start), "" if stop < 0 else time_text(stop), dataset.labels.by_id[label].name,
            words[source], repr(score), *([group] if grouped else ()), *(own.get(name, "") for name in names),
        ]
        for number, start, stop, label, source, score, group, own in columns
    )  # fmt: skip
    yield NAME, lines_of([*COLUMNS, *(["group"] if grouped else ()), *names], lines)


def _attributes(dataset: Dataset) -> list[dict[str, str]]:
    """Names and values of every interval."""
    texts: list[dict[str, str]] = [{} for _ in range(len(dataset.intervals))]
    mine, specs = dataset.attributes.of_kind(Owner.INTERVAL), dataset.labels.specs
    for row, spec, text in zip(mine.owner.tolist(), mine.spec.tolist(), mine.texts(), strict=True):
        texts[row][specs[spec][1].name] = text
    return texts


FORMAT = Format(
    slug="generic-tsv", name="Generic TSV 1.0",
    keeps=Keeps(
        intervals=frozenset({"attributes", "source", "score", "group"}), labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name"}), task=frozenset({"media_type", "dimension"}),
        extras={"intervals": frozenset({"interval_id"})},
    ),
    pipeline=("merge-jobs", f"free-names={','.join(RESERVED)}", "audio-intervals"),
    dialects={"cvat": generic_tsv_cvat.FORMAT}, read=generic_tsv_in.read, write=write, sniff=is_table, suffix=".tsv",
    members=(NAME,), about="intervals of a recording in a table",
)  # fmt: skip
