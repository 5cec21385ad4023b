"""Annotations -> rows of shapes, tags, tracks and attributes, with what stands beside of them.

Annotations with one `track_id` and one label, in one file, are a track.  All that one annotation makes is a group and
says the same; elements of a skeleton say only whether they are seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import UNSET

from annotools.errors import Problems
from annotools.formats.coco.annotation_forms import ID, OURS, forms_of
from annotools.formats.coco.attributes import RESERVED, AttributeRows
from annotools.formats.coco.beside import REPLACED, column_of, decoded, ids_of, is_replaced, name_of, sparse
from annotools.formats.coco.categories import Categories
from annotools.formats.coco.decoding import Annotation, Chunk, Person, chunks_of
from annotools.formats.coco.document import Document
from annotools.formats.coco.ids import REPORTED, UNKNOWN, Lookup, Numbers, id_text
from annotools.formats.coco.number_lists import are_empty
from annotools.formats.coco.shapes_in import Built, ChunkShapes, size_of
from annotools.formats.kernel.attribute_blobs import AttributeBlobs
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import PROBLEM, Rows
from annotools.geometry.boxes import are_turned
from annotools.geometry.ragged import lengths
from annotools.model import POINTS, Labels, Owner, Shapes, Tags
from annotools.model.columns import Array, Ints, at, distinct, uniform, without
from annotools.model.extras import Extra
from annotools.row_problems import LINES, RowProblems, below_each

if TYPE_CHECKING:
    from annotools.formats.coco.readers import Reader

# Names that an unknown key cannot have among the extras: those of columns, and of what puts rows there.
_TAKEN = (*OURS, *Shapes.COLUMNS, *Tags.COLUMNS, "self", "kind", "points", "offsets", "values", "at", "attributes")
_MOST_KEYS = 100  # of annotations that nobody knows: each is a column of all rows
_TOO_MANY = f"there are more than {_MOST_KEYS} keys that COCO does not have"


class _Columns(msgspec.Struct):
    """What the annotations of a chunk say, a column each."""

    frame: Ints
    label: Ints
    blob: Ints
    score: Array
    look: Mapping[str, Array]
    extras: dict[str, Extra]

    def of(self, owner: Ints) -> dict[str, Any]:
        """The columns and extras of rows; owner: the annotation of each."""
        look = {name: at(self.look[name], owner) for name in ("outside", "occluded", "rotation", "z_order", "source")}
        extras = {
            name: replace(extra, values=extra.values[owner], present=extra.present[owner])
            for name, extra in self.extras.items()
        }
        return {**look, "score": at(self.score, owner), **extras}


class AnnotationsIn:
    """Takes in the annotations of documents.

    forms: whether to keep in what form things were said.  outlines: whether those of shapes that are in no track are
    kept, or only boxes.  unused: the categories of labels that go because nothing uses them.
    """

    def __init__(
        self, rows: Rows, categories: Categories, reader: Reader, problems: Problems, *, forms: bool, outlines: bool
    ) -> None:  # fmt: skip
        self.unused: list[Any] = []
        self._rows, self._categories, self._reader, self._problems = rows, categories, reader, problems
        self._wrong = RowProblems(LINES)
        self._sets = AttributeBlobs(RESERVED)
        self._told: set[int] = set()
        self._forms, self._boxed = forms, not outlines
        self._group = 0
        self._used: set[int] = set()
        self._keys: set[str] = set()
        self._attributes = AttributeRows(self._sets)
        self._left_out: dict[tuple[str, str], tuple[Ints, int]] = {}

    def add(self, number: int, document: Document, frames: Numbers) -> None:
        """Take in one document.  number: its place among all.  frames: what image ids mean."""
        kind: type[Annotation] = Person if self._reader.keypoints else Annotation
        images, labels = Lookup(frames), Lookup(self._categories.numbers[number])
        for given in chunks_of(document, kind, self._problems, all_boxes=self._forms):
            self._wrong = RowProblems(below_each(document.where))
            chunk = self._accepted(given)
            frame, label = images.of(chunk.column("image_id")), labels.of(chunk.column("category_id"))
            kept = np.flatnonzero((frame >= 0) & (label >= 0))
            if len(kept) < len(chunk.rows):
                self._say_left_out(chunk, frame, label)
                chunk = chunk.only(kept)
            self._add(number, chunk, frame[kept], label[kept])
            self._problems.extend(self._wrong.all())
            for _, repair in chunk.repairs:
                self._rows.repairs.note(repair, "it is taken for what it means")

    def _accepted(self, chunk: Chunk) -> Chunk:
        """The annotations without those that the reader refuses."""
        gone: set[int] = set()
        for rows, refusal in self._reader.refuses.chunk(chunk):
            words = refusal.message, chunk.document.member, refusal.expected, refusal.below, refusal.kind
            self._wrong.add_all(chunk.places[rows].tolist() if rows else (), *words)
            gone.update(rows)
        if not gone:
            return chunk
        self._leave_out("annotation", len(gone), np.zeros(0, np.int64))
        return chunk.only(without(np.arange(len(chunk.rows)), np.array(sorted(gone))))

    def _add(self, number: int, chunk: Chunk, frame: Ints, label: Ints) -> None:
        columns = self._columns(chunk, frame, label)
        masks, sizes = sorted(chunk.lists.outlines.runs), np.zeros((len(frame), 2), np.int64)
        sizes[masks] = self._rows.known_sizes(frame[masks])
        turned = are_turned(columns.look["rotation"])
        boxed = columns.look["track"] < 0 if self._boxed else None
        shapes = ChunkShapes(chunk, self._wrong, self._reader.any_box, boxed)
        built = shapes.build(sizes, turned, self._reader.keypoints)
        self._learn(chunk, frame, sizes)
        self._used.update(distinct(label).tolist())
        if self._forms:
            columns.extras |= forms_of(chunk, built, [self._sets.blobs[code] for code in columns.blob.tolist()])
        self._shapes(number, chunk, columns, built)
        self._tags(chunk, columns, built.tags)

    def _columns(self, chunk: Chunk, frame: Ints, label: Ints) -> _Columns:
        given = chunk.column("attributes")
        blobs = [b""] * len(given) if are_empty(given) else list(map(bytes, given))
        blob = self._sets.codes_of(blobs)
        faulty = self._sets.faulty
        for n in np.flatnonzero(np.isin(blob, list(faulty))).tolist() if faulty else ():
            self._say(chunk, n, "attributes cannot be used", "/attributes", "an object")
        names = ("outside", "occluded", "rotation", "z_order", "source", "track", "keyframe", "tracked")
        look = {name: self._sets.look(name, blob) for name in names}
        if self._reader.flat:
            look["z_order"] = uniform(np.int64(0), len(blob))
        scores = chunk.column("score")
        score = uniform(1.0, len(scores))
        if scores.count(UNSET) < len(scores):
            score = np.array([1.0 if given is UNSET or given is None else given for given in scores], np.float64)
        return _Columns(frame, label, blob, score, look, self._said(chunk))

    def _say(self, chunk: Chunk, n: int, message: str, below: str, expected: str = "") -> None:
        self._wrong.add(int(chunk.places[n]), message, chunk.document.member, expected, below)

    def _said(self, chunk: Chunk) -> dict[str, Extra]:
        """What annotations say that is none of CVAT's: their ids, whether they are crowds, keys that are not known."""
        size = len(chunk.rows)
        ids, crowds = chunk.column("id"), chunk.column("iscrowd")
        extras: dict[str, Extra] = {}
        if ids.count(UNSET) < size:
            extras[ID] = ids_of(ids)
        if any(crowds):
            extras["iscrowd"] = sparse({n: int(crowd) for n, crowd in enumerate(crowds) if crowd}, size)
        for key, values in chunk.unknown.items():
            if len(self._keys | {key}) > _MOST_KEYS:
                self._leave_out("value of a key", len(values), np.zeros(0, np.int64), _TOO_MANY)
                continue
            self._keys.add(key)
            kept = {n: decoded(raw) for n, raw in values.items()}
            replaced = sum(is_replaced(values[n], value) for n, value in kept.items())
            if replaced:
                self._rows.repairs.note(f"value of {key}", REPLACED, count=replaced)
            extras[name_of(key, *_TAKEN)] = sparse(kept, size)
        return extras

    def _learn(self, chunk: Chunk, frame: Ints, sizes: Ints) -> None:
        """Masks say how large their images are.  sizes: of those of masks as far as they are known."""
        for n, rle in sorted(chunk.lists.outlines.runs.items()):
            if not sizes[n].all() and size_of(rle) > (0, 0):
                width, height = size_of(rle)
                self._rows.learn_sizes(frame[n : n + 1], np.array([width]), np.array([height]))

    def _shapes(self, number: int, chunk: Chunk, columns: _Columns, built: Built) -> None:
        owner = built.owner
        places = _at(chunk, owner)
        track = self._tracks(number, columns, owner, places)
        tracked = track >= 0
        self._attributes.tracked.update(distinct(columns.label[owner][tracked]).tolist())
        keyframe = np.where(tracked, columns.look["keyframe"][owner], True) if tracked.any() else True
        rows = self._rows.shapes(
            built.type, columns.frame[owner], columns.label[owner], built.points[0], built.points[1], at=places,
            group=self._groups(owner, len(chunk.rows)), keyframe=keyframe, track=track, **columns.of(owner),
        )  # fmt: skip
        self._attributes.add(Owner.SHAPE, rows, at(columns.blob, owner), columns.label[owner])
        whole = np.full(len(chunk.rows), -1)
        whole[owner[::-1]] = rows[::-1]  # the first of each
        self._elements(number, chunk, columns, built, whole[built.skeletons])

    def _groups(self, owner: Ints, size: int) -> Ints:
        """What makes one annotation is a group, unless it is alone."""
        several = np.flatnonzero(np.bincount(owner, minlength=size) > 1)
        number = np.zeros(size, np.int64)
        number[several] = self._group + np.arange(1, len(several) + 1)
        self._group += len(several)
        return np.asarray(number[owner])

    def _tracks(self, number: int, columns: _Columns, owner: Ints, at: At) -> Ints:
        track = columns.look["track"][owner]
        if self._reader.tracked:
            track = np.where(columns.look[self._reader.tracked][owner], track, -1)
        if not (track >= 0).any():
            return uniform(np.int64(-1), len(owner))
        label = columns.label[owner]
        keys = [track] if self._reader.tracked else [track, label, np.full(len(owner), number)]
        ids = self._sets.track_ids
        named = column_of([ids[code] if code >= 0 else 0 for code in track.tolist()])
        source = columns.look["source"][owner]
        return self._rows.tracks(np.stack(keys, axis=1), label, at, source=source, track_id=named.values)

    def _elements(self, number: int, chunk: Chunk, columns: _Columns, built: Built, whole: Ints) -> None:
        """The points of skeletons.  whole: the rows of these."""
        if not len(built.skeletons):
            return
        values, ends = built.keypoints
        triples, counts = values.reshape(-1, 3), lengths(ends) // 3
        order = self._categories.points[number]
        owners = columns.label[built.skeletons].tolist()
        wanted = [_padded(order.get(label, []), count) for label, count in zip(owners, counts.tolist(), strict=True)]
        label = np.array(list(chain.from_iterable(wanted)), np.int64)
        skeleton = np.repeat(np.arange(len(built.skeletons)), counts)
        for row in distinct(skeleton[label < 0]).tolist() if self._reader.strict_points else ():
            expected = "points that the label of the task has, by name"
            self._say(chunk, int(built.skeletons[row]), "keypoint has no label", "/keypoints", expected)
        odd = triples[~np.isin(triples[:, 2], (0, 1, 2)), 2]
        if len(odd):
            why = "above 0 it is taken for 2, which is seen"
            self._rows.repairs.note("visibility of keypoint", why, f"{odd[0]:g}", len(odd))
        lost = (label < 0) & (triples[:, 2] > 0)
        frames = columns.frame[built.skeletons][skeleton]
        self._leave_out("keypoint", int(lost.sum()), frames[lost], "the label has no point of that name")
        fine = np.flatnonzero(label >= 0)
        owner = built.skeletons[skeleton[fine]]
        triples = triples[fine]
        self._rows.shapes(
            POINTS, frames[fine], label[fine], triples[:, :2], at=_at(chunk, owner), parent=whole[skeleton[fine]],
            outside=triples[:, 2] <= 0, occluded=triples[:, 2] == 1,
            keyframe=np.where(columns.look["track"][owner] >= 0, columns.look["keyframe"][owner], True),
            source=columns.look["source"][owner],
        )  # fmt: skip

    def _tags(self, chunk: Chunk, columns: _Columns, tags: Ints) -> None:
        if not len(tags):
            return
        given = columns.of(tags)
        names = {"outside", "occluded", "rotation", "z_order", "score"}
        kept = {name: values for name, values in given.items() if name not in names}
        rows = self._rows.tags(columns.frame[tags], columns.label[tags], at=_at(chunk, tags), **kept)
        self._attributes.add(Owner.TAG, rows, columns.blob[tags], columns.label[tags])

    def finish(self, *, widen: bool) -> None:
        """Put attributes on rows.  widen: whether labels get those that they lack."""
        for (what, why), (frames, count) in self._left_out.items():
            self._rows.left_out(what, count, frames, why)
        labels = self._attributes.put(self._rows, self._categories.labels)
        left = self._categories.placeholders.keys() - self._used if widen else set()
        self.unused = [self._categories.placeholders[number] for number in left]
        if widen:
            kept = tuple(label for label in labels if label.id not in left)
            self._rows.label_defs(Labels(kept), closed=True)

    def _say_left_out(self, chunk: Chunk, frame: Ints, label: Ints) -> None:
        """Say why annotations are left out: once for a category, else one by one."""
        for what, numbers in (("image", frame), ("category", label)):
            keys, rows = chunk.column(f"{what}_id"), np.flatnonzero(numbers == UNKNOWN)
            texts = [f"{what} {id_text(keys[n])} is not listed" for n in rows.tolist()]
            words = [(text, chunk.document.member, "an id that is", f"/{what}_id") for text in texts]
            self._wrong.add_each(chunk.places[rows].tolist(), words, range(len(words)))
        for number in dict.fromkeys(label[label < REPORTED].tolist()):
            if number not in self._told:
                self._told.add(number)
                self._problems.append(self._categories.problem(number))
        self._leave_out("annotation", int(((frame < 0) | (label < 0)).sum()), frame[(frame >= 0) & (label < 0)])

    def _leave_out(self, what: str, count: int, frames: Ints, why: str = PROBLEM) -> None:
        """Note what is left out; it is told once, however many parts a document is read in."""
        known, before = self._left_out.get((what, why), (frames[:0], 0))
        self._left_out[what, why] = np.append(known, frames), before + count


def _at(chunk: Chunk, owner: Ints) -> At:
    document = chunk.document
    return At(document.member, chunk.places[owner], f"{document.where}/{{}}")


def _padded(labels: Sequence[int], count: int) -> list[int]:
    return [*labels[:count], *[-1] * (count - len(labels))]
