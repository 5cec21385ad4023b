"""Groups of merged objects: clusters whose members share the number of a group, in whatever replica, are one group.

replica 1 groups a and b as 4, replica 2 as 7      clusters a, b: one group
replica 2 groups nothing                           0 counts as a number, so all ungrouped clusters join

The latter is the server's slip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def merged_groups(numbers: Sequence[set[int]], counted: Sequence[bool]) -> list[int]:
    """The group of each cluster of a frame, 0 for none.

    numbers: those of the groups of a cluster's members.  counted: whether it is a shape; one shape is no group.
    """
    member = _memberships(numbers)
    sizes = Counter(group for group, is_shape in zip(member, counted, strict=True) if is_shape and group is not None)
    names: dict[int, int] = {}
    for group, is_shape in zip(member, counted, strict=True):
        if is_shape and group is not None and sizes[group] > 1:
            names.setdefault(group, len(names) + 1)
    return [names.get(group, 0) if group is not None else 0 for group in member]


def _memberships(numbers: Sequence[set[int]]) -> list[int | None]:
    """The first group that each cluster is in."""
    member: list[int | None] = [None] * len(numbers)
    visited: set[int] = set()
    for start, own in enumerate(numbers):
        if start in visited:
            continue
        later = range(start + 1, len(numbers))
        joined = set(own)
        for other in later:
            if joined & numbers[other]:
                joined |= numbers[other]
        clusters = [start, *(other for other in later if joined & numbers[other])]
        visited.update(clusters)
        for cluster in clusters:
            if joined != {0} and member[cluster] is None:
                member[cluster] = start
    return member
