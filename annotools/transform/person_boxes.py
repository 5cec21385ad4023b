"""skeletons-in-boxes: a rectangle in the group of a skeleton, on its frame, is the box of that skeleton.

skeleton and rectangle of group 3     ->     the skeleton, whose extra `bbox` is left, top, width, height
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import are_turned, xyxy_to_xywh
from annotools.model.codes import RECTANGLE, SKELETON
from annotools.model.columns import Ints
from annotools.model.dataset import Dataset
from annotools.model.extras import Extra
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

BOX = np.dtype([(name, np.float64) for name in ("left", "top", "width", "height")])


def skeletons_in_boxes(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Skeletons with their boxes, of each the first one that stands upright."""
    no_argument("skeletons-in-boxes", argument)
    ledger, shapes = Ledger(), dataset.shapes
    skeletons, boxes = _pairs(dataset)
    if not len(boxes):
        return dataset, Losses()
    ledger.changed("rectangle", "it is the box of its skeleton", dataset, "shapes", boxes)
    old = shapes.extras.get("bbox")
    values = old.values.copy() if old is not None and old.values.dtype == BOX else np.zeros(len(shapes), BOX)
    present = old.present.copy() if old is not None and old.values.dtype == BOX else np.zeros(len(shapes), np.bool_)
    values[skeletons] = np.ascontiguousarray(xyxy_to_xywh(shapes.boxes(boxes))).view(BOX).reshape(-1)
    present[skeletons] = True
    extras = {**shapes.extras, "bbox": Extra(values, present, derived=True)}
    keep = np.ones(len(shapes), np.bool_)
    keep[boxes] = False
    return dataset.replace(shapes=shapes.replace(extras=extras)).select(shapes=keep), ledger.losses()


def _pairs(dataset: Dataset) -> tuple[Ints, Ints]:
    """Skeletons that are the only one of their group on their frame, and the first upright rectangle of it."""
    shapes = dataset.shapes
    plain = (shapes.track < 0) & (shapes.parent < 0) & (shapes.group > 0) & ~shapes.outside
    keys = shapes.frame * (shapes.group.max(initial=0) + 1) + shapes.group
    whole = np.flatnonzero(plain & (shapes.type == SKELETON))
    boxes = np.flatnonzero(plain & (shapes.type == RECTANGLE) & ~are_turned(shapes.rotation) & shapes.have(4))
    unique, first, counts = np.unique(keys[whole], return_index=True, return_counts=True)
    drawn, first_boxes = np.unique(keys[boxes], return_index=True)
    shared = np.intersect1d(unique[counts == 1], drawn)
    return whole[first[np.searchsorted(unique, shared)]], boxes[first_boxes[np.searchsorted(drawn, shared)]]
