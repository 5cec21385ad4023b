"""ICDAR Word Recognition as the CVAT server writes and reads it.

    default/gt.txt     word_1.png, "a""b"        the texts of all that has one on a picture, quotes in them as they are
                       word_2.png,              and a blank

Source: CVAT 2.73 dataset_manager/formats/icdar.py, its fork of Datumaro: icdar_format
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.icdar.recognition_lists import read_rows
from annotools.formats.icdar.texts import folder_of
from annotools.formats.kernel.frame_names import as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.picture_files import pictures
from annotools.formats.kernel.rows import Rows
from annotools.model import Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A list for each subset, and pictures."""
    frames = dataset.frames
    lists: dict[str, list[str]] = {}
    captions = frames.extras["captions"].values.tolist()
    for subset, name, texts in zip(frames.subsets, frames.names, captions, strict=True):
        words = "".join(f'"{text}"' for text in texts)
        lists.setdefault(folder_of(subset), []).append(f"{name}, {words}\n")
    for folder, lines in lists.items():
        yield f"{folder}/gt.txt", ["".join(lines).encode()]
    paths = [f"{folder_of(s)}/images/{name}" for s, name in zip(frames.subsets, frames.names, strict=True)]
    yield from pictures(paths, media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=as_server)
    read_rows(rows, source, problems, _caption)
    return imported(rows.read(), options)


def _caption(line: str) -> tuple[str, str | None] | None:
    """A line as the server takes it: at its only `, ` it has two parts, and else no word; backslashes go."""
    parts = line.split(", ")
    if len(parts) != 2:
        return parts[0][:-1], None
    quoted = parts[1][:1] == parts[1][-1:] == '"'
    return parts[0], parts[1].replace("\\", "")[1:-1] if quoted else None


FORMAT = Format(
    slug="icdar-recognition", name="ICDAR Recognition 1.0",
    keeps=Keeps(
        tags=frozenset({"attributes"}), labels=frozenset({"attributes"}), frames=frozenset({"name", "subsets"})
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "server-file-names", "frames-by-subset=default",
        "server-captions=text",
    ),
    quirks=("icdar-export", "icdar-import"), read=read, write=write,
)  # fmt: skip
