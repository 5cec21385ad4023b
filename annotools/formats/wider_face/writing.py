"""What WIDER FACE's writers share: lists by subset, and pictures beside them."""

from __future__ import annotations

from collections.abc import Sequence

from annotools.formats.base import Members
from annotools.model import Dataset
from annotools.storage import Media

MEMBERS = ("labels.txt", "wider_face_split/wider_face_**_bbx_gt.txt", "WIDER_**")


def subsets_of(dataset: Dataset, other: str) -> dict[str, list[int]]:
    """The frames of each subset.  other: what that of frames without one is called."""
    subsets: dict[str, list[int]] = {} if len(dataset.frames) else {other: []}
    for frame, subset in enumerate(dataset.frames.subsets):
        subsets.setdefault(subset or other, []).append(frame)
    return subsets


def pictures(dataset: Dataset, paths: Sequence[str], media: Media, other: str) -> Members:
    """The pictures that there are.  paths: below the folder of their subset."""
    for frame in media:
        yield f"WIDER_{dataset.frames.subsets[frame] or other}/images/{paths[frame]}", media[frame].pieces()
