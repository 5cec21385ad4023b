"""Several sources as one: frames one after the other, labels united by name, pictures with their frames.

Where two sources have a frame of the same name, every frame gets its source's name as a folder before its own:
`a/0001.jpg`, `b/0001.jpg`; two files of one name could not stand in one output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from annotools.formats.base import Read
from annotools.model import Dataset, Loss, Losses, concat
from annotools.storage import Media, MediaFile


def joined(reads: Sequence[Read], places: Sequence[str]) -> Read:
    """One for all.  places: where each came from.  Problems are left to the caller."""
    if len(reads) == 1:
        return reads[0]
    datasets = [found.dataset for found in reads]
    losses = sum((found.losses for found in reads), Losses())
    if _clashing(datasets):
        datasets = [_in_folder(dataset, name) for dataset, name in zip(datasets, _folders(places), strict=True)]
        count = sum(len(dataset.frames) for dataset in datasets)
        why = "several sources have a frame of one name: each frame is in a folder named after its source"
        losses += Losses((Loss("changed", "name of frame", why, count, np.arange(count)),))
    return Read(concat(datasets), _pictures(reads), losses=losses)


def _clashing(datasets: Sequence[Dataset]) -> bool:
    seen = Counter(name for dataset in datasets for name in set(dataset.frames.names))
    return any(count > 1 for name, count in seen.items() if name)


def _folders(places: Sequence[str]) -> list[str]:
    """A folder for each source: its name without an ending, numbered where two are alike."""
    stems = [PurePosixPath(place).stem.lstrip(".") or "source" for place in places]
    seen: Counter[str] = Counter()
    folders = []
    for stem in stems:
        seen[stem] += 1
        folders.append(stem if stems.count(stem) == 1 else f"{stem}-{seen[stem]}")
    return folders


def _in_folder(dataset: Dataset, folder: str) -> Dataset:
    names = tuple(name and f"{folder}/{name}" for name in dataset.frames.names)
    return dataset.replace(frames=replace(dataset.frames, names=names))


def _pictures(reads: Sequence[Read]) -> Media:
    pictures: dict[int, MediaFile] = {}
    start = 0
    for found in reads:
        pictures |= {frame + start: file for frame, file in (found.media or {}).items()}
        start += len(found.dataset.frames)
    return Media(pictures)
