"""What the CVAT server's importers make of masks: polygons, and groups for numbers of instances.

    mask of two parts, one with a hole, instance 3       two polygons of group 3, the hole cut open

What its exports make masks of is the step `server-masks`.
Source: CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: transforms.py, util/mask_tools.py
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.formats.base import Read, ReadOptions
from annotools.model import Dataset
from annotools.transform.server_outlines import read_outlines

INSTANCE = "instance_id"  # an extra of shapes: the number of the instance in the picture


def instances_as_groups(dataset: Dataset) -> Dataset:
    """Groups that are the numbers of instances; nothing else of what formats say beside is stored."""
    shapes = dataset.shapes
    instance = shapes.extras.get(INSTANCE)
    group = np.where(instance.present, instance.values, 0).astype(np.int64) if instance else shapes.group
    return dataset.replace(shapes=shapes.replace(group=group, extras={}))


def with_outlines(read: Read, options: ReadOptions) -> Read:
    """What was read with numbers of instances as groups, and with outlines for masks unless these are kept."""
    grouped = instances_as_groups(read.dataset)
    if options.keep_masks:
        return replace(read, dataset=grouped)
    dataset, losses = read_outlines(grouped)
    return replace(read, dataset=dataset, losses=read.losses + losses)
