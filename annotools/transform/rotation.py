"""rotation-beside: the rotation of boxes and ellipses as an extra, for what is written of them after they are masks."""

from __future__ import annotations

import numpy as np

from annotools.model.codes import ELLIPSE, RECTANGLE
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument


def rotation_beside(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Shapes with what they are turned by, if they are of a type that can be turned."""
    no_argument("rotation-beside", argument)
    shapes = dataset.shapes
    turns = Extra(shapes.rotation, np.isin(shapes.type, (RECTANGLE, ELLIPSE)))
    return dataset.replace(shapes=shapes.replace(extras={**shapes.extras, "rotation": turns})), Losses()
