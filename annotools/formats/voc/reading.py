"""From a source to rows: annotation files, lists of classes, and masks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.kernel import xmlfile
from annotools.formats.kernel.classes import BACKGROUND, Color, color_map
from annotools.formats.kernel.lines import typed
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.kernel.xml_files import tell_others
from annotools.formats.voc.layout import NO_SUBSET, Entry, Layout, layout_of, picture_name
from annotools.formats.voc.masks import CLASS, MaskReader
from annotools.formats.voc.objects import Objects, unknown_children
from annotools.formats.voc.outlines import with_outlines
from annotools.formats.voc.regular import Block, block_of
from annotools.formats.voc.unusual import document_of, tell_strays
from annotools.geometry.ragged import concat
from annotools.matching import stem
from annotools.model import MASK, Label, Owner
from annotools.model.columns import Ints, tally
from annotools.model.extras import Extra
from annotools.storage import Source

_KNOWN = frozenset({"filename", "size", "object", "segmented", "folder", "path"})


class Files(msgspec.Struct):
    """What the annotation files say of their pictures.

    entry: the place of the entry of each file.  sizes: different texts of width, height and depth, by number;
    size: that of each picture.
    """

    objects: Objects = msgspec.field(default_factory=Objects)
    entry: list[int] = msgspec.field(default_factory=list)
    names: list[str] = msgspec.field(default_factory=list)
    sizes: dict[tuple[str, ...], int] = msgspec.field(default_factory=dict)
    size: list[int] = msgspec.field(default_factory=list)
    extras: dict[str, list[Any]] = msgspec.field(
        default_factory=lambda: {name: [] for name in ("folder", "path", "voc")}
    )

    def add(self, number: int, entry: Entry, document: xmlfile.Document | None) -> None:
        """A picture, with its file if it has one."""
        root = document.root if document is not None else None
        name_given = xmlfile.child_text(root, "filename") if root is not None else ""
        self.names.append(picture_name(entry, name_given))
        texts = (xmlfile.child_text(root, f"size/{side}") if root is not None else "" for side in _SIDES)
        self._add_sizes([tuple(texts)])
        for name in ("folder", "path"):
            self.extras[name].append(xmlfile.child_text(root, name) if root is not None else "")
        self.extras["voc"].append(unknown_children(root, _KNOWN) if root is not None else b"")
        if document is not None:
            self.entry.append(number)
            self.objects.add(document)

    def add_block(self, entries: Mapping[int, Entry], block: Block) -> None:
        """Pictures with regular files, by the places of their entries."""
        heads = block.heads
        self.names += map(picture_name, entries.values(), heads["filename"])
        self._add_sizes(zip(*(heads[side] for side in _SIDES), strict=True))
        for name in ("folder", "path"):
            self.extras[name] += heads[name]
        self.extras["voc"] += block.sources
        self.entry += entries
        self.objects.add_block([entry.xml for entry in entries.values()], block)

    def _add_sizes(self, sides: Iterable[tuple[str, ...]]) -> None:
        self.size += [self.sizes.setdefault(texts, len(self.sizes)) for texts in sides]

    def part(self, entries: Sequence[Entry]) -> None:
        """Give pictures that say they are another's the names of their own files: an old name is copied along."""
        if len(set(self.names)) == len(self.names):
            return
        places = [(entry.root, entry.subset, name) for entry, name in zip(entries, self.names, strict=True)]
        times = Counter(places)
        for number, entry in enumerate(entries):
            if times[places[number]] > 1 and stem(self.names[number]) != entry.key:
                self.names[number] = picture_name(entry, "")
        self._part_roots(entries)

    def _part_roots(self, entries: Sequence[Entry]) -> None:
        """Put the folder of its dataset before the name of each picture, where two datasets have one of a name."""
        homes: dict[tuple[str, str], str] = {}
        pairs = [(entry.root, (entry.subset, name)) for entry, name in zip(entries, self.names, strict=True)]
        if any(homes.setdefault(named, root) != root for root, named in pairs):
            self.names = [root + name for root, (_, name) in pairs]

    def frame_extras(self, depth: Ints) -> dict[str, Extra]:
        """What is said of pictures beside their names and sizes."""
        extras = {"depth": Extra(depth, (depth > 0) & (depth != _DEPTH))}
        texts = {**self.extras, "voc": [other.decode() for other in self.extras["voc"]]}  # bytes would be JSON
        for name, values in texts.items():
            column = np.empty(len(values), object)
            column[:] = values
            extras[name] = Extra(column, np.array([bool(value) for value in values], np.bool_))
        return {name: extra for name, extra in extras.items() if extra.present.any()}


