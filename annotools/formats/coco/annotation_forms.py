"""In what form annotations were said: what follows from geometry, and what means the same in another form.

    bbox, area, num_keypoints       as they were, also where they are not what the outline gives
    segmentation, attributes        undecoded, where they would be written otherwise; runs that are just not compressed
                                    as a word: the text of 1,800 masks was 25 MB
    annotation keys                 which of the known keys there were, a bit each
    annotation parts                how many boxes, outlines and masks one annotation became
    annotation place                where it stood

All are extras of shapes that are gone as soon as the geometry of their row is another.
Where they are still there annotations are written as they were read: no key more, `area` as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np
from msgspec import UNSET

from annotools.formats.coco.attributes import RESERVED
from annotools.formats.coco.beside import others, sparse
from annotools.formats.coco.decoding import KNOWN, LISTS, Chunk
from annotools.formats.coco.number_lists import ABSENT, NULL, NumberLists, Outlines
from annotools.formats.coco.objects import Members
from annotools.formats.coco.odd_fields import Rle
from annotools.formats.coco.shapes_in import Built, counts_of, size_of
from annotools.formats.kernel.attribute_blobs import Said, content_of
from annotools.formats.kernel.json_rows import JsonRows, column_texts
from annotools.formats.kernel.jsonfile import dumped, dumped_each
from annotools.geometry.ragged import expand_ranges, offsets_of, segment_all, segment_sum, take
from annotools.model import SKELETON, Dataset, Shapes, Tags
from annotools.model.extras import Extra, Extras
from annotools.model.tables import Bools, Ints

BOX = np.dtype([(name, np.float64) for name in ("left", "top", "width", "height")])
ID, KEYS, PARTS, PLACE = "annotation_id", "annotation keys", "annotation parts", "annotation place"
OURS = (ID, KEYS, PARTS, PLACE)


def forms_of(chunk: Chunk, built: Built, attributes: Sequence[bytes]) -> dict[str, Extra]:
    """The forms of the annotations of a chunk.  attributes: undecoded, of each."""
    blobs = np.empty(len(attributes), object)
    blobs[:] = attributes
    parts = np.bincount(built.owner[built.type != SKELETON], minlength=len(chunk.rows))
    columns = {KEYS: _keys(chunk), PARTS: parts, PLACE: chunk.places.astype(np.int64), "attributes": blobs}
    forms = {name: Extra.of(values, derived=True) for name, values in columns.items()}
    return forms | _measures(chunk) | _odd_forms(chunk.lists.outlines) | _counts(chunk)


def _measures(chunk: Chunk) -> dict[str, Extra]:
    there = chunk.lists.boxes.counts == 4
    four = np.zeros((len(there), 4))
    four[there] = take(*chunk.lists.boxes.ragged, there)[0].reshape(-1, 4)
    given = chunk.column("area")
    if not {int, float}.issuperset(map(type, given)):
        given = [area if isinstance(area, int | float) else np.nan for area in given]
    areas = np.array(given, np.float64)
    return {
        "bbox": Extra(four.view(BOX).reshape(-1), there, derived=True),
        "area": Extra(areas, ~np.isnan(areas), derived=True),
    }


def _odd_forms(outlines: Outlines) -> dict[str, Extra]:
    """Segmentations that the same geometry would be written otherwise as."""
    plain = _plain_runs(outlines.runs)
    odd = {
        n: _LISTED if n in plain else dumped({"size": rle.size, "counts": rle.counts})
        for n, rle in outlines.runs.items()
    }
    odd |= dict.fromkeys(np.flatnonzero(outlines.state == NULL).tolist(), b"null")
    odd |= dict.fromkeys(outlines.blank.tolist(), b"[[]]")
    return {"segmentation": replace(sparse(odd, len(outlines.state)), derived=True)} if odd else {}


def _plain_runs(runs: dict[int, Rle]) -> set[int]:
    """Those that are lists as the pixels give them: no run without pixels but the first, and all of the picture."""
    lists = {n: rle.counts for n, rle in runs.items() if not isinstance(rle.counts, str)}
    counts, ends = counts_of(list(lists.values()))
    seen = counts > 0
    first = ends[:-1][np.diff(ends) > 0]
    seen[first] = counts[first] >= 0
    pixels = [width * height for width, height in map(size_of, map(runs.__getitem__, lists))]
    whole = segment_all(seen, ends) & (segment_sum(counts, ends) == np.array(pixels, np.int64))
    return set(np.array([*lists], np.int64)[whole].tolist())


def _counts(chunk: Chunk) -> dict[str, Extra]:
    """How many keypoints are labelled, and keypoints that would be written otherwise."""
    if chunk.lists.points is None:
        return {}
    given = {n: count for n, count in enumerate(chunk.column("num_keypoints")) if isinstance(count, int)}
    columns: dict[str, dict[int, Any]] = {"num_keypoints": given, "keypoints": _odd_points(chunk.lists.points)}
    return {name: replace(sparse(odd, len(chunk.rows)), derived=True) for name, odd in columns.items() if odd}


def _odd_points(points: NumberLists) -> dict[int, bytes]:
    """Keypoints of which one that is not labelled has a place, or whose visibility is none of COCO's."""
    values, ends = points.ragged
    triples = values[expand_ranges(ends[:-1], points.counts // 3 * 3)].reshape(-1, 3)
    seen = np.isin(triples[:, 2], (1, 2))
    odd = ~segment_all(seen | (triples == 0).all(axis=1), offsets_of(points.counts // 3))
    rows = np.flatnonzero(odd).tolist()
    return dict(zip(rows, dumped_each(values[ends[n] : ends[n + 1]].tolist() for n in rows), strict=True))


def _keys(chunk: Chunk) -> Ints:
    """Which of the known keys each annotation had, a bit each."""
    bits = np.zeros(len(chunk.rows), np.int64)
    for bit, name in enumerate(KNOWN):
        if chunk.rows and hasattr(chunk.rows[0], name):
            bits |= _given(chunk, name) << bit
    return bits


def _given(chunk: Chunk, name: str) -> Ints:
    if name in LISTS:
        return np.asarray(chunk.lists.state(name) != ABSENT, np.int64)
    column = chunk.column(name)
    if name == "attributes":
        return (np.fromiter(map(len, column), np.int64, len(column)) > 0).astype(np.int64)
    count = column.count(UNSET)
    if count in (0, len(column)):
        return np.full(len(column), int(not count), np.int64)
    return np.array([value is not UNSET for value in column], np.int64)


_LISTED = b"listed"
_MOST_KNOWN = 1 << 12
_FROM_GEOMETRY = ("area", "bbox", "segmentation", "num_keypoints", "keypoints")
_ALWAYS = ("image_id", "category_id", "attributes", "rectangle")


class AsRead:
    """What rows of a table say beside.  form: whether the form of a segmentation is as it was read."""

    def __init__(self, table: Shapes | Tags, *, form: bool = True) -> None:
        self._form = form
        self.extras: Extras = table.extras
        self._others = others(table.extras, (*OURS, "iscrowd"))
        self._same: dict[tuple[bytes, bytes], bool] = {}

    def are_listed(self, rows: Ints, whole: Bools) -> Bools:
        """Which runs are lists and not compressed.  rows, whole: as of `put`."""
        extra = self.extras.get("segmentation")
        if extra is None or not extra.derived or not self._form:
            return np.zeros(len(rows), np.bool_)
        listed = whole & extra.present[rows]
        listed[listed] = [value == _LISTED for value in extra.values[rows[listed]].tolist()]  # few are masks
        return listed

    def put(self, items: JsonRows, rows: Ints, whole: Bools) -> None:
        """Put what they say beside into items.  rows: the leader of each; whole: whether all of it is as it was."""
        if "iscrowd" in self.extras:
            self._each("iscrowd", self.extras["iscrowd"], items, rows)
        if KEYS in self.extras:
            self._as_it_was(items, rows, whole & self.extras[KEYS].present[rows])
        for key, extra in self._others.items():  # last: keypoints are keys like others to a reader of boxes
            self._each(key, extra, items, rows)

    def measures(self, rows: Ints, whole: Bools) -> bool:
        """Whether box and area of all rows are as they were read."""
        extras = [self.extras.get(key) for key in ("bbox", "area")]
        return bool(whole.all()) and all(one is not None and one.derived and one.present[rows].all() for one in extras)

    def _each(self, key: str, extra: Extra, items: JsonRows, rows: Ints) -> None:
        places = np.flatnonzero(extra.present[rows])
        items.put_at(key, places.tolist(), column_texts(extra.values[rows[places]]))

    def _as_it_was(self, items: JsonRows, rows: Ints, whole: Bools) -> None:
        for key in _FROM_GEOMETRY:
            extra = self.extras.get(key)
            if key in items and extra is not None and extra.derived and (self._form or key != "segmentation"):
                there = whole & extra.present[rows]
                places = np.flatnonzero(there & ~self.are_listed(rows, whole) if key == "segmentation" else there)
                items.put_at(key, places.tolist(), column_texts(extra.values[rows[places]]))
        keys = self.extras[KEYS].values[rows]
        places = np.flatnonzero(whole)
        self._attributes(items, rows[places], places)
        for bit, key in enumerate(KNOWN):
            given = (keys[places] >> bit & 1) == 1
            if key not in _ALWAYS:
                items.drop(key, places[~given].tolist())
            if key == "score" and given.any():
                scores = items.of(key)
                unsaid = [row for row in places[given].tolist() if not scores[row]]
                items.put_at(key, unsaid, repeat(b"1.0", len(unsaid)))

    def _attributes(self, items: JsonRows, rows: Ints, places: Ints) -> None:
        """Attributes as they were said, where that means what is to be said."""
        extra = self.extras.get("attributes")
        if extra is None or not extra.derived:
            return
        there = extra.present[rows]
        rows, where = rows[there], places[there].tolist()
        given = self.extras[KEYS].values[rows] >> KNOWN.index("attributes") & 1
        now = items.of("attributes")
        said_so = list(zip(extra.values[rows].tolist(), given.tolist(), [now[row] for row in where], strict=True))
        texts = {one: self._said_as(*one) for one in set(said_so)}
        items.put_at("attributes", where, list(map(texts.__getitem__, said_so)))

    def _said_as(self, blob: bytes, given: int, now: bytes) -> bytes:
        """How to say attributes: as they were said, empty for not at all, where that means what is to be said now."""
        key = blob, now
        if key not in self._same:
            if len(self._same) >= _MOST_KNOWN:  # most files repeat few, and of others none comes again
                self._same.clear()
            before, after = content_of(blob, RESERVED), content_of(now, RESERVED)
            self._same[key] = before is not None and after is not None and _equal(before, after)
        return (blob if given else b"") if self._same[key] else now


def _equal(before: Said, after: Said) -> bool:
    """Whether both say the same; `keyframe` need not be there to be true."""
    looks = [{name: value for name, value in one.look.items() if name != "tracked"} for one in (before, after)]
    return looks[0] == looks[1] and before.values == after.values


def are_whole(shapes: Shapes, members: Members) -> Bools:
    """Whether all that one annotation became is there, and as it was."""
    extra = shapes.extras.get(PARTS)
    if extra is None or KEYS not in shapes.extras:
        return np.zeros(len(members), np.bool_)
    drawn = shapes.type[members.rows] != SKELETON
    present = extra.present[members.rows] & shapes.extras[KEYS].present[members.rows]
    there = segment_sum(present.astype(np.int64), members.ends) == np.diff(members.ends)
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
