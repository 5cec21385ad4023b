"""only-types, framed-masks: shapes that a format has, before tracks are written frame by frame.

    only-types=rectangle,polygon     others go, and tracks of others with them; points of skeletons stay with these
    framed-masks                     masks that lie in a frame of known size

A track that loses all its rows goes too, which the declaration of what a format keeps would not say of it.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError, suggest
from annotools.model.codes import MASK, ShapeType
from annotools.model.columns import Bools
from annotools.model.dataset import Dataset
from annotools.model.keeps import Condition
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks import element_owners
from annotools.transform.drawable_shapes import is_mask
from annotools.transform.removal import without
from annotools.transform.rows import no_argument


def only_types(dataset: Dataset, argument: str, quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes of the named types.  Raises UsageError for a type that does not exist."""
    types, ledger = {kind.word: kind for kind in ShapeType}, Ledger()
    names = argument.split(",")
    for word in names:
        if word not in types:
            raise UsageError(f"transform only-types={argument}: no type {word!r}, expected {suggest(word, types)}")
    for word in [word for word in types if word not in names]:
        gone = (dataset.shapes.type == types[word]) & (element_owners(dataset) < 0)
        why = f"the format has no {word.removesuffix('s')}s"
        dataset = without(dataset, "shapes", gone, ledger, word, why)
    return dataset, ledger.losses()


def framed_masks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without masks that do not lie in their frame, or in one of which nobody knows the size."""
    no_argument("framed-masks", argument)
    ledger = Ledger()
    gone = ~is_framed(dataset)
    return without(dataset, "shapes", gone, ledger, FRAMED.what, FRAMED.why), ledger.losses()


def is_framed(dataset: Dataset) -> Bools:
    """Whether a mask lies in its frame, whose size is known."""
    shapes = dataset.shapes
    sized = (dataset.frames.sizes(shapes.frame) > 0).all(axis=1)
    return np.asarray(is_mask(dataset) & (sized | (shapes.type != MASK)))


FRAMED = Condition("mask that does not fit its frame", "run lengths are those of the whole frame", is_framed)
