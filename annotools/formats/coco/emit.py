"""Objects to JSON, some thousands at a time: what is held at once does not grow with the dataset."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np

from annotools.formats.base import Members as Pieces
from annotools.formats.base import Options
from annotools.formats.coco import layout
from annotools.formats.coco.layout import CHUNK, Subset, rows
from annotools.formats.coco.objects import Members, Objects, describe
from annotools.formats.coco.values import Attached
from annotools.geometry.ragged import take
from annotools.geometry.rle import cvat_rle_to_coco_rle
from annotools.geometry.rle_strings import compress_counts
from annotools.model import ELLIPSE, RECTANGLE, Dataset, Source
from annotools.model.alike import alike
from annotools.model.tables import Bools, Ints

_SOURCES = Source.words()
_SERVER_NAMES = ("score", "is_crowd")
_BESIDE = ("rotation", "type", "occluded", "track", "keyframe", "z_order", "source")
_MOST_KNOWN = 1 << 15  # sets of attributes that are kept to be used again


def documents(writer: Writer, members: Members, prefix: str, categories: list[Any]) -> Pieces:
    """One document a subset."""
    dataset, server = writer.dataset, writer.server
    frames = dataset.shapes.frame[members.rows[members.ends[:-1]]]
    for subset in layout.subsets(dataset, server):
        mine = members.of(np.flatnonzero(np.isin(frames, subset.frames)))
        pieces = layout.document(dataset, subset, categories, writer.pieces(mine, subset, 1), server)
        yield f"annotations/{prefix}_{subset.name}.json", pieces


class Writer:
    """What the annotations of one dataset share."""

    def __init__(self, dataset: Dataset, categories: dict[int, int], options: Options, server: bool) -> None:
        self.dataset = dataset
        self.server = server
        self.categories = categories
        self.attached = Attached(dataset, server)
        self.crowd = server or options.setting("iscrowd", "0") == "1"
        self.scored = any(spec.name in _SERVER_NAMES for _, spec in dataset.labels.specs.values())
        beside = [getattr(dataset.shapes, name) for name in _BESIDE]
        self._alike = alike([self.attached.numbers(), *beside], len(dataset.shapes))
        self._known: dict[int, dict[str, Any]] = {}
        self.compressed = not server and options.setting("rle", "compressed") == "compressed"

    def pieces(self, members: Members, subset: Subset, first: int) -> Iterator[bytes]:
        """The annotations of some objects, numbered from `first`."""
        for start in range(0, len(members), CHUNK):
            part = members.part(start, min(start + CHUNK, len(members)))
            yield rows(self.annotations(part, subset, first + start))

    def annotations(self, members: Members, subset: Subset, first: int) -> list[dict[str, Any]]:
        """The annotations of a few objects."""
        found = describe(self.dataset, members, self.server)
        shapes = self.dataset.shapes
        boxes = np.around(found.boxes, 2).tolist()
        areas = (found.areas if self.server else np.around(found.areas, 4)).tolist()
        columns = zip(
            shapes.frame[found.leader].tolist(), shapes.label[found.leader].tolist(), self._segmentations(found),
            areas, boxes, ((found.mask >= 0) & self.crowd).tolist(), self.attributes(found.leader), strict=True,
        )  # fmt: skip
        ids, categories = subset.ids, self.categories
        objects: list[dict[str, Any]] = [
            {
                "id": number, "image_id": ids[frame], "category_id": categories[label], "segmentation": segmentation,
                "area": area, "bbox": box, "iscrowd": int(crowd), "attributes": attributes,
            }
            for number, (frame, label, segmentation, area, box, crowd, attributes) in enumerate(columns, first)
        ]  # fmt: skip
        if not self.server:
            _set(objects, "score", shapes.score[found.leader], shapes.score[found.leader] != 1)
        elif self.scored:
            objects = [_scored(annotation) for annotation in objects]
        return objects

    def attributes(self, leader: Ints) -> list[dict[str, Any]]:
        """User's attributes and what CVAT puts beside them.  Equal ones are one object, not to be changed."""
        keys = self._alike[leader].tolist()
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
        if fresh := set(keys).difference(known):
            rows = dict(zip(keys, leader.tolist(), strict=True))
            known.update(zip(fresh, self._described(np.array([rows[key] for key in fresh], np.int64)), strict=True))
        return [known[key] for key in keys]

    def _described(self, leader: Ints) -> list[dict[str, Any]]:
        shapes = self.dataset.shapes
        found = self.attached.of_rows(leader)
        for values, occluded in zip(found, shapes.occluded[leader].tolist(), strict=True):
            values["occluded"] = occluded
        turned = np.isin(shapes.type[leader], (RECTANGLE, ELLIPSE))
        _set(found, "rotation", shapes.rotation[leader], turned)
        tracked = shapes.track[leader] >= 0
        _set(found, "track_id", self.dataset.tracks.id[shapes.track[leader]] if tracked.any() else tracked, tracked)
        _set(found, "keyframe", shapes.keyframe[leader], tracked)
        if not self.server:
            _set(found, "z_order", shapes.z_order[leader], shapes.z_order[leader] != 0)
            for place in np.flatnonzero(shapes.source[leader] != Source.MANUAL).tolist():
                found[place]["source"] = _SOURCES[shapes.source[leader[place]]]
        return found

    def _segmentations(self, found: Objects) -> list[Any]:
        values, ends = found.polygons[0].tolist(), found.polygons[1].tolist()
        polygons = [values[start:stop] for start, stop in pairwise(ends)]
        parts = found.parts.tolist()
        segmentations: list[Any] = [polygons[start:stop] for start, stop in pairwise(parts)]
        places = np.flatnonzero(found.mask >= 0)
        if len(places):
            sizes = self.dataset.frames.sizes(self.dataset.shapes.frame[found.leader[places]])
            for place, rle in zip(places.tolist(), self._rles(found, places, sizes), strict=True):
                segmentations[place] = rle
        return segmentations

    def _rles(self, found: Objects, places: Ints, sizes: Ints) -> list[dict[str, Any]]:
        counts, ends = cvat_rle_to_coco_rle(*take(*found.masks, found.mask[places]), sizes)
        if self.compressed:
            texts: list[Any] = [text.decode("ascii") for text in compress_counts(counts, ends)]
        else:
            flat, cuts = counts.tolist(), ends.tolist()
            texts = [flat[start:stop] for start, stop in pairwise(cuts)]
        return [{"size": size[::-1], "counts": text} for size, text in zip(sizes.tolist(), texts, strict=True)]


def _scored(annotation: dict[str, Any]) -> dict[str, Any]:
    """The server takes an attribute of this name for the score, and another for itself."""
    values = annotation.pop("attributes")
    with suppress(KeyError, TypeError, ValueError):
        annotation["score"] = float(values["score"])
    return annotation | {"attributes": {name: value for name, value in values.items() if name not in _SERVER_NAMES}}


def _set(objects: list[dict[str, Any]], key: str, values: Any, where: Bools) -> None:
    """Put one value into those objects that have it."""
    places = np.flatnonzero(where)
    for place, value in zip(places.tolist(), values[places].tolist(), strict=True):
        objects[place][key] = value
