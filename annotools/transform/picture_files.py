"""Steps of formats that know pictures by their files alone, without a list of them.

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
from annotools.storage.picture_names import is_picture
from annotools.transform.files import are_annotated
from annotools.transform.frames import without_frames
from annotools.transform.rows import no_argument

_BARE = "bare"


def picture_key(name: str) -> str:
    """A path without the ending of a picture; other dots stay."""
    return splitext(name)[0] if is_picture(name) else name


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
