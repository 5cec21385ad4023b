"""What goes into the list of each subset.

subsets train, val, train      items a, b, c      ->      train [a, c], val [b]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def by_subset(subsets: Sequence[str], items: Iterable[Item]) -> dict[str, list[Item]]:
    """The items of each subset, in the order in which subsets first come.

    subsets: of each item.  Where there are none at all, the list of no subset is empty, and not missing.
    """
    groups: dict[str, list[Item]] = {subset: [] for subset in subsets or ("",)}
    for subset, item in zip(subsets, items, strict=True):
        groups[subset].append(item)
    return groups