_SIDES = ("width", "height", "depth")
_DEPTH = 3
_MOST = 1 << 31  # px of a picture; what says more is no size
_BATCH = 1 << 20  # bytes of files read at a time: what is made of them on the way stays in the cache


def read_rows(rows: Rows, source: Source, problems: Problems, *, marks: Literal["all", "new"] = "new") -> None:
    """Everything of a source.  marks: which marks of classes are tags: all, or those that no object says already."""
    layout = layout_of(source, problems)
    tell_others(rows, source)
    colors = [color for root in layout.roots for color in _colors(source, root, problems)]
    if not layout.entries:
        problems.append(At(source.name).problem(0, "holds no annotations of VOC", expected="Annotations/*.xml"))
    named = dict.fromkeys(color.name for color in colors[1 if _has_background(colors) else 0 :])
    rows.label_defs((Label(number, name) for number, name in enumerate(named, 1)), closed=False)
    files = Files(Objects(outlined=marks == "new"))
    for batch in _batches(source, layout.entries):
        _add_files(files, batch, problems)
    files.part(layout.entries)
    values, _ = typed([text.encode() or b"0" for sides in files.sizes for text in sides], float)
    sizes = np.where((values > 0) & (values < _MOST), values, 0).astype(np.int64).reshape(-1, 3)[files.size]
    at = At([entry.xml or source.name for entry in layout.entries], which=np.arange(len(layout.entries)))
    subsets = [entry.subset for entry in layout.entries]
    extras: dict[str, Any] = files.frame_extras(sizes[:, 2])
    frames = rows.frames(files.names, sizes[:, 0], sizes[:, 1], subsets, at, **extras)
    pictured = [number for number, entry in enumerate(layout.entries) if entry.picture]
    masked = any(f"{CLASS}/".lower() in name.lower() for name in source.members())  # called as the pictures are
    pictures = [layout.entries[number].picture_of(files.names[number]) for number in pictured]
    if layout.strays and pictures:  # of which none is of a frame by its name alone
        why = f"no file of annotations and no list is of it, as of {layout.strays[0]}"
        rows.left_out("picture", len(layout.strays), why=why, table="dataset")
    rows.pictures(frames[pictured], pictures, only=masked)
    _add_objects(rows, files, frames, problems)
    if masked:
        _add_masks(rows, layout, frames, MaskReader(source, colors, problems))
    if layout.classes:
        _add_tags(rows, layout, files if marks == "new" else Files(), frames)


def _has_background(colors: list[Color]) -> bool:
    return bool(colors) and colors[0].name == BACKGROUND


def _colors(source: Source, root: str, problems: Problems) -> list[Color]:
    name = member_named(source, f"{root}labelmap.txt")
    return color_map(source, name, problems) if name else []


class _File(NamedTuple):
    """An entry, its place, and the bytes of its file: none where it has none, an error where it cannot be read."""

    place: int
    entry: Entry
    data: bytes | InputError | None


def _batches(source: Source, entries: Sequence[Entry]) -> Iterator[list[_File]]:
    """Some files at a time."""
    batch, size = [], 0
    for number, entry in enumerate(entries):
        data = _data(source, entry)
        batch.append(_File(number, entry, data))
        size += len(data) if isinstance(data, bytes) else 0
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _data(source: Source, entry: Entry) -> bytes | InputError | None:
    try:
        return source.read(entry.xml) if entry.xml else None
    except InputError as error:
        return error


def _add_files(files: Files, batch: Sequence[_File], problems: Problems) -> None:
    """Regular files all at once; where any is not, one by one, and by the parser those that are not."""
    texts = [file.data for file in batch if isinstance(file.data, bytes)]
    block = block_of(texts) if len(texts) == len(batch) else None
    if block is not None:
        files.add_block({file.place: file.entry for file in batch}, block)
    elif len(batch) > 1:
        for file in batch:
            _add_files(files, [file], problems)
    else:
        for file in batch:
            document = _document(file, problems)
            if document is not None and files.objects.outlined:  # the server passes by without a word
                tell_strays(document, problems)
            files.add(file.place, file.entry, document)


def _document(file: _File, problems: Problems) -> xmlfile.Document | None:
    member = file.entry.xml
    if not isinstance(file.data, bytes):
        problems.extend(file.data.problems if file.data is not None else ())
        return None
    return document_of(file.data, member, problems)


