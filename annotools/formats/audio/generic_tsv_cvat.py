"""Generic TSV as the CVAT server writes and reads it.

Of every label of the task each attribute is a column, used or not; lines end as in CSV; there is no group.  A task of
anything but audio is refused: it has no recording.
Source: CVAT 2.73 dataset_manager/formats/audio_tsv.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import UsageError
from annotools.formats.audio import generic_tsv_in
from annotools.formats.audio.tables import COLUMNS, lines_of, time_text
from annotools.formats.base import Format, Members, WriteOptions
from annotools.model import Dataset, Keeps, Owner, Source

if TYPE_CHECKING:
    from annotools.storage import Media


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The table.  Raises UsageError for a task of anything but audio."""
    if dataset.task.media_type != "audio":
        kind = f"a task of {dataset.task.media_type}"
        raise UsageError(f"data has no audio: the server exports intervals of recordings alone, got {kind}")
    names = sorted({spec.name for label in dataset.labels for spec in label.attributes})
    values: list[dict[str, str]] = [{} for _ in range(len(dataset.intervals))]
    mine, specs = dataset.attributes.of_kind(Owner.INTERVAL), dataset.labels.specs
    for row, spec, text in zip(mine.owner.tolist(), mine.spec.tolist(), mine.texts(), strict=True):
        values[row][specs[spec][1].name] = text
    file = dataset.frames.names[0] if len(dataset.frames) else dataset.task.source_name
    table, words = dataset.intervals, Source.words()
    columns = zip(
        table.id.tolist(), table.start.tolist(), table.stop.tolist(), table.label.tolist(), table.source.tolist(),
        table.score.tolist(), values, strict=True,
    )  # fmt: skip
    lines = (
        [
            number if number >= 0 else "", file, time_text(start), "" if stop < 0 else time_text(stop),
            dataset.labels.by_id[label].name, words[source], str(score), *(own.get(name, "") for name in names),
        ]
        for number, start, stop, label, source, score, own in columns
    )  # fmt: skip
    yield "annotations.tsv", lines_of([*COLUMNS, *names], lines, "\r\n")


FORMAT = Format(
    slug="generic-tsv", name="Generic TSV 1.0",
    keeps=Keeps(
        intervals=frozenset({"attributes", "source", "score", "id"}),
        labels=frozenset({"name", "attributes", "sublabels"}), frames=frozenset({"name"}),
        task=frozenset({"media_type", "dimension"}), uses=frozenset({"task.source_name"}),
    ),
    pipeline=("merge-jobs", "drop-unknown-attributes"),
    quirks=("generic-tsv-export", "generic-tsv-import"),
    read=generic_tsv_in.read_as_server, write=write, suffix=".tsv", members=("annotations.tsv",),
)  # fmt: skip
