"""VGGFace2 1.0: boxes and five landmarks of faces.

    labels.txt                                    cat                 a label a line
    bb_landmark/loose_bb_train.csv                NAME_ID,X,Y,W,H     cat/a,1.5,2,30,40
    bb_landmark/loose_landmark_train.csv          NAME_ID,P1X,P1Y, ... ,P5Y     cat/a,1,2,3,4,5,6,7,8,9,10
                                                  cat/b,,,,,,,,,,               a tag; no_label/c,,,,,,,,,, nothing
    train/cat/a.jpg                               where pictures are written along, in the folder of each label

A picture may have several boxes and sets of landmarks, each a row; `default` is for no subset.  Tables as they are
given out are read too: without labels.txt, where a picture is called by its path with its label.
Source: https://www.robots.ox.ac.uk/~vgg/data/vgg_face2/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.frame_names import by_stem
from annotools.formats.kernel.picture_files import ended_names
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.formats.vggface2 import faces_cvat
from annotools.formats.vggface2.conditions import CONDITIONS
from annotools.formats.vggface2.face_rows import FaceRows
from annotools.formats.vggface2.reading import read_rows
from annotools.formats.vggface2.tables import BOXES, LABELS, LANDMARKS, NO_SUBSET, files, table, table_name
from annotools.model import POINTS, RECTANGLE, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels, the tables of each subset, and pictures."""
    faces, subsets = FaceRows(dataset), dataset.frames.subsets
    yield LABELS, ["".join(f"{label.name}\n" for label in dataset.labels).encode()]
    for subset, frames in by_subset(subsets, range(len(subsets))).items():
        yield table_name("landmark", subset), [table(LANDMARKS, (row for f in frames for row in faces.landmarks[f]))]
        if any(faces.boxes[frame] for frame in frames):
            yield table_name("bb", subset), [table(BOXES, (row for f in frames for row in faces.boxes[f]))]
    if options.images and media is not None:
        for frame, name in enumerate(ended_names(dataset, media)):
            for label in faces.labels[frame] if frame in media else ():
                yield f"{subsets[frame] or NO_SUBSET}/{label}/{name}", media[frame].pieces()


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options, matching=by_stem)
    read_rows(rows, source, problems)
    return rows.read()


FORMAT = Format(
    slug="vggface2", name="VGGFace2 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset(), POINTS: frozenset()}, tags=frozenset(), labels=frozenset({"name"}),
        frames=frozenset({"name", "subsets"}), conditions=CONDITIONS,
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "folder-labels=no_label", "order-corners",
        "exact-widths", "folder-subsets=/", "frames-by-subset=default", "unique-stems", "stem-names", "frames-by-name",
    ),
    dialects={"cvat": faces_cvat.FORMAT}, read=read, write=write, sniff=lambda source: bool(files(source)),
    members=(LABELS, "bb_landmark/loose_**.csv", "!*/*/**.txt", "*/*/**"),
    letters=("bb_landmark", "loose_bb_*.csv", "loose_landmark_*.csv"),
    about="boxes and five landmarks of faces, in tables",
)  # fmt: skip
