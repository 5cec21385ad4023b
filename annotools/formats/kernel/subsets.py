"""What goes into the list of each subset, and of which subset a picture is that several lists have.

subsets train, val, train      items a, b, c      ->      train [a, c], val [b]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from annotools.formats.kernel.repairs import Repairs


class Listed(Protocol):
    """A picture of a list."""

    @property
    def subset(self) -> str:
        """What the list is of."""

    @property
    def name(self) -> str:
        """What the picture is called."""


Item = TypeVar("Item")
Picture = TypeVar("Picture", bound=Listed)


def by_subset(subsets: Sequence[str], items: Iterable[Item]) -> dict[str, list[Item]]:
    """The items of each subset, in the order in which subsets first come.

    subsets: of each item.  Where there are none at all, the list of no subset is empty, and not missing.
    """
    groups: dict[str, list[Item]] = {subset: [] for subset in subsets or ("",)}
    for subset, item in zip(subsets, items, strict=True):
        groups[subset].append(item)
    return groups


def in_one_subset(
    pictures: Sequence[Picture], files: Callable[[Picture], tuple[str, ...]], repairs: Repairs
) -> Sequence[Picture]:
    """The pictures, each in the subset that has it first: a frame is of one, and has what is on it once.

    files: the members of a picture, by which it is known again; empty texts for those that are not there.
    """
    if len({one.subset for one in pictures}) < 2:
        return pictures
    first: dict[tuple[str, ...], Picture] = {}
    again = [one for one in pictures if any(key := files(one)) and first.setdefault(key, one).subset != one.subset]
    if not again:
        return pictures
    why = "a picture of several subsets is of that which is listed first"
    repairs.note("subset of picture", why, f"{again[0].name} of {again[0].subset}", len(again))
    return [one for one in pictures if not any(key := files(one)) or first[key].subset == one.subset]
