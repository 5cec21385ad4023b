"""Objects -> segmentations, as JSON.

[[x0, y0, x1, y1, ...], [...]]        polygons      []        a box alone
{"size": [h, w], "counts": ...}       a mask: column-major runs, as compressed text or as a list
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from annotools.formats.coco.objects import Objects
from annotools.formats.kernel.json_rows import part_texts
from annotools.formats.kernel.jsonfile import dumped
from annotools.geometry.ragged import lengths, take
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.model import Dataset
from annotools.model.tables import Ints

Item = dict[str, Any]


def segmentations(dataset: Dataset, found: Objects, *, compressed: bool) -> list[bytes]:
    """What is drawn of each object."""
    texts = _polygons(found)
    places = np.flatnonzero(found.mask >= 0)
    if len(places):
        sizes = dataset.frames.sizes(dataset.shapes.frame[found.leader[places]])
        for place, rle in zip(places.tolist(), _rles(found, places, sizes, compressed=compressed), strict=True):
            texts[place] = dumped(rle)
    return texts


def _polygons(found: Objects) -> list[bytes]:
    parts, counts, first = part_texts(*found.polygons), lengths(found.parts), found.parts[:-1]
    pairs = zip(counts.tolist(), first.tolist(), strict=True)
    texts = [b"[[%b]]" % parts[start] if count == 1 else b"[]" for count, start in pairs]
    for place in np.flatnonzero(counts > 1).tolist():
        texts[place] = b"[[%b]]" % b"],[".join(parts[first[place] : first[place] + counts[place]])
    return texts


def _rles(found: Objects, places: Ints, sizes: Ints, *, compressed: bool) -> list[Item]:
    counts, ends = cvat_rle_to_coco_rle(*take(*found.masks, found.mask[places]), sizes)
    if compressed:
        texts: list[Any] = [text.decode("ascii") for text in compress_counts(counts, ends)]
    else:
        flat, cuts = counts.tolist(), ends.tolist()
        texts = [flat[start:stop] for start, stop in pairwise(cuts)]
    return [{"size": size[::-1], "counts": text} for size, text in zip(sizes.tolist(), texts, strict=True)]
