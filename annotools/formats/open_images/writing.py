"""What the writers of Open Images share: tables by subset, names of masks, pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import count

from annotools.formats.base import Members, WriteOptions
from annotools.formats.open_images.tables import FOLDER, NO_SUBSET
from annotools.model import Dataset
from annotools.storage import Media

MEMBERS = (
    f"{FOLDER}**-annotations-bbox.csv", f"{FOLDER}**-annotations-human-imagelabels.csv",
    f"{FOLDER}**-annotations-object-segmentation.csv", f"{FOLDER}**-images-with-rotation.csv",
    f"{FOLDER}class-descriptions.csv", f"{FOLDER}bbox_labels_600_hierarchy.json", f"{FOLDER}images.meta",
    "masks/**.png", "images/**",
)  # fmt: skip


def subsets_of(dataset: Dataset) -> dict[str, list[int]]:
    """The frames of each subset."""
    subsets: dict[str, list[int]] = {} if len(dataset.frames) else {NO_SUBSET: []}
    for frame, subset in enumerate(dataset.frames.subsets):
        subsets.setdefault(subset or NO_SUBSET, []).append(frame)
    return subsets


def table_name(subset: str, kind: str) -> str:
    """The member of a table."""
    return f"{FOLDER}{subset}-{kind}.csv"


def slug(text: str) -> str:
    """Letters of ASCII, digits and dashes, as the server makes names of masks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain))


def mask_name(picture: str, label: str, box: str, taken: set[str]) -> str:
    """The file of a mask, which no other has, whatever the case."""
    start = f"{slug(picture)}_{slug(label)}_{slug(box)}"
    names = (start if n == 0 else f"{start}_{n}" for n in count())
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return f"{name}.png"


def pictures(dataset: Dataset, names: Sequence[str], media: Media | None, options: WriteOptions) -> Members:
    """The pictures that there are."""
    if options.images and media is not None:
        for frame in media:
            yield f"images/{dataset.frames.subsets[frame] or NO_SUBSET}/{names[frame]}", media[frame].pieces()
