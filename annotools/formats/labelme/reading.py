"""From LabelMe's files to rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.xml_files import tell_others
from annotools.formats.kernel.xmlfile import child_text
from annotools.formats.labelme.layout import NO_SUBSET, Entry, entries_of, pictures_of
from annotools.formats.labelme.objects import Objects, Reader, box_of
from annotools.geometry.ragged import from_arrays
from annotools.model import Owner
from annotools.model.columns import Array, Bools, Floats, Ints
from annotools.model.extras import Extra
from annotools.storage import Source

SOURCES = {"source_image": "sourceImage", "source_annotation": "sourceAnnotation"}
WRITER = "annotools"
_YES = frozenset({"true", "1", "yes"})


class Meaning(NamedTuple):
    """What objects mean.  tracks: whether those that say the number of a track are of one.  box: the corners of a box
    from its points.
    """

    tracks: bool = True
    box: Callable[[Floats], Floats] = box_of


def read_rows(rows: Rows, source: Source, problems: Problems, meaning: Meaning) -> None:
    """Every picture of a source, in the order of subsets and names."""
    entries = sorted(entries_of(source, problems), key=lambda entry: (entry.subset or NO_SUBSET, entry.name))
    tell_others(rows, source)
    at = At([entry.xml for entry in entries], which=np.arange(len(entries)))
    names, subsets = [entry.name for entry in entries], [entry.subset for entry in entries]
    sizes = _sizes(entries)
    frames = rows.frames(names, sizes[:, 0], sizes[:, 1], subsets, at, **_frame_extras(entries))
    pictures = [*pictures_of(source, entries)]
    rows.pictures(frames[[index for index, _ in pictures]], [name for _, name in pictures])
    reader = Reader(source, problems, meaning.box)
    for index, entry in enumerate(entries):
        reader.add(index, entry, (int(sizes[index, 0]), int(sizes[index, 1])))
    objects = reader.objects
    rows.left_out("object", objects.faulty)
    rows.left_out("deleted object", objects.deleted, why="its author has deleted it")
    if objects.name:
        places = At(at.member, np.array(objects.line, np.int64), which=np.array(objects.entry, np.int64))
        _add(rows, objects, frames, places, meaning)


def _sizes(entries: Sequence[Entry]) -> Ints:
    texts = [
        child_text(entry.document.root, f"imagesize/{side}") or "0" for entry in entries for side in ("ncols", "nrows")
    ]
    values, _ = typed([text.encode() for text in texts], float)
    return np.clip(values, 0, 1 << 30).astype(np.int64).reshape(-1, 2)


def _frame_extras(entries: Sequence[Entry]) -> dict[str, Any]:
    """What is said of where pictures and annotations come from."""
    extras = {}
    for name, tag in SOURCES.items():
        texts = [child_text(entry.document.root, f"source/{tag}") for entry in entries]
        there = np.array([text not in ("", WRITER) for text in texts], np.bool_)
        if there.any():
            extras[name] = _extra(texts, there)
    return extras


def _extra(values: Sequence[Any], there: Array) -> Extra:
    column = np.empty(len(values), object)
    column[:] = values
    return Extra(column, there)


def _add(rows: Rows, objects: Objects, frames: Ints, at: At, meaning: Meaning) -> None:
    label = rows.labels(objects.name, at=at)
    pairs = [_own(pairs) for pairs in objects.attributes]
    points, offsets = from_arrays(objects.points)
    columns: dict[str, Any] = {
        "occluded": np.array(objects.occluded, np.bool_), "group": np.array(objects.group, np.int64),
        "rotation": _rotation(pairs, at, rows),
        "track": rows.tracks(_track_keys(pairs, label), label, at) if meaning.tracks else -1,
        "keyframe": np.array([reserved.get("keyframe", "true").lower() in _YES for reserved, _ in pairs], np.bool_),
        **_extras(objects),
    }  # fmt: skip
    kinds = np.array(objects.kind, np.int8)
    made = rows.shapes(kinds, frames[np.array(objects.entry, np.int64)], label, points, offsets, at, **columns)
    cells = [(row, name, value) for row, (_, rest) in zip(made.tolist(), pairs, strict=True) for name, value in rest]
    if cells:
        numbers, names, values = zip(*cells, strict=True)
        rows.attributes(Owner.SHAPE, np.array(numbers, np.int64), names, values)


_RESERVED = ("rotation", "track_id", "keyframe")


def _own(pairs: Sequence[tuple[str, str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What is said of the shape itself, and its attributes."""
    reserved = {name: value for name, value in pairs if name in _RESERVED}
    return reserved, [(name, value) for name, value in pairs if name not in _RESERVED]


def _rotation(pairs: Sequence[tuple[dict[str, str], Any]], at: At, rows: Rows) -> Array:
    texts = [reserved.get("rotation", "0").encode() for reserved, _ in pairs]
    values, bad = typed(texts, float)
    for row in np.flatnonzero(bad).tolist():
        rows.repairs.note("rotation", "it is not a number, and taken for 0", at.problem(row, "rotation").file)
    return values


def _track_keys(pairs: Sequence[tuple[dict[str, str], Any]], label: Ints) -> list[tuple[str, int] | None]:
    """The tracks of objects that say one, as CVAT writes them."""
    texts = [reserved.get("track_id", "") for reserved, _ in pairs]
    return [(text, int(label[row])) if text else None for row, text in enumerate(texts)]


def _extras(objects: Objects) -> dict[str, Extra]:
    columns: dict[str, tuple[Sequence[Any], Bools]] = {
        name: (values, np.array([bool(value) for value in values], np.bool_))
        for name, values in (("date", objects.date), ("username", objects.username), ("verified", objects.verified))
    }
    numbers = np.array(objects.number, np.int64)
    extras = {name: _extra(values, there) for name, (values, there) in columns.items() if there.any()}
    return extras | {"object_id": Extra(numbers, numbers >= 0)}
