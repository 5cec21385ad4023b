"""Market-1501 1.0: pictures of persons, named after who is on them.

    images_train.txt                                     the paths of all pictures; `default` for no subset
    bounding_box_train/0002_c1s1_000451_03.jpg           person 0002, camera 1, sequence 1, frame 451, box 3
    bounding_box_train/0002_c1s1_000451_04img.jpg        the same of a picture called img.jpg
    query/0001_c1s1_001051_00.jpg                        a picture that is searched for

Pictures are written along where there are some.  A person is a tag of the label `market-1501`, with the attributes
person_id, camera_id (from 0), track_id, frame_id, bbox_id and query.  Folders of pictures without lists are read too.
Source: Zheng et al., Scalable Person Re-identification: A Benchmark (2015)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.errors import Problems
from annotools.formats.base import Format, Members, Read, ReadOptions, WriteOptions
from annotools.formats.kernel.picture_files import ended_names, pictures
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.subsets import by_subset
from annotools.formats.market import reidentification_cvat
from annotools.formats.market.reading import LIST, NO_SUBSET, QUERY, is_market, read_rows
from annotools.model import Dataset, Keeps
from annotools.transform.person_names import ATTRIBUTES, LABEL, file_name, persons_by_frame

if TYPE_CHECKING:
    from annotools.storage import Media, Source


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """A list of each subset, and pictures."""
    persons, names, subsets = persons_by_frame(dataset), ended_names(dataset, media), dataset.frames.subsets
    paths = []
    for frame, (subset, name) in enumerate(zip(subsets, names, strict=True)):
        person = persons.get(frame)
        folder = QUERY if person is not None and person.query else f"bounding_box_{subset or NO_SUBSET}"
        paths.append(f"{folder}/{file_name(name, person)}")
    for subset, listed in by_subset(subsets, paths).items():
        yield LIST.format(subset or NO_SUBSET), ["".join(f"{path}\n" for path in listed).encode()]
    yield from pictures(paths, media, options)


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    rows = Rows(source, context, problems, options)
    read_rows(rows, source, problems)
    return rows.read()


FORMAT = Format(
    slug="market-1501", name="Market-1501 1.0",
    keeps=Keeps(
        tags=frozenset({"attributes"}), labels=frozenset({"name", "attributes"}),
        frames=frozenset({"name", "subsets"}),
    ),
    pipeline=(
        "merge-jobs", "tracks-to-shapes", "only-shown-frames", f"only-label={LABEL}",
        f"only-attributes={','.join(ATTRIBUTES)}", "folder-subsets=/", "frames-by-subset=default", "unique-names",
        "market-names",
    ),
    dialects={"cvat": reidentification_cvat.FORMAT}, read=read, write=write, sniff=is_market,
    members=("images_**.txt", "bounding_box_**", "query/**"),
    letters=("images_*.txt", "bounding_box_*", "query", "gt_bbox", "gt_query"),
    about="pictures of persons, who are said by names",
)  # fmt: skip
