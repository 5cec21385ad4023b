"""Steps of formats that name a file after each picture, without its ending.

stem-names           a/b.c.jpg  ->  a/b.c
frames-by-name       b (x), a, c (x)  ->  a, b (x), c (x): in the order of their files
unique-names         a.jpg, a.jpg  ->  a.jpg, a_1.jpg, where both are in one subset
"""

from __future__ import annotations

from itertools import count
from posixpath import splitext

import numpy as np

from annotools.errors import UsageError
from annotools.model.dataset import Dataset
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.storage.picture_names import is_picture
from annotools.transform.files import in_order, renamed
from annotools.transform.rows import no_argument

_ALL = "all"


def stem_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames named without the endings of pictures."""
    no_argument("stem-names", argument)
    names = [splitext(name)[0] if is_picture(name) else name for name in dataset.frames.names]
    return renamed(dataset, "names", names, "files are called after pictures without their endings")


def frames_by_name(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames in the order of subsets and names, as files are listed.  argument: what no subset is called."""
    frames = dataset.frames
    keys = [(subset or argument, name) for subset, name in zip(frames.subsets, frames.names, strict=True)]
    order = np.array(sorted(range(len(keys)), key=lambda row: keys[row]), np.int64)
    return in_order(dataset, order), Losses()


def unique_names(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Names of frames that differ within their subset.  argument: `all` for names that differ from all others."""
    if argument not in ("", _ALL):
        raise UsageError(f"transform unique-names={argument}, expected {_ALL} or nothing")
    frames = dataset.frames
    subsets = [""] * len(frames) if argument == _ALL else frames.subsets
    taken = set(zip(subsets, frames.names, strict=True))
    if len(taken) == len(frames):
        return dataset, Losses()
    seen: set[tuple[str, str]] = set()
    names = []
    for subset, name in zip(subsets, frames.names, strict=True):
        if (subset, name) in seen:
            stem, end = splitext(name)
            name = next(new for n in count(1) if (subset, new := f"{stem}_{n}{end}") not in taken)
            taken.add((subset, name))
        seen.add((subset, name))
        names.append(name)
    return renamed(dataset, "names", names, "another picture has that name, and files are called after it")
