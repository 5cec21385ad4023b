"""tracked-shapes: only shapes that were of tracks, as `tracks-to-numbered-shapes` has left them."""

from __future__ import annotations

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.removal import without
from annotools.transform.rows import no_argument


def tracked_shapes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes with the number of a track, and their elements."""
    no_argument("tracked-shapes", argument)
    shapes, ledger = dataset.shapes, Ledger()
    numbered = shapes.extras.get("track_id")
    lone = np.ones(len(shapes), np.bool_) if numbered is None else ~numbered.present
    plain = lone & (shapes.parent < 0) & (shapes.track < 0)
    return without(dataset, "shapes", plain, ledger, "shape", "the server writes only tracks"), ledger.losses()
