"""Which member of a cluster stands for all: of skeletons the one nearest to the others, else the one that covers best
the mean of the members' boxes, pixel by pixel.  Of several equal ones it is that of the earliest replica.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from annotools.geometry.ragged import offsets_of, row_of_value
from annotools.quality import pixels
from annotools.quality.clusters import Cluster
from annotools.quality.drawings import drawn, upright
from annotools.quality.near import Near
from annotools.quality.objects import DECIMALS, Kind, Objects


def representatives(objects: Objects, clusters: list[Cluster], near: Near) -> list[int]:
    """The row that stands for each cluster."""
    chosen = [cluster[0] for cluster in clusters]
    several = [number for number, cluster in enumerate(clusters) if len(cluster) > 1]
    skeletons = [number for number in several if objects.kind[clusters[number][0]] == Kind.SKELETON]
    for number in skeletons:
        chosen[number] = _nearest(clusters[number], near)
    others = [number for number in several if objects.kind[clusters[number][0]] != Kind.SKELETON]
    for number, row in zip(others, _covering(objects, [clusters[number] for number in others]), strict=True):
        chosen[number] = row
    return chosen


def _nearest(cluster: Cluster, near: Near) -> int:
    """The member of least mean distance to all."""

    def distance(row: int) -> float:
        alike = [1.0 if member == row else near.get(row, member) or 0.0 for member in cluster]
        return sum(1 - share for share in alike) / len(cluster)

    return min(cluster, key=distance)


def _covering(objects: Objects, clusters: list[Cluster]) -> list[int]:
    """The member of each cluster that shares most pixels with its mean box."""
    if not clusters:
        return []
    rows = np.concatenate([np.array(cluster) for cluster in clusters])
    ends = offsets_of([len(cluster) for cluster in clusters])
    boxes = np.array([objects.box[cluster].mean(axis=0) for cluster in clusters])
    means = upright(np.around(boxes, DECIMALS), objects.size[rows[ends[:-1]]])
    number = row_of_value(ends)
    pictures = pixels.joined([drawn(objects, rows), means])
    shares = pixels.ious(pictures, np.arange(len(rows)), len(rows) + number, number)
    return [
        cluster[int(np.argmax(shares[start:stop]))]
        for cluster, (start, stop) in zip(clusters, pairwise(ends.tolist()), strict=True)
    ]