def _add_objects(rows: Rows, files: Files, frames: Ints, problems: Problems) -> None:
    objects, at = files.objects, files.objects.at
    corners, rotation, good = objects.boxes(problems)
    nameless = np.flatnonzero(objects.code("name") == objects.words[""]).tolist()
    problems.extend(at.line_problems(nameless, repeat("object has no name"), "the name of its class"))
    good[nameless] = False
    kept = np.flatnonzero(good)
    rows.left_out("object", len(good) - len(kept))
    rows.left_out("box of object", objects.more_boxes, why="an object has one box: the rotated one, or the first")
    some = slice(None) if len(kept) == len(good) else kept  # of all objects no column is there twice
    frame, label = frames[np.array(files.entry, np.int64)][objects.file[some]], _labels(rows, objects, kept)
    track, keyframe = _tracks(rows, objects, kept, label)
    extras: dict[str, Any] = {
        name: Extra(one.values[some], one.present[some]) for name, one in objects.extras().items()
    }
    extras["instance_id"] = Extra.of(objects.numbers()[some])
    kinds, points, offsets = with_outlines(corners[some], objects.outlines, kept)
    made = rows.shapes(
        kinds, frame, label, points, offsets, at[kept], rotation=rotation[some],
        occluded=objects.flag("occluded")[0][some] > 0, track=track, keyframe=keyframe, **extras,
    )  # fmt: skip
    row_of = np.full(len(good), -1, np.int64)
    row_of[kept] = made
    values = [(int(row_of[row]), name, value) for row, name, value in objects.attributes if row_of[row] >= 0]
    if values:
        numbers, names, texts = zip(*values, strict=True)
        rows.attributes(Owner.SHAPE, np.array(numbers, np.int64), names, texts)


def _labels(rows: Rows, objects: Objects, kept: Ints) -> Ints:
    """The label of each object, those that are new in the order in which they are met."""
    codes, first, which, _ = tally(objects.code("name")[kept].astype(np.int64))
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    words = list(objects.words)
    return rows.labels_of([words[code] for code in codes[order].tolist()], rank[which], None, objects.at[kept])


def _tracks(rows: Rows, objects: Objects, kept: Ints, label: Ints) -> tuple[Ints, Any]:
    """The tracks of objects that say one, as CVAT writes them: a number and whether it is a keyframe."""
    numbers = objects.reserved["track_id"]
    texts = [numbers.get(row, "") for row in kept.tolist()] if numbers else []
    if not any(texts):
        return np.full(len(kept), -1), True
    keys = [(text, int(label[n])) if text else None for n, text in enumerate(texts)]
    return rows.tracks(keys, label, objects.at[kept]), objects.keyframes()[kept]


def _add_masks(rows: Rows, layout: Layout, frames: Ints, reader: MaskReader) -> None:
    pairs = zip(frames.tolist(), layout.entries, strict=True)
    masks = [(frame, each) for frame, e in pairs if (each := reader.read(e.root, e.key)) is not None]
    reader.tell(rows)
    if masks:
        names, counts = [n for _, each in masks for n in each.names], [len(each.names) for _, each in masks]
        frame = np.repeat([frame for frame, _ in masks], counts)
        values, offsets = concat([each.rles for _, each in masks])
        numbers = np.concatenate([each.numbers for _, each in masks])
        at = At([each.member for _, each in masks], which=np.repeat(np.arange(len(masks)), counts))
        rows.shapes(MASK, frame, rows.labels(names, at=at), values, offsets, at, instance_id=numbers)


def _add_tags(rows: Rows, layout: Layout, files: Files, frames: Ints) -> None:
    """Marks of classes, unless an object of the files says the same."""
    places = {(e.root, e.subset or NO_SUBSET, e.key): n for n, e in enumerate(layout.entries)}
    lists = [f"{root}ImageSets/Main/{name}_{subset}.txt" for root, name, subset in layout.classes]
    marks = [
        (places[root, subset, key], name, number)
        for number, ((root, name, subset), keys) in enumerate(layout.classes.items())
        for key in keys
        if (root, subset, key) in places and name != BACKGROUND
    ]
    if marks:
        words, objects = list(files.objects.words), files.objects
        names_of = zip(objects.file.tolist(), objects.code("name").tolist(), strict=True)
        drawn = {(files.entry[file], words[code]) for file, code in names_of}
        marks = [(entry, name, number) for entry, name, number in marks if (entry, name) not in drawn]
    if marks:
        where, names, numbers = zip(*marks, strict=True)
        at = At(lists, which=np.array(numbers, np.int64))
        rows.tags(frames[np.array(where, np.int64)], rows.labels(names, at=at), at)
