"""From any dataset to what COCO can say: what becomes what, and what is only left out by `project` afterwards.

    tracks      a row on every frame that shows one, then closed again where they leave
    ellipses    masks
    masks       polygons along the edges of pixels, with the setting masks=polygons
    groups      polygons of one group, label and frame are parts of one object, unless parts=apart
    boxes       corners in order, because a width is not negative

Every step notes what it changes.  With the quirks of the server the rows stay as they are and are only rounded.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools import tracks
from annotools.errors import UsageError
from annotools.formats.base import Options
from annotools.formats.coco.closing import copied_attributes
from annotools.formats.coco.objects import Members, members_of, row_areas
from annotools.formats.coco.painted import ellipses, retyped, tight
from annotools.formats.coco.shown import drop_hidden
from annotools.formats.coco.values import RESERVED
from annotools.geometry.boxes import order_corners
from annotools.geometry.masks import cvat_rle_to_polygons
from annotools.geometry.ragged import row_of_value, segment_sum, take
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model import ELLIPSE, MASK, POLYGON, RECTANGLE, Attributes, Dataset, Labels, Shapes
from annotools.model.codes import Owner
from annotools.model.losses import Ledger
from annotools.model.rounding import around
from annotools.model.tables import Ints
from annotools.transform.attributes import named_attributes

CHOICES = {
    "masks": ("rle", "polygons"), "iscrowd": ("0", "1"), "rle": ("compressed", "uncompressed"),
    "parts": ("together", "apart"),
}  # fmt: skip
SETTINGS = {
    "masks": "rle, or polygons along the edges of their pixels (default rle)",
    "iscrowd": "what masks say: 0, or 1 as the CVAT server writes (default 0)",
    "rle": "compressed text, or uncompressed as a list of numbers (default compressed)",
    "parts": "together: polygons of one group and label are one object; apart: each is one (default together)",
}


def is_server(options: Options) -> bool:
    """Whether the output is to be the server's."""
    return "coco-export" in options.quirks


def check_settings(options: Options) -> None:
    """Raises UsageError for a setting that is not one of the choices."""
    for name, choices in CHOICES.items():
        given = options.setting(name, choices[0])
        if given not in choices:
            raise UsageError(f"setting {name} is {given!r}, expected {' or '.join(choices)}")


