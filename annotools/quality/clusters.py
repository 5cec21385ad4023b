"""Objects of several replicas that are the same thing.

    replica 1: a b     replica 2: c d     replica 3: e         links a-c, c-e, b-d      clusters a c e, b d

Every two replicas are paired; pairs of one label are links, from the earlier to the later.  A cluster starts with an
object that is in none and follows the links; it takes objects of replicas that it has none of, and only such as are
alike enough to all that it has.  As on the server that is asked when an object is queued, so two that are queued
together may be of one replica.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from annotools.geometry.ragged import Ints
from annotools.quality.near import Near
from annotools.quality.objects import Kind, Objects
from annotools.quality.pairing import FramePairs, Pairing, pair
from annotools.quality.settings import ConsensusSettings, QualitySettings

Cluster = list[int]  # rows of objects, in the order of their replicas


def compared(objects: Objects, replicas: list[int], settings: ConsensusSettings) -> Pairing:
    """Every two replicas on every frame."""
    block = np.flatnonzero(np.diff(objects.key, prepend=-1))
    home, frame = objects.home[block], objects.frame[block]
    order = {row: rank for rank, row in enumerate(replicas)}
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for one, other in combinations(sorted(order, key=order.__getitem__), 2):
        mine, theirs = np.flatnonzero(home == one), np.flatnonzero(home == other)
        _, i, j = np.intersect1d(frame[mine], frame[theirs], return_indices=True)
        first.append(mine[i])
        second.append(theirs[j])
    frame_pairs = FramePairs(np.concatenate(first), np.concatenate(second))
    how = QualitySettings(iou_threshold=settings.iou_threshold)
    return pair(objects, frame_pairs, how, consensus=True)


def clusters(objects: Objects, pairing: Pairing, threshold: float) -> tuple[list[Cluster], Near]:
    """All clusters but those of tags, frame by frame and kind by kind, and how alike their members are."""
    links: dict[int, list[int]] = {}
    same = objects.label[pairing.pairs.first] == objects.label[pairing.pairs.second]
    for first, second in zip(pairing.pairs.first[same].tolist(), pairing.pairs.second[same].tolist(), strict=True):
        links.setdefault(first, []).append(second)
    listed = pairing.near.first, pairing.near.second, pairing.near.similarity
    near = Near(listed, pairing.tables, threshold)
    used: set[int] = set()
    result = []
    homes = objects.home.tolist()
    for row in _in_order(objects):
        if row not in used:
            result.append(_grown(row, links, used, _Bounds(near, homes, threshold)))
    return result, near


def _in_order(objects: Objects) -> Iterator[int]:
    """Rows frame by frame, on a frame in the order in which kinds first appear, then replica by replica."""
    rows = np.flatnonzero(objects.kind != Kind.TAG)
    kind = objects.type[rows].astype(np.int64)
    frame, home = objects.frame[rows], objects.home[rows]
    order = np.lexsort((rows, home, frame))
    rows, kind, frame = rows[order], kind[order], frame[order]
    key = frame * (int(kind.max(initial=0)) + 1) + kind
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    yield from rows[np.lexsort((np.arange(len(rows)), first[inverse], frame))].tolist()


class _Bounds:
    """What keeps an object out of a cluster."""

    def __init__(self, near: Near, homes: list[int], threshold: float) -> None:
        self._near, self._homes, self._threshold = near, homes, threshold

    def admit(self, cluster: Cluster, row: int) -> bool:
        """Whether an object may be queued: of another replica than all, and alike enough to all."""
        if any(self._homes[row] == self._homes[member] for member in cluster):
            return False
        return self._threshold <= 0 or all(self._near.get(row, m) is not None for m in cluster)


def _grown(start: int, links: dict[int, list[int]], used: set[int], bounds: _Bounds) -> Cluster:
    cluster: Cluster = []
    waiting = [start]
    while waiting:
        row = waiting.pop(0)
        cluster.append(row)
        used.add(row)
        for candidate in links.get(row, ()):
            if candidate not in used and candidate not in waiting and bounds.admit(cluster, candidate):
                waiting.append(candidate)
    return sorted(cluster)


def homes_of(objects: Objects, cluster: Cluster) -> Ints:
    """The replicas of the members."""
    return objects.home[cluster]
