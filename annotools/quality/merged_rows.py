"""The consensus as rows of the hub: shapes as their representatives have them, tags by vote, in the parent job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Bools, Floats, Ints, row_of_value
from annotools.model import Dataset, Owner, ShapeType, Source
from annotools.model.tables import Attributes, Shapes, Tags
from annotools.quality.attribute_values import Owners, attribute_values
from annotools.quality.objects import DECIMALS, Objects
from annotools.tracks.elements import element_owners


@dataclass(frozen=True, eq=False)
class Merged:
    """One row a cluster.  row: of the objects, the representative."""

    row: Ints
    z_order: Ints
    score: Floats
    group: Ints


class TagVote(NamedTuple):
    """A tag.  label: its id.  values: by id of the specification."""

    frame: int
    label: int
    values: dict[int, str]


def with_merged(dataset: Dataset, parent: int, objects: Objects, merged: Merged, tags: list[TagVote]) -> Dataset:
    """The dataset with these as the annotations of a job, instead of those that it had."""
    base = dataset.select(
        tags=dataset.tags.job != parent, shapes=dataset.shapes.job != parent, tracks=dataset.tracks.job != parent
    )
    shapes, values = _shapes(objects, parent, merged, len(base.shapes))
    table = Tags.of(
        len(tags), job=np.full(len(tags), parent), frame=[tag.frame for tag in tags],
        label=[tag.label for tag in tags], source=np.full(len(tags), Source.FILE),
    )  # fmt: skip
    pairs = [
        (len(base.tags) + row, spec, value) for row, tag in enumerate(tags) for spec, value in tag.values.items()
    ]  # fmt: skip
    return base.replace(
        tags=Tags.concat([base.tags, table]), shapes=Shapes.concat([base.shapes, shapes]),
        attributes=Attributes.concat([base.attributes, _attributes(Owner.TAG, pairs), values]),
    )  # fmt: skip


def _attributes(kind: Owner, triples: list[tuple[int, int, str]]) -> Attributes:
    """Attributes from owner, specification and text."""
    pool: dict[str, int] = {}
    codes = [pool.setdefault(text, len(pool)) for _, _, text in triples]
    return Attributes.of(
        len(triples), kind=np.full(len(triples), kind), owner=[owner for owner, _, _ in triples],
        spec=[spec for _, spec, _ in triples], value=codes,
    ).replace(pool=tuple(pool))  # fmt: skip


def _shapes(objects: Objects, parent: int, merged: Merged, start: int) -> tuple[Shapes, Attributes]:
    """Rows of shapes, skeletons followed by their elements, and their attributes.  start: the row of the first."""
    dense = objects.dataset
    tops = objects.row[merged.row]
    owner = np.append(element_owners(dense), -1)[: len(dense.shapes)]
    cluster_of = np.full(len(dense.shapes) + 1, -1)
    cluster_of[tops] = np.arange(len(tops))
    elements = np.flatnonzero((owner >= 0) & (cluster_of[owner] >= 0))
    cluster = np.concatenate([np.arange(len(tops)), cluster_of[owner[elements]]])
    rows, is_top = np.concatenate([tops, elements]), np.arange(len(cluster)) < len(tops)
    order = np.lexsort((np.arange(len(rows)), ~is_top, cluster))
    rows, cluster, is_top = rows[order], cluster[order], is_top[order]
    taken = dense.shapes.take(rows)
    first = np.flatnonzero(is_top)[cluster]
    shapes = taken.with_points(_points(objects, merged.row, taken, is_top)).replace(
        id=np.full(len(rows), -1), job=np.full(len(rows), parent), track=np.full(len(rows), -1),
        parent=np.where(is_top, -1, first + start), keyframe=np.ones(len(rows), np.bool_),
        outside=taken.outside & ~is_top, source=np.full(len(rows), Source.CONSENSUS),
        z_order=merged.z_order[cluster] if len(rows) else taken.z_order,
        group=np.where(is_top, merged.group[cluster], 0), score=np.where(is_top, merged.score[cluster], 1.0),
    )  # fmt: skip
    return shapes, _values(dense, taken, rows, start)


def _points(objects: Objects, tops: Ints, shapes: Shapes, is_top: Bools) -> Floats:
    """Points with two decimals, masks as they are; an ellipse is that within its box of two decimals."""
    mask: Bools = (shapes.type == ShapeType.MASK)[row_of_value(shapes.offsets)]
    values = np.where(mask, shapes.values, np.around(shapes.values, DECIMALS))
    ellipses = np.flatnonzero(shapes.type[is_top] == ShapeType.ELLIPSE)
    box = objects.box[tops[ellipses]]
    positions = shapes.offsets[np.flatnonzero(is_top)[ellipses], None] + np.arange(4)
    values[positions] = np.concatenate([(box[:, :2] + box[:, 2:]) / 2, box[:, 2:3], box[:, 1:2]], axis=1)
    return values


def _values(dense: Dataset, shapes: Shapes, rows: Ints, start: int) -> Attributes:
    """All attributes of the labels, with the values of these shapes or their tracks in their typed form."""
    typed = attribute_values(dense, shapes.label, Owners(np.full(len(rows), -1), rows, shapes.track.astype(np.int64)))
    specs = {label.id: [spec.id for spec in label.attributes] for label in dense.labels}
    spec = [number for label in shapes.label.tolist() for number in specs.get(label, ())]
    owner = row_of_value(typed.offsets) + start
    return Attributes.of(
        len(spec), kind=np.full(len(spec), Owner.SHAPE), owner=owner, spec=spec, value=typed.codes,
    ).replace(pool=typed.pool)  # fmt: skip
