"""Market-1501 as the CVAT server writes and reads it.

A picture is called after its only tag of the label `market-1501`, unless it has such a name already; its own name is
gone then.  All that has no such tag stays as it is.  Lists are read in the order of their paths, and only what they
stand in decides what is a query.
Source: CVAT 2.73 dataset_manager/formats/market1501.py, its fork of Datumaro: market1501_format.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from posixpath import splitext
from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.market.reading import LIST, NO_SUBSET, QUERY, Picture, read_rows
from annotools.model import Dataset, Keeps
from annotools.transform.person_names import LABEL, Person, parsed, persons_by_frame

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A list of each subset, and pictures."""
    frames, paths = dataset.frames, picture_paths(dataset, persons_by_frame(dataset))
    lists: dict[str, list[str]] = {}
    for subset, path in zip(frames.subsets, paths, strict=True):
        lists.setdefault(LIST.format(subset or NO_SUBSET), []).append(f"{path}\n")
    for member, lines in lists.items():
        yield member, ["".join(lines).encode()]
    yield from pictures(paths, media, options)


def picture_paths(dataset: Dataset, persons: Mapping[int, Person]) -> list[str]:
    """Where the picture of each frame goes."""
    frames = dataset.frames
    label = dataset.labels.find(LABEL)
    tags = Counter(dataset.tags.frame[dataset.tags.label == label.id].tolist() if label is not None else ())
    paths = []
    for frame, (subset, name) in enumerate(zip(frames.subsets, frames.names, strict=True)):
        person = persons.get(frame) if tags[frame] == 1 else None
        above, slash, base = name.rpartition("/")
        if person is not None and (above or parsed(base) is None):
            base = person.name + splitext(base)[1]
        folder = QUERY if person is not None and person.query else f"bounding_box_{subset or NO_SUBSET}"
        paths.append(f"{folder}/{above}{slash}{base}")
    return paths


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, _names)
    return imported(rows.read(), options)


def _names(pictures: Sequence[Picture]) -> list[tuple[str, Person | None]]:
    """The name of each picture, which is what stands behind a person's, and who is on it."""
    names: list[tuple[str, Person | None]] = []
    for picture in pictures:
        who = parsed(picture.path, query=picture.subset == QUERY)
        above, slash, base = picture.path.rpartition("/")
        rest = f"{above}{slash}{who[1]}{splitext(base)[1]}" if who is not None and who[1] else picture.path
        names.append((rest, who[0] if who is not None else None))
    return names


FORMAT = Format(
    slug="market-1501", name="Market-1501 1.0",
    keeps=Keeps(
        tags=frozenset({"attributes"}), labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name", "subsets"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-file-names", "frames-by-subset=default",
        "default-attributes",
    ),
    quirks=("market-1501-export", "market-1501-import"), read=read, write=write,
)  # fmt: skip
