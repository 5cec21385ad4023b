"""Steps of formats that know pictures by their files alone, without a list of them.

frames-by-name              b.jpg, a.jpg           ->   a.jpg, b.jpg, those of one subset together
names-without-endings       a.jpg                  ->   a: the file of its masks is a.png
sized-frames                pictures of unknown size are left out: no picture of their masks can be painted
painted-frames              pictures with nothing to paint are left out; `=rectangle`: boxes count too;
                            `=bare`: those stay on which nothing else was either
"""

from __future__ import annotations

from posixpath import splitext

import numpy as np

from annotools.errors import UsageError, suggest
from annotools.model.codes import MASK, ShapeType
from annotools.model.dataset import Dataset
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.storage.media import is_picture
from annotools.transform.files import are_annotated, in_order, renamed
from annotools.transform.frames import without_frames
from annotools.transform.rows import no_argument

_BARE = "bare"


def picture_key(name: str) -> str:
    """A path without the ending of a picture; other dots stay."""
    return splitext(name)[0] if is_picture(name) else name


def frames_by_name(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames in the order of their subsets and names, which is that of their files."""
    no_argument("frames-by-name", argument)
    pairs = [*zip(dataset.frames.subsets, map(picture_key, dataset.frames.names), strict=True)]
    order = np.array(sorted(range(len(pairs)), key=pairs.__getitem__), np.int64)
    return in_order(dataset, order), Losses()


def names_without_endings(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Names of frames without the endings of their pictures."""
    no_argument("names-without-endings", argument)
    names = [*map(picture_key, dataset.frames.names)]
    return renamed(dataset, "names", names, "files of masks end otherwise than their pictures")


def sized_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only frames of known size."""
    no_argument("sized-frames", argument)
    frames = dataset.frames
    unknown = (frames.width <= 0) | (frames.height <= 0)
    return without_frames(dataset, unknown, "its size is not known, and masks are pictures as large", quirks)


def painted_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Only frames on which something is.  argument: a type that counts beside masks, or `bare`."""
    types = {kind.word: kind for kind in ShapeType}
    if argument not in ("", _BARE, *types):
        raise UsageError(f"transform painted-frames={argument}: no such type, expected {suggest(argument, types)}")
    shapes = dataset.shapes
    kinds = [MASK, *([types[argument]] if argument in types else [])]
    frames = shapes.frame[np.isin(shapes.type, kinds) & ~shapes.outside]
    empty = ~np.isin(np.arange(len(dataset.frames)), frames)
    if argument == _BARE:
        empty &= are_annotated(dataset)
    return without_frames(dataset, empty, "nothing on it is written, and pictures are not listed", quirks)
