"""VGGFace2 as the CVAT server writes and reads it.

    labels.txt            points of skeletons too, with the label of their skeleton behind: `head person`
    a picture             at most one box and one set of points, or the export fails; points that are not five are a tag
                          a second tag has the label of the first; turned boxes are written as if they were not

Source: CVAT 2.73 dataset_manager/formats/vggface2.py, its fork of Datumaro: vgg_face2_format.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.csvfile import demand_commas
from annotools.formats.kernel.frame_names import items_as_server
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.formats.vggface2.reading import read_rows, with_label
from annotools.formats.vggface2.server_faces import server_faces
from annotools.formats.vggface2.tables import BOXES, LABELS, LANDMARKS, NO_SUBSET, files, table, table_name
from annotools.model import POINTS, RECTANGLE, Dataset, Keeps

if TYPE_CHECKING:
    from annotools.storage import Media, Source

END = "\r\n"


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The labels, the tables of each subset, and pictures.  Raises UsageError where the server's export fails."""
    faces, subsets = server_faces(dataset), dataset.frames.subsets
    names = {label.id: label.name for label in dataset.labels}
    lines = [label.name if label.parent is None else f"{label.name} {names[label.parent]}" for label in dataset.labels]
    yield LABELS, ["".join(f"{line}\n" for line in lines).encode()]
    for subset, mine in by_subset(subsets, faces).items():
        yield (
            table_name("landmark", subset),
            [table(LANDMARKS, (row for face in mine for row in face.landmarks()), END)],
        )
        boxes = [row for face in mine for row in face.boxes]
        if boxes:
            yield table_name("bb", subset), [table(BOXES, boxes, END)]
    if options.images and media is not None:
        for frame, face in enumerate(faces):
            for path in face.paths(subsets[frame] or NO_SUBSET) if frame in media else ():
                yield path, media[frame].pieces()


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it."""
    problems = Problems()
    demand_commas(source, (file.member for file in files(source)), problems)
    rows = Rows(source, context, problems, options, matching=items_as_server)
    read_rows(rows, source, problems, with_label)
    return imported(rows.read(), options)


FORMAT = Format(
    slug="vggface2", name="VGGFace2 1.0",
    keeps=Keeps(
        shapes={RECTANGLE: frozenset(), POINTS: frozenset()}, tags=frozenset(),
        labels=frozenset({"name", "sublabels"}), frames=frozenset({"name", "subsets"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", "drop-unlabelled-rows", "server-file-names",
        "frames-by-subset=default",
    ),
    quirks=("vggface2-export", "vggface2-import"), read=read, write=write,
)  # fmt: skip
