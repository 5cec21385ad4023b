"""What the CVAT server's importers make of masks: polygons, and groups for numbers of instances.

    mask of two parts, one with a hole, instance 3       two polygons of group 3, the hole cut open

What its exports make masks of is the step `server-masks`.
Source: CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: transforms.py, util/mask_tools.py
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.outlines_opencv import cvat_rle_to_outlines
from annotools.geometry.ragged import Ragged, concat
from annotools.model import MASK, POLYGON, Dataset
from annotools.transform.rows import recast, repeat

INSTANCE = "instance_id"  # an extra of shapes: the number of the instance in the picture


def instances_as_groups(dataset: Dataset) -> Dataset:
    """Groups that are the numbers of instances; nothing else of what formats say beside is stored."""
    shapes = dataset.shapes
    instance = shapes.extras.get(INSTANCE)
    group = np.where(instance.present, instance.values, 0).astype(np.int64) if instance else shapes.group
    return dataset.replace(shapes=shapes.replace(group=group, extras={}))


def masks_as_outlines(dataset: Dataset) -> Dataset:
    """Masks as a polygon for each of their parts, through the middles of pixels; a part may be too thin for one."""
    shapes = dataset.shapes
    rows = np.flatnonzero(shapes.type == MASK)
    if not len(rows):
        return dataset
    parts = [_outlines(dataset, row) for row in rows.tolist()]
    counts = np.ones(len(shapes), np.int64)
    counts[rows] = [len(offsets) - 1 for _, offsets in parts]
    spread, source = repeat(dataset, counts)
    drawn = np.flatnonzero(np.isin(source, rows))
    return spread.replace(shapes=recast(spread.shapes, drawn, concat(parts), type=POLYGON))


def _outlines(dataset: Dataset, row: int) -> Ragged:
    width, height = dataset.frames.sizes(dataset.shapes.frame[[row]])[0].tolist()
    return cvat_rle_to_outlines(dataset.shapes.points(row), (width, height))
