"""Annotations as they were read, where their shapes are still as they were.

    read     {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 11.5, "iscrowd": 1, "note": "x"}
    written  the same: no key more, `area` as it was; after the box was moved `area` is that of the new box

Extras of shapes that follow from geometry say what was read; they are gone where it has changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from annotools.formats.coco.annotation_forms import ID, KEYS, OURS, PARTS, PLACE
from annotools.formats.coco.attribute_sets import said
from annotools.formats.coco.beside import others, written
from annotools.formats.coco.decoding import KNOWN
from annotools.formats.coco.objects import Members
from annotools.geometry.ragged import segment_sum
from annotools.model import SKELETON, Dataset, Shapes, Tags
from annotools.model.extras import Extras
from annotools.model.tables import Bools, Ints

Item = dict[str, Any]
_FROM_GEOMETRY = ("area", "bbox", "segmentation", "num_keypoints", "keypoints")
_ALWAYS = ("image_id", "category_id")


class AsRead:
    """What rows of a table say beside.  form: whether the form of a segmentation is as it was read."""

    def __init__(self, table: Shapes | Tags, *, form: bool = True) -> None:
        self._table, self._form = table, form
        self.extras: Extras = table.extras
        self._others = others(table.extras, (*OURS, "iscrowd"))
        self._same: dict[tuple[bytes, bytes], bool] = {}

    def put(self, items: list[Item], rows: Ints, whole: Bools) -> None:
        """Put what they say beside into items.  rows: the leader of each; whole: whether all of it is as it was."""
        if not self.extras:
            return
        self._each("iscrowd", items, rows)
        for key, extra in self._others.items():
            for place in np.flatnonzero(extra.present[rows]).tolist():
                items[place][key] = written(_plain(extra.values[rows[place]]))
        if KEYS in self.extras:
            self._as_it_was(items, rows, whole & self.extras[KEYS].present[rows])

    def _each(self, key: str, items: list[Item], rows: Ints) -> None:
        extra = self.extras.get(key)
        for place in np.flatnonzero(extra.present[rows]).tolist() if extra is not None else ():
            items[place][key] = written(_plain(extra.values[rows[place]]))  # type: ignore[union-attr]  # as above

    def _as_it_was(self, items: list[Item], rows: Ints, whole: Bools) -> None:
        for key in _FROM_GEOMETRY:
            extra = self.extras.get(key)
            if extra is not None and extra.derived and (self._form or key != "segmentation"):
                there = np.flatnonzero(whole & extra.present[rows])
                values = extra.values[rows[there]].tolist()
                for place, value in zip(there.tolist(), values, strict=True):
                    if key in items[place]:
                        items[place][key] = list(value) if isinstance(value, tuple) else written(value)
        keys = self.extras[KEYS].values[rows]
        places = np.flatnonzero(whole)
        self._attributes(items, rows, places)
        for bit, key in enumerate(KNOWN):
            if key not in (*_ALWAYS, "attributes", "rectangle"):
                for place in places[(keys[places] >> bit & 1) == 0].tolist():
                    items[place].pop(key, None)
            if key == "score":
                for place in places[(keys[places] >> bit & 1) == 1].tolist():
                    items[place].setdefault("score", 1.0)

    def _attributes(self, items: list[Item], rows: Ints, places: Ints) -> None:
        """Attributes as they were said, where that means what is to be said."""
        extra = self.extras.get("attributes")
        if extra is None or not extra.derived:
            return
        bit = 1 << KNOWN.index("attributes")
        for place, row in zip(places.tolist(), rows[places].tolist(), strict=True):
            blob, now = extra.values[row], items[place].get("attributes", {})
            if extra.present[row] and self._means(blob, now):
                if self.extras[KEYS].values[row] & bit:
                    items[place]["attributes"] = orjson.Fragment(blob)
                else:
                    items[place].pop("attributes", None)

    def _means(self, blob: bytes, now: Item) -> bool:
        key = blob, orjson.dumps(now)
        if key not in self._same:
            before, after = said(blob), said(key[1])
            self._same[key] = before is not None and after is not None and _equal(before, after)
        return self._same[key]


def _equal(before: Any, after: Any) -> bool:
    looks = [{k: v for k, v in one.look.items() if k != "closed"} for one in (before, after)]
    for look in looks:
        look["source"] = max(look["source"], 0)
    return looks[0] == looks[1] and before.values == after.values


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def are_whole(shapes: Shapes, members: Members) -> Bools:
    """Whether all that one annotation became is there, and as it was."""
    extra = shapes.extras.get(PARTS)
    if extra is None or KEYS not in shapes.extras:
        return np.zeros(len(members), np.bool_)
    drawn = shapes.type[members.rows] != SKELETON
    present = extra.present & shapes.extras[KEYS].present
    there = segment_sum(present[members.rows].astype(np.int64), members.ends) == np.diff(members.ends)
    return np.asarray(there & (segment_sum(drawn.astype(np.int64), members.ends) == extra.values[members.first]))


def in_reading_order(extras: Extras, rows: Ints) -> Ints:
    """The order in which rows came; what has no place follows what stands before it."""
    extra = extras.get(PLACE)
    if extra is None or not len(rows):
        return np.arange(len(rows))
    places = np.where(extra.present[rows], extra.values[rows], -1)
    last = np.maximum.accumulate(np.where(places >= 0, np.arange(len(rows)), -1))
    return np.argsort(np.where(last >= 0, places[last], -1), kind="stable")


def came_as_annotation(dataset: Dataset) -> Bools:
    """Whether a tag was an annotation without a box."""
    extras = dataset.tags.extras
    there = [extras[name].present for name in (ID, KEYS) if name in extras]
    return np.any(there, axis=0) if there else np.zeros(len(dataset.tags), np.bool_)