def expanded(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Tracks frame by frame, without what stands on frames that are not shown, attributes without a name."""
    check_settings(options)
    dataset = named_attributes(dataset, ledger)
    top = dataset.tracks.parent < 0
    numbers = np.where(top, np.cumsum(top) - 1, -1)  # the server's number of a track, whatever is left out later
    dataset = dataset.replace(tracks=dataset.tracks.replace(id=numbers))
    if len(dataset.tracks):
        dataset, losses = tracks.interpolate(dataset, options.quirks)
        ledger.extend(losses)
    return drop_hidden(dataset, ledger)


def drawn(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Shapes as COCO's instances have them."""
    return _grouped(painted(dataset, options, ledger), options, ledger)


def painted(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Shapes of COCO's kinds, attributes with names that are free."""
    dataset = ellipses(_corners(tight(dataset), ledger), ledger)
    if options.setting("masks", "rle") == "polygons":
        dataset = _traced(dataset, ledger)
    return _free_names(dataset, ledger)


def rounded_by_server(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Coordinates as the server rounds them: of a box left, top, left + width, top + height."""
    shapes = dataset.shapes
    values = shapes.values.copy()
    places = shapes.offsets[:-1][(shapes.type == RECTANGLE) & (shapes.counts == 4)]
    with np.errstate(over="ignore", invalid="ignore"):
        for side in (0, 1):
            values[places + side + 2] = values[places + side] + (values[places + side + 2] - values[places + side])
    kept = np.repeat(np.isin(shapes.type, (MASK, ELLIPSE)), shapes.counts)
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.where(kept, shapes.values, around(values))
    moved = segment_sum(values != shapes.values, shapes.offsets) > 0
    ledger.changed("rounded shape", "coordinates have 2 decimals", int(moved.sum()), shapes.frame[moved])
    ellipse = shapes.type == ELLIPSE
    ledger.changed("ellipse", "painted as a mask", int(ellipse.sum()), shapes.frame[ellipse])
    return dataset.replace(shapes=shapes.with_points(values))


def _corners(dataset: Dataset, ledger: Ledger) -> Dataset:
    shapes = dataset.shapes
    boxes = shapes.boxes()
    with np.errstate(invalid="ignore"):
        swapped = (shapes.type == RECTANGLE) & (shapes.counts == 4) & (boxes[:, 2:] < boxes[:, :2]).any(axis=1)
    if not swapped.any():
        return dataset
    ledger.changed("rectangle with swapped corners", "put in order", int(swapped.sum()), shapes.frame[swapped])
    values = shapes.values.copy()
    values[shapes.offsets[:-1][swapped, None] + np.arange(4)] = order_corners(boxes[swapped])
    return dataset.replace(shapes=shapes.with_points(values))


def _traced(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Masks become polygons; the parts of one mask are a group of their own."""
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == MASK) & (shapes.track < 0))
    faulty = [row for row, _ in check_cvat_rles(*take(shapes.values, shapes.offsets, rows))]
    rows = np.delete(rows, faulty)
    values, offsets, owner = cvat_rle_to_polygons(*take(shapes.values, shapes.offsets, rows))
    if not len(rows):
        return dataset
    counts = np.bincount(owner, minlength=len(rows))
    ledger.changed("mask", "traced along the edges of its pixels as polygons", len(rows), shapes.frame[rows])
    empty = rows[counts == 0]
    ledger.lost("mask without pixels", "it has no outline", len(empty), shapes.frame[empty])
    group = shapes.group.copy()
    group[rows] = np.where(counts > 1, group.max(initial=0) + 1 + np.arange(len(rows)), 0)
    repeats = np.ones(len(shapes), np.int64)
    repeats[rows] = counts
    dataset = repeated(dataset.replace(shapes=shapes.replace(group=group)), repeats)
    traced = np.flatnonzero(np.repeat(np.isin(np.arange(len(shapes)), rows), repeats))
    return dataset.replace(shapes=retyped(dataset.shapes, traced, (values, offsets), int(POLYGON)))


def repeated(dataset: Dataset, repeats: Ints) -> Dataset:
    """Each row of `shapes` so many times, attributes too; parents of a row that is repeated are its first copy."""
    shapes, attributes = dataset.shapes, dataset.attributes
    rows = np.repeat(np.arange(len(shapes)), repeats)
    first = np.cumsum(repeats) - repeats
    parent = np.where(shapes.parent >= 0, first[shapes.parent], -1)[rows]
    copies = np.where(attributes.kind == Owner.SHAPE, repeats[attributes.owner], 1)
    source = np.repeat(np.arange(len(attributes)), copies)
    owner = attributes.owner.astype(np.int64)
    mine = attributes.kind == Owner.SHAPE
    owner[mine] = first[owner[mine]]
    place = np.arange(len(source)) - np.repeat(np.cumsum(copies) - copies, copies)
    return dataset.replace(
        shapes=shapes.take(rows).replace(parent=parent),
        attributes=attributes.take(source).replace(owner=owner[source] + place),
    )


def _grouped(dataset: Dataset, options: Options, ledger: Ledger) -> Dataset:
    """Only groups that are one object stay: plain polygons of one label on one frame, two at least."""
    shapes = dataset.shapes
    rows = np.flatnonzero((shapes.type == POLYGON) & (shapes.track < 0) & (shapes.group > 0))
    if options.setting("parts", "together") == "apart":
        rows = rows[:0]
    key = np.stack([shapes.frame[rows], shapes.group[rows], shapes.label[rows]], axis=1)
    _, which = np.unique(key, axis=0, return_inverse=True) if len(rows) else (key, np.zeros(0, np.int64))
    which = which.reshape(-1)
    several = np.bincount(which)[which] > 1 if len(rows) else np.zeros(0, np.bool_)
    group = np.zeros(len(shapes), np.int64)
    group[rows[several]] = 1 + which[several]
    alone = (shapes.group > 0) & (group == 0) & (shapes.track < 0)
    why = "only polygons of one label on one frame can be one object"
    ledger.lost("group of shape", why, int(alone.sum()), shapes.frame[alone])
    dataset = dataset.replace(shapes=shapes.replace(group=group))
    return _alike(dataset, rows[several], ledger) if several.any() else dataset


def _alike(dataset: Dataset, rows: Ints, ledger: Ledger) -> Dataset:
    """Parts of one object say the same: what the largest of them says."""
    shapes = dataset.shapes
    members = members_of(shapes, rows, server=False)
    leader = _largest(dataset, members)[row_of_value(members.ends)]
    names = ("occluded", "z_order", "source", "score")
    columns = {name: getattr(shapes, name).copy() for name in names}
    changed = np.zeros(len(leader), np.bool_)
    for column in columns.values():
        changed |= column[members.rows] != column[leader]
        column[members.rows] = column[leader]
    followers = members.rows != leader
    said = _spoken(dataset, shapes)
    changed |= said[members.rows] != said[leader]
    frames = shapes.frame[members.rows[changed]]
    ledger.changed("part of an object", "all parts say what the largest says", int(changed.sum()), frames)
    source = np.arange(len(shapes))
    source[members.rows[followers]] = leader[followers]
    return _attributes_from(dataset.replace(shapes=shapes.replace(**columns)), source)


def _largest(dataset: Dataset, members: Members) -> Ints:
    """The row of the most pixels of each object."""
    areas = row_areas(dataset, dataset.shapes.take(members.rows))
    order = np.lexsort((-areas, row_of_value(members.ends)))
    return np.asarray(members.rows[order[members.ends[:-1]]])


def _spoken(dataset: Dataset, shapes: Shapes) -> Ints:
    """A number for the attributes of each row, equal for equal ones."""
    attributes = dataset.attributes.of_kind(Owner.SHAPE)
    total = np.zeros(len(shapes), np.uint64)
    mixed = (attributes.spec.astype(np.uint64) << np.uint64(32)) + attributes.value.astype(np.uint64) + np.uint64(1)
    np.add.at(total, attributes.owner, mixed * mixed * np.uint64(0x9E3779B97F4A7C15))
    return total.view(np.int64)


def _attributes_from(dataset: Dataset, source: Ints) -> Dataset:
    """Rows whose attributes are those of another row."""
    attributes = dataset.attributes
    others = attributes.take(attributes.kind != Owner.SHAPE)
    copied = copied_attributes(attributes, source, np.arange(len(source)))
    return dataset.replace(attributes=Attributes.concat([others, copied]))


def _free_names(dataset: Dataset, ledger: Ledger) -> Dataset:
    """Without attributes whose names COCO's `attributes` need for something else."""
    taken = {spec.id for label in dataset.labels for spec in label.attributes if spec.name in RESERVED}
    if not taken:
        return dataset
    attributes = dataset.attributes
    gone = np.isin(attributes.spec, list(taken))
    why = "its name means something else here: " + ", ".join(sorted(RESERVED))
    ledger.lost("attribute with a reserved name", why, int(gone.sum()))
    rows = [replace(lb, attributes=tuple(s for s in lb.attributes if s.id not in taken)) for lb in dataset.labels]
    return dataset.replace(labels=Labels(tuple(rows)), attributes=attributes.take(~gone))
