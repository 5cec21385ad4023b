"""The comparison from start to end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec
import numpy as np

from annotools.convert.reading import read
from annotools.diff import definitions
from annotools.diff.fields import ALL, differing, moved
from annotools.diff.items import Items, Numbering, frame_numbers, items_of
from annotools.diff.pairing import Pairs, pair
from annotools.diff.result import Change, Difference, Side
from annotools.errors import UsageError, exact_keywords, suggest, texts
from annotools.formats.base import check_dataset
from annotools.model import Dataset
from annotools.model.columns import without
from annotools.model.tables import Ints

Comparable = Dataset | str | os.PathLike[str]
IGNORABLE = (*ALL, "labels", "frames")
TOLERANCE = 0.01


@exact_keywords
def diff(a: Comparable, b: Comparable, *, tolerance: float = TOLERANCE, ignore: str | Iterable[str] = ()) -> Difference:
    """Everything in which two datasets differ by meaning; a path is read first.

    tolerance: by how many px a coordinate, or degrees a rotation, may differ and still be the same; the default takes
    rounding to two decimals for equal.  ignore: fields of rows (`points`, `z_order`, `source`, `attributes`, ...), and
    `labels` or `frames` for their definitions.
    Raises: UsageError for an unknown field or a negative tolerance, and what `read` raises.
    """
    ignored = _checked(ignore, tolerance)
    datasets = [read(side).dataset if isinstance(side, str | os.PathLike) else side for side in (a, b)]
    for dataset in datasets:
        check_dataset(dataset, "diff()")
    frames = frame_numbers(*datasets)
    numbering = {name: Numbering() for name in ("label", "job", "attribute")}
    first, second = (
        Side(dataset, items_of(dataset, numbers, numbering)) for dataset, numbers in zip(datasets, frames, strict=True)
    )
    first, second = _without_jobs(first, second)
    pairs = pair(first.items, second.items, tolerance)
    fields = differing(first.items, second.items, pairs, tolerance)
    defined = _definitions((first, second), frames[1], pairs, (ignored, numbering["attribute"]))
    return Difference(
        first, second, tuple(defined), removed=_rest(first.items, pairs[0]), added=_rest(second.items, pairs[1]),
        pairs=pairs, fields={name: mask for name, mask in fields.items() if name not in ignored},
        moved=moved(first.items, second.items, pairs),
    )  # fmt: skip


def _checked(ignore: str | Iterable[str], tolerance: float) -> frozenset[str]:
    ignored = frozenset(texts(ignore))
    for name in sorted(ignored - set(IGNORABLE)):
        raise UsageError(f"there is no field {name!r} to ignore, expected {suggest(name, IGNORABLE)}")
    if not tolerance >= 0:
        raise UsageError(f"tolerance is {tolerance}, expected 0 or more")
    return ignored


def _without_jobs(first: Side, second: Side) -> tuple[Side, Side]:
    """Jobs count only where both datasets keep their rows by job."""
    sides = (first, second)
    if all(_has_jobs(side.dataset) for side in sides):
        return first, second
    a, b = (replace(side, items=_of_one_job(side.items)) for side in sides)
    return a, b


def _of_one_job(items: Items) -> Items:
    return msgspec.structs.replace(items, fields=items.fields | {"job": np.zeros(len(items))})


def _has_jobs(dataset: Dataset) -> bool:
    return any(bool((table.job >= 0).any()) for table in (dataset.shapes, dataset.tags, dataset.intervals))


def _definitions(
    sides: tuple[Side, Side], frames: Ints, pairs: Pairs, how: tuple[frozenset[str], Numbering]
) -> Iterator[Change]:
    ignored, attributes = how
    if "labels" not in ignored:
        yield from definitions.labels(*sides)
    if "frames" not in ignored:
        yield from definitions.frames(sides[0].dataset, sides[1].dataset, frames)
    for change in definitions.tracks(*sides, pairs, attributes):
        shown = {name: value for name, value in change.fields.items() if name not in ignored}
        if shown:
            yield replace(change, fields=shown)


def _rest(items: Items, paired: Ints) -> Ints:
    return without(np.arange(len(items)), paired)
