"""The order in which the server lists the annotations of a task.

    job by job; of each first what lies behind the frames shared with the job before, then what lies on them,
    frame by frame in the order of first appearance

Exports follow this order, and number tracks by it.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Ints
from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.model.tables import Attributes, Shapes, Tags, Tracks


def in_server_order(dataset: Dataset, jobs: list[int], ends: list[int]) -> Dataset:
    """Tags, plain shapes and tracks in the server's order; parts of skeletons behind them, rows of tracks last.

    jobs: rows of `dataset.jobs` in their order.  ends: for each the frame after those shared with the one before.
    """
    shapes, tracks = dataset.shapes, dataset.tracks
    tag_order = _order(dataset.tags, jobs, ends)
    track_order = _with_parts(_order(tracks, jobs, ends, by_frame=False), tracks.parent)
    new_track = np.append(np.argsort(track_order), -1)  # the last is that of the row -1
    shape_order = _with_parts(_order(shapes, jobs, ends), shapes.parent)
    track = new_track[shapes.track[shape_order]]
    frame = np.where(track >= 0, shapes.frame[shape_order], 0)
    shape_order = shape_order[np.lexsort((frame, track))]
    new = np.append(np.argsort(shape_order), -1)
    moved = shapes.take(shape_order)
    moved = moved.replace(track=new_track[moved.track], parent=new[moved.parent])
    ordered = tracks.take(track_order)
    orders = {Owner.TAG: tag_order, Owner.SHAPE: shape_order, Owner.TRACK: track_order}
    return dataset.replace(
        tags=dataset.tags.take(tag_order), shapes=moved, tracks=ordered.replace(parent=new_track[ordered.parent]),
        attributes=_attributes(dataset.attributes, orders), origin=None,
    )  # fmt: skip


def _order(table: Tags | Shapes | Tracks, jobs: list[int], ends: list[int], *, by_frame: bool = True) -> Ints:
    """The order of rows.  by_frame: whether those on shared frames are put together frame by frame."""
    rank = np.full(max(jobs, default=0) + 2, -1, np.int64)  # the last is that of job -1
    rank[jobs] = np.arange(len(jobs))
    at = rank[table.job]
    shared = (at >= 0) & (table.frame < np.array([*ends, 0])[at])
    row = np.arange(len(table))
    appearance = row.copy()
    if by_frame:
        mine = np.flatnonzero(shared & (at > 0))
        _, first, inverse = np.unique(
            np.stack([at[mine], table.frame[mine]]), axis=1, return_index=True, return_inverse=True
        )
        appearance[mine] = mine[first[inverse.reshape(-1)]]
    return np.lexsort((row, appearance, 2 * at + shared))


def _with_parts(order: Ints, parent: Array) -> Ints:
    """The same order with parts right behind what they are parts of."""
    rank = np.argsort(order)
    root = np.where(parent >= 0, parent, np.arange(len(parent)))
    return np.lexsort((rank, parent >= 0, rank[root]))


def _attributes(attributes: Attributes, orders: dict[Owner, Ints]) -> Attributes:
    owner = attributes.owner.copy()
    for kind, order in orders.items():
        mine = attributes.kind == kind
        owner[mine] = np.argsort(order)[owner[mine]]
    return attributes.replace(owner=owner)
